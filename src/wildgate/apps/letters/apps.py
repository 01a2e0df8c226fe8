"""The letters app."""

from typing import Any

from allauth.account.signals import email_removed
from django.apps import AppConfig
from django.contrib.auth.signals import user_logged_in
from django.utils import timezone
from django.utils.translation import get_language


class LettersConfig(AppConfig):
    name = "wildgate.apps.letters"
    label = "letters"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from wildgate.apps.letters import abroad_books, border_books
        border_books.open_books()
        abroad_books.open_books()
        user_logged_in.connect(_remember_language, dispatch_uid="letters language")
        email_removed.connect(_warn_removed, dispatch_uid="letters address removed")


def _remember_language(sender: Any, user: Any, request: Any, **_: Any) -> None:
    """The language of the page on which somebody signs in is the one to write to them in."""
    from wildgate.apps.letters.services.reading import note_language
    if request is not None:
        note_language(user.pk, (get_language() or "")[:2])


def _warn_removed(sender: Any, user: Any, email_address: Any, **_: Any) -> None:
    """Whoever has the mailbox of an address that is removed is told there: it may be the owner's."""
    from wildgate.apps.letters.warning import warn_removed
    if email_address.verified:
        warn_removed(user, email_address.email, timezone.now())
