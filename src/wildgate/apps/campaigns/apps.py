"""The campaigns app: monitoring by a fixed protocol: effort, counts, trends and what goes with what."""

from django.apps import AppConfig


class CampaignsConfig(AppConfig):
    name = "wildgate.apps.campaigns"
    label = "campaigns"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Tell the room of notices how much was searched: a count of removals needs it."""
        from wildgate.apps.campaigns.selectors import searches_on
        from wildgate.apps.notices.denominators import counts_searches
        counts_searches(searches_on)
