"""The paper that a declared number means: tolerant of how it is written, never a guess where several fit."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from django.db.models import CharField, F, Q, Value
from django.db.models.functions import Concat, Replace, Upper

from wildgate.apps.balances.models import Balance, Claim
from wildgate.apps.customs.models import ForeignPermit
from wildgate.apps.permits.models import Permit
from wildgate.apps.permits.selectors import state_of
from wildgate.convention import tables
from wildgate.convention.vocabulary import DocumentKind
from wildgate.targeting.comparison import LineFacts, PermitFacts
from wildgate.targeting.consignment import PermitRef, Trader

MOST_CANDIDATES: Final = 5
SIGNS: Final = (" ", "-", "/", ".", "_", "\\")
MANY: Final = frozenset({DocumentKind.EXHIBITION.value, DocumentKind.OWNERSHIP.value, DocumentKind.INSTRUMENT.value})


@dataclass(frozen=True, slots=True)
class Paper:
    """One paper that a number may mean: a permit of our own, or another Party's as it was registered here."""

    home: Permit | None = None
    foreign: ForeignPermit | None = None

    @property
    def key(self) -> dict[str, Any]:
        """Number, issuing Party and day, as a call on the paper names it; one of ours by its number alone."""
        if self.foreign is not None:
            return {"number": self.foreign.number, "country": self.foreign.country, "issued_on": self.foreign.issued_on}
        return {"number": self.home.number, "country": self.home.party} if self.home else {}

    @property
    def name(self) -> str:
        """Country, number and day: what tells it from another of the same number."""
        found: Any = self.home or self.foreign
        country = found.party if self.home else found.country
        issued = found.issued_at.date() if self.home else found.issued_on
        return f"{country} {found.number} ({issued.isoformat()})"


def squeeze(number: str) -> str:
    """A number as it is compared: capitals and digits only."""
    return re.sub(r"[^0-9A-Z]", "", number.upper())


def match(party: str, ref: PermitRef) -> tuple[Paper, ...]:
    """The papers that the number may mean: none, one, or several that the sender must tell apart."""
    bare = squeeze(ref.number)
    if not bare:
        return ()
    found = [*_home(party, ref, bare), *_foreign(party, ref, bare)][:MOST_CANDIDATES]
    if ref.issued_on is not None and len(found) > 1:
        same = [each for each in found if _issued(each) == ref.issued_on]
        return tuple(same or found)
    return tuple(found)


def _issued(paper: Paper) -> date | None:
    if paper.home is not None:
        return paper.home.issued_at.date()
    return paper.foreign.issued_on if paper.foreign else None


def _home(party: str, ref: PermitRef, bare: str) -> list[Paper]:
    if ref.country not in ("", party):
        return []
    numbers = {bare, bare.removeprefix(party), ref.number.strip(), ref.number.strip().upper()}
    rows = (Permit.objects.filter(party=party, number__in=numbers).select_related("status")
            .prefetch_related("lines").order_by("pk"))
    return [Paper(home=each) for each in rows[:MOST_CANDIDATES]]


def _foreign(party: str, ref: PermitRef, bare: str) -> list[Paper]:
    """With its country before the number or without: `DE-A01186/21` is `A01186/21` of DE."""
    if ref.country == party:
        return []
    said: Any = Upper("number")
    for sign in SIGNS:
        said = Replace(said, Value(sign), Value(""))
    full = Concat(F("country"), F("bare"), output_field=CharField())
    rows = ForeignPermit.objects.filter(party=party).annotate(bare=said).annotate(full=full)
    front = bare[:2] if tables.country(bare[:2]) is not None else ""
    fits = Q(bare=bare) | Q(full=bare)
    if ref.country:
        rows = rows.filter(country=ref.country)
        fits |= Q(bare=bare.removeprefix(ref.country)) | Q(bare=f"{ref.country}{bare}")
    elif front:
        fits |= Q(country=front, bare=bare.removeprefix(front))
    else:
        fits |= Q(bare=Concat(F("country"), Value(bare), output_field=CharField()))
    found = rows.filter(fits).prefetch_related("lines").order_by("pk")
    return [Paper(foreign=each) for each in found[:MOST_CANDIDATES]]


def facts(paper: Paper, *, reference: str, at: datetime) -> PermitFacts:
    """The paper as the comparison wants it, with what is left for this declaration."""
    return _home_facts(paper.home, reference, at) if paper.home is not None else _foreign_facts(paper.foreign)


def _home_facts(permit: Permit, reference: str, at: datetime) -> PermitFacts:
    record, left = permit.record, _left(permit, reference)
    return PermitFacts(
        permit.number, permit.party, permit.kind, permit.issued_at.date(), permit.valid_until,
        state=state_of(permit.status, permit.valid_until, at.date()).value,
        lines=tuple(LineFacts(line.block, line.taxon, line.term, line.quantity, line.unit, left=left.get(line.pk),
                              source=line.source, second_source=line.second_source, origin=line.origin,
                              marks=tuple(map(str, line.marks))) for line in permit.lines.all()),
        purpose=permit.purpose, exporter=Trader(record.exporter.name, permit.exporter_country),
        importer=Trader(record.importer.name, permit.importer_country),
        transport_document=record.transport_document, multiple_use=permit.kind in MANY)


def _left(permit: Permit, reference: str) -> dict[int, Any]:
    """What is free on each line, with what this declaration has set aside already."""
    out = {row.permit_line_id: row.sums.free for row in Balance.objects.filter(permit_line__permit=permit)}
    if out:
        for claim in Claim.objects.filter(balance__permit_line__permit=permit, reference=reference).select_related(
                "balance"):
            out[claim.balance.permit_line_id] += claim.reserved + claim.consumed
    return out


def _foreign_facts(paper: ForeignPermit | None) -> PermitFacts:
    assert paper is not None  # noqa: S101  (a paper is one or the other)
    return PermitFacts(
        paper.number, paper.country, paper.kind, paper.issued_on, paper.valid_until,
        state="used" if paper.state == ForeignPermit.State.USED else "valid",
        lines=tuple(LineFacts(line.block, line.taxon, line.term, line.quantity, line.unit, source=line.source,
                              origin=line.origin, marks=tuple(map(str, line.marks))) for line in paper.lines.all()),
        purpose=paper.purpose, exporter=Trader(country=paper.exporter_country),
        importer=Trader(country=paper.importer_country), multiple_use=paper.kind in MANY)
