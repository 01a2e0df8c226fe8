"""Everything of one country in a folder of open files: records, files, audit chain, public keys; signed as a whole."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from django.apps import apps
from django.db import connection, transaction
from django.utils import translation

from wildgate import __version__
from wildgate.apps.permits.sealing import keys
from wildgate.kit import events
from wildgate.kit.keys import KeyFault, Use
from wildgate.kit.models import ChainHead
from wildgate.seal.envelope import seal
from wildgate.seal.keys import SigningKey
from wildgate.site.backup.databases import NotDone
from wildgate.site.backup.taking import digest_of, public_files
from wildgate.site.country import attachments, dictionary, records, staying
from wildgate.site.upgrading import releases

FORMAT: Final = "wildgate country 1"
MANIFEST, SIGNATURE, TRUST = "manifest.json", "manifest.cose", "trust.cwt"
DICTIONARY, ABOUT = "dictionary.json", "README.md"
EXPORT_KIND: Final = 65011
"""The type of the signed manifest (COSE content type, from the range for private use)."""
Progress = Callable[[str], None]


def leave(folder: Path, home: Path, *, party: str, at: datetime, progress: Progress,
          signed: bool = True) -> dict[str, Any]:
    """Write everything into a new folder; the manifest, which is written last. NotDone says why it cannot be."""
    if folder.exists() and any(folder.iterdir()):
        raise NotDone(f"{folder} is not empty: name a new folder.")
    try:
        signing = keys().signing_key(party, Use.STATUS, at) if signed else None
        trust = keys().trust_list(party, at) if signed else b""
    except KeyFault as fault:
        raise NotDone(f"The export cannot be signed: {fault} With --unsigned it is written all the same.") from fault
    for name in ("records", "files", "attachments"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    folder.chmod(0o700)
    models = staying.leaving(apps.get_models(include_auto_created=True))
    with one_moment():
        tables = write_records(folder / "records", models, progress)
        heads = list(ChainHead.objects.order_by("party").values("party", "seq", "hash"))
        progress("attachments")
        held = attachments.leave(folder / "attachments")
    progress("files")
    _copy_files(folder / "files", home)
    _write(folder / DICTIONARY, json.dumps({"tables": _in_english(models)}, ensure_ascii=False, indent=1) + "\n")
    _write(folder / ABOUT, about(party))
    if trust:
        (folder / TRUST).write_bytes(trust)
    files = {name: {"sha256": digest_of(folder / name), "bytes": (folder / name).stat().st_size}
             for name in contents(folder)}
    applied = releases.applied(connection)
    manifest = {"format": FORMAT, "wildgate": __version__, "release": releases.release_of(applied), "party": party,
                "made_at": at.isoformat(), "engine": connection.vendor, "migrations": _last(applied), "heads": heads,
                "tables": tables, "attachments": held, "stays": staying.STAYS, "left_empty": staying.BLANKED,
                "cannot_come": list(staying.WORDS), "files": files}
    _finish(folder, manifest, signing, at)
    return manifest


def _finish(folder: Path, manifest: dict[str, Any], signing: SigningKey | None, at: datetime) -> None:
    """The signature, then the manifest, then the event that tells of both."""
    coded = json.dumps(manifest, ensure_ascii=False, indent=1).encode() + b"\n"
    if signing:
        (folder / SIGNATURE).write_bytes(seal(hashlib.sha256(coded).digest(), EXPORT_KIND, signing))
    (folder / f"{MANIFEST}.part").write_bytes(coded)
    os.replace(folder / f"{MANIFEST}.part", folder / MANIFEST)
    with transaction.atomic():
        events.append("country-exported", "audit:country", party=manifest["party"], actor="operator", at=at, data={
            "manifest": hashlib.sha256(coded).hexdigest(),
            "rows": sum(each["rows"] for each in manifest["tables"].values())})


@contextmanager
def one_moment() -> Iterator[None]:
    """What is read within is of one moment, while people work on."""
    if connection.in_atomic_block:
        yield
        return
    with connection.cursor() as cursor:
        cursor.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY" if connection.vendor == "postgresql"
                       else "BEGIN DEFERRED")
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("ROLLBACK")


def write_records(folder: Path, models: Iterable[type[Any]], progress: Progress) -> dict[str, dict[str, Any]]:
    """Each table into its file; rows and digest by table."""
    found = {}
    for model in models:
        table = model._meta.db_table
        progress(table)
        with (folder / f"{table}.jsonl").open("wb") as out:
            found[table] = _counted(records.lines(model, staying.BLANKED.get(table)), out.write)
    return found


def digests(models: Iterable[type[Any]]) -> dict[str, dict[str, Any]]:
    """Rows and digest of each table as it is in the database now."""
    return {model._meta.db_table: _counted(records.lines(model, staying.BLANKED.get(model._meta.db_table)), len)
            for model in models}


def _counted(lines: Iterable[str], write: Callable[[bytes], Any]) -> dict[str, Any]:
    count, found = 0, hashlib.sha256()
    for line in lines:
        coded = line.encode() + b"\n"
        write(coded)
        found.update(coded)
        count += 1
    return {"rows": count, "sha256": found.hexdigest()}


def _copy_files(target: Path, home: Path) -> None:
    """Documents, lists, messages, working copies, and of keys the public parts and what became of them."""
    journals = sorted((home / "keys").glob("*/journal.json"))
    for path in [*public_files(home), *journals]:
        if attachments.is_sealed(path):
            continue
        place = target / path.relative_to(home)
        place.parent.mkdir(parents=True, exist_ok=True)
        try:
            shutil.copyfile(path, place)
        except FileNotFoundError:  # a list that was replaced by a newer one while we looked
            continue


def contents(folder: Path) -> list[str]:
    """Every file of the export but the manifest and its signature, by name."""
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*")
                  if path.is_file() and path.name not in (MANIFEST, SIGNATURE, f"{MANIFEST}.part"))


def _last(applied: Iterable[releases.Step]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for app, name in applied:
        found.setdefault(app, []).append(name)
    return found


def _in_english(models: Iterable[type[Any]]) -> list[dict[str, Any]]:
    with translation.override("en"):
        return dictionary.tables(models)


def about(party: str) -> str:
    """The page that says what the folder is."""
    lines = [f"# The records of {party}", "",
             "`records/` holds each table as JSON lines (UTF-8); `dictionary.json` says what each column means.",
             "`records/kit_event.jsonl` is the audit chain: each event carries the hash of the one before.",
             "`attachments/` holds what people handed in, under the number of its row in `cleaning_held`; "
             "`names.jsonl` says what they called it.",
             "`files/` holds documents, signed lists, messages and public keys.",
             "`manifest.json` names every file with its SHA-256; `manifest.cose` is the SHA-256 of the manifest, "
             "signed (COSE_Sign1) by the status key that stands in `trust.cwt`.", "", "## What cannot come along", ""]
    return "\n".join([*lines, *(f"* {each}" for each in staying.WORDS), ""])


def _write(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8", newline="\n")
