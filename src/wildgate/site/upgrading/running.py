"""An upgrade: look, back up, change the tables alone, and prove that everything is still there.

The old program's backup is the way back. Nothing is done where something is wrong already, and what fails is told with
the steps that lead back.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from django.db import DatabaseError, connection
from django.db.migrations.loader import MigrationLoader

from wildgate import __version__
from wildgate.kit import events, guards
from wildgate.kit.models import ChainHead
from wildgate.site.backup import taking
from wildgate.site.backup.databases import NotDone
from wildgate.site.database import migrating
from wildgate.site.doctor.found import Found, State
from wildgate.site.upgrading import locking, notes, releases, rules

STOPS: Final = frozenset({"database", "disk", "events", "clock"})
"""With one of these wrong, tables are not touched, and an upgrade has not gone well."""
Look = Callable[[], Iterable[Found]]
Progress = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Upgrade:
    """What is to be done, or what was done. `stop` names what the former release cannot work beside."""

    since: str
    waiting: int
    stop: tuple[str, ...] = ()
    backup: str = ""
    heads: tuple[dict[str, Any], ...] = ()
    news: tuple[notes.Note, ...] = ()
    faults: tuple[str, ...] = field(default=())

    @property
    def done(self) -> bool:
        return not self.faults


def planned() -> Upgrade:
    """What an upgrade would do now."""
    since = releases.release_of(releases.applied(connection))
    loader = MigrationLoader(connection)
    todo = [f"{app}.{name}" for app, name in loader.graph.nodes if (app, name) not in (loader.applied_migrations or {})]
    stop = sorted({each.migration for each in rules.findings(loader, releases.release(since))
                   if each.migration in todo}) if since else ()
    return Upgrade(since, migrating.waiting(), tuple(stop), news=notes.after(since))


def upgrade(folder: Path, home: Path, *, party: str, passphrase: str, at: datetime, look: Look,
            progress: Progress) -> Upgrade:
    """Do it. NotDone where nothing was begun; afterwards `faults` say what does not hold."""
    plan = planned()
    try:
        with locking.alone(home):
            before = _looked(look, progress)
            if bad := [each for each in before if each.thing in STOPS]:
                raise NotDone(f"{bad[0].thing}: {bad[0].says} {bad[0].do} Nothing was changed.")
            heads, counts = _heads(), _kept_rows()
            progress("backup")
            taking.take(folder, home, passphrase=passphrase, at=at, party=party, engine=connection.vendor,
                        progress=_quiet)
            progress(f"{plan.waiting} changes of tables")
            try:
                migrating.bring_up_to_date(held=True)
            except (DatabaseError, ValueError, SystemExit) as fault:
                first = (str(fault).strip().splitlines() or [type(fault).__name__])[0]
                return _told(plan, folder, heads, (f"The tables could not be changed: {first}",))
            progress("comparing")
            faults = _compared(heads, counts)
            worse = [each for each in _looked(look, progress) if each.thing in STOPS]
            faults += [f"{each.thing}: {each.says} {each.do}" for each in worse]
    except locking.Taken as other:
        raise NotDone(f"{other} Nothing was changed.") from other
    return _told(plan, folder, heads, tuple(faults))


def _told(plan: Upgrade, folder: Path, heads: list[dict[str, Any]], faults: tuple[str, ...]) -> Upgrade:
    return Upgrade(plan.since, plan.waiting, plan.stop, str(folder), tuple(heads), plan.news, faults)


def _looked(look: Look, progress: Progress) -> list[Found]:
    """What the doctor finds wrong, but that tables are not yet those of this program: that is why we are here."""
    progress("doctor")
    return [each for each in look() if each.state is State.WRONG
            and not (each.thing == "database" and migrating.waiting())]


def _heads() -> list[dict[str, Any]]:
    return [dict(head) for head in ChainHead.objects.order_by("party").values("party", "seq", "hash")]


def _kept_rows() -> dict[str, int]:
    """Rows of the tables from which nothing is ever taken away."""
    there = set(connection.introspection.table_names())
    with connection.cursor() as cursor:
        found = {}
        for table in sorted(guards.guarded() & there):
            cursor.execute(f"SELECT count(*) FROM {connection.ops.quote_name(table)}")  # noqa: S608
            found[table] = cursor.fetchone()[0]
        return found


def _compared(heads: list[dict[str, Any]], counts: dict[str, int]) -> list[str]:
    """What is not as it was before."""
    faults = []
    if _heads() != heads:
        faults.append("The audit chain does not end where it did before.")
    faults += [f"The audit chain of {found.party} breaks at event {found.seq}: {found.reason}."
               for head in heads if (found := events.verify(head["party"]))]
    after = _kept_rows()
    faults += [f"{table} had {count} rows and has {after.get(table, 0)}." for table, count in counts.items()
               if after.get(table, 0) != count]
    return faults


def way_back(folder: Path, since: str) -> list[str]:
    """The steps that lead back to where the upgrade began."""
    first = "make a new, empty database and name it in DATABASE_URL, " if connection.vendor == "postgresql" else ""
    return [f"Leave the service stopped. Install Wildgate {since or 'as it was before'} again (this is {__version__}),",
            f"{first}then: wildgate restore {folder} --home NEW_FOLDER",
            "Compare the end of the chain that it prints with the one above, name the folder in WILDGATE_HOME, start."]


def _quiet(step: str) -> None:
    """The parts of a backup are told by the backup itself."""


