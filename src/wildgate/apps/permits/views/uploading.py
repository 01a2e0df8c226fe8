"""Lines of an application from a file: chosen, read, and either all kept or each fault told by line and column."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from wildgate.apps.accounts.access import Action
from wildgate.apps.accounts.gate import Request, role
from wildgate.apps.permits import services
from wildgate.apps.permits.services import Uploaded
from wildgate.apps.permits.stock_lines import stocks_of
from wildgate.apps.permits.templatetags.permits import said
from wildgate.apps.permits.views.trader import own_application
from wildgate.convention.lifecycle import CaseState
from wildgate.convention.refusal import Refusal

REFUSED = 422
LARGEST = 2_000_000
MOST_SHOWN = 100


@role(Action.APPLY)
def upload(request: Request, number: str) -> HttpResponse:
    """Choose a file of lines. Nothing of it is kept while one line is wrong."""
    case = own_application(request.actor, number)
    if case.case_state is not CaseState.DRAFT:
        return redirect("application", number)
    fault, faults = "", []
    if request.method == "POST":
        file = request.FILES.get("file")
        if file is None or file.size is None or file.size > LARGEST:
            fault = _("Choose a CSV or XLSX file of at most 2 MB.")
        else:
            done = services.upload_lines(actor=request.actor, case=number, data=file.read(),
                                         file_name=(file.name or "")[-80:], at=request.at)
            if isinstance(done, Uploaded):
                messages.success(request, told(done))
                return redirect("application", number)
            if isinstance(done, Refusal):
                fault = said(done)
            else:
                faults = [(each.line, each.column, said(each.refusal)) for each in done]
    return render(request, "permits/trader_upload.html", {
        "case": case, "fault": fault, "faults": faults[:MOST_SHOWN], "more": max(len(faults) - MOST_SHOWN, 0),
        "count": len(faults), "stocks": stocks_of(case)[:MOST_SHOWN],
    }, status=REFUSED if fault or faults else 200)


def told(done: Uploaded) -> str:
    """What came of the file, in words: lines, drafts, and what is left in stock."""
    words = [ngettext("%(count)s line was added.", "%(count)s lines were added.", done.lines) % {"count": done.lines}]
    if len(done.drafts) > 1:
        words.append(_("They need several applications: %(numbers)s.") % {"numbers": ", ".join(done.drafts)})
    if done.left:
        left = ", ".join(f"{number}: {free}" for number, free in done.left[:10])
        words.append(_("Left in stock after them: %(left)s.") % {"left": left})
    return " ".join(words)
