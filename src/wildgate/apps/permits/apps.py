"""The permits app."""

from django.apps import AppConfig


class PermitsConfig(AppConfig):
    name = "wildgate.apps.permits"
    label = "permits"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """The ledger of a quota can name the cases and permits behind its lines; cases hear of standing findings,
        documents of endorsements."""
        from wildgate.apps.permits import (  # noqa: F401
            batch_jobs,
            endorsed_jobs,
            ledger_links,
            standing_jobs,
            succession,
        )
