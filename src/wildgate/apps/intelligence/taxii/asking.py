"""What a client asks of a collection: filters, a limit and where to go on (TAXII 2.1, sections 3.4 and 3.5)."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from wildgate.apps.intelligence.taxii.collecting import Entry
from wildgate.convention.refusal import Refusal, refuse
from wildgate.sharing.stix.writing import stamp

MOST: Final = 500
"""Objects on a page; also without a limit."""
MOMENT: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?Z", re.ASCII)
WORDS: Final = ("first", "last", "all")
SPEC: Final = "2.1"


@dataclass(frozen=True, slots=True)
class Asked:
    """One question to a collection. None for a filter: it does not limit."""

    after: datetime | None = None
    limit: int = MOST
    place: tuple[datetime, str] | None = None
    types: frozenset[str] | None = None
    ids: frozenset[str] | None = None
    versions: frozenset[str] | None = None
    specs: frozenset[str] | None = None

    def of(self, entries: Iterable[Entry]) -> tuple[list[Entry], bool]:
        """A page of what is asked for, and whether there is more."""
        found = [each for each in entries if self._wants(each) and (self.place is None or each.place > self.place)]
        return found[:self.limit], len(found) > self.limit

    def _wants(self, entry: Entry) -> bool:
        return ((self.after is None or entry.added > self.after)
                and (self.types is None or entry.object["type"] in self.types)
                and (self.ids is None or entry.id in self.ids)
                and (self.specs is None or SPEC in self.specs)
                and (self.versions is None or bool(self.versions.intersection(WORDS))
                     or version_of(entry) in self.versions))


def version_of(entry: Entry) -> str:
    """Of an object: its last change, else its making, else since when it is here. Only the last one is kept."""
    said = entry.object.get("modified") or entry.object.get("created")
    return stamp(entry.added if said is None else _moment(said) or entry.added)


def read(values: Any) -> Asked | Refusal:
    """The question in the parameters of an address, or what cannot be read of it."""
    after = place = None
    if (text := values.get("added_after")) is not None:
        after = _moment(text)
        if after is None:
            return refuse("not-a-moment", "added_after: a time such as 2027-03-18T09:00:00Z is expected.")
    limit = values.get("limit", str(MOST))
    if not re.fullmatch(r"[0-9]{1,9}", limit, re.ASCII) or not int(limit):
        return refuse("not-a-limit", "limit: a whole number from 1 is expected.")
    if (text := values.get("next")) is not None:
        place = _place(text)
        if place is None:
            return refuse("not-a-place", "next: only what an answer said itself is understood.")
    versions = _set(values, "version")
    if versions is not None:
        moments = {each: each if each in WORDS else _moment(each) for each in versions}
        if None in moments.values():
            return refuse("not-a-version", "match[version]: first, last, all or a time is expected.")
        versions = frozenset(stamp(each) if isinstance(each, datetime) else str(each) for each in moments.values())
    return Asked(after, min(int(limit), MOST), place, _set(values, "type"), _set(values, "id"), versions,
                 _set(values, "spec_version"))


def place_after(entry: Entry) -> str:
    """Where a client goes on after this entry."""
    return base64.urlsafe_b64encode(f"{stamp(entry.added)} {entry.id}".encode()).decode().rstrip("=")


def _place(text: str) -> tuple[datetime, str] | None:
    try:
        when, _, name = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)).decode().partition(" ")
    except (binascii.Error, ValueError):
        return None
    moment = _moment(when)
    return None if moment is None else (moment, name)


def _set(values: Any, name: str) -> frozenset[str] | None:
    text = values.get(f"match[{name}]")
    return None if text is None else frozenset(each.strip() for each in text.split(","))


def _moment(text: str) -> datetime | None:
    if not MOMENT.fullmatch(text):
        return None
    whole, _, part = text.rstrip("Z").partition(".")
    try:
        return datetime.fromisoformat(f"{whole}.{(part + '000000')[:6]}").replace(tzinfo=UTC)
    except ValueError:
        return None
