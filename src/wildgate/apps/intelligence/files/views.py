"""The pages of files: choose reports and a target, see what stays behind, take the file; targets; files from others."""

from __future__ import annotations

import io
import zipfile
from typing import Any, Final

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from wildgate.apps.accounts.access import Action, Actor, can
from wildgate.apps.accounts.gate import Request, role
from wildgate.apps.intelligence.files import exporting, importing, targets
from wildgate.apps.intelligence.files.forms import ExportForm, ImportForm, TargetForm
from wildgate.apps.intelligence.models.targets import Target
from wildgate.apps.intelligence.selectors import member_of, visible_reports
from wildgate.apps.permits.templatetags.permits import said
from wildgate.convention.refusal import Refusal
from wildgate.kit.uploads import services as uploads
from wildgate.kit.uploads.models import Upload
from wildgate.sharing.leaving import What, Why
from wildgate.sharing.marking import Tlp
from wildgate.sharing.vocabulary import kit

ON_A_PAGE, REFUSED = 50, 422
WHATS: Final = {
    What.REPORT: gettext_lazy("Reports"), What.PART: gettext_lazy("Parts"), What.SPECIMEN: gettext_lazy("Specimens"),
    What.ENTITY: gettext_lazy("Persons and things"), What.RELATION: gettext_lazy("Relations"),
    What.SIGHTING: gettext_lazy("Sightings"), What.OPINION: gettext_lazy("Opinions"),
    What.REFERENCE: gettext_lazy("Permit numbers and listings"),
}
WHYS: Final = {
    Why.RED: gettext_lazy("TLP:RED, or for named persons: never leaves"),
    Why.COLOUR: gettext_lazy("Marked more strictly than the ceiling"),
    Why.COMPARTMENT: gettext_lazy("In a compartment that the target does not hold"),
    Why.GROUP: gettext_lazy("For sharing groups that the target is not in"),
    Why.NOMINAL: gettext_lazy("Names persons, or looks as if it did"),
    Why.QUOTES: gettext_lazy("Refers to or quotes what stays behind"),
}


def _member(request: Request) -> None:
    """Whoever is no contributor finds no such page."""
    if member_of(request.actor, request.at) is None:
        raise Http404(_("There is no such page."))


def _tabs(actor: Actor) -> dict[str, Any]:
    return {"may_keep": can(actor, Action.KEEP_CONTRIBUTORS).allowed}


@role(Action.READ_INTELLIGENCE)
def index(request: Request) -> HttpResponse:
    """Choose reports and a target, then see what would stay behind. RED is not offered: it never leaves.

    Whoever keeps targets and is no contributor finds the targets.
    """
    if member_of(request.actor, request.at) is None and can(request.actor, Action.KEEP_CONTRIBUTORS):
        return redirect("intelligence-targets")
    _member(request)
    form = ExportForm(request.POST or None, party=request.actor.party)
    chosen = request.POST.getlist("report")
    if request.method == "POST" and form.is_valid():
        seen = exporting.preview(actor=request.actor, numbers=chosen, target=form.cleaned_data["target"],
                                 at=request.at)
        if not isinstance(seen, Refusal):
            return render(request, "intelligence/files_preview.html", {
                **_tabs(request.actor), "seen": seen, "chosen": chosen,
                "ceiling": seen.target.ceiling.tlp.word,
                "rows": [(WHATS[each.what], WHYS[each.why], count) for each, count in seen.withheld]})
        form.tell(seen)
    found = visible_reports(request.actor, request.at).filter(mark__tlp__lt=int(Tlp.RED))
    page = Paginator(found, ON_A_PAGE).get_page(request.GET.get("page"))
    return render(request, "intelligence/files.html", {
        **_tabs(request.actor), "form": form, "page": page, "chosen": chosen,
        "targets": targets.in_force(request.actor.party).exists()}, status=REFUSED if form.errors else 200)


@role(Action.READ_INTELLIGENCE)
@require_POST
def download(request: Request) -> HttpResponse:
    """The file for the target, with its manifest."""
    _member(request)
    made = exporting.export(actor=request.actor, numbers=request.POST.getlist("report"),
                            target=request.POST.get("target", ""), at=request.at)
    if isinstance(made, Refusal):
        messages.error(request, said(made))
        return redirect("intelligence-files")
    return _archive(made.data, made.name)


@role(Action.READ_INTELLIGENCE)
def vocabulary(request: Request) -> HttpResponse:
    """Taxonomy, galaxy and object templates for the MISP of a partner."""
    _member(request)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in kit().items():
            archive.writestr(name, text)
    return _archive(out.getvalue(), "misp-cites.zip")


def _archive(data: bytes, name: str) -> HttpResponse:
    return HttpResponse(data, headers={
        "Content-Type": "application/zip", "Content-Disposition": f'attachment; filename="{name}"',
        "X-Content-Type-Options": "nosniff", "Content-Security-Policy": "sandbox", "Cache-Control": "no-store"})


@role(Action.KEEP_CONTRIBUTORS)
def target_list(request: Request) -> HttpResponse:
    """Every target with its ceiling; propose another."""
    form = TargetForm(request.POST or None, party=request.actor.party)
    if request.method == "POST" and form.is_valid():
        given = {"compartments": [], "groups": [], **form.cleaned_data}
        made = targets.propose(actor=request.actor, at=request.at, **{**given, "tlp": Tlp(given["tlp"])})
        if isinstance(made, Target):
            messages.success(request, _("Proposed. A second person confirms it before anything leaves."))
            return redirect("intelligence-targets")
        form.tell(made)
    rows = [{"it": each, "ceiling": each.ceiling, "word": Tlp(each.tlp).word, "may_confirm": each.confirmed_at is None
             and each.ended_at is None and can(request.actor, Action.CONFIRM_CONTRIBUTOR, each).allowed}
            for each in targets.visible_targets(request.actor)]
    return render(request, "intelligence/files_targets.html", {
        **_tabs(request.actor), "form": form, "rows": rows,
        "keeps_only": member_of(request.actor, request.at) is None}, status=REFUSED if form.errors else 200)


@role(Action.KEEP_CONTRIBUTORS)
@require_POST
def target_act(request: Request, code: str, act: str) -> HttpResponse:
    """Confirm a target, or end it."""
    step = {"confirm": targets.confirm, "end": targets.end}.get(act)
    if step is None:
        raise Http404(_("There is no such page."))
    done = step(actor=request.actor, code=code, at=request.at)
    if isinstance(done, Refusal):
        messages.error(request, said(done))
    else:
        messages.success(request, _("Noted."))
    return redirect("intelligence-targets")


@role(Action.READ_INTELLIGENCE)
def imports(request: Request) -> HttpResponse:
    """Hand in a file of another system; one's own earlier files."""
    _member(request)
    form = ImportForm(request.POST or None, request.FILES or None, party=request.actor.party)
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        made = importing.hand_in(actor=request.actor, parts=file.chunks(), name=file.name,
                                 sender=form.cleaned_data["sender"], at=request.at)
        if isinstance(made, Upload):
            return redirect("intelligence-import", made.pk)
        form.tell(made)
    page = Paginator(_uploads(request.actor).defer("report"), ON_A_PAGE).get_page(request.GET.get("page"))
    return render(request, "intelligence/files_imports.html", {
        **_tabs(request.actor), "form": form, "page": page}, status=REFUSED if form.errors else 200)


@role(Action.READ_INTELLIGENCE)
def import_run(request: Request, key: int) -> HttpResponse:
    """One file: how far it is, then what became of each report."""
    _member(request)
    upload = _uploads(request.actor).filter(pk=key).first()
    if upload is None:
        raise Http404(_("There is no such page."))
    context = {**_tabs(request.actor), "upload": upload, "report": upload.report}
    if upload.waits:
        context["doing"] = uploads.doing(upload)
    return render(request, "intelligence/files_import.html", context)


def _uploads(actor: Actor) -> Any:
    """One's own files: what a file says of reports is for whoever handed it in."""
    return Upload.objects.filter(party=actor.party, kind=importing.KIND, by=actor.label).order_by("-id")
