"""What stands behind an inspection: the declared consignment, a permit of ours or a foreign paper, as one shape."""

from __future__ import annotations

from datetime import datetime

from wildgate.apps.accounts.access import Actor
from wildgate.apps.customs.models import ForeignPermit
from wildgate.apps.declarations import selectors as declarations
from wildgate.apps.inspections.codes import Behind
from wildgate.apps.permits.models import Permit
from wildgate.apps.permits.selectors import permit as permit_seen
from wildgate.convention.refusal import Refusal, refuse
from wildgate.targeting.consignment import Consignment, Item, PermitRef, Trader

LONGEST = 80


def consignment_of(actor: Actor, behind: str, reference: str, at: datetime) -> Consignment | Refusal:
    """The goods that the reference names; without items where it names a parcel or nothing."""
    name = " ".join(reference.replace("\x00", "").split())[:LONGEST]
    if behind not in Behind.values:
        return refuse("missing", "Choose what the inspection is about.", field="behind")
    if behind == Behind.NONE:
        return Consignment(name, actor.party, "", at)
    if not name:
        return refuse("missing", "Write the number of what is inspected.", field="reference")
    found: Consignment | None
    if behind == Behind.DECLARATION:
        found = declarations.consignment(actor, name)
    elif behind == Behind.PERMIT:
        permit = permit_seen(actor, name)
        found = of_permit(permit, at) if permit is not None else None
    elif behind == Behind.FOREIGN:
        paper = foreign_paper(actor.party, name)
        found = of_foreign(paper, at) if paper is not None else None
    else:
        found = Consignment(name, actor.party, "", at, express=True)
    return found or refuse("no-such-reference", "Nothing is known here under %(reference)s.", reference=name,
                           field="reference")


def foreign_paper(party: str, name: str) -> ForeignPermit | None:
    """The registered paper for `QZ 26QZ000107E` or its number alone, the newest first."""
    country, _blank, number = name.partition(" ")
    papers = ForeignPermit.objects.filter(party=party).order_by("-issued_on", "-pk")
    named = papers.filter(country=country.upper(), number=number) if number else papers.none()
    return named.first() or papers.filter(number=name).first()


def of_permit(permit: Permit, at: datetime) -> Consignment:
    """The whole of a permit of ours as a consignment."""
    ref = PermitRef(permit.number, permit.party, permit.issued_at.date())
    return Consignment(
        permit.number, permit.party, permit.application.direction, at, departure=permit.exporter_country,
        destination=permit.importer_country, exporter=Trader(country=permit.exporter_country),
        items=tuple(Item(place, "", line.description, line.taxon, line.term, line.quantity, line.unit,
                         origin=line.origin, source=line.source, permits=(ref,), marks=tuple(line.marks))
                    for place, line in enumerate(permit.lines.all(), start=1)))


def of_foreign(paper: ForeignPermit, at: datetime) -> Consignment:
    """The whole of a foreign paper as a consignment."""
    ref = PermitRef(paper.number, paper.country, paper.issued_on, "foreign")
    return Consignment(
        f"{paper.country} {paper.number}", paper.party, "import", at, departure=paper.exporter_country,
        destination=paper.importer_country,
        items=tuple(Item(place, "", "", line.taxon, line.term, line.quantity, line.unit, origin=line.origin,
                         source=line.source, permits=(ref,), marks=tuple(line.marks))
                    for place, line in enumerate(paper.lines.all(), start=1)))


def paper_subjects(party: str, permits: list[str]) -> list[str]:
    """The names under which events speak of these papers: of ours by number, of foreign ones by country and number."""
    out: list[str] = []
    for name in permits:
        number = name.rpartition(" ")[2]
        ours = Permit.objects.filter(party=party, number=number).first()
        foreign = None if ours else foreign_paper(party, name)
        found = ours.subject if ours else foreign.subject if foreign else ""
        if found and found not in out:
            out.append(found)
    return out

