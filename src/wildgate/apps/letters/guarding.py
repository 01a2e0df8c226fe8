"""Who is told of emergency rights: all who look after them. Part of the table of notices."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext_lazy as _

from wildgate.apps.letters.parts import Notice
from wildgate.apps.letters.parts import Who as W

OPENED = (_("Emergency right %(number)s was opened"),
          _("An official opened it for themself. Look at what is done with it; somebody else reviews it."))
LATE = (_("Emergency right %(number)s was not reviewed"),
        _("Its three days are over. Somebody else than who opened it says whether it was justified."))
WATCH = (W.AUDITORS, W.ADMINISTRATORS, W.COUNTERSIGNERS)

GUARDING: Final[tuple[Notice, ...]] = (
    *(Notice("emergency-opened", who, *OPENED) for who in WATCH),
    *(Notice("emergency-unreviewed", who, *LATE) for who in WATCH),
)
