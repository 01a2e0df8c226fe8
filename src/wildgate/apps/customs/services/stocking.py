"""An import that customs let in becomes stock of the home firm it came to, with its papers (boxes 12 and 12a)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from wildgate.apps.customs.models import Endorsement, EndorsementLine, ForeignPermit
from wildgate.apps.stock.intake import NewStock
from wildgate.apps.stock.services import Arrival, bring_in
from wildgate.convention.stock import StockKind

if TYPE_CHECKING:
    from wildgate.apps.accounts.access import Actor

LONGEST_NUMBER = 30


def stock_up(endorsement: Endorsement, actor: Actor) -> None:
    """Enter what arrived alive or whole, line by line; nothing where no home firm is known. Inside a transaction."""
    paper, home = endorsement.foreign, endorsement.permit
    holder = paper.organisation_id if paper and paper.organisation_id else home.organisation_id if home else None
    if holder is None:
        return
    subject = paper.subject if paper else home.subject if home else ""
    bring_in(party=endorsement.party, organisation=holder, subject=subject,
             arrivals=list(_arrivals(endorsement)), actor=actor.label, at=endorsement.at)


def _arrivals(endorsement: Endorsement) -> Iterator[Arrival]:
    for line in endorsement.lines.select_related("foreign_line", "permit_line").order_by("pk"):
        what = line.foreign_line or line.permit_line
        left = line.quantity - (line.dead_on_arrival or 0)
        if what is None or left <= 0:
            continue
        new = NewStock(
            StockKind.IMPORT, what.taxon, what.term, left, what.unit, what.source, what.origin,
            endorsement.at.date(), origin_permit=what.origin_permit[:LONGEST_NUMBER],
            reference=endorsement.transport_document)
        yield Arrival(what.block, _with_paper(new, endorsement.foreign, line))


def _with_paper(new: NewStock, paper: ForeignPermit | None, line: EndorsementLine) -> NewStock:
    """A paper of the country of origin is box 12 of the next certificate; a re-exporter's is box 12a."""
    if paper is None or line.foreign_line is None:
        return new
    if paper.country == new.origin:
        return replace(new, origin_permit=paper.number, origin_permit_date=paper.issued_on)
    return replace(new, last_country=paper.country, last_permit=paper.number, last_permit_date=paper.issued_on)
