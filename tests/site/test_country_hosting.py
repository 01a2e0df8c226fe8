"""Two countries on one machine: homes, keys, roles and databases of their own; nothing of one is in the other's."""

from __future__ import annotations

import os
import re
import signal
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import psycopg
import pytest
from tests import postgres
from tests.clusters import MAKER, furnish
from tests.clusters import NAME as MADE
from tests.house import the_house

from wildgate.seal.trust import TrustList, read_trust_list

pytestmark = [pytest.mark.processes]
ROOT = Path(__file__).resolve().parents[2]
NAMES = {"qm": "Head of QM", "qz": "Head of QZ"}


class Country:
    """One of them, with its process."""

    def __init__(self, code: str, folder: Path, server: postgres.Cluster) -> None:
        self.code, self.home, self.port, self.server = code, folder / f"home-{code}", postgres.free_port(), server
        self.role = f"wildgate_{code}"
        self.home.mkdir(mode=0o700)

    def address(self, database: str) -> str:
        return f"postgresql://{self.role}@127.0.0.1:{self.server.port}/{database}"

    def start(self) -> None:
        around = {**os.environ, "WILDGATE_HOME": str(self.home), "WILDGATE_PARTY": self.code.upper(),
                  "DATABASE_URL": self.address(self.role), "WILDGATE_BASE_URL": f"http://127.0.0.1:{self.port}",
                  "WILDGATE_SECRET_KEY": f"of {self.code} alone, and of nobody else",
                  "DJANGO_SETTINGS_MODULE": "wildgate.site.settings",
                  "PYTHONPATH": f"{ROOT / 'src'}:{ROOT}"}
        self.process = the_house().start(around, "tests.site.one_country", str(self.port))

    def wait(self) -> None:
        assert self.process.stdout.readline() == "ready\n"

    def page(self, path: str) -> bytes:
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=60) as answer:
            return bytes(answer.read())

    def ask(self, question: str) -> list[tuple]:
        with psycopg.connect(self.address(self.role), autocommit=True) as line:
            return line.execute(question).fetchall()


def statements(code: str) -> list[str]:
    """What the operator's guide says, for one country."""
    guide = (ROOT / "docs" / "guide" / "operator.md").read_text()
    block = re.search(r"```sql\n(.*?)```", guide[guide.index("## Two countries on one machine"):], re.DOTALL)
    assert block is not None
    return [each.strip().replace("qm", code) for each in block[1].split(";") if each.strip()]


def with_tables(statement: str) -> str:
    """Their databases begin with tables that the role did not make itself: that it can, as the owner of a database and
    nothing else, is seen in `test_database_roles.py`."""
    return statement.replace("TEMPLATE template0", f"TEMPLATE {MADE}")


@pytest.fixture(scope="module")
def two() -> Iterator[tuple[Country, Country]]:
    with TemporaryDirectory(prefix="wildgate-countries-") as made:
        folder = Path(made)
        folder.chmod(0o755)
        server = postgres.Cluster(folder / "server", postgres.tools())
        countries: list[Country] = []
        try:
            furnish(server)
            server.start("max_locks_per_transaction=256")
            for code in NAMES:
                for statement in statements(code):
                    server.ask(with_tables(statement))
                countries.append(Country(code, folder, server))
                server.ask(f"REASSIGN OWNED BY {MAKER} TO {countries[-1].role}", countries[-1].role)
                countries[-1].start()
            for each in countries:
                each.wait()
            yield countries[0], countries[1]
        finally:
            for each in countries:
                each.process.send_signal(signal.SIGTERM)
                each.process.wait()
            server.stop()


def test_each_shows_its_own_country_under_its_own_keys(two):
    one, other = two

    assert (b"Demoland" in one.page("/"), b"Quartzland" in other.page("/")) == (True, True)
    assert (b"Quartzland" in one.page("/"), b"Demoland" in other.page("/")) == (False, False)
    lists = [read_trust_list(each.page("/trust.cwt"), None) for each in two]
    assert all(isinstance(each, TrustList) for each in lists)
    assert [each.operator for each in lists] == ["QM", "QZ"]
    kids = [{entry.kid for entry in each.entries} for each in lists]
    assert kids[0]
    assert not kids[0] & kids[1]


def test_a_role_cannot_open_the_others_database_nor_reach_it_from_its_own(two):
    for each, other in (two, two[::-1]):
        with pytest.raises(psycopg.OperationalError, match="permission denied for database"):
            psycopg.connect(each.address(other.role))
        with pytest.raises(psycopg.Error, match="permission denied|not available|must be"):
            each.ask("CREATE EXTENSION dblink")
        with pytest.raises(psycopg.Error, match="permission denied|must be"):
            each.ask(f"SET ROLE {other.role}")
        with pytest.raises(psycopg.Error, match="permission denied|must be"):
            each.ask("COPY accounts_person TO PROGRAM 'cat'")


def test_no_query_of_one_comes_to_the_others_database(two):
    for each in two:
        each.page("/verify/")
        each.page("/readyz")
    seen = two[0].server.ask("SELECT DISTINCT usename, datname FROM pg_stat_activity WHERE datname LIKE 'wildgate_%'")

    assert sorted(seen) == [("wildgate_qm", "wildgate_qm"), ("wildgate_qz", "wildgate_qz")]


def test_nothing_of_one_is_in_the_others_database_or_home(two):
    for each, other in (two, two[::-1]):
        assert each.ask("SELECT name FROM accounts_person") == [(NAMES[each.code],)]
        assert each.ask("SELECT DISTINCT party FROM kit_event") == [(each.code.upper(),)]
        assert each.ask("SELECT party FROM kit_chainhead") == [(each.code.upper(),)]
        assert [path.name for path in (each.home / "keys").iterdir() if path.is_dir()] == [each.code.upper()]
        mark = other.code.upper().encode()
        files = [path for path in each.home.rglob("*") if path.is_file()]
        assert files
        assert not [path for path in files if f"/{other.code.upper()}/" in str(path)
                    or b"Head of " + mark in path.read_bytes()]
        assert each.home.stat().st_mode & 0o077 == 0
