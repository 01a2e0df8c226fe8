"""The stock app."""

from django.apps import AppConfig


class StockConfig(AppConfig):
    name = "wildgate.apps.stock"
    label = "stock"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Workers know the jobs by name."""
        from wildgate.apps.stock import jobs  # noqa: F401
