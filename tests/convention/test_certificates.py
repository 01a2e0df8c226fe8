"""Which specimens the certificates of travellers, traders and laboratories are for (Article VII; Res. Conf. 16.8)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from tests.convention.questions import ask, codes, kinds, line

from wildgate.convention.outcome import Ruling
from wildgate.convention.vocabulary import Outcome

BEFORE = {"source": "O", "acquired": date(1970, 1, 1)}


def held(certificate: str, taxon: str, purpose: str = "P", **item: Any) -> Ruling:
    fields = {"quantity": Decimal(1), "origin": "BR", **item}
    return ask(line(taxon, **fields), sender="BR", receiver="US", purpose=purpose, certificate=certificate)


@pytest.mark.rule("Z04", "E07", "E08")
@pytest.mark.parametrize(("taxon", "item", "kind"), [
    ("Dalbergia nigra", {"term": "SAW", "unit": "MTQ", **BEFORE}, "pre-convention-certificate"),
    ("Dalbergia latifolia", {"term": "LOG", "unit": "MTQ"}, "export-permit"),
    ("Caiman crocodilus", {"term": "SKI"}, "export-permit"),
    ("Ara macao", {"term": "LIV", "live": True, **BEFORE}, "pre-convention-certificate"),
    ("Dalbergia nigra", {"term": "WPR", **BEFORE}, "musical-instrument-certificate"),
    ("Caiman crocodilus", {"term": "LPS"}, "musical-instrument-certificate"),
    ("Strombus gigas", {"term": "SHE"}, "musical-instrument-certificate")])  # fmt: skip
def test_only_what_is_made_into_an_instrument_travels_as_one(taxon: str, item: dict[str, Any], kind: str) -> None:
    """Res. Conf. 16.8: finished instruments, no timber, skins or animals."""
    ruling = held("musical-instrument", taxon, **item)

    assert kinds(ruling) == [kind]
    assert ("certificate-not-available" in codes(ruling)) == (kind != "musical-instrument-certificate")


@pytest.mark.rule("Z05", "E08")
def test_a_collection_of_samples_holds_nothing_alive() -> None:
    """50 CFR 23.50: dead specimens, parts and products under an ATA carnet."""
    caimans = held("sample-collection", "Caiman crocodilus", "T", term="LIV", live=True)

    assert kinds(caimans) == ["export-permit"]
    assert "certificate-not-available" in codes(caimans)
    assert kinds(held("sample-collection", "Caiman crocodilus", "T", term="LPS")) == ["sample-collection-certificate"]


@pytest.mark.rule("Z01", "Z02", "Z03", "Z04", "Z05")
@pytest.mark.parametrize(("certificate", "taxon", "purpose", "item"), [
    ("musical-instrument", "Dalbergia nigra", "P", {"term": "WPR", **BEFORE}),
    ("pet-ownership", "Amazona aestiva", "P", {"term": "LIV", "live": True, "source": "C"}),
    ("travelling-exhibition", "Panthera onca", "Q", {"term": "LIV", "live": True, "source": "C"}),
    ("sample-collection", "Caiman crocodilus", "T", {"term": "LPS"}),
    ("scientific-exchange", "Caiman crocodilus", "S", {"term": "SPE"})])  # fmt: skip
def test_a_certificate_of_many_crossings_asks_not_whether_it_is_a_re_export(
        certificate: str, taxon: str, purpose: str, item: dict[str, Any]) -> None:
    """It stands in for export permit and re-export certificate alike; an ordinary export of foreign goods is asked."""
    goods = line(taxon, **{"quantity": Decimal(1), "origin": "BR", **item})

    abroad = ask(goods, sender="DE", receiver="US", purpose=purpose, certificate=certificate)
    ordinary = ask(goods, sender="DE", receiver="US", purpose=purpose)

    assert abroad.decision is Outcome.ALLOW
    assert "origin-elsewhere" not in codes(abroad)
    assert "origin-elsewhere" in codes(ordinary)
    assert ordinary.decision is Outcome.CONDITIONAL
