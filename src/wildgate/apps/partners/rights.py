"""What may be granted to another Party at all, and whether it was: pure, without a database.

Issued permits only. What is not in `Operation` has no right that could be given: applications, opinions, refusals and
the data of risk control stay in the house, whoever signs what.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from wildgate.convention.refusal import Refusal, refuse
from wildgate.convention.vocabulary import Code, DocumentKind

BASIS: Final = ("House rule: what another Party may ask for",)


class Operation(Code):
    """Everything that can be agreed."""

    GET = "get"
    """The permit as it was issued."""
    FINAL = "final"
    """The permit with what customs endorsed on it."""
    CONFIRM = "confirm"
    """Tell us the quantities that their customs let pass."""
    STATE = "state"
    """Ask whether the service runs."""
    PUSH = "push"
    """Send us their permits and what became of them."""
    TOLD = "told"
    """Be told what became of our permits."""


SOAP: Final[Mapping[str, Operation]] = {
    "GetNonFinalCitesCertificate": Operation.GET, "GetFinalCitesCertificate": Operation.FINAL,
    "ConfirmQuantities": Operation.CONFIRM, "ServiceState": Operation.STATE,
}
"""The operations of EPIX 2016-17 as rights."""
WITHOUT_KIND: Final = frozenset({Operation.STATE})
"""Of no document in particular."""
KINDS: Final = tuple(kind.value for kind in DocumentKind)
IMPORT_ONLY: Final = (DocumentKind.IMPORT_PERMIT.value,)
IMPORTS: Final[Mapping[Operation, tuple[str, ...]]] = {
    Operation.GET: KINDS, Operation.FINAL: KINDS, Operation.CONFIRM: KINDS, Operation.TOLD: KINDS, Operation.STATE: (),
}
"""What a Party needs that imports from us: our permits, what customs endorsed on them, and a way to tell what came."""
EXPORTS: Final[Mapping[Operation, tuple[str, ...]]] = {
    Operation.PUSH: KINDS, Operation.GET: IMPORT_ONLY, Operation.TOLD: IMPORT_ONLY, Operation.STATE: (),
}
"""What a Party needs that exports to us: a way to send its permits, and our import permits (Article III.2(d))."""
USUAL: Final[Mapping[str, Mapping[Operation, tuple[str, ...]]]] = {
    "imports": IMPORTS, "exports": EXPORTS, "both": {**EXPORTS, **IMPORTS}, "none": {},
}
"""Rights that are usually proposed together. Each becomes a right of its own."""


@dataclass(frozen=True, slots=True)
class Granted:
    """One right in force or not yet: an operation on kinds of documents, both days included."""

    operation: str
    kinds: frozenset[str]
    since: date
    until: date | None


def operation_of(name: str) -> Operation | None:
    """The operation of a right by its own name or by that of the SOAP service; None for what cannot be granted."""
    return SOAP.get(name) or next((each for each in Operation if each.value == name), None)


def ask(granted: Iterable[Granted], name: str, kind: DocumentKind | None, on: date) -> Refusal | None:
    """Why this may not be asked on that day; None when it may. Without a `kind`: may it be asked of any kind?"""
    operation = operation_of(name)
    if operation is None:
        return refuse("right-never", "This is not exchanged with other Parties.", basis=BASIS)
    mine = [right for right in granted if right.operation == operation.value]
    if not mine:
        return refuse("right-none", "There is no agreement for this with your Party.", basis=BASIS)
    of_kind = [right for right in mine if kind is None or operation in WITHOUT_KIND or kind.value in right.kinds]
    if not of_kind:
        return refuse("right-kind", "The agreement with your Party does not cover this kind of document.", basis=BASIS)
    if any(right.since <= on and (right.until is None or on <= right.until) for right in of_kind):
        return None
    if any(right.since > on for right in of_kind):
        return refuse("right-not-yet", "The agreement with your Party has not begun yet.", basis=BASIS)
    return refuse("right-ended", "The agreement with your Party has ended.", basis=BASIS)
