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
        from wildgate.apps.accounts import mailing
        from wildgate.apps.letters import abroad_books, border_books
        border_books.open_books()
        abroad_books.open_books()
        mailing.languages_from(_language_of)
        user_logged_in.connect(_remember_language, dispatch_uid="letters language")
        email_removed.connect(_warn_removed, dispatch_uid="letters address removed")


def _remember_language(sender: Any, user: Any, request: Any, **_: Any) -> None:
    """The language of the page on which somebody signs in is the one to write to them in."""
    from wildgate.apps.letters.services.reading import note_language
    if request is not None:
        note_language(user.pk, (get_language() or "")[:2])


def _language_of(person: Any) -> str:
    """The language that somebody chose, else that of the last sign-in; empty where neither is known."""
    from wildgate.apps.letters.selectors import preference_of
    kept = preference_of(person.pk)
    return kept.language or kept.used


def _warn_removed(sender: Any, user: Any, email_address: Any, **_: Any) -> None:
    """Whoever has the mailbox of an address that is removed is told there: it may be the owner's."""
    from wildgate.apps.letters.warning import warn_removed
    if email_address.verified:
        warn_removed(user, email_address.email, timezone.now())
