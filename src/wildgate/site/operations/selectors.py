"""What the screen shows: past drills, whether one runs, when the last green one was."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from wildgate.kit.models import Event, Job
from wildgate.site.backup import remembering
from wildgate.site.doctor.found import Found, look, well
from wildgate.site.operations.jobs import KIND

OLD: Final = timedelta(days=90)
"""A green drill counts for so long."""
LATE: Final = timedelta(days=2)
"""A backup is made each night; one may fail before somebody has to look."""
SHOWN: Final = 10
WHERE: Final[dict[str, Any]] = {"backup": _("while the backup was taken"), "restore": _("while it was restored"),
                                "compare": _("while both were compared"), "permit": _("while a permit was opened")}


@dataclass(frozen=True, slots=True)
class Past:
    """A drill that has ended."""

    at: datetime
    green: bool
    seconds: int
    step: str
    says: str
    events: int
    rows: int

    @property
    def tone(self) -> str:
        return "ok" if self.green else "stop"

    @property
    def word(self) -> Any:
        return _("Green") if self.green else _("Red")

    @property
    def where(self) -> Any:
        return WHERE.get(self.step, "")


def drills(party: str) -> list[Past]:
    """The newest first."""
    rows = Event.objects.filter(party=party, kind=KIND).select_related("note").order_by("-seq")[:SHOWN]
    return [_past(row) for row in rows]


def _past(row: Event) -> Past:
    told = json.loads(row.data)
    return Past(row.at, told["result"] == "green", told["seconds"], told["step"],
                row.note.text if hasattr(row, "note") else "", told["events"], told["rows"])


def last_green(party: str) -> datetime | None:
    return (Event.objects.filter(party=party, kind=KIND, data__contains='"result":"green"').order_by("-seq")
            .values_list("at", flat=True).first())


def running(party: str) -> bool:
    """Whether one waits or runs."""
    return Job.objects.filter(party=party, name="operations.run_drill",
                              state__in=[Job.State.WAITING, Job.State.RUNNING]).exists()


def backed_up(at: datetime) -> Iterator[Found]:
    """What the doctor says of the age of the last backup."""
    last = remembering.last(Path(settings.HOME))
    if last is None:
        yield look("last backup", "None was made by `wildgate backup`; copies made in another way are not seen here.",
                   "Make one each night: deploy/wildgate-backup.timer does.")
    elif at - last.at > LATE:
        yield look("last backup", f"It was made {(at - last.at).days} days ago.",
                   "See why the next one was not: systemctl status wildgate-backup.")
    elif not last.keys:
        yield look("last backup", f"Made on {last.at:%Y-%m-%d %H:%M} UTC, without private keys.",
                   "Set WILDGATE_BACKUP_PASSPHRASE, or keep `keys` and `secret` safe elsewhere.")
    else:
        yield well("last backup", f"Made on {last.at:%Y-%m-%d %H:%M} UTC; whether it is still there is not seen "
                   "from here.")


def drilled(at: datetime) -> Iterator[Found]:
    """What the doctor says of drills."""
    done = last_green(settings.PARTY)
    if done is None:
        yield look("restore drill", "No restore was ever practised: nobody knows whether the backups are good.",
                   "An administrator starts a drill at /operations/.")
    elif not drills(settings.PARTY)[0].green:
        yield look("restore drill", "The last one ended red: do not rely on the backups.",
                   "See /operations/ for the reason, and start another one.")
    elif at - done > OLD:
        yield look("restore drill", f"The last green one was {(at - done).days} days ago.",
                   "An administrator starts a drill at /operations/.")
    else:
        yield well("restore drill", f"Green on {done:%Y-%m-%d}.")
