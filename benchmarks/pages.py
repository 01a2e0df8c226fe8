"""`http.case_page`: what the desks' pages cost the server when the register holds 100,000 permits.

Milliseconds between request and answer, 95th percentile: of the processor on SQLite, which works in the same process,
and of the clock on PostgreSQL. Every page is told apart.
WILDGATE_CROWD says another number of permits; TEST_POSTGRES_URL another database than SQLite.
"""

from __future__ import annotations

import os
import time
from datetime import UTC, datetime
from typing import Any

from benchmarks.crowd import fill
from benchmarks.measure import Peer, Result, percentile

VISITS = 20
LIMIT = 150.0
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


def pages(case: str, permit: str) -> list[tuple[str, str]]:
    """Who opens which page."""
    return [
        ("amina", f"/cases/{case}/"), ("amina", "/cases/"), ("amina", "/cases/?tab=mine"),
        ("amina", "/cases/?tab=closed"), ("amina", "/cases/?tab=closed&page=300"),
        ("amina", "/cases/?tab=closed&q=porosus"), ("amina", f"/cases/?tab=closed&q={case[-6:]}"),
        ("amina", "/permits/?page=400"), ("amina", "/cases/?q=Lacuna"), ("amina", "/cases/?q=porosus"),
        ("amina", "/permits/"),
        ("amina", "/permits/?q=porosus"), ("amina", f"/permits/?q={permit}"), ("amina", f"/permits/{permit}/"),
        ("amina", "/quotas/"), ("amina", "/standing/"), ("amina", "/confirmations/"), ("amina", "/fees/"),
        ("mario", "/apply/"), ("mario", "/apply/balances/"), ("mario", "/permits/"), ("mario", "/stock/"),
        ("ito", "/science/"), ("jean", "/border/"), ("jean", "/permits/"), ("ana", "/audit/"),
        ("ana", "/audit/?firm=Firm"),
        ("ana", "/audit/?person=Keita"), ("jean", "/border/registers/"), ("jean", "/balances/reservations/"),
        ("ana", f"/audit/permits/{permit}/"), ("ana", "/reports/"), ("ana", "/reports/?basis=issued"),
        ("ana", "/figures/"), ("ana", "/figures/use/"),
        ("ito", "/figures/advice/"), ("ana", "/controls/"), ("amina", "/samples/"), ("sam", "/people/"),
        ("amina", "/inbox/"), ("amina", "/species/?q=crocod"), ("", "/verify/"), ("", "/"),
    ]


def times() -> dict[str, list[float]]:
    """Milliseconds of each visit, by page."""
    from django.conf import settings
    from django.db import connection
    from django.test import Client

    from wildgate.apps.accounts.models import Person
    from wildgate.apps.figures import counting
    from wildgate.site.demo.cast import settle
    settings.DEMO, settings.ALLOWED_HOSTS = True, ["testserver"]
    people = settle("QM", "Demoland", datetime.now(UTC))
    case, permit = fill(people, int(os.environ.get("WILDGATE_CROWD", "100000")))
    counting.rebuild("QM", datetime.now(UTC))  # the worker does so while the house works
    clock = time.process_time if connection.vendor == "sqlite" else time.perf_counter
    found: dict[str, list[float]] = {}
    clients: dict[str, Any] = {"": Client()}
    for name, path in pages(case, permit):
        if name not in clients:
            clients[name] = Client()
            clients[name].force_login(Person.objects.get(pk=people[name].person_id), backend=BACKEND)
        answer = clients[name].get(path)
        if answer.status_code != 200:
            print(f"{name} {path}: {answer.status_code}")
            continue
        for _ in range(VISITS):
            began = clock()
            clients[name].get(path)
            found.setdefault(f"{name or 'anyone'} {path}", []).append((clock() - began) * 1000)
    return found


def case_page() -> Result:
    """The case page of an officer; the other pages in `detail`."""
    taken = {page: percentile(sorted(each), 0.95) for page, each in times().items()}
    ours = next(value for page, value in taken.items() if page.startswith("amina /cases/QM"))
    return Result("http.case_page", ours, "ms", (Peer("limit", LIMIT, "ms"),),
                  {page: round(value, 1) for page, value in sorted(taken.items(), key=lambda item: -item[1])})


BENCHES = {"http.case_page": case_page}
