"""The explorer app: anyone asks the world's trade records a question and sees the answer."""

from django.apps import AppConfig


class ExplorerConfig(AppConfig):
    name = "wildgate.apps.explorer"
    label = "explorer"
    default_auto_field = "django.db.models.BigAutoField"
