"""One import on one page: the foreign paper is registered and what arrived is endorsed, both or neither."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from wildgate.apps.accounts.access import Action, Actor, require
from wildgate.apps.customs import services as customs
from wildgate.apps.customs.models import Endorsement
from wildgate.apps.permits.records import block
from wildgate.apps.permits.selectors import permit_of
from wildgate.convention.refusal import Refusal


@dataclass(frozen=True, slots=True)
class Arrival:
    """What arrived, beside what the paper says. An empty quantity: as much as the paper permits."""

    quantities: Sequence[str]
    port: str
    transport_document: str
    packages: int | None = None
    import_permit: str = ""
    key: str = ""


def log_import(*, actor: Actor, head: Mapping[str, Any], items: Sequence[customs.Item], arrival: Arrival,
               at: datetime) -> Endorsement | Refusal:
    """Log an import. No permit of this system is needed: an import permit that is not in it is named as shown on paper.

    The relay to the Management Authority is planned by the event of the endorsement.
    """
    if refused := require(actor, Action.RELAY_IMPORTS):
        return refused
    number = " ".join(arrival.import_permit.split()).upper()
    ours = bool(number) and permit_of(actor.party, number) is not None
    given = {block(position): quantity.strip() or str(item.quantity)
             for position, (item, quantity) in enumerate(zip(items, arrival.quantities, strict=True))}
    with transaction.atomic():
        paper = customs.register_foreign(actor=actor, lines=items, importer_country=actor.party, at=at, **head)
        if isinstance(paper, Refusal):
            return paper
        done = customs.endorse_import(
            actor=actor, foreign=(paper.country, paper.number, paper.issued_on), at=at, quantities=given,
            import_permit=number if ours else None, paper_permit="" if ours else number, port=arrival.port,
            transport_document=arrival.transport_document, packages=arrival.packages, key=arrival.key)
        if isinstance(done, Refusal):
            transaction.set_rollback(True)
        return done
