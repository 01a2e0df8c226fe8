"""The notices app: notices to platforms about listings, what came of them, and re-checks of what was removed."""

from django.apps import AppConfig


class NoticesConfig(AppConfig):
    name = "wildgate.apps.notices"
    label = "notices"
    default_auto_field = "django.db.models.BigAutoField"
