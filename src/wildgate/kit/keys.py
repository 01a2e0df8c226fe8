"""The keys of an installation: made once, kept closed, handed out ready to sign, and followed by others in time.

`home/keys/{Party}/{use}/{number}/` holds `public.json` and `private.pem` (encrypted; a key in a hardware module has
none); the folder of a document key also holds its certificate and that of the authority that signed it. A folder
appears whole or not at all and never changes; what happens to a key later is in `home/keys/{Party}/journal.json`.
"""

from __future__ import annotations

import base64
import json
import os
import re
import secrets
import shutil
import threading
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import Final, cast

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from wildgate.kit.certificates import issue_document_certificate
from wildgate.kit.hsm import Hsm
from wildgate.kit.keybook import (
    CERTIFIED,
    SEAL_PURPOSES,
    Fate,
    KeyFault,
    KeyPart,
    Row,
    Use,
    alone,
    as_of,
    journal,
    whole_seconds,
    write_down,
)
from wildgate.seal.keys import PrivateKey, PublicKey, SigningKey, new_private_key
from wildgate.seal.trust import LIFETIME, KeyState, PartyEntry, TrustEntry, build_trust_list

__all__ = ["DocumentSigner", "KeyFault", "KeyPart", "KeyStore", "Use"]

KEY_YEARS: Final = 3
ANNOUNCED: Final = LIFETIME
"""A root key is announced for as long as a trust list lives before it signs: whoever renews in time can follow."""
LATEST: Final = timedelta(days=365 * KEY_YEARS)
"""Nobody announces a key for longer than one lives: a later day is a slip of the pen."""
_is_party: Final = re.compile("[A-Z]{2}").fullmatch


@dataclass(frozen=True, slots=True)
class DocumentSigner:
    """What signs the documents of a Party: `sign` makes an ECDSA signature (SHA-256, DER) of the bytes given."""

    sign: Callable[[bytes], bytes]
    certificate: bytes
    """DER."""
    authority: bytes
    """The certificate of the authority that signed it, DER: the one to trust when validating."""


class KeyStore:
    """The keys below `home`, opened with `secret` (setting WILDGATE_SECRET_KEY; public parts are listed without it).

    New keys are made in `hsm` when there is one. Opened keys are kept in memory until something happens to a key of
    the Party, here or in another process. Safe between threads, and when two processes change keys at once.
    """

    def __init__(self, home: Path, secret: str = "", hsm: Hsm | None = None) -> None:
        self._folder = Path(home) / "keys"
        self._secret = secret
        self._hsm = hsm
        self._opened: dict[bytes, SigningKey] = {}
        self._read: dict[str, tuple[object, tuple[KeyPart, ...], list[Row]]] = {}
        self._lock = threading.Lock()

    def create(self, party: str, at: datetime) -> tuple[KeyPart, ...]:
        """Make each key that `party` does not have yet, in force from `at`; those that exist are left alone."""
        if not _is_party(party):
            raise KeyFault(f"{party!r} is not the code of a Party: two capital letters are needed, such as QM.")
        folder = self._folder / party
        if missing := [use for use in Use if not (folder / use.value / "1").exists()]:
            with self._alone(party):
                for use in missing:
                    self._make(party, use, 1, whole_seconds(at))
        return self.parts(party, at)

    def rotate(self, party: str, use: Use, at: datetime, *, since: datetime | None = None,
               by: str = "operator") -> KeyPart:
        """Make the next key, in force from `since` (at once when left out); the one before is retired then.

        A root is announced for 30 days before it signs, so `since` may not be nearer for it, unless it was stolen.
        """
        start = whole_seconds(since or (at + ANNOUNCED if use is Use.ROOT else at))
        if start < whole_seconds(at):
            raise KeyFault("A key cannot be in force before now.")
        if start > whole_seconds(at) + LATEST:
            raise KeyFault(f"A key is announced for {LATEST.days} days at most before it is in force.")
        if use is Use.ROOT and start < whole_seconds(at) + ANNOUNCED:
            raise KeyFault(f"The next root key must be announced for {ANNOUNCED.days} days before it signs, or readers "
                           "of the trust list cannot follow.")
        with self._alone(party):
            found = self._active(party, use, at)
            if not found:
                raise _none_active(party, use)
            if found[-1].since > at:
                raise KeyFault(f"The next {use.value} key of {party} is announced already: number {found[-1].number}, "
                               f"from {found[-1].since:%Y-%m-%d}.")
            made = self._make(party, use, self._next_number(party, use), start)
            write_down(self._folder / party, [Row(Fate.RETIRED, use, old.number, whole_seconds(at), start, by)
                                              for old in found])
        return made

    def retire(self, party: str, use: Use, number: int, at: datetime, *, by: str = "operator") -> KeyPart:
        """End the use of a key: what it signed still stands, it signs no more. The last one is rotated, not retired."""
        with self._alone(party):
            part = self._part(party, use, number, at)
            if part.state is not KeyState.ACTIVE:
                raise KeyFault(f"Number {number} of the {use.value} keys of {party} is out of use already: "
                               f"{part.state.name.lower()}.")
            if not [each for each in self._active(party, use, at) if each.number != number and each.since <= at]:
                raise KeyFault(f"It is the only {use.value} key of {party} in force; make the next one with: "
                               f"wildgate keys rotate {use.value}")
            write_down(self._folder / party, [
                Row(Fate.RETIRED, use, number, whole_seconds(at), whole_seconds(at), by)])
        return self._part(party, use, number, at)

    def report_stolen(self, party: str, use: Use, number: int | None, at: datetime, *, since: datetime | None = None,
                      by: str = "operator") -> tuple[KeyPart, KeyPart]:
        """Mark a key as stolen `since` then, and make sure that another one can sign at once; both are returned.

        The key in force when no `number` is given. What it signed counts only where the register has it.
        """
        told = whole_seconds(at)
        if since is not None and since > at:
            raise KeyFault("A key was stolen in the past, not in the time to come: look at the day and the offset.")
        with self._alone(party):
            if number is None:
                number = self._newest(party, use, at).number
            part = self._part(party, use, number, at)
            if part.state is KeyState.COMPROMISED:
                raise KeyFault(f"Number {number} of the {use.value} keys of {party} was reported stolen already.")
            left = [each for each in self._active(party, use, at) if each.number != number]
            if not left or (use is not Use.ROOT and left[0].since > at):
                left = [self._make(party, use, self._next_number(party, use), told)]
            write_down(self._folder / party, [
                Row(Fate.STOLEN, use, number, told, min(whole_seconds(since or at), told), by)])
        return self._part(party, use, number, at), left[-1] if left[-1].since <= at else left[0]

    def parts(self, party: str | None = None, at: datetime | None = None) -> tuple[KeyPart, ...]:
        """The public parts of all keys, or of one Party's, as they were known to be at `at`. No secret is needed."""
        parties = sorted(path.name for path in self._folder.glob("[A-Z][A-Z]")) if party is None else [party]
        now = at or datetime.now(UTC)
        return tuple(as_of(part, rows, now) for each in parties for parts, rows in [self._known(each)]
                     for part in parts)

    def rows(self, party: str) -> list[Row]:
        """What happened to the Party's keys after they were made, oldest first."""
        return self._known(party)[1]

    def signing_key(self, party: str, use: Use, at: datetime | None = None) -> SigningKey:
        """The key of `party` for `use` that is in force at `at` (now when left out). Raises KeyFault without one."""
        return self._open(self._newest(party, use, at or datetime.now(UTC)))

    def open(self, part: KeyPart) -> SigningKey:
        """The private half of a key, whatever its state; KeyFault where it is gone or does not open."""
        return self._open(part)

    def document_signer(self, party: str, at: datetime | None = None, use: Use = Use.DOCUMENT) -> DocumentSigner:
        """The certificate and key that sign the documents of `party`: its authority's, or those of its customs."""
        part = self._newest(party, use, at or datetime.now(UTC))
        place, key = self._place(part), self._open(part)

        def sign(data: bytes) -> bytes:
            raw = key.sign(data)
            return encode_dss_signature(int.from_bytes(raw[:32]), int.from_bytes(raw[32:]))
        return DocumentSigner(sign, _der(place / "certificate.pem"), _der(place / "authority.pem"))

    def certificate_file(self, part: KeyPart) -> Path:
        """The certificate of a key that signs documents, PEM."""
        return self._place(part) / "certificate.pem"

    def root(self, party: str, at: datetime | None = None) -> PublicKey:
        """The public key that checks the trust list of `party`: verifiers are given it once, by a safe way."""
        return self._newest(party, Use.ROOT, at or datetime.now(UTC)).public

    def trust_list(self, party: str, at: datetime, *, others: Iterable[TrustEntry] = (),
                   parties: Iterable[PartyEntry] | None = None, sequence: int | None = None) -> bytes:
        """A trust list of all keys in this store, and of `others`, signed by the root key of `party`."""
        listed = [part for part in self.parts(at=at) if part.use in SEAL_PURPOSES]
        if parties is None:
            parties = [PartyEntry(code, document_pins=self._pins(code, at))
                       for code in sorted({part.party for part in listed})]
        return build_trust_list([*(part.entry() for part in listed), *others],
                                key=self.signing_key(party, Use.ROOT, at), at=at, operator=party, parties=parties,
                                sequence=int(at.timestamp()) if sequence is None else sequence,
                                next_root=self._announced_root(party, at))

    def _announced_root(self, party: str, at: datetime) -> PublicKey | None:
        signs = self._newest(party, Use.ROOT, at)
        coming = [part for part in self._active(party, Use.ROOT, at) if part.since > at and part != signs]
        return coming[0].public if coming else None

    @cached_property
    def _passphrase(self) -> bytes:
        return _passphrase(self._secret)

    def _pins(self, party: str, at: datetime) -> tuple[bytes, ...]:
        """Of document keys that are not stolen: a pin vouches for whatever its key signed."""
        return tuple(sorted(
            x509.load_pem_x509_certificate(self.certificate_file(part).read_bytes()).fingerprint(hashes.SHA256())
            for part in self.parts(party, at) if part.use in CERTIFIED and part.state is not KeyState.COMPROMISED))

    def _active(self, party: str, use: Use, at: datetime) -> list[KeyPart]:
        """Keys that sign, at `at` or from an announced time on, in order of their number.

        A key that was reported stolen signs nothing any more, not even an act dated before the report.
        """
        stolen = {(row.use, row.number) for row in self.rows(party) if row.fate is Fate.STOLEN}
        return [part for part in self.parts(party, at) if part.use is use and part.state is KeyState.ACTIVE
                and at <= part.until and (use, part.number) not in stolen]

    def _newest(self, party: str, use: Use, at: datetime) -> KeyPart:
        """The newest key in force; failing that the next one, which signs early when the one before was stolen."""
        active = self._active(party, use, at)
        if not active:
            raise _none_active(party, use)
        return ([part for part in active if part.since <= at] or active[:1])[-1]

    def _part(self, party: str, use: Use, number: int, at: datetime) -> KeyPart:
        for part in self.parts(party, at):
            if (part.use, part.number) == (use, number):
                return part
        raise KeyFault(f"{party} has no {use.value} key number {number}; see: wildgate keys list")

    def _next_number(self, party: str, use: Use) -> int:
        return 1 + max(part.number for part in self._known(party)[0] if part.use is use)

    def _alone(self, party: str) -> AbstractContextManager[None]:
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        return alone(self._folder / party)

    def _known(self, party: str) -> tuple[tuple[KeyPart, ...], list[Row]]:
        """The Party's keys and journal, read again when a key was made or something happened to one."""
        folder = self._folder / party
        stamp = tuple(_seen(path) for path in (folder / "journal.json", *(folder / use.value for use in Use)))
        kept = self._read.get(party)
        if kept is None or kept[0] != stamp:
            order = list(Use)
            found = [_read(path) for path in folder.glob("*/[0-9]*/public.json")]
            kept = (stamp, tuple(sorted(found, key=lambda part: (order.index(part.use), part.number))),
                    journal(folder))
            self._read[party] = kept
        return kept[1], kept[2]

    def _place(self, part: KeyPart) -> Path:
        return self._folder / part.party / part.use.value / str(part.number)

    def _open(self, part: KeyPart) -> SigningKey:
        kept = self._opened.get(part.public.kid)
        if kept is None:
            with self._lock:
                kept = self._opened.get(part.public.kid) or self._unlock(part)
                self._opened[part.public.kid] = kept
        return kept

    def _unlock(self, part: KeyPart) -> SigningKey:
        if part.token:
            if self._hsm is None:
                raise KeyFault(f"The {part.use.value} key of {part.party} is in a hardware module: "
                               "set WILDGATE_PKCS11.")
            self._hsm.check(part.token)
            return SigningKey(part.public.kid, part.public.alg, self._hsm.signer(part.token), part.public)
        path = self._place(part) / "private.pem"
        try:
            key = serialization.load_pem_private_key(path.read_bytes(), self._passphrase)
        except ValueError as fault:
            raise KeyFault(f"{path} does not open: WILDGATE_SECRET_KEY is not the one it was made with.") from fault
        except OSError as fault:
            raise KeyFault(f"{path} cannot be read ({fault.strerror}): restore it from the backup.") from fault
        return SigningKey.from_private(cast(PrivateKey, key))

    def _make(self, party: str, use: Use, number: int, since: datetime) -> KeyPart:
        """Make the key in a draft folder and give it its name in one step."""
        place = self._folder / party / use.value / str(number)
        if not place.exists():
            place.parent.mkdir(mode=0o700, exist_ok=True)
            draft = place.parent / f".draft-{os.getpid()}-{secrets.token_hex(4)}"
            draft.mkdir(mode=0o700)
            try:
                self._fill(draft, party, use, number, since)
                os.rename(draft, place)
            finally:
                shutil.rmtree(draft, ignore_errors=True)
        return KeyPart.from_json(json.loads((place / "public.json").read_text()))

    def _fill(self, folder: Path, party: str, use: Use, number: int, since: datetime) -> None:
        until = since + timedelta(days=365 * KEY_YEARS)
        token = ""
        if self._hsm:
            token, public = self._hsm.make(f"wildgate {party} {use.value} {number}")
        else:
            private = new_private_key()
            public = PublicKey.from_private(private)
            _write(folder / "private.pem", private.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8,
                serialization.BestAvailableEncryption(self._passphrase)))
        if use in CERTIFIED:
            x, y = (int.from_bytes(part) for part in public.parts)
            issued = issue_document_certificate(
                party, ec.EllipticCurvePublicNumbers(x, y, ec.SECP256R1()).public_key(), since, until,
                CERTIFIED[use])
            _write(folder / "certificate.pem", issued.certificate)
            _write(folder / "authority.pem", issued.authority)
        part = KeyPart(party, use, number, public, since, until, token=token)
        _write(folder / "public.json", json.dumps(part.as_json(), indent=1).encode())


def _read(path: Path) -> KeyPart:
    try:
        return KeyPart.from_json(json.loads(path.read_text(encoding="utf-8")))
    except OSError as fault:
        raise KeyFault(f"{path} cannot be read ({fault.strerror}): give it back to the user who serves.") from fault
    except (ValueError, KeyError, TypeError) as fault:
        raise KeyFault(f"{path} is damaged: restore it from the backup.") from fault


def _none_active(party: str, use: Use) -> KeyFault:
    return KeyFault(f"{party} has no active {use.value} key. Make one with: wildgate keys create")


def _passphrase(secret: str) -> bytes:
    """The passphrase of key files: derived, so that the setting itself is in no file and no memory dump of OpenSSL."""
    if not secret:
        raise KeyFault("WILDGATE_SECRET_KEY is empty: key files cannot be protected without it.")
    derived = HKDF(hashes.SHA256(), 32, salt=None, info=b"wildgate key files 1").derive(secret.encode())
    return base64.urlsafe_b64encode(derived)


def _seen(path: Path) -> tuple[int, int, int] | None:
    """What tells one version of a file or folder from the next."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino


def _write(path: Path, data: bytes) -> None:
    """Write a new file that only its owner can read, durable before this returns."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def _der(path: Path) -> bytes:
    return x509.load_pem_x509_certificate(path.read_bytes()).public_bytes(serialization.Encoding.DER)
