"""A worker that takes the next job and never ends it: `python -m tests.faults.worker`. It says `has` and waits."""

from __future__ import annotations

import sys


def main() -> int:
    from wildgate.site.cli import open_home
    open_home(None, migrate=False)
    from wildgate.kit import jobs
    job = jobs.claim()
    print("has" if job else "nothing", flush=True)
    sys.stdin.read()
    return 0


if __name__ == "__main__":
    sys.exit(main())
