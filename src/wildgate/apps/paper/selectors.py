"""Every read about print offices, prints and sheets, already cut down to what the actor may see."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from django.db.models import Q, QuerySet

from wildgate.apps.accounts.access import OFFICERS, Action, Actor, can
from wildgate.apps.accounts.models import Role
from wildgate.apps.paper import ledger
from wildgate.apps.paper.models import Assignment, DayCount, EndReport, Print, PrintOffice, Sheet, SheetMove
from wildgate.apps.paper.stock import SheetAct, SheetState, compressed, step

State = Assignment.State
UNUSED = (SheetState.IN_STORE.value, SheetState.AT_OFFICE.value)
MOST_RANGES = 2000


@dataclass(frozen=True, slots=True)
class Told:
    """A print and what became of it: standing, copy, reported, spoiled, returned, written-off."""

    print: Print
    outcome: str
    sheets: str
    report: EndReport | None = None


@dataclass(frozen=True, slots=True)
class Drawer:
    """Unused sheets of one place: how many the ledger expects, their numbers as ranges, the newest count."""

    office: PrintOffice | None
    expected: int
    numbers: str
    count: DayCount | None


def visible_to(actor: Actor) -> QuerySet[Assignment]:
    """Exactly the assignments for which `can(actor, VIEW_PRINT_JOB, assignment)` says yes."""
    everything = Assignment.objects.filter(party=actor.party).select_related("office", "permit__organisation")
    if actor.has(*OFFICERS, Role.AUDITOR):
        return everything
    accepted = Q(pk__in=[])
    if actor.has(Role.PRINT_OFFICE):
        accepted |= Q(office__authority_id__in=actor.authorities)
    if actor.has(Role.TRADER):
        accepted |= Q(office__organisation_id__in=actor.organisations)
    own = Q(permit__organisation_id__in=actor.organisations) if actor.has(Role.TRADER) else Q(pk__in=[])
    return everything.filter(own | accepted & Q(state=State.ACCEPTED))


def offices_of(actor: Actor) -> list[PrintOffice]:
    """The offices where the actor may print."""
    return [each for each in offices(actor.party) if can(actor, Action.PRINT, each)]


def offices(party: str) -> QuerySet[PrintOffice]:
    return PrintOffice.objects.filter(party=party).select_related("authority", "organisation").order_by("name")


def office(actor: Actor, key: int) -> PrintOffice | None:
    """One office where the actor may print; None when there is none."""
    found = offices(actor.party).filter(pk=key).first()
    return found if found is not None and can(actor, Action.PRINT, found) else None


def to_print(actor: Actor, office: PrintOffice) -> QuerySet[Assignment]:
    """What this office is to print and has not, the longest waiting first."""
    standing = Print.objects.filter(kind=Print.Kind.ORIGINAL, end__isnull=True).values("permit_id")
    return (visible_to(actor).filter(office=office, state=State.ACCEPTED).exclude(permit_id__in=standing)
            .select_related("permit__status").order_by("at", "pk"))


def printed(office: PrintOffice, day: date) -> list[Print]:
    """What the office printed on a day (UTC), the newest first."""
    start = datetime(day.year, day.month, day.day, tzinfo=UTC)
    return list(Print.objects.filter(office=office, at__gte=start, at__lt=start + timedelta(days=1))
                .select_related("permit", "office", "by", "end").prefetch_related("reports").order_by("-pk"))


def assignment(actor: Actor, number: str) -> Assignment | None:
    """Where a permit is to be printed, when the actor may see that and may print there."""
    found = (visible_to(actor).filter(permit__number=number, state=State.ACCEPTED)
             .select_related("permit__status").first())
    return found if found is not None and can(actor, Action.PRINT, found.office) else None


def prints_of(permit: int) -> list[Print]:
    """Every print of a permit, the first at the top."""
    return list(Print.objects.filter(permit_id=permit).select_related("office", "by", "end__confirmed_by")
                .prefetch_related("reports__reported_by").order_by("number"))


def told(prints: Iterable[Print]) -> list[Told]:
    """Prints with what became of each."""
    listed = list(prints)
    gone = set(SheetMove.objects.filter(print__in=listed, kind=SheetAct.WRITTEN_OFF.value).values_list(
        "print_id", flat=True))
    return [_told(each, each.pk in gone) for each in listed]


def _told(made: Print, gone: bool) -> Told:
    report = max(made.reports.all(), key=lambda each: each.pk, default=None)
    if hasattr(made, "end"):
        outcome = made.end.kind
    elif gone:
        outcome = SheetAct.WRITTEN_OFF.value
    elif made.kind == Print.Kind.COPY:
        outcome = "copy"
    else:
        outcome = "reported" if report else "standing"
    return Told(made, outcome, compressed(made.sheets), report)


def open_reports(actor: Actor, office: PrintOffice | None = None) -> list[EndReport]:
    """Reports that wait for a second person, those that the actor may confirm."""
    found = (EndReport.objects.filter(party=actor.party, print__end__isnull=True)
             .select_related("print__permit", "print__office", "reported_by").order_by("pk"))
    if office is not None:
        found = found.filter(print__office=office)
    newest = {report.print_id: report for report in found}
    return list(newest.values())


def drawer(party: str, place: PrintOffice | None) -> Drawer:
    """What must lie in this place."""
    sheets = Sheet.objects.filter(party=party, office=place, state__in=UNUSED).order_by("number")
    numbers = list(sheets.values_list("number", flat=True)[:MOST_RANGES + 1])
    shown = compressed(numbers[:MOST_RANGES]) + (" …" if len(numbers) > MOST_RANGES else "")
    return Drawer(place, ledger.balance(party, place), shown, newest_count(party, place))


def newest_count(party: str, place: PrintOffice | None) -> DayCount | None:
    return (DayCount.objects.filter(party=party, office=place).select_related("counted_by", "check_made__checked_by")
            .order_by("-pk").first())


def differences(party: str) -> list[DayCount]:
    """Counts that did not agree, and counts that nobody has checked yet; the newest first."""
    return list(DayCount.objects.filter(party=party).filter(~Q(difference=0) | Q(check_made__isnull=True))
                .select_related("office", "counted_by", "check_made__checked_by").order_by("-pk")[:20])


def missing(party: str) -> list[SheetMove]:
    """Sheets that were lost, the newest first."""
    return list(SheetMove.objects.filter(sheet__party=party, kind=SheetAct.LOST.value)
                .select_related("sheet", "office").order_by("-pk")[:50])


def asked(party: str) -> QuerySet[Assignment]:
    """Permits that holders want printed somewhere, the longest waiting first."""
    return (Assignment.objects.filter(party=party, state=State.ASKED)
            .select_related("permit__organisation", "office").order_by("at", "pk"))


def standing(prints: Iterable[Print]) -> list[Print]:
    """The originals of which nobody recorded the end."""
    return [each for each in prints if each.kind == Print.Kind.ORIGINAL and not hasattr(each, "end")]


def agrees(sheet: Sheet) -> bool:
    """Does the ledger lead to the state of this sheet?"""
    state: SheetState | None = None
    for kind in SheetMove.objects.filter(sheet=sheet).order_by("pk").values_list("kind", flat=True):
        state = step(state, SheetAct(kind))
        if state is None:
            return False
    return state is not None and state.value == sheet.state
