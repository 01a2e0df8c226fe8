"""Annotations of the listings: which specimens, told by their term codes, a listing covers."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum
from functools import cache

from wildgate.convention.sentence import Sentence, say
from wildgate.convention.tables import legacy_term, read_facts
from wildgate.convention.tables import term as known_term
from wildgate.convention.vocabulary import Appendix, Purpose, Source

TOKEN = re.compile(r"(\*|[A-Z]{3}|#\d+)(?:@([A-Za-z_-]+)(~)?)?(?:/([A-Z,]+))?(?:!([A-Z,]+))?(?:\?([A-Z,]+))?")


class Cover(str, Enum):
    """Whether a listing covers a specimen. CONDITIONAL: the annotation turns on facts that a term does not tell."""

    YES = "yes"
    NO = "no"
    CONDITIONAL = "conditional"

    def __str__(self) -> str:
        return self.value


@dataclass(frozen=True, slots=True)
class Coverage:
    """The answer to "does this listing cover this specimen?".

    `appendix` is the Appendix that the specimen is traded under: it differs from the listing's where the annotation
    deems "all other specimens" to be of Appendix I (elephants of Botswana, vicuñas, rhinoceroses of Eswatini).
    `annotation` and `text` name the annotation that decided, if one did; `reason` is one sentence.
    """

    answer: Cover
    appendix: Appendix
    annotation: str | None
    text: str
    reason: Sentence


@dataclass(frozen=True, slots=True)
class Specimen:
    """What is asked about: a term code, the names of the taxon from species upwards, and what else is known.

    `country` is the country of origin; `sender` the State that the specimen leaves, None where it is that of origin.
    """

    term: str
    names: tuple[str, ...]
    source: Source | None = None
    purpose: Purpose | None = None
    country: str | None = None
    sender: str | None = None

    @property
    def of_a_species(self) -> bool:
        """Does the name say a species or less, and no cross?"""
        name = self.names[0]
        return " " in name and " x " not in name and not name.endswith(" hybrid")


@dataclass(frozen=True, slots=True)
class Token:
    """One specimen in a list: a term (or `*`), perhaps only of a taxon, from countries, for purposes, of sources.

    `hybrids`: of the taxon's hybrids only, and so of none that goes by the name of a species.
    """

    term: str
    taxon: str = ""
    hybrids: bool = False
    countries: tuple[str, ...] = ()
    not_purposes: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()

    def fits(self, asked: Specimen) -> Cover:
        """YES or NO; CONDITIONAL where the question leaves open what the token turns on."""
        if self.term not in ("*", asked.term) and not self.term.startswith("#"):
            return Cover.NO
        if self.taxon and (self.taxon not in asked.names or (self.hybrids and asked.of_a_species)):
            return Cover.NO
        if asked.purpose is not None and asked.purpose.value in self.not_purposes:
            return Cover.NO
        if self.countries and asked.country is not None and asked.country not in self.countries:
            return Cover.NO
        if self.sources and asked.source is not None and asked.source.value not in self.sources:
            return Cover.NO
        open_ = any(limit and known is None for limit, known in (
            (self.countries, asked.country), (self.sources, asked.source), (self.not_purposes, asked.purpose)))
        return Cover.CONDITIONAL if open_ else Cover.YES


@dataclass(frozen=True, slots=True)
class Annotation:
    """An annotation as printed and as read. `kind`: include, exclude, exclusive, quota or form (of named forms)."""

    code: str
    text: str
    text_fr: str
    kind: str
    default: Cover
    read_as: tuple[Token, ...]
    covered: tuple[Token, ...]
    free: tuple[Token, ...]
    conditional: tuple[Token, ...]
    deemed: Appendix | None

    def says(self, asked: Specimen) -> Cover:
        """What this annotation alone says on a specimen."""
        for token in self.read_as:
            other = annotation(token.term)
            if other and (fit := token.fits(asked)) is not Cover.NO:
                instead = other.says(asked)
                sure = fit is Cover.YES and not (token.countries and asked.sender)  # "originating and exported from"
                return instead if sure or instead is self._itself(asked) else Cover.CONDITIONAL
        return self._itself(asked)

    def _itself(self, asked: Specimen) -> Cover:
        answers = ((self.covered, Cover.YES), (self.free, Cover.NO), (self.conditional, Cover.CONDITIONAL))
        for tokens, answer in answers:
            fits = {token.fits(asked) for token in tokens}
            if Cover.YES in fits:
                return answer
            if Cover.CONDITIONAL in fits:
                return Cover.CONDITIONAL
        return self.default


def coverage(codes: tuple[str, ...], appendix: Appendix, asked: Specimen) -> Coverage:
    """What the annotations of a listing together say: one that frees a specimen frees it, doubt stays doubt."""
    found = [note for code in codes if (note := annotation(code))]
    exclusive = [note for note in found if note.kind == "exclusive"]
    if exclusive:
        return _exclusive(exclusive, appendix, asked)
    doubtful = None
    for note in found:
        says = note.says(asked)
        if says is Cover.NO:
            return Coverage(Cover.NO, appendix, note.code, note.text,
                            say("Annotation %(annotation)s leaves %(term)s out of the listing.", annotation=note.code,
                                term=_named(asked.term)))
        if says is Cover.CONDITIONAL:
            doubtful = doubtful or note
    if doubtful:
        return Coverage(Cover.CONDITIONAL, appendix, doubtful.code, doubtful.text,
                        say("Annotation %(annotation)s covers %(term)s on facts that a term does not tell.",
                            annotation=doubtful.code, term=_named(asked.term)))
    first = found[0] if found else None
    return Coverage(Cover.YES, appendix, first.code if first else None, first.text if first else "",
                    say("The listing covers %(term)s.", term=_named(asked.term)))


def _exclusive(notes: list[Annotation], appendix: Appendix, asked: Specimen) -> Coverage:
    """A listing for one purpose only: what it names is traded under it, all else is deemed of Appendix I.

    `covered` is named without more (hides, trophies not sold); `conditional` on conditions that a trade does not tell.
    """
    for note in notes:
        if any(token.fits(asked) is Cover.YES for token in note.covered):
            return Coverage(Cover.YES, appendix, note.code, note.text,
                            say("Annotation %(annotation)s allows trade in %(term)s.", annotation=note.code,
                                term=_named(asked.term)))
        if any(token.fits(asked) is not Cover.NO for token in (*note.covered, *note.conditional)):
            return Coverage(Cover.CONDITIONAL, appendix, note.code, note.text,
                            say("Annotation %(annotation)s allows trade in %(term)s on its conditions only.",
                                annotation=note.code, term=_named(asked.term)))
    last = notes[0]
    deemed = last.deemed or appendix
    return Coverage(Cover.YES, deemed, last.code, last.text,
                    say("Annotation %(annotation)s deems %(term)s a specimen of a species in Appendix %(appendix)s.",
                        annotation=last.code, term=_named(asked.term), appendix=deemed))


def current_term(code: str) -> str:
    """A historic code by its one successor; any other code as it is."""
    found = known_term(code)
    return code if found is None or found.current else legacy_term(code) or code


@cache
def _named(code: str) -> Sentence:
    found = known_term(code)
    return say("%(name)s (%(code)s)", name=say(found.name_en), code=code) if found else say(
        "the specimen %(code)s", code=code)


@cache
def _annotations() -> dict[str, Annotation]:
    return {r["annotation"]: Annotation(
        r["annotation"], r["text_en"], r["text_fr"], r["kind"], Cover(r["default"]), _tokens(r["read_as"]),
        _tokens(r["covered"]), _tokens(r["free"]), _tokens(r["conditional"]),
        Appendix(r["deemed"]) if r["deemed"] else None) for r in read_facts("annotations")}


def annotation(code: str) -> Annotation | None:
    """The annotation with this code, for example `#15` or `A10`."""
    return _annotations().get(code)


def _tokens(text: str) -> tuple[Token, ...]:
    found = []
    for word in text.split():
        match = TOKEN.fullmatch(word)
        if match is None:
            raise ValueError(f"annotation table: {word}")
        term, taxon, hybrids, *lists = (part or "" for part in match.groups())
        countries, purposes, sources = (tuple(filter(None, part.split(","))) for part in lists)
        found.append(Token(term, taxon.replace("_", " "), bool(hybrids), countries, purposes, sources))
    return tuple(found)
