"""Uploads as a Django app of their own: one table, of files handed in."""

from django.apps import AppConfig


class UploadsConfig(AppConfig):
    name = "wildgate.kit.uploads"
    label = "uploads"
    default_auto_field = "django.db.models.BigAutoField"
