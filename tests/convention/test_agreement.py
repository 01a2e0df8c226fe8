"""Records of trade beside the law: what agrees, what is left open, what differs and why."""

from __future__ import annotations

import pytest

from wildgate.convention.agreement import Record, Sort, Tally, compare
from wildgate.convention.listing import law


def sort_of(record: Record) -> Sort:
    return next(iter(compare(law(), {record: 1}).sorts))


@pytest.mark.parametrize(("record", "sort"), [
    (Record("Manis javanica", 2012, "II", "ID"), Sort.AGREES),
    (Record("Manis javanica", 2012, "I", "ID"), Sort.OTHER_YEARS),
    (Record("Swietenia macrophylla", 2003, "III", "BR"), Sort.AGREES),
    (Record("Swietenia macrophylla", 2003, "II", "BR"), Sort.AGREES),
    (Record("Swietenia macrophylla", 2005, "II", "FJ"), Sort.OTHER_POPULATION),
    (Record("Swietenia macrophylla", 2004, "III", "BR"), Sort.OTHER_YEARS),
    (Record("Loxodonta africana", 2005, "I", "XX"), Sort.POPULATION_NOT_TOLD),
    (Record("Loxodonta africana", 2005, "I", "ZW", "IJW", "P", "W"), Sort.ANNOTATION),
    (Record("Loxodonta africana", 2005, "II", "KE"), Sort.OTHER_POPULATION),
    (Record("Vicugna vicugna", 2005, "II", "AR"), Sort.PART_OF_COUNTRY),
    (Record("Cetacea spp.", 2005, "I", "JP"), Sort.WIDE_NAME),
    (Record("Manis spp.", 2017, "I", "CM"), Sort.WIDE_NAME),
    (Record("Falco hybrid", 2005, "I", "AE"), Sort.CROSS),
    (Record("Nosuchgenus novus", 2005, "II", "BR"), Sort.UNKNOWN_NAME),
    (Record("Ovis aries", 2005, "II", "TM"), Sort.NOT_LISTED),
    (Record("Physeter macrocephalus", 2005, "II", "US"), Sort.UNEXPLAINED),
    (Record("Hippocampus kuda", 2003, "N", "TH"), Sort.NO_APPENDIX)])
def test_each_record_has_its_explanation(record: Record, sort: Sort) -> None:
    assert sort_of(record) is sort


def test_shares_count_rows_and_leave_out_what_names_no_appendix() -> None:
    tally = compare(law(), {
        Record("Manis javanica", 2012, "II", "ID"): 90, Record("Loxodonta africana", 2005, "I", "XX"): 9,
        Record("Physeter macrocephalus", 2005, "II", "US"): 1, Record("Hippocampus kuda", 2003, "N", "TH"): 50})

    assert (tally.compared, tally.agreeing, tally.left_open) == (100, 90, 9)
    assert tally.share == 0.99
    assert tally.examples_of(Sort.UNEXPLAINED, 5) == [(("Physeter macrocephalus", "II", "I"), 1)]
    assert (tally + tally).compared == 200
    assert Tally().share == 0.0
