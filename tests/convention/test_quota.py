"""The arithmetic of a quota ledger, and whom a quota binds."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wildgate.convention.listing import law
from wildgate.convention.quota import (
    Balance,
    Claim,
    Entry,
    LedgerLine,
    Limit,
    Scope,
    Shipment,
    Specimens,
    exceeds,
    fold,
    in_quota_units,
    lineage,
    quota_year,
    refused,
)
from wildgate.convention.refusal import Refusal

D = Decimal
YEAR = (date(2027, 1, 1), date(2027, 12, 31))


def claim(taxon: str = "Varanus salvator", term: str = "LIV", source: str = "W", quantity: str = "30",
          unit: str = "NAR", origin: str = "QM", region: str = "") -> Claim:
    return Claim("A", Specimens(lineage(law(), taxon), term, source, "T", origin, region), D(quantity), unit)


def shipment(*claims: Claim, sender: str = "QM", on: date = date(2027, 3, 3), re_export: bool = False) -> Shipment:
    return Shipment(sender, "QZ", on, claims, re_export)


def limit(taxon: str = "Varanus salvator", amount: str | None = "500", **more: object) -> Limit:
    scope = Scope(taxon, *(frozenset(more.pop(name, ())) for name in ("terms", "sources", "purposes")),  # type: ignore[call-overload]
                  str(more.pop("region", "")))
    start, end = more.pop("period", YEAR)  # type: ignore[misc]
    return Limit(1, "QM", scope, "NAR", None if amount is None else D(amount), start, end, **more)  # type: ignore[arg-type]


def holds(one: Limit, it: Claim, **trip: object) -> bool:
    return one.holds(shipment(it, **trip), it)  # type: ignore[arg-type]


def test_the_loser_is_told_what_is_left_and_who_took_it():
    balance = Balance(D(500), bound=D(490))

    no = balance.refuse(D(30), newest=D(30))

    assert balance.free == 10
    assert no.reason == "10 left of 500: 460 + 30 bound."


@pytest.mark.parametrize(("balance", "words"), [
    (Balance(D(20)), "20 left of 20: 0 bound."),
    (Balance(D(500), bound=D(480)), "20 left of 500: 480 bound."),
    (Balance(D(500), bound=D(100), used=D(390)), "10 left of 500: 390 used, 100 bound."),
    (Balance(D(500), reserved=D(495)), "5 left of 500: 495 reserved."),
    (Balance(D("2.5"), used=D("2.4")), "0.1 left of 2.5: 2.4 used."),
])
def test_a_refusal_names_what_is_used_bound_and_reserved(balance, words):
    assert balance.refuse(D(30)).reason == words


def test_bind_use_and_return_are_counted_to_the_last_specimen():
    balance = fold(D(500), [LedgerLine(Entry.BIND, D(460)), LedgerLine(Entry.BIND, D(30)),
                            LedgerLine(Entry.USE, D(25)), LedgerLine(Entry.RETURN, D(5))])

    assert (balance.bound, balance.used, balance.free, balance.counted) == (460, 25, 15, 485)


def test_a_reservation_is_given_up_for_the_binding_that_takes_its_place():
    balance = fold(D(100), [LedgerLine(Entry.RESERVE, D(80)), LedgerLine(Entry.RETURN, D(80), Entry.RESERVE),
                            LedgerLine(Entry.BIND, D(70))])

    assert (balance.reserved, balance.bound, balance.free) == (0, 70, 30)


@pytest.mark.parametrize("lines", [
    [LedgerLine(Entry.BIND, D(501))], [LedgerLine(Entry.USE, D(1))], [LedgerLine(Entry.RETURN, D(1))],
    [LedgerLine(Entry.BIND, D(0))], [LedgerLine(Entry.BIND, D(300)), LedgerLine(Entry.RESERVE, D(201))],
])
def test_a_ledger_that_could_not_have_happened_is_refused(lines):
    with pytest.raises(ValueError):
        fold(D(500), lines)


@given(st.lists(st.tuples(st.sampled_from(list(Entry)), st.decimals("0.000001", "700", places=6)), max_size=40))
def test_no_order_of_lines_overdraws(lines):
    balance = Balance(D(500))
    for kind, quantity in lines:
        try:
            balance = balance.after(kind, quantity)
        except ValueError:
            continue
        assert min(balance.free, balance.bound, balance.used, balance.reserved) >= 0
        assert balance.free + balance.bound + balance.used + balance.reserved == 500


@pytest.mark.parametrize(("one", "it", "holds_for"), [
    (limit(), claim(), True),
    (limit("Varanus"), claim(), True),
    (limit("Varanidae"), claim(), True),
    (limit("Varanus niloticus"), claim(), False),
    (limit(terms=["SKI"]), claim(), False),
    (limit(terms=["SKI", "LIV"]), claim(), True),
    (limit(sources=["W"]), claim(source="C"), False),
    (limit(sources=["W"]), claim(source="U"), True),
    (limit(sources=["C", "D"]), claim(source="D"), True),
    (limit(purposes=["H"]), claim(), False),
    (limit(), claim(source="O"), False),
    (limit(sources=["O"]), claim(source="O"), True),
    (limit(), claim(origin="ID"), False),
    (limit(), claim(origin="XX"), True),
    (limit(region="North"), claim(region="north"), True),
    (limit(region="North"), claim(region="South"), False),
    (limit(region="North"), claim(), True),
])
def test_a_quota_binds_by_taxon_term_source_purpose_origin_and_region(one, it, holds_for):
    assert holds(one, it) is holds_for


def test_a_quota_binds_its_own_exporter_in_its_own_year_and_no_re_export():
    assert not holds(limit(), claim(), sender="QZ")
    assert not holds(limit(), claim(), on=date(2028, 1, 1))
    assert holds(limit(), claim(), on=date(2027, 12, 31))
    assert not holds(limit(), claim(), re_export=True)


def test_a_zero_quota_and_one_in_preparation_refuse_apart():
    zero, waiting = refused(limit(amount="0"), claim()), refused(limit(amount=None), claim())

    assert zero and zero.code == "zero-quota"
    assert waiting and waiting.code == "quota-in-preparation"
    assert refused(limit(), claim()) is None


def test_the_caviar_year_ends_in_february_also_in_a_leap_year():
    assert quota_year(2027, caviar=True) == (date(2027, 3, 1), date(2028, 2, 29))
    assert quota_year(2028, caviar=True) == (date(2028, 3, 1), date(2029, 2, 28))
    assert quota_year(2027) == YEAR


def test_units_convert_where_they_can_and_round_up():
    kilos = Limit(1, "QM", Scope("Acipenser"), "KGM", D(10), *YEAR)
    sets = Limit(1, "QM", Scope("Acipenser"), "NAR", D(10), *YEAR, factors={"SET": D(4)})

    assert in_quota_units(D(1500), kilos.factor("GRM")) == D("1.5")  # type: ignore[arg-type]
    assert in_quota_units(D("0.0001"), kilos.factor("GRM")) == D("0.000001")  # type: ignore[arg-type]
    assert sets.factor("SET") == 4
    no = kilos.factor("NAR")
    assert isinstance(no, Refusal)
    assert "KGM" in no.reason


def test_a_foreign_permit_over_its_partys_quota_is_told():
    assert exceeds(limit(amount="50"), [claim(quantity="30"), claim(quantity="20")]) is None
    no = exceeds(limit(amount="50"), [claim(quantity="30"), claim(quantity="21")])
    assert no is not None
    assert no.code == "over-quota"
    assert "51" in no.reason
