"""Files of listings: lists, saved pages and web archives, told by their bytes and worked off by a job."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from wildgate.apps.accounts.access import Action, Actor, require
from wildgate.apps.accounts.models import Person
from wildgate.apps.accounts.selectors import actor_of
from wildgate.apps.market import lists, pages
from wildgate.apps.market.addresses import canonical
from wildgate.apps.market.archives import PAGE, PICTURE, Part, Saved, is_archive, read_archive, write_archive
from wildgate.apps.market.models import Evidence
from wildgate.apps.market.pictures import is_picture, pictures
from wildgate.apps.market.seen import MOST_PICTURES, Picture, Seen, seen
from wildgate.apps.market.services.capturing import Given, no_basis, take_in, wrong_day
from wildgate.convention.refusal import Refusal, refuse
from wildgate.kit import events, jobs
from wildgate.kit.sentences import as_kept
from wildgate.kit.uploads.models import Upload
from wildgate.kit.uploads.services import Outcome, Progress, handles, receive
from wildgate.screening.listing_file import UNREADABLE, BadRow, Stopped

LIST, SAVED, ARCHIVE = "market-list", "market-page", "market-archive"
KINDS: Final = (LIST, SAVED, ARCHIVE)
LARGEST: Final = 50_000_000
SMALL: Final = 100_000
"""Bytes up to which a file is worked off while the person waits."""
MOST_FAULTS: Final = 100
NEVER = "\0"


def hand_in(*, actor: Actor, parts: Iterable[bytes], name: str, legal_basis: str, url: str = "",
            at: datetime) -> Upload | Refusal:
    """Take in a list, a saved page or a web archive. `url` is where a page was saved from."""
    if refused := require(actor, Action.CAPTURE) or no_basis(legal_basis):
        return refused
    if url and canonical(url) is None:
        return refuse("no-address", "This is no address of a page; copy it from the browser.", field="url")
    return receive(parts, name, judge=judge, largest=LARGEST, party=actor.party, by=actor.label, at=at, choices={
        "legal_basis": " ".join(legal_basis.split()), "url": url, "person": actor.person_id})


def judge(path: Path) -> str | Refusal:
    """What the file is, by its bytes."""
    with path.open("rb") as file:
        begin = file.read(4_096)
    if is_archive(begin):
        return ARCHIVE
    if begin.startswith((b"\x1f\x8b", b"\xfd7zXZ")):
        return LIST
    if NEVER.encode() in begin:
        return refuse("file-kind", "This is no list of listings, saved page or web archive.", field="file")
    if begin.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
        if path.stat().st_size > pages.LARGEST:
            return refuse("page-too-large", "A saved page may have %(most)s MB; save the page without its pictures.",
                          most=pages.LARGEST // 1_000_000, field="file")
        return SAVED
    return LIST


@handles(LIST)
def take_list(upload: Upload, progress: Progress, at: datetime) -> Outcome:
    """Every listing of a list; bad rows are named by their line and the others are taken."""
    found: list[Seen] = []
    faults: list[Mapping[str, Any]] = []
    bad = 0
    try:
        for each in lists.read_list(upload.file):
            if isinstance(each, BadRow):
                bad += 1
                faults += [{"line": each.line, **as_kept(each.reason)}] if len(faults) < MOST_FAULTS else []
            elif (wrong := wrong_day(each.offered_on, at)) is not None:
                bad += 1
                faults += [{"line": each.line, **wrong.as_kept()}] if len(faults) < MOST_FAULTS else []
            else:
                found.append(each)
            if len(found) % 500 == 0:
                progress(len(found), None)
    except Stopped as stopped:
        return Upload.State.REFUSED, {"refusal": stopped.refusal.as_kept()}
    except UNREADABLE as fault:
        refused = refuse("list-unreadable", "%(file)s cannot be read to its end (%(fault)s).", file=upload.file_name,
                         fault=type(fault).__name__, field="file")
        return Upload.State.REFUSED, {"refusal": refused.as_kept()}
    if not found:
        refused = refuse("list-empty", "%(file)s holds no listing that can be read.", file=upload.file_name,
                         field="file")
        return Upload.State.REFUSED, {"refusal": refused.as_kept(), "faults": faults}
    return _taken(upload, Evidence.How.LIST, "text/csv", found, at, faults=faults, bad=bad)


@handles(SAVED)
def take_page(upload: Upload, progress: Progress, at: datetime) -> Outcome:
    """The listings of a saved page, and an archive of it as evidence."""
    data = upload.file.read_bytes()
    url = str(upload.choices.get("url") or "")
    found = pages.read_page(data, url)
    if isinstance(found, Refusal):
        return Upload.State.REFUSED, {"refusal": found.as_kept()}
    archive = write_archive([Part(url or found[0].url or "urn:wildgate:page", "text/html", data)], at=at,
                            about={"software": "Wildgate", "operator": upload.by})
    return _taken(upload, Evidence.How.PAGE, "text/html", _numbered(found, at), at, archive=archive)


@handles(ARCHIVE)
def take_archive(upload: Upload, progress: Progress, at: datetime) -> Outcome:
    """The listings of every page of a web archive, with the pictures that the archive holds."""
    saved = read_archive(upload.file)
    if isinstance(saved, Refusal):
        return Upload.State.REFUSED, {"refusal": saved.as_kept()}
    found: list[Seen] = []
    faults: list[Mapping[str, Any]] = []
    for each in saved:
        if each.kind == PAGE:
            read = pages.read_page(each.data, each.url)
            if isinstance(read, Refusal):
                faults.append(read.as_kept() | {"says": read.reason})
            else:
                found += [replace(read[0], pictures=_shown(each, saved))] if len(read) == 1 else read
    state, told = _taken(upload, Evidence.How.ARCHIVE, "application/warc", _numbered(found, at), at, faults=faults,
                         bad=len(faults))
    if any(each.pictures for each in found):
        evidence = Evidence.objects.get(party=upload.party, number=told["evidence"])
        jobs.enqueue("market.look_at_pictures", evidence.number, party=upload.party, at=at, evidence=evidence.pk)
    return state, told


def _shown(page: Saved, saved: Sequence[Saved]) -> tuple[Picture, ...]:
    """The pictures of the archive that the page names as those of what it offers; what they show is looked at later."""
    named = pages.pictures_of(page.data, page.url)
    return tuple(Picture(hashlib.sha256(each.data).hexdigest()) for each in saved
                 if each.kind == PICTURE and each.url in named)[:MOST_PICTURES]


def _numbered(found: Sequence[Seen], at: datetime) -> list[Seen]:
    """Listings of one address told apart by their number on the page, each with its place in the evidence. A day that
    no offer can have is left out: the page says it, and nobody here can correct a page."""
    many = len({each.url for each in found}) < len(found)
    return [replace(each, line=line, url=f"{each.url}#{line}" if many and each.url else each.url,
                    offered_on=None if wrong_day(each.offered_on, at) else each.offered_on)
            for line, each in enumerate(found, 1)]


def _taken(upload: Upload, how: str, media: str, found: Sequence[Seen], at: datetime, *, archive: bytes = b"",
           faults: Sequence[Mapping[str, Any]] = (), bad: int = 0) -> Outcome:
    given = Given(how, upload.file.read_bytes(), media, str(upload.choices.get("legal_basis") or ""), archive)
    taken = take_in(given, found, party=upload.party, actor=_who(upload, at), at=at)
    return Upload.State.DONE, {"evidence": taken.evidence.number, "new": len(taken.new), "again": len(taken.again),
                               "bad": bad, "faults": list(faults)}


def _who(upload: Upload, at: datetime) -> Actor:
    """Who handed the file in: the event names them, whoever runs the job."""
    person = Person.objects.filter(pk=upload.choices.get("person")).first()
    found = actor_of(person, at.date()) if person is not None else None
    return found or Actor(upload.by or events.SYSTEM, "", upload.party)


def single(fields: dict[str, Any], files: Iterable[bytes]) -> Seen | Refusal:
    """What a person typed as a listing, with the hashes of its pictures."""
    if fields.get("url") and canonical(str(fields["url"])) is None:
        return refuse("no-address", "This is no address of a page; copy it from the browser.", field="url")
    given = list(files)
    if not all(map(is_picture, given)):
        return refuse("not-a-picture", "The file is no picture. Save it as JPEG or PNG and choose it again.",
                      field="picture")
    return seen(**fields, pictures=pictures(given))
