"""What issuing a case would make on a day, or why it would make nothing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from wildgate.apps.permits import kinds, records, selectors
from wildgate.apps.permits.models import Application
from wildgate.apps.permits.services.drafting import acceptable
from wildgate.convention.outcome import Ruling
from wildgate.convention.refusal import Refusal


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
    wanted = kinds.wanted_of(case.answers)
    if faults := acceptable(ruling, case.party, wanted):
        return faults[0]
    if records.is_true_copy(case) and case.replaces is not None:
        return Outlook(case.replaces.kind, case.replaces.valid_until)
    kind = records.document_kind(ruling, case.party, wanted)
    return kind if isinstance(kind, Refusal) else Outlook(kind.value, records.last_day(kind, case.answers, on))
