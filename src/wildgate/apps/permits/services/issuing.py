"""Issue: the one step that makes a permit."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from django.db import transaction

from wildgate.apps.accounts.access import Action, Actor
from wildgate.apps.permits import answers, books, kinds, objections, records, sealing
from wildgate.apps.permits import jobs as work
from wildgate.apps.permits.legal_form import taken_by
from wildgate.apps.permits.models import Application, LegalForm, Permit, PermitLine, PermitStatus, as_json
from wildgate.apps.permits.services import replacing, rulings
from wildgate.apps.permits.services.deciding import not_in_hindsight, unmade
from wildgate.apps.permits.services.drafting import acceptable
from wildgate.apps.permits.services.moving import admitted, move, written
from wildgate.convention.lifecycle import PermitAct, PermitState, Step
from wildgate.convention.outcome import Ruling
from wildgate.convention.permit import PermitRecord
from wildgate.convention.refusal import Refusal
from wildgate.convention.retrospective import Retrospection
from wildgate.convention.sentence import say
from wildgate.convention.trade import Trade
from wildgate.kit import events, jobs
from wildgate.kit.national import ruled
from wildgate.kit.numbering import next_number
from wildgate.message.pdf import undrawable
from wildgate.seal.token import unsealable

UNNUMBERED = "00QM000000E"
"""Stands in while the record is checked: a number is taken only for a permit that will exist, so there are no gaps."""


def issue(*, actor: Actor, case: str, form: str = "", explained: str = "", at: datetime) -> Permit | Refusal:
    """Issue the permit that `case` was approved and countersigned for (Articles III.2, IV.2; Res. Conf. 12.3).

    `form` is the one chosen by the officer; empty: what the other country takes, by the register. `explained` answers
    an objection of internal control.
    """
    with transaction.atomic():
        found = admitted(actor, Action.ISSUE, case, Step.ISSUE)
        if isinstance(found, Refusal):
            return found
        application, after = found
        taken = taken_by(application, at.date())
        if refused := replacing.stops(application, at) or taken.refuses(form or taken.usual):
            return refused
        asked = ask_the_law(application, at)
        if isinstance(asked, Refusal):
            return asked
        record = draw_up(application, *asked, actor, at)
        if isinstance(record, Refusal):
            return record
        permit = save_sealed(record, application)
        if refused := _objected(permit, actor, explained, at):
            transaction.set_rollback(True)
            return refused
        LegalForm.objects.create(permit=permit, form=form or taken.usual, taken=taken.form)
        if application.retrospective:
            _gone_already(permit, record, actor, at)
        sealed = rulings.store(application, Step.ISSUE, asked[1], at=at)
        events.append(PermitAct.ISSUED.value, permit.subject, party=permit.party, actor=actor.label, at=at,
                      data={"application": application.number, "kind": permit.kind, "digest": permit.digest,
                            "form": form or taken.usual, **sealed, **actor.signed})
        move(application, after, Step.ISSUE, actor=actor, at=at, data={"permit": permit.number})
        replacing.take_the_place(permit, actor=actor, at=at)
        jobs.enqueue(work.write_documents, permit.number, party=permit.party, at=at, permit=permit.pk)
        jobs.enqueue(work.publish_status, permit.shard, party=permit.party, at=at,
                     party_code=permit.party, shard=permit.shard)
        return permit


def _gone_already(permit: Permit, record: PermitRecord, actor: Actor, at: datetime) -> None:
    """The goods have left: what the books hold for them is used, and does not come back when the permit's days end."""
    if permit.application.direction in answers.OUTWARD and not permit.application.replaces_id:
        books.settle(permit, PermitAct.EXPORT_ENDORSED, {line.block: line.quantity for line in record.lines},
                     actor=actor, at=at)


def _objected(permit: Permit, actor: Actor, explained: str, at: datetime) -> Refusal | None:
    """An objection that nobody answered; an answer is written down as a rule passed over."""
    objection = objections.against(permit, actor, at)
    if objection is None or not explained.strip():
        return objection
    kept = written(explained, field="explained", what=say("why it is issued all the same"), longest=1000)
    if isinstance(kept, Refusal):
        return kept
    events.append("override", permit.application.subject, party=permit.party, actor=actor.label, at=at,
                  data={"point": objection.code}, note=kept)
    return None


def ask_the_law(application: Application, at: datetime) -> tuple[Trade, Ruling] | Refusal:
    """What the law says as of today; it may have changed since the application was taken."""
    trade = answers.trade_of(application.answers, home=application.party, on=at.date(), law=application.law)
    if not isinstance(trade, Trade):
        return trade[0]
    ruling = ruled(trade, application.law)
    if faults := acceptable(ruling, application.party, kinds.wanted_of(application.answers)):
        return faults[0]
    return trade, ruling


def draw_up(application: Application, trade: Trade, ruling: Ruling, official: Actor,
            at: datetime) -> PermitRecord | Refusal:
    """Bind in every book, take the next number, and fill the boxes."""
    if refused := unmade(application) or _hindsight(application, at):
        return refused
    kind = records.document_kind(ruling, application.party, kinds.wanted_of(application.answers))
    if isinstance(kind, Refusal):
        return kind
    if refused := sealing.ready(application.party, at):
        return refused
    old = application.replaces if records.is_true_copy(application) else None
    if old is not None:
        draft = records.true_copy(application, old.record, number=UNNUMBERED, official=official, at=at)
        kind = draft.kind
    else:
        draft = records.build(application, trade, ruling, kind, number=UNNUMBERED, official=official, at=at)
    if refused := unsealable(draft) or undrawable(draft):
        return refused
    if old is not None:
        books.pass_on(old, application, actor=official, at=at)
        bound: PermitRecord | Refusal = draft
    else:
        bound = books.bind(application, trade, draft, actor=official, at=at)
    if isinstance(bound, Refusal):
        return bound
    serial = next_number(application.party, "permit", at.year)
    return replace(bound, number=records.number_for(application.party, kind, at.year, serial))


def _hindsight(application: Application, at: datetime) -> Refusal | None:
    """What was agreed about goods that have left already is asked once more."""
    if not application.retrospective:
        return None
    return not_in_hindsight(application, Retrospection.from_json(application.retrospective), at)


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
