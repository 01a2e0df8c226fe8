"""Words for master files and their certificates in templates."""

from __future__ import annotations

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from wildgate.apps.simplified import wording

register = template.Library()


@register.filter
def master_tag(state: object) -> SafeString:
    """The state as a tag with its colour and word."""
    return format_html('<span class="tag {}">{}</span>', *wording.MASTER_WORDS.get(str(state), ("off", state)))


@register.filter
def paper_tag(state: object) -> SafeString:
    return format_html('<span class="tag {}">{}</span>', *wording.PAPER_WORDS.get(str(state), ("off", state)))


@register.filter
def box_word(box: object) -> str:
    return str(wording.BOX_WORDS.get(str(box), box))
