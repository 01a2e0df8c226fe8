"""Certificates signed beforehand: given out, completed in the system, handed back or made void."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, time

from django.db import transaction

from wildgate.apps.accounts.access import Action, Actor
from wildgate.apps.accounts.selectors import names_of
from wildgate.apps.permits import sealing
from wildgate.apps.permits.models import Permit
from wildgate.apps.permits.records import number_for
from wildgate.apps.permits.services.moving import written
from wildgate.apps.permits.services.presigned import Presigned, issue_presigned
from wildgate.apps.simplified.models import Certificate, Draw, MasterFile, MasterLine
from wildgate.apps.simplified.services.masters import locked
from wildgate.apps.simplified.wording import PAPER_WORDS
from wildgate.apps.species.registry import law_of
from wildgate.convention.refusal import Refusal, refuse
from wildgate.convention.sentence import say
from wildgate.convention.simplified import Filled, MasterState, PaperState, answers_of, misfits, quantity_of
from wildgate.convention.vocabulary import DocumentKind
from wildgate.kit import events
from wildgate.kit.numbering import next_number
from wildgate.kit.sentences import word
from wildgate.seal.claims import KIND_NUMBERS
from wildgate.seal.companion import Companion, Paper


def give_out(*, actor: Actor, number: str, count: int, at: datetime) -> list[Certificate] | Refusal:
    """Give the holder `count` certificates, never more in all than were approved. Their codes say "not complete"."""
    with transaction.atomic():
        master = locked(actor, number, Action.KEEP_MASTERS, MasterState.APPROVED)
        if isinstance(master, Refusal):
            return master
        out = Certificate.objects.filter(master=master).exclude(
            state__in=[PaperState.RETURNED.value, PaperState.VOIDED.value]).count()
        if not 1 <= count <= master.certificates - out:
            return refuse("beyond-certificates", "%(left)s more certificates can be given out of %(most)s.",
                          left=master.certificates - out, most=master.certificates, field="count")
        if at.date() > master.until:
            return refuse("master-ended", "The permission to complete certificates ended on %(day)s.",
                          day=master.until.isoformat())
        if refused := sealing.ready(master.party, at):
            return refused
        made = [_made(master, actor, at) for _ in range(count)]
        Certificate.objects.bulk_create(made)
        events.append("presigned-given", master.subject, party=master.party, actor=actor.label, at=at,
                      data={"numbers": [each.number for each in made]})
    return made


def _made(master: MasterFile, actor: Actor, at: datetime) -> Certificate:
    kind = DocumentKind(master.kind)
    number = number_for(master.party, kind, at.year, next_number(master.party, "permit", at.year))
    last = datetime.combine(master.until, time(23, 59, 59), UTC)
    token = sealing.seal_beside(Companion(
        master.party, int(at.timestamp()), int(last.timestamp()), Paper.BLANK, number, KIND_NUMBERS[kind]), at)
    return Certificate(party=master.party, master=master, organisation=master.organisation, number=number,
                       token=token.hex(), given_by_id=actor.own_id, given_at=at)


def complete(*, actor: Actor, number: str, filled: Filled, at: datetime) -> Permit | tuple[Refusal, ...]:
    """The holder fills the boxes that were left: within the terms, by the law of today, and out of the allowance.

    Only then there is a permit, with a code of its own; the code of the empty certificate never becomes one.
    """
    with transaction.atomic():
        done = _complete(actor, number, filled, at)
        if not isinstance(done, Permit):
            transaction.set_rollback(True)
        return done


def _complete(actor: Actor, number: str, filled: Filled, at: datetime) -> Permit | tuple[Refusal, ...]:
    found = _given(actor, number, Action.USE_MASTER)
    if isinstance(found, Refusal):
        return (found,)
    paper, master = found
    lines = list(MasterLine.objects.select_for_update().filter(master=master).order_by("pk"))
    terms = master.terms(sorted(lines, key=lambda line: int(line.position)))
    if faults := misfits(terms, filled, law_of(master.party), at.date()):
        return faults
    permit = issue_presigned(actor=actor, organisation=master.organisation_id, answers=answers_of(terms, filled),
                             paper=_signed(paper, master), at=at)
    if not isinstance(permit, Permit):
        return permit
    by_place = {line.position: line for line in lines}
    draws = []
    for one in filled.lines:
        line, quantity = by_place[one.place], quantity_of(terms, one)
        if quantity is None:
            raise ValueError("a line without a quantity fits no terms")
        draws.append(Draw(line=line, certificate=paper, taxon=one.taxon or line.taxa[0], quantity=quantity,
                          actor=actor.label, at=at))
    Draw.objects.bulk_create(draws)
    paper.state, paper.permit, paper.closed_at = PaperState.COMPLETED.value, permit, at
    paper.save(update_fields=["state", "permit", "closed_at"])
    events.append("presigned-completed", paper.subject, party=paper.party, actor=actor.label, at=at,
                  data={"master": master.number, "permit": permit.number})
    return permit


def _signed(paper: Certificate, master: MasterFile) -> Presigned:
    """Who signed it beforehand, and what they found."""
    if master.decided_by_id is None:
        raise ValueError(f"{master} was approved by nobody")
    label = f"person:{master.decided_by_id}"
    made = {(finding.kind, finding.by): finding.person_id for finding in master.findings.filter(made=True)
            if finding.person_id is not None}
    return Presigned(paper.number, DocumentKind(master.kind), master.until, names_of({label}).get(label, ""),
                     master.drawn_up_by_id, master.decided_by_id, master.subject, made)


def hand_back(*, actor: Actor, number: str, at: datetime) -> Certificate | Refusal:
    """The holder does not need a certificate: another one can be given out in its place."""
    with transaction.atomic():
        found = _given(actor, number, Action.USE_MASTER)
        if isinstance(found, Refusal):
            return found
        return _closed(found[0], PaperState.RETURNED, "presigned-returned", actor, at)


def void(*, actor: Actor, number: str, reason: str, at: datetime) -> Certificate | Refusal:
    """The authority makes a certificate void that is not complete yet: lost, or given by mistake."""
    kept = written(reason, field="reason", what=say("the reason"), longest=500)
    if isinstance(kept, Refusal):
        return kept
    with transaction.atomic():
        found = _given(actor, number, Action.KEEP_MASTERS)
        if isinstance(found, Refusal):
            return found
        return _closed(found[0], PaperState.VOIDED, "presigned-voided", actor, at, note=kept)


def _closed(paper: Certificate, state: PaperState, kind: str, actor: Actor, at: datetime,
            note: str = "") -> Certificate:
    paper.state, paper.closed_at = state.value, at
    paper.save(update_fields=["state", "closed_at"])
    events.append(kind, paper.subject, party=paper.party, actor=actor.label, at=at,
                  data={"master": paper.master.number}, note=note)
    return paper


def _given(actor: Actor, number: str, action: Action) -> tuple[Certificate, MasterFile] | Refusal:
    """A certificate that is out and not complete, with its master file, both locked: the master file first."""
    found = Certificate.objects.filter(party=actor.party, number=number)
    known = found.values_list("master__number", flat=True).first()
    missing = refuse("no-such-certificate", "There is no pre-signed certificate %(number)s.", number=number[:30])
    if known is None:
        return missing
    master = locked(actor, known, action, MasterState.APPROVED, MasterState.ENDED)
    if isinstance(master, Refusal):
        return missing if master.code == "not-allowed" and not actor.official else master
    paper = Certificate.objects.select_for_update(of=("self",)).select_related("master").get(
        party=actor.party, number=number)
    if paper.state != PaperState.GIVEN.value:
        return refuse("paper-closed", "This cannot be done now. The certificate stands at “%(state)s”.",
                      state=word(PAPER_WORDS[paper.state][1]))
    return paper, master


def give_back(papers: Sequence[Certificate], *, actor: str, at: datetime) -> int:
    """Permits that came back unused give back what they drew, once. Inside a transaction; the number of lines."""
    done = 0
    draws = Draw.objects.filter(certificate__in=papers, back=False).order_by("line_id")
    for draw in draws:
        line = MasterLine.objects.select_for_update().get(pk=draw.line_id)
        if Draw.objects.filter(line=line, certificate_id=draw.certificate_id, back=True).exists():
            continue
        Draw.objects.create(line=line, certificate_id=draw.certificate_id, taxon=draw.taxon, quantity=draw.quantity,
                            back=True, actor=actor, at=at)
        done += 1
    return done
