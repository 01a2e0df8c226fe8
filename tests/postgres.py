"""PostgreSQL clusters of a test's own, each in its folder and on its port: made, copied, killed and promoted."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

LOOPBACK = "127.0.0.1"
SERVING = "wildgate_serving"
"""The role with which tests work on PostgreSQL: it has the rights of the role that serves, and owns nothing."""


class Cluster:
    """One database server of this machine."""

    def __init__(self, folder: Path, tools: Path) -> None:
        self.folder, self.tools, self.port = folder, tools, free_port()
        self.own = {"user": "postgres", "group": "postgres"} if os.getuid() == 0 else {}
        if self.own:
            folder.mkdir()
            shutil.chown(folder, "postgres", "postgres")

    def run(self, tool: str, *words: str) -> None:
        done = subprocess.run([self.tools / tool, *words], cwd="/", stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
                              text=True, check=False, timeout=60, **self.own)
        assert done.returncode == 0, done.stderr

    def make(self) -> None:
        self.run("initdb", "-D", f"{self.folder}/data", "-U", "wildgate", "-A", "trust", "-E", "UTF8", "--no-sync")

    def follow(self, other: Cluster) -> None:
        """A standby of another: its copy of this moment, and whatever comes."""
        self.run("pg_basebackup", "-D", f"{self.folder}/data", "-R", "-X", "stream", "-c", "fast", "--no-sync",
                 "-d", f"host={LOOPBACK} port={other.port} user=wildgate application_name=standby")

    def start(self, *also: str) -> None:
        choices = (f"-p {self.port} -k {self.folder} -c listen_addresses={LOOPBACK} -c max_connections=30 "
                   "-c shared_buffers=16MB " + " ".join(f"-c {each}" for each in also))
        self.run("pg_ctl", "-D", f"{self.folder}/data", "-w", "-l", f"{self.folder}/log", "-o", choices, "start")

    def copy(self, into: Path) -> None:
        """A base backup, as the operator's guide takes one."""
        self.run("pg_basebackup", "-D", str(into), "-X", "none", "-c", "fast", "--no-sync",
                 "-d", f"host={LOOPBACK} port={self.port} user=wildgate")

    def make_folder(self, folder: Path) -> None:
        folder.mkdir(parents=True)
        if self.own:
            shutil.chown(folder, "postgres", "postgres")

    def recover_to(self, moment: str, archive: Path) -> None:
        """Begin at the base backup, read the archive up to a moment, and take writes from there."""
        signal_file = self.folder / "data" / "recovery.signal"
        signal_file.touch(mode=0o600)
        if self.own:
            shutil.chown(signal_file, "postgres", "postgres")
        self.start(f"'restore_command=cp {archive}/%f %p'", f"'recovery_target_time={moment}'",
                   "recovery_target_action=promote")
        self.run("psql", "-X", "-q", "-h", LOOPBACK, "-p", str(self.port), "-U", "wildgate", "-d", "postgres", "-c",
                 "DO $$ BEGIN FOR turn IN 1..600 LOOP EXIT WHEN NOT pg_is_in_recovery(); PERFORM pg_sleep(0.05); "
                 "END LOOP; END $$")

    def promote(self) -> None:
        self.run("pg_ctl", "-D", f"{self.folder}/data", "-w", "promote")

    def kill(self) -> None:
        """As when the plug is pulled: no process of it gets to say a word. One that ends meanwhile is no fault."""
        first = int((self.folder / "data" / "postmaster.pid").read_text().split()[0])
        family = subprocess.run(["ps", "-o", "pid=", "--ppid", str(first)], capture_output=True, text=True, check=True)
        for pid in (first, *map(int, family.stdout.split())):
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)

    def stop(self) -> None:
        if (self.folder / "data" / "postmaster.pid").exists():
            subprocess.run([self.tools / "pg_ctl", "-D", f"{self.folder}/data", "-m", "immediate", "stop"], cwd="/",
                           stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False, **self.own)

    def ask(self, question: str, name: str = "postgres") -> list[tuple[Any, ...]]:
        import psycopg
        with psycopg.connect(host=LOOPBACK, port=self.port, user="wildgate", dbname=name, autocommit=True) as line:
            answer = line.execute(question)
            return answer.fetchall() if answer.description else []


def free_port() -> int:
    with socket.create_server((LOOPBACK, 0)) as taken:
        return int(taken.getsockname()[1])


def tools() -> Path:
    """Where the server's programs are; a test that needs them is skipped where there are none."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda each: int(each.parts[-3]))
    if not found:
        pytest.skip("PostgreSQL's own programs (initdb, pg_basebackup) are not on this machine")
    return found[-1].parent
