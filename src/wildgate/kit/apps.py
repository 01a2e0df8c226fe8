"""The kit as a Django app: it owns the event chain and the job table."""

from django.apps import AppConfig


class KitConfig(AppConfig):
    name = "wildgate.kit"
    label = "kit"
    default_auto_field = "django.db.models.BigAutoField"
