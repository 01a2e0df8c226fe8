"""How what comes in is marked here: as the sender marked it, by the authorities, compartments and groups of ours."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from wildgate.apps.accounts.access import Actor
from wildgate.apps.accounts.models import Authority
from wildgate.apps.intelligence.clearance import Member, why_not
from wildgate.apps.intelligence.models import Mark, SharingGroup
from wildgate.apps.intelligence.services.marking import mark_for
from wildgate.sharing.marking import Marking, Tlp, settled


class Marks:
    """The marks of one file: one row for each marking."""

    def __init__(self, actor: Actor, member: Member | None, sender: Authority, at: datetime) -> None:
        self.actor, self.member, self.sender, self.at = actor, member, str(sender.pk), at
        self.groups = frozenset(SharingGroup.objects.filter(
            party=actor.party, confirmed_at__isnull=False, ended_at=None).values_list("code", flat=True))
        self.rows: dict[Marking, Mark] = {}
        self.whole: Marking | None = None
        self.left = 0

    def held(self, marking: Marking) -> Marking | None:
        """The marking by our own keys; None when it is for a compartment or a colour that whoever takes it in lacks.

        RED is for whoever takes it in. Where nobody here could read it, their authority holds it for the sender.
        """
        if self.member is None:
            return None
        groups = None if marking.groups is None else marking.groups & self.groups
        named = frozenset({self.member.person_id}) if marking.tlp == Tlp.RED else None
        wanted = settled(Marking(marking.tlp, self.sender, marking.compartments, groups, named, marking.nominal))
        ours = replace(wanted, owner=self.member.authority)
        return next((each for each in (wanted, ours) if not why_not(self.member, each)), None)

    def within(self, whole: Marking) -> None:
        """From now on things are marked that lie in a report of this marking."""
        self.whole, self.left = whole, 0

    def mark(self, marking: Marking) -> Mark | None:
        """The row for a thing inside the report, never wider than the report; None, and counted: it is left out."""
        held = self.held(marking)
        if held is None or self.whole is None:
            self.left += 1
            return None
        joined = settled(self.whole.with_stricter(held))
        assert self.member is not None  # noqa: S101  (held by somebody)
        ours = replace(joined, owner=self.member.authority)
        for each in (joined, ours):
            if not why_not(self.member, each):
                if each not in self.rows:
                    self.rows[each] = mark_for(self.actor.party, each, self.at)
                return self.rows[each]
        self.left += 1
        return None
