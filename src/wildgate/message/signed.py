"""What the signatures in a file are worth: one kind of answer for a PDF and for a message."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from wildgate.convention.sentence import Sentence, say

FIELD, CUSTOMS_FIELD = "ManagementAuthority", "Customs"
"""The two fields of a permit's PDF that may hold a signature."""
UNTRUSTED = say("The signature is whole, but its certificate is not one that is trusted here.")
BROKEN = say("The time stamp is damaged or belongs to something else.")
HOLDS = say("The signature holds and nothing was changed since.")


@dataclass(frozen=True, slots=True)
class Stamp:
    """A time stamp over a signature (RFC 3161). `sound`: it is whole and its authority is trusted here."""

    at: datetime
    authority: str
    sound: bool
    sentence: Sentence

    def as_json(self) -> dict[str, Any]:
        return {"at": self.at.isoformat(), "authority": self.authority, "sound": self.sound, "reason": self.sentence}


@dataclass(frozen=True, slots=True)
class Countersignature:
    """A second signature in the file: the field that holds it, whose it is, and when it was made by their clock."""

    field: str
    signer: str
    signed_at: datetime | None
    certificate: bytes

    def as_json(self) -> dict[str, Any]:
        return {"field": self.field, "signer": self.signer,
                "signed_at": self.signed_at.isoformat() if self.signed_at else None,
                "certificate": self.certificate.hex()}


@dataclass(frozen=True, slots=True)
class Signature:
    """What the signatures of a file are worth.

    `sound` is the only field to act on: every signature holds, its certificate leads to a trusted one, it covers all
    of the file, and nothing but signatures was added after the authority's. `sentence` says it in words. A time stamp
    that is not trusted here takes nothing from it, and adds nothing.
    """

    signed: bool
    sound: bool
    sentence: Sentence
    signer: str = ""
    signed_at: datetime | None = None
    certificate: bytes = b""
    """SHA-256 of the first signer's certificate, to be compared with the pins that a trust list gives its Party."""
    stamp: Stamp | None = None
    countersigned: tuple[Countersignature, ...] = ()

    @property
    def trust_is_all_that_lacks(self) -> bool:
        """The file is as it was signed, only nobody here vouches for the signer."""
        return self.signed and self.sentence == UNTRUSTED

    @property
    def certificates(self) -> tuple[bytes, ...]:
        """SHA-256 of every signer's certificate."""
        return (self.certificate, *(each.certificate for each in self.countersigned))

    def as_json(self) -> dict[str, Any]:
        return {"signed": self.signed, "sound": self.sound, "reason": self.sentence, "signer": self.signer,
                "signed_at": self.signed_at.isoformat() if self.signed_at else None,
                "certificate": self.certificate.hex() or None, "stamp": self.stamp.as_json() if self.stamp else None,
                "countersigned": [each.as_json() for each in self.countersigned]}
