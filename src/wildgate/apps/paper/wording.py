"""The words for paper on a screen: what became of a print, how a sheet leaves the stock."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from wildgate.apps.paper.stock import SheetAct
from wildgate.convention.refusal import Refusal

OUTCOME_WORDS: Final[Mapping[str, tuple[str, Any]]] = {
    "standing": ("ok", _("Original")),
    "copy": ("off", _("Copy")),
    "reported": ("hold", _("Waits for a second person")),
    SheetAct.SPOILED.value: ("no", _("Spoiled")),
    SheetAct.RETURNED.value: ("off", _("Returned")),
    SheetAct.WRITTEN_OFF.value: ("no", _("Written off")),
}
UNUSABLE_WORDS: Final[Mapping[str, Any]] = {
    SheetAct.VOID.value: _("Void: torn, misfed or destroyed, and here"),
    SheetAct.LOST.value: _("Lost: nobody knows where it is"),
}


def said(refusal: Refusal) -> str:
    """A refusal's sentence in the reader's language."""
    return gettext(refusal.template) % refusal.values if refusal.template else refusal.reason
