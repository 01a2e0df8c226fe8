"""Which taxon do the names of a title mean together: the head noun governs, the narrower name wins, a colour is none.

"Tiger SHARK jaw" is a shark's, whatever a tiger is; "python snakeskin" is a python's; "ivory coat" is white.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from wildgate.convention.listing import law
from wildgate.convention.sentence import say
from wildgate.convention.taxonomy import Taxon
from wildgate.convention.vocabulary import Kingdom
from wildgate.screening.binomial import binomials, families
from wildgate.screening.cues import COLOUR, HEAD, MODIFIER, OTHER_HEAD, goods, terms, words_of
from wildgate.screening.gazetteer import Found
from wildgate.screening.kin import groups, lineage, rank_of, shared, within
from wildgate.screening.names import CODE, COMMON, GENUS, GROUP, IMPORTED, SCIENTIFIC, SYNONYM, TRADE
from wildgate.screening.normalise import Normal, is_picture
from wildgate.screening.words import shipped_words

LATIN, WORDS = 2, 1
WORKED: Final = frozenset({"IVC", "TEE", "TRO", "SKU", "BON", "SKE", "JWL", "TUS", "CAR"})
"""Beside these ivory and coral are no colours."""
CARVED: Final = frozenset({"carved", "carving", "carvings", "netsuke", "okimono", "sculpted", "sculpture", "figurine",
                           "statue"})
IVORY: Final = frozenset({"ivory", "elfenbein", "ivoire", "marfil", "avorio", "marfim", "tusk", "tusks", "象牙"})
DOMESTIC: Final = ("Bos taurus", "Ovis aries", "Capra hircus", "Sus scrofa", "Oryctolagus cuniculus", "Bubalus bubalis",
                   "Equus caballus", "Gallus gallus")
WIDE: Final = frozenset({"kingdom", "phylum", "class"})
GAP: Final = 3
ALIKE: Final = frozenset({"order", "family", "subfamily", "genus"})
ABOVE_GENUS: Final = frozenset({"family", "subfamily"})


@dataclass(frozen=True, slots=True)
class Candidate:
    """A taxon that some words of the title mean, with the words' place in the text and the words before and after."""

    taxon: str
    weight: int
    start: int
    end: int
    said: str
    hint: bool = False


@dataclass(frozen=True, slots=True)
class Because:
    """A reason with its place in the text."""

    code: str
    says: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Placed:
    """The taxon that is meant, empty where none is; where words of animals end, to see what follows them."""

    taxon: str = ""
    lineage: tuple[str, ...] = ()
    candidates: tuple[Candidate, ...] = ()
    reasons: tuple[Because, ...] = ()
    ends: tuple[int, ...] = field(default=())
    latin: bool = False
    plant: bool = False
    by_colour: bool = False


def place(normal: Normal, found: tuple[Found, ...]) -> Placed:
    """The taxon of a title, by all its names."""
    text = normal.text
    named = [each for each in _named(found, normal) if not each.hint]
    latin = [Candidate(name, LATIN, start, end, text[start:end])
             for name, start, end in (*binomials(text), *families(text))
             if not any(each.start <= start and end <= each.end for each in named)]
    latin = [each for each in latin if each.taxon not in groups()] + [
        Candidate(each.taxon, WORDS, each.start, each.end, each.said) for each in latin if each.taxon in groups()]
    candidates = [each for each in named if not any(_inside(each, other) for other in latin)] + latin
    candidates.sort(key=lambda each: each.start)
    governed = [each for each in candidates if _governed(each, candidates, text)]
    left = [each for each in candidates if each not in governed]
    ends = tuple(_words_before(normal, each.end) for each in candidates)
    reasons = [Because("head", say("is governed by the word after it and names no animal itself"), each.start, each.end)
               for each in governed]
    worked = any(cue.kind in WORKED for cue in terms(normal))
    chosen, by_colour = _without_colours(left, worked)
    taxon, why = _decide(_material(chosen, normal))
    above = lineage(taxon) if taxon else ()
    resolved = law().resolve(taxon) if taxon else None
    plant = isinstance(resolved, Taxon) and resolved.kingdom is Kingdom.PLANT
    is_latin = any(each.weight == LATIN for each in chosen)
    return Placed(taxon, above, tuple(left), (*reasons, *why), ends, is_latin, plant, by_colour)


def _named(found: tuple[Found, ...], normal: Normal) -> list[Candidate]:
    """The candidates of the gazetteer: words of sellers and Latin names as they are, others where they are sure."""
    out = []
    for each in found:
        if not each.taxa or (each.edits and " " not in each.name):
            continue
        surely = each.kind in (COMMON, IMPORTED) and each.sure and not shipped_words().is_weak(each.name)
        if surely or each.kind in (GROUP, TRADE):
            taxon = each.taxa[0] if each.kind == GROUP or len(each.taxa) == 1 else (
                shared(each.taxa[:6]) or each.taxa[0])
            if rank_of(taxon) == "kingdom":
                continue
            latin = each.name not in words_of(MODIFIER) and each.name.capitalize() in law().taxonomy.genera
            weight = LATIN if latin else WORDS
            out.append(Candidate(taxon, weight, each.start, each.end, each.name))
        elif each.kind in (SCIENTIFIC, SYNONYM, GENUS):
            out.append(Candidate(each.taxon, LATIN, each.start, each.end, each.name))
        elif each.kind == CODE:
            out.append(Candidate(each.taxon, WORDS, each.start, each.end, each.name, hint=not _paired(each, normal)))
    return out


def _paired(code: Found, normal: Normal) -> bool:
    """Does a picture of goods stand at the picture of an animal: an elephant and a tooth?"""
    at = normal.word_at(code.start)
    beside = (*normal.words[max(0, at - 1):at], *normal.words[at + 1:at + 2])
    return is_picture(code.name) and any(is_picture(word) and word in goods() for word in beside)


def _inside(one: Candidate, other: Candidate) -> bool:
    return other.start <= one.start and one.end <= other.end


def _governed(one: Candidate, others: list[Candidate], text: str) -> bool:
    """Does a head noun follow at once: tiger SHARK, leopard RAY, tiger's EYE?"""
    if one.weight == LATIN:
        return False
    after = text[one.end:one.end + 40].lower().lstrip(" -–—'’\"“(")
    word = after.split(" ")[0].strip("!,.;:|/\"')")
    if word in words_of(OTHER_HEAD) and not _is_plant(one.taxon):
        return " " not in one.said
    if word not in words_of(HEAD) and (one.said not in words_of(MODIFIER) or word in words_of(COLOUR)):
        return False
    if word == "fish" and " " in one.said:
        return False
    head = next((each for each in others if each.start >= one.end and each.start - one.end <= GAP), None)
    return head is not None and not _alike(one.taxon, head.taxon)


def _alike(one: str, other: str) -> bool:
    """Is one a part of the other, or are both of one order, as alligator and crocodile?"""
    both = shared((one, other))
    return within(one, other) or within(other, one) or (bool(both) and rank_of(both) in ALIKE)


def _is_plant(taxon: str) -> bool:
    found = law().resolve(taxon)
    return isinstance(found, Taxon) and found.kingdom is Kingdom.PLANT


def _without_colours(candidates: list[Candidate], worked: bool) -> tuple[list[Candidate], bool]:
    """Words that are colours or patterns too count only where nothing else is named."""
    plain = [each for each in candidates if each.said not in words_of(COLOUR)]
    bare = not plain and bool(candidates) and not worked
    return (plain or candidates), bare


def _material(candidates: list[Candidate], normal: Normal) -> list[Candidate]:
    """Of a carving the material counts, not what it shows: a tiger of ivory is an elephant's."""
    if CARVED.isdisjoint(normal.words):
        return candidates
    return [each for each in candidates if not IVORY.isdisjoint(each.said.split())] or candidates


def _decide(candidates: list[Candidate]) -> tuple[str, tuple[Because, ...]]:
    """The one taxon, and the words that name it."""
    if not candidates:
        return "", ()
    families_ = [each for each in candidates if rank_of(each.taxon) in ABOVE_GENUS]
    known = [each for each in candidates if each.weight == WORDS or not families_ or len(lineage(each.taxon)) > 2]
    left = _narrowest(known or candidates)
    if len(left) > 1 and any(each.weight == LATIN for each in left):
        left = [each for each in left if each.weight == LATIN]
    if len(left) > 1:
        left = [each for each in left if not each.taxon.startswith(DOMESTIC)] or left
    if len(left) > 1:
        left = [each for each in left if rank_of(each.taxon) == "species"] or left
    names = list(dict.fromkeys(each.taxon for each in left))
    why = tuple(Because("name", say("names %(taxon)s", taxon=each.taxon), each.start, each.end) for each in left)
    if len(names) == 1:
        return names[0], why
    both = shared(names)
    if both and rank_of(both) not in WIDE:
        return both, (*why, Because("shared", say("is one of several names; all are %(taxon)s", taxon=both),
                                    left[0].start, left[0].end))
    first = Because("first", say("is named first among animals that have little in common"), left[0].start,
                    left[0].end)
    return names[0], (*why, first)


def _narrowest(candidates: list[Candidate]) -> list[Candidate]:
    """Without those that only say more widely what another one says."""
    return [each for each in candidates if not any(
        other.taxon != each.taxon and within(other.taxon, each.taxon) for other in candidates)]


def _words_before(normal: Normal, end: int) -> int:
    return next((place for place in range(len(normal.words)) if normal.span(place, place + 1)[0] >= end),
                len(normal.words))
