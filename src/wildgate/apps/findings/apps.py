"""The findings app."""

from django.apps import AppConfig


class FindingsConfig(AppConfig):
    name = "wildgate.apps.findings"
    label = "findings"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Workers know the jobs by name."""
        from wildgate.apps.findings import jobs  # noqa: F401
