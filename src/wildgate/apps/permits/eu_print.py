"""A permit on the form family of the European Union, where its measures are in force."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from typing import Any, Final

from wildgate.apps.accounts.access import Actor
from wildgate.apps.permits import documents, page_cards
from wildgate.apps.permits.documents import verify_base
from wildgate.apps.permits.models import Permit
from wildgate.convention.lifecycle import Step
from wildgate.convention.listing import Law
from wildgate.convention.permit import PermitLine
from wildgate.convention.taxonomy import Taxon
from wildgate.kit import editions
from wildgate.kit.national import national
from wildgate.message.eu_form import write_eu_pdf

FORM: Final = "eu-pdf"
TITLE: Final = "European Union"
"""The title of the overlay, shipped or the authority's own completed copy of it."""
Lists = Mapping[str, Mapping[str, Any]]


def in_force(law: Law) -> bool:
    """Are the measures of the European Union among those of this installation?"""
    return any(overlay.title == TITLE for overlay in national(law).overlays)


def write(permit: Permit) -> bytes:
    """The set of forms. Written anew each time: the signed PDF is the original, this one is for paper.

    The Annexes are those of the day of issue: of the edition of the law that the permit was issued by.
    """
    record, application = permit.record, permit.application
    edition = application.rulings.filter(step=Step.ISSUE.value).values_list("edition_id", flat=True).first()
    lists = annexes(editions.measures_of(edition) if edition else ())
    known = {line.block: annex_of(line, application.law, lists) for line in record.lines}
    return write_eu_pdf(record, permit.seals, base_url=verify_base(), annexes=known)


def annexes(texts: Iterable[str]) -> Lists:
    """The lists of the Union's overlay by their letters, A before B: a taxon stands in the first that names it."""
    read = [one for one in map(tomllib.loads, texts) if one.get("title") == TITLE]
    return {name: each for one in read for name, each in sorted(one.get("annex", {}).items())}


def annex_of(line: PermitLine, law: Law, lists: Lists) -> str:
    """The Annex of a line; empty: no list says."""
    taxon = law.resolve(line.taxon)
    names = {line.taxon, *(taxon.lineage if isinstance(taxon, Taxon) else ())}
    for letter, each in lists.items():
        if names.isdisjoint(each.get("except", ())) and (
                line.appendix.value in each.get("appendix", ()) or not names.isdisjoint(each.get("taxa", ()))):
            return letter
    return ""


@page_cards.card
def forms_card(actor: Actor, permit: Permit) -> page_cards.Card | None:
    """The card on a permit's page, where the forms can be had."""
    shown = documents.for_use(permit) and in_force(permit.application.law)
    return page_cards.Card("permits/eu_card.html", None) if shown else None
