"""Many of a kind at once: five letters stand by themselves, the rest are one letter that counts them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from django.utils.translation import gettext_lazy as _

from wildgate.apps.letters.parts import Notice
from wildgate.apps.letters.parts import Who as W
from wildgate.convention.lifecycle import Step as S

ALONE: Final = 5
"""Unread letters of one kind before the next ones are only counted (house value)."""
MOST: Final = 500
"""In one letter (house value)."""
MORE: Final[Mapping[tuple[str, str], str]] = {
    (kind.value, who.value): f"{kind.value}:more" for kind, who in (
        (S.SUBMIT, W.TEAM), (S.APPROVE, W.COUNTERSIGNERS), (S.COUNTERSIGN, W.OFFICER))}
GATHERED: Final[tuple[Notice, ...]] = (
    Notice(f"{S.SUBMIT.value}:more", W.TEAM, _("More new applications: %(number)s"),
           _("They wait for an officer to take them. The queue shows each."), marks=True),
    Notice(f"{S.APPROVE.value}:more", W.COUNTERSIGNERS, _("More cases to be countersigned: %(number)s"),
           _("Colleagues have approved them. The queue shows each."), marks=True),
    Notice(f"{S.COUNTERSIGN.value}:more", W.OFFICER, _("More cases countersigned: %(number)s"),
           _("The permits can be issued. The queue shows each case."), marks=True),
)
QUEUES: Final[Mapping[str, str]] = {
    f"{S.SUBMIT.value}:more": "?tab=new", f"{S.APPROVE.value}:more": "?tab=countersign",
    f"{S.COUNTERSIGN.value}:more": "?tab=issue"}
"""Where the queue shows what a letter counts."""
