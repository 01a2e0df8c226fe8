"""The envelope of everything signed here: one strict spelling of COSE_Sign1 (RFC 9052).

`18([ bstr {1: alg, 4: kid, 16: typ}, {}, bstr payload, bstr(64) signature ])`: all headers protected, nothing else.
"""

from __future__ import annotations

import hashlib
from enum import IntEnum
from functools import lru_cache
from typing import Any, Final, NamedTuple

from wildgate.convention.refusal import Refusal, refuse
from wildgate.seal import cbor
from wildgate.seal.keys import KID_BYTES, SIGNATURE_BYTES, Alg, PublicKey, SigningKey

STATUS_LIST: Final = "application/statuslist+cwt"
COSE_SIGN1: Final = 0xD2
LARGEST_TOKEN: Final = 1024


class Kind(IntEnum):
    """What a signed file is (header 16, typ): one kind is never taken for another."""

    PERMIT = 65001
    ENDORSEMENT = 65002
    TRUST_LIST = 65003
    DIGESTS = 65004
    STATUS_INDEX = 65006
    STATUS_DELTA = 65007
    NOTE = 65005
    COMPANION = 65008
    AUDIT_HEAD = 65009
    AUDIT_EXPORT = 65010


class Header(NamedTuple):
    alg: Alg
    kid: bytes
    kind: int | str


class Envelope(NamedTuple):
    """An opened envelope. Nothing in it is believed before `verified_by` said yes."""

    header: Header
    payload: bytes
    signature: bytes
    signed: bytes
    """The Sig_structure: the bytes that the signature covers."""
    digest: bytes
    """SHA-256 of the Sig_structure, 32 bytes. The signature is left out: one permit can have many signatures."""

    def verified_by(self, key: PublicKey) -> bool:
        if key.alg is not self.header.alg:
            return False
        if key.verify_hashed is not None:
            return key.verify_hashed(self.signature, self.digest)
        return key.verify(self.signature, self.signed)


def seal(payload: bytes, kind: int | str, key: SigningKey) -> bytes:
    """Sign `payload` and put it in its envelope."""
    protected = _protected(key.alg, key.kid, kind)
    signature = key.sign(sig_structure(protected, payload))
    return b"\xd2\x84" + _bstr(protected) + b"\xa0" + _bstr(payload) + _bstr(signature)


def open_envelope(data: bytes, limit: int = LARGEST_TOKEN) -> Envelope | Refusal:
    """Open a COSE_Sign1 of at most `limit` bytes in its only spelling."""
    if len(data) > limit:
        return refuse("too-large", "The code holds %(size)s bytes; at most %(limit)s are read.",
                      size=len(data), limit=limit)
    if not data or data[0] != COSE_SIGN1:
        return refuse("not-a-seal", "This is not a sealed permit. Scan the code again, or check the file.")
    parts = _parts(data)
    if parts is None:
        return _damaged("it is not written as the four parts of a signed message")
    protected, payload, signature = parts
    header = _header(protected)
    if isinstance(header, Refusal):
        return header
    signed = sig_structure(protected, payload)
    return Envelope(header, payload, signature, signed, hashlib.sha256(signed).digest())


def _parts(data: bytes) -> tuple[bytes, bytes, bytes] | None:
    """Protected header, payload and signature, when `data` is exactly what `seal` would write of them.

    The spelling is fixed: an array of four, an empty unprotected map, a signature of 64 bytes, shortest lengths.
    """
    tail = len(data) - SIGNATURE_BYTES - 2
    if tail < 6 or data[1] != 0x84 or data[tail] != 0x58 or data[tail + 1] != SIGNATURE_BYTES:
        return None
    start, end = _bstr_at(data, 2)
    if end >= tail or data[end] != 0xA0:
        return None
    body, stop = _bstr_at(data, end + 1)
    if stop != tail:
        return None
    return data[start:end], data[body:tail], data[tail + 2:]


def _bstr_at(data: bytes, at: int) -> tuple[int, int]:
    """Where the byte string at `at` begins and ends; it ends beyond the data when it is not one in shortest form."""
    head = data[at]
    nowhere = len(data) + 1
    if 0x40 <= head < 0x58:
        return at + 1, at + 1 + head - 0x40
    if not 0x58 <= head <= 0x5A:
        return at, nowhere
    width = 1 << (head - 0x58)
    size = int.from_bytes(data[at + 1:at + 1 + width])
    if size < (24 if width == 1 else 1 << (4 * width)):
        return at, nowhere
    return at + 1 + width, at + 1 + width + size


def sig_structure(protected: bytes, payload: bytes) -> bytes:
    """What is signed (RFC 9052, 4.4), with no external data."""
    return b"\x84\x6aSignature1" + _bstr(protected) + b"\x40" + _bstr(payload)


@lru_cache(maxsize=256)
def _protected(alg: Alg, kid: bytes, kind: int | str) -> bytes:
    return cbor.encode({1: int(alg), 4: kid, 16: int(kind) if isinstance(kind, int) else kind})


@lru_cache(maxsize=256)
def _header(protected: bytes) -> Header | Refusal:
    try:
        header: Any = cbor.decode(protected)
    except cbor.NotDeterministic as fault:
        return _damaged(str(fault))
    if type(header) is not dict or header.keys() != {1, 4, 16}:
        return _damaged("its header does not have exactly an algorithm, a key and a type")
    alg, kid, kind = header[1], header[4], header[16]
    if type(alg) is not int or alg not in Alg.__members__.values():
        return refuse("algorithm", "The code is signed with an algorithm (%(alg)s) that is not accepted.", alg=alg)
    if type(kid) is not bytes or len(kid) != KID_BYTES:
        return _damaged("its key is not named by 8 bytes")
    if type(kind) is not int and kind != STATUS_LIST:
        return _damaged("its type is not understood")
    return Header(Alg(alg), kid, kind)


def _bstr(data: bytes) -> bytes:
    size = len(data)
    if size < 24:
        return bytes((0x40 | size,)) + data
    if size < 256:
        return bytes((0x58, size)) + data
    if size < 65536:
        return b"\x59" + size.to_bytes(2) + data
    return b"\x5a" + size.to_bytes(4) + data


def _damaged(what: str) -> Refusal:
    return refuse("not-canonical", "The code is damaged or was not made by a permit system: %(what)s.", what=what)
