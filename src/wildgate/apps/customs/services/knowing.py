"""What a call of a customs system must know of a permit beside its ledger: asked together, under the permit's lock."""

from __future__ import annotations

from collections.abc import Sequence
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


@dataclass(frozen=True, slots=True)
class KnownOfMany:
    """The same of several permits. `calls`: reference, item and version of what was answered before; `rejected`:
    numbers as compared; `last` by permit; `watches` by permit, reference and item."""

    calls: set[tuple[str, int, int]]
    rejected: frozenset[str]
    last: dict[int, Endorsement]
    watches: dict[tuple[int, str, int], int]

    def is_special(self, permit: Permit, asked: WriteOff) -> bool:
        """Answered before, or on a permit of whose number a paper was rejected."""
        return (asked.reference, asked.item, asked.version) in self.calls or squeeze(permit.number) in self.rejected


def known_of_many(permits: Sequence[Permit], call: str, asked: Sequence[WriteOff]) -> KnownOfMany:
    """What is known of permits under their locks: four questions."""
    party, keys = permits[0].party, [permit.pk for permit in permits]
    references = {each.reference for each in asked}
    newest = Permit.objects.filter(pk__in=keys).values_list(
        "pk", *(Subquery(_newest.values(each)[:1]) for each in LAST))
    return KnownOfMany(
        set(Call.objects.filter(party=party, call=call, reference__in=references)
            .values_list("reference", "item", "version")),
        frozenset(Rejection.objects.filter(party=party, country=party, lifted_at=None, squeezed__in={
            squeeze(permit.number) for permit in permits}).values_list("squeezed", flat=True)),
        {key: loaded(Endorsement, LAST, last) for key, *last in newest if last[0] is not None},
        {(permit, reference, item): watch for permit, reference, item, watch in Watch.objects.filter(
            permit__in=keys, reference__in=references, closed_at=None).values_list(
            "permit_id", "reference", "item", "pk")})
