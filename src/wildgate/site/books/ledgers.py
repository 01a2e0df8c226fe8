"""The ledgers: each balance is the sum of its lines and of what is held, within its limit, and held by something live.

Balances are read a page at a time, and their lines are summed by the database.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from django.db.models import Model, Q, QuerySet, Sum

from wildgate.apps.balances.models import Balance as LineBalance
from wildgate.apps.balances.models import Claim, Movement
from wildgate.apps.findings.models import StandingBalance, StandingEntry, StandingHold
from wildgate.apps.findings.selectors import CORRECTED
from wildgate.apps.permits.models import Application
from wildgate.apps.quotas.models import Quota, QuotaBalance, QuotaEntry, QuotaHold
from wildgate.apps.stock.models import StockBalance, StockHold, StockLine
from wildgate.convention import writeoff
from wildgate.convention.lifecycle import CLOSED, CaseState, PermitState
from wildgate.convention.permit import plain
from wildgate.convention.quota import NOTHING, Entry
from wildgate.site.books.fault import Fault, pages

HOLDING: Final = frozenset({PermitState.VALID.value, PermitState.SUSPENDED.value, PermitState.LOST.value,
                            PermitState.PARTLY_USED.value})
"""The states of a permit in which it still holds what it bound."""
RESERVE, BIND, USE, RETURN = (Q(kind=kind.value) for kind in (Entry.RESERVE, Entry.BIND, Entry.USE, Entry.RETURN))
BOUND: Final = "bound"


@dataclass(frozen=True, slots=True)
class Ledger:
    """One kind of ledger: its balances, lines and holds, and which returns undo what."""

    balances: Callable[[str], QuerySet[Any]]
    lines: type[Model]
    holds: type[Model]
    back: tuple[Q, Q, Q]
    """Returns of what was reserved, bound, used."""
    named: Callable[[Any], str]
    limit: Callable[[Any], Decimal | None]

    def sums(self, keys: list[int]) -> dict[int, tuple[Decimal, Decimal, Decimal]]:
        """What the lines of these balances add up to: reserved, bound, used."""
        reserved, bound, used = self.back
        asked = {"put": RESERVE, "bind": BIND, "use": USE, "r": RETURN & reserved, "b": RETURN & bound,
                 "u": RETURN & used}
        rows = self.lines._default_manager.filter(balance__in=keys).order_by().values("balance").annotate(
            **{name: Sum("quantity", filter=which) for name, which in asked.items()})
        return {row["balance"]: ((row["put"] or NOTHING) - (row["r"] or NOTHING),
                                 (row["bind"] or NOTHING) - (row["use"] or NOTHING) - (row["b"] or NOTHING),
                                 (row["use"] or NOTHING) - (row["u"] or NOTHING)) for row in rows}

    def held(self, keys: list[int]) -> dict[tuple[int, str], Decimal]:
        """What is held of these balances, by state."""
        rows = self.holds._default_manager.filter(balance__in=keys).order_by().values("balance", "state").annotate(
            all=Sum("quantity"))
        return {(row["balance"], row["state"]): row["all"] for row in rows}


def _of(entry: Entry) -> Q:
    return Q(of=entry.value)


LEDGERS: Final = (
    Ledger(lambda party: QuotaBalance.objects.filter(quota__party=party).select_related("quota"), QuotaEntry, QuotaHold,
           (_of(Entry.RESERVE), ~_of(Entry.RESERVE) & ~_of(Entry.USE), _of(Entry.USE)),
           lambda row: f"quota {row.quota_id} ({row.quota.taxon} {row.quota.start.year}), share {row.pk}",
           lambda row: row.amount),
    Ledger(lambda party: StockBalance.objects.filter(entry__party=party).select_related("entry"), StockLine, StockHold,
           (_of(Entry.RESERVE), ~_of(Entry.RESERVE) & ~_of(Entry.USE), _of(Entry.USE)),
           lambda row: f"stock {row.entry.number}", lambda row: min(row.amount, row.entry.quantity)),
    Ledger(lambda party: StandingBalance.objects.filter(standing__party=party).select_related("standing"),
           StandingEntry, StandingHold, (Q(pk__in=[]), ~Q(why=CORRECTED), Q(why=CORRECTED)),
           lambda row: f"standing finding {row.standing}, {row.start.year}", lambda row: row.room),
)


def every_balance(party: str) -> Iterator[Fault]:
    """Quotas, stock and standing findings."""
    for ledger in LEDGERS:
        for page in pages(ledger.balances(party)):
            keys = [row.pk for row in page]
            sums, held = ledger.sums(keys), ledger.held(keys)
            for row in page:
                for says in _balance(ledger, row, sums.get(row.pk, (NOTHING,) * 3), held):
                    yield Fault(ledger.named(row), says)


def _balance(ledger: Ledger, row: Any, sums: tuple[Decimal, Decimal, Decimal],
             held: dict[tuple[int, str], Decimal]) -> Iterator[str]:
    stands = (getattr(row, "reserved", NOTHING), row.bound, row.used)
    for word, stood, led in zip(("reserved", BOUND, "used"), stands, sums, strict=True):
        if stood != led:
            yield f"Its balance says {plain(stood)} {word}; the lines of its ledger add up to {plain(led)}."
    for word, stood in zip(("reserved", BOUND), stands, strict=False):
        if (own := held.get((row.pk, word), NOTHING)) != stood:
            yield f"Applications and permits hold {plain(own)} {word} of it; its balance says {plain(stood)}."
    limit = ledger.limit(row)
    if limit is not None and sum(sums, NOTHING) > limit:
        yield f"{plain(sum(sums, NOTHING))} are taken of {plain(limit)}: more than there is."


def every_quota(party: str) -> Iterator[Fault]:
    """The shares of a quota add up to it."""
    for page in pages(Quota.objects.filter(party=party)):
        shares = dict(QuotaBalance.objects.filter(quota__in=page).order_by().values_list("quota").annotate(
            all=Sum("amount")))
        for quota in page:
            whole = quota.amount if quota.amount is not None else NOTHING
            if quota.pk in shares and shares[quota.pk] != whole:
                yield Fault(f"quota {quota.pk} ({quota.taxon} {quota.start.year})",
                            f"Its shares add up to {plain(shares[quota.pk])}; the quota is {plain(whole)}.")


def every_hold(party: str) -> Iterator[Fault]:
    """What is held is held by an open application, or by a permit that can still be used."""
    owners: dict[Any, str] = {QuotaHold: "quota", StockHold: "entry", StandingHold: "standing"}
    for holds, owner in owners.items():
        own = Q((f"balance__{owner}__party", party))
        open_ = holds._default_manager.filter(own, subject__startswith="application:", state__in=["reserved", BOUND])
        for page in pages(open_):
            numbers = {hold.subject.partition(":")[2] for hold in page}
            cases = {case.subject: case for case in Application.objects.filter(
                party=party, number__in=numbers).select_related("permit__status")}
            for hold in page:
                if says := _holder(hold, cases.get(hold.subject)):
                    yield Fault(hold.subject.replace(":", " "), says)


def _holder(hold: Any, case: Application | None) -> str:
    what = f"It holds {plain(hold.quantity)} ({hold.state}) in the ledger of {hold._meta.app_label}"
    if case is None:
        return f"{what}, but there is no such application."
    permit = getattr(case, "permit", None)
    if permit is None and (hold.state == BOUND or case.case_state in CLOSED - {CaseState.ISSUED}):
        return f"{what}, but has no permit and is {case.state}."
    if permit is not None and permit.status.state not in HOLDING:
        return f"{what}, but its permit {permit.number} is {permit.status.state}."
    return ""


def every_line(party: str) -> Iterator[Fault]:
    """The ledger of each permit line: its movements lead to its balance, and claims add up to it."""
    rows = LineBalance.objects.filter(party=party).select_related("permit_line__permit")
    for page in pages(rows):
        keys = [row.pk for row in page]
        moves: dict[int, list[writeoff.Movement]] = {key: [] for key in keys}
        for movement in Movement.objects.filter(balance__in=keys).order_by("balance", "pk"):
            moves[movement.balance_id].append(movement.move)
        summed = Claim.objects.filter(balance__in=keys).order_by().values("balance").annotate(
            reserved_=Sum("reserved"), consumed_=Sum("consumed"))
        claims: dict[int, Any] = {claim["balance"]: claim for claim in summed}
        for row in page:
            line = row.permit_line
            for says in _line(row, moves[row.pk], claims.get(row.pk)):
                yield Fault(f"permit {line.permit.number}", f"Line {line.block}: {says}")


def _line(row: LineBalance, moves: list[writeoff.Movement], claims: dict[str, Any] | None) -> Iterator[str]:
    try:
        led = writeoff.fold(moves)
    except ValueError as fault:
        yield f"the movements of its ledger cannot have happened so ({fault})."
        return
    if led != row.sums:
        yield (f"its ledger leads to {plain(led.reserved)} set aside and {plain(led.consumed)} written off; its "
               f"balance says {plain(row.reserved)} and {plain(row.consumed)}.")
    if row.authorised != row.permit_line.quantity:
        yield f"its ledger authorises {plain(row.authorised)}; the permit says {plain(row.permit_line.quantity)}."
    own = (claims["reserved_"], claims["consumed_"]) if claims else (NOTHING, NOTHING)
    if own != (row.reserved, row.consumed):
        yield f"declarations have {plain(own[0])} set aside and {plain(own[1])} written off; its balance differs."
