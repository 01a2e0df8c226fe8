"""After an authority's standing word: the cases under review learn of it, each under its own lock."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from wildgate.apps.findings.selectors import versions
from wildgate.apps.findings.services import EVENTS
from wildgate.apps.permits.books import findings
from wildgate.apps.permits.models import Application, Finding
from wildgate.apps.permits.services.moving import locked
from wildgate.convention.lifecycle import CaseState
from wildgate.kit import events
from wildgate.kit.models import Event

UNDECIDED = (CaseState.SUBMITTED, CaseState.IN_REVIEW, CaseState.ASKED, CaseState.WITH_SCIENTIST)


def tell_cases(*, subject: str, seq: int, at: datetime) -> None:
    """Make or open again the findings of undecided cases; decided ones are asked at issue. Run again, all stays."""
    number = subject.removeprefix("standing:")
    for party in Event.objects.filter(subject=subject, seq=seq).values_list("party", flat=True):
        kinds = Finding.objects.filter(application__party=party, application__state__in=UNDECIDED)
        cases = kinds.filter(kind__in=_kinds(party, number)).order_by("application_id")
        for case in list(cases.values_list("application__number", flat=True).distinct()):
            with transaction.atomic():
                application = locked(party, case)
                if isinstance(application, Application) and application.case_state in UNDECIDED:
                    findings.refresh(application, at)


def _kinds(party: str, number: str) -> list[str]:
    return [row.standing.kind for row in versions(party, number)[:1]]


for event in EVENTS:
    events.subscribe(event)(tell_cases)
