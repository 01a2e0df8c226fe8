"""What issuing a case would make on a day, or why it would make nothing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from wildgate.apps.permits import kinds, records, selectors
from wildgate.apps.permits.models import Application, Permit
from wildgate.apps.permits.services.drafting import acceptable
from wildgate.apps.permits.services.replacing import BASIS, ended
from wildgate.apps.permits.wording import permit_state_word
from wildgate.convention.lifecycle import CLOSED, PermitState
from wildgate.convention.outcome import Ruling
from wildgate.convention.refusal import Refusal, refuse
from wildgate.kit.sentences import word


@dataclass(frozen=True, slots=True)
class Outlook:
    """What issuing would make today."""

    kind: str
    valid_until: date


def outlook(case: Application, on: date) -> Outlook | Refusal:
    """The document that issuing would make on that day, or why the law has none."""
    if case.replaces is not None and case.case_state not in CLOSED and (refused := _ended(case.replaces, on)):
        return refused
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


def _ended(old: Permit, on: date) -> Refusal | None:
    """The permit that the case replaces was cancelled, suspended or used meanwhile, or its days are over."""
    state = PermitState(old.status.state)
    refused = ended(old, state, on)
    if refused is None or refused.code != "wrong-permit-state":
        return refused
    return refuse("replaces-nothing", "Permit %(number)s stands at “%(state)s”: no other one can take its place.",
                  number=old.number, state=word(permit_state_word(state).label), basis=BASIS)
