"""The shell as a Django app: templates, static files and translations of the whole site."""

from django.apps import AppConfig


class SiteConfig(AppConfig):
    name = "wildgate.site"
    label = "site_shell"

    def ready(self) -> None:
        """Workers know the shell's own jobs; letters find what these are about."""
        from wildgate.apps.accounts.access import Action
        from wildgate.apps.letters.subjects import Book, by, keep
        from wildgate.kit.models import ChainHead
        from wildgate.site.operations import jobs  # noqa: F401
        keep("installation", Book(ChainHead, "party", by(Action.VIEW_UNDONE), {"": "operations"}))
