"""The paper app."""

from django.apps import AppConfig


class PaperConfig(AppConfig):
    name = "wildgate.apps.paper"
    label = "paper"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Sheets of dead permits are written off; the page of a permit tells where it was printed."""
        from wildgate.apps.paper import cards, jobs  # noqa: F401
