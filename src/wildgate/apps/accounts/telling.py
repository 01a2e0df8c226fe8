"""A refusal in the reader's language, for messages on top of a page."""

from __future__ import annotations

from django.utils.translation import gettext

from wildgate.convention.refusal import Refusal


def sentence(refusal: Refusal) -> str:
    return gettext(refusal.template) % refusal.values if refusal.template else refusal.reason
