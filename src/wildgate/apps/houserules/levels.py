"""The levels of signatures that two people of the authority set: what an act's sign-in must prove at least."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils import timezone

from wildgate.apps.accounts import reliability
from wildgate.apps.houserules import selectors
from wildgate.apps.houserules.kinds import ActLevel


@reliability.source
def levels(party: str) -> Mapping[str, int]:
    """By an act's name, as in force today."""
    found = selectors.values(party, ActLevel, on=timezone.now().date())
    return {each.act: each.level for each in found}
