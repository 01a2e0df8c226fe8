"""Letters in words: on the page, in an e-mail and its subject line, in the language of the reader."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from wildgate.apps.accounts.models import Person
from wildgate.apps.letters.models import Letter, Mail
from wildgate.apps.letters.notices import words_of
from wildgate.apps.letters.selectors import Shown, preference_of
from wildgate.convention.refusal import Refusal


def said(refusal: Refusal) -> str:
    """A refusal's sentence in the reader's language."""
    return _(refusal.template) % refusal.values if refusal.template else refusal.reason


class Given(dict[str, Any]):
    """Parameters of a sentence; a missing one is a dash, since a letter without its number is still a letter."""

    def __missing__(self, key: str) -> str:
        return "–"


def title(letter: Letter) -> str:
    """One line; also the subject line of a mail. Numbers only: no names, no taxa."""
    return str(words_of(letter.kind, letter.who).title) % Given(letter.params)


def text(letter: Letter) -> str:
    """What it means for the reader."""
    return str(words_of(letter.kind, letter.who).text) % Given(letter.params)


def language_of(person: Person, letters: list[Shown]) -> str:
    """The language chosen, else that of the last sign-in, else that of the application, else the installation's."""
    kept = preference_of(person.pk)
    asked = next((each.thing.language for each in letters if getattr(each.thing, "language", "")), "")
    known = dict(settings.LANGUAGES)
    return next((code for code in (kept.language, kept.used, asked) if code in known), settings.LANGUAGE_CODE)


def mail(person: Person, letters: list[Shown], row: Mail) -> tuple[str, str, str]:
    """Subject, plain text and HTML."""
    language = language_of(person, letters)
    with translation.override(language):
        rows = [{"title": title(each.letter), "text": text(each.letter), "url": absolute(each.url)}
                for each in letters]
        if len(rows) == 1 and not row.digest:
            subject = rows[0]["title"]
        else:
            subject = ngettext("%(count)s unread message in your inbox", "%(count)s unread messages in your inbox",
                               len(rows)) % {"count": len(rows)}
        context: Mapping[str, Any] = {
            "rows": rows, "name": person.name, "inbox": absolute(reverse("inbox")), "language": language,
            "settings": absolute(reverse("inbox-settings")), "bidi": translation.get_language_bidi(),
            "sender": sender(), "subject": subject}
        return (f"Wildgate: {subject}", render_to_string("letters/mail.txt", context),
                render_to_string("letters/mail.html", context))


def sender() -> str:
    """Who signs a mail."""
    return settings.PARTY_NAME or _("The CITES authority")


def absolute(path: str) -> str:
    return f"{settings.BASE_URL}{path}" if path else ""


def message_id(row: Mail) -> str:
    """The same for every try of one mail."""
    host = urlsplit(settings.BASE_URL).hostname or "localhost"
    return f"<wildgate-{row.party}-{row.pk}@{host}>"
