"""The simplified app."""

from django.apps import AppConfig


class SimplifiedConfig(AppConfig):
    name = "wildgate.apps.simplified"
    label = "simplified"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Permits that come back fill the master file again; the verifier learns what became of a blank."""
        from wildgate.apps.simplified import jobs, known  # noqa: F401
