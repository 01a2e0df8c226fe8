"""The confirmations app."""

from django.apps import AppConfig


class ConfirmationsConfig(AppConfig):
    name = "wildgate.apps.confirmations"
    label = "confirmations"
    default_auto_field = "django.db.models.BigAutoField"
