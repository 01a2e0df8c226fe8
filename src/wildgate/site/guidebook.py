"""The guides as a book: read from Markdown, cut into sections with lasting anchors, and searched in the reader's "
  "language.

A translation has the sections of the English guide in the same order: the anchors are the English ones everywhere.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from django.urls import Resolver404, resolve, reverse
from django.utils.html import escape
from django.utils.safestring import SafeString
from django.utils.text import slugify
from markdown_it import MarkdownIt
from markdown_it.token import Token

import wildgate.data

FOLDER: Final = Path(wildgate.data.__file__).parent / "guide"
READERS: Final[dict[str, frozenset[str]]] = {
    "trader": frozenset({"trader"}), "officer": frozenset({"officer", "countersigner", "print-office"}),
    "scientist": frozenset({"scientist"}), "customs": frozenset({"customs", "supervisor"}),
    "agency": frozenset({"agency"}),
    "carrier": frozenset({"carrier"}), "single-window": frozenset(),
    "risk-manager": frozenset({"risk-manager"}), "risk-engine": frozenset({"risk-manager"}),
    "foreign-authority": frozenset({"foreign"}), "investigator": frozenset({"investigator"}),
    "director-auditor": frozenset({"director", "auditor"}), "administrator": frozenset({"administrator"}),
    "partners": frozenset({"administrator"}), "exchange": frozenset(), "messages": frozenset(),
    "annual-report": frozenset({"officer", "countersigner"}),
    "illegal-trade-report": frozenset({"officer", "countersigner"}),
    "trade-explorer": frozenset(), "trade-signals": frozenset({"scientist", "risk-manager", "officer"}),
    "public-statistics": frozenset({"administrator"}),
    "tips": frozenset({"investigator", "auditor"}), "intelligence": frozenset({"investigator", "supervisor"}),
    "intelligence-stream": frozenset(), "sharing": frozenset({"investigator"}),
    "market": frozenset({"investigator", "officer"}), "notices": frozenset({"officer", "investigator"}),
    "campaigns": frozenset({"scientist", "investigator"}),
    "portal": frozenset({"officer", "investigator", "scientist", "foreign"}),
    "audit": frozenset({"auditor", "investigator"}),
    "data-protection": frozenset({"administrator", "auditor"}),
    "screening": frozenset({"investigator"}), "screening-models": frozenset({"investigator"}),
    "operator": frozenset({"administrator"}), "settings": frozenset({"administrator"}),
    "trade-data": frozenset({"administrator"}),
    "keys": frozenset(), "hub": frozenset(),
}
"""Every guide with the roles that it is written for, in the order of the index."""
ADDRESS: Final = re.compile(r"/(?:[a-z0-9-]+/)*")


@dataclass(frozen=True, slots=True)
class Section:
    """One task of a guide. `words` is its text without markup."""

    anchor: str
    title: str
    html: SafeString
    words: str


@dataclass(frozen=True, slots=True)
class Guide:
    """What one reader is told, in `language`: English where there is no translation."""

    reader: str
    language: str
    title: str
    lead: SafeString
    sections: tuple[Section, ...]


@dataclass(frozen=True, slots=True)
class Hit:
    """A section that answers a question, with the sentence that does."""

    guide: Guide
    section: Section
    sentence: str


@lru_cache(maxsize=64)
def guide(reader: str, language: str) -> Guide | None:
    """The guide for `reader`; None when there is none."""
    if reader not in READERS:
        return None
    path = FOLDER / f"{reader}.{language}.md"
    if language == "en" or not path.exists():
        path, language = FOLDER / f"{reader}.md", "en"
    if not path.exists():
        return None
    tokens = _markdown().parse(path.read_text(encoding="utf-8"))
    anchors = None if language == "en" else [each.anchor for each in (guide(reader, "en") or Guide(*_NOTHING)).sections]
    return _cut(reader, language, tokens, anchors)


@lru_cache(maxsize=8)
def shelf(language: str) -> tuple[Guide, ...]:
    """All guides, each in `language` or in English."""
    return tuple(found for reader in READERS if (found := guide(reader, language)))


def search(question: str, language: str, roles: frozenset[str] = frozenset(), most: int = 20) -> list[Hit]:
    """The sections that answer best, best first; those for the asker's own roles win where they are as good."""
    asked = list(dict.fromkeys(words_of(question)))[:12]
    index = _index(language)
    scores: dict[int, float] = {}
    for word in asked:
        for place, weight in _matches(word, index):
            scores[place] = scores.get(place, 0) + weight
    best = max(scores.values(), default=0)
    ranked = sorted((place for place in scores if scores[place] >= best / 3),
                    key=lambda place: (-round(scores[place] * (1.3 if READERS[index.places[place][0].reader] & roles
                                                               else 1), 3), place))
    return [Hit(*index.places[place], _sentence(index.places[place][1].words, asked)) for place in ranked[:most]]


def words_of(text: str) -> list[str]:
    """The words as they are compared: no accents, no case, no vowel signs, no Arabic article."""
    plain = "".join(sign for sign in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(sign))
    plain = plain.translate(ARABIC)
    return [_without_article(word) for word in re.findall(r"\w+", plain)]


ARABIC: Final = str.maketrans({"ى": "ي", "ة": "ه", "ـ": ""})
ARTICLES: Final = ("وال", "بال", "لل", "ال")


def _without_article(word: str) -> str:
    return next((word[len(each):] for each in ARTICLES if word.startswith(each) and len(word) > len(each) + 2), word)


@dataclass(frozen=True, slots=True)
class Index:
    """Which word stands in which section, and how much it says there."""

    places: tuple[tuple[Guide, Section], ...]
    words: dict[str, dict[int, float]]


@lru_cache(maxsize=8)
def _index(language: str) -> Index:
    places = tuple((book, section) for book in shelf(language) for section in book.sections)
    found: dict[str, dict[int, float]] = {}
    for place, (_book, section) in enumerate(places):
        for word in set(title := words_of(section.title)) | set(text := words_of(section.words)):
            found.setdefault(word, {})[place] = 3 * (word in title) + 1 + math.log(1 + text.count(word))
    rare = {word: math.log(1 + len(places) / len(where)) for word, where in found.items()}
    return Index(places, {word: {place: weight * rare[word] for place, weight in where.items()}
                          for word, where in found.items()})


def _matches(word: str, index: Index) -> Iterator[tuple[int, float]]:
    """Each section with `word`, or with a word that begins like it: the whole word counts most."""
    best: dict[int, float] = {}
    for known, where in index.words.items():
        if known == word:
            share = 1.0
        elif len(word) > 2 and (known.startswith(word) or (len(known) > 3 and word.startswith(known))):
            share = 0.6
        else:
            continue
        for place, weight in where.items():
            best[place] = max(best.get(place, 0), share * weight)
    yield from best.items()


def _sentence(text: str, asked: Sequence[str]) -> str:
    """The sentence that holds most of what was asked."""
    sentences = re.split(r"(?<=[.!?؟])\s+", text)
    found = max(sentences, key=lambda each: sum(any(word.startswith(ask) for word in words_of(each)) for ask in asked))
    return found if len(found) <= 240 else found[:237].rsplit(" ", 1)[0] + " …"


_NOTHING: Final[tuple[Any, ...]] = ("", "", "", SafeString(), ())


@lru_cache(maxsize=1)
def _markdown() -> MarkdownIt:
    """Our own files only, and still: no raw HTML comes through."""
    markdown = MarkdownIt("commonmark", {"html": False}).enable("table")
    markdown.add_render_rule("code_inline", _address_or_code)
    markdown.add_render_rule("link_open", _link_to_guide)
    markdown.add_render_rule("table_open", lambda *_args: '<div class="scroll" tabindex="0" role="group"><table>')
    markdown.add_render_rule("table_close", lambda *_args: "</table></div>")
    return markdown


def _address_or_code(renderer: Any, tokens: Sequence[Token], at: int, *_args: Any) -> str:
    """An address of this site, written as code, becomes a link to that page."""
    text = tokens[at].content
    if ADDRESS.fullmatch(text) and leads_somewhere(text):
        return f'<a href="{escape(text)}"><code dir="ltr">{escape(text)}</code></a>'
    return f'<code dir="ltr">{escape(text)}</code>'


def leads_somewhere(address: str) -> bool:
    try:
        resolve(address)
    except Resolver404:
        return False
    return True


def _link_to_guide(renderer: Any, tokens: Sequence[Token], at: int, options: Any, env: Any) -> str:
    """A link to another guide's file leads to its page."""
    name, _hash, anchor = str(tokens[at].attrGet("href")).partition("#")
    if name.endswith(".md"):
        page = reverse("help-reader", args=[name.removesuffix(".md")])
        tokens[at].attrSet("href", f"{page}#{anchor}" if anchor else page)
    rendered: str = renderer.renderToken(tokens, at, options, env)
    return rendered


def _cut(reader: str, language: str, tokens: list[Token], anchors: list[str] | None) -> Guide:
    """The guide by its headings: the first names it, each of the second rank begins a section."""
    starts = [i for i, token in enumerate(tokens) if token.type == "heading_open" and token.tag == "h2"]
    sections = []
    for number, (start, end) in enumerate(zip(starts, [*starts[1:], len(tokens)], strict=True)):
        title = _plain(tokens[start + 1: start + 2])
        anchor = anchors[number] if anchors is not None and number < len(anchors) else slugify(title)
        sections.append(Section(anchor, title, _html(tokens[start + 3: end]), _plain(tokens[start + 3: end])))
    lead = _html(tokens[3: starts[0] if starts else None])
    return Guide(reader, language, _plain(tokens[1:2]), lead, tuple(sections))


def _html(tokens: list[Token]) -> SafeString:
    markdown = _markdown()
    return SafeString(markdown.renderer.render(tokens, markdown.options, {}))  # our own files; HTML in them is escaped


def _plain(tokens: list[Token]) -> str:
    """The words of some tokens, without markup."""
    texts = ("".join(_word(each) for each in token.children or ()) or token.content
             for token in tokens if token.type in ("inline", "fence"))
    return " ".join(text if text.endswith((".", "?", "!", "؟", ":")) else f"{text}." if len(tokens) > 1 else text
                    for text in texts)


def _word(token: Token) -> str:
    return " " if token.type in ("softbreak", "hardbreak") else token.content
