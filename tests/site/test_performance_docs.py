"""docs/performance.md is held to the benches, and what it says of sharding to the tables."""

from __future__ import annotations

import re
from pathlib import Path

from wildgate.site.cli.bench import MODULES
from wildgate.site.database import sharding

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "performance.md").read_text(encoding="utf-8")


def benches() -> set[str]:
    """The names in the BENCHES of each module, read and not run."""
    found: set[str] = set()
    for module in MODULES:
        text = (ROOT / "benchmarks" / f"{module}.py").read_text(encoding="utf-8")
        table = re.search(r"^BENCHES.*?=\s*\{(.*?)\}", text, re.DOTALL | re.MULTILINE)
        assert table, module
        found |= set(re.findall(r'"([a-z_.0-9]+)"\s*:', table[1]))
    return found


def test_every_bench_stands_in_the_table_and_no_other():
    table = PAGE.partition("## Every bench")[2].partition("\n## ")[0]
    named = set(re.findall(r"^\| `([a-z_.0-9]+)` \|", table, re.MULTILINE))

    assert named == benches() - {"growth"}
    assert "`wildgate bench growth`" in PAGE


def test_every_table_has_a_place_when_a_hub_is_split_by_party():
    places = sharding.places()

    assert [each.table for each in places if each.kind == "unknown"] == []
    assert {each.table for each in places} >= set(sharding.EVERYWHERE), "a table that is gone still has a reason"
    loose = {(each.table, key) for each in places for key in each.loose}
    assert loose == set(sharding.LOOSE), "a unique key without the Party needs a reason"


def test_the_page_tells_where_the_tables_lie():
    places = sharding.places()

    for table in sharding.EVERYWHERE:
        assert f"`{table}`" in PAGE
    for table, key in sharding.LOOSE:
        assert f"`{table}` ({key})" in PAGE
    assert len([each for each in places if each.kind == "own"]) >= 200
