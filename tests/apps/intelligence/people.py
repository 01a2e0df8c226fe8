"""Contributors for tests: let in as two people do it, or written down as a quick row."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from wildgate.apps.accounts.access import Actor
from wildgate.apps.intelligence.models import Compartment, Contributor, SharingGroup
from wildgate.apps.intelligence.services import contributors
from wildgate.sharing.marking import Tlp


def let_in(cast: dict[str, Actor], name: str, at: datetime, *, clearance: Tlp = Tlp.RED, compartments: Any = (),
           groups: Any = ()) -> Contributor:
    """Tomas proposes nobody: the auditor proposes and the countersigner confirms, as the services want it."""
    from wildgate.apps.accounts.models import Person
    one, two = ("ana", "bo") if name not in ("ana", "bo") else ("ines", "nadia")
    actor = cast[name]
    made = contributors.propose(
        actor=cast[one], email=Person.objects.get(pk=actor.person_id).email, authority=min(actor.authorities),
        clearance=clearance, until=(at + timedelta(days=300)).date(), compartments=compartments, groups=groups, at=at)
    assert isinstance(made, Contributor), made
    done = contributors.confirm(actor=cast[two], contributor=made.pk, at=at)
    assert isinstance(done, Contributor), done
    return done


def wall(code: str, at: datetime, party: str = "QM") -> Compartment:
    """A compartment in force."""
    return Compartment.objects.create(party=party, code=code, name=code, proposed_at=at, confirmed_at=at)


def group(code: str, at: datetime, party: str = "QM") -> SharingGroup:
    """A sharing group in force."""
    return SharingGroup.objects.create(party=party, code=code, name=code, proposed_at=at, confirmed_at=at)
