"""What an officer has on the desk: the queue with its tabs, and one case with all that a decision rests on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from wildgate.apps.accounts.access import Actor
from wildgate.apps.permits import records, selectors
from wildgate.apps.permits.models import Application, Opinion, Permit, PermitLine, StoredRuling
from wildgate.apps.permits.services.drafting import acceptable
from wildgate.apps.species.common_names import common_name
from wildgate.convention.lifecycle import CLOSED, CaseState, PermitState, Step
from wildgate.convention.outcome import Ruling
from wildgate.convention.refusal import Refusal
from wildgate.convention.ruling import ruling_json
from wildgate.convention.validity import valid_until

S = CaseState
SHORTEST_SEARCH = 2
LONGEST_SEARCH = 80
EARLIER = 5


@dataclass(frozen=True, slots=True)
class Tab:
    """One tab of the queue: its cases are in `states`; `own` narrows them to the officer's."""

    slug: str
    label: Any
    states: tuple[CaseState, ...]
    own: bool = False

    def q(self, actor: Actor) -> Q:
        wanted = Q(state__in=[state.value for state in self.states])
        return wanted & Q(officer_id=actor.person_id) if self.own else wanted


TABS = (
    Tab("new", _("New"), (S.SUBMITTED,)),
    Tab("mine", _("Mine"), (S.IN_REVIEW,), own=True),
    Tab("review", _("In review"), (S.IN_REVIEW,)),
    Tab("waiting", _("Waiting for applicant"), (S.ASKED,)),
    Tab("science", _("With Scientific Authority"), (S.WITH_SCIENTIST,)),
    Tab("countersign", _("To countersign"), (S.APPROVED,)),
    Tab("issue", _("To issue"), (S.COUNTERSIGNED,)),
    Tab("closed", _("Closed"), tuple(sorted(CLOSED))),
)


def tab_of(slug: str) -> Tab:
    """The tab of that name; the first one for any other text."""
    return next((tab for tab in TABS if tab.slug == slug), TABS[0])


def search(actor: Actor, text: str) -> QuerySet[Application]:
    """Cases that the actor may see and that match `text` by number, firm or taxon (as typed or as accepted)."""
    found = selectors.applications_visible_to(actor)
    kept = text.strip()[:LONGEST_SEARCH]
    if len(kept) < SHORTEST_SEARCH:
        return found
    return found.filter(
        Q(number__icontains=kept) | Q(organisation__name__icontains=kept) | Q(ruling__lines__icontains=kept)
    )


def counts(actor: Actor, text: str = "") -> dict[str, int]:
    """How many cases each tab holds, in one query."""
    return search(actor, text).aggregate(**{tab.slug: Count("pk", filter=tab.q(actor)) for tab in TABS})


def cases_in(tab: Tab, actor: Actor, text: str = "") -> QuerySet[Application]:
    """The cases of a tab: the longest waiting first, closed ones newest first."""
    found = search(actor, text).filter(tab.q(actor)).select_related("organisation", "officer")
    return found.order_by("-changed_at", "-pk") if tab.slug == "closed" else found.order_by("submitted_at", "pk")


@dataclass(frozen=True, slots=True)
class Row:
    """A case as one line of the queue. `days` is its age since it was submitted."""

    case: Application
    taxon: str
    more: int
    appendix: str
    days: int


def row_of(case: Application, at: datetime) -> Row:
    lines = (case.ruling or {}).get("lines", [])
    first = lines[0]["accepted"] if lines else ""
    strictest = min((line["appendix"] for line in lines if line["appendix"]), key=len, default="")
    return Row(
        case, first, max(0, len(lines) - 1), strictest, (at - case.submitted_at).days if case.submitted_at else 0
    )


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
    """The newest permit lines of the same taxa, whoever holds them."""
    return list(
        PermitLine.objects.filter(permit__in=selectors.permits_visible_to(actor), taxon__in=taxa_of(case))
        .exclude(permit__application=case)
        .select_related("permit__organisation", "permit__status")
        .order_by("-permit__issued_at", "-permit_id", "position")[:EARLIER]
    )


def earlier_opinions(case: Application, actor: Actor) -> list[Opinion]:
    """The newest opinions on other cases with a taxon of this one, or with a subspecies or population of it."""
    same = Q(pk__in=[])
    for taxon in taxa_of(case)[:20]:
        same |= Q(application__ruling__lines__icontains=taxon)
    return list(
        Opinion.objects.filter(same, application__in=selectors.applications_visible_to(actor))
        .exclude(application=case)
        .select_related("person", "application__organisation")
        .order_by("-at", "-pk")[: EARLIER * 2]
    )


def newest_opinions(actor: Actor) -> list[Opinion]:
    """The newest opinions of the Scientific Authority on any case."""
    return list(
        Opinion.objects.filter(application__in=selectors.applications_visible_to(actor))
        .select_related("person", "application__organisation")
        .order_by("-at", "-pk")[: EARLIER * 2]
    )


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
    return tuple(refusal.reason for refusal in refusals)


@dataclass(frozen=True, slots=True)
class Outlook:
    """What issuing would make today."""

    kind: str
    valid_until: date


def outlook(case: Application, on: date) -> Outlook | Refusal:
    """The document that issuing would make on that day, or why the law has none."""
    ruling = selectors.live_ruling(case, on)
    if not isinstance(ruling, Ruling):
        return ruling[0]
    if faults := acceptable(ruling, case.party):
        return faults[0]
    kind = records.document_kind(ruling, case.party)
    return kind if isinstance(kind, Refusal) else Outlook(kind.value, valid_until(kind, on))
