"""Pages of the questions between authorities: the list with its clock, asking, answering, and the link's own page."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from wildgate.apps.accounts.access import Action, can
from wildgate.apps.accounts.gate import Request, public, role
from wildgate.apps.confirmations import selectors, services
from wildgate.apps.confirmations.forms import AnswerForm, CopyForm
from wildgate.apps.confirmations.models import Question
from wildgate.apps.confirmations.wording import POINT_WORDS, SAY_WORDS, TONES
from wildgate.apps.permits import selectors as permits
from wildgate.convention.refusal import Refusal

REFUSED, GONE = 422, 410
ROWS_ON_A_PAGE = 50
LINKS = "confirmation-links"
"""Where a fresh link stays until its page was left: it is shown to who made it, and kept nowhere else in the clear."""


@role(Action.VIEW_CONFIRMATIONS)
def listing(request: Request) -> HttpResponse:
    """All questions: open ones first, the earliest due day on top."""
    page = Paginator(selectors.questions(request.actor), ROWS_ON_A_PAGE).get_page(request.GET.get("page"))
    return render(request, "confirmations/listing.html", {
        "page": page, "rows": page.object_list, "today": request.at.date(),
        "may_ask": can(request.actor, Action.ASK_AUTHORITY).allowed})


@role(Action.ASK_AUTHORITY)
def ask(request: Request) -> HttpResponse:
    """Ask the authority that issued a permit; from a case, its lines are there already."""
    return _from_copy(request, Question.Way.OUT)


@role(Action.ASK_AUTHORITY)
def received(request: Request) -> HttpResponse:
    """Log another authority's question; the register's answer follows on its page."""
    return _from_copy(request, Question.Way.IN)


def _from_copy(request: Request, way: Question.Way) -> HttpResponse:
    form = CopyForm(request.POST or None, initial=_known(request) if way == Question.Way.OUT else None)
    if request.method == "POST" and form.is_valid():
        copy, token = form.copy(), ""
        done: Question | Refusal
        if isinstance(copy, Refusal):
            done = copy
        elif way == Question.Way.IN:
            done = services.receive(actor=request.actor, other=form.cleaned_data["other"], copy=copy,
                                    contact=form.cleaned_data["contact"], at=request.at)
        else:
            asked = services.ask(actor=request.actor, other=form.cleaned_data["other"], copy=copy, at=request.at,
                                 contact=form.cleaned_data["contact"], case=form.cleaned_data["case"])
            done, token = asked if isinstance(asked, tuple) else (asked, "")
        if isinstance(done, Question):
            if token:
                request.session[LINKS] = {done.number: token}
            messages.success(request, _("The question is written down. Send the mail below.") if token
                             else _("The question is written down. This is what the register answers."))
            return redirect("confirmation", done.number)
        form.tell(done)
    return render(request, "confirmations/copy.html", {"form": form, "way": way},
                  status=REFUSED if form.errors else 200)


def _known(request: Request) -> dict[str, str]:
    """What a case says about another country's permit: its lines that cite the number."""
    case = permits.application(request.actor, request.GET.get("case", "")[:24])
    number = request.GET.get("permit", "")[:40]
    if case is None:
        return {"other": request.GET.get("country", "")[:2], "permit_number": number}
    lines = [line for line in case.answers.get("lines", []) if not number or line.get("origin_permit") == number]
    first = lines[0] if lines else {}
    return {
        "case": case.number, "other": first.get("origin", ""),
        "permit_number": number or first.get("origin_permit", ""),
        "issued_on": first.get("origin_permit_date", ""),
        "lines": "\n".join(" | ".join([line.get("taxon", ""), line.get("term", ""), line.get("quantity", ""),
                                       line.get("unit", "")]) for line in lines),
    }


@role(Action.VIEW_CONFIRMATIONS)
def question(request: Request, number: str) -> HttpResponse:
    """One question: its facts, its clock, the mail that is ready to be sent, and the answer or a form for it."""
    found = selectors.question(request.actor, number)
    if found is None:
        raise Http404(_("There is no such question, or you may not see it."))
    may = can(request.actor, Action.ASK_AUTHORITY).allowed and found.answered_at is None
    draft = services.draft_answer(found, request.at.date()) if found.way == Question.Way.IN else None
    form = AnswerForm(request.POST or None, asked=found.asked,
                      initial={**draft.points, "note": draft.note} if draft else None)
    if request.method == "POST" and form.is_valid():
        said = form.answer()
        done = said if isinstance(said, Refusal) else services.answer(actor=request.actor, number=number, answer=said,
                                                                      at=request.at)
        if isinstance(done, Question):
            messages.success(request, _("The answer is kept."))
            return redirect("confirmation", number)
        form.tell(done)
    token = request.session.get(LINKS, {}).get(number, "")
    link = settings.BASE_URL + reverse("confirmation-link", args=[token]) if token else ""
    language = request.GET.get("language", get_language() or "en")[:2]
    subject, text = selectors.mail(found, language, link)
    return render(request, "confirmations/question.html", {
        "question": found, "facts": selectors.facts(found), "answers": _answers(found), "draft": draft, "form": form,
        "may": may, "today": request.at.date(), "subject": subject, "text": text, "link": link,
        "languages": selectors.LANGUAGES, "differences": (found.answer or {}).get("differences", []),
        "note": (found.answer or {}).get("note", "")}, status=REFUSED if form.errors else 200)


@public
@never_cache
def by_link(request: Request, token: str) -> HttpResponse:
    """The other authority answers here, without an account. The page shows the facts that it was sent, and no more."""
    found = services.by_link(token, request.at)
    if found is None:
        return render(request, "confirmations/gone.html", status=GONE)
    form = AnswerForm(request.POST or None, asked=found.asked)
    if request.method == "POST" and form.is_valid():
        said = form.answer()
        done = said if isinstance(said, Refusal) else services.answer_by_link(token=token, answer=said, at=request.at)
        if isinstance(done, Question):
            return redirect("confirmation-link", token)
        form.tell(done)
    response = render(request, "confirmations/link.html", {
        "question": found, "facts": selectors.facts(found), "answers": _answers(found), "form": form},
        status=REFUSED if form.errors else 200)
    response["X-Robots-Tag"] = "noindex"
    return response


def _answers(question: Question) -> list[tuple[object, object, str]]:
    """Each point in words with its answer and the tone of it."""
    return [(POINT_WORDS[point.value], SAY_WORDS[said], TONES[said]) for point in question.asked
            if (said := question.points.get(point.value))]
