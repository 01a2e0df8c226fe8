"""`/metrics`: how the installation is, as numbers that Prometheus reads (text format 0.0.4). None is about a person.

Every number is read from the database or the home folder when it is asked for, so that all processes of the server
answer alike. The names of jobs are our own words; keys, errors and addresses are not shown.
"""

from __future__ import annotations

import hmac
import shutil
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Final

from django.conf import settings
from django.db.models import Count, F, Min, Q
from django.http import Http404, HttpResponse

from wildgate.apps.accounts.gate import Request, public
from wildgate.apps.accounts.models import Emergency
from wildgate.apps.exchange.models import Message
from wildgate.apps.exchange.models.post import WAITING
from wildgate.apps.permits.models import Permit
from wildgate.apps.quotas.models import QuotaBalance
from wildgate.kit import events
from wildgate.kit.models import Job
from wildgate.site import profiles
from wildgate.site.backup import remembering
from wildgate.site.operations import selectors as operating

CONTENT_TYPE: Final = "text/plain; version=0.0.4; charset=utf-8"
SEALING: Final = ("permits.",)
"""Jobs that sign: documents and lists of permits."""


@dataclass(frozen=True, slots=True)
class Metric:
    """One name with its meaning, and its values by their labels."""

    name: str
    meaning: str
    values: tuple[tuple[dict[str, str], float], ...]


@public
def metrics(request: Request) -> HttpResponse:
    """The numbers, for whoever shows the token of `WILDGATE_METRICS_TOKEN`; without one there is no such page."""
    shown = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if not settings.METRICS_TOKEN or not hmac.compare_digest(shown.encode(), settings.METRICS_TOKEN.encode()):
        raise Http404("There is no such page.")
    response = HttpResponse(written(measured(request.at)), content_type=CONTENT_TYPE)
    response["Cache-Control"] = "no-store"
    return response


def measured(at: datetime) -> list[Metric]:
    """Everything that is counted, now."""
    return [*_jobs(at), *_exchange(at), *_lists(at), *_ledgers(at.date()), *_emergencies(at), *_safety(at),
            *_disk()]


def written(found: Iterable[Metric]) -> str:
    """The text format: a HELP and a TYPE line for each name, then its values."""
    return "".join(f"{line}\n" for metric in found for line in _lines(metric))


def _lines(metric: Metric) -> Iterator[str]:
    yield f"# HELP {metric.name} {metric.meaning}"
    yield f"# TYPE {metric.name} gauge"
    for labels, value in metric.values:
        inside = ",".join(f'{name}="{_escaped(text)}"' for name, text in sorted(labels.items()))
        yield f"{metric.name}{{{inside}}} {value:g}" if inside else f"{metric.name} {value:.10g}"


def _escaped(text: str) -> str:
    return text.replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n")


def _jobs(at: datetime) -> Iterator[Metric]:
    """What waits, runs and has failed; how long the oldest that is due has waited; and which signing jobs fail."""
    rows = list(Job.objects.filter(party=settings.PARTY).values("name", "state").annotate(number=Count("id")))
    yield Metric("wildgate_jobs", "Jobs by name and state.", tuple(
        ({"name": row["name"], "state": row["state"]}, row["number"]) for row in rows))
    states = {state: sum(row["number"] for row in rows if row["state"] == state) for state in Job.State.values}
    yield Metric("wildgate_jobs_total", "Jobs by state.", tuple(
        ({"state": state}, number) for state, number in states.items()))
    due = Job.objects.filter(party=settings.PARTY, state=Job.State.WAITING, run_after__lte=at).exclude(
        name__in=profiles.resting())
    yield Metric("wildgate_jobs_oldest_due_seconds", "How long the oldest job that is due has waited.",
                 (({}, _age(due.aggregate(first=Min("run_after"))["first"], at)),))
    failing = Q(party=settings.PARTY, attempts__gt=0) & ~Q(last_error="")
    signing = Q(*[("name__startswith", prefix) for prefix in SEALING], _connector=Q.OR)
    yield Metric("wildgate_sign_failures", "Jobs that sign or publish permits and have failed at least once.",
                 (({}, Job.objects.filter(failing & signing).count()),))


def _exchange(at: datetime) -> Iterator[Metric]:
    """What waits for partners, and how long the oldest of it has."""
    rows = (Message.objects.filter(party=settings.PARTY, state__in=(*WAITING, Message.State.DEAD))
            .values("partner").annotate(waiting=Count("id", filter=Q(state__in=WAITING)),
                                        dead=Count("id", filter=Q(state=Message.State.DEAD)),
                                        first=Min("queued_at", filter=Q(state__in=WAITING))).order_by("partner"))
    found = list(rows)
    yield Metric("wildgate_exchange_waiting", "Messages that wait for a partner.", tuple(
        ({"partner": row["partner"]}, row["waiting"]) for row in found))
    yield Metric("wildgate_exchange_dead", "Messages that could not be delivered and wait for a person.", tuple(
        ({"partner": row["partner"]}, row["dead"]) for row in found))
    yield Metric("wildgate_exchange_lag_seconds", "How long the oldest message for a partner has waited.", tuple(
        ({"partner": row["partner"]}, _age(row["first"], at)) for row in found))


def _lists(at: datetime) -> Iterator[Metric]:
    """How old the signed lists are that verifiers fetch."""
    home = Path(settings.HOME)
    files = {"trust": home / "trust.cwt", "status": home / "status" / settings.PARTY / "index.cwt"}
    ages = tuple(({"list": name}, max(0.0, at.timestamp() - file.stat().st_mtime))
                 for name, file in files.items() if file.exists())
    yield Metric("wildgate_list_age_seconds", "Age of the signed lists; one that is not there has none.", ages)


def _ledgers(today: date) -> Iterator[Metric]:
    """Permits and events; and quotas of which nothing is free: the next application for them is refused."""
    yield Metric("wildgate_events", "Events in the chain.", (({}, events.count(settings.PARTY)),))
    yield Metric("wildgate_permits", "Permits issued.", (({}, Permit.objects.filter(party=settings.PARTY).count()),))
    full = QuotaBalance.objects.filter(quota__party=settings.PARTY, quota__start__lte=today, quota__end__gte=today,
                                       amount__gt=0, amount__lte=F("reserved") + F("bound") + F("used"))
    yield Metric("wildgate_quotas_full", "Quotas in force, and shares in them, of which nothing is free.",
                 (({}, full.count()),))


def _emergencies(at: datetime) -> Iterator[Metric]:
    """Emergency rights that run now, and those that nobody has reviewed though their days for it are over."""
    rows = list(Emergency.objects.filter(party=settings.PARTY, reviewed_at=None))
    yield Metric("wildgate_emergency_rights_running", "Emergency rights that run now.",
                 (({}, sum(each.runs(at) for each in rows)),))
    yield Metric("wildgate_emergency_rights_overdue", "Emergency rights whose review is overdue.",
                 (({}, sum(each.due < at for each in rows)),))


def _safety(at: datetime) -> Iterator[Metric]:
    """How long ago the installation was backed up, and a restore practised with success; never done has no age."""
    backup, green = remembering.last(Path(settings.HOME)), operating.last_green(settings.PARTY)
    yield Metric("wildgate_backup_age_seconds", "Time since the last wildgate backup; other copies are not seen.",
                 (({}, _age(backup.at, at)),) if backup else ())
    yield Metric("wildgate_drill_age_seconds", "Time since the last restore drill that ended green.",
                 (({}, _age(green, at)),) if green else ())


def _disk() -> Iterator[Metric]:
    """Room left where documents, lists and, with SQLite, the database are."""
    usage = shutil.disk_usage(settings.HOME)
    yield Metric("wildgate_disk_free_bytes", "Room left in WILDGATE_HOME.", (({}, usage.free),))
    yield Metric("wildgate_disk_size_bytes", "Size of the disk of WILDGATE_HOME.", (({}, usage.total),))


def _age(first: datetime | None, at: datetime) -> float:
    return max(0.0, (at - first).total_seconds()) if first else 0.0
