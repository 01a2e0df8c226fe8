"""The partners app."""

from django.apps import AppConfig


class PartnersConfig(AppConfig):
    name = "wildgate.apps.partners"
    label = "partners"
    default_auto_field = "django.db.models.BigAutoField"
