"""An old permit before a court: what a reader saw on that day, and what is known now. Both are shown, side by side."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from wildgate.convention.refusal import refuse
from wildgate.seal.status import Digests, Freshness, StatusAnswer, StatusLists
from wildgate.seal.trust import Keyring, TrustList
from wildgate.seal.trusted import archived, lists_of_the_day
from wildgate.seal.verdict import Answer, Role, Verdict, Verifier

UNKNOWN_DAY = refuse("no-list-of-that-day", "No trust list of that day is kept here: what a reader saw then cannot be "
                                            "said.")


@dataclass(frozen=True, slots=True)
class Hindsight:
    """`then` is the verdict of that day, None when no list of it is kept; `now` is today's.

    `sources` name the trust lists that were in force: keeper, number, time and SHA-256. `record` is what the issuing
    authority's own event chain says of the permit, where that is at hand.
    """

    at: datetime
    then: Verdict | None
    now: Verdict
    sources: tuple[dict[str, Any], ...] = ()
    record: dict[str, Any] | None = None

    @property
    def verdict(self) -> Verdict:
        """The verdict of that day, unless what is known now disproves the permit: a forgery never was genuine."""
        if self.then is None:
            return replace(self.now, answer=_at_least_hold(self.now.answer), reasons=(*self.now.reasons, UNKNOWN_DAY))
        if self.then.genuine and not self.now.genuine:
            return self.now
        return self.then

    def as_json(self) -> dict[str, Any]:
        then = self.then.as_json() | {"trust_lists": list(self.sources)} if self.then else None
        return {"at": _stamp(self.at), "then": then, "now": self.now.as_json(), "record": self.record}


class StatusThen(StatusLists):
    """The status files at hand as they serve a past day: the register counts whatever its age, for what was issued
    stays issued; a list signed after that day says nothing about it."""

    def __init__(self, source: Path, keys_now: Keyring) -> None:
        super().__init__(source)
        self._keys_now = keys_now

    def lookup(self, party: str, uri: str, index: int, at: datetime | float, keys: Keyring) -> StatusAnswer:
        found = super().lookup(party, uri, index, at, self._keys_now)
        now = at if isinstance(at, float) else at.timestamp()
        return StatusAnswer(None, Freshness.MISSING) if found.as_of is not None and found.as_of > now else found

    def digests(self, uri: str, keys: Keyring) -> Digests | None:
        return super().digests(uri, self._keys_now)


def look_back(data: str | bytes, role: Role, at: datetime, *, home: Path, present: Verifier, today: datetime,
              register: Callable[[datetime], StatusLists] | None = None) -> Hindsight:
    """The verdict on `data` at `at` by the lists kept from that day, beside the one of `today`.

    `register` answers for a day where something better than the files at hand can: the authority's own register.
    """
    lists = lists_of_the_day(home, at)
    judge = Verifier(present.keys.lists, register(today)) if register else present
    now = judge.verdict(data, role, today)
    if not lists:
        return Hindsight(at, None, now)
    status = register(at) if register else StatusThen(home / "status", present.keys)
    then = Verifier(lists, status).verdict(data, role, at)
    return Hindsight(at, then, now, tuple(_source(home, each) for each in lists))


def is_past(present: Verifier, at: datetime) -> bool:
    """Whether `at` lies before the lists at hand, so that they alone cannot tell what was known then."""
    return any(at < source.issued_at for source in present.keys.lists)


def _source(home: Path, found: TrustList) -> dict[str, Any]:
    name = next((path.stem for path in archived(home, found.operator) if f"-{found.sequence:012d}-" in path.name), "")
    return {"keeper": found.operator, "number": found.sequence, "issued_at": _stamp(found.issued_at),
            "sha256": name.rpartition("-")[2]}


def _at_least_hold(answer: Answer) -> Answer:
    return Answer.HOLD if answer is Answer.ACCEPT else answer


def _stamp(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
