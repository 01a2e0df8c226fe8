"""What is shared: reports as plain values, each thing in them under its own id and its own marking.

The ids stay the same through every format, so that a report that comes back is known again.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Final
from uuid import UUID

from wildgate.sharing.grading import Grading
from wildgate.sharing.marking import Marking, Tlp


class EntityKind(StrEnum):
    """Whom or what a report mentions."""

    PERSON = "person"
    ORGANISATION = "organisation"
    ACCOUNT = "account"
    PHONE = "phone"
    EMAIL = "email"
    ADDRESS = "address"
    VEHICLE = "vehicle"
    VESSEL = "vessel"
    TAXON = "taxon"
    PERMIT = "permit"
    DECLARATION = "declaration"
    SEIZURE = "seizure"
    LISTING = "listing"
    PLACE = "place"


NOMINAL: Final = frozenset({EntityKind.PERSON, EntityKind.ACCOUNT, EntityKind.PHONE, EntityKind.EMAIL,
                            EntityKind.ADDRESS})
"""Kinds that lead to a person by themselves, whatever their marking says."""


class Outcome(StrEnum):
    """What a look again showed."""

    SEEN = "+"
    NOT_SEEN = "-"
    EXPIRED = "expired"


class View(StrEnum):
    """Whether a reader agrees."""

    AGREE = "agree"
    DISAGREE = "disagree"


class Pap(StrEnum):
    """Permissible Actions Protocol: what a recipient may do with it."""

    CLEAR = "CLEAR"
    GREEN = "GREEN"
    AMBER = "AMBER"
    RED = "RED"


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of a report with a marking of its own."""

    uid: UUID
    text: str
    marking: Marking
    title: str = ""


@dataclass(frozen=True, slots=True)
class SharedEntity:
    """Somebody or something that the report mentions."""

    uid: UUID
    kind: EntityKind
    value: str
    marking: Marking


@dataclass(frozen=True, slots=True)
class SharedRelation:
    """That the report joins two of its entities: `owns`, `sells-to`."""

    uid: UUID
    source: UUID
    target: UUID
    kind: str
    marking: Marking


@dataclass(frozen=True, slots=True)
class SharedSighting:
    """That the report, or one of its entities (`about`), was looked for again."""

    uid: UUID
    about: UUID
    outcome: Outcome
    at: datetime
    marking: Marking
    text: str = ""


@dataclass(frozen=True, slots=True)
class SharedOpinion:
    """What a reader thinks of the report; `estimate` in words of probability, such as `very-likely`."""

    uid: UUID
    view: View
    at: datetime
    marking: Marking
    estimate: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True)
class Specimen:
    """What was traded or offered, in the codes of the permit form; empty where it is not known."""

    uid: UUID
    taxon: str
    marking: Marking
    appendix: str = ""
    term: str = ""
    quantity: Decimal | None = None
    unit: str = ""
    source: str = ""
    purpose: str = ""
    permit: str = ""


@dataclass(frozen=True, slots=True)
class SharedReport:
    """One report. Its marking holds title, text, permit numbers and listings; parts and the rest have their own.

    `authority`: where it was written. `permits` and `listings` are references as they were quoted.
    """

    uid: UUID
    number: str
    title: str
    text: str
    authority: str
    created: datetime
    modified: datetime
    marking: Marking
    grading: Grading | None = None
    pap: Pap | None = None
    permits: tuple[str, ...] = ()
    listings: tuple[str, ...] = ()
    parts: tuple[Part, ...] = ()
    specimens: tuple[Specimen, ...] = ()
    entities: tuple[SharedEntity, ...] = ()
    relations: tuple[SharedRelation, ...] = ()
    sightings: tuple[SharedSighting, ...] = ()
    opinions: tuple[SharedOpinion, ...] = ()

    @property
    def taxon(self) -> str:
        """Of its first specimen; empty where it names none."""
        return self.specimens[0].taxon if self.specimens else ""

    @property
    def appendix(self) -> str:
        """The strictest that its specimens name; empty where none does."""
        named = {each.appendix for each in self.specimens}
        return next((each for each in ("I", "II", "III") if each in named), "")


@dataclass(frozen=True, slots=True)
class Bundle:
    """Reports that travel together."""

    reports: tuple[SharedReport, ...] = ()


@dataclass(frozen=True, slots=True)
class Remark:
    """Something that a reader of a file noticed and does not keep to itself: where, and what it did."""

    place: str
    code: str
    template: str

    @property
    def reason(self) -> str:
        return self.template % {"place": self.place}


@dataclass(frozen=True, slots=True)
class Read:
    """What a file held, and what there is to say of it."""

    bundle: Bundle
    remarks: tuple[Remark, ...] = ()


def leaves(marking: Marking) -> bool:
    """Whether a thing so marked may stand in any file at all: RED, and what is for named persons, never does."""
    return marking.tlp < Tlp.RED and marking.named is None


def no_stricter(inner: Marking, outer: Marking) -> bool:
    """Whether who holds `outer` may be told what is marked `inner`: joined, they are no stricter than `outer`."""
    joined = outer.with_stricter(inner)
    return joined == outer
