"""A carrier's own page with its log, lists and handed-over parcels; customs' leads and receipts."""

from __future__ import annotations

import csv
from collections import Counter
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import formats
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from wildgate.apps.accounts.access import Action, can
from wildgate.apps.accounts.gate import Request, role
from wildgate.apps.carriers import selectors, services
from wildgate.apps.carriers.forms import HandoverForm, ListForm
from wildgate.apps.carriers.models import Handover, Lead, ShipmentList
from wildgate.apps.carriers.parcels import MOST_LISTED, from_csv, unread
from wildgate.apps.carriers.services import Message
from wildgate.apps.carriers.wording import ANSWERS, SAID
from wildgate.apps.permits.templatetags.permits import said as worded
from wildgate.convention.refusal import Refusal, refuse
from wildgate.kit import events
from wildgate.kit.charts import Bars, Series
from wildgate.kit.sentences import in_words

ON_A_PAGE, REFUSED, LARGEST = 50, 422, 10_000_000


@role(Action.VIEW_PARCELS)
def parcels(request: Request) -> HttpResponse:
    """The log by day, the lists, and what may be sent by hand."""
    days = selectors.days(request.actor, until=request.at.date())
    page = Paginator(selectors.lists(request.actor), ON_A_PAGE).get_page(request.GET.get("page"))
    total: Counter[str] = Counter()
    for each in days:
        total.update(each.answers)
    return render(request, "carriers/parcels.html", {
        "days": days, "page": page, "total": total.most_common(), "chart": _chart(days),
        "may_send": can(request.actor, Action.CHECK_PARCELS), "all": selectors.may_see_all(request.actor)})


def _chart(days: list[selectors.Day]) -> Bars | None:
    if not days:
        return None
    shown = sorted({each.day for each in days})[-14:]
    parcels = {day: [each for each in days if each.day == day] for day in shown}

    def sums(*wanted: str) -> tuple[int, ...]:
        return tuple(sum(each.answers.get(answer, 0) for each in parcels[day] for answer in wanted) for day in shown)
    calm = sums("valid", "no-permit-needed", "released")
    held = sums("hold")
    rest = tuple(sum(each.parcels for each in parcels[day]) - calm[at] - held[at] for at, day in enumerate(shown))
    return Bars(key="parcels", title=_("Parcels by day"), heading=_("Day"), unit=_("parcels"),
                labels=tuple(formats.date_format(day, "j M") for day in shown),
                series=(Series(_("May go"), calm), Series(_("Something is missing or wrong"), rest),
                        Series(_("On hold"), held)))


@role(Action.CHECK_PARCELS)
def send(request: Request) -> HttpResponse:
    """A table of parcels sent by hand."""
    form = ListForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        made = _taken(request, form)
        if isinstance(made, ShipmentList):
            messages.success(request, _("The list is checked."))
            return redirect("carrier-list", made.pk)
        name = "list_id" if made.field == "list" else "file"
        form.add_error(name, worded(made))
    return render(request, "carriers/send.html", {"form": form}, status=REFUSED if form.errors else 200)


def _taken(request: Request, form: ListForm) -> ShipmentList | Refusal:
    file = form.cleaned_data["file"]
    if file.size > LARGEST:
        return refuse("too-large", "The file has more than %(most)s MB.", most=LARGEST // 1_000_000)
    sheet = from_csv(file.read(), MOST_LISTED)
    if isinstance(sheet, Refusal):
        return sheet
    return services.take_list(actor=request.actor, list_id=form.cleaned_data["list_id"], rows=sheet.rows,
                              way=ShipmentList.Way.PAGE, at=request.at, unknown=sheet.unknown)


@role(Action.VIEW_PARCELS)
def one_list(request: Request, key: int) -> HttpResponse:
    """A list with its answers, those that need something first."""
    found = _list(request, key)
    wanted = request.GET.get("answer", "")
    rows = [row for row in found.answers if not wanted or row["answer"] == wanted]
    if not wanted:
        rows.sort(key=lambda row: row["answer"] in ("valid", "no-permit-needed"))
    return render(request, "carriers/list.html", {
        "list": found, "page": Paginator(rows, ON_A_PAGE).get_page(request.GET.get("page")), "wanted": wanted,
        "counts": sorted(found.counts.items(), key=lambda pair: -pair[1]),
        "warnings": [worded(each) for each in unread(found.unknown or ())]})


def _list(request: Request, key: int) -> ShipmentList:
    found = selectors.one_list(request.actor, pk=key)
    if found is None:
        raise Http404(_("There is no such list, or you may not see it."))
    return found


@role(Action.VIEW_PARCELS)
def result(request: Request, key: int) -> HttpResponse:
    """The answers of a list as a table to keep."""
    found = _list(request, key)
    answer = HttpResponse(content_type="text/csv; charset=utf-8", headers={
        "Content-Disposition": f'attachment; filename="parcels-{found.pk}.csv"'})
    out = csv.writer(answer)
    out.writerow(["parcel", "answer", "what_to_do", "permits", "doubts", "fault"])
    for row in found.answers:
        out.writerow([_cell(each) for each in (
            row["parcel"], row["answer"], SAID[row["answer"]],
            "; ".join(f"{each['number']} {each['answer']}" for each in row.get("permits", ())),
            "; ".join(row.get("doubts", ())), in_words(row.get("fault", {})))])
    return answer


def _cell(value: Any) -> str:
    """Text that no spreadsheet takes for a formula."""
    text = str(value)
    return f"'{text}" if text[:1] in "=+-@\t\r" else text


@role(Action.CHECK_PARCELS)
def hand_over(request: Request) -> HttpResponse:
    """Hand a parcel to customs: place, reason, picture."""
    form = HandoverForm(request.POST or None, request.FILES or None, initial={"parcel": request.GET.get("parcel", "")})
    if request.method == "POST" and form.is_valid():
        picture = form.cleaned_data.pop("picture")
        too_large = picture is not None and picture.size > services.LARGEST_PICTURE
        said = Message(**form.cleaned_data, picture=b"" if picture is None or too_large else picture.read())
        made = refuse("too-large", "The picture has more than 5 MB.", field="picture") if too_large \
            else services.hand_over(actor=request.actor, message=said, at=request.at)
        if isinstance(made, Handover):
            messages.success(request, _("Customs is told. The receipt will stand here."))
            return redirect("carrier-handovers")
        form.add_error(made.field if made.field in form.fields else None, worded(made))
    return render(request, "carriers/hand_over.html", {"form": form}, status=REFUSED if form.errors else 200)


@role(Action.VIEW_PARCELS)
def handovers(request: Request) -> HttpResponse:
    """A carrier's own parcels that were handed over, with their receipts."""
    page = Paginator(selectors.handovers(request.actor), ON_A_PAGE).get_page(request.GET.get("page"))
    return render(request, "carriers/handovers.html", {
        "page": page, "receiving": False, "may_send": can(request.actor, Action.CHECK_PARCELS)})


@role(Action.VIEW_LEADS)
def leads(request: Request) -> HttpResponse:
    """Parcels on hold, the newest first, or those decided."""
    decided = request.GET.get("tab") == "decided"
    found = selectors.leads(request.actor, state="decided" if decided else "open")
    return render(request, "carriers/leads.html", {
        "page": Paginator(found, ON_A_PAGE).get_page(request.GET.get("page")), "decided": decided})


@role(Action.VIEW_LEADS)
def lead(request: Request, key: str) -> HttpResponse:
    """One parcel on hold with all that customs knows of it; a decision lets it go on or takes it."""
    fault = None
    if request.method == "POST":
        outcome = services.decide(actor=request.actor, key=key, state=request.POST.get("state", ""),
                                  note=request.POST.get("note", ""), at=request.at)
        if isinstance(outcome, Lead):
            messages.success(request, _("The carrier will be told."))
            return redirect("carrier-leads")
        fault = outcome
    found = selectors.lead(request.actor, key)
    if found is None:
        raise Http404(_("There is no such lead, or you may not see it."))
    events.note_read(found.subject, party=found.party, actor=request.actor.label, at=request.at)
    return render(request, "carriers/lead.html", {
        "lead": found, "fault": fault, "may_decide": can(request.actor, Action.DECIDE_LEAD),
        "typed": request.POST.get("note", ""), "answers": ANSWERS}, status=REFUSED if fault else 200)


@role(Action.VIEW_LEADS)
def receipts(request: Request) -> HttpResponse:
    """Parcels that carriers handed over: those that wait for a receipt first."""
    done = request.GET.get("tab") == "received"
    page = Paginator(selectors.handovers(request.actor, waiting=not done), ON_A_PAGE).get_page(request.GET.get("page"))
    return render(request, "carriers/handovers.html", {
        "page": page, "receiving": True, "done": done, "may_receive": can(request.actor, Action.RECEIVE_PARCEL)})


@role(Action.RECEIVE_PARCEL)
@require_POST
def receive(request: Request, key: str) -> HttpResponse:
    """Customs has the parcel."""
    outcome = services.receive(actor=request.actor, key=key, at=request.at)
    if isinstance(outcome, Refusal):
        raise Http404(_(outcome.template))
    messages.success(request, _("The receipt is %(number)s.") % {"number": outcome.receipt})
    return redirect("carrier-receipts")


@role(Action.VIEW_LEADS)
def picture(request: Request, key: str) -> Any:
    """The picture of a handed-over parcel, never shown inside a page of ours."""
    found = selectors.handover(request.actor, key)
    if found is None or found.picture is None or not found.picture.file.exists():
        raise Http404(_("There is no such picture."))
    events.note_read(found.subject, party=found.party, actor=request.actor.label, at=request.at)
    kind = "image/png" if found.picture.kind.endswith("png") else "image/jpeg"
    return FileResponse(found.picture.file.open("rb"), content_type=kind, as_attachment=True,
                        filename=found.picture.file_name)
