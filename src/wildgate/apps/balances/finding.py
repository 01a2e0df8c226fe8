"""From what is asked to the permit and line that it means, or why there is none: the codes of a refused write-off."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import ROUND_CEILING, Decimal
from typing import TYPE_CHECKING, Final, Protocol

from django.utils.translation import gettext_noop

from wildgate.apps.balances import procedures
from wildgate.apps.balances.asking import WriteOff
from wildgate.apps.permits.models import Application, Permit, PermitStatus
from wildgate.apps.permits.selectors import left_before, permit_of, state_of
from wildgate.apps.quotas.models import SuspensionRow
from wildgate.apps.quotas.selectors import judge
from wildgate.apps.species.registry import law_of
from wildgate.convention.lifecycle import PermitState
from wildgate.convention.listing import Law
from wildgate.convention.procedures import Rule
from wildgate.convention.quantity import MOST, check_number, convert
from wildgate.convention.quota import STEP, Shipment, lineage, shipment_of_record
from wildgate.convention.refusal import Refusal, refuse
from wildgate.convention.sentence import say
from wildgate.kit.prepared import Prepared, loaded

if TYPE_CHECKING:
    from wildgate.apps.permits.models import PermitLine

BASIS = ("Art. VI.5", "50 CFR 23.26(c)")
NO_NUMBER: Final = refuse("missing", "Write %(what)s.", what=say("the number of the document"), field="number")
STOPPED: Final = {
    PermitState.EXPIRED: ("expired", gettext_noop(
        "The permit was valid until %(day)s and can no longer be used.")),
    PermitState.SUSPENDED: ("suspended", gettext_noop(
        "The permit is suspended while its authority inquires: hold the goods.")),
    PermitState.CANCELLED: ("cancelled", gettext_noop(
        "The permit was cancelled by its authority: stop the goods.")),
    PermitState.REPLACED: ("superseded", gettext_noop(
        "The permit was replaced by another one: ask for the replacement.")),
    PermitState.LOST: ("lost", gettext_noop(
        "The permit was reported lost or stolen: keep it and tell its authority.")),
    PermitState.EXPORTED: ("used", gettext_noop(
        "The permit was already used for an export: it serves one consignment.")),
    PermitState.USED: ("used", gettext_noop(
        "The permit was already used: it serves one consignment.")),
}


class Unit(Protocol):
    """A line of a paper, ours or another Party's, as far as its unit goes."""

    @property
    def unit(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Meant:
    """What a write-off means: the permit, its state on that day, the rule of the procedure, the line and the quantity
    in the unit of the line."""

    permit: Permit
    state: PermitState
    rule: Rule
    line: PermitLine
    quantity: Decimal


def squeeze(number: str) -> str:
    """A number as compared: capitals and digits only, so that spaces, slashes and hyphens do not matter."""
    return re.sub(r"[^0-9A-Z]", "", number.upper())[:30]


def permit_meant(party: str, asked: WriteOff) -> Permit | Refusal:
    """The home permit of that number, whatever stands between its letters and digits."""
    return _meant(party, asked, permit_of)


def permit_locked(party: str, asked: WriteOff) -> Permit | Refusal:
    """The same with its status under the permit's lock, and what else a write-off reads of it: one question."""
    return _meant(party, asked, _locked)


def permits_meant(party: str, asked: Sequence[WriteOff]) -> list[Permit | Refusal]:
    """`permit_meant` for each of them, in one question; one permit is one object, without its status."""
    numbers = {spelling for each in asked for spelling in _spellings(each.number.strip())}
    known = {permit.number: permit for permit in Permit.objects.filter(party=party, number__in=numbers).select_related(
        "application").only(*PERMIT, "application__number")}
    return [_meant(party, each, lambda _party, number: known.get(number)) for each in asked]


def lock_each(permits: Iterable[Permit]) -> list[Permit]:
    """Put the statuses of permits under their locks: those that are read. One permit is waited for; of several, none
    that somebody else has: whoever holds one permit waits for no other, so no two ever wait for each other."""
    known = {permit.pk: permit for permit in permits}
    for status in PermitStatus.objects.select_for_update(skip_locked=len(known) > 1).filter(
            pk__in=known).order_by("pk"):
        known[status.pk].status = status
    return [permit for permit in known.values() if "status" in permit._state.fields_cache]


def _spellings(number: str) -> dict[str, None]:
    return dict.fromkeys((number, number.upper(), squeeze(number)))


def _meant(party: str, asked: WriteOff, look: Callable[[str, str], Permit | None]) -> Permit | Refusal:
    number = asked.number.strip()
    if not number:
        return NO_NUMBER
    permit = next((found for each in _spellings(number) if (found := look(party, each)) is not None), None)
    if asked.country not in ("", party) or permit is None:
        return refuse("unknown", "There is no permit %(number)s of this authority.", number=number[:30],
                      field="number", basis=BASIS)
    if asked.issued_on is not None and asked.issued_on != permit.issued_at.date():
        return refuse("unknown", "There is no permit %(number)s of %(day)s: the number is that of another day.",
                      number=number[:30], day=asked.issued_on, field="issued_on", basis=BASIS)
    return permit


STATUS: Final = ("permit_id", "state", "changed_at")
PERMIT: Final = ("id", "party", "number", "kind", "organisation_id", "application_id", "issued_at", "valid_until",
                 "importer_country", "exporter_country", "record_json", "seal_digest", "shard")
_statuses: Final = Prepared(lambda party, number: PermitStatus.objects.filter(
    permit__party=party, permit__number=number).values_list(
    *STATUS, *(f"permit__{name}" for name in PERMIT), "permit__application__number"),
    postgresql=' FOR UPDATE OF "permits_permitstatus"')


def _locked(party: str, number: str) -> Permit | None:
    for *row, application in _statuses.rows(party=party, number=number):
        permit = loaded(Permit, PERMIT, row[len(STATUS):])
        permit.status = loaded(PermitStatus, STATUS, row[:len(STATUS)])
        permit.application = loaded(Application, ("id", "number"), (permit.application_id, application))
        return permit
    return None


def usable(permit: Permit, asked: WriteOff, at: datetime, house: Sequence[Rule] | None = None,
           ) -> tuple[PermitState, Rule] | Refusal:
    """May the document be used for the procedure in the state it is in? The state is that of `at`."""
    if refused := left_before(permit):
        return replace(refused, field="number")
    state = state_of(permit.status, permit.valid_until, at.date())
    rule = procedures.rule(permit.party, asked.procedure, permit.kind, state.value, at.date(), house)
    if rule is not None and rule.allowed:
        return state, rule
    if state in STOPPED:
        code, template = STOPPED[state]
        return refuse(code, template, day=permit.valid_until, field="number", basis=BASIS)
    return refuse("wrong-procedure", "A %(kind)s cannot be used for the customs procedure %(procedure)s.",
                  kind=permit.kind, procedure=asked.procedure[:10] or "without a code", field="procedure",
                  basis=("Procedure table of the house",))


def meant(permit: Permit, asked: WriteOff, at: datetime, *, quantity: bool = True,
          house: Sequence[Rule] | None = None, measures: Measures | None = None) -> Meant | Refusal:
    """The whole of it, or the first thing that is wrong. `house`: its rows of the procedure table, where known;
    `measures`: what many are asked of."""
    found = usable(permit, asked, at, house)
    if isinstance(found, Refusal):
        return found
    if refused := wrong_party(permit, asked) or trade_suspended(permit, at.date(), measures):
        return refused
    line = line_meant(permit, asked, measures)
    if isinstance(line, Refusal):
        return line
    amount = in_unit(line, asked) if quantity else Decimal(0)
    if isinstance(amount, Refusal):
        return amount
    return Meant(permit, *found, line, amount)


def wrong_party(permit: Permit, asked: WriteOff) -> Refusal | None:
    """Names are compared without case, spaces and points; a name that begins like the other is the same."""
    for field, given in (("exporter", asked.exporter), ("importer", asked.importer)):
        if given and not _alike(given, getattr(permit.record, field).name):
            return refuse("wrong-party", "The %(what)s of the declaration is not that of the permit.", what=field,
                          field=field, basis=BASIS)
    if asked.destination and asked.destination != permit.importer_country:
        return refuse("wrong-route", "The permit is for %(right)s, not for %(given)s.",
                      right=permit.importer_country, given=asked.destination[:2], field="destination", basis=BASIS)
    return None


def _alike(given: str, own: str) -> bool:
    left, right = (re.sub(r"[\W_]", "", name).casefold() for name in (given, own))
    return bool(left) and (left.startswith(right) or right.startswith(left)) and min(len(left), len(right)) > 2


def line_meant(permit: Permit, asked: WriteOff, known: Measures | None = None) -> PermitLine | Refusal:
    """The line of that block; without a block, the only one of that taxon and term. Synonyms are the same taxon."""
    lines = list(permit.lines.all())
    if asked.block:
        lines = [line for line in lines if line.block == asked.block.strip().upper()]
        if not lines:
            return refuse("unknown-line", "The permit has no line %(block)s.", block=asked.block[:10], field="block",
                          basis=BASIS)
    if asked.taxon:
        law = known.law if known else law_of(permit.party)
        name = lineage(law, asked.taxon)[0]
        lines = [line for line in lines if lineage(law, line.taxon)[0] == name]
    if asked.term:
        lines = [line for line in lines if line.term == asked.term.upper()]
    if not lines:
        return refuse("wrong-species", "The permit does not cover %(taxon)s (%(term)s).",
                      taxon=asked.taxon[:80] or "these specimens", term=asked.term[:3] or "any term", field="taxon",
                      basis=BASIS)
    if len(lines) > 1 and asked.unit:
        lines = [line for line in lines if not isinstance(convert(Decimal(1), asked.unit, line.unit), Refusal)] or lines
    if len(lines) > 1:
        return refuse("line-ambiguous", "Several lines of the permit fit (%(blocks)s): name one.",
                      blocks=", ".join(line.block for line in lines), field="block",
                      suggestions=tuple(line.block for line in lines), basis=BASIS)
    return lines[0]


def in_unit(line: Unit, asked: WriteOff) -> Decimal | Refusal:
    """The quantity in the unit of the line, rounded up at the sixth decimal so that rounding never hides anything."""
    if asked.quantity is None:
        return refuse("quantity-missing", "Give a quantity above zero.", field="quantity")
    if not asked.quantity.is_finite() or asked.quantity <= 0 or asked.quantity > MOST:
        return refuse("quantity-missing", "Give a quantity above zero.", field="quantity")
    turned = convert(asked.quantity, asked.unit or line.unit, line.unit)
    if isinstance(turned, Refusal):
        return refuse("unit-not-comparable", "%(given)s cannot be compared with %(right)s, the unit of the permit.",
                      given=asked.unit[:3], right=line.unit, field="unit", basis=BASIS)
    amount = turned.quantize(STEP, ROUND_CEILING)
    if refused := check_number(amount, line.unit, field="quantity"):
        return refused
    return amount


@dataclass(frozen=True, slots=True)
class Measures:
    """What many permits are asked of at one moment, read once: the law, and the countries that measures name."""

    law: Law
    countries: frozenset[str]

    @classmethod
    def of(cls, party: str) -> Measures:
        return cls(law_of(party), frozenset(SuspensionRow.objects.filter(party=party, current=True).values_list(
            "country", flat=True).distinct()))


def trade_suspended(permit: Permit, on: date, known: Measures | None = None) -> Refusal | None:
    """Is trade in what the permit covers suspended on that day? Asked at issue, and again whenever it is used."""
    shipment = replace(shipment_of_record(permit.record, known.law if known else law_of(permit.party)), on=on)
    if not _may_meet(permit.party, shipment, known):
        return None
    return next(iter(judge(permit.party, shipment).refusals), None)


def _may_meet(party: str, shipment: Shipment, known: Measures | None) -> bool:
    """Whether a measure names one of the countries: for most permits none does, so that is asked before the measures
    are."""
    countries = {shipment.sender, shipment.receiver, *(claim.specimens.origin for claim in shipment.claims)} - {""}
    if known is not None:
        return bool(known.countries & {"", *countries})
    if len(countries) > MOST_COUNTRIES:
        return True
    one, two, three = (*countries, "", "", "")[:MOST_COUNTRIES]
    return bool(_measures.rows(party=party, one=one, two=two, three=three))


MOST_COUNTRIES: Final = 3
_measures: Final = Prepared(lambda party, one, two, three: SuspensionRow.objects.filter(
    party=party, current=True, country__in=["", one, two, three]).values_list("pk")[:1])


OPEN_STATES: Final = frozenset({PermitState.VALID.value, PermitState.PARTLY_USED.value})
OPEN: Final = frozenset({PermitState.VALID, PermitState.PARTLY_USED})
"""States in which something may still be written off."""
