"""Every write about quotas and suspensions: set one, share it out, and take, use and give back what permits need."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from decimal import ROUND_FLOOR, Decimal

from django.db import transaction

from wildgate.apps.accounts.access import Action, Actor, require
from wildgate.apps.accounts.models import Organisation
from wildgate.apps.quotas import selectors
from wildgate.apps.quotas.ledger import LEDGER, Demand
from wildgate.apps.quotas.models import Quota, QuotaBalance, QuotaHold
from wildgate.apps.species.registry import law_of
from wildgate.apps.species.selectors import suggest
from wildgate.convention import tables
from wildgate.convention.listing import Law
from wildgate.convention.permit import PermitRecord, plain
from wildgate.convention.quota import (
    NOTHING,
    STEP,
    Entry,
    Limit,
    QuotaKind,
    Shipment,
    in_quota_units,
    refused,
    shipment_of_record,
)
from wildgate.convention.refusal import Refusal, refuse
from wildgate.convention.taxonomy import Unknown
from wildgate.convention.vocabulary import Purpose, Source
from wildgate.kit import events, jobs
from wildgate.kit.books import OPEN
from wildgate.kit.fields import PLACES

CHUNK = 500


@dataclass(frozen=True, slots=True)
class NewQuota:
    """A quota to be set. `amount` None: in preparation. Codes as in the lists; empty means any."""

    country: str
    taxon: str
    amount: Decimal | None
    start: date
    end: date
    unit: str = "NAR"
    terms: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    purposes: tuple[str, ...] = ()
    region: str = ""
    kind: QuotaKind = QuotaKind.NATIONAL
    note: str = ""
    url: str = ""
    factors: Mapping[str, Decimal] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Eleven:
    """Box 11a of one line: what is exported and bound of the quota, this permit included, in the line's unit."""

    used: Decimal
    quota: Decimal


def register(*, actor: Actor, new: NewQuota, at: datetime) -> Quota | Refusal:
    """Set a quota of a Party (Res. Conf. 14.7). For the home Party's own a ledger is opened."""
    if no := require(actor, Action.SET_QUOTAS):
        return no
    taxon = law_of(actor.party).resolve(new.taxon)
    if isinstance(taxon, Unknown):
        return refuse("taxon-unknown", "%(name)s is not a name in the tables. %(why)s", name=new.taxon[:80],
                      why=taxon.reason, field="taxon", suggestions=suggest(new.taxon, party=actor.party))
    if no := _fault(new):
        return no
    facts = [new.country, taxon.name, sorted(new.terms), sorted(new.sources), sorted(new.purposes),
             new.region.casefold(), new.start.isoformat(), new.end.isoformat()]
    key = "set:" + hashlib.sha256(json.dumps(facts).encode()).hexdigest()[:40]
    with transaction.atomic():
        if Quota.objects.filter(party=actor.party, key=key).exists():
            return refuse("quota-exists", "There is a quota for %(taxon)s in this period and scope already; change "
                          "that one.", taxon=taxon.name, field="taxon")
        quota = Quota.objects.create(
            party=actor.party, country=new.country, taxon=taxon.name, listed_name=new.taxon, rank=taxon.rank.value,
            terms=sorted(new.terms), sources=sorted(new.sources), purposes=sorted(new.purposes), region=new.region,
            unit=new.unit, amount=new.amount, start=new.start, end=new.end, kind=new.kind.value, note=new.note,
            url=new.url, key=key, factors={unit: plain(factor) for unit, factor in new.factors.items()})
        open_ledger([quota])
        events.append("quota-set", quota.subject, party=actor.party, actor=actor.label, at=at,
                      data={"country": new.country, "taxon": quota.taxon, "year": new.start.year, "unit": new.unit,
                            "amount": plain(new.amount) if new.amount is not None else None})
    return quota


def _fault(new: NewQuota) -> Refusal | None:
    checks = (
        ("country", new.country == "" or tables.country(new.country) is not None, new.country, "a country code"),
        ("unit", (unit := tables.unit(new.unit)) is not None and unit.current, new.unit, "a current unit code"),
        *(("terms", tables.term(code) is not None, code, "a term code") for code in new.terms),
        *(("sources", code in set(Source), code, "a source code") for code in new.sources),
        *(("purposes", code in set(Purpose), code, "a purpose code") for code in new.purposes),
    )
    for name, holds, value, what in checks:
        if not holds:
            return refuse("code-unknown", "%(value)s is not %(what)s.", value=value[:20] or "A blank", what=what,
                          field=name)
    if new.end < new.start:
        return refuse("period-reversed", "The quota ends on %(end)s, before it starts on %(start)s.", start=new.start,
                      end=new.end, field="end")
    return _fault_of_amount(new.amount)


def _fault_of_amount(amount: Decimal | None) -> Refusal | None:
    if amount is not None and not 0 <= amount <= Decimal(10) ** 12:
        return refuse("amount-out-of-range", "A quota is a number from 0 to 1 000 000 000 000.", field="amount")
    if amount is not None and amount != amount.quantize(STEP):
        return refuse("amount-too-fine", "A quota has at most %(places)s decimals.", places=PLACES, field="amount")
    return None


def open_ledger(quotas: Sequence[Quota]) -> None:
    """Balances for the home Party's quotas that have a number. Other Parties keep their own books."""
    QuotaBalance.objects.bulk_create([
        QuotaBalance(quota=quota, amount=quota.amount) for quota in quotas
        if quota.amount is not None and quota.country in ("", quota.party)])


def lock_ledgers(party: str, keys: Collection[str]) -> None:
    """Lock the balances of the quotas with these keys, in the ledger's order, before many of them may change."""
    ordered = sorted(keys)
    found = [row for start in range(0, len(ordered), CHUNK)
             for row in QuotaBalance.objects.filter(quota__party=party, quota__key__in=ordered[start:start + CHUNK])
             .values_list("pk", flat=True)]
    found.sort()
    for start in range(0, len(found), CHUNK):
        list(QuotaBalance.objects.select_for_update().filter(pk__in=found[start:start + CHUNK]).order_by("pk"))


def change_amount(quota: Quota, amount: Decimal | None) -> Refusal | None:
    """Set another number; never below what is shared out, bound or used. Inside a transaction."""
    rows = list(QuotaBalance.objects.select_for_update().filter(quota=quota).order_by("pk"))
    shared = sum((row.amount for row in rows if row.organisation_id or row.region), NOTHING)
    taken = next((row for row in rows if not row.organisation_id and not row.region), None)
    least = shared + (taken.amount - taken.balance.free if taken else NOTHING)
    if (amount if amount is not None else NOTHING) < least:
        return refuse("quota-below-taken", "%(least)s of this quota are shared out, bound or used already: it cannot "
                      "be %(amount)s.", least=plain(least), field="quota",
                      amount="in preparation" if amount is None else plain(amount))
    raised = (amount or NOTHING) > (quota.amount or NOTHING)
    quota.amount = amount
    if raised:  # the database holds that shares never add up to more than the quota, at every moment
        quota.save(update_fields=["amount"])
    if taken is not None:
        taken.amount = (amount or NOTHING) - shared
        taken.save(update_fields=["amount"])
    elif amount is not None:
        open_ledger([quota])
    if not raised:
        quota.save(update_fields=["amount"])
    return None


def set_amount(*, actor: Actor, quota: int, amount: Decimal | None, at: datetime) -> Quota | Refusal:
    """Change a quota's number (Res. Conf. 14.7); never below what is taken already. None: in preparation."""
    if no := require(actor, Action.SET_QUOTAS):
        return no
    if no := _fault_of_amount(amount):
        return no
    with transaction.atomic():
        found = Quota.objects.select_for_update().filter(party=actor.party, pk=quota).first()
        if found is None:
            return refuse("no-such-quota", "There is no quota %(quota)s here.", quota=quota)
        before = found.amount
        if amount == before:
            return found
        if no := change_amount(found, amount):
            return replace(no, field="amount")
        events.append("quota-changed", found.subject, party=actor.party, actor=actor.label, at=at,
                      data={"from": plain(before) if before is not None else None,
                            "to": plain(amount) if amount is not None else None})
    return found


def share(*, actor: Actor, quota: int, amount: Decimal, at: datetime, organisation: int | None = None,
          region: str = "") -> QuotaBalance | Refusal:
    """Give a firm or a region its own part of a home quota; what nobody has a share of stays open to all others."""
    if no := require(actor, Action.SET_QUOTAS):
        return no
    with transaction.atomic():
        rows = list(QuotaBalance.objects.select_for_update().filter(quota__party=actor.party, quota_id=quota)
                    .select_related("quota").order_by("pk"))
        pool = next((row for row in rows if not row.organisation_id and not row.region), None)
        if pool is None:
            return refuse("no-such-quota", "There is no quota %(quota)s with a ledger here.", quota=quota)
        if (organisation is None) == (not region):
            return refuse("share-of-whom", "Name either the firm or the region that gets the share.",
                          field="organisation")
        if organisation and not Organisation.objects.filter(party=actor.party, pk=organisation).exists():
            return refuse("no-such-organisation", "There is no such organisation here.", field="organisation")
        if amount <= 0 or amount != amount.quantize(STEP):
            return refuse("amount-out-of-range", "A share is greater than zero, with at most 6 decimals.",
                          field="amount")
        if amount > pool.balance.free:
            return pool.balance.refuse(amount, label=pool.quota.taxon)
        own = next((row for row in rows if (row.organisation_id, row.region) == (organisation, region)), None)
        pool.amount -= amount
        pool.save(update_fields=["amount"])
        own = own or QuotaBalance(quota=pool.quota, organisation_id=organisation, region=region, amount=NOTHING)
        own.amount += amount
        own.save(update_fields=["amount"] if own.pk else None)
        events.append("quota-shared", pool.quota.subject, party=actor.party, actor=actor.label, at=at,
                      data={"amount": plain(amount), "organisation": organisation, "region": region})
    return own


def reserve(*, actor: Actor, subject: str, shipment: Shipment, organisation: int, until: date,
            at: datetime) -> Refusal | None:
    """Put aside what an application will need, until a day; binding it later takes its place."""
    if no := require(actor, Action.WORK_CASE):
        return no
    with transaction.atomic():
        demands = _demands(actor.party, shipment, organisation, selectors.limits_of(actor.party, shipment))
        if isinstance(demands, Refusal):
            return demands
        done = LEDGER.take(demands, kind=Entry.RESERVE, subject=subject, until=until, actor=actor.label, at=at)
        if isinstance(done, Refusal):
            return done
        if demands:
            return_after(actor.party, until, at)
    return None


def bind(record: PermitRecord, *, law: Law, subject: str, organisation: int, actor: str, at: datetime,
         regions: Mapping[str, str] | None = None) -> dict[str, Eleven] | Refusal:
    """Bind what a permit about to be issued takes of every quota that covers it, or say what stands against it.

    Call inside the transaction of the issue, after the application's lock, with the law of the Party. The value fills
    box 11a, by block. `regions` are those of harvest, by block: a region's share of a quota serves its own lines.
    """
    shipment = shipment_of_record(record, law, regions)
    limits = selectors.limits_of(record.party, shipment)
    if faults := selectors.forbidden(record.party, shipment, waiting=True, limits=limits):
        return faults[0]
    demands = _demands(record.party, shipment, organisation, limits)
    if isinstance(demands, Refusal):
        return demands
    if not demands:
        return {}
    done = LEDGER.take(demands, kind=Entry.BIND, subject=subject, until=record.valid_until, actor=actor, at=at)
    return done if isinstance(done, Refusal) else _eleven(demands)


def _demands(party: str, shipment: Shipment, organisation: int,
             limits: Mapping[str, Sequence[Limit]]) -> list[Demand] | Refusal:
    """What the lines ask of which balances of the home Party, the nearest quota of each line first."""
    keys = {limit.key for found in limits.values() for limit in found if limit.certain}
    if shipment.sender != party or not keys:
        return []
    rows: dict[int, list[QuotaBalance]] = {}
    for row in QuotaBalance.objects.filter(quota_id__in=keys).order_by("pk"):
        rows.setdefault(row.quota_id, []).append(row)
    out: list[Demand] = []
    for claim in shipment.claims:
        for limit in limits.get(claim.block, ()):
            if limit.key not in rows:
                continue
            if no := refused(limit, claim):
                return no
            factor = limit.factor(claim.unit)
            if isinstance(factor, Refusal):
                return factor
            row = _share_of(rows[limit.key], organisation, claim.specimens.region)
            out.append(Demand(row.pk, claim.block, in_quota_units(claim.quantity, factor), factor, limit.label,
                              limit.key))
    return out


def _share_of(rows: Sequence[QuotaBalance], organisation: int, region: str) -> QuotaBalance:
    """The firm's own share, else its region's, else what is open to all."""
    own = [row for row in rows if row.organisation_id == organisation]
    near = [row for row in rows if row.organisation_id is None and row.region and row.region == region]
    return (own or near or [row for row in rows if row.organisation_id is None and not row.region])[0]


def _eleven(demands: Sequence[Demand]) -> dict[str, Eleven]:
    """Box 11a from the nearest quota of each line, turned back into the line's unit."""
    nearest = {one.block: one for one in reversed(demands)}
    by_quota: dict[int, list[QuotaBalance]] = {}
    for row in QuotaBalance.objects.filter(quota_id__in={one.quota for one in nearest.values()}):
        by_quota.setdefault(row.quota_id, []).append(row)
    wholes = {key: selectors.total(rows) for key, rows in by_quota.items()}
    return {block: Eleven(_back(whole.counted, one.factor), _back(whole.amount, one.factor))
            for block, one in nearest.items() if (whole := wholes[one.quota]) is not None}


def _back(quantity: Decimal, factor: Decimal) -> Decimal:
    return (quantity / factor).quantize(STEP, ROUND_FLOOR)


def use(*, party: str, subject: str, moved: Mapping[str, Decimal], actor: str, at: datetime) -> None:
    """Customs endorsed: what moved of each block is used, the rest is free again. Inside a transaction."""
    books, beyond = LEDGER.settle(subject, moved=moved, why="endorsed", actor=actor, at=at)
    if beyond and books.rows:
        quota = next(iter(books.rows.values())).quota
        events.append("quota-overrun", quota.subject, party=party, actor=actor, at=at,
                      data={"for": subject, "beyond": plain(beyond)})


def give_back(*, subject: str, why: str, actor: str, at: datetime) -> None:
    """A permit or application that will not be used returns all it holds. Inside a transaction."""
    LEDGER.settle(subject, moved={}, why=why, actor=actor, at=at)


def return_expired(*, party: str, on: date, at: datetime) -> int:
    """Give back what permits and reservations that ended before `on` still hold; how many of them did."""
    subjects = (QuotaHold.objects.filter(state__in=OPEN, until__lt=on, balance__quota__party=party)
                .order_by("subject").values_list("subject", flat=True).distinct())
    done = 0
    for subject in list(subjects):
        with transaction.atomic():
            books, _ = LEDGER.settle(subject, moved={}, why="expired", actor=events.SYSTEM, at=at, expired=True,
                                     before=on)
            for quota in {row.quota_id: row.quota for row in books.rows.values() if books.lines}.values():
                events.append("quota-returned", quota.subject, party=party, actor=events.SYSTEM, at=at,
                              data={"for": subject, "why": "expired"})
            done += bool(books.lines)
    return done


def return_after(party: str, until: date, at: datetime) -> None:
    """Ask for the return of what is left on the day after `until`."""
    due = max(at, datetime.combine(until + timedelta(days=1), time(), UTC))
    jobs.enqueue("quotas.return_expired_holds", until.isoformat(), party=party, at=due, party_code=party)
