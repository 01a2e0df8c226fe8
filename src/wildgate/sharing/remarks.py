"""What a reader of a file says of it: one catalogue for every format."""

from __future__ import annotations

import json
from typing import Any, Final
from uuid import UUID, uuid5

from wildgate.sharing.bundle import Part, Remark
from wildgate.sharing.marking import Marking, Tlp

UNMARKED: Final = "%(place)s has no marking that we know. It is held as TLP:AMBER+STRICT."
UNKNOWN_MARKING: Final = "%(place)s has a marking that we do not know. Its colour holds as far as there is one."
KEPT_AS_NOTE: Final = "%(place)s has no place of its own here. It is kept as a note, word for word."
OLD_WHITE: Final = "%(place)s is marked TLP:WHITE, as TLP 1 had it. It is held as TLP:CLEAR."
DELETED: Final = "%(place)s is marked as deleted. It was left out."
TWICE: Final = "%(place)s stands twice with the same content. It was taken once."
OLDER: Final = "%(place)s stands there in several versions. The newest was taken."
GRADING_LEFT: Final = "%(place)s has no grading in the Admiralty code. It waits to be graded."
ELSEWHERE: Final = "%(place)s joins things that the file does not hold. It is kept as a note, word for word."


def remark(place: str, code: str, template: str) -> Remark:
    """A remark of the catalogue about one place of the file."""
    return Remark(place, code, template)


def unmarked(owner: str) -> Marking:
    """What has no marking is held as strictly as a colleague of the sender would."""
    return Marking(Tlp.AMBER_STRICT, owner)


def note(value: Any, title: str, marking: Marking, within: UUID, place: str) -> Part:
    """Something that we have no place for, as a part of the report, word for word."""
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, default=str, indent=1)
    return Part(uuid5(within, place), text, marking, title)
