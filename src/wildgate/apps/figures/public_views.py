"""What everybody may read of the service: the statistics as a page, as open data, and as a feed."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from django.conf import settings
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.cache import get_conditional_response
from django.utils.translation import gettext as _

from wildgate.apps.accounts.gate import Request, public
from wildgate.apps.figures import open_data, public_page
from wildgate.apps.figures.data_sets import DATA_SETS, DataSet
from wildgate.apps.figures.models import Publication
from wildgate.apps.figures.suppression import LEAST
from wildgate.convention import tables

SECONDS = 300
MOST_READ = 200
"""Publications of some four years: a page reads no more, however old the service is."""


@public
def statistics(request: Request) -> HttpResponse:
    """How the service does, for everybody: only what was published, from rows made when a month ended."""
    kept = open_data.newest(_published().order_by("-period", "-id")[:MOST_READ])
    found = {name: {row.period: row for row in kept if row.data_set == name} for name in DATA_SETS}
    months = sorted(found["applications"], reverse=True)
    month = request.GET.get("month", "") if request.GET.get("month", "") in months else (months or [""])[0]
    return render(request, "figures/public.html", {
        "charts": public_page.charts(found), "month": month,
        "tables": [(DATA_SETS[name], table) for name, table in public_page.tables(found, month)],
        "month_name": public_page.period_name(month) if month else "",
        "months": [(each, public_page.period_name(each)) for each in months], "sets": list(DATA_SETS.values()),
        "updated": max((row.at for row in kept), default=None), "licence": open_data.LICENCE, "most": LEAST - 1})


@public
def data_json(request: Request) -> HttpResponse:
    """The catalogue of the data sets."""
    return _json(request, open_data.catalogue(list(_published().defer("rows")), _name()))


@public
def schema_json(request: Request) -> HttpResponse:
    """The schema of the catalogue and of the data sets."""
    return _json(request, open_data.schema(), "application/schema+json")


@public
def set_json(request: Request, name: str) -> HttpResponse:
    """One data set, the newest version of each period."""
    each = _set(name)
    return _json(request, open_data.document(each, open_data.newest(_published().filter(data_set=name))))


@public
def set_csv(request: Request, name: str) -> HttpResponse:
    """The same as CSV."""
    text = open_data.table(_set(name), open_data.newest(_published().filter(data_set=name)))
    answer = _cached(request, text.encode(), "text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return answer


@public
def version_json(request: Request, name: str, period: str, version: int) -> HttpResponse:
    """One version of one period: what stands here never changes."""
    each = _set(name)
    found = list(_published().filter(data_set=name, period=period, version=version))
    if not found:
        raise Http404(_("There is no such version."))
    return _json(request, open_data.document(each, found))


@public
def feed(request: Request) -> HttpResponse:
    """New statistics and new versions, as Atom."""
    found = list(_published().defer("rows").order_by("-at", "-id")[:open_data.IN_THE_FEED])
    return _cached(request, open_data.feed(found, _name()), "application/atom+xml; charset=utf-8")


def _published() -> Any:
    return Publication.objects.filter(party=settings.PARTY)


def _set(name: str) -> DataSet:
    if name not in DATA_SETS:
        raise Http404(_("There is no such data set."))
    return DATA_SETS[name]


def _name() -> str:
    country = tables.country(settings.PARTY)
    return settings.PARTY_NAME or (country.name_en if country else settings.PARTY)


def _json(request: Request, told: dict[str, Any], kind: str = "application/json") -> HttpResponse:
    return _cached(request, json.dumps(told, ensure_ascii=False, indent=1).encode(), kind)


def _cached(request: Request, body: bytes, kind: str) -> HttpResponse:
    """The answer with its tag; nothing but the tag for whoever has it already."""
    tag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    answer = HttpResponse(body, content_type=kind, headers={
        "ETag": tag, "Cache-Control": f"public, max-age={SECONDS}", "Access-Control-Allow-Origin": "*"})
    same = get_conditional_response(request, etag=tag, response=answer)
    return same if isinstance(same, HttpResponse) else answer
