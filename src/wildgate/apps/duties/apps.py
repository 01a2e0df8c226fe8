"""The duties app."""

from django.apps import AppConfig


class DutiesConfig(AppConfig):
    name = "wildgate.apps.duties"
    label = "duties"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from wildgate.apps.duties import books
        books.open_books()
