"""An office that issues and endorses permits as it is told: `python -m tests.faults.office`, where tables are already.

It says of each act, in a line, what the database has acknowledged. A fault of the database is said too, and the office
goes on with a new application, as people would.
"""

from __future__ import annotations

import sys
from datetime import UTC, datetime, timedelta


def main() -> int:
    from wildgate.site.cli import open_home
    open_home(None, migrate=False)
    from django.db import DatabaseError, close_old_connections
    from tests.cast import _ready
    from tests.faults.clerk import ANSWERS

    from wildgate.apps.customs import services as customs
    from wildgate.apps.customs.models import Endorsement
    from wildgate.apps.permits import services
    from wildgate.apps.permits.models import Permit
    from wildgate.site.demo.cast import settle
    at = datetime.now(UTC) - timedelta(hours=1)
    who = settle("QM", "Demoland", at)
    print("open", flush=True)
    for line in sys.stdin:
        if line.strip() == "end":
            break
        close_old_connections()
        try:
            permit = services.issue(actor=who["amina"], case=_ready(who, at, ANSWERS), at=at)
            assert isinstance(permit, Permit), permit
            print(f"issued {permit.number}", flush=True)
            done = customs.endorse(actor=who["jean"], number=permit.number, stage="export", quantities={"A": "2"},
                                   port="Kivu-2", transport_document=f"AWB {permit.number}", at=at)
            assert isinstance(done, Endorsement), done
            print(f"endorsed {permit.number}", flush=True)
        except DatabaseError as fault:
            print(f"fault {type(fault).__name__}", flush=True)
        print("next", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
