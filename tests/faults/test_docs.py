"""Each fault of the document names a test that there is."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def test_every_fault_names_a_test_that_there_is():
    rows = [row for row in (ROOT / "docs" / "faults.md").read_text(encoding="utf-8").splitlines()
            if row.startswith("|") and not row.startswith(("| Fault", "|---"))]

    assert len(rows) > 20
    for row in rows:
        found = re.findall(r"`(tests/\S+\.py)::(\w+)`", row)
        assert found, row
        for file, name in found:
            assert re.search(rf"^def {name}\(", (ROOT / file).read_text(encoding="utf-8"), re.MULTILINE), (file, name)
