"""The figures app: how the service does, and what becomes of the Scientific Authority's advice."""

from django.apps import AppConfig


class FiguresConfig(AppConfig):
    name = "wildgate.apps.figures"
    label = "figures"
    default_auto_field = "django.db.models.BigAutoField"
