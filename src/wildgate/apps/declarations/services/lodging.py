"""Declarations of a message become versions, each with its answer: look, set aside, ask for the lane, conclude.

Locks are taken in one order, whoever comes: declarations, then permits, then the shifts of risk control, then the chain
of events. So two batches that name the same permits never wait for each other, unless they withdraw as well: what a
withdrawal gives back is locked in its turn.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from wildgate.apps.accounts.access import Actor
from wildgate.apps.customs.models import ForeignPermit
from wildgate.apps.declarations import answering, notice
from wildgate.apps.declarations.answering import Asked, Looked
from wildgate.apps.declarations.findings import NOTE, Finding, finding, told
from wildgate.apps.declarations.models import Declaration, DeclaredItem, DeclaredMessage, DeclaredPermit, Version
from wildgate.apps.declarations.reading.entries import Entry
from wildgate.apps.declarations.reading.fields import NOT_CITES
from wildgate.apps.declarations.reading.form import Lodged, as_form
from wildgate.apps.declarations.services.withdrawing import withdraw
from wildgate.apps.gateway.models import Program
from wildgate.apps.houserules.kinds import Port
from wildgate.apps.houserules.selectors import other_than, ports
from wildgate.apps.permits.models import PermitStatus
from wildgate.apps.risk.services import assess_all
from wildgate.convention.refusal import Refusal, refuse
from wildgate.kit import events
from wildgate.kit.api import written
from wildgate.targeting.consignment import Consignment

EVENTS: Final = {"hold": "declaration-held", "allow": "declaration-allowed", "check": "declaration-to-check"}
WATCHED: Final[Mapping[str, Callable[[Consignment], object]]] = {
    "consignee": lambda said: said.importer.name, "destination": lambda said: said.destination,
    "route": lambda said: said.route}
"""What must not change late without being seen: the name of the change, and where it stands."""
Told = Mapping[str, Any] | Refusal


@dataclass
class Work:
    """One entry on its way: the declaration's row, its version, and what was asked."""

    entry: Entry
    lodged: Lodged
    row: Declaration
    late: tuple[str, ...]
    asked: Asked


def lodge_all(*, actor: Actor, entries: Sequence[Entry], message: DeclaredMessage, at: datetime) -> list[Told]:
    """The answers to entries of different references, in their order. Inside the transaction of the message."""
    answers: dict[int, Told] = {}
    works: dict[int, Work] = {}
    listed = ports(actor.party, at.date())
    for i, entry in sorted(enumerate(entries), key=lambda each: each[1].reference):
        if entry.faults:
            answers[i] = entry.faults[0].refusal()
        elif entry.function == "withdrawal":
            answers[i] = withdraw(actor=actor, reference=entry.reference, at=at)
        elif entry.lodged is not None:
            begun = _begin(actor, entry, entry.lodged, message.program, listed, at)
            if isinstance(begun, Refusal):
                answers[i] = begun
            else:
                works[i] = begun
    _answer(actor, list(works.values()), message, at)
    for i, work in works.items():
        answers[i] = answer_json(work.row, told_findings(work.asked))
    return [answers[i] for i in range(len(entries))]


def _begin(actor: Actor, entry: Entry, lodged: Lodged, program: Program | None, listed: Sequence[Port],
           at: datetime) -> Work | Refusal:
    """The row of the declaration, new or locked, and everything that its papers tell. `listed`: the Party's ports."""
    said = lodged.consignment
    late: tuple[str, ...] = ()
    if entry.function == "original":  # of two at the same moment one waits here, and finds the other's row
        Declaration.objects.bulk_create([Declaration(
            party=actor.party, reference=lodged.reference, version=0, sender_id=actor.own_id, program=program,
            lodged_at=at, changed_at=at, direction=said.direction)], ignore_conflicts=True)
    row = Declaration.objects.select_for_update().filter(party=actor.party, reference=lodged.reference).first()
    if row is None:
        return refuse("no-such-declaration", "There is no declaration %(reference)s.", reference=lodged.reference,
                      field="reference")
    if row.version:
        if refused := _may_amend(actor, entry, row):
            return refused
        late = _changes(row, said)
    row.version += 1
    said = replace(said, late_changes=late)
    asked = answering.look(said, row.version, actor=actor, at=at)
    asked.found += [Finding(each.code, NOTE, each.template, each.values, where=each.path.rpartition(".")[2])
                    for each in lodged.marks]
    if said.post not in ("", actor.station) and (
            others := other_than(said.post, listed, by_program=program is not None)):
        asked.found.append(finding("post-unknown", where="post", place=said.post, ports=", ".join(others)))
    return Work(entry, lodged, row, late, asked)


def _may_amend(actor: Actor, entry: Entry, row: Declaration) -> Refusal | None:
    if entry.function == "original":
        return refuse("reference-used", "The reference %(reference)s was used before: amend that declaration, or give "
                      "this one another reference.", reference=row.reference, field="reference")
    if row.sender_id != actor.own_id:
        return refuse("another-sender", "Somebody else lodged %(reference)s: only they amend it.",
                      reference=row.reference, field="reference")
    if row.state != Declaration.State.OPEN:
        return refuse("declaration-closed", "%(reference)s was withdrawn: lodge a new declaration.",
                      reference=row.reference, field="reference")
    return None


def _changes(row: Declaration, said: Consignment) -> tuple[str, ...]:
    """What was changed since the first version, of what must not change unseen."""
    from wildgate.apps.declarations.selectors import said_in
    versions = list(row.versions.order_by("number"))
    first, before = said_in(versions[0], row), versions[-1].late_changes
    return tuple(name for name, read in WATCHED.items() if name in before or read(first) != read(said))


def _lock_papers(works: list[Work]) -> None:
    """All that is to be set aside at one time and in one order, for each declaration names its papers in an order of
    its own: permits of ours, then those of other Parties."""
    papers = [paper for work in works for looked in work.asked.items for _, paper in looked.reserving]
    for model, keys in ((PermitStatus, {paper.home.pk for paper in papers if paper.home}),
                        (ForeignPermit, {paper.foreign.pk for paper in papers if paper.foreign})):
        if len(keys) > 1:
            list(model._default_manager.select_for_update().filter(pk__in=keys).order_by("pk").values_list("pk"))


def _answer(actor: Actor, works: list[Work], message: DeclaredMessage, at: datetime) -> None:
    _lock_papers(works)
    for work in works:
        answering.set_aside(work.asked, actor=actor, at=at)
    lanes = assess_all(consignments=[work.asked.said for work in works], at=at) if works else []
    for work, assessment in zip(works, lanes, strict=True):
        _prior_notice(work)
        work.row.answer = answering.conclude(work.asked, assessment.lane)
        _save(work, message, at)
    for work in works:
        codes = sorted({each.code for each in work.asked.findings})
        events.append(EVENTS[work.row.answer], work.row.subject, party=actor.party, actor=actor.label, at=at, data={
            "version": work.row.version, "codes": codes[:30], "lane": work.row.lane, "post": work.row.post})


def _prior_notice(work: Work) -> None:
    stands = notice.standing(work.asked.said, work.lodged.moves_at)
    work.row.late_by = stands.late if stands and stands.late else None
    if stands and stands.late:
        work.asked.found.append(finding("notice-late", where="moves_at", hours=stands.hours, late=stands.late))


def _save(work: Work, message: DeclaredMessage, at: datetime) -> None:
    row, said = work.row, work.asked.said
    row.lane, row.changed_at, row.moves_at = work.asked.lane, at, work.lodged.moves_at
    row.direction, row.procedure, row.post, row.express = said.direction, said.procedure, said.post, said.express
    row.save()
    version = Version.objects.create(
        declaration=row, number=row.version, message=message, form=json.loads(written(as_form(work.lodged))),
        answer=row.answer, lane=row.lane, findings=[each.as_json() for each in work.asked.findings],
        late_changes=list(work.late), at=at)
    if row.version > 1:
        DeclaredItem.objects.filter(version__declaration=row, newest=True).update(newest=False)
    items = DeclaredItem.objects.bulk_create([_item(version, work.asked, looked, at) for looked in work.asked.items])
    DeclaredPermit.objects.bulk_create([
        _permit(item, i, cited) for item, looked in zip(items, work.asked.items, strict=True)
        for i, cited in enumerate(looked.cited)])


def _item(version: Version, asked: Asked, looked: Looked, at: datetime) -> DeclaredItem:
    item = looked.item
    return DeclaredItem(
        party=asked.said.party, version=version, number=item.number, at=at, trader=trader_of(asked.said),
        hs=item.hs[:6], taxon=item.taxon, term=item.term, claims=list(item.claims),
        not_cites=any(each in NOT_CITES for each in item.claims), doubted=looked.doubted)


def trader_of(said: Consignment) -> str:
    """Who is behind the goods here: the importer of what comes in, else the exporter."""
    who = said.importer if said.direction == "import" else said.exporter
    return (who.identifier or " ".join(who.name.upper().split()))[:160]


def _permit(item: DeclaredItem, position: int, cited: answering.Cited) -> DeclaredPermit:
    found = DeclaredPermit.Found
    paper = cited.one
    return DeclaredPermit(
        party=item.party, item=item, position=position, said=cited.ref.number[:60],
        found=found.ONE if paper else found.SEVERAL if cited.papers else found.NONE,
        home=paper.home if paper else None, foreign=paper.foreign if paper else None,
        candidates=[each.name for each in cited.papers] if paper is None else [])


def told_findings(asked: Asked) -> list[dict[str, Any]]:
    """As a program is told, with what words them anew on the page of the message."""
    rows = [each.as_json() for each in asked.findings]
    return [told(row) | {"template": row["template"], "values": row["values"]} for row in rows]


def answer_json(row: Declaration, found: list[dict[str, Any]]) -> dict[str, Any]:
    """What a program is told of one declaration."""
    return {"reference": row.reference, "version": row.version, "state": str(row.state), "answer": str(row.answer),
            "codes": list(dict.fromkeys(each["code"] for each in found if each["severity"] != "note")),
            "lane": str(row.lane), "findings": found}
