"""The platforms app: what online platforms promise about wildlife: their policies, scope, evidence and versions."""

from django.apps import AppConfig


class PlatformsConfig(AppConfig):
    name = "wildgate.apps.platforms"
    label = "platforms"
    default_auto_field = "django.db.models.BigAutoField"
