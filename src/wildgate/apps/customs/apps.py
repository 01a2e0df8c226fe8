"""The customs app."""

from django.apps import AppConfig


class CustomsConfig(AppConfig):
    name = "wildgate.apps.customs"
    label = "customs"
    default_auto_field = "django.db.models.BigAutoField"
