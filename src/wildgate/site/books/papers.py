"""What else has its event: other Parties' papers, tips; and an event of each names one that is there."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from wildgate.apps.customs.models import Endorsement, ForeignPermit
from wildgate.apps.tips.models import Tip
from wildgate.apps.tips.services.intake import RECEIVED
from wildgate.convention.lifecycle import PermitAct
from wildgate.site.books.fault import Fault, event_pages, events_of, pages, told

REGISTERED: Final = "foreign-registered"
IMPORTED: Final = PermitAct.IMPORT_ENDORSED.value


def every_paper(party: str) -> Iterator[Fault]:
    """Each foreign paper was registered once; its import is told where it was used, and only there."""
    for page in pages(ForeignPermit.objects.filter(party=party)):
        subjects = [paper.subject for paper in page]
        acts = events_of(party, subjects, [REGISTERED, IMPORTED])
        made: dict[Any, str] = dict(Endorsement.objects.filter(foreign__in=page).values_list("foreign_id", "digest"))
        for paper in page:
            name = f"paper {paper.country} {paper.number}"
            kinds = [event.kind for event in acts[paper.subject]]
            if kinds.count(REGISTERED) != 1:
                yield Fault(name, f"It has {kinds.count(REGISTERED)} events of its registration, not one.")
            tellings = {told(event).get("endorsement"): event.seq for event in acts[paper.subject]
                        if event.kind == IMPORTED}
            own = {made[paper.pk]} if paper.pk in made else set()
            for digest in sorted(own - tellings.keys()):
                yield Fault(name, f"It has an endorsement at import ({digest[:12]}) that no event tells of.")
            for lost in tellings.keys() - own:
                yield Fault(name, f"Event {tellings[lost]} tells of an endorsement that is not there.")
            if (paper.state == ForeignPermit.State.USED) != bool(own):
                yield Fault(name, f"It is {paper.state}, but has {'an' if own else 'no'} endorsement at import.")


def every_tip(party: str) -> Iterator[Fault]:
    """Each tip has the event of its coming in."""
    for page in pages(Tip.objects.filter(party=party).only("party", "number")):
        acts = events_of(party, [tip.subject for tip in page], [RECEIVED])
        for tip in page:
            if len(acts[tip.subject]) != 1:
                yield Fault(f"tip {tip.number}", f"It has {len(acts[tip.subject])} events of its coming in, not one.")


def every_event(party: str) -> Iterator[Fault]:
    """Each event of a tip or a foreign paper names one that is there."""
    for page in event_pages(party, [REGISTERED, RECEIVED, IMPORTED]):
        subjects = {event.subject for event in page}
        tips = {subject.removeprefix("tip:") for subject in subjects if subject.startswith("tip:")}
        numbers = {subject.split("/")[1] if subject.count("/") == 2 else subject.partition("/")[2].rpartition("/")[0]
                   for subject in subjects if subject.startswith("foreign:")}
        there = {tip.subject for tip in Tip.objects.filter(party=party, number__in=tips).only("number")}
        there |= {paper.subject for paper in ForeignPermit.objects.filter(party=party, number__in=numbers)}
        for event in page:
            if event.subject.startswith(("tip:", "foreign:")) and event.subject not in there:
                kind, _, name = event.subject.partition(":")
                yield Fault(f"{'paper' if kind == 'foreign' else kind} {name}",
                            f"Event {event.seq} ({event.kind}) speaks of it, but it is not there.")
