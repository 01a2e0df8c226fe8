"""What a carrier is told of each parcel: as little as serves it, never a name. One pass for a whole list."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any, Final

from wildgate.apps.balances.models import Balance
from wildgate.apps.carriers.models import Lead
from wildgate.apps.carriers.parcels import Fault, Parcel, Rows
from wildgate.apps.goods import selectors as goods
from wildgate.apps.permits.models import Permit, PermitLine
from wildgate.apps.permits.selectors import left_before, state_of
from wildgate.apps.species.registry import law_of
from wildgate.convention.lifecycle import PermitState
from wildgate.convention.listing import Law
from wildgate.convention.refusal import Refusal
from wildgate.convention.taxonomy import Taxon
from wildgate.kit import waybill
from wildgate.screening.gazetteer import Gazetteer, shipped_words
from wildgate.seal.claims import PermitClaims
from wildgate.seal.companion import Companion
from wildgate.seal.text import from_text
from wildgate.seal.token import read_token
from wildgate.targeting.goods import Table

VALID, USED_UP, CANCELLED, SUSPENDED, EXPIRED, UNKNOWN, WRONG_ROUTE, DOES_NOT_FIT, NO_PERMIT, MISSING, STATEMENT, \
    HOLD, RELEASED, UNREADABLE = ("valid", "used-up", "cancelled", "suspended", "expired", "unknown", "wrong-route",
                                  "does-not-fit", "no-permit-needed", "permit-missing", "statement-needed", "hold",
                                  "released", "unreadable")
SENTENCES: Final[dict[str, str]] = {
    VALID: "The permit stands and fits this parcel. Customs decides.",
    USED_UP: "The permit is used up. Do not ship on it.",
    CANCELLED: "The permit does not hold any more. Do not ship on it.",
    SUSPENDED: "The permit is suspended. Do not ship on it now.",
    EXPIRED: "The permit is past its last day. Do not ship on it.",
    UNKNOWN: "No permit of this number is known here. Ask the sender for it.",
    WRONG_ROUTE: "The permit is for another route.",
    DOES_NOT_FIT: "The permit is for other goods than the description names.",
    NO_PERMIT: "Nothing in the description or the customs code asks for a permit.",
    MISSING: "The description names a listed animal or plant, and no permit is given. Ask the sender.",
    STATEMENT: "The customs code often holds listed goods: the sender gives a permit or states that these are not.",
    HOLD: "Hold the parcel. Customs will say what to do.",
    RELEASED: "Customs looked at it: the parcel may go on.",
    UNREADABLE: "This row cannot be read.",
}
"""Every answer with its sentence."""
ORDER: Final = (CANCELLED, SUSPENDED, EXPIRED, USED_UP, UNKNOWN, WRONG_ROUTE, DOES_NOT_FIT, VALID)
STATES: Final = {PermitState.USED: USED_UP, PermitState.SUSPENDED: SUSPENDED, PermitState.EXPIRED: EXPIRED,
                 PermitState.CANCELLED: CANCELLED, PermitState.REPLACED: CANCELLED, PermitState.LOST: CANCELLED}


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer for one parcel. `permits` gives each number its own; `suspicion` stays here and goes to customs."""

    parcel: str
    answer: str
    permits: tuple[tuple[str, str], ...] = ()
    doubts: tuple[str, ...] = ()
    fault: Refusal | None = None
    suspicion: tuple[str, ...] = ()
    taxa: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """What the carrier gets: nothing of a parcel on hold but that."""
        out: dict[str, Any] = {"parcel": self.parcel, "answer": self.answer, "say": SENTENCES[self.answer]}
        if self.answer in (HOLD, RELEASED):
            return out
        if self.permits:
            out["permits"] = [{"number": number, "answer": answer} for number, answer in self.permits]
        if self.doubts:
            out["doubts"] = list(self.doubts)
        if self.fault:
            out["fault"] = self.fault.as_json()
        return out

    def as_kept(self) -> dict[str, Any]:
        """The same as it is stored: a fault with what words it for the reader of a page."""
        return self.as_json() | ({"fault": self.fault.as_kept()} if self.fault else {})


@dataclass(frozen=True, slots=True)
class Known:
    """What stands in the database about a list of parcels, read at once."""

    permits: dict[str, Permit]
    left: dict[int, Decimal]
    leads: dict[str, str]
    table: Table
    names: Gazetteer
    law: Law
    at: datetime
    lineages: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def lineage(self, name: str) -> tuple[str, ...]:
        if name not in self.lineages:
            found = self.law.resolve(name)
            self.lineages[name] = found.lineage if isinstance(found, Taxon) else (name,)
        return self.lineages[name]


def judge(party: str, organisation: int, rows: Rows, at: datetime) -> list[Answer]:
    """The answers for some parcels of one carrier, in their order. The number of queries does not grow with them."""
    decoded = [_with_scanned(row) for row in rows]
    known = _known(party, organisation, [row for row in decoded if isinstance(row, Parcel)], at)
    return [_unreadable(row) if isinstance(row, Fault) else _judged(party, row, known) for row in decoded]


def _unreadable(row: Fault) -> Answer:
    return Answer(row.parcel, UNREADABLE, fault=row.why)


def _with_scanned(row: Parcel | Fault) -> Parcel | Fault:
    """The number in a scanned code stands beside those that were typed; a code that cannot be read is unknown."""
    if isinstance(row, Fault) or not row.code:
        return row
    return replace(row, permits=(*row.permits, scanned(row.code) or row.code[:40]))


@lru_cache(maxsize=512)
def scanned(code: str) -> str:
    """The permit's number in a sealed code; empty when there is none. Whether it is genuine the register tells."""
    token = from_text(code)
    read = token if isinstance(token, Refusal) else read_token(token)
    claims = None if isinstance(read, Refusal) else read.claims
    return claims.number if isinstance(claims, PermitClaims | Companion) else ""


def squeeze(number: str) -> str:
    """A number as it is compared: capitals and digits only."""
    return re.sub(r"[^0-9A-Z]", "", number.upper())


def _spellings(party: str, number: str) -> set[str]:
    bare = squeeze(number)
    return {bare, bare.removeprefix(party), number.strip(), number.strip().upper()} - {""}


def _known(party: str, organisation: int, parcels: Sequence[Parcel], at: datetime) -> Known:
    """Seven queries, whatever the number of parcels."""
    asked = {spelling for each in parcels for number in each.permits for spelling in _spellings(party, number)}
    found = list(Permit.objects.filter(party=party, number__in=asked).select_related("status")
                 .defer("tokens").prefetch_related("lines")) if asked else []
    permits = {squeeze(permit.number): permit for permit in found}
    left = {row.permit_line_id: row.sums.free
            for row in Balance.objects.filter(permit_line__permit__in=[each.pk for each in found])} if found else {}
    leads = dict(Lead.objects.filter(organisation=organisation, parcel__in=[each.parcel for each in parcels])
                 .values_list("parcel", "state"))
    return Known(permits, left, leads, goods.table(party), goods.names(party), law_of(party), at)


def _judged(party: str, parcel: Parcel, known: Known) -> Answer:
    earlier = known.leads.get(parcel.parcel)
    if earlier:
        return Answer(parcel.parcel, RELEASED if earlier == Lead.State.RELEASED else HOLD)
    mentions = known.names.mentions(parcel.description)
    named = tuple(dict.fromkeys(taxon for each in mentions if each.sure for taxon in each.taxa))
    if parcel.permits and not named:  # with a permit beside it, "orchids" is no print on a shirt
        named = tuple(dict.fromkeys(taxon for each in mentions for taxon in each.taxa))
    surely = tuple(dict.fromkeys(each.taxon for each in mentions if each.sure and each.taxon))
    doubts = waybill.read(parcel.air_waybill).doubts if parcel.air_waybill else ()
    if not parcel.permits:
        return Answer(parcel.parcel, _without(parcel, known, surely), doubts=doubts, taxa=surely)
    answers = tuple((number, _permit(party, number, parcel, named, known)) for number in parcel.permits)
    worst = min((answer for _number, answer in answers), key=ORDER.index)
    suspicion = _suspicion(parcel, known, surely) if any(answer == UNKNOWN for _n, answer in answers) else ()
    return Answer(parcel.parcel, HOLD if suspicion else worst, answers, doubts, suspicion=suspicion, taxa=surely)


def _without(parcel: Parcel, known: Known, surely: Sequence[str]) -> str:
    """The answer for a parcel without any number."""
    if parcel.not_cites and not surely:
        return NO_PERMIT
    if surely:
        return MISSING
    return STATEMENT if known.table.needs_statement(parcel.hs) else NO_PERMIT


def _suspicion(parcel: Parcel, known: Known, surely: Sequence[str]) -> tuple[str, ...]:
    """Why a parcel with an unknown number goes to customs; nothing where it looks like a slip."""
    found = []
    if shipped_words().says_little(parcel.description):
        found.append("says-little")
    if known.table.hidden(parcel.hs):
        found.append("hides")
    if surely:
        found.append("names-listed")
    return tuple(found)


def _permit(party: str, number: str, parcel: Parcel, named: Sequence[str], known: Known) -> str:
    """The answer for one number of a parcel."""
    bare = squeeze(number)
    permit = known.permits.get(bare) or known.permits.get(bare.removeprefix(party))
    if permit is None:
        return UNKNOWN
    state = state_of(permit.status, permit.valid_until, known.at.date())
    if state in STATES:
        return STATES[state]
    lines = list(permit.lines.all())
    if left_before(permit):
        return USED_UP
    if lines and all(known.left.get(line.pk, line.quantity) <= 0 for line in lines):
        return USED_UP
    if not _on_way(permit, parcel):
        return WRONG_ROUTE
    return VALID if not named or _fits(lines, named, known) else DOES_NOT_FIT


def _on_way(permit: Permit, parcel: Parcel) -> bool:
    return (parcel.departure in ("", permit.exporter_country)
            and parcel.destination in ("", permit.importer_country))


def _fits(lines: Iterable[PermitLine], named: Sequence[str], known: Known) -> bool:
    """Is one of the named taxa one of the permit's, above it or below it?"""
    for line in lines:
        ours = known.lineage(line.taxon)
        if any(name in ours or ours[0] in known.lineage(name) for name in named):
            return True
    return False
