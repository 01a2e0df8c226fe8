"""The species app."""

from django.apps import AppConfig


class SpeciesConfig(AppConfig):
    name = "wildgate.apps.species"
    label = "species"
    default_auto_field = "django.db.models.BigAutoField"
