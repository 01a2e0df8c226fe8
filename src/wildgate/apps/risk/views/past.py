"""Results of past inspections from a file."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from wildgate.apps.accounts.access import Action
from wildgate.apps.accounts.gate import Request, role
from wildgate.apps.risk.forms import PastForm, worded
from wildgate.apps.risk.models import Result
from wildgate.apps.risk.past import COLUMNS, NEEDED
from wildgate.apps.risk.services.past import Brought, held_count, import_results
from wildgate.apps.risk.views.rooms import rooms
from wildgate.convention.refusal import Refusal, refuse

MOST_SHOWN, REFUSED, LARGEST = 100, 422, 10 * 2**20
MEANING = {
    "reference": gettext_lazy("Number of the declaration; all its items stand in one file"),
    "date": gettext_lazy("Day of the inspection, for example 2027-05-31"),
    "direction": gettext_lazy("export, re-export, import or transit"),
    "exporter": gettext_lazy("Name of the firm; only a key of it is kept"),
    "exporter_number": gettext_lazy("Its number with customs, or its key; goes before the name"),
    "importer": gettext_lazy("Name of the firm; only a key of it is kept"),
    "importer_number": gettext_lazy("Its number with customs, or its key; goes before the name"),
    "item": gettext_lazy("Number of the item; empty: 1"),
    "hs": gettext_lazy("Customs code; this or the taxon"), "taxon": gettext_lazy("Scientific name"),
    "post": gettext_lazy("Post at which the goods were looked at"),
    "mode": gettext_lazy("Mode of transport, as declarations say it"),
    "departure": gettext_lazy("Country from which the goods came (two letters)"),
    "destination": gettext_lazy("Country to which they went (two letters)"),
    "term": gettext_lazy("CITES term of the goods, for example SKI"),
    "quantity": gettext_lazy("Declared quantity"), "unit": gettext_lazy("Unit of the quantity"),
    "net_mass": gettext_lazy("Net mass in kilograms"), "value": gettext_lazy("Declared value"),
    "origin": gettext_lazy("Country of origin (two letters)"),
    "source": gettext_lazy("Source code of CITES, for example W"),
    "purpose": gettext_lazy("Purpose code of CITES, for example T"),
    "outcome": gettext_lazy("What was found: one of the codes below"),
}


@role(Action.TRAIN_MODEL)
def bring(request: Request) -> HttpResponse:
    """Take in a file, or say line by line what is wrong with it."""
    form, done = PastForm(request.POST or None, request.FILES or None), None
    if request.method == "POST" and form.is_valid():
        done = _read(request, form.cleaned_data["file"])
        if isinstance(done, Refusal):
            form.add_error("file", worded(done))
        elif done.faults:
            form.add_error("file", ngettext("%(n)s row is wrong; nothing was taken in.",
                                            "%(n)s rows are wrong; nothing was taken in.", len(done.faults))
                           % {"n": len(done.faults)})
        else:
            messages.success(request, _told(done))
            return redirect("risk-results-import")
    faults = done.faults[:MOST_SHOWN] if isinstance(done, Brought) else []
    return render(request, "risk/past.html", {
        "form": form, "faults": [(each.line, each.column, worded(each.refusal)) for each in faults],
        "held": held_count(request.actor.party), "outcomes": Result.Outcome.choices,
        "columns": [(name, name in NEEDED, MEANING.get(name, "")) for name in COLUMNS],
        "tabs": rooms(request.actor, "risk-models")}, status=REFUSED if form.errors else 200)


def _read(request: Request, file: UploadedFile[bytes]) -> Brought | Refusal:
    if (file.size or 0) > LARGEST:
        return refuse("too-large", "The file is larger than %(most)s MB: split it.", most=LARGEST // 2**20)
    with TemporaryDirectory() as folder:
        path = Path(folder) / "results.csv"
        path.write_bytes(file.read(LARGEST + 1))
        return import_results(actor=request.actor, path=path, at=request.at)


def _told(done: Brought) -> str:
    words = _("Consignments: %(added)s added, %(changed)s changed, %(unchanged)s known already.") % {
        "added": done.added, "changed": done.changed, "unchanged": done.unchanged}
    if not done.ignored:
        return words
    ignored = _("Columns that nothing reads: %(names)s.") % {"names": ", ".join(done.ignored)[:200]}
    return f"{words} {ignored}"
