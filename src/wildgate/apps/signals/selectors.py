"""What is read about signals and gaps: lists with their filters, one of them, and the permits that one concerns."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q, QuerySet

from wildgate.apps.accounts.access import Action, Actor, can
from wildgate.apps.permits.models import PermitLine
from wildgate.apps.signals.models import Gap, GapRun, Signal

OPEN = "open"
OPEN_STATES = (Signal.State.NEW, Signal.State.ASKED, Signal.State.WATCH)
OPEN_GAPS = (Gap.State.OPEN, Gap.State.ASKED)
ENOUGH_PERMITS = 20
LONGEST = 200


@dataclass(frozen=True, slots=True)
class Asked:
    """A filter as it stands in the address."""

    state: str = OPEN
    kind: str = ""
    taxon: str = ""
    year: str = ""
    party: str = ""
    gone: bool = False

    @classmethod
    def of(cls, given: Mapping[str, str], states: type[Any], kinds: Any = ()) -> Asked:
        year = given.get("year", "").strip()
        state, kind = given.get("state", OPEN), given.get("kind", "")
        return cls(state if state in ("", OPEN, *states.values) else OPEN, kind if kind in kinds else "",
                   " ".join(given.get("taxon", "").split())[:LONGEST],
                   year if year.isascii() and year.isdigit() and len(year) == 4 else "",
                   given.get("party", "").strip().upper()[:12], given.get("gone") == "1")


def signals(actor: Actor, asked: Asked) -> QuerySet[Signal]:
    """The strongest of the newest year first; none for who may not see them."""
    found = Signal.objects.filter(party=actor.party)
    if not can(actor, Action.VIEW_SIGNALS):
        return found.none()
    found = found if asked.gone else found.filter(gone_at=None)
    if asked.state:
        found = found.filter(state__in=OPEN_STATES if asked.state == OPEN else (asked.state,))
    if asked.kind:
        found = found.filter(kind=asked.kind)
    if asked.taxon:
        found = found.filter(taxon__istartswith=asked.taxon)
    if asked.year:
        found = found.filter(year=int(asked.year))
    if asked.party:
        found = found.filter(Q(exporter=asked.party) | Q(importer=asked.party) | Q(origin=asked.party))
    return found.order_by("-year", "kind", "-strength", "pk")


def signal(actor: Actor, key: str) -> Signal | None:
    return signals(actor, Asked(state="", gone=True)).filter(key=key).select_related("state_by").first()


def counts(actor: Actor) -> tuple[dict[str, int], int]:
    """How many signals of each kind wait, and how many of them were put to the Scientific Authority."""
    rows = list(signals(actor, Asked()).order_by().values_list("kind", "state").annotate(n=Count("pk")))
    kinds: dict[str, int] = {}
    for kind, _state, count in rows:
        kinds[kind] = kinds.get(kind, 0) + count
    return kinds, sum(count for _kind, state, count in rows if state == Signal.State.ASKED)


def permits_of(actor: Actor, row: Signal) -> list[PermitLine]:
    """Our permits of that taxon, term and year on that way, the newest first; where the signal is about us."""
    if actor.party not in (row.exporter, row.importer) or not can(actor, Action.VIEW_PERMITS):
        return []
    found = PermitLine.objects.filter(permit__party=actor.party, taxon=row.taxon, permit__issued_at__year=row.year,
                                      permit__exporter_country=row.exporter)
    terms = [code for code in row.term.split(",") if code]
    found = found.filter(term__in=terms) if terms else found
    found = found.filter(permit__importer_country=row.importer) if row.importer else found
    return list(found.select_related("permit").order_by("-permit__issued_at", "pk")[:ENOUGH_PERMITS])


def gaps(actor: Actor, asked: Asked, *, live: bool | None = None) -> QuerySet[Gap]:
    """The largest of the newest year first; none for who may not see them."""
    found = Gap.objects.filter(party=actor.party)
    if not can(actor, Action.VIEW_GAPS):
        return found.none()
    found = found if asked.gone else found.filter(gone_at=None)
    if live is not None:
        found = found.filter(live=live)
    if asked.state:
        found = found.filter(state__in=OPEN_GAPS if asked.state == OPEN else (asked.state,))
    if asked.kind:
        found = found.filter(code=asked.kind)
    if asked.taxon:
        found = found.filter(taxon__istartswith=asked.taxon)
    if asked.year:
        found = found.filter(year=int(asked.year))
    if asked.party:
        found = found.filter(partner=asked.party)
    return found.order_by("-live", "-year", "-size", "pk")


def gap(actor: Actor, key: str) -> Gap | None:
    return gaps(actor, Asked(state="", gone=True)).filter(key=key).select_related("state_by").first()


def gap_codes(actor: Actor) -> list[tuple[str, int]]:
    """The causes that are in the list, with how many wait."""
    return list(gaps(actor, Asked()).order_by("code").values_list("code").annotate(n=Count("pk")))


def gap_runs(actor: Actor) -> list[GapRun]:
    found = GapRun.objects.filter(party=actor.party)
    return list(found.order_by("-year")[:60]) if can(actor, Action.VIEW_GAPS) else []
