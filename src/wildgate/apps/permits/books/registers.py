"""The book of registers: operations that specimens come from (Art. VII.4 to 6), and marked specimens in an account.

Refused at submit where the register says no; the finding on a registered operation is made by the register where it
answers; at issue the marked specimens go onto the permit, and with customs' count out of the account.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace as with_parts
from datetime import datetime
from decimal import Decimal

from django.conf import settings

from wildgate.apps.accounts.access import Actor
from wildgate.apps.permits.models import Application, Permit
from wildgate.apps.permits.records import block
from wildgate.apps.registers import services
from wildgate.apps.registers.checking import Checked, Judged, MarkedLine, check_marks, judged, operations_named
from wildgate.convention.lifecycle import ENDED, PermitAct
from wildgate.convention.marks import Marks, miscounted, read_marks
from wildgate.convention.operations import (
    EXCHANGE_CERTIFICATE,
    Verdict,
    claims,
    exchange_codes,
    judge_exchange,
    stock_of,
)
from wildgate.convention.permit import PermitRecord
from wildgate.convention.quota import lineage
from wildgate.convention.refusal import Refusal, refuse
from wildgate.convention.trade import Trade
from wildgate.convention.vocabulary import Direction, DocumentKind, FindingKind, Kingdom
from wildgate.kit import events

COMING_BACK = frozenset({DocumentKind.EXHIBITION.value, DocumentKind.OWNERSHIP.value, DocumentKind.INSTRUMENT.value,
                         DocumentKind.SAMPLES.value})
"""Papers for several crossings: what leaves under them comes back, and stays in the account."""
OUTPUT = "output-implausible"


def refuses(application: Application, trade: Trade) -> tuple[Refusal, ...]:
    verdicts = [*(one.verdict for one in operations_of(application, trade)), exchange_of(application, trade)]
    lines, faults = _marked(application, trade)
    return (*(no for verdict in verdicts for no in verdict.refusals), *faults,
            *_checked(application, trade, lines).refusals)


def opened(application: Application, trade: Trade, *, at: datetime) -> None:
    """The register makes the finding where every line's entry answers; its doubts stand beside the ruling."""
    found = operations_of(application, trade)
    exchange = exchange_of(application, trade)
    lines, _ = _marked(application, trade)
    doubts = [*(doubt for one in found for doubt in one.verdict.doubts), *exchange.doubts,
              *_checked(application, trade, lines).doubts]
    if doubts:
        ruling = application.ruling or {}
        told = [one.told() for one in dict.fromkeys(doubts)]
        application.ruling = {**ruling, "warnings": [*ruling.get("warnings", ()), *told]}
    if (found and all(one.verdict.proven for one in found if one.claim.needed)) or exchange.proven:
        _find(application, found, trade, at)


def _find(application: Application, found: Sequence[Judged], trade: Trade, at: datetime) -> None:
    """Make the finding in the register's name, with the entries that it rests on."""
    entries = {one.operation.pk: _told(one) for one in found if one.operation is not None and one.claim.needed}
    note = "By the register: " + ("; ".join(entries.values()) or ", ".join(exchange_codes(trade))) + "."
    made = application.findings.filter(kind=FindingKind.REGISTERED.value, made=None).update(
        made=True, note=note[:1000], at=at)
    if made:
        events.append("finding", application.subject, party=application.party, actor=events.SYSTEM, at=at,
                      data={"kind": FindingKind.REGISTERED.value, "made": True})


def _told(one: Judged) -> str:
    operation = one.operation
    if operation is None:
        return one.claim.number
    until = f", valid until {operation.valid_until}" if operation.valid_until else ""
    return f"{operation.number} {operation.name}, {operation.state}{until}, {one.claim.taxon}"


def bind(application: Application, trade: Trade, record: PermitRecord, *, actor: Actor,
         at: datetime) -> PermitRecord | Refusal:
    """Ask the register once more under its locks, then put specimens and output onto the permit."""
    lines, faults = _marked(application, trade)
    if faults:
        return faults[0]
    first = operations_of(application, trade)
    specimens = [each.pk for found in _checked(application, trade, lines).specimens.values() for each in found]
    services.lock([one.operation.pk for one in first if one.operation is not None], specimens)
    found, checked = operations_of(application, trade), _checked(application, trade, lines)
    refused = [*(no for one in found for no in one.verdict.refusals), *exchange_of(application, trade).refusals,
               *checked.refusals]
    if refused:
        return refused[0]
    if no := _outgrown(application, found):
        return no
    services.hold(
        party=application.party, subject=application.subject, outputs=_outputs(found), until=record.valid_until,
        specimens={block(i): each for i, each in sorted(checked.specimens.items())}, actor=actor.label, at=at)
    return record


def _outgrown(application: Application, found: Sequence[Judged]) -> Refusal | None:
    """Other permits took what the register counted on when it made the finding itself: a person must look."""
    by_itself = application.findings.filter(kind=FindingKind.REGISTERED.value, made=True, person=None).exists()
    for one in found:
        doubt = next((doubt for doubt in one.verdict.doubts if doubt.code == OUTPUT and one.claim.needed), None)
        if doubt is not None and by_itself:
            return refuse(OUTPUT, "%(why)s Send the case back and make the finding on the operation yourself.",
                          why=doubt.reason, basis=doubt.basis)
    return None


def _outputs(found: Sequence[Judged]) -> list[services.Output]:
    out = []
    for one in found:
        stock = stock_of(one.claim, one.operation.entry) if one.operation is not None else None
        if one.operation is not None and stock is not None and one.claim.outward:
            out.append(services.Output(one.operation.pk, block(one.claim.position), stock.taxon, one.claim.on.year,
                                       one.claim.quantity, one.claim.unit))
    return out


def settle(permit: Permit, act: PermitAct, moved: Mapping[str, Decimal], *, actor: Actor, at: datetime) -> None:
    """Exported specimens leave the account, the others are free again; on papers for coming back a crossing is noted.

    A replaced permit's specimens stay on it for the one after it.
    """
    subject, crossing = permit.application.subject, permit.kind in COMING_BACK
    if act is PermitAct.EXPORT_ENDORSED or (act is PermitAct.IMPORT_ENDORSED and crossing):
        services.left(subject=subject, moved=moved, crossing=crossing, actor=actor.label, at=at)
    elif act in ENDED:
        services.give_back(subject=subject, why=act.value.removeprefix("permit-"), actor=actor.label, at=at)


def release(application: Application, why: str, *, actor: Actor, at: datetime) -> None:
    services.give_back(subject=application.subject, why=why, actor=actor.label, at=at)


def pass_on(permit: Permit, heir: Application, *, actor: Actor, at: datetime) -> None:
    services.pass_on(subject=permit.application.subject, heir=heir.subject, actor=actor.label, at=at)


def operations_of(application: Application, trade: Trade) -> list[Judged]:
    """What the register says to each line that names an operation or needs one."""
    return judged(application.party, claims(trade, application.law))


def exchange_of(application: Application, trade: Trade) -> Verdict:
    """What it says to a label between scientific institutions; nothing for any other trade."""
    if trade.certificate != EXCHANGE_CERTIFICATE:
        return Verdict()
    named = [(country, code) for country in (trade.sender, trade.receiver) for code in exchange_codes(trade)]
    found = operations_named(application.party, named)
    return judge_exchange(trade, [row.entry for row in found.values()], home=application.party)


def marks_of(application: Application) -> list[Marks | Refusal]:
    """The marks of each line as typed, read."""
    out: list[Marks | Refusal] = []
    for i, line in enumerate(application.answers.get("lines", [])):
        read = read_marks(line.get("marks", ""))
        out.append(with_parts(read, field=f"lines[{i}].marks") if isinstance(read, Refusal) else read)
    return out


def _marked(application: Application, trade: Trade) -> tuple[list[MarkedLine], list[Refusal]]:
    """The lines with their marks, and what is wrong with the marks by themselves."""
    lines, faults = [], []
    for i, (line, marks) in enumerate(zip(trade.lines, marks_of(application), strict=True)):
        if isinstance(marks, Refusal):
            faults.append(marks)
            continue
        if no := miscounted(marks, line.quantity, line.unit):
            faults.append(with_parts(no, field=f"lines[{i}].marks"))
        names = lineage(application.law, line.taxon)
        animals = line.live and line.unit == "NAR" and Kingdom.ANIMAL.value in names
        lines.append(MarkedLine(i, names, line.source.value, line.quantity, line.unit, line.live, animals, marks))
    return lines, faults


def _checked(application: Application, trade: Trade, lines: Sequence[MarkedLine]) -> Checked:
    return check_marks(application.party, application.organisation_id, lines, subject=application.subject,
                       outward=trade.direction in (Direction.EXPORT, Direction.RE_EXPORT),
                       required=settings.SPECIMENS == "required")
