"""What the doctor sees without leaving the machine: settings, database, keys, lists, clock, fonts, disk, jobs."""

from __future__ import annotations

import os
import re
import shutil
import stat
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import typst
from django.apps import apps
from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.db.models import Max, Min

from wildgate.apps.accounts.models import Emergency
from wildgate.convention.refusal import Refusal
from wildgate.convention.tables import country
from wildgate.kit import guards
from wildgate.kit.hsm import Hsm
from wildgate.kit.keybook import KeyFault, KeyPart
from wildgate.kit.models import ChainHead, Event, Job
from wildgate.message.pdf import FONTS, STANDARD, machine_fonts
from wildgate.seal.trust import KeyState, read_trust_list
from wildgate.site import profiles
from wildgate.site.database import rights
from wildgate.site.doctor.found import Found, look, well, wrong

KEY_WARNINGS: Final = (timedelta(days=7), timedelta(days=60))
"""A key that ends within the first is wrong, within the second to be looked at (W3-3: warnings 60 and 7 days ahead)."""
LATE_LIST: Final = timedelta(days=2)
LATE_JOB: Final = timedelta(minutes=10)
LEAST_ROOM: Final = 1_000_000_000
GOOD_ROOM: Final = 10_000_000_000
OTHERS: Final = 0o007
OLDEST_POSTGRES: Final = 140_000
NO_COUNTRIES: Final = frozenset({"special", "former"})
"""Kinds of codes without a government of their own, unless they are a Party (the European Union)."""
BUILT: Final = datetime(2026, 11, 1, tzinfo=UTC)
"""A clock before this is wrong: the program was not written then."""
SAMPLES: Final = {
    "Latin": "Çédille Ñandú Łódź", "Greek": "Θήτα", "Cyrillic": "Щука", "Arabic": "العربية", "Chinese": "象牙",
}
"""A word in each script in which people write to the authority; a form with other letters is refused, never guessed."""


def configuration() -> Iterator[Found]:
    """What must not be so where others can reach it."""
    host = urlsplit(settings.BASE_URL).hostname or ""
    local = host in {"127.0.0.1", "localhost", "::1"}
    if settings.DEBUG:
        yield wrong("settings", "WILDGATE_DEBUG is on: a fault shows the program's inside to whoever caused it.",
                    "Take WILDGATE_DEBUG away.")
    if settings.DEMO and not local:
        yield wrong("settings", "This is a demo world with published passwords, and not on this machine only.",
                    "Start an empty home with WILDGATE_DEMO=no.")
    if not local and not settings.SECURE:
        yield wrong("settings", f"WILDGATE_BASE_URL is {settings.BASE_URL}: passwords would cross the net in clear.",
                    "Put a proxy with TLS in front and give the https: address.")
    if not settings.DEMO and _is_number(host):
        yield look("settings", f"WILDGATE_BASE_URL is {settings.BASE_URL}: at a number browsers make no passkeys, and "
                   "administrators need one.", "Give it a name; to try it on this machine: http://localhost:8000.")
    if not {"*", host} & {each.strip("[]").lstrip(".") for each in settings.ALLOWED_HOSTS}:
        yield wrong("settings", f"WILDGATE_HOSTS does not name {host}, the host of WILDGATE_BASE_URL.",
                    f"Add {host} to WILDGATE_HOSTS.")
    yield from _party()
    if settings.SECRET_KEY and len(settings.SECRET_KEY) < 32:
        yield wrong("settings", "WILDGATE_SECRET_KEY is shorter than 32 characters.",
                    "Make a longer one; key files made with the old one must be made anew.")
    yield well("settings", f"Party {settings.PARTY}, {settings.BASE_URL}.")


def _is_number(host: str) -> bool:
    try:
        return bool(ip_address(host))
    except ValueError:
        return False


def _party() -> Iterator[Found]:
    """The code is that of a country, not one that means "unknown" or "the sea" in trade data."""
    found = country(settings.PARTY)
    if found is None or (found.kind in NO_COUNTRIES and not found.periods):
        means = f' means "{found.name()}" and' if found else ""
        yield wrong("settings", f"WILDGATE_PARTY is {settings.PARTY}, which{means} is no country.",
                    "Set it to the ISO code of your country, in a new home: keys are made for one Party.")


def database() -> Iterator[Found]:
    """It answers, is new enough, has every table, and its guards stand."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError as fault:
        says = f"It does not answer: {str(fault).splitlines()[0]}"
        if connection.vendor == "sqlite":
            yield wrong("database", says, f"Keep {connection.settings_dict['NAME']} aside and restore the last backup "
                        "into a new home: wildgate restore.")
        else:
            yield wrong("database", says, "Start it, or correct DATABASE_URL (wildgate settings).")
        return
    name = "PostgreSQL" if connection.vendor == "postgresql" else "SQLite"
    if connection.vendor == "postgresql":
        version = int(connection.cursor().connection.info.server_version)
        if version < OLDEST_POSTGRES:
            yield wrong("database", f"PostgreSQL {version // 10_000} is too old.", "Use PostgreSQL 14 or newer.")
    migrations = MigrationExecutor(connection)
    if left := migrations.migration_plan(migrations.loader.graph.leaf_nodes()):
        yield wrong("database", f"{len(left)} changes of tables are not made yet.",
                    "Stop the service, run `wildgate upgrade` and start it again; `wildgate upgrade --check` says what "
                    "it would do.")
        return
    ours = {each.label for each in apps.get_app_configs() if each.name.startswith("wildgate.")}
    unknown = set(migrations.loader.applied_migrations or ()) - set(migrations.loader.disk_migrations or ())
    if newer := [name for label, name in unknown if label in ours]:
        yield look("database", f"A newer release made {len(newer)} changes of tables that this program does not know.",
                   "Start the newer release, or restore the backup that was taken before the upgrade.")
    if missing := sorted(guards.guarded() - guards.standing(connection)) + guards.missing_rules(connection):
        yield wrong("database", f"The guard of {', '.join(missing)} is gone: rows can be changed unseen.",
                    "Restore the triggers from a backup, and find out who took them away.")
    yield well("database", f"{name} answers; all tables and {len(guards.guarded())} append-only guards are there.")


def roles() -> Iterator[Found]:
    """On PostgreSQL, the role that serves can do its work, and cannot rewrite what was done."""
    if (it := rights.standing(connection)) is None:
        return
    if it.missing:
        yield wrong("roles", f"The role {it.role} may not {_told(it.missing)}: work on it stops.",
                    "As the owner: wildgate database roles --apply.")
    if it.too_much:
        owns = "owns the tables: it " if it.owns else ""
        yield look("roles", f"The role {it.role} {owns}could {_told(it.too_much)}.",
                   "Let a role serve that owns nothing: wildgate database roles --apply.")
    if not it.missing and not it.too_much:
        yield well("roles", f"The role {it.role} can add events and change none.")


def _told(found: Mapping[str, list[str]]) -> str:
    """What is right or wrong with the first table, the events where they are among them, and how many others."""
    table = rights.EVENTS if rights.EVENTS in found else min(found)
    others = f" (and so with {len(found) - 1} more)" if len(found) > 1 else ""
    return f"{', '.join(found[table])} {table}{others}"


def emergencies(at: datetime) -> Iterator[Found]:
    """Emergency rights that run, and those that nobody reviewed in time."""
    open_ones = list(Emergency.objects.filter(party=settings.PARTY, reviewed_at=None))
    running = sum(each.runs(at) for each in open_ones)
    if late := [each for each in open_ones if at > each.due]:
        yield wrong("emergency rights", f"{len(late)} were not reviewed within three days.",
                    "Somebody else than who opened them reviews them at /emergencies/.")
    elif open_ones:
        yield look("emergency rights", f"{running} run, {len(open_ones) - running} wait for a review.",
                   "See /emergencies/.")
    else:
        yield well("emergency rights", "None runs, and all are reviewed.")


def chain(at: datetime) -> Iterator[Found]:
    """The end of the event chain is its last event; and the clock is not behind what was written."""
    newest = Event.objects.filter(party=settings.PARTY).aggregate(seq=Max("seq"), at=Max("at"))
    head = ChainHead.objects.filter(party=settings.PARTY).first()
    if (head.seq if head else 0) != (newest["seq"] or 0):
        yield wrong("events", "The chain does not end with its last event: some are missing, or two copies were mixed.",
                    "Stop the service and run `wildgate audit verify`; restore the last backup that it accepts.")
    elif head:
        yield well("events", f"{head.seq} events, head {head.hash[:12]}; `wildgate audit verify` walks all of it.")
    if at < BUILT or (newest["at"] and newest["at"] > at + timedelta(minutes=2)):
        yield wrong("clock", f"It says {at:%Y-%m-%d %H:%M} UTC, but something was written after that.",
                    "Set the clock by NTP before anything is signed.")
    else:
        yield well("clock", f"{at:%Y-%m-%d %H:%M} UTC, after all that was written.")


def keys(parts: tuple[KeyPart, ...], folder: Path, at: datetime) -> Iterator[Found]:
    """Each use has a key that is in force for a while yet, and nobody else on the machine reads the files."""
    if not parts:
        yield wrong("keys", "There is no key: nothing can be signed.", "wildgate keys create")
        return
    newest = {part.use: max(other.until for other in parts if other.use == part.use and other.state is KeyState.ACTIVE)
              for part in parts if part.state is KeyState.ACTIVE}
    for use, until in sorted(newest.items(), key=lambda each: each[1]):
        left = until - at
        if left < KEY_WARNINGS[1]:
            say = wrong if left < KEY_WARNINGS[0] else look
            yield say("keys", f"The {use.value} key ends on {until:%Y-%m-%d}.", f"wildgate keys rotate {use.value}")
    opened = [file for file in folder.rglob("*") if file.is_file() and file.name != "public.json"
              and stat.S_IMODE(file.stat().st_mode) & 0o077 and file.suffix == ".pem" and "private" in file.name]
    if opened and os.name == "posix":
        yield wrong("keys", f"{opened[0]} can be read by others on this machine.", f"chmod 600 {opened[0]}")
    yield well("keys", f"{len(newest)} uses have a key in force; the first ends on {min(newest.values()):%Y-%m-%d}.")


def damaged_keys(fault: KeyFault) -> Found:
    """What is in the folder of keys is not what was put there."""
    return wrong("keys", str(fault), "Restore the last backup into a spare home and take the folder `keys` from there.")


def signing(parts: tuple[KeyPart, ...], unlock: Callable[[KeyPart], object]) -> Iterator[Found]:
    """Each key that may be needed can be opened: its file is there and readable, and the secret is the one it was made
    with; or its hardware module answers. Nothing is signed."""
    faults: dict[str, str] = {}
    for part in parts:
        if part.state is KeyState.ACTIVE:
            try:
                unlock(part)
            except (KeyFault, OSError) as fault:
                faults.setdefault(part.use.value, str(fault))
    if faults:
        first = next(iter(faults.values()))
        yield wrong("keys", f"{', '.join(faults)} cannot sign: {first}",
                    "Put `keys` and `secret` (or WILDGATE_SECRET_KEY) back from the encrypted backup; if they are "
                    "lost: wildgate keys rotate.")


def hardware(token: Hsm) -> Iterator[Found]:
    """The token in which the next keys are to be made takes us in: not only when one is stolen and another is due."""
    try:
        token.answer()
    except KeyFault as fault:
        yield wrong("keys", str(fault), "Mend it now: until then no key can be made or used in the token.")


def lists(at: datetime) -> Iterator[Found]:
    """The signed lists that verifiers fetch are there, whole and fresh."""
    home = Path(settings.HOME)
    for thing, file in (("trust list", home / "trust.cwt"),
                        ("status lists", home / "status" / settings.PARTY / "index.cwt")):
        if not file.exists():
            yield look(thing, "Not published yet.", "Start `wildgate serve` or `wildgate jobs work`: it signs them.")
            continue
        age = at - datetime.fromtimestamp(file.stat().st_mtime, UTC)
        if thing == "trust list" and isinstance(found := read_trust_list(file.read_bytes(), None), Refusal):
            yield wrong(thing, f"Verifiers cannot use it: {found.reason}", f"Remove {file} and restart `wildgate "
                        "serve` or `wildgate jobs work`: it signs another one.")
        elif thing == "status lists" and age > LATE_LIST:
            yield wrong(thing, f"Signed {age.days} days ago: verifiers will soon say that they are stale.",
                        "See whether `wildgate jobs work` runs.")
        else:
            yield well(thing, f"Signed {datetime.fromtimestamp(file.stat().st_mtime, UTC):%Y-%m-%d %H:%M} UTC.")


def fonts() -> Iterator[Found]:
    """A permit can be set in each script: tried, not looked up."""
    missing = [script for script, sample in SAMPLES.items() if not _sets(sample)]
    if missing:
        yield look("fonts", f"No font for {', '.join(missing)}: a permit with such a name is refused.",
                   "Install Noto and Droid Sans Fallback (Debian: fonts-noto-core, fonts-droid-fallback).")
    else:
        yield well("fonts", f"{', '.join(SAMPLES)} can be printed.")


def _sets(sample: str) -> bool:
    names = ", ".join(f'"{font}"' for font in FONTS)
    try:
        typst.compile(f"#set document(title: \"x\", date: none)\n#set text(font: ({names}))\n{sample}".encode(),
                      font_paths=machine_fonts(), pdf_standards=[STANDARD], timestamp=0)
    except typst.TypstError as fault:
        return not re.search(r"codepoint|the text", fault.message)
    return True


def disk() -> Iterator[Found]:
    """Room in the home folder, and that it can be written to."""
    home = Path(settings.HOME)
    probe = home / ".doctor"
    try:
        probe.write_bytes(b"x")
        probe.unlink()
    except OSError as fault:
        yield wrong("disk", f"{home} cannot be written to: {fault.strerror}.", "Mount it for writing, or free room.")
        return
    if os.name == "posix" and stat.S_IMODE(home.stat().st_mode) & OTHERS:
        yield look("disk", f"{home} is open to everybody on this machine: the database in it holds personal data.",
                   f"chmod 700 {home} (750 and a group, where a proxy serves the signed lists from it).")
    free = shutil.disk_usage(home).free
    says = f"{free / 1e9:.1f} GB are free in {home}."
    if free < GOOD_ROOM:
        yield (wrong if free < LEAST_ROOM else look)("disk", says, "Free room or move WILDGATE_HOME to a larger disk.")
    else:
        yield well("disk", says)


def jobs(at: datetime) -> Iterator[Found]:
    """A worker takes what is due, and nothing has failed for good."""
    due = Job.objects.filter(party=settings.PARTY, state=Job.State.WAITING, run_after__lte=at).exclude(
        name__in=profiles.resting())
    first = due.aggregate(first=Min("run_after"))["first"]
    dead = Job.objects.filter(party=settings.PARTY, state=Job.State.DEAD).count()
    if first and at - first > LATE_JOB:
        yield wrong("jobs", f"{due.count()} wait, the oldest for {_how_long(at - first)}.",
                    "See whether `wildgate serve` or `wildgate jobs work` runs.")
    if dead:
        yield look("jobs", f"{dead} have failed for the last time.", "An administrator tries them again at /undone/.")
    if not (first and at - first > LATE_JOB) and not dead:
        yield well("jobs", "Nothing is late, nothing has failed for good.")


def _how_long(waited: timedelta) -> str:
    """In the unit in which one would say it."""
    minutes = int(waited.total_seconds() // 60)
    if minutes < 120:
        return f"{minutes} minutes"
    return f"{minutes // 60} hours" if minutes < 48 * 60 else f"{minutes // (24 * 60)} days"
