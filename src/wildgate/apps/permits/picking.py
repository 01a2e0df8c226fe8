"""Which species was meant: names as typed become taxa to choose from, each with its Appendix and why that is so."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any, Final

from django.utils.translation import gettext as _

from wildgate.apps.permits import wording
from wildgate.apps.permits.models import Application
from wildgate.apps.species.common_names import common_name
from wildgate.apps.species.selectors import Match, search, suggest
from wildgate.convention import tables
from wildgate.convention.annotation import Cover, annotation
from wildgate.convention.listing import Law, Listed, Listing, NotListed

MOST_MATCHES: Final = 8
EXACT: Final = 100.0
"""The score of a name that is in the lists."""
NEARLY: Final = 0.92
"""How alike two names are, from 0 to 1, when one is probably a slip of the pen."""
LONGEST_NAME, LONGEST_TEXT = 200, 240


@dataclass(frozen=True, slots=True)
class Offer:
    """A taxon to choose. `why`: what puts it into its Appendix, and what its annotation means for the term."""

    accepted: str
    common: str
    appendices: tuple[str, ...]
    matched: str
    why: tuple[str, ...]
    exact: bool


def offers(name: str, case: Application, line: Mapping[str, Any]) -> list[Offer]:
    """What to offer for a name as typed, best first. `line` tells the term and the origin, where they are known."""
    text = name.strip()[:LONGEST_NAME]
    found = {each.accepted: each for each in (*near_names(text, case), *search(text, MOST_MATCHES, party=case.party))}
    return [_offer(each, text, case.law, line) for each in list(found.values())[:MOST_MATCHES]] if text else []


def near_names(name: str, case: Application) -> list[Match]:
    """Species that were probably meant, when the name itself is not in the lists but its genus is."""
    if any(match.score == EXACT for match in search(name, 1, party=case.party)):
        return []
    near = [each for each in dict.fromkeys((*case.law.suggest(name[:LONGEST_NAME]),
                                            *suggest(name[:LONGEST_NAME], party=case.party)))
            if each != name and SequenceMatcher(None, each.casefold(), name.casefold()).ratio() >= NEARLY]
    return [match for each in near for match in search(each, 1, party=case.party)]


def _offer(match: Match, text: str, law: Law, line: Mapping[str, Any]) -> Offer:
    language = wording.language()
    common = common_name(match.accepted, language) or common_name(match.accepted)
    return Offer(match.accepted, common, match.appendices, match.matched if match.matched != match.accepted else "",
                 tuple(why(match.accepted, law, line)), match.accepted == text and match.score == EXACT)


def why(taxon: str, law: Law, line: Mapping[str, Any]) -> list[str]:
    """Why the taxon stands where it stands, in short sentences."""
    origin = str(line.get("origin") or "")
    answer = law.listings(taxon, origin if len(origin) == 2 else None)
    if isinstance(answer, NotListed):
        return [_("In no Appendix.")]
    if not isinstance(answer, Listed):
        return []
    if len(answer.listings) > 1:
        return [_("The Appendix depends on the country of origin: give it below.")]
    return [each for each in (_as_listed(taxon, answer.strictest), _annotated(answer.strictest, line)) if each]


def _as_listed(taxon: str, listing: Listing) -> str:
    """Under which name, and since when, it is listed."""
    parts = [] if listing.label == taxon else [_("listed with %(listing)s") % {"listing": listing.label}]
    if listing.listed_by:
        countries = ", ".join(wording.country_name(code) for code in listing.listed_by[:6])
        parts.append(_("listed by %(countries)s") % {"countries": countries})
    return "; ".join(parts)


def _annotated(listing: Listing, line: Mapping[str, Any]) -> str:
    """What the annotation means for the specimens of this line."""
    codes: Sequence[str] = listing.annotations
    if not codes:
        return ""
    term = str(line.get("term") or "")
    if not tables.term(term):
        return _("Annotation %(codes)s limits what is covered: choose what the specimens are.") % {
            "codes": ", ".join(codes)}
    found = listing.covers(term)
    note = annotation(found.annotation or codes[0])
    values = {"code": found.annotation or ", ".join(codes), "term": wording.term_name(term), "text": ""}
    if note is not None:
        text = note.text_fr if wording.language() == "fr" and note.text_fr else note.text
        values["text"] = text if len(text) <= LONGEST_TEXT else text[:LONGEST_TEXT].rpartition(" ")[0] + " …"
    if found.answer is Cover.NO:
        return _("Annotation %(code)s leaves %(term)s out: no CITES document is needed. (%(text)s)") % values
    if found.answer is Cover.CONDITIONAL:
        return _("Annotation %(code)s: it depends on more than the kind of specimen. (%(text)s)") % values
    return _("Annotation %(code)s covers %(term)s. (%(text)s)") % values
