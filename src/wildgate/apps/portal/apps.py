"""The portal app: what Parties tell each other about Internet trade: submitted, reviewed, published, corrected."""

from django.apps import AppConfig


class PortalConfig(AppConfig):
    name = "wildgate.apps.portal"
    label = "portal"
    default_auto_field = "django.db.models.BigAutoField"
