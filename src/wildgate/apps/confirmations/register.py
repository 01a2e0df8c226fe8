"""What our own register answers about a permit: its state, its lines, and what customs saw leave."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from decimal import Decimal

from wildgate.apps.confirmations.models import Question
from wildgate.apps.confirmations.points import NOT_OURS, Answer, Held, from_register
from wildgate.apps.customs import selectors as customs
from wildgate.apps.permits import selectors as permits
from wildgate.apps.permits.models import Permit


def answer_about(question: Question, on: date) -> Answer:
    """The register's answer; "not ours" for a number or a day that it does not know."""
    permit = question.permit
    if permit is None:
        return NOT_OURS
    state = permits.state_of(permit.status, permit.valid_until, on)
    return from_register(question.stated, held(permit), on=on, state=state.value, valid_until=permit.valid_until,
                         copy_until=question.valid_until)


def held(permit: Permit) -> list[Held]:
    """The permit's lines with the quantities that customs endorsed on the way out."""
    moved: dict[int | None, Decimal] = defaultdict(Decimal)
    for endorsement in customs.endorsements_of(permit):
        for line in endorsement.lines.all():
            moved[line.permit_line_id] += line.quantity
    return [Held(line.taxon, line.term, line.quantity, line.unit, moved[line.pk]) for line in permit.lines.all()]
