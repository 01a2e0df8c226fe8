"""The intelligence app: graded reports, compartments and sharing among authorised people of many authorities."""

from django.apps import AppConfig


class IntelligenceConfig(AppConfig):
    name = "wildgate.apps.intelligence"
    label = "intelligence"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Letters learn whose reports and alerts are; workers know the jobs and the handlers of files by name."""
        from wildgate.apps.intelligence import books, jobs  # noqa: F401  (jobs make themselves known)
        from wildgate.apps.intelligence.files import importing  # noqa: F401  (as do handlers)
        books.open_books()
