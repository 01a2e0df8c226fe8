"""The explorer's pages: the public part, the officers' desk, and the same answer as JSON and CSV."""

from __future__ import annotations

from typing import Any, Final, cast

from django.conf import settings
from django.http import HttpResponse, JsonResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from wildgate.apps.accounts.access import Action, can
from wildgate.apps.accounts.gate import Request, public, role
from wildgate.apps.explorer import charting, desk, naming, outward, services, telling
from wildgate.apps.explorer.answering import BLANK, Answer, answer
from wildgate.apps.explorer.forms import QuestionForm
from wildgate.apps.explorer.hiding import published_until, touchy
from wildgate.apps.explorer.naming import Meant
from wildgate.apps.explorer.story import story
from wildgate.apps.permits.templatetags.permits import said
from wildgate.convention.refusal import Refusal
from wildgate.worldtrade.store import store_at

WRONG: Final = 422
NOTHING: Final = 404
MOST_CHOICES: Final = 8
"""So many kinds of specimens stand on the page at once; the others unfold."""


@public
@require_GET
def explore(request: Request) -> HttpResponse:
    """Ask the world's trade records: anybody, with few-record figures of persons left out."""
    return _page(request, official=False)


@role(Action.VIEW_TRADE)
@require_GET
def officers(request: Request) -> HttpResponse:
    """The same for officials: nothing is left out, and our own events of this year are in it."""
    return _page(request, official=True)


@role(Action.REFRESH_TRADE)
@require_POST
def refresh(request: Request) -> HttpResponse:
    """Bring our own events into the store now."""
    done = services.refresh_now(actor=request.actor, at=request.at)
    if isinstance(done, Refusal):
        return render(request, "explorer/desk_refused.html", {"fault": said(done)}, status=WRONG)
    return redirect(reverse("trade-desk") + "#own")


@public
@require_GET
def rows_csv(request: Request) -> HttpResponse:
    """The records behind an answer as a file; officials get them whole."""
    form = QuestionForm(request.GET)
    official = request.GET.get("all") == "1" and bool(can(request.actor, Action.VIEW_TRADE))
    if not form.is_valid():
        return _faults(form)
    found = naming.meant(services.folder(), form.question(), party=settings.PARTY)
    if found.question is None or not form.told:
        return JsonResponse({"errors": [_unknown(form, found)]}, status=NOTHING)
    told = answer(services.folder(), found.question, official=official, published=published_until(request.at.date()))
    lines = outward.csv_lines(store_at(services.folder()), told.question, official=official)
    return cast(HttpResponse, StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8", headers={
        "Content-Disposition": 'attachment; filename="trade.csv"', "Cache-Control": "private, no-store"}))


def _page(request: Request, *, official: bool) -> HttpResponse:
    """The page, or with `as=json` the same answer as a document."""
    form, path = QuestionForm(request.GET), reverse("trade-desk" if official else "trade")
    as_json = request.GET.get("as") == "json"
    if not form.is_valid():
        return _faults(form) if as_json else render(request, "explorer/explore.html", {
            "form": form, "official": official}, status=WRONG)
    found = naming.meant(services.folder(), form.question(), party=settings.PARTY)
    asked = bool(form.told)
    told = answer(services.folder(), found.question, official=official, published=published_until(
        request.at.date())) if found.question and asked else None
    address = path + (f"?{form.address()}" if form.told else "")
    if as_json:
        if told is None:
            return JsonResponse({"errors": [_unknown(form, found)]}, status=NOTHING)
        return JsonResponse(outward.as_json(told, form.told, settings.BASE_URL + address))
    return render(request, "explorer/explore.html", {
        "form": form, "official": official, "path": path, "canonical": settings.BASE_URL + address, "meant": found,
        "names": [(name, form.address(taxon=name)) for name in found.names], "asked": asked,
        **desk.overview(official=official), **(desk.own_rows(request.actor) if official else {}),
        **(_shown(told, form) if told else {})})


def _shown(told: Answer, form: QuestionForm) -> dict[str, Any]:
    """What the page shows of an answer."""
    question = told.question
    choices = [(charting.specimens_of(each.term, each.unit), telling.records(each.records),
                form.address(term=each.term or BLANK, unit=each.unit or BLANK),
                (each.term or BLANK, each.unit or BLANK) == (question.term, question.unit)) for each in told.choices]
    return {
        "answer": told, "used_sets": [(each, telling.span(each.first_year, each.last_year)) for each in told.sets],
        "sentences": telling.sentences(told), "counted": charting.specimens(told),
        "choices": choices[:MOST_CHOICES], "more_choices": choices[MOST_CHOICES:],
        "held_back": telling.held_back() if told.held_back else "",
        "touchy": touchy(question.kind, question.purpose),
        "records_word": desk.kind_name(question.kind), "side": charting.side_name(told.side),
        "other_side": (charting.side_name("E" if told.side == "I" else "I"),
                       form.address(reporter="E" if told.side == "I" else "I")),
        "kinds": [(desk.kind_name(each.kind), telling.records(each.rows), form.address(records=each.kind))
                  for each in told.others if each.kind != question.kind],
        "query": form.address(), "json": form.address(**{"as": "json"}), "most_rows": outward.MOST_ROWS,
        "trend": charting.trend(told), "map": charting.world(told), "mix": charting.mix(told),
        "ranked": [each for each in (charting.ranked(told, name) for name in ("exporters", "importers", "taxa")) if each
                   and not (each.key == "taxa" and question.rank in {"taxon", "species"})],
        "months": charting.months(told),
        "story": question.taxon if question.rank in {"taxon", "species"} else ""}


def _faults(form: QuestionForm) -> JsonResponse:
    """Each bad part of the question with its sentence, for programs."""
    errors = [{"field": name, "reason": str(reason)} for name, reasons in form.errors.items() for reason in reasons]
    return JsonResponse({"errors": errors}, status=WRONG)


def _unknown(form: QuestionForm, found: Meant) -> dict[str, Any]:
    if not form.told:
        return {"field": "", "reason": _("Ask something: a taxon, a country, a kind of specimen or years.")}
    return {"field": "taxon", "reason": _("No record has this name."), "suggestions": list(found.names)}


@public
@require_GET
def species(request: Request, name: str) -> HttpResponse:
    """One species in sentences and pictures; what is not known of it is said."""
    asked = " ".join(name.replace("\x00", "").split())[:120]
    told = story(asked, today=request.at.date(), published=published_until(request.at.date()))
    known = told["told"] is not None or told["facts"].taxon is not None
    return render(request, "explorer/species.html", told, status=200 if known else NOTHING)
