"""The privacy app."""

from django.apps import AppConfig


class PrivacyConfig(AppConfig):
    name = "wildgate.apps.privacy"
    label = "privacy"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from wildgate.apps.privacy import belonging, jobs  # noqa: F401  (what is held; a worker knows what was imported)
