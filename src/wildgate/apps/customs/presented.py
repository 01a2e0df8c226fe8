"""A foreign paper as it was presented, in the words in which its issuer's own message is compared with it."""

from __future__ import annotations

from wildgate.apps.customs.models import ForeignPermit
from wildgate.apps.customs.services.registering import facts_digest
from wildgate.apps.permits.abroad import Wanted
from wildgate.convention.permit import plain


def wanted_of(paper: ForeignPermit) -> Wanted:
    """The paper's facts. The digest of its code is among them where the paper carries one."""
    lines = list(paper.lines.all())
    coded = paper.digest != facts_digest(paper, lines)
    return Wanted(paper.country, paper.number, facts={
        "kind": paper.kind, "issued_on": paper.issued_on.isoformat(), "valid_until": paper.valid_until.isoformat(),
        "exporter": paper.exporter_country, "importer": paper.importer_country, "purpose": paper.purpose,
        "seal": paper.digest if coded else "",
        "lines": [{"block": line.block, "taxon": line.taxon, "term": line.term, "appendix": line.appendix,
                   "source": line.source, "quantity": plain(line.quantity), "unit": line.unit, "origin": line.origin}
                  for line in lines]})
