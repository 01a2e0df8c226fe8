"""The permits app."""

from django.apps import AppConfig


class PermitsConfig(AppConfig):
    name = "wildgate.apps.permits"
    label = "permits"
    default_auto_field = "django.db.models.BigAutoField"
