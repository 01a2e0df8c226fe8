"""A database server whose tables are made already: one test makes it, the others begin with a copy of its files."""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from tests import postgres
from tests.databases import Kept
from tests.house import ROOT

NAME = "office"
"""The database that is there, with all tables and no row that somebody wrote."""
MAKER = "maker"
"""The role that owns its tables, and nothing else on the server. Programs sign in as `postgres.SERVING`."""


def furnish(cluster: postgres.Cluster) -> None:
    """Instead of `make()`: `cluster`, not started yet, gets the files of a server that was stopped in good order."""
    kept = Kept("sqlite").file.with_suffix(f".{cluster.tools.parent.name}.cluster")
    with open(f"{kept}.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not kept.exists():
            _make(kept, cluster.tools)
    cluster.folder.mkdir(exist_ok=True)
    subprocess.run(["cp", "-a", str(kept), f"{cluster.folder}/data"], check=True)


def _make(kept: Path, tools: Path) -> None:
    """Kept for as long as the migrations and packages stay as they are, as the empty database of the other tests is."""
    with TemporaryDirectory(prefix="wildgate-kept-") as made:
        Path(made).chmod(0o755)
        first = postgres.Cluster(Path(made) / "first", tools)
        first.make()
        try:
            first.start("max_locks_per_transaction=256", "fsync=off")
            first.ask(f"CREATE ROLE {MAKER} LOGIN")
            first.ask(f"CREATE ROLE {postgres.SERVING} LOGIN")
            first.ask(f"CREATE DATABASE {NAME} OWNER {MAKER}")
            env = {**os.environ, "WILDGATE_HOME": made, "WILDGATE_PARTY": "QM", "WILDGATE_DURABLE": "no",
                   "DATABASE_URL": f"postgresql://{postgres.SERVING}@{postgres.LOOPBACK}:{first.port}/{NAME}",
                   "WILDGATE_OWNER_URL": f"postgresql://{MAKER}@{postgres.LOOPBACK}:{first.port}/{NAME}",
                   "DJANGO_SETTINGS_MODULE": "wildgate.site.settings"}
            done = subprocess.run([sys.executable, "-m", "wildgate", "database", "migrate"], cwd=ROOT, env=env,
                                  capture_output=True, text=True, check=False)
            assert done.returncode == 0, done.stderr
            first.ask(f"ALTER DATABASE {NAME} OWNER TO wildgate")
            first.ask("ALTER SYSTEM SET fsync = off")  # the machine lives: what a killed server wrote is not lost
            first.run("pg_ctl", "-D", f"{first.folder}/data", "-m", "fast", "-w", "stop")
        finally:
            first.stop()
        beside = kept.with_suffix(f".{os.getpid()}")
        shutil.rmtree(beside, ignore_errors=True)
        subprocess.run(["cp", "-a", f"{first.folder}/data", str(beside)], check=True)
        beside.rename(kept)
