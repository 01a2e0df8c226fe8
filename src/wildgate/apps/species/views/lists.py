"""Lists of names: hand in a spreadsheet, see how far the check is, read the answers and take them along."""

from __future__ import annotations

from django import forms
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from wildgate.apps.accounts.access import Action, Actor
from wildgate.apps.accounts.gate import Request, role
from wildgate.apps.species import name_lists
from wildgate.apps.species.pages import tabs
from wildgate.apps.species.spreadsheet import LARGEST
from wildgate.convention.refusal import Refusal
from wildgate.kit.uploads import services
from wildgate.kit.uploads.models import Upload

ROWS_ON_A_PAGE = 100
MOST_LISTED = 10
REFUSED = 422


class ListForm(forms.Form):
    """The spreadsheet."""

    file = forms.FileField(
        label=gettext_lazy("Spreadsheet of names"), allow_empty_file=True,
        help_text=gettext_lazy("CSV or XLSX, at most 20 MB and 100,000 names, in a column headed Scientific name."))


@role(Action.CHECK_NAMES)
def lists(request: Request) -> HttpResponse:
    """Hand a list in; the lists handed in earlier by the same person."""
    form = ListForm(request.POST or None, request.FILES or None)
    fault: Refusal | None = None
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        made = services.receive(file.chunks(), file.name, judge=name_lists.judge, largest=LARGEST,
                                party=request.actor.party, by=request.actor.label, at=request.at)
        if isinstance(made, Upload):
            if made.size <= name_lists.SMALL:
                services.work_off(made.pk, request.at)
            return redirect("name-list", made.pk)
        fault = made
    return render(request, "species/lists.html", {
        "form": form, "fault": fault, "earlier": _own(request.actor)[:MOST_LISTED],
        "tabs": tabs(request.actor, "name-lists")}, status=REFUSED if fault or form.errors else 200)


@role(Action.CHECK_NAMES)
def list_page(request: Request, key: int) -> HttpResponse:
    """One list: the progress of its check, then a table of answers."""
    upload = _found(request.actor, key)
    context = {"upload": upload, "tabs": tabs(request.actor, "name-lists")}
    if upload.state != Upload.State.DONE:
        return render(request, "species/list.html", context | {"doing": services.doing(upload)})
    open_only = request.GET.get("show") == "open"
    gone = not (upload.folder / name_lists.ANSWERS).exists()
    rows = [] if gone else list(name_lists.answers(upload, open_only=open_only))
    page = Paginator(rows, ROWS_ON_A_PAGE).get_page(request.GET.get("page"))
    page.object_list = [name_lists.shown(row) for row in page.object_list]
    return render(request, "species/list.html", context | {"page": page, "open_only": open_only, "gone": gone})


@role(Action.CHECK_NAMES)
def list_file(request: Request, key: int) -> HttpResponse:
    """The table of answers as CSV."""
    upload = _found(request.actor, key)
    path = upload.folder / name_lists.ANSWERS
    if upload.state != Upload.State.DONE or not path.exists():
        raise Http404(_("The answers are not there (any more). Hand the list in again."))
    answer = HttpResponse(path.read_bytes(), content_type="text/csv; charset=utf-8")
    name = content_disposition_header(True, f"{upload.file_name.rpartition('.')[0] or 'names'}-checked.csv")
    answer["Content-Disposition"] = name or "attachment"
    answer["X-Content-Type-Options"] = "nosniff"
    return answer


def _own(actor: Actor) -> list[Upload]:
    """Lists are seen by whoever handed them in."""
    return list(Upload.objects.filter(party=actor.party, kind=name_lists.KIND, by=actor.label)
                .order_by("-id")[:MOST_LISTED])


def _found(actor: Actor, key: int) -> Upload:
    found = Upload.objects.filter(party=actor.party, kind=name_lists.KIND, by=actor.label, pk=key).first()
    if found is None:
        raise Http404(_("There is no such list, or you may not see it."))
    return found
