"""An installation made from a country's export: checked first, compared afterwards, whole or not at all."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path, PurePosixPath
from typing import Any, Final

from django.core.management import call_command
from django.core.management.color import no_style
from django.db import connection, transaction
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.state import StateApps

from wildgate import __version__
from wildgate.convention.refusal import Refusal
from wildgate.kit import events
from wildgate.kit.models import ChainHead
from wildgate.seal.envelope import open_envelope
from wildgate.seal.keys import Purpose
from wildgate.seal.trust import KeyState, read_trust_list
from wildgate.site.backup.databases import NotDone
from wildgate.site.backup.taking import digest_of
from wildgate.site.country import attachments, leaving, records, staying
from wildgate.site.country.leaving import EXPORT_KIND, FORMAT, MANIFEST, SIGNATURE, TRUST
from wildgate.site.upgrading import releases

LARGEST_MANIFEST: Final = 64_000_000
KEYS: Final = {"format", "wildgate", "party", "migrations", "heads", "tables", "files"}
Progress = Callable[[str], None]


def read_manifest(folder: Path) -> dict[str, Any]:
    """What the export says of itself; every file that it names is there as it was written."""
    path = folder / MANIFEST
    if not path.is_file():
        raise NotDone(f"{folder} holds no finished export: {MANIFEST} is missing.")
    if path.stat().st_size > LARGEST_MANIFEST:
        raise NotDone(f"{path} is too large to be what it should be.")
    try:
        found = json.loads(path.read_bytes())
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict) or not found.keys() >= KEYS:
        raise NotDone(f"{path} is damaged: make another export.")
    if found["format"] != FORMAT:
        raise NotDone(f"The export has format {found['format']!r}; this version ({__version__}) reads {FORMAT!r}.")
    for name, told in found["files"].items():
        if PurePosixPath(name).is_absolute() or ".." in PurePosixPath(name).parts:
            raise NotDone(f"{path} names a file outside its folder: it is not one of ours.")
        if not (folder / name).is_file() or digest_of(folder / name) != told["sha256"]:
            raise NotDone(f"{folder / name} is missing or was changed since the export was made.")
    return found


def root_of(folder: Path, party: str) -> str:
    """The fingerprint of the root key whose trust list names the key that signed the manifest; empty when unsigned."""
    if not (folder / SIGNATURE).is_file():
        return ""
    trust = read_trust_list((folder / TRUST).read_bytes(), None) if (folder / TRUST).is_file() else None
    envelope = open_envelope((folder / SIGNATURE).read_bytes())
    if trust is None or isinstance(trust, Refusal) or isinstance(envelope, Refusal):
        raise NotDone(f"{SIGNATURE} or {TRUST} is damaged: make another export.")
    signers = [entry for entry in trust.entries if entry.purpose is Purpose.STATUS and entry.party == party
               and entry.state is not KeyState.COMPROMISED and entry.kid == envelope.header.kid]
    digest = hashlib.sha256((folder / MANIFEST).read_bytes()).digest()
    if (envelope.header.kind != EXPORT_KIND or envelope.payload != digest
            or not any(envelope.verified_by(entry.key) for entry in signers)):
        raise NotDone("The manifest is not the one that was signed: it was changed, or another key signed it.")
    return trust.root.fingerprint


def arrive(folder: Path, home: Path, *, party: str, progress: Progress) -> dict[str, Any]:
    """Make this empty installation the one that left; the manifest. NotDone says why not, and nothing stays."""
    manifest = read_manifest(folder)
    if manifest["party"] != party:
        raise NotDone(f"The export is of {manifest['party']}; this installation serves {party}: set WILDGATE_PARTY.")
    if connection.introspection.table_names():
        raise NotDone("The database is not empty: import into a new home, with a new database.")
    loader = MigrationLoader(connection)
    last = _last(manifest["migrations"], loader)
    try:
        _load(folder, manifest, last, progress)
    except BaseException:
        _empty_again(home)
        raise
    progress("tables of this version")
    call_command("migrate", verbosity=0, interactive=False)
    progress("files")
    _place(folder / "files", home)
    attachments.arrive(folder / "attachments")
    return manifest


def _last(told: dict[str, list[str]], loader: MigrationLoader) -> list[releases.Step]:
    """The last migrations of the export; NotDone when this program does not know one."""
    steps = [(app, name) for app, names in told.items() for name in names]
    if unknown := [step for step in steps if step not in loader.graph.nodes]:
        raise NotDone(f"The export is of a newer version: {'.'.join(unknown[0])} is not known to {__version__}. "
                      "Install that version or a newer one.")
    return [(app, name) for app, name in steps
            if not any(child.key[0] == app and child.key[1] in told[app]
                       for child in loader.graph.node_map[app, name].children)]


def _load(folder: Path, manifest: dict[str, Any], last: list[releases.Step], progress: Progress) -> None:
    """Tables and rows, compared with what the manifest tells, in one go."""
    progress("tables")
    def fill(apps: StateApps) -> None:
        read_records(folder / "records", manifest["tables"], apps, progress)

    apps = releases.make_tables_of(connection, last, fill)
    progress("comparing")
    models = staying.leaving(apps.get_models(include_auto_created=True))
    found = leaving.digests(models)
    if wrong := sorted(table for table in {*found, *manifest["tables"]}
                       if found.get(table) != manifest["tables"].get(table)):
        raise NotDone(f"The rows of {wrong[0]} are not what the export says: make another export.")
    heads = list(ChainHead.objects.order_by("party").values("party", "seq", "hash"))
    if heads != manifest["heads"]:
        raise NotDone("The audit chain does not end where the export says.")
    for head in heads:
        if broken := events.verify(head["party"]):
            raise NotDone(f"The audit chain of {broken.party} breaks at event {broken.seq}: {broken.reason}.")


def read_records(folder: Path, tables: dict[str, Any], apps: StateApps, progress: Progress) -> None:
    """Fill the tables, all or none; the database's own counters go on behind the last number."""
    models = {model._meta.db_table: model for model in apps.get_models(include_auto_created=True)}
    with transaction.atomic():
        for table in tables:
            if table not in models:
                raise NotDone(f"The export has a table {table}, which its own version does not know.")
            progress(table)
            try:
                records.read_in(models[table], _lines(folder / f"{table}.jsonl"))
            except (ValueError, TypeError, KeyError) as fault:
                raise NotDone(f"records/{table}.jsonl does not fit its table: {fault}.") from fault
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), list(models.values())):
            cursor.execute(statement)


def _lines(path: Path) -> Iterator[str]:
    with path.open(encoding="utf-8", newline="\n") as source:
        yield from source


def _empty_again(home: Path) -> None:
    """Take away the tables that were begun: the next try finds an empty installation."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("DROP SCHEMA public CASCADE")
            cursor.execute("CREATE SCHEMA public")
        return
    connection.close()
    for ending in ("", "-wal", "-shm"):
        (home / f"wildgate.sqlite3{ending}").unlink(missing_ok=True)


def _place(source: Path, home: Path) -> None:
    for path in sorted(source.rglob("*")):
        target = home / path.relative_to(source)
        if path.is_dir():
            target.mkdir(exist_ok=True, mode=0o700 if path.name in ("keys", "trust") else 0o755)
            continue
        shutil.copyfile(path, f"{target}.part")
        os.replace(f"{target}.part", target)
