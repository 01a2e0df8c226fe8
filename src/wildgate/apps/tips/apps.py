"""The tips app: what the public tells: taken in without a name, answered by a receipt, assessed without exception."""

from django.apps import AppConfig


class TipsConfig(AppConfig):
    name = "wildgate.apps.tips"
    label = "tips"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Tell letters where a tip stands."""
        from wildgate.apps.tips import books
        books.open_books()
