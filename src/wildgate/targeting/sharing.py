"""Profiles as a file, so that administrations can share them: TOML, one table a profile, no case data.

A shared file carries what a profile looks for, its grounds and, where the giver wants, how often it hit; never a
consignment, a party or a result. Whoever reads one becomes its owner and decides whether it comes into force.
"""

from __future__ import annotations

import functools
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from importlib import resources
from typing import Any

from wildgate.convention.refusal import Refusal, refuse
from wildgate.convention.sentence import whole
from wildgate.targeting.profiles import Profile, profile_of

LARGEST = 1_000_000
MOST_PROFILES = 500
KEYS: dict[str, type] = {
    "code": str, "title": str, "when": str, "points": int, "hard": bool, "owner": str, "since": date, "until": date,
    "review": date, "basis": str, "source": str, "scope": list, "indicator": int, "watch": bool, "look_at": str,
}
_IGNORED = {"hits", "inspections"}


@dataclass(frozen=True, slots=True)
class HitRate:
    """How often a profile was right: figures only."""

    inspections: int
    hits: int


def read(content: bytes) -> tuple[Profile, ...] | Refusal:
    """All profiles of a shared file, or the first fault with the place of its profile."""
    if len(content) > LARGEST:
        return refuse("profiles-too-large", "A file of profiles has at most %(most)s bytes.", most=LARGEST)
    try:
        data = tomllib.loads(content.decode())
    except (UnicodeDecodeError, tomllib.TOMLDecodeError, RecursionError) as fault:
        return refuse("profiles-unreadable", "This is no TOML file of profiles: %(fault)s.", fault=str(fault)[:160])
    rows = data.get("profile")
    if not isinstance(rows, list) or not rows or len(rows) > MOST_PROFILES:
        return refuse("profiles-none", "The file should hold [[profile]] tables, at most %(most)s.", most=MOST_PROFILES)
    found: dict[str, Profile] = {}
    for number, row in enumerate(rows, 1):
        profile = _profile(row)
        if isinstance(profile, Profile) and profile.code in found:
            profile = refuse("profile-twice", "There are two profiles “%(found)s”.", found=profile.code, field="code")
        if isinstance(profile, Refusal):
            return refuse(profile.code, "Profile %(number)s (%(name)s): %(why)s", number=number, why=whole(profile),
                          name=row.get("code", "no code") if isinstance(row, dict) else "no table",
                          field=profile.field, basis=profile.basis, suggestions=profile.suggestions)
        found[profile.code] = profile
    return tuple(found.values())


@functools.cache
def shipped() -> tuple[Profile, ...]:
    """The profiles for the 23 indicators that come with the package."""
    found = read(resources.files("wildgate.data").joinpath("profiles.toml").read_bytes())
    if isinstance(found, Refusal):
        raise ValueError(found.reason)
    return found


def _profile(row: object) -> Profile | Refusal:
    if not isinstance(row, dict):
        return refuse("profile-table", "It is no table.")
    for key, value in row.items():
        if key in _IGNORED:
            continue
        if key not in KEYS:
            return refuse("profile-key", "“%(key)s” is not part of a profile.", key=key[:40], field=key)
        if type(value) is not KEYS[key] or (isinstance(value, list) and not all(isinstance(one, str) for one in value)):
            return refuse("profile-value", "“%(key)s” has a value of the wrong kind.", key=key, field=key)
    if missing := [key for key in ("code", "title", "when") if key not in row]:
        return refuse("profile-lacks", "It has no %(key)s.", key=missing[0], field=missing[0])
    known: dict[str, Any] = {key: value for key, value in row.items() if key not in _IGNORED}
    return profile_of(**known)


def write(profiles: Iterable[Profile], *, given_by: str = "", rates: Mapping[str, HitRate] | None = None) -> str:
    """A file for another administration. Owners stay at home; hit rates go along where they are given."""
    out = ["# Risk profiles. Points are house values of the giver; judge them by your own results.\n"]
    if given_by:
        out.append(f"given_by = {_quoted(given_by)}\n")
    for profile in profiles:
        out += ["\n[[profile]]\n", *_lines(profile)]
        if rate := (rates or {}).get(profile.code):
            out.append(f"inspections = {rate.inspections}\nhits = {rate.hits}\n")
    return "".join(out)


def _lines(profile: Profile) -> Iterable[str]:
    yield f"code = {_quoted(profile.code)}\ntitle = {_quoted(profile.title)}\nwhen = {_quoted(profile.when)}\n"
    yield "hard = true\n" if profile.hard else f"points = {profile.points}\n"
    for key in ("basis", "source", "look_at"):
        if value := getattr(profile, key):
            yield f"{key} = {_quoted(value)}\n"
    for key in ("since", "until", "review"):
        if value := getattr(profile, key):
            yield f"{key} = {value.isoformat()}\n"
    if profile.scope:
        yield f"scope = [{', '.join(map(_quoted, profile.scope))}]\n"
    if profile.indicator is not None:
        yield f"indicator = {profile.indicator}\n"
    if profile.watch:
        yield "watch = true\n"


def _quoted(text: str) -> str:
    """A TOML basic string."""
    safe = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\t": "\\t", "\r": "\\r"}
    return '"' + "".join(safe.get(sign, sign if sign >= " " and sign != "\x7f" else f"\\u{ord(sign):04x}")
                         for sign in text) + '"'
