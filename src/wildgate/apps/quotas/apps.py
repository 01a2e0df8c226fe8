"""The quotas app."""

from django.apps import AppConfig


class QuotasConfig(AppConfig):
    name = "wildgate.apps.quotas"
    label = "quotas"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Workers know the jobs by name."""
        from wildgate.apps.quotas import jobs  # noqa: F401
