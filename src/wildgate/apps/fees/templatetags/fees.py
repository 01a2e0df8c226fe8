"""Words for fees in templates: amounts, states as tags, items of a bill."""

from __future__ import annotations

from typing import Any

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from wildgate.apps.fees import wording
from wildgate.apps.houserules import money as amounts

register = template.Library()


@register.filter
def money(row: Any) -> str:
    """The amount of a charge or payment with its currency."""
    return amounts.money(row.amount, row.currency)


@register.filter
def figure(row: Any) -> str:
    """The amount of a charge, payment or bill, for a sentence that names the currency itself."""
    return amounts.figure(row.amount, row.currency)


@register.simple_tag
def money_in(amount: object, currency: str) -> str:
    return amounts.money(amount, currency)


@register.filter
def fee_tag(state: object) -> SafeString:
    """The state as a tag with its colour and word."""
    return format_html('<span class="tag {}">{}</span>', wording.TONES.get(str(state), "off"),
                       wording.WORDS.get(str(state), state))


@register.filter
def item_word(what: object) -> str:
    return str(wording.ITEM_WORDS.get(str(what), what))


@register.filter
def way_word(provider: object) -> str:
    return str(wording.WAYS.get(str(provider), provider))
