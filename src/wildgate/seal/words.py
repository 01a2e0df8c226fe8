"""What each state means to each reader, and every sentence that a verdict can give as its reason."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from typing import Final

from wildgate.convention.refusal import Refusal, refuse
from wildgate.convention.sentence import as_text
from wildgate.convention.vocabulary import DocumentKind
from wildgate.seal.claims import KIND_NUMBERS
from wildgate.seal.status import State


class Role(Enum):
    """Who asks."""

    EXPORT = "export"
    CARRIER = "carrier"
    IMPORT = "import"
    PUBLIC = "public"


class Answer(Enum):
    """What the reader may do with the goods."""

    ACCEPT = "accept"
    HOLD = "hold"
    REFUSE = "refuse"


_E, _C, _I, _P = Role
_ACCEPT, _HOLD, _REFUSE = Answer


def _for_all(code: str, sentence: str) -> Mapping[Role, tuple[Answer, Refusal]]:
    return dict.fromkeys(Role, (_REFUSE, refuse(code, sentence)))


_BALANCE = (_HOLD, refuse("check-balance", "In use for several shipments: check the balance that is left online."))
_USED = (_REFUSE, refuse("used", "Already used and closed: refuse, and report the attempt to use it again."))

TABLE: Final[Mapping[State, Mapping[Role, tuple[Answer, Refusal]]]] = {
    State.VALID: {
        _E: (_ACCEPT, refuse("may-endorse", "Not used yet: it may be endorsed for export.")),
        _C: (_ACCEPT, refuse("needs-clearance", "Not used yet: the goods still need export clearance.")),
        _I: (_HOLD, refuse("not-endorsed", "Not endorsed at export: hold the goods and ask the issuing authority.")),
        _P: (_ACCEPT, refuse("not-used-yet", "Genuine and not used yet.")),
    },
    State.EXPORTED: {
        _E: (_REFUSE, refuse("already-exported", "Already used for export: a second export on it is refused.")),
        _C: (_ACCEPT, refuse("in-transit", "Endorsed at export: accepted for transit.")),
        _I: (_ACCEPT, refuse("may-close", "Endorsed at export: the import may be closed.")),
        _P: (_ACCEPT, refuse("used-for-export", "Genuine, and used for an export that is under way.")),
    },
    State.PARTLY_USED: {
        _E: _BALANCE, _C: _BALANCE, _I: _BALANCE,
        _P: (_ACCEPT, refuse("in-use", "Genuine, and in use for several shipments.")),
    },
    State.USED: {
        _E: _USED, _C: (_REFUSE, refuse("used", "Already used and closed: refuse.")), _I: _USED,
        _P: (_REFUSE, refuse("used", "Used and closed: it covers no further shipment.")),
    },
    State.CANCELLED: _for_all("cancelled", "Not valid: the authority cancelled this permit or never issued it."),
    State.SUSPENDED: _for_all("suspended", "Not valid now: the authority suspended this permit for an inquiry."),
    State.REPLACED: _for_all("replaced", "Not valid: another permit replaces this one."),
    State.LOST: _for_all("lost", "Not valid: this permit was reported lost or stolen."),
}
"""Role by state. Expiry comes before it: see `EXPIRED`."""

USED_ON_ARRIVAL: Final = frozenset({KIND_NUMBERS[DocumentKind.IMPORT_PERMIT], KIND_NUMBERS[DocumentKind.FROM_THE_SEA]})
ARRIVAL: Final = (_ACCEPT, refuse("may-close", "Not used yet: the import may be closed."))
CROSSING: Final = (_ACCEPT, refuse("may-cross", "A certificate for several crossings, in use: it may cross again."))


def answer_to(role: Role, state: State, kind: int, most_uses: int | None = None) -> tuple[Answer, Refusal]:
    """The table, but a document that is used on arrival only is never endorsed at export first, and a certificate for
    any number of crossings has no balance that could be used up."""
    if role is Role.IMPORT and state is State.VALID and kind in USED_ON_ARRIVAL:
        return ARRIVAL
    if most_uses == 0 and state is State.PARTLY_USED and role is not Role.PUBLIC:
        return CROSSING
    return TABLE[state][role]


SENTENCES: Final[Mapping[str, str]] = {
    "wrong-kind": "This code is signed, but it is neither a permit nor an endorsement.",
    "unknown-party": "The trust list has no key of %(party)s: the code cannot be checked.",
    "unknown-key": "The trust list does not have the key that signed this code in the name of %(party)s: "
                   "the code is forged, or the trust list is out of date.",
    "key-purpose": "The key that signed this code is not for %(what)s: the code is forged.",
    "key-algorithm": "The code names another algorithm than its key has: the code is forged.",
    "signature": "The signature is wrong: the code was altered or forged.",
    "key-party": "A key of %(owner)s signed this code in the name of %(party)s: the code is forged.",
    "key-time": "The code is dated %(date)s, when the key of %(party)s was not in force.",
    "key-retired": "The code is dated %(date)s, after %(party)s had retired the key that signed it: it is forged.",
    "key-stolen-after": "The code is dated %(date)s, after the key that signed it was reported stolen: the code is "
                        "forged.",
    "key-stolen": "The key that signed this code was reported stolen, and no register at hand can tell whether the "
                  "authority issued this permit: ask %(party)s before the goods move.",
    "key-stolen-unlisted": "The key that signed this code was reported stolen, and the register of %(party)s does not "
                           "have this permit: it is forged.",
    "key-stolen-listed": "The key that signed this code was reported stolen, but the register of %(party)s has this "
                         "permit: the authority issued it.",
    "key-stolen-endorsement": "The key that signed this endorsement was reported stolen: rely on what the status list "
                              "or %(party)s says, not on the endorsement.",
    "not-in-register": "The register of %(party)s does not have this permit: it was not issued by the authority.",
    "issued-in-future": "The code is dated %(date)s, later than now: it is forged, or this device's clock is wrong.",
    "expired": "Not valid: the last day of validity was %(date)s.",
    "clock-behind": "The clock of this device is behind the signed lists (%(date)s): set it and check again.",
    "status-missing": "No usable status list of %(party)s is at hand: telephone or check online.",
    "status-expired": "The status list is of %(date)s and too old to rely on: telephone or check online.",
    "status-as-of": "Status as of %(date)s.",
    "status-older": "The permit was issued after the status list of %(date)s: fetch the list or check online.",
    "status-newer": "The status list holds a state that this program does not know: check online.",
    "trust-expired": "The trust list ended on %(date)s: fetch the current one, or telephone.",
    "trust-as-of": "Keys as of %(date)s: the trust list should be renewed.",
    "newer-profile": "The code carries more than this program can show: update the program.",
    "scan-every-page": "This is page %(page)s of %(pages)s: scan every page.",
    "endorsement": "A genuine endorsement by %(party)s: scan the permit too, and compare.",
    "key-stolen-note": "The key that signed this note was reported stolen: ask %(party)s for a new note.",
    "note": "By the Appendices as of %(law)s, %(party)s answers that these goods need no CITES document on this way.",
    "note-listing-changed": "No longer holds since %(date)s: the listing of %(taxon)s changed.",
    "label": "This is the label of permit %(number)s, not the permit: scan the code on the permit itself.",
    "incomplete": "Not complete, not usable: certificate %(number)s was signed beforehand and its holder has not "
                  "completed it. Only the completed print, with another code, counts.",
    "advisory": "%(text)s",
}


def reason(code: str, **values: object) -> Refusal:
    """The sentence of `code` with its values."""
    texts = {name: as_text(value) for name, value in values.items()}
    return Refusal(code, SENTENCES[code] % texts, template=SENTENCES[code], values=texts)
