"""Endorsing a home permit: what moved is written down, sealed and told, and the permit is used up (box 14)."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from django.db import IntegrityError, transaction
from django.db.models import prefetch_related_objects

from wildgate.apps.accounts.access import Action, Actor, require
from wildgate.apps.balances.finding import Measures, squeeze, trade_suspended
from wildgate.apps.customs import crossing
from wildgate.apps.customs.crossing import Act
from wildgate.apps.customs.models import Endorsement, EndorsementLine
from wildgate.apps.customs.services import accounts
from wildgate.apps.customs.services.places import not_ours
from wildgate.apps.customs.services.rejecting import rejected
from wildgate.apps.customs.services.stocking import stock_up
from wildgate.apps.permits import sealing
from wildgate.apps.permits.models import PermitStatus
from wildgate.apps.permits.selectors import left_before, permit_of
from wildgate.apps.permits.services.acts import publication, step_permit, told_of
from wildgate.convention.lifecycle import PermitAct, PermitState
from wildgate.convention.permit import plain
from wildgate.convention.refusal import Refusal, refuse
from wildgate.convention.vocabulary import DocumentKind
from wildgate.kit import events
from wildgate.kit.keys import Use
from wildgate.kit.prepared import Insert
from wildgate.seal.endorsement import Endorsement as Sealed
from wildgate.seal.endorsement import Stage
from wildgate.seal.token import permit_digest, seal_endorsement

if TYPE_CHECKING:
    from wildgate.apps.permits.models import Permit, PermitLine
    from wildgate.seal.keys import SigningKey

ACTS = {crossing.EXPORT: PermitAct.EXPORT_ENDORSED, crossing.IMPORT: PermitAct.IMPORT_ENDORSED}


def act_of(permit: Permit, stage: str) -> PermitAct:
    """What an endorsement does to the permit: a certificate for several crossings crosses, all others are used up."""
    return PermitAct.CROSSING_ENDORSED if crossing.is_for_many(permit.kind) else ACTS[stage]


def endorse(
    *,
    actor: Actor,
    number: str,
    stage: str,
    quantities: Mapping[str, Decimal | str],
    port: str,
    transport_document: str,
    at: datetime,
    key: str = "",
    packages: int | None = None,
    dead: Mapping[str, Decimal | str] | None = None,
    arrived: datetime | None = None,
    reference: str = "",
) -> Endorsement | Refusal:
    """Endorse a permit of the home Party with what actually moves, line by line (Article VI; US 23.23(c)(21)).

    `quantities` holds a quantity for every block of the permit. The same `key` with the same content is the same
    endorsement, however often it is sent; with another content it is refused. `at` is when customs saw the goods;
    `arrived` when the ledger learns of it, where that is later: a post was without a signal. `reference`: the
    declaration that the goods belong to; its open reservations are consumed.
    """
    permit = permit_of(actor.party, number)
    if permit is None:
        return refuse("no-such-permit", "There is no permit %(number)s.", number=number[:30], field="number")
    if refused := require(actor, Action.ENDORSE, permit):
        return refused
    prefetch_related_objects([permit], "lines")  # lines never change: read once for all that follows
    lines = list(permit.lines.all())
    act = crossing.read_act(
        stage=stage,
        quantities=quantities,
        lines=lines,
        port=port,
        transport_document=transport_document,
        at=at,
        key=key,
        packages=packages,
        dead=dead,
        arrived=arrived,
        reference=reference,
    )
    if isinstance(act, Refusal):
        return usable(permit, stage, at) or act
    if (again := repeated(actor.party, act, permit=permit)) is not None:
        return again
    if arrived is None and (refused := not_ours(actor, act.port, at)):  # what a phone signed has happened
        return refused
    outcome = _write(permit, lines, act, actor)
    return (repeated(actor.party, act, permit=permit) or outcome) if isinstance(outcome, Refusal) else outcome


def _write(permit: Permit, lines: Sequence[PermitLine], act: Act, actor: Actor) -> Endorsement | Refusal:
    """Under the permit's lock: spend it, seal what moved, and write it off in the ledger of its lines."""
    many = crossing.is_for_many(permit.kind)
    try:
        with transaction.atomic():
            last = _last_locked(permit)
            if refused := usable(permit, act.stage, act.at):
                return refused
            token = seal(permit, act, [act.quantities[line.block] for line in lines], last)
            several = not many and accounts.several(permit, act.stage, act.at)
            tale = spend(permit, act, token, actor=actor, rest=accounts.rest_after(permit, act) if several else None)
            digest = permit_digest(token).hex()
            declared: Mapping[str, Decimal] | Refusal = {}
            if not isinstance(tale, Refusal) and not many:
                declared = accounts.count(permit, act, digest, actor, several=several)
            if isinstance(tale, Refusal) or isinstance(declared, Refusal):
                transaction.set_rollback(True)
                return tale if isinstance(tale, Refusal) else declared  # type: ignore[return-value]
            endorsement = keep(permit, lines, act, token, actor, last)
            if many:
                events.append_each(tale.told, party=permit.party, actor=actor.label, at=act.arrived or act.at,
                                   asked=tale.asked)
            else:
                accounts.tell(permit, act, digest, actor, declared, tale)
            into_stock(endorsement, actor)
            return endorsement
    except IntegrityError:
        return KEY_USED


def keep(permit: Permit, lines: Sequence[PermitLine], act: Act, token: bytes, actor: Actor,
         last: Endorsement | None) -> Endorsement:
    """Write the sealed endorsement down. Inside the transaction that spent the permit."""
    endorsement, rows = drawn_up(permit, lines, act, token, actor, last)
    keep_all([(endorsement, rows)])
    return endorsement


Drawn = tuple[Endorsement, list[EndorsementLine]]


def drawn_up(permit: Permit, lines: Sequence[PermitLine], act: Act, token: bytes, actor: Actor,
             last: Endorsement | None) -> Drawn:
    """The sealed endorsement with its lines, to be written by `keep_all`."""
    endorsement = Endorsement(permit=permit, turn=last.turn + 1 if last else 1,
                              **written(act, token, actor, last.digest if last else ""))
    return endorsement, [EndorsementLine(permit_line=line, **moved_of(act, line.block)) for line in lines]


def keep_all(drawn: Sequence[Drawn]) -> None:
    """Write sealed endorsements down, those of one permit in their order."""
    _endorsements.save([endorsement for endorsement, _rows in drawn])
    for endorsement, rows in drawn:
        for row in rows:
            row.endorsement = endorsement
    _lines.save([row for _endorsement, rows in drawn for row in rows])


_endorsements: Final = Insert(Endorsement)
_lines: Final = Insert(EndorsementLine)


def into_stock(endorsement: Endorsement, actor: Actor) -> None:
    """What an import permit let in becomes stock. Inside the transaction, after its events."""
    permit = endorsement.permit
    if permit is not None and permit.kind == DocumentKind.IMPORT_PERMIT.value:
        stock_up(endorsement, actor)


def _last_locked(permit: Permit) -> Endorsement | None:
    """The crossing before this one, read under the permit's lock: nobody crosses meanwhile."""
    permit.status = PermitStatus.objects.select_for_update().get(permit=permit)
    return last_crossing(permit)


def last_crossing(permit: Permit) -> Endorsement | None:
    """The newest endorsement of a permit."""
    return Endorsement.objects.filter(permit=permit).order_by("-turn").first()


def moved_of(act: Act, block: str) -> dict[str, Any]:
    """What an endorsement's line holds beside the line of the paper."""
    return {"quantity": act.quantities[block], "dead_on_arrival": (act.dead or {}).get(block)}


KEY_USED = refuse(
    "key-used",
    "This key was already used for another endorsement; send a new one under a new key.",
    field="key",
    basis=("House rule: one act, one key",),
)


def usable(permit: Permit, stage: str, at: datetime, *, red: Collection[str] | None = None,
           measures: Measures | None = None) -> Refusal | None:
    """Why the permit may not be endorsed now; None when it may. `red`: the numbers, as compared, of which a paper was
    rejected, and `measures`: what many are asked of, where they were read."""
    refused = crossing.why_not(
        permit.kind, PermitState(permit.status.state), permit.issued_at.date(), permit.valid_until, stage, at.date()
    )
    refused = refused or left_before(permit)
    if not refused and (red is None or squeeze(permit.number) in red):
        refused = rejected(permit.party, permit.party, permit.number)
    refused = refused or trade_suspended(permit, at.date(), measures)
    if refused or not crossing.is_for_many(permit.kind):
        return refused
    last = last_crossing(permit)
    return crossing.wrong_way(stage, last.stage, last.port, last.at.date()) if last else crossing.wrong_way(stage)


def repeated(
    party: str, act: Act, *, permit: Permit | None = None, foreign: int | None = None
) -> Endorsement | Refusal | None:
    """The endorsement that this key made before, a refusal when its content was another, None when the key is new."""
    if not act.key:
        return None
    found = (
        Endorsement.objects.filter(party=party, key=act.key)
        .prefetch_related("lines__permit_line", "lines__foreign_line")
        .first()
    )
    if found is None:
        return None
    moved = {
        line.permit_line.block
        if foreign is None and line.permit_line
        else line.foreign_line.block
        if line.foreign_line
        else "": line.quantity
        for line in found.lines.all()
    }
    same = (
        found.permit_id == (permit.pk if permit else None)
        and found.foreign_id == foreign
        and found.stage == act.stage
        and found.port == act.port
        and found.transport_document == act.transport_document
        and found.packages == act.packages
        and moved == dict(act.quantities)
    )
    return found if same else KEY_USED


def spend(permit: Permit, act: Act, token: bytes, *, actor: Actor, foreign: str = "",
          rest: accounts.Rest | None = None) -> accounts.Tale | Refusal:
    """Use the permit up under its lock; what is to be told of it. Whoever waited for the lock learns here that another
    was first.

    `foreign` is the subject of the foreign paper used with it, whose blocks the event's quantities then follow. `rest`:
    a document that the house lets be written off in several consignments; it is used up by the last one.
    """
    deed, moved = deed_of(permit, act, rest)
    after = step_permit(permit, deed, actor=actor, at=act.arrived or act.at, moved=moved, locked=True)
    if not isinstance(after, Refusal):
        return tale_of(permit, deed, act, token, actor, rest, foreign)
    return usable(permit, act.stage, act.at) or after


def deed_of(permit: Permit, act: Act, rest: accounts.Rest | None) -> tuple[PermitAct, Mapping[str, Decimal]]:
    """What happens to the permit, and what moved of it in all where it is used up by that."""
    if rest is None:
        return act_of(permit, act.stage), act.quantities
    return (PermitAct.CROSSING_ENDORSED, {}) if rest.left else (act_of(permit, act.stage), rest.total)


def tale_of(permit: Permit, deed: PermitAct, act: Act, token: bytes, actor: Actor, rest: accounts.Rest | None,
            foreign: str = "") -> accounts.Tale:
    """What is to be told of a permit that was spent."""
    data = told(act, token, permit.party) | ({"foreign": foreign} if foreign else {})
    return accounts.Tale((told_of(permit, deed, actor, data),),
                         (publication(permit, act.arrived or act.at), *(rest.asked if rest else ())))


def told(act: Act, token: bytes, party: str) -> dict[str, object]:
    """What the event chain keeps of an endorsement: codes and quantities, no names."""
    kept: dict[str, object] = {
        "stage": act.stage,
        "port": crossing.locode(act.port, party),
        "endorsement": permit_digest(token).hex(),
        "quantities": {block: plain(amount) for block, amount in act.quantities.items()},
    }
    return kept | {"made": act.at.astimezone(UTC).isoformat(timespec="seconds")} if act.arrived else kept


def seal(permit: Permit, act: Act, moved: list[Decimal], last: Endorsement | None = None,
         key: SigningKey | None = None) -> bytes:
    """The sealed endorsement, chained to the permit's seal and to the crossing before this one, where there was one."""
    return seal_as(
        permit.party,
        permit.number,
        bytes.fromhex(permit.seal_digest),
        crossing.seal_stage(permit.kind, act.stage),
        act,
        moved,
        bytes.fromhex(last.digest) if last else None,
        key,
    )


def seal_as(
    party: str, number: str, digest: bytes, stage: Stage, act: Act, moved: list[Decimal], previous: bytes | None = None,
    key: SigningKey | None = None,
) -> bytes:
    """Seal with the key of customs: that of the moment, where the caller has it not yet."""
    sealed = Sealed(
        party=party,
        number=number,
        permit_digest=digest,
        stage=stage,
        locode=crossing.locode(act.port, party),
        quantities=tuple(moved),
        at=act.at,
        transport_document=act.transport_document,
        packages=act.packages,
        previous=previous,
    )
    return seal_endorsement(sealed, key or key_of(party, act.at))


def key_of(party: str, at: datetime) -> SigningKey:
    """The key with which customs seals at that moment."""
    return sealing.keys().signing_key(party, Use.ENDORSEMENT, at)


def written(act: Act, token: bytes, actor: Actor, previous: str = "") -> dict[str, Any]:
    """The endorsement's own fields."""
    return {
        "party": actor.party,
        "stage": act.stage,
        "port": act.port,
        "transport_document": act.transport_document,
        "packages": act.packages,
        "at": act.at,
        "officer_id": actor.person_id,
        "token": token.hex(),
        "digest": permit_digest(token).hex(),
        "previous": previous,
        "key": act.key,
    }
