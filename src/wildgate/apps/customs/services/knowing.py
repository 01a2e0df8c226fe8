"""What a call of a customs system must know of a permit beside its ledger: asked together, under the permit's lock."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from django.db.models import Exists, OuterRef, Subquery

from wildgate.apps.balances.asking import WriteOff
from wildgate.apps.balances.finding import squeeze
from wildgate.apps.balances.models import Call, Watch
from wildgate.apps.customs.models import Endorsement, Rejection
from wildgate.apps.permits.models import Permit
from wildgate.kit.prepared import Prepared, loaded


@dataclass(frozen=True, slots=True)
class Known:
    """`call`: the key of the same call, answered before. `rejected`: a paper of this number was, at some post. `last`:
    the newest endorsement. `watch`: the key of the open watch of the declaration's item."""

    call: int | None
    rejected: bool
    last: Endorsement | None
    watch: int | None


def known_of(permit: Permit, call: str, asked: WriteOff) -> Known:
    """What is known now that nobody else can move the permit."""
    (made, rejected, watch, *last), = _asked.rows(
        permit=permit.pk, party=permit.party, name=squeeze(permit.number), call=call, reference=asked.reference,
        item=asked.item, version=asked.version)
    return Known(made, rejected, loaded(Endorsement, LAST, last) if last[0] is not None else None, watch)


LAST: Final = ("id", "digest", "turn")
_newest: Final = Endorsement.objects.filter(permit=OuterRef("pk")).order_by("-turn")
_asked: Final = Prepared(lambda permit, party, name, call, reference, item, version: Permit.objects.filter(
    pk=permit).values_list(
    Subquery(Call.objects.filter(party=party, call=call, reference=reference, item=item, version=version)
             .values("pk")[:1]),
    Exists(Rejection.objects.filter(party=party, country=party, squeezed=name, lifted_at=None)),
    Subquery(Watch.objects.filter(permit=OuterRef("pk"), reference=reference, item=item, closed_at=None)
             .values("pk")[:1]),
    *(Subquery(_newest.values(each)[:1]) for each in LAST)), numbers=("permit", "item", "version"))
