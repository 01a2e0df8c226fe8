"""The species app."""

from django.apps import AppConfig


class SpeciesConfig(AppConfig):
    name = "wildgate.apps.species"
    label = "species"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Workers know how to check a list of names."""
        from wildgate.apps.species import name_lists  # noqa: F401
