"""Words of the portal: tones of its states, what happened, what was found."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from wildgate.apps.accounts.reasons import denied
from wildgate.convention.refusal import Refusal

TONES: Final[Mapping[str, str]] = {"draft": "off", "submitted": "hold", "returned": "no", "accepted": "info",
                                   "published": "ok", "withdrawn": "off"}
EVENT_WORDS: Final[Mapping[str, Any]] = {
    "portal-begun": _("Draft begun"), "portal-saved": _("Draft saved"), "portal-submitted": _("Handed in for review"),
    "portal-sent-back": _("Sent back"), "portal-accepted": _("Accepted"), "portal-published": _("Published"),
    "portal-correction-begun": _("Correction begun"), "portal-withdrawn": _("Withdrawn"),
}
FOUND_WORDS: Final[Mapping[str, Any]] = {
    "email": _("E-mail address"), "phone": _("Telephone number"), "handle": _("Name of an account")}


def said(refusal: Refusal) -> str:
    """A refusal's sentence in the reader's language."""
    return denied(refusal) or (gettext(refusal.template) % refusal.values if refusal.template else refusal.reason)
