"""How long a chain was and how it ended, as somebody outside the database knows it. Needs no database to be read."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from wildgate.convention.refusal import Refusal, refuse
from wildgate.seal.envelope import open_envelope
from wildgate.site.audit_export.verify import HEAD_KIND

LARGEST: Final = 10_000
"""Bytes of a published head."""
_by_hand = re.compile(r"([0-9]{1,18}):([0-9a-f]{64})").fullmatch


@dataclass(frozen=True, slots=True)
class Head:
    """How long the chain was and how it ended, as somebody else knows it; `where` names the source."""

    where: str
    seq: int
    hash: str
    at: datetime | None = None

    @property
    def day(self) -> str:
        return f" of {self.at:%Y-%m-%d %H:%M} UTC" if self.at else ""


def typed(text: str) -> Head | Path | Refusal:
    """What somebody gives as a head, NUMBER:HASH or a file as it was published. Who signed a file is not judged here:
    the keys come with the home that it is about. OSError where it cannot be read."""
    if match := _by_hand(text.strip().lower()):
        return Head("given by hand", int(match[1]), match[2])
    file = Path(text)
    if not file.is_file():
        return refuse("no-such-head", "%(text)s is neither a file nor NUMBER:HASH with 64 hexadecimal digits.",
                      text=text[:80])
    with file.open("rb") as opened:
        envelope = open_envelope(opened.read(LARGEST + 1), LARGEST)
    if isinstance(envelope, Refusal) or envelope.header.kind != HEAD_KIND:
        return refuse("no-such-head", "%(text)s is no published head of an event chain (audit-head.cwt).",
                      text=text[:80])
    return file
