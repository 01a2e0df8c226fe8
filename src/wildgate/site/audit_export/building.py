"""Writing an export: the events of a selection, what proves them, and the program that checks it."""

from __future__ import annotations

import hashlib
import json
import os
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO, Any, Final

from django.db import transaction
from django.db.models import QuerySet

from wildgate.apps.permits.sealing import keys
from wildgate.convention.refusal import Refusal, refuse
from wildgate.kit import events
from wildgate.kit.keys import KeyFault, Use
from wildgate.kit.models import ChainHead, Event
from wildgate.seal.envelope import seal
from wildgate.site.audit.asked import CODE, subjects_of
from wildgate.site.audit_export import verify
from wildgate.site.audit_export.reading import Index
from wildgate.site.audit_export.verify import EVENTS, LINKS, MANIFEST, NOTES, SIGNATURE, TRUST, Part

LARGEST: Final = (1 << 32) - (1 << 20)
"""The plain ZIP format ends at 4 GB."""
INDEX, VERIFIER = "index.html", "verify.py"
AT_A_TIME: Final = 2000


@dataclass(frozen=True, slots=True)
class Selection:
    """Which events: of one subject (a number, or its name as events speak of it), of days (UTC), or all."""

    subject: str = ""
    since: date | None = None
    until: date | None = None

    def of(self, party: str, head: int) -> QuerySet[Event]:
        """The events up to the head, oldest first."""
        found = Event.objects.filter(party=party, seq__lte=head).order_by("seq")
        if self.subject:
            found = found.filter(subject__in=subjects_of(party, self.subject))
        if self.since:
            found = found.filter(at__gte=datetime.combine(self.since, time(), UTC))
        if self.until:
            found = found.filter(at__lte=datetime.combine(self.until, time.max, UTC))
        return found

    def as_json(self) -> dict[str, Any]:
        """As the manifest and the event tell it."""
        return {"subject": self.subject, "from": self.since.isoformat() if self.since else None,
                "to": self.until.isoformat() if self.until else None}


@dataclass(frozen=True, slots=True)
class Exported:
    """What was written. `broken` is the first event that does not hold: the file tells the same when it is checked."""

    events: int
    notes: int
    head: int
    manifest: str
    root: str
    broken: int | None


def export(selection: Selection, target: Path, *, party: str, by: str, at: datetime,
           with_notes: bool = True) -> Exported | Refusal:
    """Write the export to `target`, for its owner alone, and record that it was made."""
    head = ChainHead.objects.filter(party=party).first()
    if head is None or not head.seq:
        return refuse("no-events", "%(party)s has no events yet.", party=party)
    try:
        signing, root = keys().signing_key(party, Use.STATUS, at), keys().root(party, at)
        trust = keys().trust_list(party, at)
    except KeyFault as fault:
        return refuse("no-key", "The export cannot be signed: %(fault)s", fault=fault)
    with TemporaryDirectory(prefix=".export-", dir=target.parent) as place:
        folder = Path(place)
        told = _written(folder, selection.of(party, head.seq), party, head, with_notes)
        if not told["events"]:
            return refuse("nothing-found", "No event of %(party)s fits; look at the number or the days.", party=party)
        (folder / TRUST).write_bytes(trust)
        (folder / VERIFIER).write_bytes(Path(verify.__file__).read_bytes())
        broken = told.pop("broken")
        manifest = {"format": verify.FORMAT, "party": party, "made_at": at.astimezone(UTC).isoformat(),
                    "selection": selection.as_json(), "head": {"seq": head.seq, "hash": head.hash}, **told}
        Index(folder / INDEX).write(manifest, root.fingerprint, folder / EVENTS)
        names = [INDEX, VERIFIER, EVENTS, LINKS, *([NOTES] if with_notes else []), TRUST]
        coded = json.dumps(manifest | {"files": {name: _digested(folder / name) for name in names}}, indent=1,
                           sort_keys=True).encode()
        (folder / MANIFEST).write_bytes(coded)
        (folder / SIGNATURE).write_bytes(seal(coded, verify.EXPORT_KIND, signing))
        draft = folder / "export.zip"
        if not pack(folder, [*names, MANIFEST, SIGNATURE], draft):
            return refuse("too-large", "The export would be larger than 4 GB; export it in parts, by days.")
        done = Exported(told["events"], told["notes"], head.seq, hashlib.sha256(coded).hexdigest(), root.fingerprint,
                        broken)
        _record(done, selection, party=party, by=by, at=at)
        os.replace(draft, target)
    return done


def _record(done: Exported, selection: Selection, *, party: str, by: str, at: datetime) -> None:
    """The export is an event itself: the chain holds the digest of what was handed out."""
    asked = {key: value for key, value in selection.as_json().items()
             if value and (key != "subject" or CODE.fullmatch(value) or CODE.fullmatch(f"number:{value}"))}
    with transaction.atomic():
        events.append("audit-exported", "audit:export", party=party, actor=by, at=at, data={
            **asked, "events": done.events, "notes": done.notes, "up-to": done.head, "manifest": done.manifest})


def _written(folder: Path, found: QuerySet[Event], party: str, head: ChainHead, with_notes: bool) -> dict[str, Any]:
    """Events, notes and links as files, and how many."""
    count, notes, first, broken = 0, 0, None, None
    with (folder / EVENTS).open("w", encoding="utf-8", newline="\n") as lines, \
            (folder / NOTES).open("w", encoding="utf-8", newline="\n") as texts:
        for event in found.select_related("note").iterator(chunk_size=AT_A_TIME):
            first = event.seq if first is None else first
            lines.write(_line(event))
            count += 1
            if broken is None and events.link_hash(event) != event.hash:
                broken = event.seq
            if with_notes and hasattr(event, "note"):
                texts.write(json.dumps({"seq": event.seq, "note": event.note.text}, ensure_ascii=False) + "\n")
                notes += 1
    start = max(0, (first or 1) - 1)
    with (folder / LINKS).open("w", newline="\n") as out:
        _links(out, party, start, head)
    return {"events": count, "notes": notes, "links_from": start, "broken": broken}


def _line(event: Event) -> str:
    """The event with every field that its hash covers, as the hash covers it."""
    told = {"party": event.party, "seq": event.seq,
            "at": event.at.astimezone(UTC).isoformat(timespec="microseconds"), "actor": event.actor,
            "kind": event.kind, "subject": event.subject, "data": event.data, "previous": event.previous,
            "hash": event.hash}
    return json.dumps(told, ensure_ascii=False) + "\n"


def _links(out: IO[str], party: str, start: int, head: ChainHead) -> None:
    """One hash a line, from event `start` to the head; 0 is the beginning, and a missing event is a stroke."""
    expected = start
    if start == 0:
        out.write(verify.BEGINNING + "\n")
        expected = 1
    rows = Event.objects.filter(party=party, seq__gte=expected, seq__lte=head.seq).order_by("seq")
    for seq, hash_ in rows.values_list("seq", "hash").iterator(chunk_size=AT_A_TIME):
        out.write("-\n" * (seq - expected) + hash_ + "\n")
        expected = seq + 1
    out.write("-\n" * (head.seq + 1 - expected))


def _digested(path: Path) -> dict[str, Any]:
    with path.open("rb") as file:
        return {"sha256": hashlib.file_digest(file, "sha256").hexdigest(), "size": path.stat().st_size}


def pack(folder: Path, names: Iterable[str], target: Path) -> bool:
    """The files in one archive of which every byte is known beforehand. False when it grows too large."""
    parts: dict[str, Part] = {}
    with os.fdopen(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
        for name in names:
            size, crc, start = (folder / name).stat().st_size, 0, out.tell()
            if start + size > LARGEST:
                return False
            with (folder / name).open("rb") as file:
                while piece := file.read(verify.PIECE):
                    crc = zlib.crc32(piece, crc)
                parts[name] = Part(start + 30 + len(name), size, crc, "")
                out.write(verify.local_header(name, parts[name]))
                file.seek(0)
                while piece := file.read(verify.PIECE):
                    out.write(piece)
        out.write(verify.directory(parts, out.tell()))
        out.flush()
        os.fsync(out.fileno())
    return True
