"""The shell as a Django app: templates, static files and translations of the whole site."""

from django.apps import AppConfig


class SiteConfig(AppConfig):
    name = "wildgate.site"
    label = "site_shell"
