"""A certificate signed beforehand and completed by its approved holder becomes a permit (Res. Conf. 12.3).

The approval of two officers stands in the master file; the law, every book and every register are asked as for any
other permit, on the day of completion.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from django.db import transaction

from wildgate.apps.accounts.access import Actor
from wildgate.apps.permits import books, kinds, records, sealing
from wildgate.apps.permits import jobs as work
from wildgate.apps.permits.models import Application, Permit
from wildgate.apps.permits.services import rulings
from wildgate.apps.permits.services.drafting import save_answers, start, submit
from wildgate.apps.permits.services.issuing import UNNUMBERED, ask_the_law, save_sealed
from wildgate.apps.permits.services.moving import locked, move
from wildgate.convention import lifecycle
from wildgate.convention.lifecycle import PermitAct, Step
from wildgate.convention.outcome import Ruling
from wildgate.convention.permit import PermitRecord
from wildgate.convention.refusal import Refusal, refuse
from wildgate.convention.trade import Trade
from wildgate.convention.vocabulary import DocumentKind
from wildgate.kit import events, jobs
from wildgate.message.pdf import undrawable
from wildgate.seal.token import unsealable


@dataclass(frozen=True, slots=True)
class Presigned:
    """The approval that stands behind a certificate: its number, what it is, who signed it, and the findings made.

    `findings` names for each (kind, authority) who made it; `basis` is the subject of the master file.
    """

    number: str
    kind: DocumentKind
    until: date
    official: str
    decided_by: int
    countersigned_by: int
    basis: str
    findings: Mapping[tuple[str, str], int] = field(default_factory=dict)


def issue_presigned(*, actor: Actor, organisation: int, answers: Mapping[str, Any], paper: Presigned,
                    at: datetime) -> Permit | tuple[Refusal, ...]:
    """Issue the permit under the number that was reserved, or say everything that stands against it."""
    with transaction.atomic():
        done = _issue(actor, organisation, answers, paper, at)
        if not isinstance(done, Permit):
            transaction.set_rollback(True)
        return done


def _issue(actor: Actor, organisation: int, answers: Mapping[str, Any], paper: Presigned,
           at: datetime) -> Permit | tuple[Refusal, ...]:
    draft = start(actor=actor, organisation=organisation, at=at)
    saved = draft if isinstance(draft, Refusal) else save_answers(actor=actor, case=draft.number, answers=answers,
                                                                  at=at)
    if isinstance(saved, Refusal):
        return (saved,)
    handed_in = submit(actor=actor, case=saved.number, at=at)
    if not isinstance(handed_in, Application):
        return handed_in
    application = locked(actor.party, saved.number)
    if isinstance(application, Refusal):
        return (application,)
    after = lifecycle.step(application.case_state, Step.COMPLETE)
    if isinstance(after, Refusal):
        return (after,)
    if refused := _found(application, paper, at):
        return (refused,)
    asked = ask_the_law(application, at)
    if isinstance(asked, Refusal):
        return (asked,)
    record = _record(application, *asked, actor, paper, at)
    if isinstance(record, Refusal):
        return (record,)
    permit = save_sealed(record, application)
    sealed = rulings.store(application, Step.ISSUE, asked[1], at=at)
    application.decided_by_id, application.countersigned_by_id = paper.decided_by, paper.countersigned_by
    events.append(PermitAct.ISSUED.value, permit.subject, party=permit.party, actor=actor.label, at=at,
                  data={"application": application.number, "kind": permit.kind, "digest": permit.digest,
                        "signed-beforehand": paper.basis, **sealed})
    move(application, after, Step.COMPLETE, actor=actor, at=at, data={"permit": permit.number, "by": paper.basis})
    jobs.enqueue(work.write_documents, permit.number, party=permit.party, at=at, permit=permit.pk)
    jobs.enqueue(work.publish_status, permit.shard, party=permit.party, at=at, party_code=permit.party,
                 shard=permit.shard)
    return permit


def _found(application: Application, paper: Presigned, at: datetime) -> Refusal | None:
    """The findings of the master file answer those that the law asks of this consignment, and no others."""
    for finding in application.findings.exclude(made=True):
        maker = paper.findings.get((finding.kind, finding.by))
        if maker is None:
            return refuse("finding-not-covered", "This consignment needs the finding %(kind)s, which was not made when "
                          "the certificates were approved: apply for a permit of its own.", kind=finding.kind,
                          basis=tuple(finding.basis))
        finding.made, finding.person_id, finding.at = True, maker, at
        finding.note = f"Made for {paper.basis.partition(':')[2]}."
        finding.save()
    return None


def _record(application: Application, trade: Trade, ruling: Ruling, actor: Actor, paper: Presigned,
            at: datetime) -> PermitRecord | Refusal:
    kind = records.document_kind(ruling, application.party, kinds.wanted_of(application.answers))
    if isinstance(kind, Refusal):
        return kind
    if kind is not paper.kind:
        return refuse("another-kind", "This consignment needs another document (%(kind)s) than the one that was signed "
                      "beforehand.", kind=kind.value)
    if refused := sealing.ready(application.party, at):
        return refused
    signer = Actor(label=actor.label, name=paper.official, party=actor.party)
    draft = records.build(application, trade, ruling, kind, number=UNNUMBERED, official=signer, at=at)
    draft = replace(draft, valid_until=min(draft.valid_until, paper.until))
    if refused := unsealable(draft) or undrawable(draft):
        return refused
    bound = books.bind(application, trade, draft, actor=actor, at=at)
    return bound if isinstance(bound, Refusal) else replace(bound, number=paper.number)
