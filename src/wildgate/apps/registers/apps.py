"""The registers app."""

from django.apps import AppConfig
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

CHOICES = ("offered", "required")


class RegistersConfig(AppConfig):
    name = "wildgate.apps.registers"
    label = "registers"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """A misspelt setting stops the start: it must not switch a check off in silence."""
        if settings.SPECIMENS not in CHOICES:
            raise ImproperlyConfigured(f"WILDGATE_SPECIMENS is {settings.SPECIMENS}; it may be offered or required.")
