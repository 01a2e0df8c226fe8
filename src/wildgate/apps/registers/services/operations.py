"""The register of operations: enter one, renew it, note an inspection, suspend, withdraw or let it stand again."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction

from wildgate.apps.accounts.access import Action, Actor, require
from wildgate.apps.accounts.models import Organisation
from wildgate.apps.registers.models import Operation, OperationTaxon
from wildgate.apps.species.registry import law_of
from wildgate.convention import tables
from wildgate.convention.operations import OperationKind, OperationState, Stock, key_of
from wildgate.convention.permit import plain
from wildgate.convention.refusal import Refusal, refuse
from wildgate.convention.taxonomy import Unknown
from wildgate.kit import events

MOST_TAXA = 200
LARGEST_OUTPUT = Decimal(10) ** 9
LONGEST = {"number": 40, "name": 160, "address": 300, "reference": 120}


@dataclass(frozen=True, slots=True)
class NewOperation:
    """An operation to be entered. `stock` names its taxa as written; `organisation` the firm, for a home entry."""

    country: str
    number: str
    kind: OperationKind
    name: str
    registered_on: date
    address: str = ""
    valid_until: date | None = None
    last_inspection: date | None = None
    next_inspection: date | None = None
    state: OperationState = OperationState.ACTIVE
    stock: tuple[Stock, ...] = ()
    organisation: int | None = None
    reference: str = ""


def register_operation(*, actor: Actor, new: NewOperation, at: datetime) -> Operation | Refusal:
    """Enter an operation (Res. Conf. 12.10, 9.19, 11.15). A number stands once in a country's register."""
    if no := require(actor, Action.KEEP_REGISTERS):
        return no
    kept = checked(new, actor.party)
    if isinstance(kept, Refusal):
        return kept
    twice = refuse("operation-exists", "Operation %(number)s of %(country)s is in the register already.",
                   number=kept.number, country=kept.country, field="number")
    try:
        with transaction.atomic():
            if known(actor.party, kept) is not None:
                return twice
            return store(kept, None, party=actor.party, actor=actor.label, at=at)
    except IntegrityError:
        return twice


def known(party: str, new: NewOperation) -> Operation | None:
    return Operation.objects.filter(party=party, country=new.country, key=key_of(new.number)).first()


def checked(new: NewOperation, party: str) -> NewOperation | Refusal:
    """The entry with accepted names, or its first fault with the field."""
    for name, longest in LONGEST.items():
        if len(getattr(new, name)) > longest:
            return refuse("too-long", "%(what)s is longer than %(longest)s characters.", what=name, longest=longest,
                          field=name)
    for name, what in (("number", "the number"), ("name", "the name")):
        if not getattr(new, name).strip() or (name == "number" and not key_of(new.number)):
            return refuse("missing", "Write %(what)s.", what=what, field=name)
    if tables.country(new.country) is None:
        return refuse("country-unknown", "%(country)s is not a country code.", country=new.country[:10],
                      field="country")
    if new.valid_until is not None and new.valid_until < new.registered_on:
        return refuse("period-reversed", "The registration ends on %(end)s, before it starts on %(start)s.",
                      end=new.valid_until, start=new.registered_on, field="valid_until")
    if new.organisation is not None and not Organisation.objects.filter(
            party=party, pk=new.organisation, country=new.country).exists():
        return refuse("no-such-organisation", "There is no such organisation in %(country)s.", country=new.country,
                      field="organisation")
    stock = _stock(new, party)
    return stock if isinstance(stock, Refusal) else replace(
        new, stock=stock, number=new.number.strip(), name=new.name.strip(), address=new.address.strip())


def _stock(new: NewOperation, party: str) -> tuple[Stock, ...] | Refusal:
    """The taxa by accepted names. An institution may hold any taxon and names none."""
    if len(new.stock) > MOST_TAXA:
        return refuse("too-many-taxa", "An operation has up to %(most)s taxa.", most=MOST_TAXA, field="taxa")
    if not new.stock and new.kind is not OperationKind.INSTITUTION:
        return refuse("missing", "Write %(what)s.", what="the taxa it is registered for", field="taxa")
    law, found = law_of(party), dict[str, Stock]()
    for stock in new.stock:
        taxon = law.resolve(stock.taxon)
        if isinstance(taxon, Unknown):
            return refuse("taxon-unknown", "%(name)s is not a name in the tables. %(why)s", name=stock.taxon[:80],
                          why=taxon.reason, field="taxa", suggestions=law.suggest(stock.taxon[:80]))
        if stock.yearly is not None and not 0 < stock.yearly <= LARGEST_OUTPUT:
            return refuse("amount-out-of-range", "The yearly output of %(taxon)s is a number above zero.",
                          taxon=taxon.name, field="taxa")
        if taxon.name in found:
            return refuse("taxon-twice", "%(taxon)s stands twice.", taxon=taxon.name, field="taxa")
        found[taxon.name] = Stock(taxon.name, stock.yearly)
    return tuple(found.values())


def store(new: NewOperation, old: Operation | None, *, party: str, actor: str, at: datetime) -> Operation:
    """Write a checked entry over `old`, or as a new one, with its event. Inside a transaction."""
    fields = fields_of(new)
    if old is None:
        row = Operation.objects.create(party=party, country=new.country, key=key_of(new.number), **fields)
    else:
        row = old
        for name, value in fields.items():
            setattr(row, name, value)
        row.save()
        row.taxa.all().delete()
    OperationTaxon.objects.bulk_create([
        OperationTaxon(operation=row, taxon=stock.taxon, yearly=stock.yearly) for stock in new.stock])
    _tell(row, "operation-registered" if old is None else "operation-changed", actor=actor, at=at,
          data={"number": row.number, "kind": row.kind, "state": row.state,
                "taxa": {stock.taxon: plain(stock.yearly) if stock.yearly else None for stock in new.stock}})
    return row


def fields_of(new: NewOperation) -> dict[str, Any]:
    return {"number": new.number, "kind": new.kind.value, "organisation_id": new.organisation, "name": new.name,
            "address": new.address, "registered_on": new.registered_on, "valid_until": new.valid_until,
            "last_inspection": new.last_inspection, "next_inspection": new.next_inspection, "state": new.state.value,
            "reference": new.reference.strip()}


def change_operation(*, actor: Actor, operation: int, new: NewOperation, at: datetime) -> Operation | Refusal:
    """Correct an entry: all but its number, country and state."""
    with transaction.atomic():
        row = _locked(actor, operation)
        if isinstance(row, Refusal):
            return row
        kept = checked(replace(new, number=row.number, country=row.country, state=OperationState(row.state)),
                       actor.party)
        if isinstance(kept, Refusal):
            return kept
        return store(kept, row, party=actor.party, actor=actor.label, at=at)


def renew(*, actor: Actor, operation: int, until: date, reference: str, at: datetime) -> Operation | Refusal:
    """Let a registration hold longer; a lapsed one stands again from today on."""
    with transaction.atomic():
        row = _locked(actor, operation)
        if isinstance(row, Refusal):
            return row
        if row.state == OperationState.WITHDRAWN.value:
            return refuse("operation-withdrawn", "A registration that was withdrawn is not renewed: enter it anew.")
        if until <= max(at.date(), row.valid_until or at.date()):
            return refuse("renewal-too-short", "A renewal reaches beyond %(day)s.", field="until",
                          day=max(at.date(), row.valid_until or at.date()))
        row.valid_until = until
        row.reference = reference.strip()[:LONGEST["reference"]] or row.reference
        row.save(update_fields=["valid_until", "reference"])
        _tell(row, "operation-renewed", actor=actor.label, at=at, data={"until": until.isoformat()})
    return row


def inspect(*, actor: Actor, operation: int, on: date, following: date | None, note: str,
            at: datetime) -> Operation | Refusal:
    """Note that the operation was inspected, and when it will be again."""
    with transaction.atomic():
        row = _locked(actor, operation)
        if isinstance(row, Refusal):
            return row
        if on > at.date():
            return refuse("date-ahead", "%(day)s is still to come.", day=on, field="on")
        if following is not None and following <= on:
            return refuse("inspection-order", "The next inspection comes after this one.", field="following")
        row.last_inspection = max(on, row.last_inspection or on)
        row.next_inspection = following
        row.save(update_fields=["last_inspection", "next_inspection"])
        _tell(row, "operation-inspected", actor=actor.label, at=at, note=note.strip()[:2000],
              data={"on": on.isoformat(), "next": following.isoformat() if following else None})
    return row


def set_state(*, actor: Actor, operation: int, state: OperationState, why: str, at: datetime) -> Operation | Refusal:
    """Suspend, withdraw, or let stand again. What was issued before stays as it was."""
    if not why.strip():
        return refuse("missing", "Write %(what)s.", what="the reason", field="why")
    with transaction.atomic():
        row = _locked(actor, operation)
        if isinstance(row, Refusal):
            return row
        if row.state in (state.value, OperationState.WITHDRAWN.value):
            return refuse("wrong-operation-state", "This cannot be done: the registration is %(state)s.",
                          state=row.state, field="state")
        row.state = state.value
        row.save(update_fields=["state"])
        _tell(row, f"operation-{state.value}", actor=actor.label, at=at, note=why.strip()[:2000])
    return row


def _locked(actor: Actor, operation: int) -> Operation | Refusal:
    row = Operation.objects.select_for_update().filter(party=actor.party, pk=operation).first()
    if row is None:
        return refuse("no-such-operation", "There is no such operation in the register.")
    return require(actor, Action.KEEP_REGISTERS, row) or row


def _tell(row: Operation, kind: str, *, actor: str, at: datetime, data: dict[str, Any] | None = None,
          note: str = "") -> None:
    events.append(kind, row.subject, party=row.party, actor=actor, at=at, data=data, note=note)
