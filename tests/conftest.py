"""What every test may ask for: the shared data, the named cast, a database of its own for real threads."""

from __future__ import annotations

import atexit
import fcntl
import gc
import os
import tempfile
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.utils import translation
from hypothesis import HealthCheck, settings

settings.register_profile("any-machine", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("any-machine")
"""A busy machine draws examples slowly: that says nothing about the code."""

ROOT = Path(__file__).resolve().parent.parent
MAY_BE_ABSENT = ("shared data folder", "mount namespaces")
"""What no package can bring to a machine: only these excuse a skipped test where everything is installed."""

pytest_plugins = ["tests.databases", "tests.browsers", "tests.cast", "tests.desks"]


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real-world data beside the checkout; tests that need it are skipped where it is absent."""
    found = ROOT.parent / "shared" / "data"
    if not found.is_dir():
        pytest.skip("the shared data folder is not beside this checkout")
    return found


@pytest.fixture(autouse=True)
def in_english() -> None:
    """A page that an earlier test asked for in Arabic left this thread speaking it."""
    translation.deactivate()


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """What collecting makes stays to the end: no collection of garbage need look through it, now or later."""
    gc.disable()
    try:
        with one_first():
            return (yield)
    finally:
        gc.freeze()
        atexit.register(gc.unfreeze)  # libraries count at the end what was never given back
        gc.enable()
        gc.set_threshold(50_000, 20, 20)  # a test leaves little that only a collection finds


@contextmanager
def one_first() -> Iterator[None]:
    """On a fresh checkout one worker compiles the tests; the others wait for it, or each would do it all again."""
    with open(Path(tempfile.gettempdir()) / f"wildgate-collecting-{os.getuid()}.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if (ROOT / ".hypothesis" / "constants").is_dir():  # made last of all, and kept beside what was compiled
            fcntl.flock(lock, fcntl.LOCK_UN)
        yield


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Each worker begins with its share of the tests marked `dear`: at the end only short ones are left."""
    workers = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
    left, places = len(items), []
    for worker in range(workers):  # as the scheduler cuts the list: the first places of everybody's share, in turn
        share = left // (workers - worker)
        places += [(turn, len(items) - left + turn) for turn in range(share)]
        left -= share
    dear = sorted(items, key=lambda item: item.get_closest_marker("dear") is None)
    first = [place for _, place in sorted(places)][:sum(item.get_closest_marker("dear") is not None for item in items)]
    taken = set(first)
    rest = [place for _, place in places if place not in taken]
    items[:] = [item for _, item in sorted(zip([*first, *rest], dear, strict=True), key=lambda pair: pair[0])]


def pytest_report_header() -> str:
    kind = "PostgreSQL" if os.environ["DATABASE_URL"] else "SQLite"
    return f"wildgate: tests run on {kind}"


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """Where everything is installed, a skipped test is a failure: CI sets WILDGATE_CI."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    skipped = reporter.stats.get("skipped", []) if reporter else []
    unasked = [report for report in skipped if not any(reason in str(report.longrepr) for reason in MAY_BE_ABSENT)]
    if os.environ.get("WILDGATE_CI") and unasked and exitstatus == 0:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
        reporter.write_line(f"{len(unasked)} tests were skipped where none may be: {unasked[0].longrepr}", red=True)
