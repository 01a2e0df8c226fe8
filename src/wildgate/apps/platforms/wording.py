"""Words of the register: tones of its states, and refusals in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from django.utils.translation import gettext

from wildgate.apps.accounts.reasons import denied
from wildgate.apps.platforms.models import Policy
from wildgate.convention.refusal import Refusal

TONES: Final[Mapping[str, str]] = {
    Policy.Status.NONE.value: "off", Policy.Status.SIGNED.value: "info", Policy.Status.PUBLISHED.value: "ok",
    Policy.Status.AUDITED.value: "ok"}


def said(refusal: Refusal) -> str:
    """A refusal's sentence in the reader's language."""
    return denied(refusal) or (gettext(refusal.template) % refusal.values if refusal.template else refusal.reason)
