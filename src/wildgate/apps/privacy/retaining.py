"""Which rule of retention holds, and what is due by it on a day: reads only, so that a dry run deletes nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any, Final

from django.db.models import Q, QuerySet

from wildgate.apps.accounts.models import Person, Post
from wildgate.apps.carriers.models import Lead
from wildgate.apps.houserules import retained, selectors
from wildgate.apps.houserules.kinds import Retention
from wildgate.apps.houserules.retained import NEVER, Kept, Record
from wildgate.apps.letters.models import Letter
from wildgate.apps.permits.models import Application
from wildgate.apps.privacy.models import Erasure, SubjectRequest
from wildgate.convention.lifecycle import CaseState
from wildgate.kit import holds

CLOSED: Final = (CaseState.REFUSED.value, CaseState.WITHDRAWN.value)


@dataclass(frozen=True, slots=True)
class Rule:
    """A class of records with the years that hold here. `set_here`: two people of the house set them."""

    code: str
    kept: Kept
    years: int
    set_here: bool

    def before(self, on: date) -> datetime | None:
        """What is older than this moment is due on that day; None: nothing ever is."""
        if self.years == NEVER:
            return None
        return datetime.combine(back(on, self.years), time(), UTC)


def rules(party: str, on: date) -> list[Rule]:
    """Every class that a house sets, with the years in force on that day. A floor holds whatever was stored."""
    said = {each.record: each.years for each in selectors.values(party, Retention, on=on)}
    return [Rule(code, kept, NEVER if said.get(code) == NEVER else max(said.get(code, kept.years), kept.least),
                 code in said) for code, kept in retained.RULES.items()]


def back(day: date, years: int) -> date:
    """The same day so many years earlier; 29 February becomes 28 February."""
    return _in_year(day, day.year - years)


def ahead(day: date, years: int) -> date:
    return _in_year(day, day.year + years)


def _in_year(day: date, year: int) -> date:
    try:
        return day.replace(year=year)
    except ValueError:
        return day.replace(year=year, day=28)


def refused_due(party: str, before: datetime) -> QuerySet[Any]:
    """Cases that ended without a permit so long ago, and still hold what was typed."""
    return Application.objects.filter(party=party, state__in=CLOSED, changed_at__lt=before).exclude(answers={})


def drafts_due(party: str, before: datetime) -> QuerySet[Any]:
    return Application.objects.filter(party=party, state=CaseState.DRAFT.value, submitted_at=None, rulings=None,
                                      changed_at__lt=before)


def letters_due(party: str, before: datetime) -> QuerySet[Any]:
    return Letter.objects.filter(party=party, at__lt=before)


def accounts_due(party: str, before: datetime) -> QuerySet[Any]:
    """Closed accounts, last used so long ago; who ever held a post at an authority keeps the name that acted."""
    unused = Q(last_login__lt=before) | Q(last_login=None, joined_at__lt=before)
    return (Person.objects.filter(unused, is_active=False, posts__party=party)
            .exclude(pk__in=Post.objects.filter(authority__isnull=False).values("person"))
            .exclude(pk__in=Erasure.objects.values("person")).distinct())


def leads_due(party: str, before: datetime) -> QuerySet[Any]:
    return Lead.objects.filter(party=party, decided_at__lt=before).exclude(sender="", receiver="")


def requests_due(party: str, before: datetime) -> QuerySet[Any]:
    return (SubjectRequest.objects.filter(party=party, asked_at__lt=before)
            .exclude(state__in=(SubjectRequest.State.ASKED, SubjectRequest.State.READY)))


DUE: Final[Mapping[str, Callable[[str, datetime], QuerySet[Any]]]] = {
    Record.REFUSED.value: refused_due, Record.DRAFT.value: drafts_due, Record.LETTER.value: letters_due,
    Record.ACCOUNT.value: accounts_due, Record.LEAD.value: leads_due, Record.REQUEST.value: requests_due,
}


def subject_of(row: Any) -> str:
    """By which holds know the row."""
    if isinstance(row, Person):
        return f"person:{row.pk}"
    if isinstance(row, Letter):
        return row.subject or f"person:{row.person_id}"
    if isinstance(row, SubjectRequest):
        return f"person:{row.person_id}" if row.person_id else row.subject
    return row.subject if isinstance(row, Application) else f"lead:{row.pk}"


def things_of(row: Any) -> tuple[str, ...]:
    """Everything whose hold keeps the row: a letter is about its case and to its person."""
    own = subject_of(row)
    return (own, f"person:{row.person_id}") if isinstance(row, Letter) else (own,)


@dataclass(frozen=True, slots=True)
class Due:
    """What a rule lets go on a day: how many, and how many a hold keeps back."""

    rule: Rule
    count: int
    held: int


def dry_run(party: str, on: date) -> list[Due]:
    """What would go on that day, by the rules that hold then. Nothing is changed."""
    found = []
    for rule in rules(party, on):
        before = rule.before(on)
        rows = DUE[rule.code](party, before) if before is not None else None
        count = rows.count() if rows is not None else 0
        kept = sum(is_held(party, row) for row in rows) if rows is not None and holds.in_force(party) else 0
        found.append(Due(rule, count - kept, kept))
    return found


def is_held(party: str, row: Any) -> bool:
    return bool(holds.among(party, things_of(row)))


def may_go(party: str, code: str, rows: Iterable[Any], on: date) -> date | None:
    """The first day on which the rule lets the last of these rows go; None where it never does, or nothing tells."""
    rule = next((each for each in rules(party, on) if each.code == code), None)
    if code == "case":
        rule = next(each for each in rules(party, on) if each.code == Record.REFUSED.value)
        states = {getattr(_case(row), "state", "") for row in rows}
        if not states or not states <= set(CLOSED):
            return None  # an open case has no last day yet, and one with a permit stays with it
        days = [_case(row).changed_at.date() for row in rows]
        return ahead(max(days), rule.years) if rule.years != NEVER else None
    if rule is None or rule.years == NEVER:
        return None
    days = [getattr(row, "at", None) or getattr(row, "asked_at", None) for row in rows]
    known = [each.date() for each in days if each is not None]
    return ahead(max(known), rule.years) if known else None


def _case(row: Any) -> Any:
    return row if isinstance(row, Application) else getattr(row, "application", row)
