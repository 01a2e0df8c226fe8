"""The trusted-trader lane: earned by rule, lost at once on an offence, never free of the random share."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Count, Min, Q

from wildgate.apps.accounts.access import Action, Actor, require
from wildgate.apps.risk.limits import limits_of
from wildgate.apps.risk.models import Limits, Seen, Trusted
from wildgate.apps.risk.parties import key_of
from wildgate.convention.refusal import Refusal, refuse
from wildgate.kit import events
from wildgate.targeting.consignment import Trader

EARNED, LOST = "trust-earned", "trust-lost"
BASIS = ("House rule: the trusted-trader lane is earned",)
YEAR = timedelta(days=365)
OFFENCE = "finding"


@dataclass(frozen=True, slots=True)
class Record:
    """What counts for trust: since when the firm trades here, how much, and how its inspections ended."""

    first: datetime | None
    consignments: int
    inspected: int
    findings: int

    def as_json(self) -> dict[str, object]:
        return {"first": self.first.date().isoformat() if self.first else "", "consignments": self.consignments,
                "inspected": self.inspected}


def record_of(party: str, trader: str, at: datetime) -> Record:
    found = Seen.objects.filter(party=party, trader=trader, newest=True, at__lte=at).aggregate(
        first=Min("at"), n=Count("assessment", distinct=True), done=Count("finding"),
        bad=Count("pk", filter=Q(finding=True)))
    return Record(found["first"], found["n"], found["done"], found["bad"])


def grant(*, actor: Actor, name: str, identifier: str, at: datetime) -> Trusted | Refusal:
    """Let a firm into the lane if it earned it; the refusal says what is missing."""
    if refused := require(actor, Action.KEEP_PROFILES):
        return refused
    trader = key_of(Trader(name.strip(), actor.party, identifier.strip()))
    if not trader:
        return refuse("missing", "Write %(what)s.", what="the firm's name or its number with customs", field="name")
    found = record_of(actor.party, trader, at)
    if (lacks := _lacks(found, limits_of(actor.party), at)) is not None:
        return lacks
    with transaction.atomic():
        events.lock_head(actor.party)
        if Trusted.objects.filter(party=actor.party, trader=trader, lost_at=None).exists():
            return refuse("trusted-already", "This firm is in the lane already.", field="name")
        row = Trusted.objects.create(party=actor.party, trader=trader, name=name.strip()[:160] or identifier[:160],
                                     since=at, figures=found.as_json())
        events.append(EARNED, row.subject, party=row.party, actor=actor.label, at=at, data=found.as_json())
    return row


def _lacks(found: Record, limits: Limits, at: datetime) -> Refusal | None:
    """What keeps a firm out, the gravest first."""
    if found.first is None:
        return refuse("trader-unknown", "No consignment of this firm is known here.", field="name")
    if found.findings:
        return refuse("trust-findings", "%(n)s inspections found something.", n=found.findings, field="name",
                      basis=BASIS)
    if found.first > at - limits.trusted_years * YEAR:
        return refuse("trust-years", "It trades here for less than %(n)s years.", n=limits.trusted_years,
                      field="name", basis=BASIS)
    if found.consignments < limits.trusted_consignments:
        return refuse("trust-volume", "It had fewer than %(n)s consignments.", n=limits.trusted_consignments,
                      field="name", basis=BASIS)
    if found.inspected < limits.trusted_clean:
        return refuse("trust-inspections", "Fewer than %(n)s of its lines were inspected.", n=limits.trusted_clean,
                      field="name", basis=BASIS)
    return None


def lose(party: str, traders: set[str], *, why: str, at: datetime, by: str) -> int:
    """Take firms out of the lane at once; called in the transaction that recorded the offence."""
    rows = list(Trusted.objects.select_for_update().filter(party=party, trader__in=traders - {""}, lost_at=None))
    for row in rows:
        row.lost_at, row.lost_why = at, why[:40]
        row.save(update_fields=["lost_at", "lost_why"])
        events.append(LOST, row.subject, party=party, actor=by, at=at, data={"why": row.lost_why})
    return len(rows)


def withdraw(*, actor: Actor, trusted: int, at: datetime) -> Trusted | Refusal:
    """Take one firm out of the lane for another reason."""
    if refused := require(actor, Action.KEEP_PROFILES):
        return refused
    with transaction.atomic():
        row = Trusted.objects.filter(party=actor.party, pk=trusted, lost_at=None).first()
        if row is None or not lose(actor.party, {row.trader}, why="withdrawn", at=at, by=actor.label):
            return refuse("not-trusted", "This firm is not in the lane.")
    return row
