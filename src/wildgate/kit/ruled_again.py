"""Ruling once more by an edition of the law: unpacked into a folder of its own and run by a fresh interpreter.

Nothing of this process is asked: no cache, no setting, no database. By default the program is the installed one and
only the facts are the edition's; with `own_program` the kept program runs as well, which is code out of the database:
only for an operator who asks for it.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from wildgate.convention.refusal import Refusal, refuse
from wildgate.kit.editions import Unpacked, program_of, shipped

PATIENCE = 120
"""Seconds for one edition, and one more for every hundred trades."""
START = "import sys; sys.path.insert(0, sys.argv[1]); from wildgate.convention.again import main; main()"


def ruled_again(edition: Unpacked, trades: Sequence[Any], *,
                own_program: bool = False) -> list[dict[str, Any]] | Refusal:
    """The ruling on each trade (JSON as `check` reads and writes it), or `errors` where it is no trade by that law."""
    asked = json.dumps({"trades": list(trades), "register": edition.register, "overlays": edition.overlays,
                        "confirmed": edition.confirmed, "not_accepted": edition.not_accepted})
    contents = dict(edition.files) if own_program else {**edition.files, **program_of(shipped())}
    with tempfile.TemporaryDirectory(prefix="wildgate-law-") as folder:
        for name, content in contents.items():
            path = Path(folder) / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        try:
            done = subprocess.run([sys.executable, "-I", "-S", "-B", "-c", START, folder], input=asked, text=True,
                                  encoding="utf-8", capture_output=True, cwd=folder, check=False, env={},
                                  timeout=PATIENCE + len(trades) // 100)
        except subprocess.TimeoutExpired as late:
            return refuse("edition-not-run", "The edition %(digest)s of the law gave no answer within %(seconds)s s.",
                          digest=edition.digest[:12], seconds=f"{late.timeout:.0f}")
    if done.returncode:
        last = (done.stderr.strip().splitlines() or [""])[-1]
        return refuse("edition-not-run", "The edition %(digest)s of the law cannot be run; it ended with %(status)s: "
                      "%(last)s", digest=edition.digest[:12], status=done.returncode, last=last[:300] or "–")
    answers: list[dict[str, Any]] = json.loads(done.stdout)
    return answers


def same_program(edition: Unpacked) -> bool:
    """Is the installed program the one that the edition was ruled by?"""
    return program_of(edition.files) == program_of(shipped())

