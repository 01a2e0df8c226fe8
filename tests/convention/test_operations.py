"""Registered operations: which entry covers which line, on which day, and what must be asked."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from wildgate.convention.listing import law
from wildgate.convention.operations import (
    Entry,
    OperationKind,
    OperationState,
    Stock,
    claims,
    exchange_codes,
    judge,
    judge_exchange,
    key_of,
)
from wildgate.convention.trade import Line, Trade
from wildgate.convention.vocabulary import Direction, Purpose, Source

DAY = date(2027, 3, 3)
FALCONS = Entry("A-QM-501", "QM", OperationKind.BREEDING_I, OperationState.ACTIVE, date(2020, 1, 1),
                date(2030, 12, 31), date(2027, 12, 1), (Stock("Falco peregrinus", Decimal(20)),))
ORCHIDS = replace(FALCONS, number="P-QM-7", kind=OperationKind.NURSERY, stock=(Stock("Paphiopedilum", None),))


def trade(*, direction=Direction.EXPORT, taxon="Falco peregrinus", source="D", number="A-QM-501", origin="QM",
          quantity="5", unit="NAR", **more):
    line = Line(taxon, "LIV", Decimal(quantity), unit, Source(source), origin, live=True, operation=number or None)
    return Trade(direction, DAY, "QM", "QZ", Purpose.COMMERCIAL, (line,), **more)


def verdict(entry, moved="0", **asked):
    claim, = claims(trade(**asked), law())
    return judge(claim, entry, home="QM", moved=Decimal(moved))


def codes(found):
    return [each.code for each in found]


@pytest.mark.parametrize(("entry", "asked", "refusals", "doubts"), [
    (FALCONS, {}, [], []),
    (FALCONS, {"quantity": "20"}, [], []),
    (FALCONS, {"quantity": "21"}, [], ["output-implausible"]),
    (FALCONS, {"quantity": "6", "moved": "15"}, [], ["output-implausible"]),
    (FALCONS, {"quantity": "100", "unit": "KGM"}, [], []),
    (FALCONS, {"taxon": "Falco rusticolus"}, ["operation-taxon"], []),
    (FALCONS, {"taxon": "Falco peregrinus anatum"}, [], []),
    (replace(FALCONS, state=OperationState.SUSPENDED), {}, ["operation-not-active"], []),
    (replace(FALCONS, state=OperationState.WITHDRAWN), {}, ["operation-not-active"], []),
    (replace(FALCONS, valid_until=date(2027, 3, 2)), {}, ["operation-lapsed"], []),
    (replace(FALCONS, valid_until=DAY), {}, [], []),
    (replace(FALCONS, registered_on=date(2027, 3, 4)), {}, ["operation-not-yet"], []),
    (replace(FALCONS, kind=OperationKind.BREEDING), {}, ["operation-kind"], []),
    (replace(FALCONS, next_inspection=date(2027, 3, 2)), {}, [], ["inspection-overdue"]),
    (None, {}, ["operation-unknown"], []),
    (None, {"number": ""}, ["operation-missing"], []),
    (None, {"number": "", "direction": Direction.IMPORT, "origin": "AE"}, [], []),
    (None, {"origin": "AE", "number": "A-AE-1", "direction": Direction.RE_EXPORT}, [], ["operation-unknown"]),
    (replace(FALCONS, country="AE", valid_until=date(2026, 1, 1)), {"origin": "AE"}, [], ["operation-lapsed"]),
    (replace(FALCONS, country="AE", state=OperationState.WITHDRAWN), {"origin": "AE"}, ["operation-not-active"], []),
    (ORCHIDS, {"taxon": "Paphiopedilum rothschildianum", "number": "P-QM-7"}, [], []),
    (FALCONS, {"taxon": "Paphiopedilum rothschildianum"}, ["operation-kind", "operation-taxon"], []),
    (ORCHIDS, {"taxon": "Tillandsia xerographica", "source": "A", "number": "P-QM-7"}, [], ["operation-taxon"]),
    (FALCONS, {"source": "C"}, [], []),
    (None, {"source": "C"}, [], ["operation-unknown"]),
    (FALCONS, {"source": "W"}, [], ["operation-kind"]),
])
def test_what_the_register_says(entry, asked, refusals, doubts):
    found = verdict(entry, **asked)

    assert codes(found.refusals) == refusals
    assert codes(found.doubts) == doubts
    assert found.proven is (entry is not None and not refusals and not doubts)
    assert all(each.basis for each in (*found.refusals, *found.doubts))


def test_animals_and_plants_rest_on_their_own_resolutions():
    falcons, orchids = verdict(None), verdict(None, taxon="Paphiopedilum rothschildianum", number="P-QM-7")

    assert falcons.refusals[0].basis == ("Art. VII.4", "Res. Conf. 12.10 (Rev. CoP15)")
    assert orchids.refusals[0].basis == ("Art. VII.4", "Res. Conf. 9.19")


def test_a_line_without_an_operation_claims_none():
    assert claims(trade(source="W", number=""), law()) == ()


def test_a_number_has_one_spelling():
    assert key_of("a-qm 501") == key_of("A.QM.501") == "AQM501"


HOME, AWAY = (Entry(code, code[:2], OperationKind.INSTITUTION, OperationState.ACTIVE, date(2020, 1, 1))
              for code in ("QM001", "QZ014"))


@pytest.mark.parametrize(("known", "refusals", "doubts"), [
    ((HOME, AWAY), [], []),
    ((HOME,), [], ["institution-unknown"]),
    ((AWAY,), ["institution-unknown"], []),
    ((replace(HOME, state=OperationState.WITHDRAWN), AWAY), ["institution-unknown"], []),
    ((replace(HOME, valid_until=date(2027, 1, 1)), AWAY), ["institution-unknown"], []),
    ((replace(FALCONS, number="QM001"), AWAY), ["institution-unknown"], []),
])
def test_both_institutions_are_registered(known, refusals, doubts):
    exchange = trade(source="W", number="", certificate="scientific-exchange", registered_operation="qm001 / QZ014")

    found = judge_exchange(exchange, known, home="QM")

    assert exchange_codes(exchange) == ("QM001", "QZ014")
    assert (codes(found.refusals), codes(found.doubts)) == (refusals, doubts)
    assert found.proven is (not refusals and not doubts)
