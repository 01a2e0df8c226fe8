"""Who is told of requests about personal data and of clocks of data protection: people named one by one."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext_lazy as _

from wildgate.apps.letters.parts import Notice
from wildgate.apps.letters.parts import Who as W

PRIVACY: Final[tuple[Notice, ...]] = (
    Notice("privacy-copy-ready", W.PERSON, _("The copy of your data is ready"),
           _("You can fetch it for seven days, under your name: What is held about you."), marks=True),
    Notice("privacy-erasure-waits", W.PERSON, _("An erasure waits for a second person"),
           _("The data-protection desk shows who asked. Confirm or decline it."), marks=True),
    Notice("incident-half", W.PERSON, _("A duty of data protection: half of its time is over"),
           _("The page of data protection shows what is to be done."), marks=True),
    Notice("incident-late", W.PERSON, _("A duty of data protection is late"),
           _("Its time is over and nobody has written down that it is done."), marks=True),
)
