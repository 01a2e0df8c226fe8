"""A person reads letters, and says how they want to be written to."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.db import transaction

from wildgate.apps.accounts.access import Action, Actor, require
from wildgate.apps.letters import planning
from wildgate.apps.letters.models import Letter, Preference
from wildgate.apps.letters.selectors import letters_of
from wildgate.convention.refusal import Refusal, refuse

NO_LETTER = refuse("no-such-letter", "There is no such letter to you.")


def mark_read(*, actor: Actor, letter: int, at: datetime) -> Letter | Refusal:
    """The letter was seen. Seen again, the first time stays."""
    if refused := require(actor, Action.SIGNED_IN):
        return refused
    found = letters_of(actor).filter(pk=letter).first()
    if found is None:
        return NO_LETTER
    if found.read_at is None:
        found.read_at = at
        found.save(update_fields=["read_at"])
    return found


def mark_all_read(*, actor: Actor, until: int, at: datetime) -> int | Refusal:
    """All letters up to the newest one that the page showed: what came meanwhile stays unread."""
    if refused := require(actor, Action.SIGNED_IN):
        return refused
    return letters_of(actor).filter(read_at=None, pk__lte=until).update(read_at=at)


def set_preference(*, actor: Actor, mail: str, language: str, at: datetime) -> Preference | Refusal:
    """How and in which language e-mails come. An empty language: the one last used here."""
    if refused := require(actor, Action.SIGNED_IN):
        return refused
    if mail not in Preference.By.values:
        return refuse("no-such-choice", "Choose when e-mails are to come.", field="mail")
    if language and language not in dict(settings.LANGUAGES):
        return refuse("no-such-language", "Choose one of the languages of this page.", field="language")
    with transaction.atomic():
        kept, _new = Preference.objects.update_or_create(person_id=actor.own_id,
                                                         defaults={"mail": mail, "language": language})
        planning.plan({actor.own_id}, party=actor.party, at=at)
    return kept


def note_language(person_id: int, language: str) -> None:
    """Remember the language somebody signed in with: e-mails come in it, as long as none was chosen."""
    if language in dict(settings.LANGUAGES):
        Preference.objects.update_or_create(person_id=person_id, defaults={"used": language})
