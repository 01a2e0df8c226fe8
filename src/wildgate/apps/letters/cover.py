"""Absence: the stand-in hears of it, and whoever somebody else marked as away. Part of the table of notices."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext_lazy as _

from wildgate.apps.letters.parts import Notice
from wildgate.apps.letters.parts import Who as W

ENTERED, ENDED = "absence-entered", "absence-ended"
AWAY, STAND_IN = "", ":stand-in"
"""What is told to whom of them: added to the kind of the event."""
COVER: Final[tuple[Notice, ...]] = (
    Notice(ENTERED + STAND_IN, W.PERSON, _("You stand in for a colleague"),
           _("The page of absences says for whom and on which days. What is written to them comes to you as well."),
           marks=True),
    Notice(ENDED + STAND_IN, W.PERSON, _("You no longer stand in for a colleague"),
           _("The absence was ended before its last day."), marks=True),
    Notice(ENTERED + AWAY, W.PERSON, _("You are entered as away"),
           _("Somebody else entered it. The page of absences says from when until when, and who stands in for you."),
           marks=True),
    Notice(ENDED + AWAY, W.PERSON, _("Your absence is ended"),
           _("Somebody else ended it: what waits for you is yours again."), marks=True),
)
