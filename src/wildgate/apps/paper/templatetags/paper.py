"""What became of a print as a tag, sheets as ranges, and the card of a permit's paper for pages of apps above."""

from __future__ import annotations

from collections.abc import Iterable

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from wildgate.apps.accounts.access import Actor
from wildgate.apps.paper import cards, wording
from wildgate.apps.paper.stock import compressed
from wildgate.apps.permits.models import Permit

register = template.Library()


@register.filter
def outcome(code: object) -> SafeString:
    """What became of a print, with its colour and word."""
    tone, word = wording.OUTCOME_WORDS.get(str(code), ("off", code))
    return format_html('<span class="tag {}">{}</span>', tone, word)


@register.filter
def ranges(numbers: Iterable[str]) -> str:
    return compressed(numbers)


@register.inclusion_tag("paper/card.html")
def paper_card(actor: Actor, permit: Permit) -> dict[str, object]:
    """The card, as the permit's own page shows it."""
    return {"card": cards.on_paper(actor, permit)}
