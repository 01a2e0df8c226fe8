"""Signing the illegal trade report: what is sent is frozen with its digest, and what changed since is shown."""

from __future__ import annotations

import csv
import hashlib
import io
import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from django.db import transaction

from wildgate.apps.accounts.access import Action, Actor, require
from wildgate.apps.reports import illegal
from wildgate.apps.reports.annual_signing import usual_day
from wildgate.apps.reports.illegal_models import IllegalVersion
from wildgate.convention.refusal import Refusal, refuse
from wildgate.convention.report_checks import Severity
from wildgate.kit import events
from wildgate.kit.models import Event

BEFORE: Final = (60, 30, 7, 0)
"""So many days before it is due the authority is reminded, as long as the report was not signed."""
DUE: Final = "illegal-report-due"
LONGEST_REASON = 300


@dataclass(frozen=True, slots=True)
class Change:
    """A row that stands otherwise than in the last signed version: `added` now, or `gone` since."""

    incident: str
    species: str
    added: bool


def due_on(party: str, year: int) -> date:
    """When the report of a year is due: the day that holds for the annual report where nothing else is set."""
    return usual_day(party, year)


def remind(party: str, at: datetime) -> bool:
    """An event at each step before the day that last year's report is due, once; was there one now?"""
    year, subject = at.year - 1, f"illegal-report:{at.year - 1}"
    left = (due_on(party, year) - at.date()).days
    step = next((days for days in reversed(BEFORE) if left <= days), None)
    if step is None or IllegalVersion.objects.filter(party=party, year=year).exists():
        return False
    with transaction.atomic():
        events.lock_head(party)
        told = Event.objects.filter(party=party, kind=DUE, subject=subject).values_list("data", flat=True)
        if any(json.loads(data)["days"] <= step for data in told):
            return False
        events.append(DUE, subject, party=party, actor=events.SYSTEM, at=at, data={"days": step})
    return True


def versions(party: str, year: int) -> list[IllegalVersion]:
    """The signed versions, the newest first."""
    return list(IllegalVersion.objects.filter(party=party, year=year).select_related("signed_by").order_by("-version"))


def sign(*, actor: Actor, year: int, shared: bool, at: datetime, why: str = "") -> IllegalVersion | Refusal:
    """Freeze the report of a year that is over. Errors are repaired first; a new version says why there is one."""
    if refused := require(actor, Action.SIGN_ILLEGAL_REPORT):
        return refused
    if year >= at.year:
        return refuse("year-not-over", "The year %(year)s is not over: its report is a draft until then.", year=year)
    reason = " ".join(why.split())[:LONGEST_REASON]
    with transaction.atomic():
        events.lock_head(actor.party)
        rows = illegal.report_rows(actor.party, year)
        found = illegal.findings(actor.party, year, rows)
        errors = sum(each.severity is Severity.ERROR for each in found)
        if errors:
            return refuse("has-errors", "Repair what is wrong before the report is signed; errors: %(count)s.",
                          count=errors)
        last = IllegalVersion.objects.filter(party=actor.party, year=year).order_by("-version").first()
        text = illegal.to_csv(row.cells(illegal.columns()) for row in rows)
        if last is not None and not reason:
            return refuse("missing", "Say why the report is signed again.", field="why")
        if last is not None and last.content == text and last.shared == shared:
            return refuse("nothing-new", "Nothing changed since version %(version)s.", version=last.version)
        made = IllegalVersion.objects.create(
            party=actor.party, year=year, version=last.version + 1 if last else 1, content=text,
            digest=hashlib.sha256(text.encode()).hexdigest(), rows=len(rows), shared=shared, why=reason,
            incidents=len({row.incident for row in rows}), warnings=len(found), signed_by_id=actor.own_id, signed_at=at)
        events.append("illegal-report-signed", f"illegal-report:{year}", party=actor.party, actor=actor.label, at=at,
                      note=reason, data={"version": made.version, "digest": made.digest, "rows": made.rows,
                                         "shared": shared, **actor.signed})
    return made


def changes(last: IllegalVersion, now: Iterable[tuple[str, ...]]) -> list[Change]:
    """The rows that were added to or went from the report since it was signed; a changed row is one of each."""
    then, today = _lines(last.content), _lines(illegal.to_csv(now))
    keys = [column.key for column in illegal.columns()]
    incident, species = keys.index("incident") if "incident" in keys else -1, keys.index("species")
    return sorted((Change(row[incident] if incident >= 0 else "", row[species], added)
                   for found, added in ((today - then, True), (then - today, False)) for row in found),
                  key=lambda each: (each.incident, each.species, each.added))


def _lines(text: str) -> Counter[tuple[str, ...]]:
    return Counter(tuple(row) for row in list(csv.reader(io.StringIO(text)))[1:])
