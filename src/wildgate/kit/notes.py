"""Free text beside the chain: erased on request, and checked against the digests that the chain holds.

An erased text leaves its SHA-256 in its event; the event `notes-erased` says which texts are gone. A text that is gone
and of which no event says so was taken away by somebody else.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection
from datetime import datetime
from typing import Final

from wildgate.kit import events
from wildgate.kit.events import Break
from wildgate.kit.models import Event, EventNote

ERASED: Final = "notes-erased"
DIGEST: Final = 64
AT_A_TIME: Final = 500


def erase(party: str, seqs: Collection[int], *, subject: str, actor: str, at: datetime) -> int:
    """Erase the texts of these events; how many there were. Call inside a transaction."""
    wanted, gone = sorted(seqs), 0
    for start in range(0, len(wanted), AT_A_TIME):
        some = EventNote.objects.filter(event__party=party, event__seq__in=wanted[start:start + AT_A_TIME])
        found = sorted(some.values_list("event__seq", flat=True))
        if found:
            EventNote.objects.filter(pk__in=list(some.values_list("pk", flat=True))).delete()
            events.append(ERASED, subject, party=party, actor=actor, at=at, data={"events": found})
            gone += len(found)
    return gone


def verify(party: str) -> Break | None:
    """The first text that is not the one that was written, or that is gone without an event that says so."""
    for note in EventNote.objects.filter(event__party=party).select_related("event").order_by(
            "event__seq").iterator(chunk_size=2000):
        if json.loads(note.event.data).get("note") != hashlib.sha256(note.text.encode()).hexdigest():
            return Break(party, note.event.seq, "its text is not the one that was written")
    erased = {seq for data in Event.objects.filter(party=party, kind=ERASED).values_list("data", flat=True)
              for seq in json.loads(data)["events"]}
    without = Event.objects.filter(party=party, note=None, data__contains='"note":"').order_by("seq")
    for seq, data in without.values_list("seq", "data").iterator(chunk_size=2000):
        if len(str(json.loads(data).get("note", ""))) == DIGEST and seq not in erased:
            return Break(party, seq, "its text is gone, and no event says that it was erased")
    return None
