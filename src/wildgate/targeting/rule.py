"""A rule as a tree: what it compares, whether it is true of the facts of a consignment, and how that is said.

Comparing something unknown gives unknown, and a rule that is unknown is not true (Kleene's three values): what nobody
knows never selects a consignment.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from enum import Enum

from wildgate.targeting.fields import Field, Value


class Op(str, Enum):
    """What a comparison asks. There is no "not": a denial is carried down to the comparisons when a rule is read."""

    IS = "is"
    IS_NOT = "is not"
    IN = "in"
    NOT_IN = "not in"
    BEGINS = "begins"
    BEGINS_NOT = "not begins"
    AT_LEAST = ">="
    MORE = ">"
    AT_MOST = "<="
    LESS = "<"
    HAS = "has"
    HAS_NOT = "has not"


OPPOSITE: dict[Op, Op] = {
    Op.IS: Op.IS_NOT, Op.IN: Op.NOT_IN, Op.BEGINS: Op.BEGINS_NOT, Op.AT_LEAST: Op.LESS, Op.MORE: Op.AT_MOST,
    Op.HAS: Op.HAS_NOT,
}
OPPOSITE |= {no: yes for yes, no in OPPOSITE.items()}

Constant = str | bool | Decimal


@dataclass(frozen=True, slots=True)
class Test:
    """One comparison of a field with one or several constants. `at` is its place in the text, from 1."""

    __test__ = False

    field: Field
    op: Op
    values: tuple[Constant, ...]
    at: int = 1

    def judge(self, facts: Mapping[str, Value]) -> bool | None:
        known = settled(self.field, facts.get(self.field.name))
        return None if known is None else _ASKS[self.op](known, self.values)


@dataclass(frozen=True, slots=True)
class All:
    """True when every part is."""

    parts: tuple[Rule, ...]

    def judge(self, facts: Mapping[str, Value]) -> bool | None:
        answers = {part.judge(facts) for part in self.parts}
        return False if False in answers else None if None in answers else True


@dataclass(frozen=True, slots=True)
class Any:
    """True when one part is."""

    parts: tuple[Rule, ...]

    def judge(self, facts: Mapping[str, Value]) -> bool | None:
        answers = {part.judge(facts) for part in self.parts}
        return True if True in answers else None if None in answers else False


Rule = Test | All | Any


def tests(rule: Rule) -> Iterator[Test]:
    """Every comparison of a rule, in the order of its text."""
    if isinstance(rule, Test):
        yield rule
    else:
        for part in rule.parts:
            yield from tests(part)


def deny(rule: Rule) -> Rule:
    """The rule that is true where this one is false; unknown stays unknown."""
    if isinstance(rule, Test):
        return Test(rule.field, OPPOSITE[rule.op], rule.values, rule.at)
    parts = tuple(deny(part) for part in rule.parts)
    return Any(parts) if isinstance(rule, All) else All(parts)


def settled(field: Field, value: Value) -> str | bool | Decimal | frozenset[str] | None:
    """A fact in the one form in which it is compared; None where it is not known or is of another kind."""
    kind = field.kind.value
    if kind == "number" and isinstance(value, (int, float, Decimal)) and not isinstance(value, bool):
        try:
            number = Decimal(str(value))
        except InvalidOperation:
            return None
        return number if number.is_finite() else None
    if kind == "yes-no" and isinstance(value, bool):
        return value
    if kind == "text" and isinstance(value, str):
        return value.strip().casefold() or None
    if kind == "set" and isinstance(value, (set, frozenset)):
        return frozenset(word.strip().casefold() for word in value)
    return None


def _folded(values: tuple[Constant, ...]) -> set[object]:
    return {value.casefold() if isinstance(value, str) else value for value in values}


def _begins(known: object, values: tuple[Constant, ...]) -> bool:
    return any(str(known).startswith(str(value).casefold()) for value in values)


def _has(known: object, values: tuple[Constant, ...]) -> bool:
    return isinstance(known, frozenset) and bool(known & _folded(values))


_ASKS: dict[Op, Callable[[object, tuple[Constant, ...]], bool]] = {
    Op.IS: lambda known, values: known in _folded(values),
    Op.IN: lambda known, values: known in _folded(values),
    Op.IS_NOT: lambda known, values: known not in _folded(values),
    Op.NOT_IN: lambda known, values: known not in _folded(values),
    Op.BEGINS: _begins,
    Op.BEGINS_NOT: lambda known, values: not _begins(known, values),
    Op.AT_LEAST: lambda known, values: known >= values[0],  # type: ignore[operator]
    Op.MORE: lambda known, values: known > values[0],  # type: ignore[operator]
    Op.AT_MOST: lambda known, values: known <= values[0],  # type: ignore[operator]
    Op.LESS: lambda known, values: known < values[0],  # type: ignore[operator]
    Op.HAS: _has,
    Op.HAS_NOT: lambda known, values: not _has(known, values),
}


@dataclass(frozen=True, slots=True)
class Told:
    """One reason as a code and values, so that a screen can word it; `english` is the sentence without a screen."""

    code: str
    template: str
    values: Mapping[str, str]

    @property
    def english(self) -> str:
        return self.template % self.values


TEMPLATES: dict[str, str] = {
    "fact-yes": "%(meaning)s",
    "fact-no": "%(meaning)s: no",
    "fact-is": "%(meaning)s: %(value)s",
    "fact-at-least": "%(meaning)s: %(value)s (%(limit)s or more)",
    "fact-more": "%(meaning)s: %(value)s (more than %(limit)s)",
    "fact-at-most": "%(meaning)s: %(value)s (%(limit)s or less)",
    "fact-less": "%(meaning)s: %(value)s (less than %(limit)s)",
}
"""English of each code of `reasons`. A screen translates the template and the field's meaning."""

_NUMBER_CODES = {Op.AT_LEAST: "fact-at-least", Op.MORE: "fact-more", Op.AT_MOST: "fact-at-most", Op.LESS: "fact-less"}


def reasons(rule: Rule, facts: Mapping[str, Value]) -> tuple[Told, ...]:
    """The comparisons that made a rule true, each said once, with the value that was found."""
    said = {found.field.name + found.op: _told(found, facts[found.field.name]) for found in _true(rule, facts)}
    return tuple(said.values())


def _true(rule: Rule, facts: Mapping[str, Value]) -> Iterator[Test]:
    if rule.judge(facts) is not True:
        return
    if isinstance(rule, Test):
        yield rule
        return
    for part in rule.parts:
        yield from _true(part, facts)


def _told(test: Test, value: Value) -> Told:
    field = test.field
    values = {"field": field.name, "meaning": field.said, "value": shown(field, value)}
    if isinstance(value, bool):
        code = "fact-yes" if value else "fact-no"
    else:
        code = _NUMBER_CODES.get(test.op, "fact-is")
    if code not in {"fact-yes", "fact-no", "fact-is"}:
        values["limit"] = shown(field, test.values[0])
    return Told(code, TEMPLATES[code], values)


def shown(field: Field, value: Value | Constant) -> str:
    """A value as an officer reads it: 97 %, 6 months, consignee and route."""
    if isinstance(value, (set, frozenset)):
        return ", ".join(sorted(value)) or "-"
    if isinstance(value, (int, float, Decimal)) and not isinstance(value, bool):
        number = Decimal(str(value))
        if field.unit == "share":
            return f"{_plain(number * 100, 1)} %"
        return f"{_plain(number, 2)} {field.unit}".strip()
    return str(value)


def _plain(number: Decimal, places: int) -> str:
    text = f"{number:.{places}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
