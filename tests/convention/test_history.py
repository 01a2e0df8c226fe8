"""The Appendices on either side of the day a change took effect, and how well that day is known."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

import pytest

from wildgate.convention.history import shipped_changes
from wildgate.convention.listing import Listed, Listing, NotListed, Unknown, law
from wildgate.convention.vocabulary import Appendix

ONE_DAY = timedelta(days=1)


def appendices(name: str, on: str | date, country: str | None = None) -> str:
    """`I`, `I/II`, `-` for not listed, `?` for unknown."""
    answer = law().listings(name, country, date.fromisoformat(on) if isinstance(on, str) else on)
    if isinstance(answer, Listed):
        return "/".join(sorted({entry.appendix.value for entry in answer.listings}))
    return "-" if isinstance(answer, NotListed) else "?"


def only(name: str, on: str, country: str | None = None) -> Listing:
    answer = law().listings(name, country, date.fromisoformat(on))
    assert isinstance(answer, Listed)
    assert not answer.ambiguous
    return answer.strictest


def codes(name: str, on: str, country: str | None = None) -> set[str]:
    return {w.code for w in law().listings(name, country, date.fromisoformat(on)).warnings}


@pytest.mark.parametrize(("name", "country", "day", "before", "after"), [
    ("Manis javanica", None, "2017-01-02", "II", "I"),
    ("Psittacus erithacus timneh", None, "2017-01-02", "II", "I"),
    ("Haliaeetus leucocephalus", None, "2005-01-12", "I", "II"),
    ("Swietenia macrophylla", "BR", "2003-11-15", "III", "II"),
    ("Gonystylus bancanus", None, "2005-01-12", "III", "II"),
    ("Gonystylus bancanus", None, "2001-08-06", "-", "III"),
    ("Hippocampus kuda", None, "2004-05-15", "-", "II"),
    ("Sphyrna lewini", None, "2014-09-14", "III", "II"),
    ("Carcharhinus longimanus", None, "2023-11-25", "II", "II"),
    ("Prionace glauca", None, "2023-11-25", "-", "II"),
    ("Pycnonotus zeylanicus", None, "2023-11-25", "II", "I"),
    ("Agapornis roseicollis", None, "2005-01-12", "II", "-"),
    ("Bison bison athabascae", None, "2017-01-02", "II", "-"),
    ("Uraeginthus bengalus", None, "2007-06-14", "III", "?"),
    ("Crocodylus niloticus", "NA", "2005-01-12", "I", "II"),
    ("Crocodylus niloticus", "EG", "2010-06-23", "I", "II"),
    ("Crocodylus niloticus", "ZW", "2010-06-23", "II", "II"),
    ("Crocodylus niloticus", "SD", "2010-06-23", "I", "I"),
    ("Melanosuchus niger", "BR", "2007-09-13", "I", "II"),
    ("Dalbergia louvelii", "MG", "2013-06-12", "III", "II"),
    ("Dalbergia latifolia", "IN", "2017-01-02", "-", "II"),
    ("Caiman latirostris", "BR", "2023-02-23", "I", "II"),
    ("Aquilaria malaccensis", None, "2005-01-12", "II", "II"),
    ("Aquilaria crassna", None, "2005-01-12", "-", "II")])
def test_a_change_holds_from_its_day_on(name: str, country: str | None, day: str, before: str, after: str) -> None:
    there = date.fromisoformat(day)

    assert (appendices(name, there - ONE_DAY, country), appendices(name, there, country)) == (before, after)


def test_an_answer_says_since_when_until_when_and_by_which_meeting() -> None:
    was, now = only("Manis javanica", "2016-05-01"), only("Manis javanica", "2018-05-01")
    gonystylus = only("Gonystylus bancanus", "2003-03-03")

    assert (was.appendix, was.until, was.until_by, was.certainty) == (Appendix.II, date(2017, 1, 2), "CoP17", "K")
    assert (now.appendix, now.since, now.since_by, now.before) == (Appendix.I, date(2017, 1, 2), "CoP17", Appendix.II)
    assert (gonystylus.since, gonystylus.since_by, gonystylus.listed_by) == (
        date(2001, 8, 6), "Listed by Indonesia", ("ID",))
    assert only("Crocodylus niloticus", "2020-01-01", "EG").since == date(2010, 6, 23)
    assert only("Tiliqua adelaidensis", "2024-01-01").first_listed == date(2023, 2, 23)
    assert now.first_listed is None


def test_not_listed_yet_names_the_day_the_meeting_and_the_certainty() -> None:
    answer = law().listings("Giraffa camelopardalis", None, date(2018, 1, 1))

    assert isinstance(answer, NotListed)
    assert "2019-11-26 (CoP18, certainty K)" in answer.reason


@pytest.mark.parametrize(("name", "on", "told"), [
    ("Manis javanica", "2016-05-01", {"history-unconfirmed"}),      # general knowledge decides
    ("Manis javanica", "2018-05-01", set()),                        # the Index of 2017 vouches for it
    ("Manis javanica", "2017-01-02", {"history-unconfirmed"}),      # the day itself is general knowledge
    ("Pycnonotus zeylanicus", "2020-01-01", set()),                 # an official text decides
    ("Prionace glauca", "2020-01-01", set()),
    ("Python regius", "2016-01-01", {"history"}),                   # nothing is recorded before the comparison
    ("Python regius", "2018-01-01", set()),
    ("Alauda arvensis", "2019-01-01", {"history"}),                 # entered on a day not known here
    ("Python regius", "2025-03-06", set())])
def test_history_warns_only_where_it_is_not_known(name: str, on: str, told: set[str]) -> None:
    assert codes(name, on) == told


def test_general_knowledge_is_marked_and_names_its_meeting() -> None:
    warning = next(w for w in law().warnings("Cacatua sulphurea", date(2004, 1, 1)))

    assert warning.unconfirmed
    assert "CoP13" in warning.reason
    assert "2005-01-12" in warning.reason


def test_a_withdrawal_on_an_unknown_day_is_open_between_and_never_guessed() -> None:
    open_ = law().listings("Choloepus hoffmanni", None, date(2020, 1, 1))

    assert appendices("Choloepus hoffmanni", "2012-01-01") == "III"
    assert isinstance(open_, Listed)
    assert "day not known" in open_.ambiguous
    assert not isinstance(law().listings("Choloepus hoffmanni"), Listed)


def test_a_population_that_is_not_told_is_not_guessed_in_the_past_either() -> None:
    assert appendices("Crocodylus moreletii", "2005-01-01", "MX") == "I"
    assert appendices("Crocodylus moreletii", "2005-01-01") == "I/II"
    assert appendices("Python molurus", "2010-01-01") == "I/II"
    assert appendices("Python molurus molurus", "2010-01-01") == "I"


def test_a_genus_of_which_species_were_listed_once_depends() -> None:
    then = law().listings("Estrilda spp.", None, date(2005, 1, 1))

    assert isinstance(then, Listed)
    assert then.ambiguous
    assert isinstance(law().listings("Estrilda spp."), Unknown)


def test_every_change_of_the_table_holds_on_the_day_before_and_ends() -> None:
    for change in shipped_changes():
        if change.on is None or not change.was:
            continue
        country = change.countries[0] if change.countries else None
        assert set(appendices(change.taxon, change.on - ONE_DAY, country).split("/")) >= {
            appendix.value for appendix in change.was}, change


def test_every_change_leads_to_the_next_or_to_the_schedule() -> None:
    chains: dict[tuple[str, tuple[str, ...]], list] = {}
    for change in shipped_changes():
        if change.was is not None:
            chains.setdefault((change.taxon, change.countries), []).append(change)

    for rows in chains.values():
        rows.sort(key=lambda row: row.on or date.max)
        for one, following in pairwise(rows):
            assert one.becomes == following.was, (one, following)
        last = rows[-1]
        if last.on and last.becomes:
            answer = law().listings(last.taxon, last.countries[0] if last.countries else "ZZ")
            held = {e.appendix for e in answer.listings} if isinstance(answer, Listed) else set()
            assert set(last.becomes) <= held or not last.countries, (last, answer)


def test_days_that_the_schedule_itself_speaks_for_are_untouched() -> None:
    for name in ("Manis javanica", "Uraeginthus bengalus", "Swietenia macrophylla"):
        today, then = law().listings(name), law().listings(name, None, date(2025, 3, 6))
        assert type(today) is type(then)
        assert getattr(today, "listings", ()) == getattr(then, "listings", ())
