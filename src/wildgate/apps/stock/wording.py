"""The words for stock on a screen: kinds, states, ledger lines, reasons for a loss."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from wildgate.convention.quota import Entry
from wildgate.convention.stock import StockKind, StockState

KIND_WORDS: Final[Mapping[str, Any]] = {
    StockKind.IMPORT.value: _("Import"),
    StockKind.PRE_LISTING.value: _("Acquired before the listing"),
    StockKind.BRED.value: _("Bred or propagated here"),
    StockKind.CONVERSION.value: _("Made from other stock"),
    StockKind.OPENING.value: _("Opening balance"),
}
STATE_WORDS: Final[Mapping[str, tuple[str, Any]]] = {
    StockState.DECLARED.value: ("hold", _("Waits for release")),
    StockState.RELEASED.value: ("ok", _("Released")),
    StockState.REFUSED.value: ("no", _("Not accepted")),
}
LINE_WORDS: Final[Mapping[str, Any]] = {
    Entry.RESERVE.value: _("put aside"),
    Entry.BIND.value: _("bound"),
    Entry.USE.value: _("used"),
    Entry.RETURN.value: _("returned"),
}
WHY_WORDS: Final[Mapping[str, Any]] = {
    "endorsed": _("left the country"),
    "cancelled": _("permit cancelled"),
    "returned": _("permit given back"),
    "withdrawn": _("application withdrawn"),
    "refused": _("refused"),
    "expired": _("permit expired"),
    "late": _("endorsed late"),
    "replaced": _("replaced by the next step"),
    "converted": _("made into something else"),
    "died": _("died"),
    "lost": _("lost"),
    "consumed": _("consumed"),
    "sold-here": _("sold in this country"),
}
