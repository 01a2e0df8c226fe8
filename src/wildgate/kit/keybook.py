"""What is known of an installation's keys without opening them: the public part of each, and what happened to it since.

A key's own file never changes. Retirement and theft are rows of the Party's journal, written whole or not at all, so a
key's state can be told for every moment: as it is, and as it was known to be then.
"""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import Enum
from pathlib import Path
from typing import Any

from wildgate.seal.files import write_atomically
from wildgate.seal.keys import PublicKey
from wildgate.seal.keys import Purpose as SealPurpose
from wildgate.seal.trust import KeyState, TrustEntry


class Use(Enum):
    """What a key is kept for. The root signs trust lists; the document key signs PDF and XML files; the customs key
    signs beside it in PDF files that customs endorsed."""

    PERMIT = "permit"
    ENDORSEMENT = "endorsement"
    STATUS = "status"
    NOTE = "note"
    ROOT = "root"
    DOCUMENT = "document"
    CUSTOMS = "customs"


CERTIFIED = {Use.DOCUMENT: "CITES Management Authority", Use.CUSTOMS: "Customs"}
"""Keys that sign files need a certificate, and this name in it."""
SEAL_PURPOSES = {Use.PERMIT: SealPurpose.PERMIT, Use.ENDORSEMENT: SealPurpose.ENDORSEMENT,
                 Use.STATUS: SealPurpose.STATUS, Use.NOTE: SealPurpose.NOTE}


class KeyFault(RuntimeError):
    """A key is missing, cannot be opened or may not be used so. The text says what the administrator does about it."""


@dataclass(frozen=True, slots=True)
class KeyPart:
    """The public part of one key: what may be listed, printed and published. Times are aware UTC.

    `until` is the end of its use, earlier when it was retired or reported stolen. `token` names the key inside a
    hardware module; it is empty for a key in a file.
    """

    party: str
    use: Use
    number: int
    public: PublicKey
    since: datetime
    until: datetime
    state: KeyState = KeyState.ACTIVE
    compromised_since: datetime | None = None
    token: str = ""

    @property
    def subject(self) -> str:
        """The name under which events speak of this key."""
        return f"key:{self.public.kid.hex()}"

    def as_json(self) -> dict[str, Any]:
        return {
            "party": self.party, "use": self.use.value, "number": self.number, "alg": self.public.alg.name,
            "kid": self.public.kid.hex(), "thumbprint": self.public.thumbprint.hex(),
            "fingerprint": self.public.fingerprint,
            "cose_key": {str(label): part.hex() if isinstance(part, bytes) else part
                         for label, part in self.public.cose().items()},
            "since": self.since.isoformat(), "until": self.until.isoformat(), "state": self.state.name.lower(),
            "compromised_since": self.compromised_since.isoformat() if self.compromised_since else None,
            "token": self.token,
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> KeyPart:
        cose = {int(label): bytes.fromhex(part) if isinstance(part, str) else part
                for label, part in data["cose_key"].items()}
        stolen = data["compromised_since"]
        return cls(data["party"], Use(data["use"]), data["number"], PublicKey.from_cose(cose),
                   datetime.fromisoformat(data["since"]), datetime.fromisoformat(data["until"]),
                   KeyState[data["state"].upper()], datetime.fromisoformat(stolen) if stolen else None,
                   data.get("token", ""))

    def entry(self) -> TrustEntry:
        """The key as an entry of a trust list; only permit, endorsement and status keys have one."""
        return TrustEntry(self.party, SEAL_PURPOSES[self.use], self.public, self.since, self.until, self.state,
                          self.compromised_since)


class Fate(Enum):
    """What happens to a key after it was made; the kinds of its events."""

    RETIRED = "key-retired"
    STOLEN = "key-stolen"


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a journal: told `at`, true from `since` on. `by` is who told it."""

    fate: Fate
    use: Use
    number: int
    at: datetime
    since: datetime
    by: str

    def as_json(self) -> dict[str, Any]:
        return {"fate": self.fate.value, "use": self.use.value, "number": self.number, "at": self.at.isoformat(),
                "since": self.since.isoformat(), "by": self.by}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Row:
        return cls(Fate(data["fate"]), Use(data["use"]), data["number"], datetime.fromisoformat(data["at"]),
                   datetime.fromisoformat(data["since"]), data["by"])


def journal(folder: Path) -> list[Row]:
    """The rows of the Party whose keys are in `folder`, oldest first."""
    try:
        return [Row.from_json(row) for row in json.loads((folder / "journal.json").read_text())]
    except FileNotFoundError:
        return []


def write_down(folder: Path, rows: Sequence[Row]) -> None:
    """Add rows, all of them or none. Call while `alone`."""
    kept = [row.as_json() for row in (*journal(folder), *rows)]
    write_atomically(folder / "journal.json", json.dumps(kept, indent=1).encode(), mode=0o600)


def as_of(part: KeyPart, rows: Sequence[Row], at: datetime) -> KeyPart:
    """The key as it was known to be at `at`: rows told later do not count."""
    for row in rows:
        if (row.use, row.number) != (part.use, part.number) or row.at > at:
            continue
        if row.fate is Fate.STOLEN:
            part = replace(part, state=KeyState.COMPROMISED, until=min(part.until, row.at),
                           compromised_since=row.since)
        elif part.state is not KeyState.COMPROMISED:
            state = KeyState.RETIRED if row.since <= at else KeyState.ACTIVE
            part = replace(part, state=state, until=min(part.until, row.since))
    return part


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Hold the Party's keys against other processes and threads. A process that dies lets go."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor = os.open(folder / ".lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def whole_seconds(moment: datetime) -> datetime:
    return moment.astimezone(UTC).replace(microsecond=0)
