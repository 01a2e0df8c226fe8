"""The balances app."""

from django.apps import AppConfig


class BalancesConfig(AppConfig):
    name = "wildgate.apps.balances"
    label = "balances"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Workers know the jobs by name."""
        from wildgate.apps.balances import jobs  # noqa: F401
