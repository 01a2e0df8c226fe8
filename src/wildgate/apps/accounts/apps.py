"""The accounts app."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "wildgate.apps.accounts"
    label = "accounts"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Workers know the jobs by name; changes that people make to their own sign-in become events."""
        from wildgate.apps.accounts import jobs, witness  # noqa: F401
