"""Kill -9 of web, worker, clerk and database at random: for seconds here, for minutes with `make faults`."""

from __future__ import annotations

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


@pytest.mark.parametrize("on_server", [False, True], ids=["sqlite", "postgresql"])
def test_nothing_acknowledged_is_lost_or_doubled_whoever_is_killed(folder, on_server):
    """Every kind is killed once at least; the server starts its workers again, and SQLite or PostgreSQL recovers."""
    held, there, wrong = siege.held(folder, 4, on_server=on_server, seed=7)

    assert wrong == []
    assert set(held.heard.killed) == {*siege.TARGETS, *["database"] * on_server}
    assert held.heard.acts["issued"]
    assert there["late"] == 0
