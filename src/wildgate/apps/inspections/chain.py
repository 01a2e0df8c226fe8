"""The chain of custody as arithmetic: each hand-over's digest covers the one before it. Pure."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

START = "0" * 64


@dataclass(frozen=True, slots=True)
class HandOver:
    """One hand-over as it was written down. `lines`: only these left the holder, for good; the rest stays."""

    seizure: str
    seq: int
    giver: str
    taker: str
    place: str
    at: datetime
    condition: str
    seal: str
    to_authority: bool
    previous: str = START
    digest: str = ""
    lines: tuple[int, ...] | None = None


@dataclass(frozen=True, slots=True)
class Fault:
    """Where a chain of custody does not hold. `code`: missing, changed, gap, backwards, cut."""

    seq: int
    code: str


def digest_of(row: HandOver) -> str:
    """SHA-256 over the row's own words and the digest before it, in hexadecimal."""
    fields = [row.previous, row.seizure, row.seq, row.giver, row.taker, row.place,
              row.at.astimezone(UTC).isoformat(timespec="seconds"), row.condition, row.seal, row.to_authority,
              *([list(row.lines)] if row.lines is not None else [])]
    return hashlib.sha256(json.dumps(fields, ensure_ascii=False, separators=(",", ":")).encode()).hexdigest()


def faults(rows: Sequence[HandOver], witnessed: Sequence[str]) -> list[Fault]:
    """Every fault, in order. `witnessed` are the digests that the event chain holds for these hand-overs.

    A row that is missing, one that was changed, one whose giver did not have the goods, one before its predecessor, and
    a list that is shorter than the events say are all found.
    """
    out: list[Fault] = []
    previous, holder, last = START, "", None
    for place, row in enumerate(rows, start=1):
        if row.seq != place:
            out.append(Fault(place, "missing"))
            break
        seen = witnessed[place - 1] if place <= len(witnessed) else ""
        if row.previous != previous or digest_of(row) != row.digest or row.digest != seen:
            out.append(Fault(row.seq, "changed"))
        if holder and folded(row.giver) != folded(holder):
            out.append(Fault(row.seq, "gap"))
        if last is not None and row.at < last:
            out.append(Fault(row.seq, "backwards"))
        previous, last = row.digest, row.at
        holder = row.taker if row.lines is None else holder
    else:
        if len(rows) < len(witnessed):
            out.append(Fault(len(rows) + 1, "cut"))
    return out


def folded(name: str) -> str:
    """A name for comparing: case and blanks do not count."""
    return " ".join(name.split()).casefold()
