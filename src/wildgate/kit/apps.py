"""The kit as a Django app: it owns the event chain and the job table."""

from django.apps import AppConfig
from django.core.exceptions import ImproperlyConfigured
from django.utils.module_loading import autodiscover_modules

from wildgate.kit import national


class KitConfig(AppConfig):
    name = "wildgate.kit"
    label = "kit"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Read every app's `jobs` module at the start: a worker must know all jobs by name, whoever enqueued them.

        Broken settings of national law stop the start, not the first ruling. The files of the law are read now, so that
        an upgrade beneath a running process does not pass for the law that this process rules by.
        """
        autodiscover_modules("jobs")
        try:
            national.national()
        except national.NotUsable as fault:
            raise ImproperlyConfigured(str(fault)) from None
        from wildgate.kit import editions  # its models can be imported from here on
        editions.shipped()
