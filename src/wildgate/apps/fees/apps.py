"""The fees app."""

from django.apps import AppConfig


class FeesConfig(AppConfig):
    name = "wildgate.apps.fees"
    label = "fees"
    default_auto_field = "django.db.models.BigAutoField"
