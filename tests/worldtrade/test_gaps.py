"""Reconciliation: what both sides say alike, what explains a difference, and what nothing explains."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.worldtrade.conftest import AT

from wildgate.convention.refusal import Refusal
from wildgate.worldtrade.gaps import Gap, Reconciliation, reconcile
from wildgate.worldtrade.store import Loaded, Store

HEADING = "Year,Appendix,Taxon,Genus,Term,Quantity,Unit,Importer,Exporter,Origin,Purpose,Source,Reporter.type"

PAIRS = {
    # side, year, taxon, term, quantity, unit, importer, origin, source
    "alike": [("E", 2015, "Varanus niloticus", "skins", 500, "", "FR", "", "W"),
              ("I", 2015, "Varanus niloticus", "skins", 500, "", "FR", "TG", "W")],
    "unit": [("E", 2015, "Crocodylus niloticus", "meat", 2500, "g", "FR", "", "R"),
             ("I", 2015, "Crocodylus niloticus", "meat", "2.5", "kg", "FR", "", "R")],
    "term": [("E", 2015, "Python sebae", "shoes", 40, "", "FR", "", "W"),
             ("I", 2015, "Python sebae", "leather products (small)", 40, "", "FR", "", "W")],
    "taxon": [("E", 2015, "Chamaeleo gracilis", "live", 30, "", "FR", "", "W"),
              ("I", 2015, "Chamaeleo spp.", "live", 30, "", "FR", "", "W")],
    "source": [("E", 2015, "Python regius", "live", 700, "", "FR", "", "C"),
               ("I", 2015, "Python regius", "live", 700, "", "FR", "", "F")],
    "source-conflict": [("E", 2015, "Kinixys belliana", "live", 80, "", "FR", "", "C"),
                        ("I", 2015, "Kinixys belliana", "live", 80, "", "FR", "", "W")],
    "origin": [("E", 2015, "Psittacus erithacus", "live", 60, "", "FR", "CM", "W"),
               ("I", 2015, "Psittacus erithacus", "live", 60, "", "FR", "", "W")],
    "year": [("E", 2015, "Poicephalus senegalus", "live", 90, "", "FR", "", "W"),
             ("I", 2016, "Poicephalus senegalus", "live", 90, "", "FR", "", "W")],
    "split": [("E", 2015, "Pandinus imperator", "live", 50, "", "FR", "", "W"),
              ("E", 2015, "Pandinus imperator", "live", 70, "", "FR", "", "R"),
              ("I", 2015, "Pandinus imperator", "live", 120, "", "FR", "", "C")],
    "rounding": [("E", 2015, "Acipenser baerii", "caviar", "12.345", "kg", "FR", "", "C"),
                 ("I", 2015, "Acipenser baerii", "caviar", "12.3", "kg", "FR", "", "C")],
    "amount": [("E", 2015, "Varanus exanthematicus", "live", 1000, "", "FR", "", "R"),
               ("I", 2015, "Varanus exanthematicus", "live", 640, "", "FR", "", "R")],
    "exporter-only": [("E", 2015, "Calabaria reinhardtii", "live", 33, "", "FR", "", "W")],
    "importer-only": [("I", 2015, "Loxodonta africana", "tusks", 2, "", "FR", "", "W")],
    "no-report": [("E", 2015, "Hippopotamus amphibius", "teeth", 14, "", "SO", "", "W")],
}


def filled(folder: Path, rows: list[tuple[object, ...]], party: str = "TG") -> Store:
    lines = [HEADING]
    for side, year, taxon, term, quantity, unit, importer, origin, source, *exporter in rows:
        genus = str(taxon).split()[0]
        lines.append(f"{year},II,{taxon},{genus},{term},{quantity},{unit},{importer},{(exporter or [party])[0]},"
                     f"{origin},T,{source},{side}")
    path = folder / "rows.csv"
    path.write_text("\n".join(lines))
    store = Store(folder / "trade")
    assert isinstance(store.load(path, at=AT), Loaded)
    return store


def reconciled(store: Store, party: str = "TG", year: int = 2015) -> Reconciliation:
    found = reconcile(store, party, year)
    assert isinstance(found, Reconciliation), found
    return found


@pytest.fixture(scope="module")
def togo(tmp_path_factory: pytest.TempPathFactory) -> Reconciliation:
    return reconciled(filled(tmp_path_factory.mktemp("togo"), [row for rows in PAIRS.values() for row in rows]))


def about(found: Reconciliation, code: str) -> list[Gap]:
    taxa = {row[2] for row in PAIRS[code]}
    return [gap for gap in found.gaps if gap.taxon in taxa]


@pytest.mark.parametrize("code", [code for code in PAIRS if code != "alike"])
def test_each_difference_says_what_the_data_say_of_it(code, togo):
    gaps = about(togo, code)

    assert {gap.code for gap in gaps} == {code}
    explained = code not in ("source-conflict", "amount", "exporter-only", "importer-only", "no-report")
    assert {gap.explained for gap in gaps} == {explained}
    assert all(gap.explanation.endswith(".") and gap.partner == gaps[0].partner for gap in gaps)


def test_both_sides_amounts_stand_beside_each_other(togo):
    amount = about(togo, "amount")[0]
    unit = about(togo, "unit")[0]

    assert (amount.exporter_quantity, amount.importer_quantity, amount.difference) == (1000, 640, -360)
    assert amount.explanation == ("The exporter reports 360 NAR more, and no other report has this amount: "
                                  "unexplained.")
    assert (unit.difference, unit.unit) == (0, "KGM")
    assert "the exporter in g, the importer in kg" in unit.explanation


def test_it_is_counted_how_many_differences_are_explained(togo):
    told = togo.as_json()

    assert (told["explained"], told["unexplained"]) == (
        sum(gap["explained"] for gap in told["gaps"]), sum(not gap["explained"] for gap in told["gaps"]))
    assert told["explained"] and told["unexplained"]


def test_what_both_sides_say_alike_is_matched_and_an_origin_in_the_exporting_country_says_nothing(togo):
    assert togo.matched == 1
    assert not [gap for gap in togo.gaps if gap.taxon == "Varanus niloticus"]


def test_keys_are_of_one_difference_and_stay(togo, tmp_path):
    keys = [gap.key for gap in togo.gaps]
    again = reconciled(filled(tmp_path, PAIRS["amount"]))

    assert len(set(keys)) == len(keys)
    assert [gap.key for gap in again.gaps] == [about(togo, "amount")[0].key]


def test_a_re_export_that_the_importer_tells_of_the_country_of_origin(tmp_path):
    store = filled(tmp_path, [("E", 2015, "Manis tricuspis", "scales", 300, "", "FR", "CD", "W"),
                              ("I", 2015, "Manis tricuspis", "scales", 300, "", "FR", "", "W", "CD")])

    exporter, importer = reconciled(store).gaps, reconciled(store, "FR").gaps

    assert [gap.code for gap in exporter] == ["re-export"]
    assert exporter[0].explanation == ("The importer reports the same 300 NAR as coming from CD; here it comes from TG "
                                       "with origin CD.")
    assert {gap.code for gap in importer} == {"re-export"}
    assert {gap.partner for gap in importer} == {"TG", "CD"}


def test_a_small_remainder_is_not_explained_by_another_small_amount(tmp_path):
    store = filled(tmp_path, [("E", 2015, "Python regius", "live", 103, "", "FR", "", "W"),
                              ("I", 2015, "Python regius", "live", 100, "", "FR", "", "W"),
                              ("I", 2016, "Python regius", "live", 3, "", "FR", "", "W")])

    assert [gap.code for gap in reconciled(store).gaps] == ["amount"]


def test_an_amount_explains_one_difference_and_not_two(tmp_path):
    store = filled(tmp_path, [("E", 2015, "Python regius", "live", 90, "", "FR", "", "W"),
                              ("E", 2015, "Python regius", "live", 90, "", "FR", "", "C"),
                              ("I", 2015, "Python regius", "live", 90, "", "FR", "", "")])

    assert sorted(gap.code for gap in reconciled(store).gaps) == ["exporter-only", "source", "source"]


def test_what_cannot_be_reconciled_is_refused(tmp_path):
    store = Store(tmp_path / "trade")

    codes = [outcome.code for outcome in (reconcile(store, "QQQ", 2015), reconcile(store, "TG", 1815),
                                          reconcile(store, "TG", 2015)) if isinstance(outcome, Refusal)]

    assert codes == ["no-such-country", "no-such-year", "nothing-to-reconcile"]


def test_a_real_year_holds_together(world):
    found = reconciled(world, "DE", 2010)

    told = found.as_json()
    assert told["explained"] + told["unexplained"] == len(found.gaps) == sum(found.counts.values())
    assert {gap.partner for gap in found.gaps if gap.direction == "imports"} >= {"CA"}
    assert all(gap.exporter_quantity != gap.importer_quantity for gap in found.gaps if gap.code != "unit")
