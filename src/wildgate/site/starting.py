"""A start makes a great many objects that all stay: looking for garbage among them took a fifth of its time."""

from __future__ import annotations

import atexit
import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def without_garbage() -> Iterator[None]:
    """What is made within stays for good: it is not looked through now, and by no later collection.

    Only the first start of a process: what a later one would freeze is garbage of the work in between, too.
    """
    if gc.get_freeze_count():
        yield
        return
    gc.disable()
    try:
        yield
        gc.freeze()
        atexit.register(gc.unfreeze)  # libraries count at the end what was never given back
    finally:
        gc.enable()
