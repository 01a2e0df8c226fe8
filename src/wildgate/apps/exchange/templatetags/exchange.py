"""Words and tags of the exchange's pages."""

from __future__ import annotations

from typing import Any

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from wildgate.apps.exchange import wording
from wildgate.apps.exchange.models import Message

register = template.Library()


@register.filter
def message_tag(message: Any) -> SafeString:
    """The state of a message as a tag."""
    return format_html('<span class="tag {}">{}</span>', wording.TONES.get(message.state, "off"),
                       message.get_state_display())


@register.filter
def fact_word(name: str) -> Any:
    return wording.FACTS.get(name, name)


@register.filter
def channel_word(name: str) -> Any:
    return wording.CHANNELS.get(name, name)


@register.filter
def outcome_word(code: str) -> Any:
    return wording.OUTCOMES.get(code) or dict(Message.State.choices).get(code, code)


@register.filter
def standing_tag(name: str) -> SafeString:
    """Where a permit stands between issue and validation."""
    tone, word = wording.STANDING.get(name, ("off", name))
    return format_html('<span class="tag {}">{}</span>', tone, word)


@register.filter
def line_tag(reach: Any) -> SafeString:
    """How the line to a partner is."""
    return format_html('<span class="tag {}">{}</span>', reach.tone, wording.LINE_TONES[reach.tone])


@register.filter
def kept_words(kept: Any) -> Any:
    return wording.KEPT[kept.value][1]


@register.filter
def kept_tone(kept: Any) -> str:
    return wording.KEPT[kept.value][0]
