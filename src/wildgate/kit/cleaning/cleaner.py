"""Making a harmless copy of a file in a process of its own, which is killed when it takes too long."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryFile
from threading import BoundedSemaphore
from typing import Any, Final

from wildgate.convention.refusal import Refusal
from wildgate.kit.cleaning import scanning
from wildgate.kit.cleaning.kinds import BEGINNINGS, ENDINGS, LARGEST, REMOVED, SHOWN_PAGES, Kind
from wildgate.kit.cleaning.refusals import refused

PATIENCE: Final = 40.0
"""Seconds on the clock; the child's processor time is limited by itself and ends before."""
LONGEST_ANSWER: Final = 10_000
_CHILD: Final = (sys.executable, "-s", "-P", "-m", "wildgate.kit.cleaning.child")
_SOURCE: Final = str(Path(__file__).resolve().parents[3])
_AT_ONCE = BoundedSemaphore(2)


@dataclass(frozen=True, slots=True)
class Cleaned:
    """A file that may be kept. `file` is the harmless copy; film and sound have none and are never shown.

    `removed` are codes of what the copy lacks (`wording.removed` words them). `scanned` as in `scanning.scan`.
    """

    kind: Kind
    file: Path | None
    pages: int
    removed: tuple[str, ...]
    scanned: bool | None


def clean(path: Path, *, into: Path) -> Cleaned | Refusal:
    """Tell the file by its bytes and write a harmless copy of it into the folder `into`, or refuse.

    The copy is `copy` with the ending of its kind. Nothing of the file is opened in this process.
    """
    size = path.stat().st_size
    if not size:
        return refused("empty")
    if size > LARGEST:
        return refused("too-large")
    scanned = scanning.scan(path)
    if isinstance(scanned, Refusal):
        return scanned
    if not _AT_ONCE.acquire(timeout=PATIENCE):
        return refused("busy")
    draft = into / "draft"
    try:
        told = in_child(_CHILD, path, draft)
        if isinstance(told, Refusal):
            return told
        return _taken(told, draft, into, scanned) or refused("cut-off")
    finally:
        _AT_ONCE.release()
        draft.unlink(missing_ok=True)


def in_child(command: Sequence[str], source: Path, target: Path, *, patience: float = PATIENCE,
             ) -> dict[str, Any] | Refusal:
    """Run the command with the file as its input and a descriptor of the new `target` as its last argument.

    What it tells is JSON of a few lines. One that dies or takes too long is refused as too heavy.
    """
    descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with source.open("rb") as given, TemporaryFile() as answer:
            done = subprocess.run(
                [*command, str(descriptor)], stdin=given, stdout=answer, stderr=subprocess.DEVNULL, timeout=patience,
                check=False, pass_fds=(descriptor,), cwd=target.parent, start_new_session=True,
                env={"PYTHONPATH": _SOURCE, "PATH": os.defpath, "LC_ALL": "C.UTF-8"})
            answer.seek(0)
            text = answer.read(LONGEST_ANSWER + 1)
    except subprocess.TimeoutExpired:
        return refused("too-heavy")
    finally:
        os.close(descriptor)
    if done.returncode or len(text) > LONGEST_ANSWER:
        return refused("too-heavy")
    try:
        told = json.loads(text)
    except ValueError:
        return refused("cut-off")
    if not isinstance(told, dict):
        return refused("cut-off")
    return refused(str(told["refused"])) if "refused" in told else told


def _taken(told: dict[str, Any], draft: Path, into: Path, scanned: bool | None) -> Cleaned | None:
    """What the child told, believed as far as it can be checked: it read the file and may have been taken over."""
    kind, ending, pages, removed = (told.get(name) for name in ("kind", "ending", "pages", "removed"))
    if not (isinstance(kind, str) and isinstance(ending, str) and isinstance(pages, int) and isinstance(removed, list)):
        return None
    found = next((one for one in Kind if one.value == kind), None)
    if found is None or ending not in ENDINGS[found] or not 0 <= pages <= SHOWN_PAGES:
        return None
    told_codes = tuple(code for code in REMOVED if code in removed)
    if not ending:
        return Cleaned(found, None, 0, told_codes, scanned)
    with draft.open("rb") as copy:
        if not copy.read(16).startswith(BEGINNINGS[ending]) or not draft.stat().st_size:
            return None
    return Cleaned(found, draft.rename(into / f"copy.{ending}"), pages, told_codes, scanned)
