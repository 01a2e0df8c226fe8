"""What the stream tells: pulses as events, each with everything that must let a reader through.

A pulse holds no content. Number and title are read when the event is made, with the markings of that moment.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final, TypeVar

from django.conf import settings
from django.db import connection
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone

from wildgate.apps.accounts.access import Action, can
from wildgate.apps.intelligence.clearance import Facing
from wildgate.apps.intelligence.models import Mark, Pulse
from wildgate.apps.intelligence.selectors.reading import MARK
from wildgate.apps.intelligence.stream import wire
from wildgate.apps.intelligence.stream.seats import Seat, Sessions, seats
from wildgate.sharing.marking import Marking, Tlp

MOST: Final = 2_000
"""So many pulses are read at a time."""
MARKS_KEPT: Final = 20_000
RETRY_MILLISECONDS: Final = 3_000
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Told:
    """One pulse as it goes out, and the markings that all must let a reader through."""

    place: int
    party: str
    said: bytes
    marks: tuple[Marking, ...]

    def may(self, seat: Seat) -> bool:
        """By the same rule as every page asks."""
        return bool(self.said) and all(
            can(seat.actor, Action.READ_INTELLIGENCE, Facing(seat.member, self.party, mark)) for mark in self.marks)


@cache
def cursors() -> wire.Cursors:
    """The cursors of this installation."""
    return wire.Cursors(settings.SECRET_KEY.encode())


def newest(party: str) -> int:
    """The place of the last pulse; 0 before the first."""
    return Pulse.objects.filter(party=party).order_by("-pk").values_list("pk", flat=True).first() or 0


def in_full(found: QuerySet[Pulse]) -> QuerySet[Pulse]:
    """With what an event is made of."""
    return found.select_related("report__current", "report__mark", "alert__mark")


def said(pulse: Pulse) -> bytes:
    """A pulse as an event; nothing for one that only makes the door look who may still read.

    What is RED comes without its title: it is opened on its page, with a reason.
    """
    if pulse.alert is not None:
        number, name, title, mark = str(pulse.alert.pk), "intelligence-alert", pulse.alert.title, pulse.alert.mark
    elif pulse.report is not None:
        current = pulse.report.current
        number, name, mark = pulse.report.number, "intelligence-report", pulse.report.mark
        title = current.title if current is not None else ""
    else:
        return b""
    return wire.event(cursors().of(pulse.pk), {
        "kind": pulse.kind, "number": number, "title": title if mark.tlp < Tlp.RED else "",
        "address": reverse(name, args=[number])})


class Reader:
    """The one reader behind all open streams of the door: one thread with one connection to the database."""

    greeting = wire.retry(RETRY_MILLISECONDS)
    heartbeat, again, end = wire.HEARTBEAT, wire.AGAIN, wire.END

    def __init__(self, party: str) -> None:
        self._party, self._sessions = party, Sessions()
        self._marks: dict[int, Marking] = {}

    def newest(self) -> int:
        reverse("intelligence-alert", args=[1])  # reads all addresses now: the first event need not wait for it
        return _mended(lambda: newest(self._party))

    def place(self, cursor: str) -> int | None:
        return cursors().place(cursor)

    def here(self, place: int) -> bytes:
        return wire.here(cursors().of(place))

    def after(self, place: int) -> Sequence[Told]:
        return _mended(lambda: self._after(place))

    def seats(self, sessions: Collection[str]) -> Mapping[str, Seat]:
        at = timezone.now()
        return _mended(lambda: seats(self._sessions.signed_in(sessions, at), self._party, at))

    def close(self) -> None:
        connection.close()

    def _after(self, place: int) -> list[Told]:
        rows = list(in_full(Pulse.objects.filter(party=self._party, pk__gt=place)).order_by("pk")[:MOST])
        things = [(row, (row.mark_id, row.report.mark_id if row.report else None,
                         row.alert.mark_id if row.alert else None)) for row in rows]
        marks = self._marked({mark for _row, held in things for mark in held if mark is not None})
        return [Told(row.pk, row.party, said(row), tuple(marks[mark] for mark in sorted(
            {mark for mark in held if mark is not None}))) for row, held in things]

    def _marked(self, keys: set[int]) -> Mapping[int, Marking]:
        """Marks never change: one that was read is kept."""
        if len(self._marks) > MARKS_KEPT:
            self._marks.clear()
        if missing := keys - self._marks.keys():
            self._marks.update({mark.pk: mark.value for mark in
                                Mark.objects.filter(pk__in=missing).prefetch_related(*(each.removeprefix("mark__")
                                                                                       for each in MARK))})
        return self._marks


def _mended(read: Callable[[], T]) -> T:
    """A connection that failed is given up: the next look opens another."""
    try:
        return read()
    except Exception:
        connection.close()
        raise
