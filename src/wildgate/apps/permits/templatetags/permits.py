"""Filters that put codes of applications, permits and rulings into words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from django import template
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.formats import date_format
from django.utils.translation import gettext

from wildgate.apps.accounts.reasons import denied
from wildgate.apps.permits import wording
from wildgate.apps.permits.wording import Word
from wildgate.convention import tables
from wildgate.convention.refusal import Refusal
from wildgate.kit.sentences import values_in_words

register = template.Library()
OF_THE_HOUSE = "House rule: "


@register.filter
def case_word(state: object) -> Word:
    return wording.state_word(state)


@register.filter
def permit_word(state: object) -> Word:
    return wording.permit_state_word(state)


@register.filter
def source_of_fact(name: object) -> Any:
    return wording.word(wording.SOURCES_OF_A_FACT, name)


@register.filter
def outcome_word(outcome: object) -> Word:
    return wording.outcome_word(outcome)


@register.filter
def event_word(kind: object) -> Any:
    return wording.word(wording.EVENT_WORDS, kind)


@register.filter
def finding_word(kind: object) -> Any:
    return wording.word(wording.FINDING_WORDS, kind)


@register.filter
def by_word(by: object) -> Any:
    return wording.word(wording.BY_WORDS, by)


@register.filter
def authority_word(by: object) -> Any:
    return wording.word(wording.AUTHORITY_WORDS, by)


@register.filter
def note_reason(reason: object) -> Any:
    return wording.word(wording.NOTE_REASON_WORDS, reason)


@register.filter
def when_word(when: object) -> Any:
    return wording.word(wording.WHEN_WORDS, when)


@register.filter
def direction_word(direction: object) -> Any:
    return wording.word(wording.DIRECTION_WORDS, direction)


@register.filter
def said(refusal: Any) -> str:
    """A refusal's or warning's sentence in the page's language, where its catalogue sentence is translated."""
    if isinstance(refusal, Mapping):
        kept = str(refusal.get("template", ""))
        return gettext(kept) % values_in_words(refusal.get("values", {})) if kept else str(refusal.get("reason", ""))
    sentence = getattr(refusal, "template", "")
    if isinstance(refusal, Refusal) and (right := denied(refusal)):
        return right
    return gettext(sentence) % values_in_words(refusal.values) if sentence else str(refusal.reason)


@register.filter
def unit_sign(code: object) -> str:
    """The sign of a unit: kg, t. Plain number (NAR) has none."""
    found = tables.unit(str(code))
    return found.symbol if found else str(code)


@register.filter
def citation(basis: Iterable[str]) -> str:
    """Articles and resolutions in one line."""
    return ", ".join(basis)


@register.filter
def bases(basis: Iterable[str]) -> str:
    """Articles and resolutions in one line; a rule of the house by its name in the page's language."""
    return " · ".join(gettext(each) if each.startswith(OF_THE_HOUSE) else each for each in basis)


@register.filter
def day(value: Any) -> str:
    """A date in words, from a date, a time or an ISO text: the day is that of UTC."""
    found: date | None = value if isinstance(value, date) else _day(str(value or ""))
    return date_format(found, wording.day_pattern(), use_l10n=False) if found else ""


@register.filter
def moment(value: Any) -> str:
    """A date and time in words, UTC."""
    found = value if isinstance(value, datetime) else parse_datetime(str(value or ""))
    return date_format(found, wording.day_pattern() + ", H:i", use_l10n=False) + " UTC" if found else ""


def _day(text: str) -> date | None:
    try:
        return parse_date(text[:10])
    except ValueError:
        return None


@register.filter
def at_key(mapping: Any, key: object) -> Any:
    """The value under `key`, or nothing."""
    return mapping.get(key, "") if mapping else ""
