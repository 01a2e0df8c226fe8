"""The language in which an officer writes a profile.

    item.source in {C, D} and party.first_of_taxon and permit.share >= 95 % and declaration.free_zones >= 2

Facts are those of `targeting.fields`. A yes-no fact stands alone or after `not`; texts take `is`, `is not`, `in {…}`,
`begins`; numbers take `<  <=  >  >=  is` with their unit; sets take `has` and `has {…}`. `and` binds closer than `or`;
brackets group. What reads wrongly is refused with its place and, where there is one, what was probably meant.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from difflib import get_close_matches

from wildgate.convention.refusal import Refusal, refuse
from wildgate.convention.sentence import Sentence, say, whole
from wildgate.targeting.fields import FIELDS, Field, Kind
from wildgate.targeting.rule import All, Any, Constant, Op, Rule, Test, deny
from wildgate.targeting.soundness import unsound
from wildgate.targeting.words import fits, meant

LONGEST = 2_000
DEEPEST = 8
MOST_TESTS = 40
MOST_VALUES = 60
NOBODY = re.compile(r"national|ethnic|race|racial|religio|gender|sex\b|age\b|citizen|birth", re.IGNORECASE)
WHO_NOT_TO_SELECT = ("Revised Kyoto Convention, General Annex, Standards 6.3 and 6.4",
                     "WTO Trade Facilitation Agreement, Article 7.4.2")
_TOKEN = re.compile(r"""\s*(?:(?P<quoted>"[^"\n]{1,120}")|(?P<number>\d{1,12}(?:\.\d{1,6})?(?![\w.]))
                    |(?P<op><=|>=|!=|<|>|=)|(?P<mark>[(){},%])|(?P<word>[A-Za-z0-9][\w.-]{0,119}))""", re.VERBOSE)
_NUMBER_OPS = {"<": Op.LESS, "<=": Op.AT_MOST, ">": Op.MORE, ">=": Op.AT_LEAST, "=": Op.IS, "is": Op.IS,
               "!=": Op.IS_NOT}
_TEXT_OPS = {"=": Op.IS, "is": Op.IS, "!=": Op.IS_NOT, "in": Op.IN, "begins": Op.BEGINS}
_KEYWORDS = {"and", "or", "not", "is", "in", "has", "begins"}
_UNITS = {"days": {"day", "days"}, "months": {"month", "months"}, "kg": {"kg"}, "times": {"times"},
          "points": {"point", "points"}, "share": {"%"}, "": set()}


@dataclass(frozen=True, slots=True)
class Token:
    kind: str
    text: str
    at: int


class _Unreadable(Exception):
    def __init__(self, refusal: Refusal) -> None:
        self.refusal = refusal


def parse(text: str, *, hard: bool = False) -> Rule | Refusal:
    """Read and check a rule; the refusal names the place (from 1) in `values["at"]`, and in its sentence."""
    if len(text) > LONGEST:
        return refuse("rule-too-long", "A rule has at most %(most)s characters; make several profiles of it.",
                      most=LONGEST, at=LONGEST, field="when")
    try:
        rule = _Reader(_tokens(text)).whole()
    except _Unreadable as found:
        return _placed(found.refusal, text)
    refused = unsound(rule, hard=hard)
    return _placed(refused, text) if refused else rule


def _placed(refused: Refusal, text: str) -> Refusal:
    """The refusal with its place before it, as whoever typed the rule counts: by line where there are several."""
    if not text.strip() or not (at := refused.values.get("at", "")).isdecimal():
        return refused
    before = text[:int(at) - 1]
    line, sign = before.count("\n") + 1, len(before) - before.rfind("\n")
    place = (say("Line %(line)s, character %(sign)s", line=line, sign=sign) if "\n" in text.strip()
             else say("Character %(sign)s", sign=sign))
    return refuse(refused.code, "%(place)s: %(why)s", basis=refused.basis, field=refused.field,
                  suggestions=refused.suggestions, place=place, why=whole(refused), at=at)


def _tokens(text: str) -> list[Token]:
    found: list[Token] = []
    at = 0
    while text[at:].strip():
        match = _TOKEN.match(text, at)
        if not match or match.lastgroup is None:
            place = at + len(text[at:]) - len(text[at:].lstrip())
            raise _amiss("strange-sign", "“%(found)s” is not part of the rule language.", place + 1,
                         found=text[place:place + 12])
        kind = match.lastgroup
        word = match[kind]
        known = kind == "word" and word.casefold() in _KEYWORDS
        found.append(Token("key" if known else kind, word.casefold() if known else word, match.start(kind) + 1))
        at = match.end()
    found.append(Token("end", "", len(text) + 1))
    return found


class _Reader:
    """Recursive descent over the tokens; depth and number of comparisons are limited before anything is built."""

    def __init__(self, tokens: list[Token]) -> None:
        self.tokens = tokens
        self.place = 0
        self.depth = 0
        self.count = 0

    @property
    def now(self) -> Token:
        return self.tokens[self.place]

    def take(self) -> Token:
        token = self.now
        self.place += token.kind != "end"
        return token

    def eats(self, *texts: str) -> bool:
        if self.now.kind in {"key", "mark", "op"} and self.now.text in texts:
            self.take()
            return True
        return False

    def whole(self) -> Rule:
        if self.now.kind == "end":
            raise _amiss("rule-empty", "Write when the profile applies, for instance: item.listed and not "
                         "item.has_permit.", 1)
        rule = self.either()
        if self.now.kind != "end":
            raise self.expected(say("and, or, or the end"))
        return rule

    def either(self) -> Rule:
        parts = [self.both()]
        while self.eats("or"):
            parts.append(self.both())
        return parts[0] if len(parts) == 1 else Any(tuple(parts))

    def both(self) -> Rule:
        parts = [self.one()]
        while self.eats("and"):
            parts.append(self.one())
        return parts[0] if len(parts) == 1 else All(tuple(parts))

    def one(self) -> Rule:
        self.depth += 1
        if self.depth > DEEPEST:
            raise _amiss("rule-too-deep", "Brackets and denials go %(most)s deep at most.", self.now.at, most=DEEPEST)
        try:
            if self.eats("not"):
                return deny(self.one())
            if self.eats("("):
                inner = self.either()
                if not self.eats(")"):
                    raise self.expected(")")
                return inner
            return self.test()
        finally:
            self.depth -= 1

    def test(self) -> Test:
        self.count += 1
        if self.count > MOST_TESTS:
            raise _amiss("rule-too-wide", "A rule has at most %(most)s comparisons; make several profiles of it.",
                         self.now.at, most=MOST_TESTS)
        token = self.take()
        if token.kind not in {"word", "quoted"}:
            self.place -= token.kind != "end"
            raise self.expected(say("the name of a fact"))
        field = _field(token)
        return {Kind.YES_NO: self.yes_no, Kind.NUMBER: self.number, Kind.TEXT: self.text,
                Kind.SET: self.set}[field.kind](field, token.at)

    def yes_no(self, field: Field, at: int) -> Test:
        answer = True
        if self.now.kind == "op" or self.now.text in {"in", "begins", "has"}:
            raise self.unfit(field, say("stands alone, or after not"))
        if self.eats("is"):
            denied = self.eats("not")
            word = self.take()
            if word.text.casefold() not in {"yes", "no", "true", "false"}:
                raise _amiss("wrong-value", "%(name)s is yes or no, not “%(found)s”.", word.at,
                             ("yes", "no"), name=field.name, found=word.text)
            answer = (word.text.casefold() in {"yes", "true"}) is not denied
        return Test(field, Op.IS, (answer,), at)

    def number(self, field: Field, at: int) -> Test:
        sign = self.now
        if sign.text not in _NUMBER_OPS or sign.kind not in {"op", "key"}:
            raise self.unfit(field, say("is compared with <, <=, >, >= or is"))
        self.take()
        op = _NUMBER_OPS[sign.text]
        if op is Op.IS and self.eats("not"):
            op = Op.IS_NOT
        token = self.take()
        if token.kind != "number":
            raise _amiss("wrong-value", "%(name)s is compared with a number, not with “%(found)s”.",
                         token.at, name=field.name, found=token.text)
        number = self.with_unit(field, token)
        if field.most is not None and number > field.most:
            most = f"{field.most * 100:f} %" if field.unit == "share" else f"{field.most:f}"
            raise _amiss("out-of-range", "%(name)s is never above %(most)s.", token.at, name=field.name,
                         most=most)
        return Test(field, op, (number,), at)

    def with_unit(self, field: Field, token: Token) -> Decimal:
        number, unit = Decimal(token.text), self.now
        if (unit.kind == "mark" and unit.text == "%") or unit.kind == "word":
            if unit.text.casefold() not in _UNITS[field.unit]:
                right = field.unit or "no unit"
                raise _amiss("wrong-unit", "%(name)s is counted in %(right)s, not in “%(found)s”.", unit.at,
                             ("%",) if right == "share" else (right,), name=field.name, found=unit.text,
                             right="% (a share)" if right == "share" else right)
            self.take()
            return number / 100 if field.unit == "share" else number
        if field.unit == "share" and number > 10:
            raise _amiss("wrong-unit", "%(name)s is a share; write %(right)s.", token.at,
                         (f"{token.text} %",), name=field.name, right=f"{token.text} %")
        return number

    def text(self, field: Field, at: int) -> Test:
        denied = self.eats("not")
        sign = self.now
        if sign.text not in _TEXT_OPS or sign.kind not in {"op", "key"}:
            raise self.unfit(field, say("is compared with is, is not, in {…} or begins"))
        self.take()
        op = _TEXT_OPS[sign.text]
        if sign.text == "is":
            denied ^= self.eats("not")
            op = Op.IN if self.eats("in") else op
        values = self.values(field, many=op is Op.IN, whole=op is not Op.BEGINS)
        test = Test(field, op, values, at)
        return Test(field, deny(test).op, values, at) if denied else test  # type: ignore[union-attr]

    def set(self, field: Field, at: int) -> Test:
        denied = self.eats("not")
        if not self.eats("has"):
            raise self.unfit(field, say("is compared with has VALUE or has {…}"))
        many = self.now.text == "{"
        return Test(field, Op.HAS_NOT if denied else Op.HAS, self.values(field, many=many, whole=True), at)

    def values(self, field: Field, *, many: bool, whole: bool) -> tuple[Constant, ...]:
        if not many:
            return (self.value(field, whole=whole),)
        if not self.eats("{"):
            raise self.expected(say("a list such as {C, D}"))
        found = [self.value(field, whole=True)]
        while self.eats(","):
            found.append(self.value(field, whole=True))
        if not self.eats("}"):
            raise self.expected(say(", or }"))
        if len(found) > MOST_VALUES:
            raise _amiss("list-too-long", "A list has at most %(most)s values.", self.now.at, most=MOST_VALUES)
        return tuple(found)

    def value(self, field: Field, *, whole: bool) -> str:
        token = self.take()
        if token.kind not in {"word", "number", "quoted"}:
            self.place -= token.kind != "end"
            raise self.expected(say("a value"))
        text = token.text.strip('"').strip()
        if whole and not fits(field.name, text):
            raise _amiss("wrong-value", "“%(found)s” is no value of %(name)s (%(meaning)s).", token.at,
                         meant(field.name, text), name=field.name, meaning=say(field.meaning), found=text)
        return text

    def unfit(self, field: Field, how: Sentence) -> _Unreadable:
        if self.now.kind == "end":
            return _amiss("wrong-comparison", "%(name)s %(how)s; the rule ends before that.", self.now.at,
                          name=field.name, how=how)
        return _amiss("wrong-comparison", "%(name)s %(how)s; “%(found)s” does not fit.", self.now.at,
                      name=field.name, how=how, found=self.now.text)

    def expected(self, what: str | Sentence) -> _Unreadable:
        if self.now.kind == "end":
            return _amiss("expected", "The rule ends where there should be %(what)s.", self.now.at, what=what)
        return _amiss("expected", "There should be %(what)s here, not “%(found)s”.", self.now.at, what=what,
                      found=self.now.text)


def _field(token: Token) -> Field:
    name = token.text.casefold()
    if name in FIELDS and token.kind == "word":
        return FIELDS[name]
    if NOBODY.search(name):
        raise _amiss("nobody-by-origin", "“%(found)s”: nobody is selected by nationality, ethnicity, "
                     "religion, sex or age.", token.at, basis=WHO_NOT_TO_SELECT, found=token.text)
    raise _amiss("unknown-field", "There is no fact “%(found)s”.", token.at, _near(name), found=token.text)


def _near(name: str) -> list[str]:
    """Facts with a similar name; the part after the point alone counts too."""
    last = name.rsplit(".", 1)[-1]
    same = [field for field in FIELDS if field.rsplit(".", 1)[-1] == last]
    return list(dict.fromkeys([*same, *get_close_matches(name, FIELDS, n=3, cutoff=0.6)]))[:3]


def _amiss(code: str, template: str, at: int, suggestions: Sequence[str] = (), *, basis: tuple[str, ...] = (),
           **values: object) -> _Unreadable:
    return _Unreadable(refuse(code, template, basis=basis, field="when", suggestions=tuple(suggestions), at=at,
                              **values))
