"""The market app: online listings: captured as evidence, screened, linked to the permit register and to one another."""

from django.apps import AppConfig


class MarketConfig(AppConfig):
    name = "wildgate.apps.market"
    label = "market"
    default_auto_field = "django.db.models.BigAutoField"
