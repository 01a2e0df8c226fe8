"""Words for fees: states as tags, items of a bill, amounts of money."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from wildgate.apps.fees.models import Charge, Payment
from wildgate.apps.fees.tariff import BASE, LINES
from wildgate.apps.houserules.kinds import Extra
from wildgate.convention.refusal import Refusal

S, P = Charge.State, Payment.State
TONES: Final[Mapping[str, str]] = {
    S.DUE.value: "hold", S.PAID.value: "ok", S.WAIVED.value: "ok", S.OWED.value: "hold", S.REFUNDED.value: "off",
    S.DROPPED.value: "off", P.STARTED.value: "off", P.CONFIRMED.value: "ok", P.FAILED.value: "no",
    P.SURPLUS.value: "hold"}
WORDS: Final[Mapping[str, Any]] = {**{each.value: each.label for each in S}, **{each.value: each.label for each in P}}
ITEM_WORDS: Final[Mapping[str, Any]] = {
    BASE: _("Application"), LINES: _("Lines"), Extra.REPLACEMENT.value: _("Replacement of a permit"),
    Extra.RETROSPECTIVE.value: _("Retrospective issue"), Extra.URGENT.value: _("Urgent case")}
WAYS: Final[Mapping[str, Any]] = {"receipt": _("Receipt"), "test": _("Test bank")}


def said(refusal: Refusal) -> str:
    """A refusal's sentence in the reader's language."""
    return gettext(refusal.template) % refusal.values if refusal.template else refusal.reason
