"""Each of the 42 rules by a real trade: its decision, documents and findings, word for word."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from tests.convention.questions import CROCODILE, GORILLA, ORCHID_I, kinds, line, trade

from wildgate.convention.listing import law
from wildgate.convention.ruling import rule
from wildgate.convention.vocabulary import By, Source

FALCON, JACKAL, SHARK, WHALE = "Falco peregrinus", "Canis aureus", "Carcharhinus falciformis", "Balaenoptera borealis"
SAMPLES = {"term": "SPE"}
BEFORE = {"source": "O", "acquired": date(1970, 1, 1), "second_source": Source.WILD}
CATCH = {"source": "X", "origin": "ZZ", "term": "MEA", "unit": "KGM"}
IMPORT = {"direction": "import", "sender": "QZ", "receiver": "QM"}
SEA = {"direction": "introduction-from-the-sea", "sender": "ZZ", "receiver": "QM"}
OWN = {"purpose": "P", "personal_effects": True, "carried_by_owner": True}
LAF, NDF, MOVE = "legal-acquisition", "non-detriment (SA)", "humane-transport"


@dataclass(frozen=True)
class Case:
    """A trade and what it must bring. `told` is a warning or refusal that it names, `by` the rule answering instead."""

    rule: str
    taxon: str
    item: dict[str, Any]
    way: dict[str, Any]
    decision: str
    documents: list[str] = field(default_factory=list)
    findings: list[str] = field(default_factory=list)
    told: str = ""
    by: str = ""


def live(**changes: Any) -> dict[str, Any]:
    return {"term": "LIV", "live": True, "quantity": Decimal(1), **changes}


@pytest.mark.parametrize(
    "case",
    [
        Case("E01", GORILLA, live(), {"purpose": "Z"}, "allow", ["import-permit", "export-permit"],
             [LAF, MOVE, "import-permit-granted", "quota", NDF]),
        Case("E02", GORILLA, live(), {"purpose": "T"}, "refuse", told="primarily-commercial"),
        Case("E03", FALCON, live(source="D", operation="A-QM-501"), {}, "allow", ["export-permit"],
             ["registered-operation", LAF, MOVE, NDF]),
        Case("E04", ORCHID_I, live(source="D", operation="P-QM-7"), {}, "allow", ["export-permit"],
             ["artificially-propagated", "registered-operation", MOVE, NDF]),
        Case("E05", GORILLA, live(source="C"), {"purpose": "Z"}, "allow", ["captive-bred-certificate"],
             ["captive-bred", MOVE, "captive-bred (SA)"]),
        Case("E06", ORCHID_I, live(source="A"), {"purpose": "S"}, "allow", ["artificially-propagated-certificate"],
             ["artificially-propagated"]),
        Case("E07", CROCODILE, BEFORE, {}, "allow", ["pre-convention-certificate"], ["pre-convention"]),
        Case("E08", CROCODILE, {}, {}, "allow", ["export-permit"], [LAF, "quota", "no-suspension", NDF]),
        Case("E09", CROCODILE, {"source": "C"}, {}, "allow", ["captive-bred-certificate"], ["captive-bred"]),
        Case("E10", "Aloe ferox", live(source="A"), {}, "allow", ["artificially-propagated-certificate"],
             ["artificially-propagated"]),
        Case("E11", JACKAL, live(origin="IN"), {"sender": "IN"}, "allow", ["export-permit"], [LAF, MOVE]),
        Case("E12", JACKAL, live(), {}, "allow", ["certificate-of-origin"], [MOVE]),
        Case("R01", GORILLA, live(origin="CM"), {"direction": "re-export", "purpose": "Z"}, "allow",
             ["import-permit", "re-export-certificate"], [LAF, MOVE, "import-permit-granted"]),
        Case("R02", GORILLA, live(origin="CM"), {"direction": "re-export"}, "refuse", told="primarily-commercial"),
        Case("R03", FALCON, live(source="D", operation="A-AE-1", origin="AE"), {"direction": "re-export"}, "allow",
             ["re-export-certificate"], [LAF, "registered-operation", MOVE]),
        Case("R04", CROCODILE, {"origin": "PG"}, {"direction": "re-export"}, "allow", ["re-export-certificate"], [LAF]),
        Case("R05", JACKAL, live(origin="IN"), {"direction": "re-export"}, "allow", ["re-export-certificate"], [LAF]),
        Case("R06", CROCODILE, {"source": "I", "second_source": Source.WILD, "origin": "PG"},
             {"direction": "re-export"}, "conditional", ["re-export-certificate"], [LAF, NDF], told="confiscated"),
        Case("I01", GORILLA, live(origin="QZ"), {**IMPORT, "purpose": "Z"}, "allow", ["import-permit", "export-permit"],
             ["not-primarily-commercial", "purpose-not-detrimental (SA)", "suitable-housing (SA)"]),
        Case("I02", GORILLA, live(origin="QZ"), IMPORT, "refuse", told="primarily-commercial"),
        Case("I03", GORILLA, live(source="C", origin="QZ"), {**IMPORT, "purpose": "Z"}, "allow",
             ["captive-bred-certificate"], ["captive-bred"]),
        Case("I04", CROCODILE, {"origin": "QZ"}, IMPORT, "allow", ["export-permit"]),
        Case("I05", JACKAL, live(origin="QZ"), IMPORT, "allow", ["certificate-of-origin"]),
        Case("I06", CROCODILE, {"origin": "QZ"}, {**IMPORT, "papers": frozenset()}, "refuse", told="document-missing"),
        Case("S01", WHALE, CATCH, {**SEA, "purpose": "S"}, "allow", ["introduction-from-the-sea-certificate"],
             ["not-primarily-commercial", NDF]),
        Case("S02", WHALE, CATCH, SEA, "refuse", told="primarily-commercial"),
        Case("S03", SHARK, CATCH, SEA, "allow", ["introduction-from-the-sea-certificate"], [NDF]),
        Case("S04", JACKAL, CATCH, SEA, "no-document-needed"),
        Case("S05", SHARK, CATCH, SEA, "allow", ["introduction-from-the-sea-certificate"], [NDF], "older-treaty",
             by="S03"),
        Case("S06", SHARK, {**CATCH, "origin": "PA"}, {}, "conditional", ["export-permit"], [LAF, NDF], "flag-state"),
        Case("T01", GORILLA, live(origin="CM"), {"direction": "transit", "purpose": "Z", "sender": "CM"}, "allow",
             ["export-permit", "import-permit"]),
        Case("P01", GORILLA, {"term": "SKU"}, OWN, "conditional", told="effects-conditional"),
        Case("P02", "Hippocampus kuda", {"term": "BOD", "quantity": Decimal(4)}, OWN, "no-document-needed",
             told="stricter-law"),
        Case("P03", JACKAL, {"term": "SKI", "quantity": Decimal(1)}, OWN, "no-document-needed", told="stricter-law"),
        Case("P04", "Ara ararauna", live(source="C"), OWN, "allow", ["captive-bred-certificate"],
             ["captive-bred", MOVE], "not-personal-effects", "E09"),
        Case("Z01", CROCODILE, SAMPLES, {"purpose": "S", "certificate": "scientific-exchange"}, "allow",
             ["scientific-exchange-label"], ["registered-operation"]),
        Case("Z02", "Panthera tigris", live(source="C"), {"purpose": "Q", "certificate": "travelling-exhibition"},
             "allow", ["travelling-exhibition-certificate"], ["captive-bred", MOVE]),
        Case("Z03", "Ara ararauna", live(source="C"), {"purpose": "P", "certificate": "pet-ownership"}, "allow",
             ["ownership-certificate"], [LAF, MOVE]),
        Case("Z04", "Dalbergia nigra", {"term": "WPR", **BEFORE}, {"purpose": "P", "certificate": "musical-instrument"},
             "allow", ["musical-instrument-certificate"], [LAF, "pre-convention"]),
        Case("Z05", CROCODILE, {}, {"certificate": "sample-collection"}, "allow", ["sample-collection-certificate"],
             [LAF]),
        Case("Z06", CROCODILE, SAMPLES, {"purpose": "M"}, "allow", ["export-permit"],
             [LAF, "quota", "no-suspension", NDF], "simplified-procedure", "E08"),
        Case("N01", CROCODILE, {"source": "C"}, {"receiver": "KP"}, "conditional", ["captive-bred-certificate"],
             ["captive-bred"], "non-party"),
    ],
    ids=lambda case: case.rule,
)  # fmt: skip
def test_rule(case: Case) -> None:
    way = dict(case.way)
    papers = way.pop("papers", None)

    ruling = rule(trade(line(case.taxon, **case.item), **way), law(), papers=papers)

    assert ruling.lines[0].rule == (case.by or case.rule)
    assert ruling.decision.value == case.decision
    assert kinds(ruling) == case.documents
    assert [f"{f.kind}{' (SA)' if f.by is By.SCIENTIFIC else ''}" for f in ruling.findings] == case.findings
    assert ruling.lines[0].basis
    if case.told:
        told = [*ruling.warnings, *ruling.refusals]
        assert case.told in {one.code for one in told}
        assert all(one.basis for one in told)
