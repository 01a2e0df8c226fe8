"""When the last backup was made: `wildgate backup` leaves a note of it in the home.

A note and not an event: whoever backs up may be allowed to read only (a standby server), and a backup changes nothing.
A copy that was made in another way, of the disk or by the database server, leaves none. Nor does a note say that the
backup is still there: a restore drill, and a look at the other disk, do.
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

NAME: Final = "last-backup.json"


@dataclass(frozen=True, slots=True)
class LastBackup:
    """One that was finished. Without `keys`, the private keys are not in it."""

    at: datetime
    keys: bool


def remember(home: Path, made: LastBackup) -> None:
    """Write the note, so that the service can read it whoever made the backup; OSError where the home is read-only."""
    beside = home / f".{NAME}.part"
    beside.write_text(json.dumps({"made_at": made.at.isoformat(), "keys": made.keys}) + "\n", encoding="utf-8")
    beside.chmod(0o644)  # root may have made it; the home itself is closed to others
    os.replace(beside, home / NAME)


def last(home: Path) -> LastBackup | None:
    """The last one that is known of; None where there is no note, or none that can be read."""
    try:
        told = json.loads((home / NAME).read_text(encoding="utf-8"))
        found = LastBackup(datetime.fromisoformat(told["made_at"]), bool(told["keys"]))
    except (OSError, ValueError, TypeError, KeyError):
        return None
    return found if found.at.tzinfo else None
