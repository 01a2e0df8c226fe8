"""The trust lists of an installation side by side: its own, those of partners, and every one that was ever in force.

`home/trust.cwt` is the own list. `home/trust/{keeper}.cwt` is a partner's, with `{keeper}.json` that says which root
keys were compared with that partner and for which Parties the list may speak. `home/trust/archive/` keeps each list
that was published or accepted, named by its time and SHA-256, so that the one of a past day can be shown, and an older
one in the place of a newer is noticed by every process. `home/seen/` remembers the newest status list read, likewise.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from wildgate.convention.refusal import Refusal, refuse
from wildgate.seal.files import write_atomically
from wildgate.seal.seen import Seen
from wildgate.seal.status import StatusLists
from wildgate.seal.trust import Keyring, TrustList, read_successor, read_trust_list
from wildgate.seal.verdict import Verifier

EVERYBODY: Final = "*"
SLACK: Final = timedelta(minutes=5)
FOREVER: Final = datetime.max.replace(tzinfo=UTC)
_is_keeper: Final = re.compile("[A-Za-z0-9][A-Za-z0-9-]{0,39}").fullmatch
_is_party: Final = re.compile("[A-Z]{2}").fullmatch


@dataclass(frozen=True, slots=True)
class Held:
    """A trust list that is used here. `speaks_for` are Parties, or "*" for all; `problem` says why it is not used."""

    keeper: str
    path: Path
    list: TrustList | None
    speaks_for: tuple[str, ...]
    own: bool = False
    problem: Refusal | None = None


def home_verifier(home: Path) -> Verifier | Refusal:
    """A verifier on all trust lists and the status lists of `home`; opened again when a trust list has changed."""
    return _opened(home, _stamps(home))


def verifier_of(trust: Sequence[Path], status: Path) -> Verifier | Refusal:
    """A verifier on the trust lists in these files, for which the caller vouches, and a folder of status lists."""
    found = [read_trust_list(path.read_bytes(), None) for path in trust]
    for answer in found:
        if isinstance(answer, Refusal):
            return answer
    return Verifier([answer for answer in found if isinstance(answer, TrustList)], StatusLists(status))


@lru_cache(maxsize=8)
def _opened(home: Path, stamps: object) -> Verifier | Refusal:
    lists = held(home)
    usable = [each.list for each in lists if each.list]
    if usable:
        return Verifier(usable, StatusLists(home / "status", Seen(home / "seen")))
    return next((each.problem for each in lists if each.problem), None) or refuse(
        "no-trust-list", "There is no trust list in %(folder)s.", folder=home)


def held(home: Path) -> list[Held]:
    """The lists at hand, the own one first. A list that cannot be used is among them, with the reason."""
    found = [_own(home)] if (home / "trust.cwt").exists() else []
    return found + [_partner(home, path) for path in sorted((home / "trust").glob("*.cwt"))]


def _own(home: Path) -> Held:
    path = home / "trust.cwt"
    answer = _forward(home, path.read_bytes())
    if isinstance(answer, Refusal):
        return Held("", path, None, (EVERYBODY,), True, answer)
    return Held(answer.operator, path, answer, (EVERYBODY,), True)


def _partner(home: Path, path: Path) -> Held:
    """A partner's list as it was accepted; put there by another way than `admit`, it is not used."""
    try:
        card = json.loads(path.with_suffix(".json").read_text())
        roots, speaks_for = frozenset(card["roots"]), tuple(card["speaks_for"])
    except (OSError, ValueError, KeyError, TypeError):
        return Held(path.stem, path, None, (), problem=_not_compared(path.stem))
    answer = _forward(home, path.read_bytes())
    if isinstance(answer, Refusal):
        return Held(path.stem, path, None, speaks_for, problem=answer)
    if answer.operator != path.stem or answer.root.thumbprint.hex() not in roots:
        return Held(path.stem, path, None, speaks_for, problem=_not_compared(path.stem))
    return Held(path.stem, path, answer if EVERYBODY in speaks_for else answer.speaking_for(speaks_for), speaks_for)


def _forward(home: Path, data: bytes) -> TrustList | Refusal:
    """A list at hand, unless it was put in the place of a newer one: the archive tells every process, for ever."""
    found = read_trust_list(data, None)
    newest = None if isinstance(found, Refusal) else next(archived(home, found.operator), None)
    if isinstance(found, Refusal) or newest is None or newest.name.endswith(f"-{hashlib.sha256(data).hexdigest()}.cwt"):
        return found
    seen = in_force(home, found.operator, FOREVER)
    return _rolled_back(found, seen) if seen and found.sequence < seen.sequence else found


def _rolled_back(found: TrustList, seen: TrustList) -> Refusal:
    return refuse("trust-rollback", "The trust list (number %(found)s) is older than the one used before "
                  "(number %(seen)s). Fetch the current list.", found=found.sequence, seen=seen.sequence)


def _not_compared(keeper: str) -> Refusal:
    return refuse("trust-not-compared", "The trust list of %(keeper)s is not used: its root key was not compared with "
                  "its keeper. Import it with: wildgate keys import", keeper=keeper)


def _stamps(home: Path) -> tuple[tuple[str, int, int, int], ...]:
    """What changes when a trust list does."""
    found = []
    try:
        names = [entry.path for entry in os.scandir(f"{home}/trust") if entry.is_file()]
    except OSError:
        names = []
    for name in sorted([*names, f"{home}/trust.cwt"]):
        try:
            seen = os.stat(name)
        except OSError:
            continue
        found.append((name, seen.st_mtime_ns, seen.st_size, seen.st_ino))
    return tuple(found)


def admit(home: Path, data: bytes, at: datetime, *, fingerprint: str = "",
          speaks_for: Sequence[str] = ()) -> Held | Refusal:
    """Accept a partner's trust list.

    The first one of a keeper needs the `fingerprint` of its root key as its keeper read it out. Later ones follow by
    themselves when they are signed by the same root, or by one that an accepted list had announced. A list speaks for
    its keeper's Party only, unless `speaks_for` (Parties, or "*") says that it is a regional or world list.
    """
    found = read_trust_list(data, None)
    if isinstance(found, Refusal):
        return found
    if refused := _unfit(found, home, at):
        return refused
    before = next((each for each in held(home) if each.keeper == found.operator and not each.own), None)
    seen = before.list if before and before.list else in_force(home, found.operator, FOREVER)
    if refused := _stranger(data, found, seen, fingerprint):
        return refused
    parties = tuple(speaks_for) or (before.speaks_for if before else ()) or (
        (found.operator,) if _is_party(found.operator) else ())
    if refused := _beyond(found, parties):
        return refused
    if refused := _disputed(home, found):
        return refused
    card = {"roots": sorted({found.root.thumbprint.hex(), *_roots(home, found.operator)}), "speaks_for": parties,
            "accepted_at": at.astimezone(UTC).isoformat(timespec="seconds")}
    path = home / "trust" / f"{found.operator}.cwt"
    write_atomically(path.with_suffix(".json"), json.dumps(card, indent=1).encode())
    write_atomically(path, data)
    archive(home, data)
    # Only now is a root that was left behind forgotten: the list it signed is no longer there.
    write_atomically(path.with_suffix(".json"), json.dumps(
        card | {"roots": [found.root.thumbprint.hex()]}, indent=1).encode())
    return Held(found.operator, path, found, parties)


def _unfit(found: TrustList, home: Path, at: datetime) -> Refusal | None:
    if not _is_keeper(found.operator):
        return refuse("trust-operator", "The trust list does not name its keeper in letters and digits.")
    own = read_trust_list((home / "trust.cwt").read_bytes(), None) if (home / "trust.cwt").exists() else None
    if isinstance(own, TrustList) and own.operator == found.operator:
        return refuse("trust-own", "This is a list in the name of this installation's own keeper, %(keeper)s: "
                      "it is published here, never imported.", keeper=found.operator)
    if at > found.expires_at:
        return refuse("trust-ended", "The trust list ended on %(day)s: ask %(keeper)s for the current one.",
                      day=f"{found.expires_at:%Y-%m-%d}", keeper=found.operator)
    if found.issued_at > at + SLACK:
        return refuse("trust-early", "The trust list is dated %(day)s, later than this computer's clock: set the clock "
                      "and try again.", day=f"{found.issued_at:%Y-%m-%d %H:%M} UTC")
    return None


def _stranger(data: bytes, found: TrustList, seen: TrustList | None, fingerprint: str) -> Refusal | None:
    """Why this list does not follow from the one seen before, unless its root key was compared."""
    if seen and found.sequence < seen.sequence:
        return _rolled_back(found, seen)
    if seen and isinstance(read_successor(data, seen), TrustList):
        return None
    if not fingerprint:
        return refuse("trust-fingerprint-needed", "Compare the fingerprint of the root key with %(keeper)s by "
                      "telephone, then give it with --fingerprint: %(fingerprint)s",
                      keeper=found.operator, fingerprint=found.root.fingerprint)
    if not found.root.is_called(fingerprint):
        return refuse("trust-fingerprint", "The fingerprint is not that of this list's root key: it is not the list of "
                      "%(keeper)s. Do not use it, and tell them.", keeper=found.operator)
    return None


def _beyond(found: TrustList, parties: Sequence[str]) -> Refusal | None:
    if EVERYBODY in parties:
        return None
    if not parties:
        return refuse("trust-speaks-for", "%(keeper)s is not a Party: say for which Parties its list may speak with "
                      "--speaks-for.", keeper=found.operator)
    if others := sorted(({entry.party for entry in found.entries} | set(found.parties)) - set(parties)):
        return refuse("trust-speaks-for", "The list of %(keeper)s names keys of %(others)s, for which it may not "
                      "speak.", keeper=found.operator, others=", ".join(others))
    return None


def _disputed(home: Path, found: TrustList) -> Refusal | None:
    """A key that another list at hand gives to another Party, or for another purpose."""
    known = {entry.kid: (entry, each) for each in held(home) if each.list and each.keeper != found.operator
             for entry in each.list.entries}
    for entry in found.entries:
        other, source = known.get(entry.kid, (entry, None))
        if source and (other.party, other.purpose, other.key) != (entry.party, entry.purpose, entry.key):
            return refuse("trust-disputed", "The list of %(keeper)s gives the key %(kid)s to %(party)s, that of "
                          "%(source)s to %(other)s: one of them is wrong, so this one is not taken.",
                          keeper=found.operator, kid=entry.kid.hex(), party=entry.party, source=source.keeper,
                          other=other.party)
    return None


def disagreements(home: Path) -> list[str]:
    """One sentence for each key on which the lists at hand disagree."""
    ring = Keyring([each.list for each in held(home) if each.list])
    return [f"{kid.hex()}: {why.reason}" for kid, why in sorted(ring.conflicts.items())]


def _roots(home: Path, keeper: str) -> list[str]:
    try:
        card: Any = json.loads((home / "trust" / f"{keeper}.json").read_text())
        return [str(root) for root in card["roots"]]
    except (OSError, ValueError, KeyError, TypeError):
        return []


def archive(home: Path, data: bytes) -> Path:
    """Keep a list for ever. The same list is kept once."""
    found = read_trust_list(data, None)
    if isinstance(found, Refusal):
        raise ValueError(found.reason)
    digest = hashlib.sha256(data).hexdigest()
    name = f"{found.operator}-{found.issued_at:%Y%m%dT%H%M%SZ}-{found.sequence:012d}-{digest}.cwt"
    path = home / "trust" / "archive" / name
    if not path.exists():
        write_atomically(path, data)
    return path


def archived(home: Path, keeper: str) -> Iterator[Path]:
    """The kept lists of a keeper, newest first."""
    files = (home / "trust" / "archive").glob(f"{keeper}-[0-9]*Z-*.cwt")
    return iter(sorted(files, key=lambda path: path.name[len(keeper) + 1:], reverse=True))


def in_force(home: Path, keeper: str, at: datetime) -> TrustList | None:
    """The list of `keeper` that readers had at `at`: the newest published by then. None when none is kept."""
    for path in archived(home, keeper):
        if path.name[len(keeper) + 1:] <= f"{at.astimezone(UTC):%Y%m%dT%H%M%SZ}~":
            data = path.read_bytes()
            if not path.name.endswith(f"-{hashlib.sha256(data).hexdigest()}.cwt"):
                continue
            found = read_trust_list(data, None)
            return found if isinstance(found, TrustList) else None
    return None


def lists_of_the_day(home: Path, at: datetime) -> list[TrustList]:
    """All lists in force here at `at`, each restricted as it is today."""
    found = [(each, in_force(home, each.keeper, at)) for each in held(home)]
    return [then if EVERYBODY in each.speaks_for else then.speaking_for(each.speaks_for)
            for each, then in found if then]
