"""An imported history becomes a timeline that answers for past days; today's Appendix stays the schedule's."""

from __future__ import annotations

from datetime import date

from wildgate.convention.history import Change
from wildgate.convention.listing import Listed, NotListed, law
from wildgate.convention.register import Register, Registered, RegisterLaw
from wildgate.convention.timeline import Move, timeline
from wildgate.convention.vocabulary import Appendix, Kingdom

I, II, III = Appendix.I, Appendix.II, Appendix.III  # noqa: E741
AMAZON = "Amazona finschi"


def told(*moves: Move) -> list[tuple[str, str, str]]:
    return [("/".join(c.was or ()), "/".join(c.becomes), str(c.on)) for c in line(*moves)]


def line(*moves: Move, taxon: str = AMAZON) -> tuple[Change, ...]:
    return timeline(taxon, Kingdom.ANIMAL, moves, "history.csv")


def widened(*changes: Change) -> RegisterLaw:
    name = changes[0].taxon
    row = Registered(name, "Animalia", "", name.split()[0], "")
    return RegisterLaw(Register([row], [], "history.csv", {name: changes}))


def appendices(answer: object) -> str:
    return "/".join(sorted(e.appendix.value for e in answer.listings)) if isinstance(answer, Listed) else "-"


def test_a_transfer_is_one_row_and_a_deletion_another() -> None:
    moves = (Move(III, date(1976, 2, 26), True, "GH"), Move(II, date(1977, 2, 4), True),
             Move(I, date(1990, 1, 18), True), Move(I, date(2013, 6, 12), False))

    assert told(*moves) == [("", "III", "1976-02-26"), ("III", "II", "1977-02-04"), ("II", "I", "1990-01-18"),
                            ("I", "", "2013-06-12")]
    assert line(*moves)[1].listed_by == ("GH",)


def test_a_split_keeps_its_other_part_until_a_row_takes_it_away() -> None:
    split, amended = date(1997, 9, 18), date(2003, 2, 13)

    assert told(Move(I, date(1990, 1, 18), True), Move(I, split, True), Move(II, split, True),
                Move(II, amended, True)) == [("", "I", "1990-01-18"), ("I", "I/II", "1997-09-18")]
    assert told(Move(I, split, True), Move(II, split, True), Move(II, amended, False)) == [
        ("", "I/II", "1997-09-18"), ("I/II", "I", "2003-02-13")]


def test_parties_of_appendix_iii_come_and_go_one_by_one() -> None:
    moves = (Move(III, date(1987, 4, 13), True, "HN"), Move(III, date(1990, 1, 1), True, "GT"),
             Move(III, date(1999, 1, 1), False, "HN"), Move(III, date(2001, 1, 1), False, "GT"))

    assert told(*moves) == [("", "III", "1987-04-13"), ("III", "", "2001-01-01")]
    assert line(*moves)[1].listed_by == ("GT",)


def test_the_import_speaks_for_past_days_and_the_schedule_for_today() -> None:
    asked = widened(*line(Move(II, date(1981, 6, 6), True), Move(I, date(2006, 1, 1), True)))

    assert isinstance(asked.listings(AMAZON, None, date(1980, 1, 1)), NotListed)
    assert appendices(asked.listings(AMAZON, None, date(2005, 12, 31))) == "II"
    assert appendices(asked.listings(AMAZON, None, date(2006, 1, 1))) == "I"
    assert appendices(asked.listings(AMAZON)) == "I"
    found = asked.listings(AMAZON, None, date(1999, 1, 1))
    assert isinstance(found, Listed)
    assert (found.strictest.since, found.strictest.until_by) == (date(1981, 6, 6), "history.csv")
    assert not found.warnings


def test_a_conflict_with_the_shipped_history_is_told() -> None:
    asked = widened(*line(Move(II, date(1981, 6, 6), True), Move(I, date(2006, 1, 1), True)))

    between = asked.listings(AMAZON, None, date(2005, 6, 1))

    assert appendices(law().listings(AMAZON, None, date(2005, 6, 1))) == "I"
    assert appendices(between) == "II"
    assert [w.code for w in between.warnings] == ["import-differs"]


def test_changes_after_the_last_imported_one_still_hold() -> None:
    asked = widened(*line(Move(II, date(1990, 1, 1), True), taxon="Pycnonotus zeylanicus"))

    assert appendices(asked.listings("Pycnonotus zeylanicus", None, date(2023, 11, 24))) == "II"
    assert appendices(asked.listings("Pycnonotus zeylanicus", None, date(2023, 11, 25))) == "I"


def test_a_split_that_the_import_cannot_place_is_placed_by_the_schedule() -> None:
    split = date(1997, 9, 18)
    asked = widened(*line(Move(I, date(1990, 1, 18), True), Move(I, split, True), Move(II, split, True),
                          Move(I, date(2017, 1, 2), True, current=True), taxon="Loxodonta africana"))

    assert appendices(asked.listings("Loxodonta africana", "BW", date(1995, 1, 1))) == "I"
    assert appendices(asked.listings("Loxodonta africana", "BW", date(2010, 1, 1))) == "II"
    assert appendices(asked.listings("Loxodonta africana", "KE", date(2010, 1, 1))) == "I"
