"""What two people decided about the law: national measures in force or not, open facts confirmed or not accepted.

The decisions in force today count, whatever day a trade is of: a measure carries its own days, and a fact that was
confirmed is no less known for yesterday.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache

from django.db.models import Q
from django.utils import timezone

from wildgate.apps.houserules import kinds
from wildgate.apps.houserules.kinds import Fact, OverlayChoice, Stand, Switch
from wildgate.apps.houserules.models import Rule
from wildgate.convention.overlay import Overlay, load_overlay, shipped_overlays
from wildgate.convention.unconfirmed import unconfirmed_facts
from wildgate.kit.national import Decided, measures_at_start, merged

Mark = tuple[str, int, str, str]
"""What names one decision: `house`, the key of its row, the digest of what it says, and when it was confirmed."""
Marks = tuple[Mark, ...]
HOUSE = "house"
SETTLED = {Stand.CONFIRMED.value: True, Stand.NOT_ACCEPTED.value: False, Stand.OPEN.value: None}


def marks(party: str) -> Marks:
    """The marks of all decisions about the law that have begun and are not over."""
    today = timezone.now().date()
    found = Rule.objects.filter(Q(until=None) | Q(until__gte=today), party=party, kind__in=kinds.LAW,
                                state=Rule.State.CONFIRMED, since__lte=today)
    return tuple((HOUSE, key, digest, str(at))
                 for key, digest, at in found.order_by("pk").values_list("pk", "digest", "decided_at"))


@dataclass(frozen=True, slots=True)
class Point:
    """One thing that can be decided about the law, and how rulings take it today (`state`: a Stand or a Switch)."""

    name: str
    words: str
    source: str
    state: str


def facts(party: str) -> list[Point]:
    """The open facts of the law as rulings take them now. Raises NotUsable."""
    here = merged(replace(decided_now(party), overlays=()))
    return [Point(fact.id, fact.words, fact.rests_on, _stand(fact.id, here.confirmed, here.not_accepted))
            for fact in unconfirmed_facts()]


def measures(party: str) -> list[Point]:
    """The measures that come with the program, were set at the start or decided, with whether they hold now."""
    chosen, started, shipped = dict(decided_now(party).overlays), measures_at_start(), shipped_overlays()
    found = []
    for name in dict.fromkeys([*shipped, *started, *chosen]):
        read = shipped.get(name) or load_overlay(chosen.get(name) or "")
        holds = chosen[name] is not None if name in chosen else name in started
        title, source = (read.title, read.source) if isinstance(read, Overlay) else ("", "")
        found.append(Point(name, title, source, (Switch.ON if holds else Switch.OFF).value))
    return found


def _stand(fact: str, confirmed: frozenset[str], not_accepted: frozenset[str]) -> str:
    stand = Stand.NOT_ACCEPTED if fact in not_accepted else Stand.CONFIRMED if fact in confirmed else Stand.OPEN
    return stand.value


def decided_now(party: str) -> Decided:
    return decided(marks(party))


@lru_cache(maxsize=4)
def decided(found: Marks) -> Decided:
    """What these decisions say: of each name or fact the one that began last."""
    rows = Rule.objects.filter(pk__in=[key for _, key, _, _ in found]).order_by("since", "pk")
    newest = {(row.kind, row.key): row for row in rows}
    says = [kinds.kept(row.kind, row.value) for _, row in sorted(newest.items()) if not row.ends]
    overlays = [(each.name, each.text if each.switch == Switch.ON else None) for each in says
                if isinstance(each, OverlayChoice)]
    return Decided(tuple(overlays), tuple((each.fact, SETTLED[each.stand]) for each in says if isinstance(each, Fact)))
