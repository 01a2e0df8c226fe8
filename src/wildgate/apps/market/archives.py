"""Web archives (WARC, ISO 28500): reading a saved one within limits, writing our own of what was captured.

An archive is unpacked with a count first: no record is looked at before it is known that the whole is not too much.
"""

from __future__ import annotations

import io
import tempfile
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any, Final

from warcio.archiveiterator import ArchiveIterator  # type: ignore[import-untyped]
from warcio.exceptions import ArchiveLoadFailed  # type: ignore[import-untyped]
from warcio.warcwriter import WARCWriter  # type: ignore[import-untyped]

from wildgate.apps.market import pages
from wildgate.convention.refusal import Refusal, refuse

LARGEST: Final = 50_000_000
LARGEST_UNPACKED: Final = 200_000_000
LARGEST_RATIO: Final = 100
SMALL: Final = 5_000_000
"""Below so many bytes the ratio says nothing."""
MOST_RECORDS: Final = 2_000
LARGEST_RECORD: Final = pages.LARGEST
PIECE: Final = 65_536
PAGE, PICTURE = "page", "picture"
MOST_KEPT: Final = 60


@dataclass(frozen=True, slots=True)
class Saved:
    """One page or picture of an archive, with the address that it was saved from."""

    kind: str
    url: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Part:
    """What goes into an archive of ours."""

    address: str
    media: str
    data: bytes


def is_archive(begin: bytes) -> bool:
    """Do these first bytes begin a web archive, packed or not?"""
    if begin.startswith(b"\x1f\x8b"):
        try:
            begin = zlib.decompressobj(31).decompress(begin, 64)
        except zlib.error:
            return False
    return begin.startswith(b"WARC/")


def read_archive(path: Path) -> list[Saved] | Refusal:
    """The pages and pictures of an archive, or why it is not read."""
    with tempfile.TemporaryFile() as plain:
        refused = _unpack(path, plain)
        if refused:
            return refused
        plain.seek(0)
        try:
            return _records(plain)
        except (ArchiveLoadFailed, EOFError, ValueError, zlib.error, KeyError, AttributeError, OSError, TypeError,
                IndexError, OverflowError) as fault:
            return refuse("archive-unreadable", "The web archive is damaged (%(fault)s); save it again.",
                          fault=type(fault).__name__, field="file")


def _unpack(path: Path, out: IO[bytes]) -> Refusal | None:
    """The archive without packing, if that is not too much: in all, and for its size."""
    packed = unpacked = 0
    with path.open("rb") as file:
        for piece in _plain(file):
            unpacked += len(piece)
            packed = file.tell()
            if unpacked > LARGEST_UNPACKED or (unpacked > SMALL and unpacked > packed * LARGEST_RATIO):
                return refuse("archive-too-large", "The web archive unpacks to more than can be read here (%(most)s "
                              "MB, or %(ratio)s times its size); save fewer pages in one.",
                              most=LARGEST_UNPACKED // 1_000_000, ratio=LARGEST_RATIO, field="file")
            out.write(piece)
    return None


def _plain(file: IO[bytes]) -> Iterator[bytes]:
    """The bytes of a file, member by member unpacked where it is packed; a damaged end is an end."""
    begin = file.read(2)
    file.seek(0)
    if begin != b"\x1f\x8b":
        while piece := file.read(PIECE):
            yield piece
        return
    waiting, unpacker = b"", zlib.decompressobj(31)
    while True:
        waiting = waiting or file.read(PIECE)
        if not waiting:
            return
        try:
            yield unpacker.decompress(waiting, PIECE * 16)
        except zlib.error:
            return
        if unpacker.eof:
            waiting, unpacker = unpacker.unused_data, zlib.decompressobj(31)
        else:
            waiting = unpacker.unconsumed_tail


def _records(plain: IO[bytes]) -> list[Saved] | Refusal:
    kept: list[Saved] = []
    for number, record in enumerate(ArchiveIterator(plain), 1):
        if number > MOST_RECORDS:
            return refuse("archive-too-long", "The web archive has more than %(most)s records; save fewer pages in "
                          "one.", most=MOST_RECORDS, field="file")
        kind = _kind(record)
        if kind and len(kept) < MOST_KEPT:
            data = _content(record)
            if data is not None:
                kept.append(Saved(kind, str(record.rec_headers.get_header("WARC-Target-URI") or "").strip("<>"), data))
    if not any(each.kind == PAGE for each in kept):
        return refuse("archive-empty", "There is no page in the web archive.", field="file")
    return kept


def _kind(record: Any) -> str:
    """A page or picture that was answered with; nothing else is read."""
    if record.rec_type not in ("response", "resource"):
        return ""
    headers = record.http_headers
    if record.rec_type == "response" and (headers is None or headers.get_statuscode() != "200"):
        return ""
    media = str((headers or record.rec_headers).get_header("Content-Type") or "").lower()
    if media.startswith(("text/html", "application/xhtml")):
        return PAGE
    return PICTURE if media.startswith("image/") and "svg" not in media else ""


def _content(record: Any) -> bytes | None:
    """A record's content; None where it is larger than any page or picture that is read."""
    stream, out = record.content_stream(), io.BytesIO()
    while piece := stream.read(PIECE):
        if out.tell() + len(piece) > LARGEST_RECORD:
            return None
        out.write(piece)
    return out.getvalue()


def write_archive(parts: Iterable[Part], *, at: datetime, about: dict[str, str]) -> bytes:
    """A web archive of what was captured, each part as a resource under its address."""
    out, day = io.BytesIO(), at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    writer = WARCWriter(out, gzip=True)
    writer.write_record(writer.create_warcinfo_record("wildgate.warc.gz", about))
    for part in parts:
        writer.write_record(writer.create_warc_record(
            part.address, "resource", payload=io.BytesIO(part.data), length=len(part.data),
            warc_content_type=part.media, warc_headers_dict={"WARC-Date": day}))
    return out.getvalue()
