"""Keys of a Party: ES256 or Ed25519, named by the first 8 bytes of their RFC 9679 thumbprint."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from functools import cache
from typing import Any, Final

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed

KID_BYTES: Final = 8
SIGNATURE_BYTES: Final = 64
FINGERPRINT_DIGITS: Final = 60
_P: Final = 2**256 - 2**224 + 2**192 + 2**96 - 1
_B: Final = 0x5AC635D8AA3A93E7B3EBBD55769886BC651D06B0CC53B0F63BCE3C3E27D2604B
_ECDSA: Final = ec.ECDSA(hashes.SHA256())
_HASHED: Final = ec.ECDSA(Prehashed(hashes.SHA256()))

PrivateKey = ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey


class Alg(IntEnum):
    """COSE algorithms that a seal may use (RFC 9053)."""

    ES256 = -7
    EDDSA = -8


class Purpose(IntEnum):
    """What a key may sign: a key for one purpose signs nothing else."""

    PERMIT = 1
    ENDORSEMENT = 2
    STATUS = 3
    NOTE = 4


@dataclass(frozen=True, slots=True)
class PublicKey:
    """A public key. `parts` are the coordinates of the RFC 9053 COSE Key: (x, y) for P-256, (x,) for Ed25519."""

    alg: Alg
    parts: tuple[bytes, ...]
    kid: bytes = field(compare=False)
    verify: Callable[[bytes, bytes], bool] = field(compare=False, repr=False)
    verify_hashed: Callable[[bytes, bytes], bool] | None = field(default=None, compare=False, repr=False)
    """`verify` for a reader who has hashed the data already (SHA-256): only where the algorithm signs that hash."""

    @classmethod
    def from_private(cls, private: PrivateKey) -> PublicKey:
        return cls.from_cose(_cose_key(private.public_key()))

    @classmethod
    def from_cose(cls, key: Any) -> PublicKey:
        """Build from a COSE Key map. Raises ValueError on anything but a valid P-256 or Ed25519 public key."""
        match key:
            case {1: 2, -1: 1, -2: bytes(x), -3: bytes(y)} if len(key) == 4 and len(x) == len(y) == 32:
                if not _on_p256(int.from_bytes(x), int.from_bytes(y)):
                    raise ValueError("The key is not a point of P-256.")
                return cls(Alg.ES256, (x, y), thumbprint(key)[:KID_BYTES], *_es256(x, y))
            case {1: 1, -1: 6, -2: bytes(x)} if len(key) == 3 and len(x) == 32:
                public = ed25519.Ed25519PublicKey.from_public_bytes(x)
                return cls(Alg.EDDSA, (x,), thumbprint(key)[:KID_BYTES], _ed25519(public))
            case _:
                raise ValueError("The key is neither a P-256 nor an Ed25519 COSE key.")

    def cose(self) -> dict[int, int | bytes]:
        """The COSE Key map with its required members only: what a trust list carries."""
        if self.alg is Alg.ES256:
            return {1: 2, -1: 1, -2: self.parts[0], -3: self.parts[1]}
        return {1: 1, -1: 6, -2: self.parts[0]}

    @property
    def thumbprint(self) -> bytes:
        """RFC 9679 thumbprint, 32 bytes."""
        return thumbprint(self.cose())

    @property
    def fingerprint(self) -> str:
        """The thumbprint to read aloud: twelve groups of five digits, for digits are the same in every language."""
        digits = f"{int.from_bytes(self.thumbprint) % 10**FINGERPRINT_DIGITS:0{FINGERPRINT_DIGITS}d}"
        return " ".join(digits[at:at + 5] for at in range(0, FINGERPRINT_DIGITS, 5))

    def is_called(self, typed: str) -> bool:
        """Whether `typed` is this key's fingerprint, or its thumbprint in hexadecimal; spaces do not matter."""
        bare = "".join(character for character in typed if character.isalnum()).lower()
        return bare in (self.fingerprint.replace(" ", ""), self.thumbprint.hex())


@dataclass(frozen=True, slots=True)
class SigningKey:
    """A private key that signs 64-byte COSE signatures. Safe to share between threads."""

    kid: bytes
    alg: Alg
    sign: Callable[[bytes], bytes] = field(repr=False)
    public: PublicKey

    @classmethod
    def from_private(cls, private: PrivateKey) -> SigningKey:
        """Wrap a key of the `cryptography` package. Raises ValueError for another curve than P-256 or Ed25519."""
        public = PublicKey.from_private(private)
        return cls(public.kid, public.alg, _signer(private), public)

    @classmethod
    def generate(cls, alg: Alg = Alg.ES256) -> SigningKey:
        return cls.from_private(new_private_key(alg))


def new_private_key(alg: Alg = Alg.ES256) -> PrivateKey:
    if alg is Alg.ES256:
        return ec.generate_private_key(ec.SECP256R1())
    return ed25519.Ed25519PrivateKey.generate()


def thumbprint(key: Mapping[Any, Any]) -> bytes:
    """SHA-256 over the deterministic CBOR of the required members (RFC 9679, 4 and 5)."""
    if key[1] == 2:                                  # {1: 2, -1: 1, -2: x, -3: y}
        return hashlib.sha256(b"\xa4\x01\x02\x20\x01\x21\x58\x20%b\x22\x58\x20%b" % (key[-2], key[-3])).digest()
    return hashlib.sha256(b"\xa3\x01\x01\x20\x06\x21\x58\x20%b" % key[-2]).digest()


def _cose_key(public: ec.EllipticCurvePublicKey | ed25519.Ed25519PublicKey) -> dict[int, int | bytes]:
    if isinstance(public, ed25519.Ed25519PublicKey):
        raw = public.public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
        return {1: 1, -1: 6, -2: raw}
    if not isinstance(public.curve, ec.SECP256R1):
        raise ValueError(f"The key's curve is {public.curve.name}; only P-256 is used.")
    numbers = public.public_numbers()
    return {1: 2, -1: 1, -2: numbers.x.to_bytes(32), -3: numbers.y.to_bytes(32)}


def _on_p256(x: int, y: int) -> bool:
    return x < _P and y < _P and (y * y - (x * x - 3) * x - _B) % _P == 0


def _es256(x: bytes, y: bytes) -> tuple[Callable[[bytes, bytes], bool], Callable[[bytes, bytes], bool]]:
    """OpenSSL takes its time to load a key: it is loaded when first used, for most of a long list never is."""
    @cache
    def loaded() -> ec.EllipticCurvePublicKey:
        return ec.EllipticCurvePublicNumbers(int.from_bytes(x), int.from_bytes(y), ec.SECP256R1()).public_key()

    def hashed(signature: bytes, digest: bytes) -> bool:
        if len(signature) != SIGNATURE_BYTES:
            return False
        try:
            loaded().verify(_der(signature), digest, _HASHED)
        except InvalidSignature:
            return False
        return True

    def verify(signature: bytes, data: bytes) -> bool:
        return hashed(signature, hashlib.sha256(data).digest())
    return verify, hashed


def _der(signature: bytes) -> bytes:
    """r and s as OpenSSL reads them: two whole numbers in DER, shortest form."""
    r, s = signature[:32].lstrip(b"\0"), signature[32:].lstrip(b"\0")
    if not r or r[0] & 0x80:
        r = b"\0" + r
    if not s or s[0] & 0x80:
        s = b"\0" + s
    return b"\x30%c\x02%c%b\x02%c%b" % (len(r) + len(s) + 4, len(r), r, len(s), s)


def _ed25519(public: ed25519.Ed25519PublicKey) -> Callable[[bytes, bytes], bool]:
    def verify(signature: bytes, data: bytes) -> bool:
        if len(signature) != SIGNATURE_BYTES:
            return False
        try:
            public.verify(signature, data)
        except InvalidSignature:
            return False
        return True
    return verify


def _signer(private: PrivateKey) -> Callable[[bytes], bytes]:
    if isinstance(private, ed25519.Ed25519PrivateKey):
        return private.sign
    key, rule = private, _nonce_rule()

    def sign(data: bytes) -> bytes:
        return _raw(key.sign(data, rule))
    return sign


def _raw(der: bytes) -> bytes:
    """r and s of an OpenSSL signature over P-256 as COSE writes them: 32 bytes each."""
    end = 4 + der[3]
    return der[4:end][-32:].rjust(32, b"\0") + der[end + 2:][-32:].rjust(32, b"\0")


def _nonce_rule() -> ec.ECDSA:
    """Nonces by RFC 6979 where OpenSSL has them (3.2 and later): a weak random source then cannot leak the key."""
    try:
        return ec.ECDSA(hashes.SHA256(), deterministic_signing=True)
    except UnsupportedAlgorithm:
        return _ECDSA
