"""The security documents name files that are there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
NAMED = re.compile(r"`((?:tests|src|docs|tools|deploy|requirements|[.]ci)/[A-Za-z0-9_./-]+)`")


@pytest.mark.parametrize(("name", "least"), [("threat-model.md", 30), ("asvs.md", 40)])
def test_all_evidence_is_there(name, least):
    named = set(NAMED.findall((ROOT / "docs" / name).read_text()))

    assert sorted(each for each in named if not (ROOT / each).exists()) == []
    assert len(named) >= least


def test_every_section_has_a_state_and_what_is_met_has_evidence():
    rows = [row.strip("| ").split(" | ") for row in (ROOT / "docs" / "asvs.md").read_text().splitlines()
            if re.match(r"\| [0-9]", row)]

    assert {row[1] for row in rows} <= {"met", "partly", "no", "-"}
    assert [row[0] for row in rows if row[1] == "met" and "`" not in row[-1]] == []
    assert len(rows) > 60
