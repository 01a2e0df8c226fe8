"""The controls app: internal control, control samples, training."""

from django.apps import AppConfig


class ControlsConfig(AppConfig):
    name = "wildgate.apps.controls"
    label = "controls"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Internal control has its say before a permit is issued."""
        from wildgate.apps.controls import two_units  # noqa: F401
