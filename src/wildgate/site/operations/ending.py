"""What of this installation ends on a day: its keys and its TLS certificate. Told 60, 30 and 7 days ahead."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from django.db import transaction

from wildgate.kit import events, tls
from wildgate.kit.keybook import KeyPart
from wildgate.kit.models import Event
from wildgate.seal.trust import KeyState

WARNINGS: Final = (60, 30, 7)
"""Days ahead (W3-3)."""
KIND: Final = "installation-ending"
TLS: Final = "tls"


@dataclass(frozen=True, slots=True)
class Ending:
    """One thing with its last day. `what` is the use of a key, or `tls`."""

    what: str
    until: datetime
    days: int

    @property
    def step(self) -> int | None:
        """The warning that is due: 60, 30, 7, or 0 once it has ended; None while there is time."""
        if self.days < 0:
            return 0
        return min((each for each in WARNINGS if self.days <= each), default=None)

    @property
    def remedy(self) -> str:
        """The command that makes the next one."""
        return "wildgate tls request" if self.what == TLS else f"wildgate keys rotate {self.what}"


def endings(parts: tuple[KeyPart, ...], home: Path, at: datetime) -> list[Ending]:
    """The newest key of each use and the TLS certificate, what ends first first."""
    newest = {part.use.value: max(other.until for other in parts if other.use is part.use
                                  and other.state is KeyState.ACTIVE)
              for part in parts if part.state is KeyState.ACTIVE}
    if (identity := tls.identity(home)) is not None:
        newest[TLS] = identity.until
    found = [Ending(what, until, (until.date() - at.date()).days) for what, until in newest.items()]
    return sorted(found, key=lambda each: (each.until, each.what))


def tell(found: list[Ending], party: str, at: datetime) -> int:
    """An event for each warning that is due, once; letters follow from it. So many."""
    return sum(_tell(each, party, at) for each in found if each.step is not None)


def _tell(each: Ending, party: str, at: datetime) -> bool:
    data = {"what": each.what, "days": each.step, "until": each.until.date().isoformat()}
    subject = f"installation:{party}"
    with transaction.atomic():
        events.lock_head(party)
        told = Event.objects.filter(party=party, kind=KIND, subject=subject,
                                    data=json.dumps(data, sort_keys=True, separators=(",", ":")))
        if told.exists():
            return False
        events.append(KIND, subject, party=party, actor=events.SYSTEM, at=at, data=data)
        return True
