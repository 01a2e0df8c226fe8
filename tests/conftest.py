"""What every test may ask for: the shared data, the named cast, a database of its own for real threads."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
os.environ["WILDGATE_HOME"] = tempfile.mkdtemp(prefix="wildgate-test-")
os.environ.update(WILDGATE_PARTY="QM", WILDGATE_DURABLE="no", WILDGATE_DEMO="no", WILDGATE_SECRET_KEY="for tests only " * 3,
                  DATABASE_URL=os.environ.get("TEST_POSTGRES_URL", ""))

import pytest  # noqa: E402

pytest_plugins = ["tests.cast", "tests.databases"]


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
