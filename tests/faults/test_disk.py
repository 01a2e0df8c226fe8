"""A disk that is really full, and one that is really read-only: a sentence, nothing half-written, and on it goes."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

pytestmark = [pytest.mark.processes]
ROOT = Path(__file__).resolve().parents[2]
FULL = "The disk of this installation is full, so nothing can be saved."
READ_ONLY = "This installation can be read at the moment, but nothing can be saved."


@pytest.fixture(scope="module")
def told(django_db_setup: str, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What everybody got, in the order in which it happened."""
    alone = next((way for way in (["unshare", "-m"], ["unshare", "-rm"])
                  if subprocess.run([*way, "true"], capture_output=True, check=False).returncode == 0), None)
    if alone is None:
        pytest.skip("this machine gives no mount namespaces: no disk can be made small or read-only here")
    disk = tmp_path_factory.mktemp("disk")
    done = subprocess.run([*alone, sys.executable, "-m", "tests.faults.small_disk", str(disk), django_db_setup],
                          cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


@pytest.mark.parametrize(("state", "sentence", "ready"), [
    ("full", FULL, "disk-full"), ("read-only", READ_ONLY, "read-only")])
def test_whoever_writes_is_told_in_a_sentence_and_whoever_reads_is_answered(told, state, sentence, ready):
    seen = told[state]
    status, wait, page = seen["issue"]

    assert (status, wait) == (503, "30")
    assert sentence in page
    assert "Traceback" not in page
    assert seen["unchanged"]
    assert (seen["home"], seen["verify"], seen["live"]) == (200, 200, 200)
    assert seen["ready"] == [503, ready]
    assert seen["command"][0] == 2
    assert re.search(rf"{sentence}|No space left|Read-only file system", seen["command"][1])
    assert "Traceback" not in seen["command"][1]


def test_with_room_again_it_goes_on_and_the_books_balance(told):
    assert told["room"] == [302, []]
    assert told["writing"] == [302, [], 3]


def test_documents_that_found_no_room_are_written_later(told):
    found = told["documents"]

    assert found["state"] == "waiting"
    assert found["attempts"] >= 1
    assert found["whole"] == []
    assert "No space left" in found["error"]
    assert (found["later"], found["written"]) == ([], 1)
