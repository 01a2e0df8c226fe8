"""The world that the load benches work on: a server as people run it, on a database of its own, with work laid out.

`python -m benchmarks.load_world FILE` fills the home that the environment names and writes what callers need to FILE.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

PERMITS: Final = int(os.environ.get("WILDGATE_LOAD_PERMITS", "60"))
"""So many permits to endorse, cases to issue and applications to hand in are laid out."""
CODES: Final = int(os.environ.get("WILDGATE_LOAD_CODES", "5000"))
"""So many permits to verify, each sealed for itself: what was asked before must not make the next answer cheap."""
BACKEND: Final = "allauth.account.auth_backends.AuthenticationBackend"


@dataclass(frozen=True, slots=True)
class World:
    """A server at work: where it listens, the processes that serve pages, and what callers need to call."""

    port: int
    server: subprocess.Popen[bytes]
    home: Path
    engine: str
    callers: dict[str, Any]
    cluster: Path | None

    def web(self) -> list[int]:
        """The processes that answer requests: children of the server that are no programs of their own."""
        return [pid for pid in self.family() if pid != self.server.pid and b"jobs" not in _words(pid)
                and b"forkserver" not in b" ".join(_words(pid)) and b"resource_tracker" not in b" ".join(_words(pid))]

    def database(self) -> list[int]:
        """The server processes of the database, one for each connection, and those that write for them."""
        if self.cluster is None:
            return []
        return _family(int((self.cluster / "data" / "postmaster.pid").read_text().split()[0]))

    def family(self) -> list[int]:
        """The server and whatever it started."""
        return _family(self.server.pid)


def _family(first: int) -> list[int]:
    found, rest = [], [first]
    while rest:
        found.append(pid := rest.pop())
        for children in Path(f"/proc/{pid}/task").glob("*/children"):
            rest += [int(each) for each in children.read_text().split()]
    return found


def _words(pid: int) -> list[bytes]:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
    except OSError:
        return []


@contextmanager
def world() -> Iterator[World]:
    """Serve a filled home until the work is done; the folder and every process are gone afterwards."""
    from tests.postgres import free_port
    folder = Path(tempfile.mkdtemp(prefix="wildgate-load-"))
    folder.chmod(0o755)
    with _database(folder) as url:
        port, home = free_port(), folder / "home"
        settings = {**os.environ, "WILDGATE_HOME": str(home), "DATABASE_URL": url, "WILDGATE_DEMO": "yes",
                    "WILDGATE_BASE_URL": f"http://127.0.0.1:{port}", "WILDGATE_VERIFY_A_MINUTE": "0"}
        subprocess.run([sys.executable, "-m", "benchmarks.load_world", str(folder / "callers.json")], env=settings,
                       check=True, cwd=Path(__file__).parents[1])
        server = subprocess.Popen([sys.executable, "-m", "wildgate", "serve", "--port", str(port), "--stream-port",
                                   "0"], env=settings, stdout=subprocess.DEVNULL)
        try:
            _wait(port)
            yield World(port, server, home, "PostgreSQL" if url else "SQLite",
                        json.loads((folder / "callers.json").read_text()), folder / "cluster" if url else None)
        finally:
            server.send_signal(signal.SIGINT)
            server.wait(timeout=30)
    shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _database(folder: Path) -> Iterator[str]:
    """A cluster of our own where PostgreSQL's programs are, with its usual promises; else SQLite."""
    from tests.postgres import Cluster
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    if not found:
        yield ""
        return
    cluster = Cluster(folder / "cluster", found[-1].parent)
    cluster.make()
    cluster.start("max_connections=100", "shared_buffers=128MB")
    try:
        cluster.ask("CREATE DATABASE load")
        yield f"postgresql://wildgate@127.0.0.1:{cluster.port}/load"
    finally:
        cluster.stop()


def _wait(port: int) -> None:
    for _ in range(600):
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=5).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise SystemExit("The server did not come up.")


def lay_out(file: Path) -> None:
    """Fill the home of this process: people, permits, ready cases, drafts, sessions and a key."""
    from wildgate.site.cli import open_home
    open_home(None, migrate=True)
    from tests.apps.gateway.doors import customs_system

    from wildgate.apps.permits import sealing
    from wildgate.kit.models import Job
    from wildgate.seal.text import to_url
    from wildgate.site.demo.cast import settle
    now = datetime.now(UTC) - timedelta(days=1)
    people = settle("QM", "Demoland", now)
    permits = [_issued(people, now + timedelta(seconds=each)) for each in range(PERMITS)]
    ready = [_countersigned(people, now + timedelta(seconds=each)) for each in range(PERMITS)]
    drafts = [_draft(people, now + timedelta(seconds=each)) for each in range(PERMITS)]
    others = _others(permits[0], CODES - PERMITS)
    sealing.publish(permits[0].party, permits[0].shard, datetime.now(UTC))
    sealing.refresh(datetime.now(UTC))
    Job.objects.filter(state=Job.State.WAITING).delete()  # nobody asks for the papers of these
    system = customs_system(people, now)
    type(system.program).objects.filter(pk=system.program.pk).update(per_minute=10**7, daily_quota=10**8)
    file.write_text(json.dumps({
        "codes": [to_url("http://127.0.0.1/verify/", each.seals[0]) for each in (*permits, *others)],
        "numbers": [each.number for each in permits], "ready": ready, "drafts": drafts, "key": system.key,
        "shard": permits[0].shard, "sessions": {who: _session(people[who]) for who in ("mario", "amina")}}))


def _draft(people: dict[str, Any], at: datetime) -> str:
    from tests.cast import SKINS

    from wildgate.apps.permits import services
    mario = people["mario"]
    draft: Any = services.start(actor=mario, organisation=min(mario.organisations), at=at)
    lines: Any = SKINS["lines"]
    services.save_answers(actor=mario, case=draft.number, at=at, answers={
        **SKINS, "lines": [{**lines[0], "quantity": "5"}]})
    return str(draft.number)


def _countersigned(people: dict[str, Any], at: datetime) -> str:
    from tests.cast import SKINS, ready
    lines: Any = SKINS["lines"]
    return ready(people, at, {**SKINS, "lines": [{**lines[0], "quantity": "5"}]})


def _issued(people: dict[str, Any], at: datetime) -> Any:
    from wildgate.apps.permits import services
    return services.issue(actor=people["amina"], case=_countersigned(people, at), at=at)


def _others(model: Any, count: int) -> list[Any]:
    """Further permits in the register: each with its own number, record, place in the status list and seal, for none
    of which anybody had to apply."""
    from copy import copy

    from wildgate.apps.permits import sealing
    from wildgate.apps.permits.models import Application, Permit, PermitStatus
    from wildgate.apps.permits.models.issued import as_json
    from wildgate.seal.token import permit_digest
    taken = set(Permit.objects.filter(shard=model.shard).values_list("status_index", flat=True))
    free = (index for index in range(2 * CODES) if index not in taken)
    cases, permits = [], []
    for place in range(count):
        case, permit = copy(model.application), copy(model)
        record = replace(model.record, number=f"{model.number[:4]}{900_000 + place}E")
        case.pk, case.number, permit.pk = None, f"{case.number[:-7]}{9_000_000 + place}", None
        permit.number, permit.record_json, permit.digest = record.number, as_json(record.as_json()), record.digest.hex()
        permit.status_index = next(free)
        seals = sealing.seal(record, model.shard, permit.status_index)
        permit.tokens, permit.seal_digest = [seal.hex() for seal in seals], permit_digest(seals[0]).hex()
        cases.append(case)
        permits.append(permit)
    for case, permit in zip(Application.objects.bulk_create(cases), permits, strict=True):
        permit.application = case
    made = Permit.objects.bulk_create(permits)
    PermitStatus.objects.bulk_create([PermitStatus(permit=permit, state="valid", changed_at=model.issued_at)
                                      for permit in made])
    return made


def _session(person: Any) -> str:
    """The cookie of somebody who has signed in."""
    from django.test import Client

    from wildgate.apps.accounts.models import Person
    client = Client()
    client.force_login(Person.objects.get(pk=person.person_id), backend=BACKEND)
    return str(client.cookies["sessionid"].value)


if __name__ == "__main__":
    lay_out(Path(sys.argv[1]))
