"""A Party with a reservation is treated as a State not party for trade in the taxon (Art. XXIII.3)."""

from __future__ import annotations

from datetime import date

from tests.convention.questions import GORILLA, codes, line, trade

from wildgate.convention.listing import law
from wildgate.convention.outcome import Ruling
from wildgate.convention.register import Register, RegisterLaw
from wildgate.convention.reservation import Reservation
from wildgate.convention.ruling import rule
from wildgate.convention.taxonomy import Taxon
from wildgate.convention.vocabulary import Appendix, Outcome

CROCODILE = "Crocodylus novaeguineae"
DAY = date(2025, 6, 1)


def reserved(*rows: Reservation) -> RegisterLaw:
    return RegisterLaw(Register([], [], "reservations.csv", reservations=rows))


def by(country: str, taxon: str = "Crocodylus", **changes: object) -> Reservation:
    return Reservation(taxon, country, **{"since": date(1990, 1, 18), **changes})  # type: ignore[arg-type]


def ruled(the_law: RegisterLaw, taxon: str = CROCODILE, **changes: object) -> Ruling:
    return rule(trade(line(taxon), **changes), the_law)


def test_the_importer_with_a_reservation_needs_comparable_documents() -> None:
    ruling = ruled(reserved(by("QZ")))

    told = next(w for w in ruling.warnings if w.code == "reservation")
    assert ruling.decision is Outcome.CONDITIONAL
    assert ruling.lines[0].rule == "N01"
    assert told.basis == ("Art. XV.3", "Art. XXIII.3")
    assert "Quartzland" in told.reason


def test_so_does_the_exporter_and_nobody_else() -> None:
    assert "reservation" in codes(ruled(reserved(by("QM"))))
    assert "reservation" not in codes(ruled(reserved(by("FR"))))
    assert ruled(reserved(by("FR"))) == rule(trade(line(CROCODILE)), law())


def test_it_holds_from_its_first_day_to_the_day_of_withdrawal() -> None:
    asked = reserved(by("QZ", until=date(2000, 9, 6)))
    taxon = law().resolve(CROCODILE)
    assert isinstance(taxon, Taxon)

    assert asked.reservations(taxon, "QZ", date(1990, 1, 17)) == ()
    assert len(asked.reservations(taxon, "QZ", date(1990, 1, 18))) == 1
    assert len(asked.reservations(taxon, "QZ", date(2000, 9, 5))) == 1
    assert asked.reservations(taxon, "QZ", date(2000, 9, 6)) == ()
    assert "reservation" not in codes(ruled(asked))


def test_one_on_another_appendix_or_taxon_changes_nothing() -> None:
    assert "reservation" not in codes(ruled(reserved(by("QZ", appendix=Appendix.I))))
    assert "reservation" in codes(ruled(reserved(by("QZ", appendix=Appendix.II))))
    assert "reservation" not in codes(ruled(reserved(by("QZ", "Crocodylus porosus"))))


def test_appendix_i_for_commerce_is_refused_unless_the_importer_reserved() -> None:
    importer = ruled(reserved(by("QZ", "Gorilla")), GORILLA)
    exporter = ruled(reserved(by("QM", "Gorilla")), GORILLA)

    assert exporter.decision is Outcome.REFUSE
    assert importer.decision is Outcome.CONDITIONAL
    assert not importer.refusals
    assert {"reservation", "perhaps-refused"} <= codes(importer)


def test_the_recommendation_for_appendix_i_is_an_unconfirmed_fact() -> None:
    ruling = ruled(reserved(by("QZ", "Gorilla")), GORILLA, purpose="Z")

    told = next(w for w in ruling.warnings if w.code == "reservation-as-two")
    assert told.unconfirmed
    assert told.basis == ("Res. Conf. 4.25",)
    assert "reservation-as-two" not in codes(ruled(reserved(by("QZ"))))


def test_words_that_limit_a_reservation_are_shown() -> None:
    ruling = ruled(reserved(by("QZ", note="On behalf of an island.")))

    assert any("On behalf of an island." in w.reason for w in ruling.warnings)
