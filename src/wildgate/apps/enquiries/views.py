"""What do I need? Public pages, without an account: an enquiry page by page, its answer, and the note."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

from django.conf import settings
from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from wildgate.apps.accounts.access import Action
from wildgate.apps.accounts.gate import Request, public, role
from wildgate.apps.accounts.selectors import organisations_of
from wildgate.apps.enquiries import answering, asking, selling, services, state, steps, telling
from wildgate.apps.enquiries.models import Note
from wildgate.apps.enquiries.trip import Enquiry
from wildgate.apps.permits import services as applications
from wildgate.apps.permits.note_standing import standing_of
from wildgate.apps.permits.templatetags.permits import said
from wildgate.convention.refusal import Refusal
from wildgate.message.qr import write_svg
from wildgate.seal.text import to_digits, to_url

STALE: Final = 410
WRONG: Final = 422
CARRIED: Final = "enquiry"
"""Where the session keeps the answers on their way to an application. They name nobody."""


@public
@never_cache
def check(request: Request) -> HttpResponse:
    """The pages of the enquiry. Each carries what was answered so far, signed; nothing is kept here."""
    if request.method != "POST":
        return _page(request, asking.TRIP, state.begin(request.at.date()))
    try:
        enquiry, step, do = (
            state.read(request.POST.get("so_far", "")),
            request.POST.get("step", ""),
            request.POST.get("do"),
        )
    except (RequestDataTooBig, TooManyFieldsSent):
        return _again(request)
    if enquiry is None or not (steps.is_step(step, enquiry) or step == asking.ANSWER):
        return _again(request)
    if do == "back":
        return _page(request, steps.before(step, enquiry), enquiry)
    if step == asking.ANSWER:
        if do == "details":
            enquiry = replace(enquiry, short=False)
            return _page(request, steps.after(asking.UNDERSTOOD, enquiry), enquiry)
        return _page(request, asking.SALE if enquiry.short else asking.GOODS, enquiry)
    taken = steps.take(step, enquiry, request.POST, request.at.date())
    if taken.faults:
        return _page(request, step, enquiry, taken.faults, typed=True)
    if taken.again:
        return _page(request, step, taken.enquiry, typed=True)
    return _page(request, steps.after(step, taken.enquiry), taken.enquiry)


@public
@never_cache
def sale(request: Request) -> HttpResponse:
    """The first page of a seller: three questions. What follows is posted to the pages of every enquiry."""
    return _page(request, asking.SALE, state.begin(request.at.date(), short=True))


@public
@never_cache
@require_POST
def carry(request: Request) -> HttpResponse:
    """Take the answers along to an application; they wait in the session until somebody has signed in."""
    enquiry = state.read(request.POST.get("so_far", ""))
    if enquiry is None or not enquiry.items:
        return _again(request)
    wordless = replace(enquiry, words=(), items=tuple(replace(item, text="") for item in enquiry.items))
    request.session[CARRIED] = state.written(wordless)
    return redirect("check-apply")


@role(Action.APPLY)
@never_cache
def apply(request: Request) -> HttpResponse:
    """Begin an application with the answers of an enquiry, for one of one's own organisations."""
    enquiry = state.read(request.session.get(CARRIED, ""))
    if enquiry is None:
        return redirect("trader")
    fault = ""
    begun = selling.answers_of(enquiry, answering.answer(enquiry, settings.PARTY), settings.PARTY)
    if request.method == "POST":
        organisation = request.POST.get("organisation", "")
        outcome = applications.start(actor=request.actor, at=request.at, answers=begun,
                                     organisation=int(organisation)
                                                  if organisation.isdecimal() and len(organisation) < 19 else 0)
        if not isinstance(outcome, Refusal):
            del request.session[CARRIED]
            return redirect("application", outcome.number)
        fault = said(outcome)
    return render(request, "enquiries/apply.html", {
        "fault": fault, "organisations": organisations_of(request.actor), "begun": begun,
        "country": begun["other_country"]}, status=WRONG if fault else 200)


@public
@never_cache
@require_POST
def make(request: Request) -> HttpResponse:
    """Make the note of a finished enquiry."""
    enquiry = state.read(request.POST.get("so_far", ""))
    if enquiry is None or not enquiry.items:
        return _again(request)
    made = services.make_note(actor=request.actor, enquiry=enquiry, at=request.at)
    if isinstance(made, Refusal):
        return _page(request, asking.ANSWER, enquiry, {"note": said(made)})
    return redirect("check-note", made.key)


@public
@never_cache
def note(request: Request, key: str) -> HttpResponse:
    """The note to print, and whether it holds today."""
    found = Note.objects.filter(party=settings.PARTY, key=key[:24]).first()
    if found is None:
        raise Http404
    token = bytes.fromhex(found.token)
    changed = standing_of(found.facts, request.at)
    return render(
        request,
        "enquiries/note.html",
        {
            "note": found,
            "facts": found.facts,
            "items": telling.items_of_note(found.facts),
            "carried": telling.CARRIED[found.facts["carried"]],
            "qr": mark_safe(write_svg(to_url(settings.BASE_URL, token))),  # noqa: S308  (our own drawing, no words in it)
            "digits": to_digits(token),
            "changed": said(changed) if changed else "",
            "expired": request.at.date() > found.valid_until,
        },
    )


def _page(
    request: Request, step: str, enquiry: Enquiry, faults: dict[str, str] | None = None, *, typed: bool = False
) -> HttpResponse:
    """One page. With `typed` it shows what was sent; a page with faults answers 422."""
    faults = faults or {}
    context: dict[str, Any] = {"so_far": state.written(enquiry), "step": step}
    if step == asking.ANSWER:
        found = answering.answer(enquiry, settings.PARTY)
        context |= telling.answer_page(enquiry, found) | {
            "errors": [("make-note", text) for text in faults.values()],
            "offer": selling.offer(enquiry, found, settings.PARTY, request.at.date()),
        }
        return render(request, "enquiries/answer.html", context, status=WRONG if faults else 200)
    page = steps.page_of(step, enquiry, request.POST if typed else {}, faults)
    order = [*steps.order_of(enquiry), *([] if enquiry.short else [asking.DETAILS])]
    context |= {
        "page": page,
        "errors": page.errors,
        "now": order.index(step.partition("-")[0]) + 1,
        "names": [asking.NAMES[each] for each in order],
        "total": len(order),
    }
    return render(request, "enquiries/page.html", context, status=WRONG if faults else 200)


def _again(request: Request) -> HttpResponse:
    """The page was too old, or not ours: begin again and say why."""
    page = steps.page_of(asking.TRIP, state.begin(request.at.date()), {}, {})
    return render(
        request,
        "enquiries/page.html",
        {
            "so_far": state.written(state.begin(request.at.date())),
            "step": asking.TRIP,
            "page": page,
            "now": 1,
            "names": [asking.NAMES[each] for each in (*asking.ORDER, asking.DETAILS)],
            "total": len(asking.ORDER) + 1,
            "errors": [("", _("This page was open too long, or was changed on its way: please begin again."))],
        },
        status=STALE,
    )
