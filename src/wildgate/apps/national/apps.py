"""The app of permits under national law."""

from django.apps import AppConfig


class NationalConfig(AppConfig):
    name = "wildgate.apps.national"
    label = "national"
    default_auto_field = "django.db.models.BigAutoField"
