"""How strongly somebody must have signed in for an act that used to be a signature or a stamp.

Each such act has a level, set by the Management Authority; an act below its level is refused, and the level that was
used stays with the act's event (UNCITRAL Model Law on Electronic Signatures, Art. 6: as reliable as appropriate).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from enum import IntEnum
from typing import Any

from wildgate.convention.refusal import Refusal, refuse


class Level(IntEnum):
    """What a sign-in proves. A program on the server's own console has no level: whoever is there has the keys."""

    PASSWORD = 1
    """A name and a password."""
    SECOND_FACTOR = 2
    """And a code of the moment; or a national identity that is as strong."""
    KEY = 3
    """A private key in the person's device: a passkey, a certificate in a file, the key of a border device."""
    HARDWARE = 4
    """A private key in hardware that was shown to be such. No sign-in by the web proves it yet."""


ACTS: Mapping[str, Level] = {
    "EDIT_APPLICATION": Level.PASSWORD,
    **dict.fromkeys(("GIVE_OPINION", "GIVE_STANDING_OPINION", "MAKE_STANDING_FINDING", "WORK_CASE", "COUNTERSIGN",
                     "SEND_BACK", "ISSUE", "CANCEL", "SUSPEND", "REINSTATE", "REPLACE", "ENDORSE", "OPEN_EMERGENCY"),
                    Level.SECOND_FACTOR),
}
"""The acts that have a level, by their action's name, with the least that holds where the authority set none."""
METHODS: Mapping[str, Level] = {"password": Level.PASSWORD, "code": Level.PASSWORD, "socialaccount": Level.PASSWORD,
                                "totp": Level.SECOND_FACTOR, "recovery_codes": Level.SECOND_FACTOR,
                                "webauthn": Level.KEY, "identity": Level.SECOND_FACTOR}
"""What each way to sign in proves; several together prove what the strongest does."""
_sources: list[Callable[[str], Mapping[str, int]]] = []


def source(function: Callable[[str], Mapping[str, int]]) -> Callable[[str], Mapping[str, int]]:
    """Register where a Party's own levels are kept: `function(party)` answers with levels by an act's name."""
    _sources.append(function)
    return function


def needed(act: str, party: str) -> Level | None:
    """The level of an act at that Party; None for what was never a signature."""
    if act not in ACTS:
        return None
    for own in _sources:
        if found := own(party).get(act):
            return Level(found)
    return ACTS[act]


def level_of(records: Iterable[Mapping[str, Any]], *, strong_identity: bool = False) -> Level:
    """The level of a session by the ways in which somebody proved to be themselves in it."""
    found = [METHODS.get(str(record.get("type" if record.get("method") == "mfa" else "method", "")), Level.PASSWORD)
             for record in records]
    return max([Level.PASSWORD, *found, *([Level.SECOND_FACTOR] if strong_identity else [])])


def too_low(level: Level | None, act: str, party: str) -> Refusal | None:
    """The refusal of an act for which the sign-in is too weak."""
    if level is None or (least := needed(act, party)) is None or level >= least:
        return None
    return refuse("level-too-low", "This act takes a stronger sign-in: level %(least)s, and you signed in with level "
                  "%(level)s. Sign in again with a second factor or a passkey.", least=int(least), level=int(level),
                  basis=("House rule: levels of signatures",))
