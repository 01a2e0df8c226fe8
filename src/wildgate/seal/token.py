"""Tokens: the signed codes on a permit's pages, on an endorsement's label and on a traveller's note."""

from __future__ import annotations

from typing import NamedTuple

from wildgate.convention.permit import LINES_ON_A_PAGE, PermitRecord
from wildgate.convention.refusal import Refusal, refuse
from wildgate.seal import cbor
from wildgate.seal.claims import MOST_PAGES, PermitClaims, permit_payload, read_permit
from wildgate.seal.companion import Companion, companion_payload, read_companion
from wildgate.seal.endorsement import Endorsement, endorsement_payload, read_endorsement
from wildgate.seal.envelope import LARGEST_TOKEN, Envelope, Kind, open_envelope, seal
from wildgate.seal.keys import SigningKey
from wildgate.seal.note import Note, note_payload, read_note
from wildgate.seal.shape import Unfit

__all__ = ["Companion", "Endorsement", "Kind", "Note", "SigningKey", "Token", "permit_digest", "read_token",
           "seal_companion", "seal_endorsement", "seal_note", "seal_permit", "unsealable"]


class Token(NamedTuple):
    """A token as read: well formed by the strict profile, but not believed until its key is checked."""

    envelope: Envelope
    claims: PermitClaims | Endorsement | Note | Companion

    @property
    def digest(self) -> bytes:
        """The permit digest: SHA-256 of the Sig_structure, 32 bytes."""
        return self.envelope.digest


def seal_permit(record: PermitRecord, key: SigningKey, *, status_uri: str, status_index: int,
                digest: bytes | None = None) -> tuple[bytes, ...]:
    """Seal each printed page of `record` (4 lines): one token a page, same number, index and record digest.

    `status_uri` is `{Party}/{yyQn}/{shard}`, the list in which the Party keeps the permit's state at `status_index`.
    Pass `digest` when `record.digest` is known already: it costs more than the signature.
    Raises ValueError for a record that every verifier would refuse: ask `unsealable` first.
    """
    pages = -(-len(record.lines) // LINES_ON_A_PAGE)
    if not 1 <= pages <= MOST_PAGES:
        raise Unfit(f"The permit has {len(record.lines)} lines; 1 to {MOST_PAGES * 4} can be sealed.")
    tokens, seal_digest = [], digest or record.digest
    for page in range(1, pages + 1):
        payload = permit_payload(record, page, status_uri, status_index, seal_digest)
        tokens.append(seal(payload, Kind.PERMIT, key))
        if len(tokens[-1]) > LARGEST_TOKEN:
            raise Unfit(f"page {page} takes more than {LARGEST_TOKEN} bytes")
    return tuple(tokens)


def unsealable(record: PermitRecord, *, status_uri: str = "", status_index: int = 0) -> Refusal | None:
    """Why no seal can carry `record` (validity too long, no lines, an unknown code), or None when one can."""
    uri = status_uri or f"{record.party}/26Q1/0"
    try:
        for page in range(1, max(1, len(record.pages)) + 1):
            read_permit(cbor.decode(permit_payload(record, page, uri, status_index, record.digest)))
    except (Unfit, IndexError) as fault:
        return refuse("unsealable", "The permit cannot be sealed: %(what)s.", what=str(fault) or "it has no lines")
    return None


def seal_endorsement(endorsement: Endorsement, key: SigningKey) -> bytes:
    """Seal an endorsement with the key of customs. Raises ValueError for one that every verifier would refuse."""
    payload = endorsement_payload(endorsement)
    read_endorsement(cbor.decode(payload))
    return seal(payload, Kind.ENDORSEMENT, key)


def seal_note(note: Note, key: SigningKey) -> bytes:
    """Seal a note with the key for notes. Raises ValueError for one that every verifier would refuse."""
    payload = note_payload(note)
    read_note(cbor.decode(payload))
    token = seal(payload, Kind.NOTE, key)
    if len(token) > LARGEST_TOKEN:
        raise Unfit(f"it takes more than {LARGEST_TOKEN} bytes")
    return token


def seal_companion(companion: Companion, key: SigningKey) -> bytes:
    """Seal a label or a blank with the permit key. Raises ValueError for one that every verifier would refuse."""
    payload = companion_payload(companion)
    read_companion(cbor.decode(payload))
    return seal(payload, Kind.COMPANION, key)


def permit_digest(token: bytes) -> bytes:
    """SHA-256 of the token's Sig_structure, 32 bytes: the name of this permit in ledgers and registers.

    Raises ValueError when `token` is not an envelope: it is meant for tokens that were read or made here.
    """
    envelope = open_envelope(token)
    if isinstance(envelope, Refusal):
        raise ValueError(envelope.reason)
    return envelope.digest


def read_token(data: bytes) -> Token | Refusal:
    """Read a token by the strict profile. No key is asked: its signature is not checked here."""
    envelope = open_envelope(data)
    return envelope if isinstance(envelope, Refusal) else read_claims(envelope)


def read_claims(envelope: Envelope) -> Token | Refusal:
    """The claims of an opened envelope, or what they break."""
    try:
        if envelope.header.kind == Kind.PERMIT:
            return Token(envelope, read_permit(cbor.decode(envelope.payload)))
        if envelope.header.kind == Kind.ENDORSEMENT:
            return Token(envelope, read_endorsement(cbor.decode(envelope.payload)))
        if envelope.header.kind == Kind.NOTE:
            return Token(envelope, read_note(cbor.decode(envelope.payload)))
        if envelope.header.kind == Kind.COMPANION:
            return Token(envelope, read_companion(cbor.decode(envelope.payload)))
    except (Unfit, cbor.NotDeterministic) as fault:
        return refuse("profile", "The code breaks the permit profile: %(what)s.", what=fault)
    return refuse("wrong-kind", "This code is signed, but it is neither a permit nor an endorsement.")
