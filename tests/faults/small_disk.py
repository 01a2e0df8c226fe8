"""An office on a small disk of its own, as a program in a mount namespace: `python -m tests.faults.small_disk DIR DB`.

The disk runs full, gets room again, is mounted read-only and for writing again. What an officer, a stranger, the
worker, the health check and the command line get is printed as JSON; the test says what it must be.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from html import unescape
from pathlib import Path
from typing import Any

from tests.house import House


def mount(*words: str) -> None:
    subprocess.run(["mount", *words], check=True)


class Office:
    """The people and two cases that are ready to be issued; what comes of each try is kept."""

    def __init__(self, home: Path, house: House) -> None:
        from django.test import Client
        from tests.cast import _ready
        from tests.faults.clerk import ANSWERS

        from wildgate.apps.accounts.models import Person
        from wildgate.site.demo.cast import settle
        self.home, self.house, self.at = home, house, datetime.now(UTC) - timedelta(minutes=5)
        self.who = settle("QM", "Demoland", self.at)
        self.cases = [_ready(self.who, self.at, ANSWERS) for _ in range(3)]
        self.officer, self.stranger = Client(raise_request_exception=False), Client(raise_request_exception=False)
        self.officer.force_login(Person.objects.get(email="amina@ma.example"),
                                 backend="allauth.account.auth_backends.AuthenticationBackend")

    def counts(self) -> list[int]:
        from wildgate.apps.permits.models import Permit
        from wildgate.kit.models import Event, Job, Series
        return [Permit.objects.count(), Event.objects.exclude(kind="read").count(),
                Job.objects.filter(name="permits.write_documents").count(),
                sum(Series.objects.filter(name="permit").values_list("last", flat=True))]

    def issue(self, case: str) -> list[Any]:
        answer = self.officer.post(f"/cases/{case}/issue/")
        return [answer.status_code, answer.get("Retry-After", ""), unescape(answer.content.decode())]

    def seen(self, case: str) -> dict[str, Any]:
        """A try of everybody."""
        before, tried = self.counts(), self.issue(case)
        command = self.house.wildgate(os.environ, "users", "authority", "oversight", "Audit Court",
                                      "--address", "1 Court Square", "--place", "Lacuna City")
        ready = self.stranger.get("/readyz")
        return {"issue": tried, "unchanged": before == self.counts(), "home": self.stranger.get("/").status_code,
                "verify": self.stranger.get("/verify/").status_code, "live": self.stranger.get("/healthz").status_code,
                "ready": [ready.status_code, ready.json()["status"]],
                "command": [command.returncode, command.stderr]}

    def books(self) -> list[str]:
        from django.utils import timezone

        from wildgate.kit import jobs
        from wildgate.kit.models import Job
        from wildgate.site.books import checking
        Job.objects.filter(attempts__gt=0).update(run_after=timezone.now())
        jobs.run_pending()
        return [f"{fault.thing}: {fault.says}" for fault in checking.faults(timezone.now())]


def fill(disk: Path) -> None:
    """To the last byte. What SQLite has written ahead is put in its place first: it would write into that room."""
    from django.db import connection
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    with open(disk / "filler", "wb", buffering=0) as file:
        for size in (1 << 20, 1 << 12, 1):
            try:
                while True:
                    file.write(b"x" * size)
            except OSError:
                continue


def documents(office: Office) -> dict[str, Any]:
    """The folder of documents is a disk of its own, and too small for one."""
    from wildgate.kit import jobs
    from wildgate.kit.models import Job
    folder = office.home / "documents"
    folder.mkdir(exist_ok=True)
    mount("-t", "tmpfs", "-o", "size=16k", "none", str(folder))
    office.issue(office.cases.pop())
    jobs.run_pending()
    job = Job.objects.get(name="permits.write_documents")
    found = {"state": job.state, "attempts": job.attempts, "error": job.last_error,
             "whole": [path.suffix for path in folder.rglob("*") if path.is_file() and path.suffix == ".pdf"]}
    mount("-o", "remount,size=20m", str(folder))
    return {**found, "later": office.books(), "written": len(list(folder.rglob("*.pdf")))}


def crash() -> None:
    """A process that wrote and dies without a word: what SQLite needs to read without writing stays beside the file."""
    from django.db import connection, connections

    from wildgate.kit import holding
    from wildgate.kit.models import Job
    connections.close_all()
    if (child := os.fork()) == 0:
        Job.objects.update(last_error="")
        assert connection.connection is not None
        os._exit(0)
    os.waitpid(child, 0)
    for each in Path("/proc/self/fd").iterdir():  # the lock of the worker: a disk is not made read-only under it
        if os.path.realpath(each).endswith("jobs.lock"):
            os.close(int(each.name))
    holding._file.cache_clear()


def main() -> int:
    disk, template = Path(sys.argv[1]), Path(sys.argv[2])
    mount("-t", "tmpfs", "-o", "size=32m", "none", str(disk))
    home = disk / "home"
    home.mkdir()
    if template.is_file():
        shutil.copy(template, home / "wildgate.sqlite3")
    os.environ.update(WILDGATE_HOME=str(home), DATABASE_URL="", WILDGATE_DEMO="yes", WILDGATE_DURABLE="no",
                      WILDGATE_BASE_URL="http://testserver", WILDGATE_HOSTS="testserver",
                      DJANGO_SETTINGS_MODULE="wildgate.site.settings")
    from wildgate.site.cli import open_home
    open_home(None, migrate=False)
    house = House(None)
    open_home(None, migrate=True)
    from django.db import connections
    office = Office(home, house)
    out: dict[str, Any] = {"documents": documents(office)}
    fill(disk)
    out["full"] = office.seen(office.cases[0])
    (disk / "filler").unlink()
    out["room"] = [office.issue(office.cases[0])[0], office.books()]
    crash()
    mount("-o", "remount,ro", str(disk))
    out["read-only"] = office.seen(office.cases[1])
    connections.close_all()
    mount("-o", "remount,rw", str(disk))
    out["writing"] = [office.issue(office.cases[1])[0], office.books(), office.counts()[0]]
    print(json.dumps(out))
    house.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
