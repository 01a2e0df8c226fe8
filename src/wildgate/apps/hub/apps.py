"""The hub app."""

from django.apps import AppConfig


class HubConfig(AppConfig):
    name = "wildgate.apps.hub"
    label = "hub"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """A hub takes what is for other Parties; anywhere else that is refused as before."""
        from django.conf import settings

        from wildgate.apps.exchange import routing
        from wildgate.apps.hub import asking, jobs, passing  # noqa: F401  (jobs make themselves known)
        if settings.HUB:
            routing.forward, routing.ask = passing.forward, asking.ask
