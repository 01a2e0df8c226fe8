"""The story of a species: its Appendices now and before, and its trade, in sentences made from the numbers."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any, Final

from django.conf import settings
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from wildgate.apps.explorer import charting, services, telling
from wildgate.apps.explorer.answering import Answer, answer
from wildgate.apps.explorer.naming import meant
from wildgate.apps.permits.wording import country_name, day_pattern, unit_name
from wildgate.apps.quotas import selectors as quotas
from wildgate.apps.species.pages import TaxonFacts, taxon_facts
from wildgate.convention.permit import plain
from wildgate.worldtrade.questions import Question

MOST_QUOTAS: Final = 8
MOST_CHANGES, MOST_OTHERS = 12, 6
MOST_NAMED: Final = 3


def story(name: str, *, today: date, published: int) -> dict[str, Any]:
    """Everything that the page tells; no trade where the records lack the species."""
    facts = taxon_facts(name, party=settings.PARTY)
    folder = services.folder()
    found = meant(folder, Question(taxon=facts.name), party=settings.PARTY)
    if found.question is None and facts.name != name:
        found = meant(folder, Question(taxon=name), party=settings.PARTY)
    told = answer(folder, found.question, official=False, published=published) if found.question else None
    return {
        "facts": facts, "told": told, "listing": list(_listing(facts)), "changes": list(_changes(facts)),
        "sentences": telling.sentences(told) if told else [],
        "counted": charting.specimens(told) if told and told.trend else "", "held_back": bool(told and told.held_back),
        "trend": charting.trend(told) if told else None, "map": charting.world(told) if told else None,
        "mix": charting.mix(told) if told else None, "sources": list(_sources(told)) if told else [],
        "ranked": [each for each in (charting.ranked(told, part) for part in ("exporters", "importers")) if each]
        if told else [],
        "quotas": list(_quotas(facts, today.year)), "year": today.year,
        "choices": [(charting.specimens_of(each.term, each.unit), telling.records(each.records))
                    for each in told.choices[1:MOST_OTHERS + 1]] if told else []}


def _listing(facts: TaxonFacts) -> Iterator[str]:
    """Where the species stands now."""
    if facts.unknown:
        yield _("The name is not known here; it may still be listed.")
    elif not facts.entries:
        yield _("It is not listed in the Appendices of CITES.")
    for entry in facts.entries:
        it = entry.listing
        where = ", ".join(country_name(code) for code in it.countries)
        told = _("It stands in Appendix %(appendix)s") % {"appendix": it.appendix.value}
        if where:
            told = _("Its populations of %(where)s stand in Appendix %(appendix)s") % {
                "where": where, "appendix": it.appendix.value}
        if it.label != facts.name:
            told += " " + _("by the entry %(label)s") % {"label": it.label}
        if it.since:
            told += ", " + _("since %(day)s") % {"day": _day(it.since)}
        yield told.removesuffix(".") + "."


def _changes(facts: TaxonFacts) -> Iterator[str]:
    """What the Appendices said before, the oldest change first."""
    for change in sorted(facts.known_changes, key=lambda one: one.on or one.after or date.max)[:MOST_CHANGES]:
        where = f" ({', '.join(country_name(code) for code in change.countries)})" if change.countries else ""
        values = {"taxon": change.taxon + where, "was": _appendices(change.was or ()), "basis": change.basis,
                  "becomes": _appendices(change.becomes), "day": _day(change.on) if change.on else ""}
        yield (_("%(taxon)s: %(was)s until %(day)s, then %(becomes)s (%(basis)s).") if change.on
               else _("%(taxon)s: %(was)s, later %(becomes)s; the day is not known here (%(basis)s).")) % values


def _appendices(found: tuple[Any, ...]) -> str:
    return ", ".join(_("Appendix %(number)s") % {"number": each.value} for each in found) or _("in no Appendix")


def _day(day: date) -> str:
    return date_format(day, day_pattern())


def _sources(told: Answer) -> Iterator[str]:
    """Which sources make up the trade of the side that is shown, over all its years."""
    sums: dict[str, Any] = {}
    for each in told.mix:
        if each.quantity is not None:
            sums[each.key[1]] = sums.get(each.key[1], 0) + each.quantity
    whole = sum(sums.values())
    for code in sorted(sums, key=lambda code: -sums[code])[:MOST_NAMED]:
        if whole and (percent := int(sums[code] * 100 / whole)):
            yield _("%(percent)s %% of it was: %(source)s.") % {
                "percent": percent, "source": charting.source_in_words(code)}


def _quotas(facts: TaxonFacts, year: int) -> Iterator[str]:
    """The quotas of this year in short."""
    if facts.taxon is None:
        return
    found = quotas.quotas(settings.PARTY, year=year).filter(current=True, taxon__in=facts.lineage)
    for quota in found[:MOST_QUOTAS]:
        where = country_name(quota.country) if quota.country else _("every Party")
        if quota.amount is None:
            yield _("%(where)s: a quota of %(taxon)s is in preparation.") % {"where": where, "taxon": quota.taxon}
        else:
            yield _("%(where)s: %(amount)s %(unit)s of %(taxon)s.") % {
                "where": where, "amount": plain(quota.amount), "unit": unit_name(quota.unit), "taxon": quota.taxon}


