"""The life of a master file: one officer draws it up, both authorities make its findings, another officer approves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from wildgate.apps.accounts.access import Action, Actor, require
from wildgate.apps.accounts.models import Organisation
from wildgate.apps.permits import answers as form
from wildgate.apps.permits import kinds, records
from wildgate.apps.permits.services.drafting import acceptable
from wildgate.apps.permits.services.moving import written
from wildgate.apps.simplified.models import Certificate, MasterFile, MasterFinding, MasterLine
from wildgate.apps.simplified.wording import MASTER_WORDS
from wildgate.apps.species.registry import law_of
from wildgate.convention.listing import Law
from wildgate.convention.outcome import Ruling
from wildgate.convention.permit import plain
from wildgate.convention.refusal import Refusal, refuse
from wildgate.convention.sentence import say
from wildgate.convention.simplified import (
    Allowance,
    Box,
    Consignee,
    Filled,
    FilledLine,
    MasterState,
    PaperState,
    Terms,
    answers_of,
    sound,
)
from wildgate.convention.taxonomy import Unknown
from wildgate.convention.trade import Trade
from wildgate.convention.validity import add_months
from wildgate.convention.vocabulary import By, DocumentKind
from wildgate.kit import events
from wildgate.kit.national import ruled
from wildgate.kit.numbering import next_number
from wildgate.kit.sentences import word

MOST_CERTIFICATES = 500
LONGEST_MONTHS = 36
NOWHERE = ("CH", "FR")
"""The destination of the model consignment where box 3 is the holder's: any country but the own one."""


@dataclass(frozen=True, slots=True)
class NewLine:
    """A line as drawn up; `list_name` names the annotated list that shares it."""

    allowance: Allowance
    list_name: str = ""


def draw_up(*, actor: Actor, organisation: int, terms: Terms, names: Sequence[str] = (), certificates: int,
            note: str = "", at: datetime) -> MasterFile | tuple[Refusal, ...]:
    """Propose a master file. The law is asked for a model consignment of every taxon: it says which document and which
    findings the certificates will need. `names` are those of annotated lists, by line."""
    if refused := require(actor, Action.KEEP_MASTERS):
        return (refused,)
    holder = Organisation.objects.filter(party=actor.party, pk=organisation).first()
    if holder is None:
        return (refuse("no-such-organisation", "Choose the holder.", field="organisation"),)
    if faults := (*sound(terms), *_limits(terms.until, certificates, at.date())):
        return faults
    law = law_of(actor.party)
    named = _named(terms, law)
    if not isinstance(named, Terms):
        return named
    asked = _model(named, actor.party, law, at.date())
    if not isinstance(asked, tuple) or not isinstance(asked[0], DocumentKind):
        return asked
    kind, rulings = asked
    with transaction.atomic():
        serial = next_number(actor.party, "master-file", at.year)
        master = MasterFile.objects.create(
            party=actor.party, number=f"{actor.party}-M-{at.year}-{serial:05d}", organisation=holder, kind=kind.value,
            direction=named.direction, purposes=list(named.purposes),
            boxes=[box.value for box in Box if box in named.boxes],
            consignee=_consignee(named.consignee), certificates=certificates, until=named.until, note=note[:500],
            drawn_up_by_id=actor.own_id, drawn_up_at=at, changed_at=at)
        MasterLine.objects.bulk_create([
            MasterLine(master=master, position=i, taxa=list(line.taxa), list_name=_list_name(names, i, line)[:120],
                       term=line.term, unit=line.unit, source=line.source, origin=line.origin,
                       facts=dict(line.facts), most=line.most, amount=line.free)
            for i, line in enumerate(named.lines)])
        MasterFinding.objects.bulk_create([
            MasterFinding(master=master, kind=kind_, by=by, basis=list(basis))
            for (kind_, by), basis in _findings(rulings).items()])
        events.append("master-drawn-up", master.subject, party=actor.party, actor=actor.label, at=at, data={
            "kind": kind.value, "organisation": holder.pk, "certificates": certificates,
            "until": named.until.isoformat(), "lines": [
                {"taxa": list(line.taxa), "term": line.term, "most": plain(line.most), "amount": plain(line.free)}
                for line in named.lines]}, note=note)
    return master


def _limits(until: date, certificates: int, on: date) -> list[Refusal]:
    faults = []
    if not 1 <= certificates <= MOST_CERTIFICATES:
        faults.append(refuse("too-many-certificates", "Give out 1 to %(most)s certificates.", most=MOST_CERTIFICATES,
                             field="certificates"))
    if not on <= until <= add_months(on, LONGEST_MONTHS):
        faults.append(refuse("until-out-of-range", "The permission ends between today and three years from now.",
                             field="until"))
    return faults


def _list_name(names: Sequence[str], place: int, line: Allowance) -> str:
    return names[place] if place < len(names) and len(line.taxa) > 1 else ""


def _consignee(who: Consignee | None) -> dict[str, str] | None:
    return {"name": who.name, "address": who.address, "country": who.country} if who else None


def _named(terms: Terms, law: Law) -> Terms | tuple[Refusal, ...]:
    """The terms with accepted names, or every name that is none."""
    faults, lines = [], []
    for place, line in enumerate(terms.lines):
        taxa = []
        for name in line.taxa:
            found = law.resolve(name)
            if isinstance(found, Unknown):
                faults.append(refuse("taxon-unknown", "%(name)s is not a name in the tables. %(why)s", name=name[:80],
                                     why=found.reason, field=f"lines[{place}].taxa"))
            else:
                taxa.append(found.name)
        lines.append(Allowance(tuple(dict.fromkeys(taxa)), line.term, line.unit, line.source, line.origin, line.most,
                               line.free, line.facts))
    if faults:
        return tuple(faults)
    return Terms(terms.direction, terms.purposes, terms.boxes, terms.consignee, tuple(lines), terms.until)


def _model(terms: Terms, party: str, law: Law,
           on: date) -> tuple[DocumentKind, list[Ruling]] | tuple[Refusal, ...]:
    """The one document that all certificates will be, and the law's rulings on a model of each."""
    there = Consignee("–", "–", NOWHERE[0] if party != NOWHERE[0] else NOWHERE[1])
    found: set[DocumentKind] = set()
    rulings = []
    for place, line in enumerate(terms.lines):
        for taxon in line.taxa:
            one = FilledLine(place, taxon, line.most)
            answers = answers_of(terms, Filled((one,), terms.consignee or there, terms.purposes[0]))
            trade = form.trade_of(answers, home=party, on=on, law=law)
            if not isinstance(trade, Trade):
                return trade
            ruling = ruled(trade, law)
            if faults := acceptable(ruling, party, kinds.wanted_of(answers)):
                return faults
            kind = records.document_kind(ruling, party, kinds.wanted_of(answers))
            if isinstance(kind, Refusal):
                return (kind,)
            found.add(kind)
            rulings.append(ruling)
    if len(found) > 1:
        return (refuse("several-documents", "The lines need different documents (%(kinds)s); apply for each kind "
                       "separately.", kinds=", ".join(sorted(kind.value for kind in found))),)
    return found.pop(), rulings


def _findings(rulings: Sequence[Ruling]) -> dict[tuple[str, str], tuple[str, ...]]:
    return {(finding.kind.value, finding.by.value): finding.basis for ruling in rulings for finding in ruling.findings}


def record_finding(*, actor: Actor, number: str, kind: str, by: str, made: bool, text: str,
                   at: datetime) -> MasterFinding | Refusal:
    """The authority whose finding it is makes it for all certificates, or finds that it does not hold."""
    kept = written(text, field="text", what=say("the grounds"), longest=1000)
    if isinstance(kept, Refusal):
        return kept
    action = Action.FIND_MASTER_SCIENCE if by == By.SCIENTIFIC.value else Action.KEEP_MASTERS
    with transaction.atomic():
        master = locked(actor, number, action, MasterState.PROPOSED)
        if isinstance(master, Refusal):
            return master
        finding = master.findings.filter(kind=kind, by=by).first()
        if finding is None:
            return refuse("no-such-finding", "The master file needs no finding %(kind)s.", kind=kind[:32])
        finding.made, finding.note, finding.person_id, finding.at = made, kept, actor.own_id, at
        finding.save()
        events.append("master-finding", master.subject, party=master.party, actor=actor.label, at=at,
                      data={"kind": kind, "by": by, "made": made})
    return finding


def approve(*, actor: Actor, number: str, at: datetime) -> MasterFile | Refusal:
    """The second pair of eyes: never who drew it up, and only when every finding was made."""
    with transaction.atomic():
        master = locked(actor, number, Action.APPROVE_MASTER, MasterState.PROPOSED)
        if isinstance(master, Refusal):
            return master
        missing = master.findings.exclude(made=True).first()
        if missing is not None:
            return refuse("finding-open", "The finding %(kind)s is still open: the %(who)s must make it first.",
                          kind=missing.kind, who="Scientific Authority" if missing.by == By.SCIENTIFIC.value
                          else "Management Authority", basis=tuple(missing.basis))
        return _decided(master, MasterState.APPROVED, "master-approved", actor, at)


def decline(*, actor: Actor, number: str, reason: str, at: datetime) -> MasterFile | Refusal:
    """The proposal is not approved."""
    kept = written(reason, field="reason", what=say("the reason"), longest=500)
    if isinstance(kept, Refusal):
        return kept
    with transaction.atomic():
        master = locked(actor, number, Action.APPROVE_MASTER, MasterState.PROPOSED)
        if isinstance(master, Refusal):
            return master
        return _decided(master, MasterState.DECLINED, "master-declined", actor, at, note=kept)


def end(*, actor: Actor, number: str, reason: str, at: datetime) -> MasterFile | Refusal:
    """End the permission: papers that are out and not complete are void from now on; permits stand."""
    kept = written(reason, field="reason", what=say("the reason"), longest=500)
    if isinstance(kept, Refusal):
        return kept
    with transaction.atomic():
        master = locked(actor, number, Action.KEEP_MASTERS, MasterState.APPROVED)
        if isinstance(master, Refusal):
            return master
        open_ = Certificate.objects.filter(master=master, state=PaperState.GIVEN.value)
        voided = list(open_.values_list("number", flat=True))
        open_.update(state=PaperState.VOIDED.value, closed_at=at)
        master.state, master.changed_at = MasterState.ENDED.value, at
        master.save(update_fields=["state", "changed_at"])
        events.append("master-ended", master.subject, party=master.party, actor=actor.label, at=at,
                      data={"voided": voided}, note=kept)
    return master


def _decided(master: MasterFile, state: MasterState, kind: str, actor: Actor, at: datetime,
             note: str = "") -> MasterFile:
    master.state, master.decided_by_id, master.decided_at, master.changed_at = state.value, actor.own_id, at, at
    master.save(update_fields=["state", "decided_by", "decided_at", "changed_at"])
    events.append(kind, master.subject, party=master.party, actor=actor.label, at=at, note=note)
    return master


def locked(actor: Actor, number: str, action: Action, *states: MasterState) -> MasterFile | Refusal:
    """The master file under its lock, when `actor` may do `action` and it is in one of `states`."""
    found = (MasterFile.objects.select_for_update(of=("self",)).select_related("organisation")
             .filter(party=actor.party, number=number).first())
    if found is None:
        return refuse("no-such-master", "There is no master file %(number)s.", number=number[:30])
    if refused := require(actor, action, found):
        return refused
    if MasterState(found.state) not in states:
        return refuse("wrong-state", "This cannot be done now. The master file stands at “%(state)s”.",
                      state=word(MASTER_WORDS[found.state][1]))
    return found
