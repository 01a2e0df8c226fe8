"""An old backup is put back by the commands themselves: restore, doctor and serve see that others know more."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import uuid
from datetime import UTC, datetime, timedelta

import pytest
from tests.databases import address, on_server
from tests.house import the_house

from wildgate.kit.models import ChainHead

pytestmark = pytest.mark.processes


@pytest.fixture
def elsewhere(tmp_path):
    """A new home, with a new database where the database is on a server; its settings, which are its owner's."""
    name, url = f"wildgate_own_{uuid.uuid4().hex[:8]}", os.environ.get("DATABASE_URL", "")
    home = tmp_path / "elsewhere"
    home.mkdir()
    if url:
        on_server(f'CREATE DATABASE "{name}" TEMPLATE template0')
    yield home, {"WILDGATE_HOME": str(home), "DATABASE_URL": address(name, owner=True) if url else ""}
    if url:
        on_server(f'DROP DATABASE "{name}" WITH (FORCE)')


def run(env: dict[str, str], *words: str) -> subprocess.CompletedProcess[str]:
    return the_house().wildgate({**os.environ, "DJANGO_SETTINGS_MODULE": "wildgate.site.settings",
                                 "WILDGATE_DURABLE": "no", "WILDGATE_BACKUP_PASSPHRASE": "", **env}, *words)


def test_an_old_backup_is_told_by_the_heads_that_were_published(own_database, elsewhere, settings, tmp_path):
    """The folder of lists survived, as a web server or a partner keeps it: it holds the head of the day after."""
    from wildgate.apps.accounts import services as accounts
    from wildgate.site.audit_export import heads
    from wildgate.site.demo.cast import settle
    now = datetime.now(UTC)
    settle("QM", "Demoland", now - timedelta(days=2))
    heads.publish("QM", now - timedelta(days=1))
    here, (home, there) = {"WILDGATE_HOME": str(settings.HOME), "DATABASE_URL": own_database}, elsewhere
    assert run(here, "backup", str(tmp_path / "b")).returncode == 0
    accounts.add_organisation(party="QM", name="Later Ltd", address="1 Late Lane", country="QM", private=False,
                              by="system", at=now)
    head, file = ChainHead.objects.get(party="QM"), heads.publish("QM", now)
    (home / "status" / "QM" / "audit").mkdir(parents=True)
    shutil.copy(file, home / "status" / "QM" / "audit")

    restored = run(there, "restore", str(tmp_path / "b"), "--head", f"{head.seq}:{head.hash}")
    served = run(there, "serve", "--port", "1", "--stream-port", "0")
    checked = run(there, "doctor", "--here", "--json")

    assert restored.returncode == served.returncode == checked.returncode == 1
    for said in (restored.stderr, served.stderr):
        assert "The database is older than what was published" in said
        assert "wildgate audit accept" in said
    assert "given by hand" in restored.stderr
    assert "Traceback" not in restored.stderr + served.stderr + checked.stderr
    assert "wrong" in [row["state"] for row in json.loads(checked.stdout) if row["thing"] == "backup"]

    assert run(there, "audit", "accept", "--reason", "The disk broke; entered again from paper.").returncode == 0
    again = json.loads(run(there, "audit", "books", "--json").stdout)
    assert (again["balance"], again["faults"]) == (True, [])
