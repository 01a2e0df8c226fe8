"""The questions and the answers to them in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from wildgate.apps.confirmations.points import Point, Say

POINT_WORDS: Final[Mapping[str, Any]] = {
    Point.OURS.value: _("Did your authority issue it?"),
    Point.UNALTERED.value: _("Does this copy agree with your register?"),
    Point.VALID.value: _("Is it valid today?"),
    Point.UNUSED.value: _("Is it not used up yet?"),
    Point.QUANTITIES.value: _("Are these quantities right?"),
    Point.LEFT.value: _("Did your customs let these goods leave under it?"),
    Point.ENDORSED.value: _("Is the export endorsement in your records?"),
}
SAY_WORDS: Final[Mapping[str, Any]] = {
    Say.YES.value: _("Yes"), Say.NO.value: _("No"), Say.UNKNOWN.value: _("Not known"),
}
TONES: Final[Mapping[str, str]] = {Say.YES.value: "ok", Say.NO.value: "no", Say.UNKNOWN.value: "hold"}
