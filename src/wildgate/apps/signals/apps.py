"""The signals app: what the trade records say that somebody should look at: gaps between two reports, and signals."""

from django.apps import AppConfig


class SignalsConfig(AppConfig):
    name = "wildgate.apps.signals"
    label = "signals"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Tell risk control what the trade records say."""
        from wildgate.apps.signals import features  # noqa: F401  (registers itself)
