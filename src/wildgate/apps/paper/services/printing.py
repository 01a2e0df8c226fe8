"""Printing a permit: one original stands at a time, on numbered sheets; its end takes two people."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

from wildgate.apps.accounts.access import Action, Actor, can, require
from wildgate.apps.paper import ledger, selectors
from wildgate.apps.paper.models import Assignment, EndReport, Print, PrintEnd, Sheet
from wildgate.apps.paper.services.offices import BASIS, no_permit, not_printable
from wildgate.apps.paper.stock import SheetAct, SheetState, compressed, numbers_from, read_number, read_numbers
from wildgate.apps.permits.handing_out import state_locked
from wildgate.apps.permits.models import Permit
from wildgate.convention.lifecycle import PermitState
from wildgate.convention.refusal import Refusal, refuse
from wildgate.kit import events

MOST_IN_A_RUN = 500


def print_original(*, actor: Actor, number: str, sheets: str, at: datetime) -> Print | Refusal:
    """Print the original of a permit on these sheets, one for each page (Art. VI.3: one permit, one consignment)."""
    numbers = read_numbers(sheets)
    if isinstance(numbers, Refusal):
        return numbers
    with transaction.atomic():
        return _original(actor, number, numbers, at)


def print_run(*, actor: Actor, numbers: Sequence[str], first_sheet: str, at: datetime) -> list[Print] | Refusal:
    """Print permits one after the other on sheets that follow each other; all of them, or none."""
    first = read_number(first_sheet)
    if isinstance(first, Refusal):
        return first
    if not 1 <= len(numbers) <= MOST_IN_A_RUN:
        return refuse("run-length", "Choose 1 to %(most)s permits.", most=MOST_IN_A_RUN, field="numbers")
    found = selectors.visible_to(actor).filter(permit__number__in=numbers, state=Assignment.State.ACCEPTED)
    pages = {each.permit.number: len(each.permit.tokens) for each in found}
    sheets = iter(numbers_from(first, sum(pages.values())))
    out: list[Print] = []
    with transaction.atomic():
        for number in numbers:
            made = _original(actor, number, [next(sheets) for _ in range(pages.get(number, 0))], at)
            if isinstance(made, Refusal):
                transaction.set_rollback(True)
                return made
            out.append(made)
    return out


def print_copy(*, actor: Actor, number: str, at: datetime) -> Print | Refusal:
    """Record a copy on plain paper. It takes no sheet and proves nothing; it too has its number."""
    with transaction.atomic():
        found = _ready(actor, number, at)
        if isinstance(found, Refusal):
            return found
        return _save(found, selectors.prints_of(found.permit_id), actor, at, kind=Print.Kind.COPY)


def _ready(actor: Actor, number: str, at: datetime) -> Assignment | Refusal:
    """The permit as this actor may print it, its state locked."""
    found = selectors.assignment(actor, number)
    if found is None:
        return no_permit(number)
    if refused := require(actor, Action.PRINT, found.office):
        return refused
    state = state_locked(found.permit, at.date())
    if state is not PermitState.VALID:
        return not_printable(found.permit, state)
    found.refresh_from_db(fields=["state", "office"])
    return found if found.state == Assignment.State.ACCEPTED else no_permit(number)


def _original(actor: Actor, number: str, sheets: Sequence[str], at: datetime) -> Print | Refusal:
    found = _ready(actor, number, at)
    if isinstance(found, Refusal):
        return found
    before = selectors.prints_of(found.permit_id)
    standing = selectors.standing(before)
    if len(standing) >= found.office.prints:
        return printed_already(standing)
    if len(sheets) != (pages := len(found.permit.tokens)):
        return refuse("sheets-and-pages", "This permit has %(pages)s pages and takes as many sheets; %(given)s given.",
                      pages=pages, given=len(sheets), field="sheets", basis=BASIS)
    taken = ledger.locked(found.party, sheets)
    if isinstance(taken, Refusal):
        return taken
    if refused := ledger.held(taken, found.office):
        return refused
    end = next((each.end for each in before if hasattr(each, "end") and not hasattr(each.end, "followed_by")), None)
    slot = end.print.slot if end else 1 + max((each.slot or 0 for each in before), default=0)
    made = _save(found, before, actor, at, kind=Print.Kind.ORIGINAL, sheets=list(sheets), slot=slot, instead_of=end)
    ledger.move(taken, SheetAct.USED, place=found.office, actor=actor.label, at=at, print_made=made)
    return made


def printed_already(standing: Sequence[Print]) -> Refusal:
    """The sentence for whoever asks for another original."""
    sheets = compressed(sheet for each in standing for sheet in each.sheets)
    if len(standing) > 1:
        return refuse("printed-already", "This permit was printed %(times)s times, on sheets %(sheets)s: record one of "
                      "them as spoiled or returned first.", times=len(standing), sheets=sheets, field="sheets",
                      basis=BASIS)
    return refuse("printed-already", "This permit was printed once, on sheet %(sheets)s, on %(day)s: record that sheet "
                  "as spoiled or returned first.", sheets=sheets, day=standing[-1].at.date(), field="sheets",
                  basis=BASIS)


def _save(found: Assignment, before: Sequence[Print], actor: Actor, at: datetime, *, kind: Print.Kind,
          sheets: list[str] | None = None, slot: int | None = None, instead_of: PrintEnd | None = None) -> Print:
    made = Print.objects.create(
        party=found.party, permit=found.permit, office=found.office, number=len(before) + 1, kind=kind, slot=slot,
        instead_of=instead_of, sheets=sheets or [], by_id=actor.own_id, at=at)
    events.append("permit-printed" if kind is Print.Kind.ORIGINAL else "permit-copied", found.permit.subject,
                  party=found.party, actor=actor.label, at=at,
                  data={"print": made.number, "office": found.office_id, "sheets": compressed(made.sheets)})
    return made


def report_end(*, actor: Actor, number: str, print_number: int, kind: str, reason: str,
               at: datetime) -> EndReport | Refusal:
    """Say that a print was spoiled or came back; a second person confirms with the sheet in hand."""
    why = " ".join(reason.split())[:300]
    if kind not in EndReport.Kind.values:
        return refuse("end-kind", "Was the print spoiled, or did it come back?", field="kind")
    if not why:
        return refuse("reason-missing", "Write down what happened.", field="reason")
    with transaction.atomic():
        made = _print(actor, number, print_number)
        if isinstance(made, Refusal):
            return made
        if refused := _open(made):
            return refused
        report = EndReport.objects.create(party=made.party, print=made, kind=kind, reason=why,
                                          reported_by_id=actor.own_id, at=at)
        events.append("print-end-reported", made.permit.subject, party=made.party, actor=actor.label, at=at,
                      data={"print": made.number, "end": kind}, note=why)
        return report


def confirm_end(*, actor: Actor, report: int, at: datetime) -> PrintEnd | Refusal:
    """The second pair of eyes: from now on the permit may be printed again. Never the person who reported it."""
    with transaction.atomic():
        found = (EndReport.objects.select_related("print__permit", "print__office")
                 .filter(party=actor.party, pk=report).first())
        if found is None:
            return refuse("no-such-report", "There is no such report.")
        if refused := require(actor, Action.CONFIRM_SPOILT, found):
            return refused
        made = found.print
        state_locked(made.permit, at.date())
        if refused := _open(made):
            return refused
        sheets = ledger.locked(made.party, made.sheets)
        if isinstance(sheets, Refusal):
            return sheets
        end = PrintEnd.objects.create(print=made, report=found, kind=found.kind, reported_by_id=found.reported_by_id,
                                      confirmed_by_id=actor.own_id, at=at)
        ledger.move(sheets, SheetAct(found.kind), place=made.office, actor=actor.label, at=at, print_made=made,
                    note=found.reason)
        events.append("print-ended", made.permit.subject, party=made.party, actor=actor.label, at=at,
                      data={"print": made.number, "end": found.kind, "sheets": compressed(made.sheets)})
        return end


def _print(actor: Actor, number: str, print_number: int) -> Print | Refusal:
    """A print that the actor's office made, or any for the authority; its permit locked by nobody yet."""
    found = (Print.objects.select_related("permit", "office")
             .filter(party=actor.party, permit__number=number, number=print_number).first())
    if found is None or not (can(actor, Action.PRINT, found.office) or can(actor, Action.KEEP_PAPER, found.office)):
        return refuse("no-such-print", "There is no print %(print)s of permit %(number)s.", number=number[:30],
                      print=print_number)
    return found


def _open(made: Print) -> Refusal | None:
    """Why this print's end cannot be recorded any more."""
    if made.kind != Print.Kind.ORIGINAL:
        return refuse("only-a-copy", "A copy needs no end: it took no sheet.")
    if PrintEnd.objects.filter(print=made).exists() or _used(made).count() != len(made.sheets):
        return refuse("ended-already", "The end of this print is recorded already.")
    return None


def _used(made: Print) -> QuerySet[Sheet]:
    return Sheet.objects.filter(party=made.party, number__in=made.sheets, state=SheetState.USED.value)


def write_off(permit: Permit, *, why: str, actor: str, at: datetime) -> None:
    """After the end of a permit: its printed sheets are worth nothing, and no office prints it. Again: no change."""
    with transaction.atomic():
        state_locked(permit, at.date())
        for made in selectors.standing(selectors.prints_of(permit.pk)):
            sheets = ledger.locked(made.party, list(_used(made).values_list("number", flat=True)))
            if isinstance(sheets, Refusal) or not sheets:
                continue
            ledger.move(sheets, SheetAct.WRITTEN_OFF, place=made.office, actor=actor, at=at, print_made=made, note=why)
            events.append("sheets-written-off", permit.subject, party=permit.party, actor=actor, at=at,
                          data={"print": made.number, "sheets": compressed(made.sheets), "why": why})
        Assignment.objects.filter(permit=permit).exclude(state=Assignment.State.CLOSED).update(
            state=Assignment.State.CLOSED)
