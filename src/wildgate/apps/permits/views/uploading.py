"""Lines of an application from a file: all kept, or each fault told by line and column and in the file itself."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from wildgate.apps.accounts.access import Action
from wildgate.apps.accounts.gate import Request, role
from wildgate.apps.permits import fault_file, services
from wildgate.apps.permits.services import Uploaded
from wildgate.apps.permits.stock_lines import stocks_of
from wildgate.apps.permits.templatetags.permits import said
from wildgate.apps.permits.views.answers_to_forms import sentence
from wildgate.apps.permits.views.answers_to_pages import own_application
from wildgate.apps.permits.views.kept import keeps_typed
from wildgate.apps.stock.sheet import Fault
from wildgate.convention.lifecycle import CaseState
from wildgate.convention.refusal import Refusal
from wildgate.kit.uploads import services as files
from wildgate.kit.uploads.models import Upload

REFUSED = 422
LARGEST = 2_000_000
MOST_SHOWN = 100
GIVEN_BACK = "lines-faults"
KEPT_FOR = timedelta(days=1)


@keeps_typed(lambda number: reverse("application-upload", args=[number]))
@role(Action.APPLY)
def upload(request: Request, number: str) -> HttpResponse:
    """Choose a file of lines. Nothing of it is kept while one line is wrong."""
    case = own_application(request.actor, number)
    if case.case_state is not CaseState.DRAFT:
        return redirect("application", number)
    fault, faults, given_back = "", [], None
    if request.method == "POST":
        file = request.FILES.get("file")
        if file is None or file.size is None or file.size > LARGEST:
            fault = _("Choose a CSV or XLSX file of at most 2 MB.")
        else:
            data, name = file.read(), (file.name or "")[-80:]
            done = services.upload_lines(actor=request.actor, case=number, data=data, file_name=name, at=request.at)
            if isinstance(done, Uploaded):
                messages.success(request, told(done))
                return redirect("application", number)
            if isinstance(done, Refusal):
                fault = said(done)
            else:
                faults = [(each.line, each.column, _reason(each)) for each in done]
                given_back = _give_back(request, number, data, name, done)
    return render(request, "permits/trader_upload.html", {
        "case": case, "fault": fault, "faults": faults[:MOST_SHOWN], "more": max(len(faults) - MOST_SHOWN, 0),
        "count": len(faults), "given_back": given_back, "stocks": stocks_of(case)[:MOST_SHOWN],
        "endings": list(fault_file.TYPES), "headings": ", ".join(fault_file.HEADINGS),
    }, status=REFUSED if fault or faults else 200)


def _reason(fault: Fault) -> str:
    """The sentence of the page that asks the same; a file has no list of species found to choose from."""
    refusal = fault.refusal
    return said(refusal) if refusal.code == "taxon-unknown" else sentence(
        refusal, (refusal.field or "").rpartition(".")[2])


def _give_back(request: Request, number: str, data: bytes, name: str, done: Sequence[Fault]) -> Upload | None:
    """Keep the file with its faults for a day, to be fetched."""
    by_line: dict[int, list[str]] = {}
    for each in done:
        where = f"{each.column}{_(':')} " if each.column else ""
        by_line.setdefault(each.line, []).append(where + _reason(each))
    written = fault_file.with_faults(data, name, by_line)
    stem = name.rpartition(".")[0] or "lines"
    kept = files.keep([written], f"{stem}-faults.{fault_file.ending_of(data)}", judge=lambda file: GIVEN_BACK,
                      largest=10 * LARGEST, party=request.actor.party, by=request.actor.label, at=request.at,
                      choices={"application": number}, until=request.at + KEPT_FOR)
    return kept if isinstance(kept, Upload) else None


@role(Action.APPLY)
def with_faults(request: Request, number: str, key: int) -> HttpResponse:
    """The file as it was sent, with a column that says what is wrong in each line."""
    case = own_application(request.actor, number)
    found = Upload.objects.filter(party=case.party, pk=key, kind=GIVEN_BACK).first()
    if found is None or found.choices.get("application") != case.number or not found.file.exists():
        raise Http404(_("The file is no longer kept; send yours again."))
    return _as_download(found.file.read_bytes(), found.file_name)


@role(Action.APPLY)
def template(request: Request, ending: str) -> HttpResponse:
    """A file to start from: the headings alone."""
    if ending not in fault_file.TYPES:
        raise Http404(_("There is no such file."))
    return _as_download(fault_file.empty(ending), f"lines.{ending}")


def _as_download(content: bytes, name: str) -> HttpResponse:
    answer = HttpResponse(content, content_type=fault_file.TYPES[name.rpartition(".")[2]])
    answer["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Cache-Control"] = "private, no-store"
    return answer


def told(done: Uploaded) -> str:
    """What came of the file, in words: lines, drafts, and what is left in stock."""
    words = [ngettext("%(count)s line was added.", "%(count)s lines were added.", done.lines) % {"count": done.lines}]
    if len(done.drafts) > 1:
        words.append(_("They need several applications: %(numbers)s.") % {"numbers": ", ".join(done.drafts)})
    if done.left:
        left = ", ".join(f"{number}{_(':')} {free}" for number, free in done.left[:10])
        words.append(_("Left in stock after them: %(left)s.") % {"left": left})
    return " ".join(words)
