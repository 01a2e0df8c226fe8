"""Kill -9 of web, worker, clerk and database at random: for seconds here, for minutes with `make faults`."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from tests.faults import siege

pytestmark = [pytest.mark.processes, pytest.mark.dear]


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder that the user of the database server can reach."""
    with TemporaryDirectory(prefix="wildgate-siege-") as made:
        Path(made).chmod(0o755)
        yield Path(made)


def test_nothing_acknowledged_is_lost_or_doubled_whoever_is_killed(folder):
    """Every kind is killed once, the database among them; `make faults` does it on SQLite, too, and for long.

    Clerks take breath here: starting servers again lasts long, and who is killed is killed in the middle of a permit in
    any case. A process that is killed between any two steps on SQLite: `tests/apps/permits/test_issue_under_load.py`.
    """
    held, there, wrong = siege.held(folder, 0, on_server=True, seed=7, every=(0.5, 1.5), pause=2, tell=sys.stdout)

    assert wrong == []
    assert set(held.heard.killed) == {*siege.TARGETS, "database"}
    assert held.heard.acts["issued"]
    assert there["late"] == 0
