"""What is written into the register, parsed at the door: a platform, a policy version with its rules."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Final
from urllib.parse import urlsplit

from wildgate.apps.platforms import nominal
from wildgate.apps.platforms.hosts import host_of, own
from wildgate.apps.platforms.models import Platform, Policy
from wildgate.convention import tables
from wildgate.convention.listing import law
from wildgate.convention.refusal import Refusal, refuse
from wildgate.convention.taxonomy import Unknown

MOST_HOSTS, MOST_RULES, MOST_TEXT = 40, 60, 60_000
LONGEST: Final[Mapping[str, int]] = {"code_name": 160, "groups": 500, "products": 500, "evidence": 500, "source": 300}
KEY: Final = re.compile(r"[a-z0-9-]{1,30}")
APPENDICES: Final = ("I", "II", "III")


@dataclass(frozen=True, slots=True)
class PlatformFacts:
    """Who a platform is."""

    name: str
    kind: str
    home: str = ""
    serves: tuple[str, ...] = ()
    hosts: tuple[str, ...] = ()
    state: str = Platform.State.RUNS


@dataclass(frozen=True, slots=True)
class RuleFacts:
    """A rule of a policy: its sentence, and what it is about."""

    key: str
    text: str
    appendices: tuple[str, ...] = ()
    taxon: str = ""
    term: str = ""


@dataclass(frozen=True, slots=True)
class PolicyFacts:
    """What a platform promises, and how that is known."""

    status: str
    valid_from: date
    source: str
    certainty: str = Policy.Certainty.TOLD
    code: str = ""
    code_name: str = ""
    groups: str = ""
    products: str = ""
    evidence: str = ""
    captured_on: date | None = None
    captured_text: str = ""
    valid_to: date | None = None
    rules: tuple[RuleFacts, ...] = ()


def words_of(text: str) -> tuple[str, ...]:
    """Words between blanks, commas or semicolons, each once."""
    return tuple(dict.fromkeys(each for each in re.split(r"[\s,;]+", text) if each))


def platform_facts(given: Mapping[str, str]) -> PlatformFacts | Refusal:
    """A platform as it was typed or stands in a row of a list: fields `name kind home serves hosts state`."""
    name = " ".join(given.get("name", "").split())
    if not name or len(name) > 120:
        return refuse("platform-name", "Write the name of the platform, in at most 120 characters.", field="name")
    kind, state = given.get("kind", "").strip().lower(), given.get("state", "").strip() or Platform.State.RUNS.value
    if kind not in Platform.Kind.values:
        return refuse("platform-kind", "Choose the kind of the platform: %(kinds)s.", field="kind",
                      kinds=", ".join(Platform.Kind.values))
    if state not in Platform.State.values:
        return refuse("platform-state", "Choose whether the platform is in operation.", field="state")
    home, serves = given.get("home", "").strip().upper(), words_of(given.get("serves", "").upper())
    for field, codes in (("home", (home,) if home else ()), ("serves", serves)):
        if wrong := [code for code in codes if tables.country(code) is None]:
            return refuse("no-such-country", "There is no country %(country)s.", field=field, country=wrong[0][:10])
    hosts = _hosts(given.get("hosts", ""))
    return hosts if isinstance(hosts, Refusal) else PlatformFacts(name, kind, home, serves, hosts, state)


def _hosts(text: str) -> tuple[str, ...] | Refusal:
    typed = words_of(text)
    if not typed or len(typed) > MOST_HOSTS:
        return refuse("platform-hosts", "Write at least one address of the platform, and at most %(most)s.",
                      field="hosts", most=MOST_HOSTS)
    for each in typed:
        if not own(host_of(each)):
            return refuse("not-a-host", "%(address)s is not the address of one platform: write it like shop.example.",
                          field="hosts", address=each[:80])
    return tuple(dict.fromkeys(host_of(each) for each in typed))


def checked(facts: PolicyFacts) -> PolicyFacts | Refusal:
    """The same facts, tidied; or the first thing that is missing or does not fit."""
    status = facts.status
    if status not in Policy.Status.values or facts.code not in Policy.Code.values:
        return refuse("policy-status", "Choose how the code of conduct stands.", field="status")
    if status != Policy.Status.NONE and not facts.code:
        return refuse("policy-code", "Say which code it is.", field="code")
    if facts.code == Policy.Code.OTHER and not facts.code_name.strip():
        return refuse("policy-code-name", "Write the name of the code.", field="code_name")
    if status == Policy.Status.NONE and (facts.code or facts.rules):
        return refuse("policy-none", "A platform without a code has no rules to cite.", field="status")
    if not facts.source.strip():
        return refuse("policy-source", "Write where this is known from.", field="source")
    if facts.certainty not in Policy.Certainty.values:
        return refuse("policy-certainty", "Say whether the evidence was read.", field="certainty")
    return _lengths(facts) or _persons(facts) or _dates(facts) or _evidence(facts) or _rules(facts) or replace(
        facts, source=facts.source.strip(), captured_text=facts.captured_text.strip())


def _lengths(facts: PolicyFacts) -> Refusal | None:
    for field, most in LONGEST.items():
        if len(getattr(facts, field)) > most:
            return refuse("policy-long", "It is longer than %(most)s characters.", most=most, field=field)
    return None


def _persons(facts: PolicyFacts) -> Refusal | None:
    """The register is public, and nobody reviews it: nothing in it may look like somebody's address."""
    texts = [(field, getattr(facts, field)) for field in ("code_name", "groups", "products", "source")]
    for found in nominal.look([*texts, *(("rules", rule.text) for rule in facts.rules)]):
        return refuse("policy-nominal", "Everybody reads it: leave out %(words)s.", words=found.words,
                      field=found.field)
    return None


def _dates(facts: PolicyFacts) -> Refusal | None:
    if facts.valid_to is not None and facts.valid_to < facts.valid_from:
        return refuse("policy-dates", "The last day is before the first one.", field="valid_to")
    return None


def _evidence(facts: PolicyFacts) -> Refusal | None:
    if facts.evidence and urlsplit(facts.evidence).scheme not in ("http", "https"):
        return refuse("policy-evidence", "Write the evidence as a web address that begins with https://.",
                      field="evidence")
    if facts.certainty == Policy.Certainty.READ and not (facts.evidence and facts.captured_on):
        return refuse("policy-evidence-read", "Evidence that was read has an address and the day on which it was read.",
                      field="evidence")
    if len(facts.captured_text) > MOST_TEXT:
        return refuse("policy-text-long", "The captured text is longer than %(most)s characters.", most=MOST_TEXT,
                      field="captured_text")
    return None


def _rules(facts: PolicyFacts) -> Refusal | None:
    keys = [rule.key for rule in facts.rules]
    if len(keys) > MOST_RULES or len(set(keys)) != len(keys):
        return refuse("policy-rules", "Each rule needs a key of its own, and there are at most %(most)s of them.",
                      most=MOST_RULES, field="rules")
    return None


def rules_of(text: str) -> tuple[RuleFacts, ...] | Refusal:
    """Rules as people type them, one a line: `key | sentence | Appendices | taxon | term`; the last three may be
    left out, and a line without a bar is a sentence that gets its number as key."""
    found: list[RuleFacts] = []
    for number, line in enumerate((each for each in text.splitlines() if each.strip()), 1):
        rule = _rule(number, [part.strip() for part in line.split("|")])
        if isinstance(rule, Refusal):
            return rule
        found.append(rule)
    return tuple(found)


def _rule(number: int, parts: list[str]) -> RuleFacts | Refusal:
    parts = ["", *parts] if len(parts) == 1 else parts
    key, text, appendices, taxon, term = (parts + [""] * 4)[:5]
    key, term, named = key.lower() or f"r{number}", term.upper(), words_of(appendices.upper())
    if len(parts) > 5 or not KEY.fullmatch(key) or not text or len(text) > 300:
        return refuse("rule-line", "Rule %(number)s is not of the form: key | sentence | Appendices | taxon | term.",
                      number=number, field="rules")
    if not set(named) <= set(APPENDICES):
        return refuse("rule-appendix", "Rule %(number)s names an Appendix that does not exist.", number=number,
                      field="rules")
    if term and tables.term(term) is None:
        return refuse("rule-term", "Rule %(number)s: there is no term %(term)s.", number=number, term=term[:20],
                      field="rules")
    if taxon:
        placed = law().resolve(taxon)
        if isinstance(placed, Unknown):
            return refuse("rule-taxon", "Rule %(number)s: the taxon %(taxon)s is not known.", number=number,
                          taxon=taxon[:80], field="rules", suggestions=law().suggest(taxon))
        taxon = placed.name
    return RuleFacts(key, text, tuple(each for each in APPENDICES if each in named), taxon, term)
