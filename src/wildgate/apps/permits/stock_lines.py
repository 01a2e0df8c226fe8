"""A line of an application that draws from stock: the entries to choose from, and the papers that come with one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from django.utils.translation import gettext as _

from wildgate.apps.permits import wording
from wildgate.apps.permits.answers import OUTWARD
from wildgate.apps.permits.choices import Choice
from wildgate.apps.permits.forms import Input, Page
from wildgate.apps.permits.models import Application
from wildgate.apps.stock import selectors
from wildgate.convention.permit import plain
from wildgate.convention.stock import OLDEST, Stock
from wildgate.convention.vocabulary import Source


def stocks_of(case: Application) -> list[Stock]:
    """The holder's entries that lines of this application may draw from; none where nothing leaves."""
    if case.answers.get("direction") not in OUTWARD:
        return []
    found = selectors.choosable(case.party, case.organisation_id)
    named = {line.get("stock", "") for line in case.answers.get("lines", ())} - {stock.number for stock in found}
    return found if named <= {"", OLDEST} else [
        *found, *(stock for number in sorted(named - {"", OLDEST})
                  if (stock := selectors.named(case.party, case.organisation_id, number)))]


def with_stock(page: Page, case: Application, stocks: Sequence[Stock]) -> Page:
    """The page of a line's specimens with the question which stock they are taken from, where the holder has any."""
    if page.line is None or not page.step.startswith("line-") or not stocks:
        return page
    lines = case.answers.get("lines", [])
    value = lines[page.line].get("stock", "") if page.line < len(lines) else ""
    choices = (Choice(OLDEST, _("The oldest entry that fits")), *(Choice(each.number, told(each)) for each in stocks))
    asked = Input("stock", "select", _("Taken from your stock"), _("The species, the source and the papers of the "
                  "origin then come from the entry."), value, choices, optional=True)
    return replace(page, inputs=(asked, *page.inputs))


def told(stock: Stock) -> str:
    """An entry in one line: number, species, kind, origin, what is left."""
    origin = " ".join(filter(None, (stock.origin.country, stock.origin.number)))
    left = _("%(left)s left") % {"left": f"{plain(stock.free)} {'' if stock.unit == 'NAR' else stock.unit}".strip()}
    return " · ".join((stock.number, stock.taxon, wording.term_name(stock.term), f"{stock.source} {origin}", left))


def filled(given: dict[str, Any], case: Application) -> dict[str, Any]:
    """What was typed, with the facts of the stock entry in every line that names one."""
    lines = given.get("lines", ())
    if not any(line.get("stock") not in (None, "", OLDEST) for line in lines):
        return given
    known = {stock.number: stock for stock in selectors.choosable(case.party, case.organisation_id)}
    return {**given, "lines": [carried(line, known[line["stock"]]) if line.get("stock") in known else line
                               for line in lines]}


def carried(line: Mapping[str, str], stock: Stock) -> dict[str, str]:
    """The line with species, term, source and papers of the entry that it is taken from (boxes 7, 9, 10, 12, 12a)."""
    last = stock.last
    facts = {
        "taxon": stock.taxon, "term": stock.term, "source": stock.source, "second_source": stock.second_source,
        "origin": stock.origin.country, "origin_permit": stock.origin.number,
        "origin_permit_date": stock.origin.issued_on.isoformat() if stock.origin.issued_on else "",
        "last_country": last.country if last else "", "last_permit": last.number if last else "",
        "last_permit_date": last.issued_on.isoformat() if last and last.issued_on else "",
    }
    if stock.source == Source.PRE_CONVENTION.value and stock.acquired:
        facts["acquired"] = stock.acquired.isoformat()
    kept = {name: text for name, text in facts.items() if text or name in line}
    return {**line, **kept, "unit": line.get("unit") or stock.unit}
