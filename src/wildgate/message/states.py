"""Where a permit stands, in the codes of UNTDID 1373 (document status), which D22A messages carry.

The code list is the United Nations'; which of its words fits which state of a permit is this house's reading of it.
"""

from __future__ import annotations

from dataclasses import dataclass

from wildgate.convention.lifecycle import CaseState, PermitState

NOT_KNOWN = "not-known"
PROVISIONAL = "provisional"
REPLACEMENT = "REPLACEMENT"
"""RelationshipTypeCode beside 41: revoked because another document stands in its place."""


@dataclass(frozen=True, slots=True)
class StateCode:
    """One row: a state, its code, and what the code gives back when it is read. `why` where that is another state."""

    state: str
    code: str
    back: str
    why: str = ""
    relationship: str = ""


P = PermitState
STATE_CODES = (
    StateCode(P.VALID.value, "10", P.VALID.value),
    StateCode(P.PARTLY_USED.value, "13", P.PARTLY_USED.value),
    StateCode(P.EXPORTED.value, "38", P.EXPORTED.value),
    StateCode(P.USED.value, "12", P.USED.value),
    StateCode(P.SUSPENDED.value, "40", P.SUSPENDED.value),
    StateCode(P.CANCELLED.value, "41", P.CANCELLED.value),
    StateCode(P.REPLACED.value, "41", P.REPLACED.value, "41 alone reads as cancelled; the relationship tells it",
              REPLACEMENT),
    StateCode(P.LOST.value, "40", P.SUSPENDED.value, "the list has no word for lost; usable by nobody, as suspended"),
    StateCode(P.EXPIRED.value, "28", P.EXPIRED.value),
    StateCode(PROVISIONAL, "29", PROVISIONAL, "a word of the exchange, no state: issued, boxes 14 and 15 open"),
    StateCode(NOT_KNOWN, "11", NOT_KNOWN),
)
"""Total on the life of a permit; the last two are words of the exchange."""

READ_ALSO = {"14": P.USED.value, "15": P.PARTLY_USED.value, "39": P.SUSPENDED.value}
"""Codes that others may send and this house does not write."""

BY_STATE = {row.state: row for row in STATE_CODES}
BY_CODE = {row.code: row.back for row in reversed(STATE_CODES) if not row.relationship and row.back == row.state}


def code_of(state: str) -> str:
    """The code of a state; of a state that nobody knows, 11."""
    return BY_STATE.get(state, BY_STATE[NOT_KNOWN]).code


def relationship_of(state: str) -> str:
    return BY_STATE.get(state, BY_STATE[NOT_KNOWN]).relationship


def state_of(code: str, relationship: str = "") -> str:
    """The state that a partner's code means; what no permit can be (1 accepted, 19 applied for) is not known."""
    if code == "41" and relationship:
        return P.REPLACED.value
    return BY_CODE.get(code) or READ_ALSO.get(code, NOT_KNOWN)


ANSWERS = {
    CaseState.DRAFT: "", CaseState.SUBMITTED: "requested", CaseState.IN_REVIEW: "in analysis",
    CaseState.ASKED: "demand for papers", CaseState.WITH_SCIENTIST: "in analysis", CaseState.APPROVED: "in analysis",
    CaseState.COUNTERSIGNED: "in analysis", CaseState.ISSUED: "granted", CaseState.REFUSED: "refused",
    CaseState.WITHDRAWN: "cancelled", CaseState.APPEALED: "in analysis",
}
"""An application in the words of a single window's answer (LPCO). A draft was never sent: no answer."""


TAKEN_BACK = {P.CANCELLED: "cancelled", P.REPLACED: "cancelled", P.LOST: "cancelled", P.SUSPENDED: "in analysis"}


def answer_word(case: CaseState, permit: PermitState | None = None) -> str:
    """Of an issued case the permit decides: one that may not be used now is not granted."""
    if case is CaseState.ISSUED and permit in TAKEN_BACK:
        return TAKEN_BACK[permit]
    return ANSWERS[case]
