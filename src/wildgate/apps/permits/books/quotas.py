"""The book of quotas and suspensions (Res. Conf. 14.7): refused at submit, bound at issue, used when customs count."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from decimal import Decimal

from wildgate.apps.accounts.access import Actor
from wildgate.apps.permits import records
from wildgate.apps.permits.models import Application, Finding, Permit
from wildgate.apps.quotas import selectors, services
from wildgate.apps.quotas.ledger import LEDGER
from wildgate.convention.lifecycle import ENDED, PermitAct
from wildgate.convention.permit import PermitRecord
from wildgate.convention.quota import shipment_of_trade
from wildgate.convention.refusal import Refusal
from wildgate.convention.trade import Trade
from wildgate.convention.vocabulary import By


def refuses(application: Application, trade: Trade) -> tuple[Refusal, ...]:
    return selectors.forbidden(application.party, shipment_of_trade(trade, application.law))


def opened(application: Application, trade: Trade, *, at: datetime) -> None:
    """A quota or a suspension whose text a person must read: a warning beside the ruling, and a finding to be made."""
    doubts = selectors.doubts(application.party, shipment_of_trade(trade, application.law))
    told = [one.told() for ones in doubts.values() for one in ones]
    ruling = application.ruling or {}
    application.ruling = {**ruling, "warnings": [*ruling.get("warnings", ()), *told]}
    Finding.objects.bulk_create([
        Finding(application=application, kind=kind, by=By.MANAGEMENT.value, basis=list(ones[0].basis))
        for kind, ones in doubts.items()], ignore_conflicts=True)


def bind(application: Application, trade: Trade, record: PermitRecord, *, actor: Actor,
         at: datetime) -> PermitRecord | Refusal:
    """Bind what the lines take of every quota, and fill box 11a."""
    bound = services.bind(record, law=application.law, subject=application.subject,
                          organisation=application.organisation_id, actor=actor.label, at=at,
                          regions={records.block(i): line.region for i, line in enumerate(trade.lines)})
    if isinstance(bound, Refusal):
        return bound
    if bound:
        services.return_after(record.party, record.valid_until, at)
    return replace(record, lines=tuple(
        replace(line, quota_used=bound[line.block].used, quota=bound[line.block].quota)
        if line.block in bound else line for line in record.lines))


def settle(permit: Permit, act: PermitAct, moved: Mapping[str, Decimal], *, actor: Actor, at: datetime) -> None:
    """What was exported is used, the rest is free again. A replaced permit's part stays bound for the one after it."""
    subject = permit.application.subject
    if act is PermitAct.EXPORT_ENDORSED:
        services.use(party=permit.party, subject=subject, moved=moved, actor=actor.label, at=at)
    elif act in ENDED:
        services.give_back(subject=subject, why=act.value.removeprefix("permit-"), actor=actor.label, at=at)


def release(application: Application, why: str, *, actor: Actor, at: datetime) -> None:
    services.give_back(subject=application.subject, why=why, actor=actor.label, at=at)


def pass_on(permit: Permit, heir: Application, *, actor: Actor, at: datetime) -> None:
    LEDGER.pass_on(permit.application.subject, heir.subject, actor=actor.label, at=at)
