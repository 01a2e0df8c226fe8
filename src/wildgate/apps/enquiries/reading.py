"""Goods in a traveller's own words: lines of text become quantities, things and the taxa that may be meant.

Pure: it proposes and never decides. Whatever is not sure is several candidates, or none, and then the page asks.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Final

from wildgate.apps.enquiries.everyday import (
    ARTICLE,
    BEING,
    NONE,
    WHOLE,
    Entry,
    being_of,
    entries,
    phrases,
    stem,
)
from wildgate.apps.species.figures import digits
from wildgate.apps.species.index import fold

MOST_LINES: Final = 8
LONGEST_LINE: Final = 200
LONGEST_WORDS: Final = 400
MOST_NAMED: Final = 4
MOST_CANDIDATES: Final = 8
LEATHER: Final = frozenset({"leather", "cuir", "cuero", "wool", "laine", "lana"})
ADJECTIVES: Final = frozenset({"carving", "stuffed", "skin"})
ANY: Final = ("LIV", "BOD", "SKI", "LPS")
UNITS: Final[dict[str, tuple[str, Decimal]]] = {
    "kg": ("KGM", Decimal(1)),
    "kilo": ("KGM", Decimal(1)),
    "kilogram": ("KGM", Decimal(1)),
    "كغ": ("KGM", Decimal(1)),
    "كيلو": ("KGM", Decimal(1)),
    "كيلوغرام": ("KGM", Decimal(1)),
    "g": ("GRM", Decimal(1)),
    "gr": ("GRM", Decimal(1)),
    "gram": ("GRM", Decimal(1)),
    "gramme": ("GRM", Decimal(1)),
    "gramo": ("GRM", Decimal(1)),
    "غ": ("GRM", Decimal(1)),
    "غرام": ("GRM", Decimal(1)),
    "جرام": ("GRM", Decimal(1)),
    "oz": ("GRM", Decimal("28.35")),
    "ounce": ("GRM", Decimal("28.35")),
    "onza": ("GRM", Decimal("28.35")),
    "lb": ("GRM", Decimal("453.6")),
    "pound": ("GRM", Decimal("453.6")),
    "ml": ("MLT", Decimal(1)),
    "مل": ("MLT", Decimal(1)),
    "cl": ("MLT", Decimal(10)),
    "l": ("LTR", Decimal(1)),
    "liter": ("LTR", Decimal(1)),
    "litre": ("LTR", Decimal(1)),
    "litro": ("LTR", Decimal(1)),
    "لتر": ("LTR", Decimal(1)),
}
_COUNTS: Final = {
    word: number
    for number, words in enumerate(
        (
            "one a an un une una uno واحد واحدة",
            "two deux dos pair couple اثنان اثنين",
            "three trois tres ثلاث ثلاثة",
            "four quatre cuatro أربع أربعة",
            "five cinq cinco خمس خمسة",
            "six seis ست ستة",
            "seven sept siete سبع سبعة",
            "eight huit ocho ثماني ثمانية",
            "nine neuf nueve تسع تسعة",
            "ten dix diez عشر عشرة",
        ),
        1,
    )
    for word in map(fold, words.split())
} | {"dozen": 12, "douzaine": 12, "docena": 12}
_UNIT_WORDS: Final = "|".join(sorted(map(re.escape, UNITS), key=len, reverse=True))
_AMOUNT: Final = re.compile(
    rf"(?<![\w.,])(\d{{1,3}}(?:[,\u202f\u00a0 ]\d{{3}})+|\d+(?:[.,]\d+)?)\s*"
    rf"(?:({_UNIT_WORDS})s?(?!\w))?(?!\w)",
    re.IGNORECASE,
)
_COUNTED: Final = rf"(?:\d|(?:{'|'.join(word for word in _COUNTS if word.isascii())})\s)"
_ONE: Final = r"(?:one|an?|une?|una|uno)\s"
_AND: Final = r"\s+(?:and|et|y|plus|\+)\s+"
_SPLIT: Final = re.compile(
    rf"[;\n\r]+|,\s+(?:(?:and|et|y)\s+)?(?={_COUNTED})|{_AND}(?={_COUNTED})(?!{_ONE})|،\s*(?=\d)", re.IGNORECASE
)
_AND_ONE: Final = re.compile(rf"{_AND}(?={_ONE})", re.IGNORECASE)
_LIST: Final = re.compile(r"[,،]\s+")
_SAYING_NOTHING: Final = (
    "the of in with from for and or my some made to on at by bought old antique vintage hand luggage tin jar can",
    "bottle box",
    "le la les de des du en avec pour mon ma mes et ou dans acheté achetée vieux ancien ancienne boîte bouteille",
    "el los las con para mi mis y o del comprado comprada viejo antiguo lata botella caja",
    "من في مع و عند قديم علبة زجاجة",
)
_STOP: Final = frozenset(word for words in _SAYING_NOTHING for word in fold(words).split())

Find = Callable[[str], tuple[str, ...]]
"""Taxa for a common name, the best first: nothing when none is close."""
Place = Callable[[str], str | None]
"""The taxon that a scientific name, or a common name of one taxon only, stands for; None when there is none."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """What may be meant: a term of a taxon. `thing` is the id of an everyday word; without a taxon it is made of
    neither animal nor plant. `instrument`: a musical instrument."""

    taxon: str
    term: str
    unit: str
    thing: str = ""
    instrument: bool = False

    @property
    def key(self) -> str:
        return f"{self.taxon}|{self.term}|{self.thing}" if self.taxon else "none"


@dataclass(frozen=True, slots=True)
class Goods:
    """One kind of goods as read. `quantity` in `unit`, None when it was not said; `year` of purchase if one was."""

    text: str
    quantity: Decimal | None
    unit: str
    year: int | None
    candidates: tuple[Candidate, ...]
    thing: str = ""


def read(text: str, find: Find, place: Place) -> tuple[Goods, ...]:
    """Every kind of goods in `text`, at most MOST_LINES; lines, semicolons and counted lists part them."""
    split = [part.strip(" .,،-–•*\t") for part in _SPLIT.split(digits(text))]
    parts = [each for part in split if part for each in _parted(part[:LONGEST_WORDS], place)]
    goods = [each for part in parts if part for each in _goods(part[:LONGEST_LINE], find, place)]
    return tuple(goods[:MOST_LINES])


def _parted(part: str, place: Place) -> list[str]:
    """One part, or the several that it lists without numbers: "… and a wallet", or a taxon on each side of a comma.

    "A guitar with rosewood and an ivory nut" is one thing: what follows the article is no article of its own.
    """
    head, *rest = _AND_ONE.split(part)
    found = [head]
    for each in rest:
        if any(entry.what in (ARTICLE, WHOLE) for entry, _words in phrases(fold(each).split())):
            found.append(each)
        else:
            found[-1] += f", {each}"
    return [piece for each in found for piece in _listed(each, place)]


def _listed(part: str, place: Place) -> list[str]:
    pieces = [piece for piece in _LIST.split(part) if piece.strip()]
    return pieces if len(pieces) > 1 and all(_scientific(piece, place)[0] for piece in pieces) else [part]


def amounts(text: str) -> tuple[Decimal | None, str, int | None, str]:
    """How much, in which unit (empty: a number of pieces), a year, and the text without them.

    A number before a measure multiplies it ("2 tins of 50 g"); one behind it tells how it is packed.
    """
    count: Decimal | None = None
    measure: tuple[Decimal, str] | None = None
    year: int | None = None
    times = Decimal(1)
    for found in [*_AMOUNT.finditer(text)]:
        number, unit = _number(found[1]), (found[2] or "").lower()
        if not unit and found[1].isdecimal() and 1800 <= int(found[1]) <= 2100:
            year = int(found[1])
        elif unit:
            if measure is None:
                times = count or Decimal(1)
                code, factor = UNITS[unit]
                measure = (number * factor, code)
        elif count is None and measure is None:
            count = number
    rest = _AMOUNT.sub(" ", text)
    if count is None:
        word = next((_COUNTS[word] for word in fold(rest).split() if word in _COUNTS), None)
        count = Decimal(word) if word else None
        if measure and word and _before(text, word):
            times = count or times
    if measure:
        return (measure[0] * times).normalize() + 0, measure[1], year, rest
    return count, "", year, rest


def _before(text: str, count: int) -> bool:
    """Whether the counting word stands before the measure and is more than an article."""
    found = _AMOUNT.search(text)
    return (
        count > 1
        and found is not None
        and any(_COUNTS.get(word) == count for word in fold(text[: found.start()]).split())
    )


def _number(text: str) -> Decimal:
    if re.fullmatch(r"\d{1,3}(?:[,\u202f\u00a0 ]\d{3})+", text):
        return Decimal(re.sub(r"\D", "", text))
    return Decimal(text.replace(",", "."))


def _goods(part: str, find: Find, place: Place) -> Iterator[Goods]:
    quantity, unit, year, rest = amounts(part)
    named, rest = _named(rest, place)
    tokens = fold(rest).replace(".", " ").split()
    found = list(dict.fromkeys(phrases(tokens)))
    groups = list(_groups(found, named, tokens, find))
    for thing, candidates in groups:
        usual = candidates[0].unit if candidates else "NAR"
        amount = quantity if unit or usual == "NAR" or quantity is None else None
        yield Goods(part, amount, unit or usual, year, candidates, thing)


def _groups(
    found: list[tuple[Entry, str]], named: tuple[str, ...], tokens: list[str], find: Find
) -> Iterator[tuple[str, tuple[Candidate, ...]]]:
    """The candidates for each animal or plant that the line names."""
    articles = [entry for entry, _ in found if entry.what == ARTICLE]
    if len(articles) > 1:
        articles = [entry for entry in articles if entry.id not in ADJECTIVES] or articles[:1]
    made = [
        _narrowed(entry, words)
        for entry, words in found
        if entry.what in (BEING, WHOLE)
        and not (words in LEATHER and sum(other.what in (BEING, WHOLE) for other, _ in found) > 1)
    ]
    fake = (
        (Candidate("", "", "NAR", next(entry.id for entry, _ in found if entry.what == NONE)),)
        if any(entry.what == NONE for entry, _ in found)
        else ()
    )
    if named:
        whole = next((entry for entry in made if entry.what == WHOLE), None)
        for taxon in named:
            yield _thing(articles, whole), (*_of_taxon(taxon, articles, whole), *fake)
    elif made:
        for entry in dict.fromkeys(made):
            yield _thing(articles, entry), (*fake, *_of_entry(entry, articles))[:MOST_CANDIDATES]
    elif fake:
        yield fake[0].thing, fake
    else:
        left = " ".join(word for word in tokens if word not in _STOP and word not in _COUNTS)
        taxa = find(left) if left and not articles else _looked_up(tokens, articles, find)
        yield (
            _thing(articles, None),
            tuple(each for taxon in taxa for each in _of_taxon(taxon, articles, None)[:2])[:MOST_CANDIDATES],
        )


def _narrowed(entry: Entry, words: str) -> Entry:
    """A being with the terms of the part that its words name as well: "crocodile skin" is a skin, and no skull.

    Only what is usually made of that being ("turtle shell" is a carapace), and never by the name of the being itself.
    """
    if entry.what != BEING or " " not in words or any(fold(each[0]) == words for each in entry.words.values()):
        return entry
    parts = [each for word in words.split() for each in _part(word) if each.what == ARTICLE]
    named = {term for part in parts for term in part.terms_of(entry.form)}
    terms = tuple(term for term in entry.terms if term in named)
    return replace(entry, terms=terms) if terms else entry


def _part(word: str) -> list[Entry]:
    """What one word names. Leather is skin, whatever animal it is of."""
    return [entries()["skin"]] if stem(word) in map(stem, LEATHER) else [entry for entry, _ in phrases([word])]


def _looked_up(tokens: list[str], articles: list[Entry], find: Find) -> tuple[str, ...]:
    """What stands beside the word for the article may be a common name: "green iguana belt"."""
    known = {
        stem(word)
        for entry in articles
        for words in entry.words.values()
        for each in words
        for word in fold(each).split()
    }
    left = [word for word in tokens if word not in _STOP and word not in _COUNTS and stem(word) not in known]
    return find(" ".join(left)) if left else ()


def _thing(articles: list[Entry], entry: Entry | None) -> str:
    return articles[0].id if articles else entry.id if entry else ""


def _of_entry(entry: Entry, articles: list[Entry]) -> tuple[Candidate, ...]:
    """Each taxon with each term: the usual taxa of the first term come first."""
    terms = _terms(articles, entry)
    taxa = entry.taxa[: MOST_CANDIDATES // min(2, len(terms))]
    return (
        tuple(_candidate(taxon, term, entry, articles) for term in terms[:2] for taxon in taxa)
        if len(terms) < 3
        else tuple(_candidate(taxon, term, entry, articles) for taxon in taxa[:3] for term in terms[:3])
    )


def _of_taxon(taxon: str, articles: list[Entry], whole: Entry | None) -> tuple[Candidate, ...]:
    entry = whole or being_of(taxon)
    terms = _terms(articles, entry) if entry or articles else ANY
    return tuple(_candidate(taxon, term, entry, articles) for term in terms)


def _terms(articles: list[Entry], entry: Entry | None) -> tuple[str, ...]:
    if articles and entry and entry.what == WHOLE:
        return tuple(term for term in entry.terms if term in articles[0].terms_of(entry.form)) or entry.terms
    if articles:
        return articles[0].terms_of(entry.form if entry else "*")
    return entry.terms if entry else ANY


def _candidate(taxon: str, term: str, entry: Entry | None, articles: list[Entry]) -> Candidate:
    thing = articles[0] if articles else entry
    unit = articles[0].unit if articles and (entry is None or entry.what == BEING) else entry.unit if entry else "NAR"
    return Candidate(
        taxon,
        term,
        "NAR" if term == "LIV" else unit,
        thing.id if thing else "",
        bool(thing and "instrument" in thing.marks),
    )


def _named(text: str, place: Place) -> tuple[tuple[str, ...], str]:
    """Every taxon that the text names, so that none of several materials is lost, and the text without them. Behind
    the first only names of several words count: one word alone is too often something else."""
    taxon, rest = _scientific(text, place)
    found = [taxon] if taxon else []
    while taxon and len(found) < MOST_NAMED:
        taxon, left = _scientific(rest, place, shortest=2)
        if taxon:
            found, rest = [*found, taxon], left
    return tuple(dict.fromkeys(found)), rest


def _scientific(text: str, place: Place, *, shortest: int = 1) -> tuple[str | None, str]:
    """The first name that stands for one taxon, and the text without it: the longest first, everyday words never."""
    words = text.split()
    for length in range(4, shortest - 1, -1):
        for at in range(len(words) - length + 1):
            name = " ".join(words[at : at + length]).strip(".,()")
            if (length > 1 or name[:1].isupper()) and not _everyday(name) and (taxon := place(name)):
                return taxon, " ".join([*words[:at], *words[at + length :]])
    return None, text


def _everyday(name: str) -> bool:
    """Whether the name is an everyday word, or begins or ends with a word that says nothing of a taxon."""
    tokens = fold(name).split()
    return (
        not tokens
        or tokens[0] in _STOP
        or tokens[-1] in _STOP
        or any(len(words.split()) == len(tokens) or entry.what == ARTICLE for entry, words in phrases(tokens))
    )
