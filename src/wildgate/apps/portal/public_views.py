"""What everybody may read: the search, each submission and its versions, the register of platforms, data and feed.

No page sets a cookie: the language stands in the address or in what the browser asks for.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any, Final
from urllib.parse import urlencode

from django.conf import settings
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.template.loader import render_to_string
from django.utils.cache import get_conditional_response, patch_vary_headers
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from wildgate.apps.accounts.gate import Request, public
from wildgate.apps.figures.open_data import LICENCE
from wildgate.apps.platforms import selectors as register
from wildgate.apps.platforms import wording as register_words
from wildgate.apps.platforms.forms import FilterForm
from wildgate.apps.portal import open_data, selectors, showing
from wildgate.apps.portal.basis import VERSIONS
from wildgate.apps.portal.forms import SearchForm
from wildgate.apps.portal.kinds import KINDS
from wildgate.apps.portal.models import Submission
from wildgate.convention import tables
from wildgate.kit.long_lists import KeyPaginator

SECONDS: Final = 300
ON_A_PAGE: Final = 20
PLATFORMS_ON_A_PAGE: Final = 50
GONE: Final = 410
LANGUAGES: Final = dict(settings.LANGUAGES)


def in_its_language(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Make the whole page in the language of the address (`?lang=`), where it names one."""
    @wraps(view)
    def made(request: Request, *args: Any, **kwargs: Any) -> HttpResponse:
        asked = request.GET.get("lang", "")
        with override(asked if asked in LANGUAGES else get_language()):
            return view(request, *args, **kwargs)
    return made


@public
@require_safe
@in_its_language
def index(request: Request) -> HttpResponse:
    """The search over what was published."""
    asked = selectors.Asked.of(request.GET)
    page = KeyPaginator(selectors.public(asked).filter(withdrawn_at=None), ON_A_PAGE).get_page(request.GET.get("page"))
    query = urlencode({name: value for name in asked.__slots__ if (value := getattr(asked, name))})
    return _page(request, "portal/index.html", {
        "form": SearchForm(initial={name: getattr(asked, name) for name in asked.__slots__}), "page": page,
        "asked": asked.anything, "query": query, "kinds": [] if asked.anything else list(KINDS.values())})


@public
@require_safe
@in_its_language
def one(request: Request, number: str, version: int | None = None) -> HttpResponse:
    """A submission: its newest version, or an earlier one under the address of that. A withdrawn one is a tombstone."""
    found = _found(number)
    if found.withdrawn_at:
        return _page(request, "portal/tombstone.html", {"it": found}, GONE)
    versions = list(found.versions.all())
    shown = next((each for each in versions if each.number == (found.current if version is None else version)), None)
    if shown is None:
        raise Http404(_("There is no such version."))
    original = found.translation_of
    return _page(request, "portal/one.html", {
        "it": found, "version": shown, "versions": versions, "old": shown.number != found.current,
        "rows": showing.rows(found.kind, shown.content, found.party), "basis": VERSIONS[shown.basis],
        "others": selectors.in_other_languages(found), "licence": LICENCE,
        "behind": original if original and original.current > found.of_version else None,
        "language": Submission.Language(shown.language).label})


@public
@require_safe
def one_json(request: Request, number: str) -> HttpResponse:
    """The same as JSON, with all versions."""
    return _json(request, open_data.document(_found(number)))


@public
@require_safe
def data(request: Request) -> HttpResponse:
    """What a search finds, as JSON in pages; without a search everything, tombstones among it."""
    asked = selectors.Asked.of(request.GET)
    rows = selectors.with_versions(selectors.public(asked)).select_related("translation_of")
    query = urlencode({name: value for name in asked.__slots__ if (value := getattr(asked, name))})
    page = Paginator(rows, open_data.ON_A_PAGE).get_page(request.GET.get("page"))
    return _json(request, open_data.catalogue(page, query))


@public
@require_safe
def table(request: Request, kind: str = "") -> HttpResponse:
    """The same as CSV, the newest two thousand; of one kind with its fields."""
    if kind and kind not in KINDS:
        raise Http404(_("There is no such form."))
    asked = selectors.Asked.of({**request.GET.dict(), **({"kind": kind} if kind else {})})
    rows = selectors.with_versions(selectors.public(asked))[:open_data.IN_A_FILE]
    return _csv(request, open_data.table(rows, kind), kind or "submissions")


@public
@require_safe
def schema(request: Request) -> HttpResponse:
    """The schema of the contents, by kind."""
    return _json(request, open_data.schema(), "application/schema+json")


@public
@require_safe
def feed(request: Request) -> HttpResponse:
    """New versions and withdrawals, as Atom."""
    most = open_data.IN_THE_FEED
    country = tables.country(settings.PARTY)
    name = settings.PARTY_NAME or (country.name_en if country else settings.PARTY)
    body = open_data.feed(selectors.newest(most), selectors.withdrawn(most), name)
    return _cached(request, body, "application/atom+xml; charset=utf-8")


@public
@require_safe
@in_its_language
def platforms(request: Request) -> HttpResponse:
    """The register of platforms: how each one's code of conduct stands, since when, by what evidence."""
    form = FilterForm(request.GET)
    asked = form.cleaned_data if form.is_valid() else {"q": "", "kind": ""}
    page = Paginator(register.found(settings.PARTY, asked["q"].replace("\0", ""), asked["kind"]),
                     PLATFORMS_ON_A_PAGE).get_page(request.GET.get("page"))
    rows = [(each, policy := register.newest_on(each.policies.all(), request.at.date()),
             register_words.TONES[policy.status] if policy else "off") for each in page]
    return _page(request, "portal/platforms.html", {
        "page": page, "rows": rows, "filters": form, "asked": any(asked.values())})


@public
@require_safe
@in_its_language
def platform(request: Request, key: str) -> HttpResponse:
    """One platform: every version of what it promised, and how it keeps that, with what it is measured against."""
    found = register.one(settings.PARTY, key)
    if found is None:
        raise Http404(_("There is no such platform."))
    history = register.history(found)
    holds = register.newest_on(history, request.at.date())
    told = selectors.public(selectors.Asked(platform=found.key))[:ON_A_PAGE]
    return _page(request, "portal/platform.html", {
        "it": found, "history": [(each, register_words.TONES[each.status], each == holds) for each in history],
        "measured": selectors.measured(found.pk), "told": told})


@public
@require_safe
def platforms_json(request: Request) -> HttpResponse:
    """The register as JSON in pages, with every version and what was measured."""
    rows = register.found(settings.PARTY).prefetch_related("policies__rules")
    page = Paginator(rows, open_data.PLATFORMS_ON_A_PAGE).get_page(request.GET.get("page"))
    measured = selectors.all_measured([each.pk for each in page])
    told = [open_data.platform_entry(each, sorted(each.policies.all(), key=lambda row: -row.version),
                                     measured.get(each.pk)) for each in page]
    here = open_data.link(request.path)
    return _json(request, {"version": open_data.FORM, "licence": LICENCE, "total": page.paginator.count,
                           "next": f"{here}?page={page.next_page_number()}" if page.has_next() else None,
                           "platforms": told})


@public
@require_safe
def platforms_csv(request: Request) -> HttpResponse:
    """The register as CSV, as it stands today."""
    rows = register.found(settings.PARTY)[:open_data.IN_A_FILE]
    text = open_data.platform_table((each, register.newest_on(each.policies.all(), request.at.date())) for each in rows)
    return _csv(request, text, "platforms")


def _found(number: str) -> Submission:
    found = selectors.public_one(number)
    if found is None:
        raise Http404(_("There is no such submission."))
    return found


def _page(request: Request, template: str, context: Mapping[str, Any], status: int = 200) -> HttpResponse:
    """A page with a tag; kept by others only for who is not signed in. Its links keep the language of the address."""
    asked = lang if (lang := request.GET.get("lang", "")) in LANGUAGES else ""
    others = request.GET.copy()
    others.pop("lang", None)
    body = render_to_string(template, {
        **context, "keep": f"?lang={asked}" if asked else "", "lang": asked, "languages": settings.LANGUAGES,
        "others_query": others.urlencode()}, request).encode()
    answer = _cached(request, body, "text/html; charset=utf-8", status)
    answer["Content-Language"] = get_language() or "en"
    patch_vary_headers(answer, ["Cookie", "Accept-Language"])
    if settings.SESSION_COOKIE_NAME in request.COOKIES:
        answer["Cache-Control"] = "private, no-cache"
    del answer["Access-Control-Allow-Origin"]
    return answer


def _json(request: Request, told: Mapping[str, Any], kind: str = "application/json") -> HttpResponse:
    return _cached(request, json.dumps(told, ensure_ascii=False, indent=1).encode(), kind)


def _csv(request: Request, text: str, name: str) -> HttpResponse:
    answer = _cached(request, text.encode(), "text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return answer


def _cached(request: Request, body: bytes, kind: str, status: int = 200) -> HttpResponse:
    """The answer with its tag; nothing but the tag for whoever has it already."""
    tag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    answer = HttpResponse(body, content_type=kind, status=status, headers={
        "ETag": tag, "Cache-Control": f"public, max-age={SECONDS}", "Access-Control-Allow-Origin": "*"})
    same = get_conditional_response(request, etag=tag, response=answer) if status == 200 else answer
    return same if isinstance(same, HttpResponse) else answer
