"""An application as it is counted: when it came, how it ended, how long that took, what it was about."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.db.models import QuerySet

from wildgate.apps.figures.models import Case, Outcome
from wildgate.apps.houserules.selectors import calendar_of
from wildgate.apps.houserules.working_days import Calendar
from wildgate.apps.permits.models import Application
from wildgate.apps.species.registry import law_of
from wildgate.convention.lifecycle import CaseState, Step
from wildgate.convention.listing import Law
from wildgate.convention.taxonomy import Taxon
from wildgate.convention.vocabulary import Kingdom
from wildgate.kit.models import Event

ENDS = {CaseState.ISSUED: Outcome.ISSUED, CaseState.REFUSED: Outcome.REFUSED, CaseState.APPEALED: Outcome.REFUSED,
        CaseState.WITHDRAWN: Outcome.WITHDRAWN}
"""A refusal stays counted while the applicant's appeal is heard."""
BY_STEP = {Outcome.ISSUED: Step.ISSUE, Outcome.REFUSED: Step.REFUSE, Outcome.WITHDRAWN: Step.WITHDRAW}
SEVERAL = "several"
FIELDS = [each.name for each in Case._meta.fields if not each.primary_key]


def refresh(applications: QuerySet[Application]) -> set[date]:
    """Write these applications down as they are now; the months that this touches, before and after, by first day."""
    found = list(applications.filter(submitted_at__isnull=False).select_related("permit__status")
                 .defer("answers", "trade", "retrospective"))
    if not found:
        return set()
    party = found[0].party
    before = Case.objects.filter(pk__in=[application.pk for application in found])
    months = set(before.values_list("received_on", "closed_on"))
    ends, calendar, law = _ends(party, found), calendar_of(party), law_of(party)
    cases = [_case(application, ends, calendar, law) for application in found]
    Case.objects.bulk_create(cases, update_conflicts=True, unique_fields=["application"], update_fields=FIELDS)
    months |= {(case.received_on, case.closed_on) for case in cases}
    return {day.replace(day=1) for pair in months for day in pair if day is not None}


def _ends(party: str, applications: Iterable[Application]) -> dict[tuple[str, str], date]:
    """When each step that ends a case was last taken, by subject and step."""
    steps = [step.value for step in BY_STEP.values()]
    told = Event.objects.filter(party=party, subject__in=[each.subject for each in applications], kind__in=steps)
    return {(subject, kind): at.date() for subject, kind, at in told.order_by("seq").values_list(
        "subject", "kind", "at")}


def _case(application: Application, ends: dict[tuple[str, str], date], calendar: Calendar, law: Law) -> Case:
    assert application.submitted_at is not None  # noqa: S101  (the query asks for it)
    received = application.submitted_at.date()
    outcome = ENDS.get(application.case_state, Outcome.OPEN)
    closed = ends.get((application.subject, BY_STEP[outcome].value)) if outcome else None
    permit = getattr(application, "permit", None)
    lines = (application.ruling or {}).get("lines", [])
    return Case(
        application=application, party=application.party, direction=application.direction, team_id=application.team_id,
        appendix=min((str(line.get("appendix") or "-") for line in lines), key=_strictness, default="")[:3],
        group=_group(law, [str(line.get("accepted") or "") for line in lines])[:40], perishable=application.perishable,
        received_on=received, closed_on=closed, outcome=outcome.value if closed else "",
        ground=_ground(application) if outcome is Outcome.REFUSED else "",
        days=calendar.between(received, closed) if closed else None,
        promised=calendar.between(received, application.due_on) if application.due_on else None,
        permit_kind=permit.kind if permit else "", permit_until=permit.valid_until if permit else None,
        permit_state=permit.status.state if permit else "")


def _strictness(appendix: str) -> int:
    return {"I": 0, "II": 1, "III": 2}.get(appendix, 3)


def _ground(application: Application) -> str:
    """The legal ground of a refusal, as the officer chose or wrote it."""
    told = application.refusal or {}
    ground = told.get("ground") or told.get("basis") or ""
    return ("; ".join(map(str, ground)) if isinstance(ground, list) else str(ground))[:120]


def _group(law: Law, names: list[str]) -> str:
    groups = {_group_of(law, name) for name in names if name} or {""}
    return groups.pop() if len(groups) == 1 else SEVERAL


def _group_of(law: Law, name: str) -> str:
    """The class of an animal, or the kingdom of a plant, as far as the name can be placed."""
    found = law.resolve(name)
    if not isinstance(found, Taxon):
        return ""
    return found.class_ if found.kingdom is Kingdom.ANIMAL and found.class_ else found.kingdom.value
