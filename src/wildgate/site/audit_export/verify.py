"""Checks an export of Wildgate's audit trail, without Wildgate.

    python -I verify.py EXPORT.zip --root FINGERPRINT [--head FILE.cwt ...]

It needs Python 3.9 or newer and the package `cryptography`. FINGERPRINT is that of the authority's root key, learnt by
another way than this file: 60 digits, or 64 hexadecimal characters. HEAD files are the ends of the chain that the
authority published from day to day (/status/QM/audit/2027-03-01.cwt).

Exit status: 0 all holds; 1 something does not; 2 the file cannot be read; 3 all holds, but no root key was given.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import struct
import sys
import zlib
from datetime import datetime
from pathlib import Path
from typing import IO, Any, Iterator, NamedTuple, Optional  # noqa: UP035  (runs on older Pythons too)

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

FORMAT = "wildgate audit export 1"
MANIFEST, SIGNATURE = "manifest.json", "manifest.cose"
EVENTS, LINKS, NOTES, TRUST = "events.jsonl", "links.txt", "notes.jsonl", "trust.cwt"
EXPORT_KIND, HEAD_KIND, TRUST_KIND, HEAD_CLAIM = 65010, 65009, 65003, -65550
STATUS_PURPOSE, COMPROMISED = 3, 2
BEGINNING = "0" * 64
FIELDS = ("party", "seq", "at", "actor", "kind", "subject", "data", "previous", "hash")
PIECE = 1 << 20
LARGEST_SMALL_FILE = 64 << 20


class Fault(Exception):
    """Something does not hold; the text says what."""


# ---- the archive: stored, in order, without gaps, each byte of it expected


class Part(NamedTuple):
    """A file in the archive: where its bytes begin, and what they are."""

    offset: int
    size: int
    crc: int
    sha256: str


def local_header(name: str, part: Part) -> bytes:
    """What stands before a file in the archive. Times and rights are always the same."""
    coded = name.encode()
    return struct.pack("<4s5H3I2H", b"PK\x03\x04", 20, 0x800, 0, 0, 33, part.crc, part.size, part.size, len(coded),
                       0) + coded


def directory(parts: dict[str, Part], start: int) -> bytes:
    """What stands at the end of the archive, where its directory begins at `start`."""
    out = b""
    for name, part in parts.items():
        coded = name.encode()
        place = part.offset - 30 - len(coded)
        out += struct.pack("<4s6H3I5H2I", b"PK\x01\x02", 0x0314, 20, 0x800, 0, 0, 33, part.crc, part.size, part.size,
                           len(coded), 0, 0, 0, 0, 0o100644 << 16, place) + coded
    return out + struct.pack("<4s4H2IH", b"PK\x05\x06", 0, 0, len(parts), len(parts), len(out), start, 0)


def read_archive(file: IO[bytes]) -> dict[str, Part]:
    """The files of the archive. Raises Fault where a byte is not as expected."""
    parts: dict[str, Part] = {}
    while True:
        start = file.tell()
        head = file.read(30)
        if head[:4] == b"PK\x01\x02":
            break
        if len(head) < 30 or head[:4] != b"PK\x03\x04":
            raise Fault("The archive is damaged or was packed anew; ask for the file as it was written.")
        size, length = struct.unpack_from("<I", head, 18)[0], struct.unpack_from("<H", head, 26)[0]
        coded = file.read(length)
        crc, digest, left = 0, hashlib.sha256(), size
        while left:
            piece = file.read(min(PIECE, left))
            if not piece:
                raise Fault("The archive is cut off.")
            crc, left = zlib.crc32(piece, crc), left - len(piece)
            digest.update(piece)
        name = coded.decode("ascii", "replace")
        part = Part(start + 30 + length, size, crc, digest.hexdigest())
        if name in parts or head + coded != local_header(name, part):
            raise Fault(f"The archive is damaged at {name!r}.")
        parts[name] = part
    file.seek(start)
    if file.read() != directory(parts, start):
        raise Fault("The directory of the archive is damaged.")
    return parts


# ---- signed files: COSE_Sign1 over CBOR, as much of them as is used here


def cbor(data: bytes) -> Any:
    """One whole item. Raises Fault."""
    try:
        value, end = _item(data, 0, 12)
    except (IndexError, UnicodeDecodeError, TypeError):
        raise Fault("A signed file is damaged.") from None
    if end != len(data):
        raise Fault("A signed file is damaged.")
    return value


def _item(data: bytes, at: int, depth: int) -> tuple[Any, int]:
    major, number = data[at] >> 5, data[at] & 31
    at += 1
    if number > 27 or depth == 0:
        raise Fault("A signed file is damaged.")
    if number > 23:
        width = 1 << (number - 24)
        number, at = int.from_bytes(data[at:at + width], "big"), at + width
    if major in (2, 3):
        piece = data[at:at + number]
        return (piece.decode() if major == 3 else piece), at + number
    if major in (4, 5):
        found = []
        for _ in range(number * (major - 3)):
            value, at = _item(data, at, depth - 1)
            found.append(value)
        return (found if major == 4 else dict(zip(found[::2], found[1::2]))), at  # noqa: B905
    if major == 6:
        return _item(data, at, depth - 1)
    if major == 7:
        return {20: False, 21: True, 22: None}.get(number), at
    return (number if major == 0 else -1 - number), at


class Signed(NamedTuple):
    """A signed message in its parts; `covered` are the bytes that the signature is over."""

    algorithm: int
    kid: bytes
    kind: Any
    payload: bytes
    covered: bytes
    signature: bytes


def opened(data: bytes) -> Signed:
    """A COSE_Sign1 message; nothing in it is believed before its signature is checked."""
    if data[:1] != b"\xd2":
        raise Fault("A signed file is damaged.")
    parts = cbor(data[1:])
    if not isinstance(parts, list) or len(parts) != 4 or parts[1] != {} or data[1:2] != b"\x84":
        raise Fault("A signed file is damaged.")
    protected, _, payload, signature = parts
    header = cbor(protected) if isinstance(protected, bytes) else None
    if not isinstance(header, dict) or set(header) != {1, 4, 16} or not isinstance(payload, bytes):
        raise Fault("A signed file is damaged.")
    covered = b"\x84\x6aSignature1" + _string(protected) + b"\x40" + _string(payload)
    return Signed(header[1], header[4], header[16], payload, covered, signature)


def _string(data: bytes) -> bytes:
    size = len(data)
    if size < 24:
        return bytes((0x40 | size,)) + data
    width = 0 if size < 1 << 8 else 1 if size < 1 << 16 else 2
    return bytes((0x58 + width,)) + size.to_bytes(1 << width, "big") + data


def thumbprint(key: Any) -> bytes:
    """The name of a public key: SHA-256 of its only spelling (RFC 9679)."""
    if isinstance(key, dict) and set(key) == {1, -1, -2, -3} and (key[1], key[-1]) == (2, 1):
        return hashlib.sha256(b"\xa4\x01\x02\x20\x01\x21\x58\x20" + key[-2] + b"\x22\x58\x20" + key[-3]).digest()
    if isinstance(key, dict) and set(key) == {1, -1, -2} and (key[1], key[-1]) == (1, 6):
        return hashlib.sha256(b"\xa3\x01\x01\x20\x06\x21\x58\x20" + key[-2]).digest()
    raise Fault("A public key is of a kind that is not known.")


def fingerprint(key: Any) -> str:
    """The same to read aloud: twelve groups of five digits."""
    digits = f"{int.from_bytes(thumbprint(key), 'big') % 10**60:060d}"
    return " ".join(digits[at:at + 5] for at in range(0, 60, 5))


def signed_by(message: Signed, key: Any) -> bool:
    """Whether that key made the signature."""
    if message.kid != thumbprint(key)[:8] or len(message.signature) != 64:
        return False
    try:
        if key[1] == 2 and message.algorithm == -7:
            x, y = (int.from_bytes(key[at], "big") for at in (-2, -3))
            r, s = (int.from_bytes(message.signature[at:at + 32], "big") for at in (0, 32))
            public = ec.EllipticCurvePublicNumbers(x, y, ec.SECP256R1()).public_key()
            public.verify(encode_dss_signature(r, s), message.covered, ec.ECDSA(hashes.SHA256()))
            return True
        if key[1] == 1 and message.algorithm == -8:
            ed25519.Ed25519PublicKey.from_public_bytes(key[-2]).verify(message.signature, message.covered)
            return True
    except (InvalidSignature, ValueError):
        return False
    return False


# ---- the export


class Export:
    """An open export, checked step by step; each step raises Fault or says what it found."""

    def __init__(self, file: IO[bytes]) -> None:
        self.file, self.parts = file, read_archive(file)
        if not {MANIFEST, SIGNATURE, TRUST, EVENTS, LINKS} <= set(self.parts):
            raise Fault("Files are missing from the export.")
        self.message = opened(self.bytes_of(SIGNATURE))
        if self.message.payload != self.bytes_of(MANIFEST):
            raise Fault("The manifest is not the one that was signed.")
        self.manifest: dict[str, Any] = json.loads(self.message.payload)
        if self.manifest.get("format") != FORMAT or self.message.kind != EXPORT_KIND:
            raise Fault("This is not an export that this program understands.")
        self.keys: list[Any] = []
        self.first, self.links = 0, [""]

    def bytes_of(self, name: str) -> bytes:
        """A small file, whole."""
        part = self.parts[name]
        if part.size > LARGEST_SMALL_FILE:
            raise Fault(f"{name} is larger than such a file ever is.")
        self.file.seek(part.offset)
        return self.file.read(part.size)

    def lines_of(self, name: str) -> Iterator[str]:
        """A file of any size, line by line."""
        part = self.parts[name]
        self.file.seek(part.offset)
        while self.file.tell() < part.offset + part.size:
            yield self.file.readline().decode()

    def check_files(self) -> str:
        """Each file is as the manifest says, and there is no other; the notes alone may be gone."""
        listed = self.manifest["files"]
        found = set(self.parts) - {MANIFEST, SIGNATURE}
        missing = set(listed) - found
        if found - set(listed) or missing - {NOTES}:
            raise Fault(f"Files were added or taken out: {', '.join(sorted(found ^ set(listed)))}.")
        for name in sorted(found):
            if (self.parts[name].sha256, self.parts[name].size) != (listed[name]["sha256"], listed[name]["size"]):
                raise Fault(f"{name} was changed.")
        taken_out = " The notes were taken out of it; the rest holds without them." if missing else ""
        return f"{len(found)} files are as the manifest says.{taken_out}"

    def check_signature(self, root: str) -> str:
        """The manifest is signed by a key that the root key vouches for; `root` is what the reader was told."""
        trust = opened(self.bytes_of(TRUST))
        body = cbor(trust.payload)[-65539]
        if trust.kind != TRUST_KIND or not signed_by(trust, body[5]):
            raise Fault("The trust list is not signed by the root key that it names.")
        names = {fingerprint(body[5]).replace(" ", ""), thumbprint(body[5]).hex()}
        if root and "".join(root.split()).lower() not in names:
            raise Fault(f"The root key is another one than the one given: it is {fingerprint(body[5])}.")
        party, made = self.manifest["party"], datetime.fromisoformat(self.manifest["made_at"]).timestamp()
        self.keys = [row for row in body[2] if row[0] == party and row[2] == STATUS_PURPOSE and row[6] != COMPROMISED]
        if not any(signed_by(self.message, row[3]) and int(row[4]) <= int(made) <= int(row[5]) for row in self.keys):
            raise Fault(f"The manifest is not signed by a key of {party} that was in force.")
        return f"The manifest is signed by {party}, whose root key is\n  {fingerprint(body[5])}"

    def check_links(self) -> str:
        """The hashes of all events from the one before the first exported one to the head."""
        self.first = int(self.manifest["links_from"])
        self.links = [line.rstrip("\n") for line in self.lines_of(LINKS)]
        head = self.manifest["head"]
        if self.first + len(self.links) - 1 != head["seq"] or self.links[-1] != head["hash"]:
            raise Fault("The list of links does not end at the head of the chain.")
        if self.first == 0 and self.links[0] != BEGINNING:
            raise Fault("The list of links does not begin where a chain begins.")
        return f"The list of links ends at the head: event {head['seq']}, {head['hash']}."

    def check_events(self) -> str:
        """Each event is as it was chained and stands in its place; the notes are those that were written."""
        count, joined, before, last = 0, 0, "", -1
        wanted: dict[int, str] = {}
        for line in self.lines_of(EVENTS):
            event = json.loads(line)
            if tuple(event) != FIELDS or event["party"] != self.manifest["party"] or event["seq"] <= last:
                raise Fault(f"The events are not in order near event {event.get('seq')}.")
            seq = event["seq"]
            if not self.first < seq < self.first + len(self.links):
                raise Fault(f"Event {seq} lies outside the list of links.")
            if link_hash(event) != event["hash"]:
                raise Fault(f"Event {seq} was changed after it was chained.")
            if (event["previous"], event["hash"]) != (self.link(seq - 1), self.link(seq)):
                raise Fault(f"Event {seq} does not stand in its place of the chain.")
            joined += before == event["previous"] and seq == last + 1
            count, before, last = count + 1, event["hash"], seq
            note = json.loads(event["data"]).get("note")
            if isinstance(note, str):
                wanted[seq] = note
        if count != self.manifest["events"]:
            raise Fault(f"There are {count} events, but {self.manifest['events']} were exported.")
        return f"{count} events hold. {self._proved(count, joined, last)}\n{self._notes(wanted)}"

    def link(self, seq: int) -> str:
        """The hash of an event, by its number."""
        return self.links[seq - self.first]

    def _proved(self, count: int, joined: int, last: int) -> str:
        head = int(self.manifest["head"]["seq"])
        if self.first == 0 and count == joined + 1 == last == head:
            return "They are the whole chain, from the first event to the head: none is missing, none was put in."
        if count == joined + 1:
            return "They follow each other without a gap. " + _TRUSTED.format("That they lead to the head rests")
        return "They are a selection. " + _TRUSTED.format(
            "That they lead to the head, and that none of the same subject was left out, rests")

    def _notes(self, wanted: dict[int, str]) -> str:
        if NOTES not in self.parts:
            return f"Notes: none of {len(wanted)} is in the file."
        found = 0
        for line in self.lines_of(NOTES):
            note = json.loads(line)
            if hashlib.sha256(note["note"].encode()).hexdigest() != wanted.get(note["seq"]):
                raise Fault(f"The note of event {note['seq']} is not the one that was written.")
            found += 1
        return f"Notes: {found} hold, {len(wanted) - found} were erased or left out."

    def check_head(self, data: bytes) -> str:
        """An end of the chain that was published before: it must be one of the links."""
        message = opened(data)
        claims = cbor(message.payload)
        if message.kind != HEAD_KIND or not any(signed_by(message, row[3]) for row in self.keys):
            raise Fault("The published head is not signed by this authority.")
        if claims[1] != self.manifest["party"]:
            raise Fault("The published head is of another authority.")
        seq, digest = claims[HEAD_CLAIM][1], claims[HEAD_CLAIM][2].hex()
        if not self.first <= seq < self.first + len(self.links):
            return f"The published head (event {seq}) lies outside this export: it says nothing about it."
        if self.link(seq) != digest:
            raise Fault(f"The published head says otherwise of event {seq}: the chain was rewritten since.")
        return f"The published head agrees at event {seq}."


_TRUSTED = "{} on the signature; an export of everything proves it."


def link_hash(event: dict[str, Any]) -> str:
    """SHA-256 over the previous hash and the event's own fields."""
    fields = [event[name] for name in ("previous", "party", "seq", "at", "actor", "kind", "subject", "data")]
    return hashlib.sha256(json.dumps(fields, ensure_ascii=False, separators=(",", ":")).encode()).hexdigest()


def main(argv: Optional[list[str]] = None) -> int:  # noqa: UP045
    """Check one export and say what holds."""
    parser = argparse.ArgumentParser(description="Check an export of Wildgate's audit trail.")
    parser.add_argument("export", type=Path)
    parser.add_argument("--root", default="", help="fingerprint of the authority's root key, learnt by another way")
    parser.add_argument("--head", action="append", type=Path, default=[], help="a published head of the chain")
    args = parser.parse_args(argv)
    try:
        with args.export.open("rb") as file:
            export = Export(file)
            for check in (export.check_files, lambda: export.check_signature(args.root), export.check_links,
                          export.check_events, *(lambda at=at: export.check_head(at.read_bytes()) for at in args.head)):
                sys.stdout.write(check() + "\n")
    except OSError as fault:
        sys.stderr.write(f"{fault.filename}: {fault.strerror}.\n")
        return 2
    except Fault as fault:
        sys.stderr.write(f"DOES NOT HOLD: {fault}\n")
        return 1
    except (ValueError, KeyError, TypeError, IndexError, AttributeError, struct.error) as fault:
        sys.stderr.write(f"DOES NOT HOLD: it is not written as an export is ({type(fault).__name__}).\n")
        return 1
    if not args.root:
        sys.stdout.write("All holds, but WHO signed was not checked: give the fingerprint with --root.\n")
        return 3
    sys.stdout.write("All holds.\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
