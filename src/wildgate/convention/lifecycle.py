"""The lives of an application and a permit, as tables of transitions. Services, buttons and documentation read them."""

from __future__ import annotations

from collections.abc import Iterable

from wildgate.convention.refusal import Refusal, refuse
from wildgate.convention.vocabulary import Code

BASIS = ("House rule: lifecycle",)


class CaseState(Code):
    """Where an application stands."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    IN_REVIEW = "in-review"
    ASKED = "asked"
    WITH_SCIENTIST = "with-scientist"
    APPROVED = "approved"
    COUNTERSIGNED = "countersigned"
    ISSUED = "issued"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    APPEALED = "appealed"
    """Refused, and the applicant asked for another look; somebody else decides (administrative appeal)."""


class Step(Code):
    """What moves an application."""

    SUBMIT = "submit"
    TAKE = "take"
    ASK = "ask"
    ANSWER = "answer"
    ASK_OPINION = "ask-opinion"
    GIVE_OPINION = "give-opinion"
    APPROVE = "approve"
    REFUSE = "refuse"
    SEND_BACK = "send-back"
    COUNTERSIGN = "countersign"
    ISSUE = "issue"
    WITHDRAW = "withdraw"
    APPEAL = "appeal"
    UPHOLD = "uphold"
    """The refusal stands after the appeal."""
    REOPEN = "reopen"
    """The appeal succeeds: the case is reviewed again."""
    COMPLETE = "complete"
    """An approved holder completes a certificate that was signed beforehand (simplified procedure, Res. Conf. 12.3)."""


S, T = CaseState, Step
CASE_STEPS: dict[tuple[CaseState, Step], CaseState] = {
    (S.DRAFT, T.SUBMIT): S.SUBMITTED,
    (S.SUBMITTED, T.TAKE): S.IN_REVIEW,
    (S.SUBMITTED, T.COMPLETE): S.ISSUED,
    (S.IN_REVIEW, T.ASK): S.ASKED,
    (S.ASKED, T.ANSWER): S.IN_REVIEW,
    (S.ASKED, T.REFUSE): S.REFUSED,
    (S.IN_REVIEW, T.ASK_OPINION): S.WITH_SCIENTIST,
    (S.WITH_SCIENTIST, T.GIVE_OPINION): S.IN_REVIEW,
    (S.IN_REVIEW, T.APPROVE): S.APPROVED,
    (S.IN_REVIEW, T.REFUSE): S.REFUSED,
    (S.APPROVED, T.SEND_BACK): S.IN_REVIEW,
    (S.APPROVED, T.COUNTERSIGN): S.COUNTERSIGNED,
    (S.COUNTERSIGNED, T.SEND_BACK): S.IN_REVIEW,
    (S.COUNTERSIGNED, T.ISSUE): S.ISSUED,
    (S.DRAFT, T.WITHDRAW): S.WITHDRAWN,
    (S.SUBMITTED, T.WITHDRAW): S.WITHDRAWN,
    (S.IN_REVIEW, T.WITHDRAW): S.WITHDRAWN,
    (S.ASKED, T.WITHDRAW): S.WITHDRAWN,
    (S.WITH_SCIENTIST, T.WITHDRAW): S.WITHDRAWN,
    (S.APPROVED, T.WITHDRAW): S.WITHDRAWN,
    (S.REFUSED, T.APPEAL): S.APPEALED,
    (S.APPEALED, T.UPHOLD): S.REFUSED,
    (S.APPEALED, T.REOPEN): S.IN_REVIEW,
    (S.APPEALED, T.WITHDRAW): S.WITHDRAWN,
}
CASE_EVENTS = {step.value: step for step in Step}
"""Events of an application carry the step's name as their kind."""
CLOSED = frozenset({S.ISSUED, S.REFUSED, S.WITHDRAWN})


class PermitState(Code):
    """What may still be done with an issued permit; published in the status list (verification: 4-bit states)."""

    VALID = "valid"
    PARTLY_USED = "partly-used"
    """A certificate for several crossings that has crossed at least once; it is never used up before it ends."""
    EXPORTED = "export-endorsed"
    USED = "used"
    SUSPENDED = "suspended"
    CANCELLED = "cancelled"
    REPLACED = "replaced"
    LOST = "lost"
    EXPIRED = "expired"
    """Never stored: it follows from the date and overrides the others that are not final."""


class PermitAct(Code):
    """What happens to an issued permit; the kinds of its events."""

    ISSUED = "permit-issued"
    EXPORT_ENDORSED = "export-endorsed"
    IMPORT_ENDORSED = "import-endorsed"
    CROSSING_ENDORSED = "crossing-endorsed"
    ENDORSEMENT_WITHDRAWN = "endorsement-withdrawn"
    """The declaration behind the only use was invalidated after release: the goods did not move, the permit serves."""
    SUSPENDED = "permit-suspended"
    REINSTATED = "permit-reinstated"
    CANCELLED = "permit-cancelled"
    REPLACED = "permit-replaced"
    LOST = "permit-lost"
    RETURNED = "permit-returned"
    """The holder gives an unused permit back; it ends as cancelled, and what it bound flows back."""


P, A = PermitState, PermitAct
PERMIT_ACTS: dict[tuple[PermitState | None, PermitAct], PermitState] = {
    (None, A.ISSUED): P.VALID,
    (P.VALID, A.EXPORT_ENDORSED): P.EXPORTED,
    (P.VALID, A.IMPORT_ENDORSED): P.USED,
    (P.EXPORTED, A.IMPORT_ENDORSED): P.USED,
    (P.VALID, A.CROSSING_ENDORSED): P.PARTLY_USED,
    (P.PARTLY_USED, A.CROSSING_ENDORSED): P.PARTLY_USED,
    (P.PARTLY_USED, A.EXPORT_ENDORSED): P.EXPORTED,
    (P.PARTLY_USED, A.IMPORT_ENDORSED): P.USED,
    (P.EXPORTED, A.ENDORSEMENT_WITHDRAWN): P.VALID,
    (P.USED, A.ENDORSEMENT_WITHDRAWN): P.VALID,
    (P.PARTLY_USED, A.CANCELLED): P.CANCELLED,
    (P.PARTLY_USED, A.REPLACED): P.REPLACED,
    (P.PARTLY_USED, A.LOST): P.LOST,
    (P.VALID, A.SUSPENDED): P.SUSPENDED,
    (P.SUSPENDED, A.REINSTATED): P.VALID,
    (P.VALID, A.CANCELLED): P.CANCELLED,
    (P.SUSPENDED, A.CANCELLED): P.CANCELLED,
    (P.LOST, A.CANCELLED): P.CANCELLED,
    (P.VALID, A.REPLACED): P.REPLACED,
    (P.LOST, A.REPLACED): P.REPLACED,
    (P.VALID, A.LOST): P.LOST,
    (P.EXPORTED, A.LOST): P.LOST,
    (P.VALID, A.RETURNED): P.CANCELLED,
    (P.SUSPENDED, A.RETURNED): P.CANCELLED,
    (P.PARTLY_USED, A.RETURNED): P.CANCELLED,
}
FINAL = frozenset({P.USED, P.CANCELLED, P.REPLACED})
ENDED = frozenset({A.CANCELLED, A.RETURNED})
"""Acts after which nobody can use the permit or one in its place: what it held is free again."""


def step(state: CaseState, move: Step) -> CaseState | Refusal:
    """The state after `move`, or why it cannot be done now."""
    after = CASE_STEPS.get((state, move))
    if after is None:
        return refuse("wrong-state", "This cannot be done now: the application is %(state)s.",
                      state=state.value, basis=BASIS)
    return after


def steps_from(state: CaseState) -> frozenset[Step]:
    """What may be done next: the buttons of a case page."""
    return frozenset(move for (before, move) in CASE_STEPS if before is state)


def act(state: PermitState | None, move: PermitAct) -> PermitState | Refusal:
    """The permit's state after `move`, or why it cannot happen."""
    after = PERMIT_ACTS.get((state, move))
    if after is None:
        return refuse("wrong-permit-state", "This cannot be done: the permit is %(state)s.",
                      state=state.value if state else "not issued", basis=BASIS)
    return after


def fold(acts: Iterable[PermitAct]) -> PermitState:
    """The state that a permit's events lead to. Raises ValueError when they could not have happened in this order."""
    state: PermitState | None = None
    for move in acts:
        after = act(state, move)
        if isinstance(after, Refusal):
            raise ValueError(f"{move} after {state}")
        state = after
    if state is None:
        raise ValueError("a permit has at least the event of its issue")
    return state
