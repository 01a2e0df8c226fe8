"""Opening a download: plain, .gz or .xz, read as it comes, within limits of size and memory."""

from __future__ import annotations

import codecs
import gzip
import io
import lzma
import zlib
from pathlib import Path

from wildgate.convention.refusal import Refusal, refuse

LARGEST_PACKED = 64_000_000
LARGEST_UNPACKED = 600_000_000
XZ_MEMORY = 256_000_000
DAMAGED = (lzma.LZMAError, zlib.error, EOFError, gzip.BadGzipFile)


class TooLarge(Exception):
    """The file unpacks to more than is read."""


class Unpacking(io.RawIOBase):
    """The bytes of a file, unpacked as they are asked for; no header can make it take more memory than is allowed."""

    def __init__(self, path: Path, packed: str) -> None:
        self._raw = path.open("rb")
        self._file: io.BufferedIOBase = gzip.GzipFile(fileobj=self._raw) if packed == "gz" else self._raw
        self._xz = lzma.LZMADecompressor(lzma.FORMAT_XZ, memlimit=XZ_MEMORY) if packed == "xz" else None
        self._count = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: object) -> int:
        view = memoryview(buffer)  # type: ignore[arg-type]
        data = self._next(len(view))
        self._count += len(data)
        if self._count > LARGEST_UNPACKED:
            raise TooLarge
        view[:len(data)] = data
        return len(data)

    def _next(self, most: int) -> bytes:
        if self._xz is None:
            return self._file.read(most)
        data = b""
        while not data and not self._xz.eof:
            packed = self._file.read(65536) if self._xz.needs_input else b""
            if self._xz.needs_input and not packed:
                raise EOFError
            data = self._xz.decompress(packed, most)
        return data

    def close(self) -> None:
        self._raw.close()
        super().close()


def open_text(path: Path) -> io.TextIOWrapper | Refusal:
    """The text of a download, line ends kept. Bytes that are not UTF-8 become lone surrogates, found cell by cell."""
    if not path.is_file():
        return refuse("not-found", "There is no file %(name)s.", name=path.name)
    if path.stat().st_size > LARGEST_PACKED:
        return refuse("too-large", "%(name)s has more than %(limit)s MB; pack it with gzip or xz, or split it.",
                      name=path.name, limit=LARGEST_PACKED // 1_000_000)
    with path.open("rb") as file:
        head = file.read(8)
    packed = "xz" if head.startswith(b"\xfd7zXZ\x00") else "gz" if head.startswith(b"\x1f\x8b") else ""
    if head.startswith((b"PK", b"\xd0\xcf\x11\xe0", b"%PDF")):
        return refuse("not-csv", "%(name)s is not a CSV or JSON file; unpack it or save the download as CSV.",
                      name=path.name)
    buffered = io.BufferedReader(Unpacking(path, packed), 1 << 16)
    try:
        start = buffered.peek(4)[:4]
    except (*DAMAGED, TooLarge):
        return damaged(path.name)
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return io.TextIOWrapper(buffered, encoding="utf-16", errors="replace", newline="")
    return io.TextIOWrapper(buffered, encoding="utf-8-sig", errors="surrogateescape", newline="")


def damaged(name: str) -> Refusal:
    return refuse("damaged", "%(name)s breaks off or is damaged; download it again.", name=name)
