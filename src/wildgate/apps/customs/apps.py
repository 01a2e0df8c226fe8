"""The customs app."""

from django.apps import AppConfig


class CustomsConfig(AppConfig):
    name = "wildgate.apps.customs"
    label = "customs"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Workers know the jobs by name; verification learns of rejected papers."""
        from wildgate.apps.customs import jobs  # noqa: F401
