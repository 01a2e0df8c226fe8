"""Every write about stock entries: declare, release or refuse, bring in what customs counted, convert, write off."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import transaction

from wildgate.apps.accounts.access import Action, Actor, require
from wildgate.apps.accounts.models import Organisation
from wildgate.apps.species.registry import law_of
from wildgate.apps.stock import drawing
from wildgate.apps.stock.intake import NewStock
from wildgate.apps.stock.ledger import LEDGER, locked
from wildgate.apps.stock.models import StockBalance, StockEntry, StockWindow
from wildgate.apps.stock.wording import STATE_WORDS
from wildgate.convention.permit import plain
from wildgate.convention.processing import process
from wildgate.convention.quota import STEP, Entry, lineage
from wildgate.convention.refusal import Refusal, refuse
from wildgate.convention.stock import StockKind, StockState, short
from wildgate.convention.taxonomy import Unknown
from wildgate.convention.vocabulary import Source
from wildgate.kit import events
from wildgate.kit.books import Demand
from wildgate.kit.numbering import next_number
from wildgate.kit.sentences import word

DECLARABLE = (StockKind.IMPORT, StockKind.PRE_LISTING, StockKind.BRED)
LOSSES = ("died", "lost", "consumed", "sold-here")
"""Why stock is no longer there without having left the country."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """What customs counted of one line of an import."""

    block: str
    new: NewStock


def declare(*, actor: Actor, organisation: int, new: NewStock, at: datetime) -> StockEntry | Refusal:
    """A holder declares stock; it can be drawn from once the Management Authority has released it."""
    if refused := require(actor, Action.HOLD_STOCK):
        return refused
    holder = Organisation.objects.filter(party=actor.party, pk=organisation).first()
    if holder is None or organisation not in actor.organisations:
        return refuse("not-allowed", "You may not declare stock for this organisation: you hold no post in it.",
                      basis=("House rule: rights",))
    if new.kind not in DECLARABLE:
        return refuse("kind-unknown", "%(kind)s is not a kind of stock that a holder declares.", kind=new.kind.value,
                      field="kind")
    with transaction.atomic():
        window = None
        if new.kind is StockKind.PRE_LISTING:
            window = open_window_for(actor.party, new, at.date())
            if isinstance(window, Refusal):
                return window
            new = replace(new, source=Source.PRE_CONVENTION.value, second_source=_before(new))
        key = f"declared:{organisation}:{new.digest}"
        known = StockEntry.objects.filter(party=actor.party, key__startswith=key).order_by("-pk").first()
        if known is not None and known.state != StockState.REFUSED.value:
            return refuse("stock-known", "The same stock is declared already as %(number)s.", number=known.number)
        key += f":{known.pk}" if known else ""
        entry = _add(actor.party, organisation, new, key=key, at=at, declared_by_id=actor.own_id, window=window)
        events.append("stock-declared", entry.subject, party=actor.party, actor=actor.label, at=at, data=told(entry))
    return entry


def _before(new: NewStock) -> str:
    """The source that stands beside O: how the specimens came to be."""
    return new.second_source if new.source == Source.PRE_CONVENTION.value else new.source


def open_window_for(party: str, new: NewStock, on: date) -> StockWindow | Refusal:
    """The window in which this taxon may be declared today, or why there is none."""
    names = lineage(law_of(party), new.taxon)
    found = StockWindow.objects.filter(party=party, taxon__in=names).order_by("-effective_on")
    now = next((one for one in found if one.adopted_on <= on < one.effective_on), None)
    if now is not None:
        return now
    closed = next((one for one in found if on >= one.effective_on), None)
    if closed is not None:
        return refuse("window-closed", "Stock of %(taxon)s had to be declared before %(day)s, the day on which its "
                      "listing took effect.", taxon=new.taxon, day=closed.effective_on, field="taxon",
                      basis=("Art. VII.2",))
    return refuse("no-window", "No listing of %(taxon)s is about to take effect: there is nothing to declare before "
                  "it. Enter an import or stock that was bred here.", taxon=new.taxon, field="taxon",
                  basis=("Art. VII.2",))


def open_window(*, actor: Actor, taxon: str, adopted_on: date, effective_on: date, note: str = "",
                at: datetime) -> StockWindow | Refusal:
    """Open the declaration of stock when a listing is adopted; it closes by itself on the day it takes effect."""
    if refused := require(actor, Action.WORK_CASE):
        return refused
    found = law_of(actor.party).resolve(taxon)
    if isinstance(found, Unknown):
        return refuse("taxon-unknown", "%(name)s is not a name in the tables. %(why)s", name=taxon[:80] or "A blank",
                      why=found.reason, field="taxon")
    if effective_on <= adopted_on:
        return refuse("period-reversed", "A listing takes effect after it was adopted.", field="effective_on")
    with transaction.atomic():
        window, new = StockWindow.objects.get_or_create(
            party=actor.party, taxon=found.name, effective_on=effective_on,
            defaults={"adopted_on": adopted_on, "note": note[:500], "opened_by_id": actor.own_id, "opened_at": at})
        if not new:
            return refuse("window-known", "There is a window for %(taxon)s already.", taxon=found.name, field="taxon")
        events.append("stock-window-opened", window.subject, party=actor.party, actor=actor.label, at=at,
                      data={"taxon": window.taxon, "adopted": adopted_on.isoformat(),
                            "effective": effective_on.isoformat()})
    return window


def release(*, actor: Actor, number: str, at: datetime) -> StockEntry | Refusal:
    """The Management Authority releases declared stock: from now on it can be drawn from."""
    with transaction.atomic():
        entry = _to_decide(actor, number)
        if isinstance(entry, Refusal):
            return entry
        _decide(entry, StockState.RELEASED, actor, at)
        if entry.made_from_id is not None:
            refused = LEDGER.take([_of_parent(entry)], kind=Entry.BIND, subject=entry.subject, until=None,
                                  actor=actor.label, at=at)
            if refused is not None:
                transaction.set_rollback(True)
                return refused
            LEDGER.settle(entry.subject, moved={"": _given(entry)}, why="converted", actor=actor.label, at=at)
        StockBalance.objects.create(entry=entry, amount=entry.quantity)
        events.append("stock-released", entry.subject, party=actor.party, actor=actor.label, at=at)
    return entry


def refuse_stock(*, actor: Actor, number: str, reason: str, at: datetime) -> StockEntry | Refusal:
    """The Management Authority does not accept a declaration; what a conversion had put aside is free again."""
    if not (kept := reason.strip()[:500]):
        return refuse("missing", "Write the reason.", field="reason")
    with transaction.atomic():
        entry = _to_decide(actor, number)
        if isinstance(entry, Refusal):
            return entry
        entry.note = kept
        _decide(entry, StockState.REFUSED, actor, at)
        drawing.give_back(subject=entry.subject, why="refused", actor=actor.label, at=at)
        events.append("stock-refused", entry.subject, party=actor.party, actor=actor.label, at=at, note=kept)
    return entry


def _to_decide(actor: Actor, number: str) -> StockEntry | Refusal:
    entry = _locked(actor.party, number)
    if isinstance(entry, Refusal):
        return entry
    if refused := require(actor, Action.RELEASE_STOCK, entry):
        return refused
    if entry.state != StockState.DECLARED.value:
        return refuse("wrong-state", "This cannot be done now. The stock entry stands at “%(state)s”.",
                      state=word(STATE_WORDS[entry.state][1]))
    return entry


def _decide(entry: StockEntry, state: StockState, actor: Actor, at: datetime) -> None:
    entry.state, entry.decided_by_id, entry.decided_at = state.value, actor.own_id, at
    entry.save(update_fields=["state", "decided_by", "decided_at", "note"])


def bring_in(*, party: str, organisation: int, subject: str, arrivals: Iterable[Arrival], actor: str,
             at: datetime) -> list[StockEntry]:
    """What customs counted of an import becomes stock of the holder by itself, once. Inside a transaction.

    Customs have seen the goods and used the paper: no declaration and no release is needed.
    """
    made = []
    for arrival in arrivals:
        key = f"import:{subject}:{arrival.block}"[-100:]
        if not StockEntry.objects.filter(party=party, key=key).exists():
            made.append(enter(party, organisation, arrival.new, key=key, at=at))
    if made:
        events.append("stock-entered", subject, party=party, actor=actor, at=at,
                      data={"entries": [entry.number for entry in made]})
    return made


def enter(party: str, organisation: int, new: NewStock, *, key: str, at: datetime) -> StockEntry:
    """An entry that is released from the start, with its balance. Inside a transaction."""
    entry = _add(party, organisation, new, key=key, at=at, state=StockState.RELEASED.value, decided_at=at)
    StockBalance.objects.create(entry=entry, amount=entry.quantity)
    return entry


def convert(*, actor: Actor, number: str, given: Decimal, term: str, quantity: Decimal, unit: str,
            at: datetime) -> StockEntry | Refusal:
    """Make another kind of specimen out of an entry, with a stated yield. Above the usual yield an officer releases it.

    What goes in is used up; what comes out is an entry of its own that keeps source and origin (box 12).
    """
    with transaction.atomic():
        entry = _own(actor, number)
        if isinstance(entry, Refusal):
            return entry
        done = process(entry.term, entry.unit, given, to_term=term, quantity=quantity, to_unit=unit)
        if isinstance(done, Refusal):
            return done
        balance = locked([entry.pk])[0].balance
        if given > balance.free:
            return replace(short(entry.stock(balance), given), field="given")
        new = NewStock(
            StockKind.CONVERSION, entry.taxon, term, quantity, unit, entry.source, entry.origin, entry.acquired,
            entry.second_source, entry.origin_permit, entry.origin_permit_date, entry.last_country, entry.last_permit,
            entry.last_permit_date, entry.number)
        made = _add(actor.party, entry.organisation_id, new, key="", at=at, made_from=entry, given=given,
                    stated=done.stated, declared_by_id=actor.own_id,
                    state=(StockState.RELEASED if done.usual else StockState.DECLARED).value)
        taken = LEDGER.take([_of_parent(made)], kind=Entry.BIND if done.usual else Entry.RESERVE, subject=made.subject,
                            until=None, actor=actor.label, at=at)
        if taken is not None:
            transaction.set_rollback(True)
            return taken
        if done.usual:
            LEDGER.settle(made.subject, moved={"": given}, why="converted", actor=actor.label, at=at)
            StockBalance.objects.create(entry=made, amount=quantity)
        events.append("stock-converted", made.subject, party=actor.party, actor=actor.label, at=at,
                      data={**told(made), "from": entry.number, "given": plain(given), "yield": plain(done.stated)})
    return made


def write_off(*, actor: Actor, number: str, quantity: Decimal, why: str, at: datetime,
              note: str = "") -> StockEntry | Refusal:
    """The holder tells what is no longer there: it died, was lost, consumed, or sold in the country."""
    if why not in LOSSES:
        return refuse("loss-unknown", "Choose why the stock is no longer there.", field="why")
    with transaction.atomic():
        entry = _own(actor, number)
        if isinstance(entry, Refusal):
            return entry
        if quantity <= 0 or quantity != quantity.quantize(STEP):
            return refuse("quantity-not-positive", "The quantity must be greater than zero.", field="quantity")
        subject = f"write-off:{entry.number}"
        taken = LEDGER.take([Demand(entry.pk, "", quantity)], kind=Entry.BIND, subject=subject, until=None,
                            actor=actor.label, at=at)
        if taken is not None:
            return replace(taken, field="quantity")
        LEDGER.settle(subject, moved={"": quantity}, why=why, actor=actor.label, at=at)
        events.append("stock-written-off", entry.subject, party=actor.party, actor=actor.label, at=at,
                      data={"quantity": plain(quantity), "why": why}, note=note.strip()[:500])
    return entry


def _own(actor: Actor, number: str) -> StockEntry | Refusal:
    """The actor's own released entry, locked."""
    entry = _locked(actor.party, number)
    if isinstance(entry, Refusal):
        return entry
    if refused := require(actor, Action.HOLD_STOCK, entry):
        return refused
    if entry.state != StockState.RELEASED.value:
        return refuse("wrong-state", "This cannot be done now. The stock entry stands at “%(state)s”.",
                      state=word(STATE_WORDS[entry.state][1]))
    return entry


def _locked(party: str, number: str) -> StockEntry | Refusal:
    found = StockEntry.objects.select_for_update().filter(party=party, number=number).first()
    return found or refuse("no-such-stock", "There is no stock entry %(number)s.", number=number[:30])


def _of_parent(entry: StockEntry) -> Demand:
    """What a conversion takes of the entry that it is made from."""
    if entry.made_from_id is None:
        raise ValueError(f"{entry} is made from nothing")
    return Demand(entry.made_from_id, "", _given(entry))


def _given(entry: StockEntry) -> Decimal:
    given: Decimal = entry.given or Decimal(0)
    return given


def _add(party: str, organisation: int, new: NewStock, *, key: str, at: datetime, **more: Any) -> StockEntry:
    serial = next_number(party, "stock", at.year)
    number = f"{party}-S-{at.year}-{serial:06d}"
    return StockEntry.objects.create(
        party=party, number=number, organisation_id=organisation, kind=new.kind.value, taxon=new.taxon, term=new.term,
        quantity=new.quantity, unit=new.unit, source=new.source, second_source=new.second_source, origin=new.origin,
        origin_permit=new.origin_permit, origin_permit_date=new.origin_permit_date, last_country=new.last_country,
        last_permit=new.last_permit, last_permit_date=new.last_permit_date, acquired=new.acquired,
        reference=new.reference, key=key or number, declared_at=at, **more)


def told(entry: StockEntry) -> dict[str, object]:
    """What the event chain keeps of an entry: codes and quantities, no names."""
    return {"kind": entry.kind, "taxon": entry.taxon, "term": entry.term, "quantity": plain(entry.quantity),
            "unit": entry.unit, "source": entry.source, "origin": entry.origin, "organisation": entry.organisation_id}
