"""The houserules app."""

from django.apps import AppConfig


class HouseRulesConfig(AppConfig):
    name = "wildgate.apps.houserules"
    label = "houserules"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Acts that were signatures ask here for their level."""
        from wildgate.apps.houserules import levels  # noqa: F401
