"""What a seller claims: source, age, purpose, origin, papers, marks, permit numbers. Claims, not facts.

Each claim quotes the words that it rests on, with their place. What a claim is worth is for a register and an officer.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Final

from ahocorasick_rs import AhoCorasick, Implementation, MatchKind

from wildgate.convention import tables
from wildgate.convention.sentence import Sentence, say
from wildgate.convention.tables import read_facts
from wildgate.screening import permit_numbers
from wildgate.screening.flat import LONGEST, Flat, flat, fold
from wildgate.screening.specimen_marks import marks_in

SOURCES: Final = {"captive-bred": "C", "born-in-captivity": "F", "F1": "F", "F2": "C", "wild": "W", "ranched": "R",
                  "farmed": "", "propagated": "A", "pre-convention": "O", "confiscated": "I"}
"""The code that a claimed source would have on a permit; none where the word says too little (farmed: C, D, F or R)."""
SAID: Final = {
    "source": "The seller claims the source “%(value)s”: “%(text)s”.",
    "age": "The seller claims an age: %(value)s: “%(text)s”.",
    "purpose": "The seller names the purpose %(value)s: “%(text)s”.",
    "origin": "The seller names the origin %(value)s: “%(text)s”.",
    "mark": "The text names a mark: %(value)s: “%(text)s”.",
    "permit": "The text quotes the number %(value)s as a permit's, in no form that is known: “%(text)s”.",
    "permit-known": "The text quotes the number %(value)s as a permit's, in a form known of %(party)s (%(scheme)s): "
                    "“%(text)s”.",
    "paper": "The seller speaks of papers: %(value)s: “%(text)s”.",
}
NEAR: Final = 4
LEAD: Final = re.compile(r"[\s:.,#°º()-]*(?:(?:number|no|nos|nr|num|n|is|ref)[\s:.,#°º()-]*)*", re.IGNORECASE)
UNBORDERED: Final = re.compile(r"[\u0e00-\u0eff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
NOT: Final = frozenset({"not", "never", "non", "no", "isnt", "arent", "wasnt", "nicht", "kein", "keine", "pas",
                        "ni", "nunca",
                        "jamais", "не", "neither", "nor", "without"})
NEEDED: Final = re.compile(r" (?:\w+ )?(?:is |are |be )?(?:needed|required|necessary|necessaire|requis|notig|"
                           r"erforderlich|necesario|"
                           r"necesita|necessari) ")
NUMBERED: Final = frozenset({"permit", "certificate", "cert", "cites", "licence", "license", "tag", "ring", "a10",
                             "10", "permiso"})
"""After these words `no` means number."""
BETWEEN: Final = frozenset({"any", "the", "eu", "legal", "valid", "your", "official", "proper", "cites", "de", "su",
                            "sus"})
NONE_BEFORE: Final = frozenset({"no", "not", "without", "sans", "sin", "ohne", "keine", "kein", "senza", "zonder",
                                "sem", "без",
                                "lacking", "missing", "zero"})
CENTURY: Final = re.compile(r"\b(1[5-9]|20)(?:th|st)[ -]*(?:/\s?(?:1[5-9]|20)th\s*)?(?:c\b\.?|cent\b\.?|century)|"
                            r"\b(XV|XVI|XVII|XVIII|XIX)(?:e|ème|eme)?\s+"
                            r"(?:siècle|siecle)|\bsiglo\s+(XV|XVI|XVII|XVIII|XIX)\b|\b(1[5-9])\.\s?(?:jahrhundert|"
                            r"jh)\b", re.IGNORECASE)
CIRCA: Final = re.compile(r"\b(?:circa|ca|c|um|vers|hacia|dated?|made in|from about|datée?|"
                          r"datiert)\b[.:]?\s?(1[5-9]\d\d|20[0-4]\d)"
                          r"(?:'?s)?\b(?!\s*(?:cm|mm|pcs|usd|eur|gbp|km|kg))", re.IGNORECASE)
DECADE: Final = re.compile(r"\b(1[5-9]\d0)'?s\b")
LAST_OLD_YEAR: Final = 1990
MAY_BE_CENTURY: Final = re.compile(r"(?:1[5-9]|20)(?:th|st|\.)|si(?:è|e)cle|siglo", re.IGNORECASE)
MAY_BE_YEAR: Final = re.compile(r"1[5-9]\d\d")
"""Where these find nothing the longer patterns, many times slower, would not either."""
FROM: Final = re.compile(
    r" (?:(?P<verb>origin|country of origin|originating from|originating in|originally from|origine|pays d origine|"
    r"provenance|origen|"
    r"pais de origen|procedencia|herkunft|herkunftsland|ursprung|imported from|import from|wild caught in|"
    r"wild caught from|caught in|"
    r"collected in|collected from|harvested in|harvested from|bred in|farmed in|ranched in|born in|hatched in|"
    r"importe de|importe d|"
    r"importee de|importado de|importada de|procedente de|importiert aus|en provenance de|en provenance du|"
    r"produced in|exported from)"
    r"|(?P<from>from|aus|desde)) "
    r"(?:is )?(?:the |la |le |les |el |du |de |of )?$")
SENT: Final = re.compile(r" (?:ship|ships|shipped|shipping|sent|send|sends|dispatch|dispatched|dispatches|post|"
                         r"posted|postage|delivery|"
                         r"delivered|free|located|selling|sold|seller|me|us|buy|bought|buying|order|ordered|away|far|"
                         r"stamp|stamps|coin|present|traffic|followers|review|news|flights|"
                         r"postcard|versand|envoi|envio|postal)(?: \w+)? $")

SPOKEN: Final = {"usa": "US", "united states": "US", "uk": "GB", "vietnam": "VN", "tanzania": "TZ", "congo": "CG",
                 "drc": "CD",
                 "png": "PG", "laos": "LA", "bolivia": "BO", "venezuela": "VE", "russia": "RU", "ivory coast": "CI",
                 "england": "GB"}
"""Countries as people call them."""


@dataclass(frozen=True, slots=True)
class Claim:
    """One claim. `value` is a word of ours (see `SOURCES`), a code, a country, a mark or a number; `code` the source or
    purpose code it would have. `start` to `end` is its place in the text; `where` says which text."""

    kind: str
    value: str
    start: int
    end: int
    text: str
    code: str = ""
    party: str = ""
    scheme: str = ""
    where: str = "title"

    @property
    def reason(self) -> Sentence:
        """The sentence that an officer reads."""
        kind = "permit-known" if self.kind == "permit" and self.scheme else self.kind
        return say(SAID[kind], value=self.value, text=self.text, party=self.party, scheme=self.scheme)

    def __str__(self) -> str:
        return f"{self.kind}={self.value}"


@dataclass(frozen=True, slots=True)
class Phrase:
    """Words that claim something. With `near`, only where one of these words is near. No kind: a trap."""

    words: str
    kind: str
    value: str
    near: frozenset[str] = frozenset()


class Phrasebook:
    """The shipped phrases, all looked for at once."""

    def __init__(self) -> None:
        rows = list(read_facts("claim_words"))
        groups = {f"@{row['value']}": frozenset(row["phrases"].split(";")) for row in rows if row["kind"] == "near"}
        known: dict[str, Phrase] = {}
        for row in rows:
            for words in map(fold, row["phrases"].split(";") if row["kind"] != "near" else ()):
                kind = "" if row["kind"] == "trap" else row["kind"]
                known.setdefault(words, Phrase(words, kind, row["value"], groups.get(row["near"], frozenset())))
        self.phrases = list(known.values())
        self._automaton = AhoCorasick([each.words for each in self.phrases], matchkind=MatchKind.Standard,
                                      implementation=Implementation.ContiguousNFA)

    def find(self, seen: Flat) -> Iterator[tuple[int, int, Phrase]]:
        """Phrases that stand as whole words; of those that overlap the first, and of these the longest."""
        hits = sorted(((start, -end, which) for which, start, end in
                       self._automaton.find_matches_as_indexes(seen.plain, overlapping=True)))
        taken = 0
        for start, negative, which in hits:
            end, phrase = -negative, self.phrases[which]
            if start < taken or not (_bordered(seen.plain, start, end) or UNBORDERED.match(phrase.words)):
                continue
            if phrase.near and not phrase.near & _around(seen.plain, start, end):
                continue
            taken = end
            yield start, end, phrase


@cache
def phrasebook() -> Phrasebook:
    return Phrasebook()


def read_claims(title: str, description: str = "") -> tuple[Claim, ...]:
    """Every claim of an advert in the order of its texts, each value once a text."""
    found = list(_claims(title, "title"))
    if description:
        found += _claims(description, "description")
    return tuple({(each.kind, each.value): each for each in reversed(found)}.values())[::-1]


def _claims(text: str, where: str) -> list[Claim]:
    text = text[:LONGEST]
    seen = flat(text)
    numbers = [Claim("permit", each.number, each.start, each.end, text[each.start:each.end], party=each.party,
                     scheme=each.scheme, where=where) for each in permit_numbers.quoted(text)]
    marks = [Claim("mark", str(each), each.start, each.end, text[each.start:each.end], where=where)
             for each in marks_in(text)]
    marks = [each for each in marks if not _inside(each, numbers)]
    numbers = [each for each in numbers if not _inside(each, marks)]
    worded = [each for each in (*_worded(seen, where), *_years(text, where), *_origins(seen, where))
              if not _inside(each, [*marks, *numbers]) and not _leads_to(each, numbers, text)]
    return sorted([*worded, *numbers, *marks], key=lambda each: (each.start, each.end))


def _inside(claim: Claim, others: list[Claim]) -> bool:
    return any(each.start <= claim.start and claim.end <= each.end for each in others)


def _leads_to(claim: Claim, numbers: list[Claim], text: str) -> bool:
    """`CITES permit 26QM000031E` is one claim: of a number."""
    return claim.value == "papers" and any(
        claim.end <= each.start <= claim.end + 16 and LEAD.fullmatch(text[claim.end:each.start]) for each in numbers)


def _worded(seen: Flat, where: str) -> Iterator[Claim]:
    for start, end, phrase in phrasebook().find(seen):
        if not phrase.kind:
            continue
        before = _same_clause(seen, start)
        value = phrase.value
        if phrase.words.startswith("no ") and before[-1:] and before[-1] in NUMBERED:
            continue
        if phrase.kind == "paper":
            value = _papers(value, before, seen.plain[end:end + 40])
        elif before and (before[-1] in NOT or before[-2:-1] == ["not"] or before[-2:] in (["isn", "t"], ["aren", "t"])):
            continue
        first, last = seen.written(start, end)
        code = SOURCES.get(value, "") if phrase.kind == "source" else value if phrase.kind == "purpose" else ""
        yield Claim(phrase.kind, value, first, last, seen.text[first:last], code, where=where)


def _same_clause(seen: Flat, start: int) -> list[str]:
    """The words before a place, back to a comma, a stop or a new line."""
    first = max(0, start - 40)
    written = seen.text[seen.place(first):seen.place(start) + 1]
    clause = re.split(r"[,;.:!?()\n|/]|\s[-–—]\s", written[:-1] if written else "")[-1]
    return seen.plain[first:start].split()[-len(fold(clause).split()):] if clause.strip() else []


def _papers(value: str, before: list[str], after: str) -> str:
    """`no CITES papers` are none, and `no CITES papers needed` is another claim."""
    if value in {"papers", "article-10"} and (NONE_BEFORE & set(before[-1:]) or (
            NONE_BEFORE & set(before[-2:-1]) and before[-1] in BETWEEN)):
        value = "none"
    return "exempt" if value == "none" and NEEDED.match(after) else value


def _years(text: str, where: str) -> Iterator[Claim]:
    """Centuries, decades and dated years; a year of our own days is no age."""
    if not any(map(str.isdigit, text)) and "XIX" not in text and "XVIII" not in text:
        return
    for found in CENTURY.finditer(text) if MAY_BE_CENTURY.search(text) else ():
        which = next(filter(None, found.groups())).upper()
        yield Claim("age", f"century-{which}", *found.span(), found[0], where=where)
    for pattern, form in ((CIRCA, "%s"), (DECADE, "%ss")) if MAY_BE_YEAR.search(text) else ():
        for found in pattern.finditer(text):
            twice = pattern is DECADE and CIRCA.search(text[:found.end()], max(0, found.start() - 8))
            if int(found[1]) < LAST_OLD_YEAR and not twice:
                yield Claim("age", form % found[1], *found.span(), found[0], where=where)


def _origins(seen: Flat, where: str) -> Iterator[Claim]:
    """A country after a word that says that the specimen comes from there, not that the parcel does."""
    for start, end, code in _countries_in(seen):
        before = seen.plain[max(0, start - 60):start]
        cue = FROM.search(before)
        if cue is None or (cue["from"] and SENT.search(before[:cue.start() + 1])):
            continue
        first, last = seen.written(start, end)
        yield Claim("origin", code, first, last, seen.text[first:last], party=code, where=where)


def _countries_in(seen: Flat) -> Iterator[tuple[int, int, str]]:
    automaton, names, codes = _country_names()
    taken = 0
    for which, start, end in automaton.find_matches_as_indexes(seen.plain):
        if start >= taken and _bordered(seen.plain, start, end):
            taken = end
            yield start, end, codes[names[which]]


@cache
def _country_names() -> tuple[AhoCorasick, list[str], dict[str, str]]:
    codes: dict[str, str] = {}
    for country in tables.countries():
        if country.kind == "iso":
            for name in (country.name_en, country.name_fr, country.name_es):
                for part in (name, name.split(",")[0], name.split("(")[0]):
                    if len(fold(part)) > 3:
                        codes.setdefault(fold(part), country.code)
    codes |= SPOKEN
    names = list(codes)
    automaton = AhoCorasick(names, matchkind=MatchKind.LeftmostLongest, implementation=Implementation.ContiguousNFA)
    return automaton, names, codes


def _bordered(plain: str, start: int, end: int) -> bool:
    return plain[start - 1] == " " and plain[end] == " "


def _around(plain: str, start: int, end: int) -> frozenset[str]:
    return frozenset((*plain[max(0, start - 60):start].split()[-NEAR:], *plain[end:end + 60].split()[:NEAR]))
