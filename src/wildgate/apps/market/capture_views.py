"""Taking listings in, and labels: forms, files with their progress, the next listings to label, models of scopes."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from wildgate.apps.accounts.access import Action
from wildgate.apps.accounts.gate import Request, role
from wildgate.apps.figures.files import csv_answer
from wildgate.apps.market import selectors, services
from wildgate.apps.market.archives import Part
from wildgate.apps.market.forms import FileForm, LabelForm, ListingForm, ModelForm, fields_of
from wildgate.apps.market.scopes import Scope
from wildgate.apps.market.services import labelling
from wildgate.apps.market.services.capturing import Taken
from wildgate.apps.market.services.importing import SMALL
from wildgate.apps.market.views import REFUSED, may
from wildgate.convention.refusal import Refusal, refuse
from wildgate.kit.charts import Table
from wildgate.kit.uploads import services as files
from wildgate.kit.uploads.models import Upload
from wildgate.screening.model_file import LARGEST

MOST_LISTED = 10
LARGEST_PICTURE = 10_000_000


@role(Action.CAPTURE)
def capture(request: Request) -> HttpResponse:
    """Type one listing in."""
    form = ListingForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        done = _captured(request, form)
        if isinstance(done, Taken):
            messages.success(request, _("Captured. It is read in a moment."))
            return redirect("market-listing", (*done.new, *done.again)[0].number)
        form.tell(done)
    return render(request, "market/capture.html", {"form": form, "may": may(request)},
                  status=REFUSED if form.errors else 200)


def _captured(request: Request, form: ListingForm) -> Taken | Refusal:
    file = form.cleaned_data["picture"]
    if file and file.size > LARGEST_PICTURE:  # half a picture would be no evidence
        return refuse("picture-too-large", "The picture has more than %(most)s MB.", most=LARGEST_PICTURE // 1_000_000,
                      field="picture")
    data = file.read() if file else b""
    listing = services.single(fields_of(form), [data] if data else [])
    if isinstance(listing, Refusal):
        return listing
    parts = [Part("urn:wildgate:picture", "application/octet-stream", data)] if data else []
    return services.capture(actor=request.actor, listing=listing, legal_basis=form.cleaned_data["legal_basis"],
                            pictures=parts, at=request.at)


@role(Action.CAPTURE)
def imports(request: Request) -> HttpResponse:
    """Hand in a list, a saved page or a web archive."""
    form = FileForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        made = services.hand_in(actor=request.actor, parts=given["file"].chunks(), name=given["file"].name,
                                legal_basis=given["legal_basis"], url=given["url"], at=request.at)
        if isinstance(made, Upload):
            if made.size <= SMALL:
                files.work_off(made.pk, request.at)
            return redirect("market-import", made.pk)
        form.tell(made)
    return render(request, "market/imports.html", {
        "form": form, "earlier": selectors.uploads(request.actor)[:MOST_LISTED], "may": may(request)},
        status=REFUSED if form.errors else 200)


@role(Action.CAPTURE)
def imported(request: Request, key: int) -> HttpResponse:
    """One file: how far it is, then what came of it line by line."""
    upload = selectors.uploads(request.actor).filter(pk=key).first()
    if upload is None:
        raise Http404(_("There is no such file."))
    doing = files.doing(upload) if upload.waits else None
    return render(request, "market/imported.html", {"upload": upload, "doing": doing, "may": may(request)})


@role(Action.VIEW_MARKET)
def labels(request: Request) -> HttpResponse:
    """The scopes with their labels and models; of the chosen one the listings to label next."""
    counts = labelling.counts(request.actor.party)
    scope = _scope(request, request.GET) if "group" in request.GET else counts[0].scope if counts else None
    chosen = labelling.next_ones(request.actor, scope) if scope else []
    return render(request, "market/labels.html", {
        "counts": counts, "scope": scope, "rows": chosen, "form": LabelForm(), "may": may(request)})


def _scope(request: Request, given: Any) -> Scope:
    return labelling.scope_named(request.actor.party, given.get("platform", ""), given.get("group", ""),
                                 given.get("language", ""))


@role(Action.WORK_MARKET)
def labels_csv(request: Request) -> HttpResponse:
    """The labels of one scope, as `wildgate screen train` reads them."""
    rows = services.export(actor=request.actor, scope=_scope(request, request.GET), at=request.at)
    if isinstance(rows, Refusal):
        raise Http404(rows.reason)
    head, *body = rows
    return csv_answer(Table(head, tuple(body)), "labels")


@role(Action.WORK_MARKET)
def model(request: Request) -> HttpResponse:
    """Register a trained model for one scope."""
    scope = _scope(request, request.GET)
    form = ModelForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        content = form.cleaned_data["file"].read(LARGEST + 1)
        done = services.register(actor=request.actor, platform_id=scope.platform_id, group=scope.group,
                                 language=scope.language, content=content, at=request.at)
        if not isinstance(done, Refusal):
            messages.success(request, _("The model is in use for its scope from the next listing on."))
            return redirect("market-labels")
        form.tell(done)
    return render(request, "market/model.html", {"form": form, "scope": scope, "may": may(request)},
                  status=REFUSED if form.errors else 200)
