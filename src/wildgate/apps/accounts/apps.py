"""The accounts app."""

from django.apps import AppConfig
from django.conf import settings


class AccountsConfig(AppConfig):
    name = "wildgate.apps.accounts"
    label = "accounts"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Workers know the jobs by name; changes that people make to their own sign-in become events."""
        from wildgate.apps.accounts import jobs, witness  # noqa: F401
        from wildgate.apps.accounts.models import Role
        if strange := sorted(settings.PASSKEYS_FOR - set(Role.values)):
            raise SystemExit(f"WILDGATE_PASSKEYS_FOR names {strange[0]!r}, which is no role; the roles are: "
                             f"{', '.join(Role.values)}.")
