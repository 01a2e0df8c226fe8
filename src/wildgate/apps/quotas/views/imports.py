"""Imports: hand in a download, see how far it is taken in, read what it changed; the list of those before."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from wildgate.apps.accounts.access import Action, Actor
from wildgate.apps.accounts.gate import Request, role
from wildgate.apps.accounts.selectors import names_of
from wildgate.apps.quotas import downloads
from wildgate.apps.quotas.views.register import tabs
from wildgate.convention.refusal import Refusal
from wildgate.kit.models import Event
from wildgate.kit.uploads import services
from wildgate.kit.uploads.models import Upload

ROWS_ON_A_PAGE = 25
FAULTS_ON_A_PAGE = 100
MOST_BY_COMMAND = 10
REFUSED = 422
BY_COMMAND = ("species-imported", "quotas-imported", "suspensions-imported")
PARTS = ("faults", "changes", "remarks")


class DownloadForm(forms.Form):
    """The download, and what is to become of it when some of its rows cannot be taken."""

    file = forms.FileField(
        label=gettext_lazy("Download"), allow_empty_file=True,
        help_text=gettext_lazy("Checklist, Species+ listings, listing history, quotas or suspensions: CSV or API JSON, "
                               "plain, .gz or .xz, at most 64 MB. Its kind is told from its contents."))
    rest = forms.ChoiceField(
        label=gettext_lazy("If some rows cannot be taken"), initial="rest", widget=forms.RadioSelect, choices=[
            ("rest", gettext_lazy("Import the rest and tell me which")),
            ("nothing", gettext_lazy("Import nothing: all or nothing"))])


@dataclass(frozen=True, slots=True)
class Command:
    """An import by the operator's command line, as its event keeps it."""

    at: datetime
    kind: str
    added: int
    changed: int
    refused: int


@role(Action.IMPORT)
def listing(request: Request) -> HttpResponse:
    """Hand in a download; the earlier ones with who and when."""
    form = DownloadForm(request.POST or None, request.FILES or None)
    fault: Refusal | None = None
    if request.method == "POST" and form.is_valid():
        made = _received(request, form)
        if isinstance(made, Upload):
            return redirect("import", made.pk)
        fault = made
    party = request.actor.party
    earlier = Upload.objects.filter(party=party, kind__in=downloads.KINDS).defer("report").order_by("-id")
    page = Paginator(earlier, ROWS_ON_A_PAGE).get_page(request.GET.get("page"))
    who = names_of({upload.by for upload in page.object_list})
    return render(request, "quotas/imports.html", {
        "form": form, "fault": fault, "page": page, "tabs": tabs(request.actor, "imports"),
        "rows": [(upload, who.get(upload.by, upload.by)) for upload in page.object_list],
        "commands": _by_command(party)}, status=REFUSED if fault or form.errors else 200)


def _received(request: Request, form: DownloadForm) -> Upload | Refusal:
    file = form.cleaned_data["file"]
    return services.receive(
        file.chunks(), file.name, judge=downloads.kind_of, largest=downloads.LARGEST, party=request.actor.party,
        by=request.actor.label, at=request.at, choices={"all_or_nothing": form.cleaned_data["rest"] == "nothing"})


def _by_command(party: str) -> list[Command]:
    found = Event.objects.filter(party=party, kind__in=BY_COMMAND, actor="operator").order_by("-seq")[:MOST_BY_COMMAND]
    told: list[tuple[Event, dict[str, Any]]] = [(event, json.loads(event.data)) for event in found]
    return [Command(event.at, event.kind.partition("-")[0].replace("species", "taxa"), data["added"], data["changed"],
                    data["refused"]) for event, data in told]


@role(Action.IMPORT)
def run(request: Request, key: int) -> HttpResponse:
    """One import: its progress, then its report."""
    upload = _found(request.actor, key)
    context = {"upload": upload, "tabs": tabs(request.actor, "imports"),
               "who": names_of({upload.by}).get(upload.by, upload.by)}
    if upload.waits:
        return render(request, "quotas/import.html", context | {"doing": services.doing(upload)})
    report = upload.report
    part = request.GET.get("part", "")
    part = part if part in PARTS and report[part] else next((each for each in PARTS if report[each]), "")
    page = Paginator(report[part] if part else [], FAULTS_ON_A_PAGE).get_page(request.GET.get("page"))
    return render(request, "quotas/import.html", context | {
        "report": report, "part": part, "page": page,
        "parts": [{"label": word, "url": f"?part={name}", "current": name == part, "count": len(report[name])}
                  for name, word in (("faults", _("Refused rows")), ("changes", _("Changed rows")),
                                     ("remarks", _("Remarks"))) if report[name]],
        "nothing_new": upload.state == Upload.State.DONE and not (report["added"] or report["changed"])})


def _found(actor: Actor, key: int) -> Upload:
    found = Upload.objects.filter(party=actor.party, kind__in=downloads.KINDS, pk=key).first()
    if found is None:
        raise Http404(_("There is no such import here."))
    return found
