"""A process of `wildgate serve` does not outlive it: one that was killed leaves nobody behind who holds its port."""

from __future__ import annotations

import os
import time
from threading import Thread
from typing import Final

PARENT: Final = "_WILDGATE_SERVE_PID"
"""Set by `wildgate serve` for the processes that it starts; not for operators."""
SECONDS: Final = 1.0


def watch() -> None:
    """Where `wildgate serve` started this process: end with it."""
    parent = int(os.environ.get(PARENT, "0"))
    if parent and os.getppid() == parent:
        Thread(target=_end_after, args=(parent,), name="orphans", daemon=True).start()


def _end_after(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(SECONDS)
    os._exit(0)
