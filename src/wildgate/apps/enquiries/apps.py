"""The enquiries app."""

from django.apps import AppConfig


class EnquiriesConfig(AppConfig):
    name = "wildgate.apps.enquiries"
    label = "enquiries"
    default_auto_field = "django.db.models.BigAutoField"
