"""A permit beside a declaration: every planted mismatch is found under its own code, and the same thing is the same."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wildgate.targeting.comparison import (
    SENTENCES,
    LineFacts,
    PermitFacts,
    Severity,
    compare,
    likeness,
    line_for,
    worst,
)
from wildgate.targeting.consignment import Consignment, Item, PermitRef, Trader

D = Decimal
EXPORTER = Trader("Lacuna Hides Ltd", "QM")
IMPORTER = Trader("Quartz Leather Co.", "QZ")
SKINS = LineFacts("A", "Crocodylus novaeguineae", "SKI", D(1200), "NAR", D(1200), source="W", origin="QM")
CAVIAR = LineFacts("B", "Acipenser baerii", "CAV", D("12.46"), "KGM", D("12.46"), source="C", origin="QM")
PERMIT = PermitFacts(
    "QM-E-2027-00031", "QM", "export-permit", date(2027, 3, 1), date(2027, 8, 31), lines=(SKINS, CAVIAR), purpose="T",
    exporter=EXPORTER, importer=IMPORTER, transport_document="125-1234 5675")
SAID = Item(
    1, "411330", taxon="Crocodylus novaeguineae", term="SKI", quantity=D(1200), unit="NAR", origin="QM", source="W",
    purpose="T", permits=(PermitRef("qm e 2027/00031", "QM", date(2027, 3, 1)),))
MOVE = Consignment(
    "D-1", "QM", "export", datetime(2027, 3, 10, 9, tzinfo=UTC), departure="QM", destination="QZ", exporter=EXPORTER,
    importer=IMPORTER, transport_document="12512345675")


def differences(said: dict[str, Any] | None = None, move: dict[str, Any] | None = None,
                permit: dict[str, Any] | None = None, line: dict[str, Any] | None = None) -> dict[str, Severity]:
    lines = (replace(SKINS, **line), CAVIAR) if line else PERMIT.lines
    found = compare(replace(SAID, **(said or {})), replace(MOVE, **(move or {})),
                    replace(PERMIT, **{"lines": lines} | (permit or {})))
    assert all(each.sentence and "%(" not in each.sentence for each in found)
    return {each.code: each.severity for each in found}


ROE = {"taxon": "Acipenser baerii", "term": "CAV", "unit": "KGM", "source": "C"}
CASES: list[tuple[str, dict[str, Any], set[str]]] = [
    ("the same", {}, set()),
    ("number written otherwise", {"said": {"permits": (PermitRef("QM-E/2027 00031"),)}}, set()),
    ("a part of it", {"said": {"quantity": D(7)}}, set()),
    ("a synonym", {"said": {"taxon": "Aliger gigas"}, "line": {"taxon": "Strombus gigas"}}, set()),
    ("a synonym on the permit", {"said": {"taxon": "Strombus gigas"}, "line": {"taxon": "Lobatus gigas"}}, set()),
    ("a name that only the issuer knows", {"said": {"taxon": "Novus exemplaris"},
                                           "line": {"names": ("Novus exemplaris",)}}, set()),
    ("with an author", {"said": {"taxon": "Crocodylus novaeguineae Schmidt, 1928"}}, set()),
    ("other species", {"said": {"taxon": "Crocodylus porosus"}}, {"taxon-differs"}),
    ("other species of near spelling", {"said": {"taxon": "Python sebae"}, "line": {"taxon": "Python regius"}},
     {"taxon-differs"}),
    ("a slip of the pen", {"said": {"taxon": "Crocodylus novaeguinae"}}, {"taxon-misspelt"}),
    ("nothing that can be placed", {"said": {"taxon": "Qwertia asdfa"}}, {"taxon-unknown"}),
    ("no taxon", {"said": {"taxon": ""}}, {"taxon-missing"}),
    ("genus for species", {"said": {"taxon": "Crocodylus spp."}}, {"taxon-wider"}),
    ("species for genus", {"line": {"taxon": "Crocodylus"}}, {"taxon-narrower"}),
    ("subspecies for species", {"said": {"taxon": "Caiman crocodilus fuscus"}, "line": {"taxon": "Caiman crocodilus"}},
     {"taxon-narrower"}),
    ("unit convertible", {"said": ROE | {"quantity": D(12460), "unit": "GRM"}}, set()),
    ("unit convertible, over", {"said": ROE | {"quantity": D(13000), "unit": "GRM"}}, {"quantity-over"}),
    ("unit not comparable", {"said": {"quantity": D(800), "unit": "KGM"}}, {"unit-not-comparable"}),
    ("quantity over", {"said": {"quantity": D(1201)}}, {"quantity-over"}),
    ("over what is left", {"line": {"left": D(1000)}}, {"quantity-over"}),
    ("over by rounding", {"said": ROE | {"quantity": D("12.5")}}, {"quantity-over-rounding"}),
    ("over by more than rounding", {"said": ROE | {"quantity": D("12.6")}}, {"quantity-over"}),
    ("rounded too far", {"said": ROE | {"quantity": D(13)}, "permit": {
        "lines": (replace(CAVIAR, quantity=D("12.6"), left=D("12.6")),)}}, {"quantity-over"}),
    ("specimens are not rounded", {"said": {"quantity": D(1200)}, "line": {"left": D("1199.6")}}, {"quantity-over"}),
    ("nothing left", {"line": {"left": D(0)}}, {"used-up"}),
    ("half a specimen", {"said": {"quantity": D("10.5")}}, {"quantity-fraction"}),
    ("no quantity", {"said": {"quantity": None}}, {"quantity-missing"}),
    ("blank unit is a number", {"said": {"unit": ""}}, set()),
    ("exporter by another legal form", {"move": {"exporter": Trader("LACUNA HIDES LIMITED", "QM")}}, set()),
    ("exporter turned round", {"move": {"exporter": Trader("Hides, Lacuna", "QM")}}, set()),
    ("exporter similar", {"move": {"exporter": Trader("Lakuna Hides Ltd", "QM")}}, {"exporter-similar"}),
    ("exporter other", {"move": {"exporter": Trader("Delta Reptile Trading", "QM")}}, {"exporter-differs"}),
    ("exporter elsewhere", {"move": {"exporter": Trader("Lacuna Hides Ltd", "QZ")}}, {"exporter-country"}),
    ("no exporter", {"move": {"exporter": Trader()}}, {"exporter-missing"}),
    ("importer similar", {"move": {"importer": Trader("Quartz Leathers", "QZ")}}, {"importer-similar"}),
    ("importer other", {"move": {"importer": Trader("Basalt Import SA", "QZ")}}, {"importer-differs"}),
    ("importer elsewhere", {"move": {"importer": Trader("Quartz Leather Co", "FR")}}, {"importer-country"}),
    ("no importer", {"move": {"importer": Trader()}}, {"importer-missing"}),
    ("origin other", {"said": {"origin": "PG"}}, {"origin-differs"}),
    ("origin not given", {"said": {"origin": ""}}, set()),
    ("destination other", {"move": {"destination": "VN"}}, {"destination-differs"}),
    ("a port of the right country", {"move": {"destination": "QZPRT"}}, set()),
    ("departure other", {"move": {"departure": "TZ"}}, {"departure-differs"}),
    ("house bill other", {"move": {"transport_document": "HB-99871"}}, {"transport-differs"}),
    ("on the last day", {"move": {"lodged_at": datetime(2027, 8, 31, 23, tzinfo=UTC)}}, set()),
    ("date after expiry", {"move": {"lodged_at": datetime(2027, 9, 1, 0, tzinfo=UTC)}}, {"expired"}),
    ("issue after lodging", {"move": {"lodged_at": datetime(2027, 2, 27, tzinfo=UTC)}}, {"issued-after-lodging"}),
    ("retrospective", {"move": {"lodged_at": datetime(2027, 2, 27, tzinfo=UTC)}, "permit": {"retrospective": True}},
     {"retrospective"}),
    ("issue date other", {"said": {"permits": (PermitRef("QM-E-2027-00031", "QM", date(2027, 3, 2)),)}},
     {"issue-date-differs"}),
    ("issuer other", {"said": {"permits": (PermitRef("QM-E-2027-00031", "QZ"),)}}, {"issuer-differs"}),
    ("second use", {"permit": {"uses": ("D-0",)}}, {"second-use"}),
    ("the same use again", {"permit": {"uses": ("D-1",), "state": "used"}}, set()),
    ("crosses again", {"permit": {"uses": ("D-0",), "multiple_use": True}}, {"used-again"}),
    ("cancelled", {"permit": {"state": "cancelled"}}, {"permit-not-usable"}),
    ("suspended", {"permit": {"state": "suspended"}}, {"permit-not-usable"}),
    ("used by another", {"permit": {"state": "used", "uses": ("D-0",)}}, {"permit-not-usable", "second-use"}),
    ("wrong kind", {"permit": {"kind": "import-permit"}}, {"wrong-kind"}),
    ("term changed", {"said": {"term": "LPS"}}, {"term-differs"}),
    ("near term", {"said": {"term": "SKP"}}, {"term-near"}),
    ("no term", {"said": {"term": ""}}, {"term-missing"}),
    ("source changed", {"said": {"source": "C"}}, {"source-differs"}),
    ("source near", {"said": {"source": "R"}}, {"source-near"}),
    ("second source", {"said": {"source": "W"}, "line": {"source": "I", "second_source": "W"}}, set()),
    ("purpose changed", {"said": {"purpose": "P"}}, {"purpose-differs"}),
    ("purpose near", {"said": {"purpose": "E"}, "permit": {"purpose": "Q"}}, {"purpose-near"}),
    ("marks other", {"said": {"marks": ("QM 0001", "ZZ 7")}, "line": {"marks": ("QM-0001", "QM-0002")}},
     {"marks-differ"}),
    ("some of the marks", {"said": {"marks": ("QM 0001",)}, "line": {"marks": ("QM-0001", "QM-0002")}}, set()),
    ("marks not declared", {"line": {"marks": ("QM-0001",)}}, {"marks-missing"}),
    ("no line at all", {"permit": {"lines": ()}}, {"no-line"}),
]


@pytest.mark.parametrize(("changes", "codes"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_a_planted_mismatch_is_found_and_nothing_else(changes: dict[str, Any], codes: set[str]) -> None:
    assert set(differences(**changes)) == codes


def test_every_sentence_of_the_catalogue_is_planted() -> None:
    assert set(SENTENCES) == set().union(*(case[2] for case in CASES))


def test_the_worst_comes_first_and_gives_the_measure() -> None:
    found = compare(replace(SAID, term="", taxon="Crocodylus porosus", quantity=None), MOVE, PERMIT)

    assert [each.severity.value for each in found] == sorted((each.severity.value for each in found),
                                                             key=["stop", "doubt", "note"].index)
    assert worst(found) is Severity.STOP
    assert worst(()) is None
    assert found[0].sentence == "The permit is for Crocodylus novaeguineae; declared is Crocodylus porosus."


def test_the_line_that_is_meant_is_found_among_several() -> None:
    small = replace(SKINS, block="C", quantity=D(5), left=D(5))
    permit = replace(PERMIT, lines=(small, CAVIAR, SKINS))

    assert line_for(replace(SAID, quantity=D(3)), permit) is small
    assert line_for(SAID, permit) is SKINS
    assert line_for(replace(SAID, **ROE, quantity=D(1)), permit) is CAVIAR
    assert line_for(replace(SAID, taxon="", hs="160431", term="CAV", unit="KGM"), permit) is CAVIAR


def test_a_name_is_compared_without_its_clothes() -> None:
    assert likeness("Société des Peaux S.A.R.L.", "SOCIETE DES PEAUX") == 100
    assert likeness("Müller & Söhne GmbH", "Muller and Sohne") == 100
    assert likeness("Lacuna Hides Ltd", "Lagoon Fish Ltd") < 82


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 5000), st.integers(0, 400), st.sampled_from(["NAR", "KGM", ""]))
def test_more_than_is_left_is_never_let_through(quantity: int, days: int, unit: str) -> None:
    found = differences({"quantity": D(quantity), "unit": unit}, {"lodged_at": MOVE.lodged_at + timedelta(days=days)})

    stopped = Severity.STOP in found.values()
    assert stopped == (quantity > 1200 or unit == "KGM" or (MOVE.lodged_at + timedelta(days=days)).date()
                       > PERMIT.valid_until)
