"""The quotas app."""

from django.apps import AppConfig


class QuotasConfig(AppConfig):
    name = "wildgate.apps.quotas"
    label = "quotas"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Workers know the jobs by name, and how to take downloads in."""
        from wildgate.apps.quotas import downloads, jobs  # noqa: F401
