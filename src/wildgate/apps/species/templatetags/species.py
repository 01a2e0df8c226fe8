"""Filters that put what the species pages show into words."""

from __future__ import annotations

import re
from typing import Any

from django import template
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from wildgate.apps.species.languages import language_name

register = template.Library()

FOUND_BY = {"scientific name": _("scientific name"), "synonym": _("synonym"), "abbreviation": _("abbreviation"),
            "misspelling": _("misspelling"), "common name": _("common name"), "cross": _("cross"),
            "several": _("used for several taxa"), "subspecies": _("subspecies")}
RANKS = {"kingdom": _("kingdom"), "phylum": _("phylum"), "class": _("class"), "order": _("order"),
         "family": _("family"), "subfamily": _("subfamily"), "genus": _("genus"), "species": _("species"),
         "subspecies": _("subspecies"), "variety": _("variety"), "hybrid": _("hybrid")}
CERTAINTIES = {"native": _("Native"), "present": _("Present"), "introduced": _("Introduced"),
               "introduced?": _("Perhaps introduced"), "reintroduced": _("Reintroduced"), "extinct": _("Extinct"),
               "extinct?": _("Perhaps extinct"), "uncertain": _("Uncertain")}
CHANGES = {"addition": _("Listed"), "deletion": _("Deleted"), "amendment": _("Amended"),
           "reservation": _("Reservation entered"), "reservation-withdrawn": _("Reservation withdrawn")}

PARTS = {**{rank: RANKS[rank] for rank in ("kingdom", "phylum", "family", "genus")}, "class_name": RANKS["class"],
         "order_name": RANKS["order"], "name": _("name"), "author": _("author of the name"),
         "rank": _("rank of the taxon"), "accepted": _("whether the name is accepted"),
         "accepted_source_id": _("accepted name"), "standard": _("standard reference"),
         "appendices": _("Appendices today"), "names": _("synonyms and common names"), "range": _("range States"),
         "listings": _("listings in the Appendices")}
"""What an import may change of a taxon."""


@register.filter
def changed_parts(told: str) -> str:
    """What an import changed of a taxon, `author, names`, in the reader's language."""
    return ", ".join(gettext(str(PARTS.get(part, part))) for part in told.split(", "))


@register.filter
def found_by(told: str) -> str:
    """By what a name was matched: `common name (French), misspelling`, in the reader's language."""
    words = []
    for part in filter(None, told.split(", ")):
        named = re.fullmatch(r"(.+?) \((.+)\)", part)
        word = gettext(str(FOUND_BY.get(named[1] if named else part, part)))
        words.append(f"{word} ({gettext(named[2])})" if named else word)
    return ", ".join(words)


@register.filter
def rank_word(rank: str) -> Any:
    return RANKS.get(str(rank), rank)


@register.filter
def certainty_word(certainty: str) -> Any:
    return CERTAINTIES.get(certainty, certainty)


@register.filter
def change_word(change: str) -> Any:
    return CHANGES.get(change, change)


@register.filter
def language_word(code: str) -> str:
    return gettext(language_name(code))
