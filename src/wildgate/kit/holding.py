"""Which jobs a living worker of this machine has in hand, whatever its clock says.

A lease ends by the clock, and a clock can jump: then a second worker would begin what the first is still doing. Beside
the lease a worker holds a lock on one byte of a file, which the system takes away when the worker dies. On SQLite all
workers are on one machine, so that is enough; on PostgreSQL leases go by the server's clock, which all of them share.
"""

from __future__ import annotations

import fcntl
import os
from functools import lru_cache

from django.conf import settings
from django.db import connection


def tells() -> bool:
    """Whether the locks alone tell what the living have in hand."""
    return connection.vendor == "sqlite"


def hold(job: int) -> bool:
    """Take the job in hand; False where another living worker has it. The lock lasts until `let_go` or death."""
    if not tells():
        return True
    try:
        fcntl.lockf(_file(str(settings.HOME), os.getpid()), fcntl.LOCK_EX | fcntl.LOCK_NB, 1, job)
    except BlockingIOError:
        return False
    return True


def let_go(job: int) -> None:
    """The job is done, or waits for its next try."""
    if tells():
        fcntl.lockf(_file(str(settings.HOME), os.getpid()), fcntl.LOCK_UN, 1, job)


@lru_cache(maxsize=8)
def _file(home: str, _pid: int) -> int:
    """One open file for the life of the process: closing any of several would let go of all locks."""
    return os.open(os.path.join(home, "jobs.lock"), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
