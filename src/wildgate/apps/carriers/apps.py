"""The carriers app."""

from django.apps import AppConfig


class CarriersConfig(AppConfig):
    name = "wildgate.apps.carriers"
    label = "carriers"
    default_auto_field = "django.db.models.BigAutoField"
