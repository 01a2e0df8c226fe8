"""The goods app."""

from django.apps import AppConfig


class GoodsConfig(AppConfig):
    name = "wildgate.apps.goods"
    label = "goods"
    default_auto_field = "django.db.models.BigAutoField"
