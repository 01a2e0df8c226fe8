"""What an officer has on the desk: one case with all that a decision rests on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cached_property
from typing import Any

from django.db.models import Count, F, Q
from django.utils.translation import ngettext

from wildgate.apps.accounts.access import Action, Actor, can
from wildgate.apps.houserules.selectors import calendar_of
from wildgate.apps.permits import searching, selectors
from wildgate.apps.permits.models import Application, Consultation, Opinion, Permit, PermitLine, StoredRuling
from wildgate.apps.permits.queues import Clock, Row, clock, row_of
from wildgate.apps.species.common_names import common_name
from wildgate.convention import lifecycle
from wildgate.convention.lifecycle import CLOSED, CaseState, PermitAct, PermitState, Step
from wildgate.convention.outcome import Ruling
from wildgate.convention.refusal import Refusal
from wildgate.convention.ruling import ruling_json
from wildgate.kit.sentences import in_words
from wildgate.kit.sorting import Sorted

S = CaseState
EARLIER = 5
MOST_LINKED = 12
NUMBERS = ("origin_permit", "last_permit")
ACTS = {"cancel": (PermitAct.CANCELLED, Action.CANCEL), "suspend": (PermitAct.SUSPENDED, Action.SUSPEND),
        "reinstate": (PermitAct.REINSTATED, Action.REINSTATE), "replace": (PermitAct.REPLACED, Action.REPLACE)}
"""Pages on which an officer does something to an issued permit, with the act and the right behind each."""


@dataclass(frozen=True, slots=True)
class Specimen:
    """One line of the application beside what the law said about it."""

    position: int
    taxon: str
    accepted: str
    common_name: str
    term: str
    quantity: str
    unit: str
    source: str
    second_source: str
    origin: str
    appendix: str
    annotation: str
    listing: str
    rule: str
    decision: str
    description: str
    marks: tuple[str, ...]
    origin_permit: str
    region: str = ""
    plan: str = ""


def specimens(case: Application) -> list[Specimen]:
    """The lines in the order of the application."""
    trade, ruled = (case.trade or {}).get("lines", []), (case.ruling or {}).get("lines", [])
    typed = case.answers.get("lines", [])
    return [_specimen(i, *parts) for i, parts in enumerate(zip(trade, ruled, typed, strict=False), start=1)]


def _specimen(position: int, line: Mapping[str, Any], ruled: Mapping[str, Any], typed: Mapping[str, str]) -> Specimen:
    return Specimen(
        position=position,
        taxon=line["taxon"],
        accepted=ruled["accepted"],
        common_name=common_name(ruled["accepted"]),
        term=line["term"],
        quantity=line["quantity"],
        unit=line["unit"],
        source=line["source"],
        second_source=line.get("second_source", ""),
        origin=line["origin"],
        appendix=ruled["appendix"] or "",
        annotation=ruled["annotation"] or "",
        listing=ruled["listing"] or "",
        rule=ruled["rule"] or "",
        decision=ruled["decision"],
        description=typed.get("description", ""),
        origin_permit=typed.get("origin_permit", ""),
        region=typed.get("region", ""),
        plan=typed.get("plan", ""),
        marks=tuple(mark.strip() for mark in typed.get("marks", "").split("\n") if mark.strip()),
    )


def taxa_of(case: Application) -> list[str]:
    """The accepted names of the case, each once."""
    return list(dict.fromkeys(line["accepted"] for line in (case.ruling or {}).get("lines", [])))


@dataclass(frozen=True, slots=True)
class History:
    """What the holder did before: permits by fate, refused applications, the newest permits."""

    permits: int
    cancelled: int
    lost: int
    refused: int
    last: list[Permit]


def history_of(case: Application, actor: Actor) -> History:
    """The holder's earlier permits and refused applications, without this case."""
    earlier = selectors.permits_visible_to(actor).filter(organisation_id=case.organisation_id).exclude(application=case)
    fates = earlier.aggregate(
        permits=Count("pk"),
        cancelled=Count("pk", filter=Q(status__state=PermitState.CANCELLED.value)),
        lost=Count("pk", filter=Q(status__state=PermitState.LOST.value)),
    )
    refused = (
        selectors.applications_visible_to(actor)
        .exclude(pk=case.pk)
        .filter(organisation_id=case.organisation_id, state=S.REFUSED.value)
        .count()
    )
    last = list(earlier.select_related("status").order_by("-issued_at", "-pk")[:EARLIER])
    return History(fates["permits"], fates["cancelled"], fates["lost"], refused, last)


def similar(case: Application, actor: Actor) -> list[PermitLine]:
    """The newest permit lines of the same taxa, whoever holds them; nothing to those who do not see every permit."""
    if not actor.has(*selectors.SEE_ALL):
        return []
    return list(
        PermitLine.objects.alias(own_party=Sorted("permit__party"))
        .filter(own_party=actor.party, taxon__in=taxa_of(case))
        .exclude(permit__application=case)
        .select_related("permit__organisation", "permit__status")
        .order_by("-permit_id", "position")[:EARLIER]
    )


def earlier_opinions(case: Application, actor: Actor) -> list[Opinion]:
    """The newest opinions on other cases with a taxon of this one, or with a subspecies or population of it."""
    same = Application.objects.filter(searching.about_taxa(taxa_of(case)[:20]))
    return list(
        Opinion.objects.filter(application__in=same & selectors.applications_visible_to(actor))
        .exclude(application=case)
        .select_related("person", "application__organisation")
        .order_by("-at", "-pk")[: EARLIER * 2]
    )


def newest_opinions(actor: Actor) -> list[Opinion]:
    """The newest opinions of the Scientific Authority on any case."""
    newest = (Opinion.objects.alias(own_party=Sorted("application__party")).filter(own_party=actor.party)
              .select_related("person", "application__organisation").order_by("-pk")[: EARLIER * 2])
    return [each for each in newest if can(actor, Action.VIEW_APPLICATION, each.application)]


@dataclass(frozen=True, slots=True)
class Today:
    """Today's ruling where it is not the stored one: its decision, or the reason why there is none.

    The stored one stands; `closed`: nothing more will be issued by today's law either.
    """

    decision: str
    reasons: tuple[str, ...]
    law: str
    closed: bool = False


def rulings_of(case: Application) -> list[StoredRuling]:
    """The rulings that were stored for the case, the newest last."""
    return list(case.rulings.order_by("pk"))


def today(case: Application, on: date, stored: Sequence[StoredRuling] = ()) -> Today | None:
    """None while the law still says what it said when it was last asked: at submission, or at issue."""
    if not case.ruling:
        return None
    closed = case.case_state in CLOSED
    ruling = selectors.live_ruling(case, on)
    if not isinstance(ruling, Ruling):
        return Today("", _reasons(ruling), case.law.date, closed)
    issued = next((each.ruling for each in stored if each.step == Step.ISSUE), case.ruling)
    if _answer(ruling_json(ruling)) == _answer(issued):
        return None
    return Today(ruling.decision.value, _reasons(ruling.refusals), ruling.law, closed)


def _answer(ruling: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in ruling.items() if key not in ("law", "warnings")}


def _reasons(refusals: tuple[Refusal, ...]) -> tuple[str, ...]:
    return tuple(in_words(refusal) for refusal in refusals)


@dataclass(frozen=True, slots=True)
class Asked:
    """One consultation with its clock while it is open; `lines` are numbered as on the page."""

    row: Consultation
    lines: tuple[int, ...]
    clock: Clock | None


def consultations_of(case: Application, at: datetime) -> list[Asked]:
    """The Scientific Authorities that were asked about the case, in the order of asking."""
    found = list(case.consultations.select_related("authority", "opinion"))
    if not found:
        return []
    calendar = calendar_of(case.party)
    return [Asked(row, tuple(i + 1 for i in row.positions),
                  None if row.opinion_id else clock(row.due_on, calendar, at.date())) for row in found]


class AskedOf:
    """What waits for an opinion of the actor's own authority, the nearest promised day first; then cases that were
    sent to nobody by name, the longest waiting first. A page of it reads no more than the page."""

    def __init__(self, actor: Actor, at: datetime) -> None:
        waits = Q(application__state=S.WITH_SCIENTIST.value, application__party=actor.party)
        self.at, self.party = at, actor.party
        self.named = (Consultation.objects.filter(waits, opinion=None, authority_id__in=actor.authorities)
                      .select_related("application__organisation", "application__officer", "application__team")
                      .order_by(F("due_on").asc(nulls_last=True), "asked_at", "pk"))
        self.unnamed = selectors.queue(actor, S.WITH_SCIENTIST).filter(consultations=None).select_related("team")

    @cached_property
    def first(self) -> int:
        """How many were asked for by name."""
        return self.named.count()

    def count(self) -> int:
        return self.first + self.unnamed.count()

    __len__ = count

    def __getitem__(self, wanted: slice) -> list[Row]:
        low, high = wanted.start or 0, wanted.stop
        calendar, today = calendar_of(self.party), self.at.date()
        rows = [replace(row_of(each.application, self.at), clock=clock(each.due_on, calendar, today),
                        note=_lines(each.positions)) for each in self.named[low:high]] if low < self.first else []
        if high > self.first:
            rest = self.unnamed[max(low - self.first, 0):high - self.first]
            rows += [row_of(case, self.at) for case in rest]
        return rows


def _lines(positions: Sequence[int]) -> str:
    numbers = ", ".join(str(i + 1) for i in positions)
    return ngettext("line %(lines)s", "lines %(lines)s", len(positions)) % {"lines": numbers}


@dataclass(frozen=True, slots=True)
class Link:
    """Another permit that belongs to the case, and how: `replaces`, `replaced-by`, `rests-on`."""

    how: str
    permit: Permit


def linked(case: Application, actor: Actor) -> list[Link]:
    """Permits before and after this one: what it replaces or is replaced by, what the goods came in with."""
    typed = {line.get(name, "").strip() for line in case.answers.get("lines", ()) for name in NUMBERS} - {""}
    permit = getattr(case, "permit", None)
    keys = {case.replaces_id} if case.replaces_id else set()
    if typed:
        keys |= set(Permit.objects.filter(party=case.party, number__in=typed).values_list("pk", flat=True))
    if permit is not None:
        keys |= set(Permit.objects.filter(application__replaces=permit).values_list("pk", flat=True))
    found = selectors.permits_visible_to(actor).filter(pk__in=keys).exclude(application=case)
    return [Link(_how(case, permit, each), each) for each in found.select_related("status", "application").order_by(
        "issued_at", "pk")[:MOST_LINKED]]


def _how(case: Application, permit: Permit | None, other: Permit) -> str:
    if other.pk == case.replaces_id:
        return "replaces"
    return "replaced-by" if permit is not None and other.application.replaces_id == permit.pk else "rests-on"


def acts_on(permit: Permit, actor: Actor) -> dict[str, bool]:
    """What this officer can do to the permit now, by the name of its page."""
    state = PermitState(permit.status.state)
    return {name: True for name, (act, action) in ACTS.items()
            if can(actor, action, permit) and not isinstance(lifecycle.act(state, act), Refusal)}
