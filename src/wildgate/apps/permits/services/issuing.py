"""Issue: the one step that makes a permit. And what may happen to a permit afterwards, as events."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from decimal import Decimal

from django.db import transaction

from wildgate.apps.accounts.access import Action, Actor, require
from wildgate.apps.permits import answers as form
from wildgate.apps.permits import books, records, sealing
from wildgate.apps.permits import jobs as work
from wildgate.apps.permits.models import Application, Permit, PermitLine, PermitStatus, as_json
from wildgate.apps.permits.services import rulings
from wildgate.apps.permits.services.casework import unmade
from wildgate.apps.permits.services.drafting import acceptable
from wildgate.apps.permits.services.moving import admitted, move, written
from wildgate.convention import lifecycle
from wildgate.convention.lifecycle import PermitAct, PermitState, Step
from wildgate.convention.outcome import Ruling
from wildgate.convention.permit import PermitRecord
from wildgate.convention.refusal import Refusal, refuse
from wildgate.convention.trade import Trade
from wildgate.kit import events, jobs
from wildgate.kit.national import ruled
from wildgate.kit.numbering import next_number
from wildgate.message.pdf import undrawable
from wildgate.seal.token import unsealable

UNNUMBERED = "00QM000000E"
"""Stands in while the record is checked: a number is taken only for a permit that will exist, so there are no gaps."""


def issue(*, actor: Actor, case: str, at: datetime) -> Permit | Refusal:
    """Issue the permit that `case` was approved and countersigned for (Articles III.2, IV.2; Res. Conf. 12.3)."""
    with transaction.atomic():
        found = admitted(actor, Action.ISSUE, case, Step.ISSUE)
        if isinstance(found, Refusal):
            return found
        application, after = found
        asked = ask_the_law(application, at)
        if isinstance(asked, Refusal):
            return asked
        record = draw_up(application, *asked, actor, at)
        if isinstance(record, Refusal):
            return record
        permit = save_sealed(record, application)
        sealed = rulings.store(application, Step.ISSUE, asked[1], at=at)
        events.append(PermitAct.ISSUED.value, permit.subject, party=permit.party, actor=actor.label, at=at,
                      data={"application": application.number, "kind": permit.kind, "digest": permit.digest, **sealed})
        move(application, after, Step.ISSUE, actor=actor, at=at, data={"permit": permit.number})
        jobs.enqueue(work.write_documents, permit.number, party=permit.party, at=at, permit=permit.pk)
        jobs.enqueue(work.publish_status, permit.shard, party=permit.party, at=at,
                     party_code=permit.party, shard=permit.shard)
        return permit


def ask_the_law(application: Application, at: datetime) -> tuple[Trade, Ruling] | Refusal:
    """What the law says as of today; it may have changed since the application was taken."""
    trade = form.trade_of(application.answers, home=application.party, on=at.date(), law=application.law)
    if not isinstance(trade, Trade):
        return trade[0]
    ruling = ruled(trade, application.law)
    if faults := acceptable(ruling, application.party):
        return faults[0]
    return trade, ruling


def draw_up(application: Application, trade: Trade, ruling: Ruling, official: Actor,
            at: datetime) -> PermitRecord | Refusal:
    """Bind in every book, take the next number, and fill the boxes."""
    if refused := unmade(application):
        return refused
    kind = records.document_kind(ruling, application.party)
    if isinstance(kind, Refusal):
        return kind
    if refused := sealing.ready(application.party, at):
        return refused
    draft = records.build(application, trade, ruling, kind, number=UNNUMBERED, official=official, at=at)
    if refused := unsealable(draft) or undrawable(draft):
        return refused
    bound = books.bind(application, trade, draft, actor=official, at=at)
    if isinstance(bound, Refusal):
        return bound
    serial = next_number(application.party, "permit", at.year)
    return replace(bound, number=records.number_for(application.party, kind, at.year, serial))


def save_sealed(record: PermitRecord, application: Application) -> Permit:
    """Seal the record and write its rows, once."""
    shard, index = sealing.free_slot(record)
    tokens = sealing.seal(record, shard, index)
    permit = Permit.objects.create(
        party=record.party, number=record.number, kind=record.kind.value, organisation=application.organisation,
        application=application, issued_at=record.issued_at, valid_until=record.valid_until,
        importer_country=record.importer.country, exporter_country=record.exporter.country,
        purpose=record.purpose.value if record.purpose else "", record_json=as_json(record.as_json()),
        digest=record.digest.hex(), tokens=[token.hex() for token in tokens],
        seal_digest=sealing.seal_digest(tokens[0]), shard=shard, status_index=index)
    PermitLine.objects.bulk_create([
        PermitLine(permit=permit, block=line.block, position=i, taxon=line.taxon, appendix=line.appendix.value,
                   term=line.term, description=line.description, quantity=line.quantity, unit=line.unit,
                   source=line.source.value, second_source=line.second_source.value if line.second_source else "",
                   origin=line.origin.country, origin_permit=line.origin.number, marks=list(line.marks))
        for i, line in enumerate(record.lines)])
    PermitStatus.objects.create(permit=permit, state=PermitState.VALID.value, changed_at=record.issued_at)
    return permit


def move_permit(permit: Permit, act: PermitAct, *, actor: Actor, at: datetime, data: dict[str, object] | None = None,
                note: str = "", moved: Mapping[str, Decimal] | None = None) -> PermitState | Refusal:
    """Let something happen to a permit: lock, ask the table, append the event, publish. Call in a transaction."""
    status = PermitStatus.objects.select_for_update().get(permit=permit)
    after = lifecycle.act(PermitState(status.state), act)
    if isinstance(after, Refusal):
        return after
    status.state, status.changed_at = after.value, at
    status.save(update_fields=["state", "changed_at"])
    books.settle(permit, act, moved or {}, actor=actor, at=at)
    events.append(act.value, permit.subject, party=permit.party, actor=actor.label, at=at, data=data, note=note)
    jobs.enqueue(work.publish_status, permit.shard, party=permit.party, at=at,
                 party_code=permit.party, shard=permit.shard)
    return after


def cancel(*, actor: Actor, number: str, reason: str, at: datetime) -> Permit | Refusal:
    """Cancel an issued permit, with the reason; customs and every verifier see it with the next signed list."""
    kept = written(reason, field="reason", what="the reason", longest=500)
    if isinstance(kept, Refusal):
        return kept
    with transaction.atomic():
        permit = Permit.objects.filter(party=actor.party, number=number).first()
        if permit is None:
            return refuse("no-such-permit", "There is no permit %(number)s.", number=number[:30])
        if refused := require(actor, Action.CANCEL, permit):
            return refused
        after = move_permit(permit, PermitAct.CANCELLED, actor=actor, at=at, note=kept)
        return after if isinstance(after, Refusal) else permit
