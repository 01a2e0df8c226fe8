"""The exchange app."""

from django.apps import AppConfig


class ExchangeConfig(AppConfig):
    name = "wildgate.apps.exchange"
    label = "exchange"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Cases and the border desk can ask for another Party's permit, and draw on it where its register counts."""
        from wildgate.apps.exchange import at_work, counting  # noqa: F401
