"""What an event tells internal control: issue out of hours, replacements in series, rules passed over, late changes."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import Sum

from wildgate.apps.accounts.models import Post
from wildgate.apps.controls.hours import hours_of, limits_of
from wildgate.apps.controls.models import Limits, Note
from wildgate.apps.houserules.models import Member
from wildgate.apps.permits.answers import declared_value
from wildgate.apps.permits.models import Application, Permit
from wildgate.apps.quotas.models import QuotaHold
from wildgate.convention.lifecycle import Step
from wildgate.convention.permit import plain
from wildgate.convention.vocabulary import Appendix
from wildgate.kit import events
from wildgate.kit.models import Event

RAISED = "control-raised"
EDITS = frozenset({"answer", "attachment-added", "attachment-removed", "finding"})
"""What changes the file of a case that the Scientific Authority has seen."""


def look_at_issue(event: Event) -> list[Note]:
    """The notes that an issued permit raises."""
    permit = (Permit.objects.select_related("application").filter(party=event.party, number=_number(event.subject))
              .first())
    if permit is None:
        return []
    limits, people = limits_of(event.party, event.at), acting(permit.application, event.actor)
    found: list[tuple[Note.Kind, dict[str, Any]]] = []
    if not hours_of(event.party, event.at).works(event.at):
        found.append((Note.Kind.HOURS, {"hour": event.at.isoformat(timespec="minutes")}))
    if permit.application.replaces_id and (count := reissues(permit, event.at, limits)) >= limits.reissues:
        found.append((Note.Kind.SERIES, {"replacements": count, "days": limits.reissue_days}))
    if (above := above_limits(permit, limits)) and len(people) and one_unit(event.party, people):
        found.append((Note.Kind.ONE_UNIT, above))
    return [_raise(event, kind, facts, people, permit.organisation_id) for kind, facts in found]


def look_at_override(event: Event) -> list[Note]:
    """An officer passed over a point of the checklist."""
    case = Application.objects.filter(party=event.party, number=_number(event.subject)).first()
    point = str(json.loads(event.data).get("point", ""))
    people = acting(case, event.actor) if case else _people([event.actor])
    return [_raise(event, Note.Kind.OVERRIDE, {"point": point}, people, case.organisation_id if case else None)]


def look_at_edit(event: Event) -> list[Note]:
    """Did this change a case on which the Scientific Authority had given its opinion?

    A finding counts when it was made before the opinion and is now made anew; a first finding is the ordinary way.
    """
    earlier = Event.objects.filter(party=event.party, subject=event.subject, seq__lt=event.seq)
    opinion = earlier.filter(kind=Step.GIVE_OPINION.value).order_by("-seq").values_list("seq", flat=True).first()
    if opinion is None or earlier.filter(kind=Step.ASK_OPINION.value, seq__gt=opinion).exists():
        return []
    data = json.loads(event.data)
    if event.kind == "finding":
        before = earlier.filter(kind="finding", seq__lt=opinion).values_list("data", flat=True)
        if not any(json.loads(each).get("kind") == data.get("kind") for each in before):
            return []
    case = Application.objects.filter(party=event.party, number=_number(event.subject)).first()
    facts = {"change": event.kind, **({"finding": data.get("kind")} if event.kind == "finding" else {})}
    people = acting(case, event.actor) if case else _people([event.actor])
    return [_raise(event, Note.Kind.EDITED, facts, people, case.organisation_id if case else None)]


def acting(case: Application, *labels: str) -> list[int]:
    """The officers who work or worked on a case, with the actors named."""
    known = [case.officer_id, case.decided_by_id, case.countersigned_by_id]
    return sorted({*(key for key in known if key is not None), *_people(labels)})


def reissues(permit: Permit, at: datetime, limits: Limits) -> int:
    """Permits that took the place of others, for the same firm within the days that are looked at."""
    return Permit.objects.filter(
        party=permit.party, organisation=permit.organisation_id, application__replaces__isnull=False,
        issued_at__gt=at - timedelta(days=limits.reissue_days), issued_at__lte=at).count()


def above_limits(permit: Permit, limits: Limits) -> dict[str, Any]:
    """By what a permit is one for people of two units: Appendix I, a large share of a quota, the declared value of the
    goods. Empty: by nothing."""
    found: dict[str, Any] = {}
    value = declared_value(permit.application.answers)
    if limits.value is not None and value is not None and value >= limits.value:
        found["value"] = plain(value)
    if limits.appendix_one and permit.lines.filter(appendix=Appendix.I.value).exists():
        found["appendix"] = Appendix.I.value
    holds = (QuotaHold.objects.filter(subject__in=[permit.subject, permit.application.subject],
                                      balance__quota__party=permit.party)
             .values_list("balance__quota", "balance__quota__amount").annotate(q=Sum("quantity")).order_by())
    for quota, amount, quantity in holds:
        if amount and quantity * 100 >= amount * limits.quota_percent:
            found |= {"quota": quota, "percent": int(Decimal(quantity) * 100 / amount)}
    return found


def one_unit(party: str, people: Iterable[int]) -> bool:
    """Do all these people belong to one unit? Units are teams; somebody in no team belongs to their authority."""
    keys = list(people)
    units: dict[int, set[str]] = {key: set() for key in keys}
    for person, team in Member.objects.filter(person__in=keys, team__party=party).values_list("person", "team"):
        units[person].add(f"team:{team}")
    homeless = [key for key in keys if not units[key]]
    for person, authority in Post.objects.filter(
            person__in=homeless, party=party, authority__isnull=False).values_list("person", "authority"):
        units[person].add(f"authority:{authority}")
    return len(keys) < 2 or bool(set.intersection(*units.values()))


def _raise(event: Event, kind: Note.Kind, facts: dict[str, Any], people: list[int], organisation: int | None) -> Note:
    """Write the note once, however often the job runs."""
    with transaction.atomic():
        note, new = Note.objects.get_or_create(
            party=event.party, kind=kind, seq=event.seq, defaults={
                "subject": event.subject, "organisation_id": organisation, "concerned": people, "facts": facts,
                "happened_at": event.at, "raised_at": event.at})
        if new:
            events.append(RAISED, note.own_subject, party=event.party, actor=events.SYSTEM, at=event.at,
                          data={"kind": kind.value, "event": event.seq})
    return note


def _people(labels: Iterable[str]) -> list[int]:
    return [int(label.removeprefix("person:")) for label in labels if label.startswith("person:")]


def _number(subject: str) -> str:
    return subject.partition(":")[2].partition("/")[0]
