"""Every read about stock, already cut down to what the actor may see."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import QuerySet

from wildgate.apps.accounts.access import Action, Actor, can
from wildgate.apps.accounts.models import Role
from wildgate.apps.stock.models import StockBalance, StockEntry, StockHold, StockLine, StockWindow
from wildgate.convention.quota import NOTHING, Balance, Entry, LedgerLine, fold
from wildgate.convention.stock import Stock, StockState
from wildgate.kit.books import OPEN


@dataclass(frozen=True, slots=True)
class Standing:
    """An entry with its balance; nothing is free of one that is not released."""

    entry: StockEntry
    balance: Balance

    @property
    def bound(self) -> Decimal:
        """What certificates hold, and what is put aside for applications."""
        return self.balance.bound + self.balance.reserved


def visible_to(actor: Actor) -> QuerySet[StockEntry]:
    """Exactly the entries for which `can(actor, VIEW_STOCK, entry)` says yes."""
    everything = StockEntry.objects.filter(party=actor.party)
    if actor.has(Role.OFFICER, Role.COUNTERSIGNER, Role.AUDITOR):
        return everything
    return everything.filter(organisation_id__in=actor.organisations if actor.has(Role.TRADER) else [])


def entries(actor: Actor, *, own: bool = False) -> QuerySet[StockEntry]:
    """Entries that the actor may see, the newest first; `own` narrows to the actor's own firms."""
    found = visible_to(actor).select_related("organisation", "balance_row").order_by("-declared_at", "-pk")
    return found.filter(organisation_id__in=actor.organisations) if own else found


def entry(actor: Actor, number: str) -> StockEntry | None:
    """One entry; None when there is none or the actor may not see it: both alike."""
    found = (StockEntry.objects.select_related("organisation", "balance_row", "made_from", "window")
             .filter(party=actor.party, number=number).first())
    return found if found is not None and can(actor, Action.VIEW_STOCK, found) else None


def standing(entry: StockEntry) -> Standing:
    row: StockBalance | None = getattr(entry, "balance_row", None)
    return Standing(entry, row.balance if row else Balance(NOTHING))


def choosable(party: str, organisation: int) -> list[Stock]:
    """The holder's released entries of which something is free, the oldest first."""
    rows = _released(party, organisation).order_by("entry__acquired", "pk")
    return [row.entry.stock(row.balance) for row in rows if row.balance.free > 0]


def named(party: str, organisation: int, number: str) -> Stock | None:
    """One released entry of the holder, whatever is free of it."""
    row = _released(party, organisation).filter(entry__number=number).first()
    return row.entry.stock(row.balance) if row else None


def _released(party: str, organisation: int) -> QuerySet[StockBalance]:
    return StockBalance.objects.select_related("entry").filter(
        entry__party=party, entry__organisation_id=organisation, entry__state=StockState.RELEASED.value)


def to_release(actor: Actor) -> QuerySet[StockEntry]:
    """Declarations that wait for an officer, the longest waiting first."""
    return (visible_to(actor).filter(state=StockState.DECLARED.value)
            .select_related("organisation", "made_from", "window", "declared_by").order_by("declared_at", "pk"))


def alike(entry: StockEntry) -> list[StockEntry]:
    """Other entries of the same holder on the same papers: perhaps the same goods a second time."""
    same = (StockEntry.objects.filter(organisation_id=entry.organisation_id, taxon=entry.taxon, term=entry.term,
                                      origin=entry.origin, origin_permit=entry.origin_permit,
                                      last_permit=entry.last_permit)
            .exclude(pk=entry.pk).exclude(state=StockState.REFUSED.value).exclude(made_from__isnull=False))
    return list(same.order_by("pk")[:5]) if entry.origin_permit or entry.last_permit else []


def lines(entry: StockEntry) -> QuerySet[StockLine]:
    """The entry's ledger, the newest line first."""
    return StockLine.objects.filter(balance_id=entry.pk).order_by("-pk")


def windows(party: str, on: date | None = None) -> QuerySet[StockWindow]:
    """Declaration windows, the latest first; those open on a day where one is given."""
    found = StockWindow.objects.filter(party=party).order_by("-effective_on", "taxon")
    return found if on is None else found.filter(adopted_on__lte=on, effective_on__gt=on)


def agrees(balance: StockBalance) -> bool:
    """Does the ledger lead to the balance as it stands?"""
    told = [LedgerLine(Entry(line.kind), line.quantity, Entry(line.of or Entry.BIND))
            for line in balance.lines.order_by("pk")]
    return fold(balance.amount, told) == balance.balance


def held_for(subject: str) -> list[tuple[StockEntry, list[StockHold]]]:
    """The entries that an application or certificate holds a part of, with what it holds."""
    holds = (StockHold.objects.filter(subject=subject, state__in=OPEN)
             .select_related("balance__entry__balance_row").order_by("balance_id", "pk"))
    found: dict[int, tuple[StockEntry, list[StockHold]]] = {}
    for hold in holds:
        found.setdefault(hold.balance_id, (hold.balance.entry, []))[1].append(hold)
    return list(found.values())
