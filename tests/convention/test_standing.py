"""How a taxon stands from day to day: what a note hangs on."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from wildgate.convention.history import Change, History
from wildgate.convention.listing import Law, law, law_parts
from wildgate.convention.standing import changed_on, next_change, standing
from wildgate.convention.taxonomy import shipped
from wildgate.convention.vocabulary import Appendix, Kingdom

SHARKS, DAY = "Carcharhinus leucas", date(2023, 11, 25)
NOW = date(2026, 11, 22)


def test_the_day_of_a_listing_is_the_day_of_the_change():
    assert next_change(law(), SHARKS, None, date(2023, 11, 1), date(2024, 1, 1)) == DAY
    assert changed_on(law(), SHARKS, None, date(2023, 11, 1), DAY - timedelta(days=1), None) is None
    assert changed_on(law(), SHARKS, None, date(2023, 11, 1), DAY, None) == DAY
    assert changed_on(law(), SHARKS, None, date(2023, 11, 1), date(2024, 5, 1), None) == DAY


@pytest.mark.parametrize(("taxon", "appendix"), [("Bos taurus", None), ("Hippocampus kuda", "II"),
                                                 ("Dalbergia nigra", "I"), ("Canis lupus familiaris", None)])
def test_what_did_not_change_holds(taxon, appendix):
    assert changed_on(law(), taxon, "QM", NOW, NOW + timedelta(days=90), appendix) is None
    assert next_change(law(), taxon, "QM", NOW, NOW + timedelta(days=90)) is None


def test_a_note_in_another_appendix_than_the_law_of_its_day_does_not_hold():
    assert changed_on(law(), "Hippocampus kuda", None, NOW, NOW, None) == NOW
    assert changed_on(law(), "Hippocampus kuda", None, NOW, NOW, "I") == NOW


def later_law(day: date) -> Law:
    """A later edition of the law, which lists the horse from `day` on."""
    taxonomy, listings, history, quotas, unlisted, changes, _ = law_parts(shipped())
    ass = next(entry for entry in listings if entry.taxon == "Equus africanus")
    horse = replace(ass, id="X1", taxon="Equus caballus", label="Equus caballus", appendix=Appendix.II,
                    since=day, note="")
    listed = Change("Equus caballus", Kingdom.ANIMAL, (), (Appendix.II,), day, basis="a later meeting", certainty="A")
    others = [change for name in history.taxa() for change in history.of(name)]
    told = History([*others, listed], {entry.taxon: entry.rank for entry in (*listings, horse)}, day)
    free = {name: why for name, why in unlisted.items() if name != "Equus caballus"}
    return Law(taxonomy, (*listings, horse), told, quotas, free, changes, day.isoformat())


def test_a_new_listing_of_a_later_law_counts_from_its_day():
    day = NOW + timedelta(days=30)
    later = later_law(day)

    assert standing(later, "Equus caballus", None, NOW)[0] != "listed"
    assert changed_on(later, "Equus caballus", None, NOW, day - timedelta(days=1), None) is None
    assert changed_on(later, "Equus caballus", None, NOW, day, None) == day
    assert next_change(later, "Equus caballus", None, NOW, day + timedelta(days=9)) == day
