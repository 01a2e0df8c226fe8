"""Refusals about programs in the reader's language."""

from __future__ import annotations

from django.utils.translation import gettext

from wildgate.apps.accounts.reasons import denied
from wildgate.convention.refusal import Refusal


def said(refusal: Refusal) -> str:
    """A refusal's sentence in the reader's language."""
    return denied(refusal) or (gettext(refusal.template) % refusal.values if refusal.template else refusal.reason)
