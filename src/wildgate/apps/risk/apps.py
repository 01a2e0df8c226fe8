"""The risk app."""

from django.apps import AppConfig


class RiskConfig(AppConfig):
    name = "wildgate.apps.risk"
    label = "risk"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Put what risk control knows on the officer's first screen."""
        from wildgate.apps.risk import looks  # noqa: F401  (registers itself)
