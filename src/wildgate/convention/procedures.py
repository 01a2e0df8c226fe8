"""Which customs procedure allows which document in which state, and whether quantities are counted there.

Codes are those of most customs systems by their first digits: 1 export, 2 temporary export, 3 re-export, 4 release for
home use, 5 temporary admission and inward processing, 6 re-import, 7 warehouse, 8 transit. The table is the house's own
default (background knowledge, to be replaced by a national one): every country has its own procedures.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Final

from wildgate.convention.lifecycle import PermitState
from wildgate.convention.vocabulary import DocumentKind as Kind

EXPORT, IMPORT, NO_STAGE = "export", "import", ""
USABLE = (PermitState.VALID.value, PermitState.PARTLY_USED.value)


@dataclass(frozen=True, slots=True)
class Rule:
    """One row: a procedure (its code or how it begins), a kind of document and a state, both empty for any.

    `stage`: the endorsement that a release under it makes. `several`: one document may be written off in several
    consignments.
    """

    procedure: str
    kind: str
    state: str
    allowed: bool
    managed: bool
    stage: str = NO_STAGE
    several: bool = False
    start: date = date.min
    end: date | None = None
    key: int | None = None
    """Of a row of the house; None for a shipped one."""

    def holds(self, procedure: str, kind: str, state: str, on: date) -> bool:
        return (procedure.startswith(self.procedure) and self.kind in ("", kind) and self.state in ("", state)
                and self.start <= on and (self.end is None or on <= self.end))

    @property
    def rank(self) -> tuple[bool, int, bool, bool, date]:
        """The house's own before shipped ones; then the nearer: longer code, named kind and state; then the newer."""
        return (self.key is not None, len(self.procedure), bool(self.kind), bool(self.state), self.start)


NAMES: Final = {
    "1": "Export", "2": "Temporary export", "3": "Re-export", "4": "Release for home use",
    "5": "Temporary admission or inward processing", "6": "Re-import", "7": "Customs warehouse", "8": "Transit",
}
OUT: Final = (Kind.EXPORT_PERMIT, Kind.ORIGIN, Kind.PRE_CONVENTION, Kind.CAPTIVE_BRED, Kind.PROPAGATED,
              Kind.PHYTOSANITARY, Kind.SAMPLES, Kind.SCIENTIFIC_LABEL)
MANY: Final = (Kind.EXHIBITION, Kind.OWNERSHIP, Kind.INSTRUMENT)
IN: Final = (Kind.IMPORT_PERMIT, Kind.FROM_THE_SEA)


def _shipped() -> tuple[Rule, ...]:
    valid = PermitState.VALID.value
    rows = [Rule("1", kind, valid, True, True, EXPORT) for kind in (*OUT, Kind.RE_EXPORT)]
    rows += [Rule("2", kind, valid, True, True, EXPORT) for kind in OUT]
    rows += [Rule("3", Kind.RE_EXPORT, valid, True, True, EXPORT)]
    rows += [Rule(code, kind, valid, True, True, IMPORT) for code in ("4", "5") for kind in IN]
    rows += [Rule("7", kind, valid, True, True, IMPORT) for kind in IN]
    rows += [Rule(code, kind, state, True, False, stage) for kind in MANY for state in USABLE
             for code, stage in (("1", EXPORT), ("2", EXPORT), ("3", EXPORT), ("4", IMPORT), ("5", IMPORT),
                                 ("6", IMPORT))]
    rows += [Rule("8", "", state, True, False)
             for state in (*USABLE, PermitState.EXPORTED.value)]
    return tuple(rows)


SHIPPED: Final = _shipped()


def rule_for(rules: Iterable[Rule], procedure: str, kind: str, state: str, on: date) -> Rule | None:
    """The row that decides; None where no row speaks: then the document may not be used for the procedure."""
    found = [rule for rule in rules if rule.holds(procedure, kind, state, on)]
    return max(found, key=lambda rule: rule.rank, default=None)


def name_of(procedure: str) -> str:
    """The procedure in words, by its first digit; empty when it is none of these."""
    return NAMES.get(procedure[:1], "")
