"""What every test may ask for: the shared data, the named cast, a database of its own for real threads."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent

pytest_plugins = ["tests.browsers", "tests.cast", "tests.databases", "tests.desks"]


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real-world data beside the checkout; tests that need it are skipped where it is absent."""
    found = ROOT.parent / "shared" / "data"
    if not found.is_dir():
        pytest.skip("the shared data folder is not beside this checkout")
    return found


def pytest_report_header() -> str:
    kind = "PostgreSQL" if os.environ["DATABASE_URL"] else "SQLite"
    return f"wildgate: tests run on {kind}"


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """Where everything is installed, a skipped test is a failure: CI sets WILDGATE_CI."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    skipped = reporter.stats.get("skipped", []) if reporter else []
    unasked = [report for report in skipped if "shared data folder" not in str(report.longrepr)]
    if os.environ.get("WILDGATE_CI") and unasked and exitstatus == 0:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
        reporter.write_line(f"{len(unasked)} tests were skipped where none may be: {unasked[0].longrepr}", red=True)
