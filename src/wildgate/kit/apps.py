"""The kit as a Django app: it owns the event chain and the job table."""

from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class KitConfig(AppConfig):
    name = "wildgate.kit"
    label = "kit"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Every app's `jobs` module is read at the start: a worker must know all jobs by name, whoever enqueued them."""
        autodiscover_modules("jobs")
