"""Every day: who must be reminded of the annual report, drafts too large to check on a page; after a correction: a word
to the officers when the version that counts no longer says what customs say."""

from __future__ import annotations

import json
from datetime import date, datetime, timedelta
from typing import Any, Final

from django.db import transaction

from wildgate.apps.customs.models import Correction, Endorsement
from wildgate.apps.customs.services.accounts import WRITTEN_BACK
from wildgate.apps.reports import annual_checking, illegal_signing, selectors
from wildgate.apps.reports.annual_models import AnnualReport, AnnualVersion
from wildgate.apps.reports.annual_signing import due_on, report_of
from wildgate.convention.report_row import Basis, Part
from wildgate.kit import events
from wildgate.kit.jobs import enqueue, job
from wildgate.kit.models import Event

BEFORE: Final = (60, 30, 7, 0)
"""So many days before it is due the officers are reminded, as long as the report was not submitted."""
DUE, CORRECTED = "annual-report-due", "annual-report-corrected"


def begin(party: str, at: datetime) -> None:
    """Ask for the daily run now; one that waits already is enough."""
    with transaction.atomic():
        enqueue(each_day, "daily", party=party, at=at, party_code=party)


@job
def each_day(*, at: datetime, party_code: str) -> None:
    """Remind of both reports, check large drafts, and ask for tomorrow's run."""
    remind(party_code, at)
    illegal_signing.remind(party_code, at)
    check_large(party_code, at)
    with transaction.atomic():
        enqueue(each_day, "daily", party=party_code, at=at + timedelta(days=1), party_code=party_code)


def remind(party: str, at: datetime) -> list[int]:
    """An event at each of the steps before the day, once; for last year's report and, when late, the one before. The
    years that were told of."""
    told = []
    for year in (at.year - 2, at.year - 1):
        due = due_on(party, year)
        step = next((days for days in reversed(BEFORE) if (due - at.date()).days <= days), None)
        if step is not None and not _done(party, year, due, at.date()) and _announce(party, year, due, step, at):
            told.append(year)
    return told


def _done(party: str, year: int, due: date, today: date) -> bool:
    """Submitted; or of a year before anything was done here, which nobody is late with."""
    if AnnualVersion.objects.filter(party=party, report__year=year, submitted_on__isnull=False).exists():
        return True
    return today > due and not Endorsement.objects.filter(
        party=party, at__gte=selectors.first(year), at__lt=selectors.first(year + 1)).exists()


def _announce(party: str, year: int, due: date, step: int, at: datetime) -> bool:
    data: dict[str, Any] = {"days": step, "due": due.isoformat()}
    with transaction.atomic():
        report = report_of(party, year)
        events.lock_head(party)
        if Event.objects.filter(party=party, kind=DUE, subject=report.subject,
                                data=json.dumps(data, sort_keys=True, separators=(",", ":"))).exists():
            return False
        events.append(DUE, report.subject, party=party, actor=events.SYSTEM, at=at, data=data)
    return True


def check_large(party: str, at: datetime) -> None:
    """Check the drafts of this year and the last where a page does not wait for it."""
    for year in (at.year - 1, at.year):
        for part in Part:
            if selectors.lines(party, year, part, Basis.ACTUAL, annual_checking.MOST_LIVE) > annual_checking.MOST_LIVE:
                annual_checking.keep(party, year, part, Basis.ACTUAL, at)


@job
def check_now(*, at: datetime, party_code: str, year: int, part: str, basis: str) -> None:
    """Somebody asked for the checks of a large draft. Run again, they are made again."""
    annual_checking.keep(party_code, year, Part(part), Basis(basis), at)


@events.subscribe(WRITTEN_BACK)
def look_again(*, subject: str, seq: int, at: datetime) -> None:
    """Customs corrected a release: if a version of that year was signed, its officers are told. Once an event."""
    for event in Event.objects.filter(subject=subject, seq=seq):
        corrected = (Correction.objects.filter(line__endorsement__party=event.party, at=event.at)
                     .select_related("line__endorsement").order_by("-pk").first())
        if corrected is None:
            continue
        year = corrected.line.endorsement.at.year
        report = AnnualReport.objects.filter(party=event.party, year=year,
                                             versions__state=AnnualVersion.State.SIGNED).first()
        if report is not None:
            _tell_corrected(event, report, at)


def _tell_corrected(event: Event, report: AnnualReport, at: datetime) -> None:
    data = {"event": event.seq}
    with transaction.atomic():
        events.lock_head(event.party)
        told = Event.objects.filter(party=event.party, kind=CORRECTED, subject=report.subject,
                                    data=json.dumps(data, sort_keys=True, separators=(",", ":")))
        if not told.exists():
            events.append(CORRECTED, report.subject, party=event.party, actor=events.SYSTEM, at=at, data=data)
