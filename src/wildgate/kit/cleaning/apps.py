"""Attachments as a Django app of their own: one table, of files that strangers handed in."""

from django.apps import AppConfig


class CleaningConfig(AppConfig):
    name = "wildgate.kit.cleaning"
    label = "cleaning"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from wildgate.kit.cleaning import jobs  # noqa: F401  (a worker knows a job that was imported)
