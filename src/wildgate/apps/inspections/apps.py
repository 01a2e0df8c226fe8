"""The inspections app."""

from django.apps import AppConfig


class InspectionsConfig(AppConfig):
    name = "wildgate.apps.inspections"
    label = "inspections"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Put look-alikes on the officer's first screen."""
        from wildgate.apps.inspections import looks  # noqa: F401  (registers itself)
