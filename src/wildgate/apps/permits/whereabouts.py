"""Where an application stands: whose turn, its place in the queue, the promised day, what is missing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Count, Q
from django.utils.translation import gettext as _

from wildgate.apps.fees.models import Charge
from wildgate.apps.fees.selectors import charge_of
from wildgate.apps.houserules import selectors as house
from wildgate.apps.houserules.money import figure
from wildgate.apps.permits.models import Application, Question
from wildgate.apps.permits.services.afterwards import appeal_ends, appeal_refusal
from wildgate.convention.lifecycle import CaseState

WORKED = frozenset({CaseState.SUBMITTED, CaseState.IN_REVIEW, CaseState.ASKED, CaseState.WITH_SCIENTIST,
                    CaseState.APPROVED, CaseState.COUNTERSIGNED})
RUNNING = WORKED - {CaseState.ASKED}
"""The authority's clock stands still while the applicant is asked; an appeal has a clock of its own."""

FEE = "#fee"
"""The place on the page where the fee is told and paid."""


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """`place` of `queue` in the team's queue while nobody has taken the case. `days` are the working days that are
    left or, when the case is `late`, those since the promised day. `missing` are sentences with where each is done."""

    place: int
    queue: int
    team: str
    promised: date | None
    days: int
    late: bool
    missing: tuple[tuple[str, str], ...]
    charge: Charge | None
    appeal_until: date | None

    @property
    def fee_due(self) -> bool:
        """The applicant's turn: the fee is to be paid while the case is being worked."""
        return any(place == FEE for _text, place in self.missing)


def of(case: Application, question: Question | None, at: datetime) -> Whereabouts:
    """Everything that the status page tells, in a fixed number of queries."""
    place, queue = _place(case)
    promised = case.due_on if case.case_state in RUNNING else None
    days = house.calendar_of(case.party).between(at.date(), promised) if promised else 0
    charge = charge_of(case.party, case.subject)
    open_appeal = case.case_state is CaseState.REFUSED and appeal_refusal(case, at) is None
    return Whereabouts(
        place, queue, str(case.team) if case.team_id else "", promised, abs(days),
        promised is not None and promised < at.date(), tuple(_missing(case, question, charge)),
        charge, appeal_ends(case) if open_appeal else None)


def _place(case: Application) -> tuple[int, int]:
    """How many of the team's untaken cases came before this one, and how many there are."""
    if case.case_state is not CaseState.SUBMITTED:
        return 0, 0
    before = Q(submitted_at__lt=case.submitted_at) | Q(submitted_at=case.submitted_at, pk__lte=case.pk)
    found: dict[str, Any] = Application.objects.filter(
        party=case.party, team=case.team, state=CaseState.SUBMITTED.value).aggregate(
            place=Count("pk", filter=before), queue=Count("pk"))
    return found["place"], found["queue"]


def _missing(case: Application, question: Question | None, charge: Charge | None) -> list[tuple[str, str]]:
    """What the authority waits for from the applicant."""
    found = []
    if question is not None:
        found.append((_("Answer the authority's question."), "#id_answer"))
    if charge is not None and charge.state == Charge.State.DUE and case.case_state in WORKED:
        found.append((_("Pay the fee of %(amount)s %(currency)s.") % {
            "amount": figure(charge.amount, charge.currency), "currency": charge.currency}, FEE))
    return found


