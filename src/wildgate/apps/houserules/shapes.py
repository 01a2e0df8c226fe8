"""The values that the house's rules hold: one small shape for each kind, and the codes that they choose from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import ClassVar, Protocol

from wildgate.convention.vocabulary import Code


class Form(Code):
    """What a partner Party takes at its border (legal-form register)."""

    ELECTRONIC = "electronic"
    PRINTED = "printed-qr"
    PAPER = "security-paper"


class Use(Code):
    """What a place of entry or exit serves for."""

    ENTRY = "entry"
    EXIT = "exit"
    BOTH = "both"


class Stand(Code):
    """What the authority says of an open fact of the law: it is so, it is not, or it is still open."""

    CONFIRMED = "confirmed"
    NOT_ACCEPTED = "not-accepted"
    OPEN = "open"


class Switch(Code):
    """Whether a national measure holds."""

    ON = "in-force"
    OFF = "off"


class Extra(Code):
    """What a case may cost on top: the tariff may name an amount for each."""

    REPLACEMENT = "replacement"
    RETROSPECTIVE = "retrospective"
    URGENT = "urgent"


class TextKey(Code):
    """The free texts of the site and its letters."""

    CONTACT = "contact"
    APPEAL = "appeal"
    REFUSAL_CLOSING = "refusal-closing"
    PAYMENT = "payment"


class Value(Protocol):
    """What an entry says. `key` names what it is about: a second entry of the same key takes the first one's place."""

    KIND: ClassVar[str]

    @property
    def key(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Holiday:
    """A day on which the authority does not work."""

    KIND: ClassVar[str] = "holiday"
    day: date
    names: Mapping[str, str]

    @property
    def key(self) -> str:
        return self.day.isoformat()


@dataclass(frozen=True, slots=True)
class Week:
    """The free days of the week: Monday is 0."""

    KIND: ClassVar[str] = "week"
    weekend: tuple[int, ...]

    @property
    def key(self) -> str:
        return "week"


@dataclass(frozen=True, slots=True)
class ServiceTime:
    """Working days promised for a decision. What is empty holds for all; `perishable` means: for goods that spoil."""

    KIND: ClassVar[str] = "service-time"
    days: int
    direction: str = ""
    document: str = ""
    group: str = ""
    perishable: bool = False

    @property
    def key(self) -> str:
        return "/".join([self.direction, self.document, self.group, "perishable" if self.perishable else ""])


@dataclass(frozen=True, slots=True)
class OpinionTime:
    """Working days that a Scientific Authority has for its opinion. What is empty holds for all."""

    KIND: ClassVar[str] = "opinion-time"
    days: int
    group: str = ""
    perishable: bool = False

    @property
    def key(self) -> str:
        return "/".join([self.group, "perishable" if self.perishable else ""])


@dataclass(frozen=True, slots=True)
class Tariff:
    """What an application costs: a base, so much for each line after the first `lines_included`, and extras."""

    KIND: ClassVar[str] = "tariff"
    currency: str
    base: Decimal
    per_line: Decimal = Decimal(0)
    lines_included: int = 0
    extras: Mapping[str, str] = field(default_factory=dict)
    document: str = ""

    @property
    def key(self) -> str:
        return self.document or "any"


@dataclass(frozen=True, slots=True)
class Port:
    """A place designated for entry and exit (Art. VIII.3). `codes`: what else it is called in messages: its UN/LOCODE,
    the number of its customs office."""

    KIND: ClassVar[str] = "port"
    name: str
    use: str
    live: bool = False
    groups: tuple[str, ...] = ()
    codes: tuple[str, ...] = ()

    def is_called(self, said: str) -> bool:
        """Is this place meant? Case, spaces and strokes do not matter."""
        return _bare(said) in {_bare(each) for each in (self.name, *self.codes)}

    @property
    def key(self) -> str:
        return self.name


def _bare(said: str) -> str:
    return "".join(filter(str.isalnum, said.casefold()))


@dataclass(frozen=True, slots=True)
class PartnerForm:
    """Which form of permit a partner Party takes."""

    KIND: ClassVar[str] = "partner-form"
    country: str
    form: str

    @property
    def key(self) -> str:
        return self.country


@dataclass(frozen=True, slots=True)
class Remit:
    """What one Scientific Authority advises on: groups and terms, all where none are named (Art. IX.1(b))."""

    KIND: ClassVar[str] = "remit"
    authority: int
    groups: tuple[str, ...] = ()
    terms: tuple[str, ...] = ()
    part: str = ""

    @property
    def key(self) -> str:
        return f"{self.authority}/{self.part}" if self.part else str(self.authority)


@dataclass(frozen=True, slots=True)
class Condition:
    """A sentence for box 5 that officers choose from. Empty taxa and groups mean any."""

    KIND: ClassVar[str] = "condition"
    name: str
    texts: Mapping[str, str]
    taxa: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    direction: str = ""

    @property
    def key(self) -> str:
        return self.name


@dataclass(frozen=True, slots=True)
class FreeText:
    """A text of the site or its letters, by language."""

    KIND: ClassVar[str] = "text"
    name: str
    texts: Mapping[str, str]

    @property
    def key(self) -> str:
        return self.name


@dataclass(frozen=True, slots=True)
class OverlayChoice:
    """A national measure put in force or taken out: a shipped one by its name, or a file of the authority's own."""

    KIND: ClassVar[str] = "overlay"
    name: str
    switch: str
    text: str = ""

    @property
    def key(self) -> str:
        return self.name


@dataclass(frozen=True, slots=True)
class Fact:
    """What the authority says of one open fact of the law (docs/law.md)."""

    KIND: ClassVar[str] = "fact"
    fact: str
    stand: str

    @property
    def key(self) -> str:
        return self.fact


@dataclass(frozen=True, slots=True)
class ActLevel:
    """How strongly one must have signed in for an act that was a signature or a stamp (`accounts.reliability`)."""

    KIND: ClassVar[str] = "act-level"
    act: str
    level: int

    @property
    def key(self) -> str:
        return self.act


@dataclass(frozen=True, slots=True)
class National:
    """Wildlife permits under national law are given here: what one costs, and for how many days it is valid."""

    KIND: ClassVar[str] = "national"
    currency: str
    fee: Decimal
    days: int

    @property
    def key(self) -> str:
        return "national"


@dataclass(frozen=True, slots=True)
class Retention:
    """How many years a class of records is kept (`retained`); 0: for ever."""

    KIND: ClassVar[str] = "retention"
    record: str
    years: int

    @property
    def key(self) -> str:
        return self.record
