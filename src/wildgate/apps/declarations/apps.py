"""The declarations app."""

from django.apps import AppConfig


class DeclarationsConfig(AppConfig):
    name = "wildgate.apps.declarations"
    label = "declarations"
    default_auto_field = "django.db.models.BigAutoField"
