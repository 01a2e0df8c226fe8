"""Is a rule worth keeping? Refused are rules that are always or never true, that select by a country alone, that rest
on intelligence alone, and document stops that rest on statistics.

Law: Revised Kyoto Convention, General Annex, Standards 6.3 and 6.4; WTO Trade Facilitation Agreement, Article 7.4.2.
"""

from __future__ import annotations

from decimal import Decimal

from wildgate.convention.refusal import Refusal, refuse
from wildgate.targeting.fields import Field, Kind, Value
from wildgate.targeting.rule import All, Rule, Test, tests

COUNTRY_FIELDS = frozenset({"declaration.departure", "declaration.destination", "declaration.route", "item.origin"})
STATISTICS = ("rate.", "model.", "intelligence.", "trade.")
NO_ARBITRARY_CHOICE = ("WTO Trade Facilitation Agreement, Article 7.4.2",)
_NEAR = Decimal("0.000001")
_MOST_STEPS = 4_000
_OTHER = "\x00something else"


def unsound(rule: Rule, *, hard: bool) -> Refusal | None:
    """Why a rule that reads well may still not be kept."""
    search = _Search(rule)
    if not search.finds(True):
        return refuse("never-true", "This rule can never be true; look at comparisons that exclude each other.")
    if not search.finds(False):
        return refuse("always-true", "This rule is true of every consignment for which its facts are known.")
    if not _grounded(rule, COUNTRY_FIELDS):
        return refuse("country-alone", "This rule can select by a country alone; add what is suspicious about the "
                      "goods, the papers or the trade.", basis=NO_ARBITRARY_CHOICE)
    if not _grounded(rule, COUNTRY_FIELDS | {"intelligence.points"}):
        return refuse("intelligence-alone", "Intelligence is never the only ground; add a fact of the consignment.")
    statistic = next((test for test in tests(rule) if test.field.name.startswith(STATISTICS)), None)
    if hard and statistic:
        return refuse("stop-by-statistics", "A document stop rests on documents, and %(name)s is a "
                      "statistic; give points instead.", name=statistic.field.name, at=statistic.at)
    return None


def _grounded(rule: Rule, weak: frozenset[str]) -> bool:
    """Does every way in which the rule can be true rest on a field outside `weak`?"""
    if isinstance(rule, Test):
        return rule.field.name not in weak
    answers = (_grounded(part, weak) for part in rule.parts)
    return any(answers) if isinstance(rule, All) else all(answers)


class _Search:
    """Looks for facts that make a rule true or false: values at and beside each constant, field by field. A rule too
    wide to search is given the benefit of the doubt."""

    def __init__(self, rule: Rule) -> None:
        self.rule = rule
        by_field: dict[str, list[Test]] = {}
        for test in tests(rule):
            by_field.setdefault(test.field.name, []).append(test)
        self.choices = {name: _choices(found[0].field, found) for name, found in by_field.items()}
        self.steps = 0

    def finds(self, wanted: bool) -> bool:
        self.steps = 0
        return self._try({}, list(self.choices), wanted)

    def _try(self, facts: dict[str, Value], left: list[str], wanted: bool) -> bool:
        self.steps += 1
        answer = self.rule.judge(facts)
        if answer is not None or self.steps > _MOST_STEPS:
            return answer is wanted or self.steps > _MOST_STEPS
        name, rest = left[0], left[1:]
        return any(self._try({**facts, name: value}, rest, wanted) for value in self.choices[name])


def _choices(field: Field, found: list[Test]) -> list[Value]:
    constants = [value for test in found for value in test.values]
    if field.kind is Kind.YES_NO:
        return [True, False]
    if field.kind is Kind.NUMBER:
        numbers = [value for value in constants if isinstance(value, Decimal)]
        near = {Decimal(0), *(number + step for number in numbers for step in (-_NEAR, Decimal(0), _NEAR))}
        lowest = None if field.name == "intelligence.points" else 0
        highest = field.most if field.is_bounded else None
        return [number for number in sorted(near)
                if (lowest is None or number >= lowest) and (highest is None or number <= highest)]
    words = sorted({str(value) for value in constants})
    if field.kind is Kind.SET:
        return [frozenset(words), frozenset(), *(frozenset({word}) for word in words)]
    return [*words, *(word + _OTHER for word in words), _OTHER]
