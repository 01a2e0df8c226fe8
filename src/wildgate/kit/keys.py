"""The keys of an installation: made once, kept encrypted on disk, handed out ready to sign.

`home/keys/{Party}/{use}/{number}/` holds `private.pem` (encrypted) and `public.json`; the folder of a document key also
holds its certificate and that of the small authority that signed it. A folder appears whole or not at all.
"""

from __future__ import annotations

import base64
import json
import os
import re
import secrets
import shutil
import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import Enum
from functools import cached_property
from pathlib import Path
from typing import Any, Final, cast

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from wildgate.kit.certificates import issue_document_certificate
from wildgate.seal.keys import PrivateKey, PublicKey, SigningKey, new_private_key
from wildgate.seal.keys import Purpose as SealPurpose
from wildgate.seal.trust import KeyState, PartyEntry, TrustEntry, build_trust_list

KEY_YEARS: Final = 3
_is_party: Final = re.compile("[A-Z]{2}").fullmatch


class Use(Enum):
    """What a key is kept for. The root signs trust lists; the document key signs PDF files."""

    PERMIT = "permit"
    ENDORSEMENT = "endorsement"
    STATUS = "status"
    ROOT = "root"
    DOCUMENT = "document"


_SEAL_PURPOSES: Final = {Use.PERMIT: SealPurpose.PERMIT, Use.ENDORSEMENT: SealPurpose.ENDORSEMENT,
                         Use.STATUS: SealPurpose.STATUS}


class KeyFault(RuntimeError):
    """A key is missing or cannot be opened. The text says what the administrator does about it."""


@dataclass(frozen=True, slots=True)
class KeyPart:
    """The public part of one key: what may be listed, printed and published. Times are aware UTC."""

    party: str
    use: Use
    number: int
    public: PublicKey
    since: datetime
    until: datetime
    state: KeyState = KeyState.ACTIVE
    compromised_since: datetime | None = None

    def as_json(self) -> dict[str, Any]:
        return {
            "party": self.party, "use": self.use.value, "number": self.number, "alg": self.public.alg.name,
            "kid": self.public.kid.hex(), "thumbprint": self.public.thumbprint.hex(),
            "cose_key": {str(label): part.hex() if isinstance(part, bytes) else part
                         for label, part in self.public.cose().items()},
            "since": self.since.isoformat(), "until": self.until.isoformat(), "state": self.state.name.lower(),
            "compromised_since": self.compromised_since.isoformat() if self.compromised_since else None,
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> KeyPart:
        cose = {int(label): bytes.fromhex(part) if isinstance(part, str) else part
                for label, part in data["cose_key"].items()}
        since = data["compromised_since"]
        return cls(data["party"], Use(data["use"]), data["number"], PublicKey.from_cose(cose),
                   datetime.fromisoformat(data["since"]), datetime.fromisoformat(data["until"]),
                   KeyState[data["state"].upper()], datetime.fromisoformat(since) if since else None)

    def entry(self) -> TrustEntry:
        """The key as an entry of a trust list; only permit, endorsement and status keys have one."""
        return TrustEntry(self.party, _SEAL_PURPOSES[self.use], self.public, self.since, self.until, self.state,
                          self.compromised_since)


@dataclass(frozen=True, slots=True)
class DocumentSigner:
    """What pyHanko's `SimpleSigner.load` needs to sign a PDF: key, certificate, chain and the key's passphrase."""

    key_file: Path
    certificate_file: Path
    chain_files: tuple[Path, ...]
    key_passphrase: bytes

    def unlocked(self) -> bytes:
        """The private key as unencrypted PKCS #8 PEM, for a signer in this process; it is never written anywhere."""
        key = serialization.load_pem_private_key(self.key_file.read_bytes(), self.key_passphrase)
        return key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8,
                                 serialization.NoEncryption())

    @property
    def certificate(self) -> bytes:
        """The certificate, DER."""
        return _der(self.certificate_file)

    @property
    def authority(self) -> bytes:
        """The certificate of the authority that signed it, DER: the one to trust when validating."""
        return _der(self.chain_files[0])


class KeyStore:
    """The keys below `home`, opened with `secret` (setting WILDGATE_SECRET_KEY; public parts are listed without it).

    Opened keys are kept in memory. Safe between threads, and when two processes make keys at once: one of them wins
    and both use its keys.
    """

    def __init__(self, home: Path, secret: str = "") -> None:
        self._folder = Path(home) / "keys"
        self._secret = secret
        self._opened: dict[tuple[str, Use], SigningKey] = {}
        self._lock = threading.Lock()

    def create(self, party: str, at: datetime) -> tuple[KeyPart, ...]:
        """Make each key that `party` does not have yet, in force from `at`; those that exist are left alone."""
        if not _is_party(party):
            raise KeyFault(f"{party!r} is not the code of a Party: two capital letters are needed, such as QM.")
        for use in Use:
            place = self._folder / party / use.value / "1"
            if not place.exists():
                self._make(place, party, use, at)
        return self.parts(party)

    def parts(self, party: str | None = None) -> tuple[KeyPart, ...]:
        """The public parts of all keys, or of one Party's; no secret is needed to read them."""
        found = [KeyPart.from_json(json.loads(path.read_text())) for path in self._folder.glob("*/*/*/public.json")
                 if not path.parent.name.startswith(".")]
        order = list(Use)
        return tuple(sorted((part for part in found if party in (None, part.party)),
                            key=lambda part: (part.party, order.index(part.use), part.number)))

    def signing_key(self, party: str, use: Use) -> SigningKey:
        """The newest active key of `party` for `use`. Raises KeyFault when there is none or the secret is another."""
        kept = self._opened.get((party, use))
        if kept is None:
            with self._lock:
                kept = self._opened.get((party, use)) or SigningKey.from_private(self._open(party, use))
                self._opened[(party, use)] = kept
        return kept

    def document_signer(self, party: str) -> DocumentSigner:
        """The certificate and key that sign the PDF documents of `party`."""
        place = self._place(self._newest(party, Use.DOCUMENT))
        return DocumentSigner(place / "private.pem", place / "certificate.pem", (place / "authority.pem",),
                              self._passphrase)

    def root(self, party: str) -> PublicKey:
        """The public key that checks the trust list of `party`: verifiers are given it once, by a safe way."""
        return self._newest(party, Use.ROOT).public

    def trust_list(self, party: str, at: datetime, *, others: Iterable[TrustEntry] = (),
                   parties: Iterable[PartyEntry] | None = None) -> bytes:
        """A trust list of all keys in this store, and of `others`, signed by the root key of `party`."""
        known = {part.party for part in self.parts() if part.use in _SEAL_PURPOSES}
        entries = [part.entry() for part in self.parts() if part.use in _SEAL_PURPOSES]
        if parties is None:
            parties = [PartyEntry(code, document_pins=self._pins(code)) for code in sorted(known)]
        return build_trust_list([*entries, *others], key=self.signing_key(party, Use.ROOT), at=at,
                                sequence=int(at.timestamp()), operator=party, parties=parties)

    @cached_property
    def _passphrase(self) -> bytes:
        return _passphrase(self._secret)

    def _pins(self, party: str) -> tuple[bytes, ...]:
        files = sorted((self._folder / party / Use.DOCUMENT.value).glob("[0-9]*/certificate.pem"))
        return tuple(x509.load_pem_x509_certificate(path.read_bytes()).fingerprint(hashes.SHA256()) for path in files)

    def _newest(self, party: str, use: Use) -> KeyPart:
        active = [part for part in self.parts(party) if part.use is use and part.state is KeyState.ACTIVE]
        if not active:
            raise KeyFault(f"{party} has no active {use.value} key. Make one with: wildgate keys create")
        return active[-1]

    def _place(self, part: KeyPart) -> Path:
        return self._folder / part.party / part.use.value / str(part.number)

    def _open(self, party: str, use: Use) -> PrivateKey:
        path = self._place(self._newest(party, use)) / "private.pem"
        try:
            key = serialization.load_pem_private_key(path.read_bytes(), self._passphrase)
        except ValueError as fault:
            raise KeyFault(f"{path} does not open: WILDGATE_SECRET_KEY is not the one it was made with.") from fault
        return cast(PrivateKey, key)

    def _make(self, place: Path, party: str, use: Use, at: datetime) -> None:
        """Make the key in a draft folder and give it its name in one step; the first of two makers wins."""
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for folder in (place.parent.parent, place.parent):
            folder.mkdir(mode=0o700, exist_ok=True)
        draft = place.parent / f".draft-{os.getpid()}-{secrets.token_hex(4)}"
        draft.mkdir(mode=0o700)
        try:
            self._fill(draft, party, use, at)
            os.rename(draft, place)
        except OSError:
            if not (place / "public.json").exists():
                raise
        finally:
            shutil.rmtree(draft, ignore_errors=True)

    def _fill(self, folder: Path, party: str, use: Use, at: datetime) -> None:
        since = at.astimezone(UTC).replace(microsecond=0)
        until = since + timedelta(days=365 * KEY_YEARS)
        private = new_private_key()
        _write(folder / "private.pem", self._encrypted(private))
        if use is Use.DOCUMENT and isinstance(private, ec.EllipticCurvePrivateKey):
            issued = issue_document_certificate(party, private, since, until)
            _write(folder / "certificate.pem", issued.certificate)
            _write(folder / "authority.pem", issued.authority)
            _write(folder / "authority-private.pem", self._encrypted(issued.authority_key))
        part = KeyPart(party, use, 1, PublicKey.from_private(private), since, until)
        _write(folder / "public.json", json.dumps(part.as_json(), indent=1).encode())

    def _encrypted(self, private: PrivateKey) -> bytes:
        return private.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8,
                                     serialization.BestAvailableEncryption(self._passphrase))


def _passphrase(secret: str) -> bytes:
    """The passphrase of key files: derived, so that the setting itself is in no file and no memory dump of OpenSSL."""
    if not secret:
        raise KeyFault("WILDGATE_SECRET_KEY is empty: key files cannot be protected without it.")
    derived = HKDF(hashes.SHA256(), 32, salt=None, info=b"wildgate key files 1").derive(secret.encode())
    return base64.urlsafe_b64encode(derived)


def _write(path: Path, data: bytes) -> None:
    """Write a new file that only its owner can read, durable before this returns."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def _der(path: Path) -> bytes:
    return x509.load_pem_x509_certificate(path.read_bytes()).public_bytes(serialization.Encoding.DER)
