"""What happens to the installation itself: who is told. Part of the table of notices."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext_lazy as _

from wildgate.apps.letters.parts import Notice
from wildgate.apps.letters.parts import Who as W

OPERATING: Final[tuple[Notice, ...]] = (
    Notice("installation-ending", W.ADMINISTRATORS, _("%(number)s: a key or certificate ends soon"),
           _("The page Operations says which, when, and what to do. Nothing can be signed with it afterwards.")),
    Notice("restore-drilled", W.ADMINISTRATORS, _("%(number)s: a restore drill has ended"),
           _("The page Operations says whether it ended green or red.")),
)
