"""The public pages: giving a tip, staying safe, and coming back with the receipt. They work without a script."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from django.conf import settings
from django.core import signing
from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.http import HttpResponse
from django.http.multipartparser import MultiPartParserError
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt

from wildgate.apps.accounts.gate import Request
from wildgate.apps.tips import buckets, puzzles, receipts
from wildgate.apps.tips.forms import MoreForm, ReceiptForm, TipForm
from wildgate.apps.tips.models import Tip
from wildgate.apps.tips.puzzles import Puzzle
from wildgate.apps.tips.services import dialogue, intake
from wildgate.apps.tips.steps import FOR_THE_TELLER, OUTCOME_FOR_THE_TELLER
from wildgate.apps.tips.unseen import here, unseen
from wildgate.convention.refusal import Refusal

WRONG: Final = 422
TOO_LARGE: Final = 413
LATER: Final = 503
GONE: Final = 410
SALT: Final = "wildgate.tip.answer.1"
PASS_SECONDS: Final = 3600
UNREADABLE: Final = (RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent, MultiPartParserError)


@csrf_exempt  # it acts for nobody; the token would be a cookie
@unseen
def tell(request: Request) -> HttpResponse:
    """The form; after a post the receipt, which is on this one page and nowhere else."""
    if request.method != "POST":
        return _form(request, TipForm(), _fresh(request))
    try:
        form = TipForm(request.POST, request.FILES)
    except UNREADABLE:
        return _too_large(request)
    puzzle = puzzles.read(request.POST.get("puzzle", ""), request.at)
    toll = puzzle is not None and puzzles.solved(
        puzzle, work=request.POST.get("work", ""), total=request.POST.get("total", ""))
    if not toll:
        form.add_error("total", _("Answer this question: it keeps machines away."))
    if puzzle is None or not toll or not form.is_valid():
        return _form(request, form, puzzle if puzzle and toll else _fresh(request), toll=toll)
    taken = intake.take_in(told=form.told(get_language() or "en"), puzzle=puzzle, files=form.cleaned_data["attached"],
                           at=request.at)
    if isinstance(taken, Refusal):
        form.tell(taken)
        spent = taken.code == intake.SPENT.code
        return _form(request, form, _fresh(request) if spent else puzzle, refused=taken, toll=not spent)
    return render(request, "tips/receipt.html", _shell("tip") | {
        "groups": receipts.in_groups(taken.receipt).split(), "urgent": taken.tip.urgent,
        "answer": here(reverse("tip-answer"))})


@unseen
def safety(request: Request) -> HttpResponse:
    """How to stay safe, and what happens with a tip."""
    return render(request, "tips/safety.html", _shell("tip-safety"))


@csrf_exempt
@unseen
def come_back(request: Request) -> HttpResponse:
    """The receipt leads to what became of the tip and to the dialogue. It travels in the post, never in an address."""
    if request.method != "POST":
        return _receipt(request, ReceiptForm())
    try:
        passed = request.POST.get("pass", "")
    except UNREADABLE:
        return _too_large(request)
    return _add(request, passed) if passed else _look(request)


def _look(request: Request) -> HttpResponse:
    form = ReceiptForm(request.POST)
    if not form.is_valid():
        return _receipt(request, form, status=WRONG)
    tip = dialogue.found(form.cleaned_data["receipt"], request.at)
    if isinstance(tip, Refusal):
        form.tell(tip)
        return _waits(_receipt(request, form, status=WRONG), tip)
    return _dialogue(request, tip, MoreForm())


def _add(request: Request, passed: str) -> HttpResponse:
    """The teller says more. The page's pass stands for the receipt for an hour."""
    tip = _of_pass(passed)
    if tip is None:
        form = ReceiptForm()
        return _receipt(request, form, fault=_("This page was open too long: write your receipt again."), status=GONE)
    more = MoreForm(request.POST, request.FILES)
    if not more.is_valid():
        return _dialogue(request, tip, more)
    made = dialogue.answer(tip=tip, text=more.cleaned_data["text"], files=more.cleaned_data["attached"], at=request.at)
    if isinstance(made, Refusal):
        more.tell(made)
        return _dialogue(request, tip, more)
    return _dialogue(request, tip, MoreForm(), sent=True)


def _of_pass(passed: str) -> Tip | None:
    try:
        receipt = signing.loads(passed[:300], salt=SALT, max_age=PASS_SECONDS)
    except signing.BadSignature:
        return None
    return Tip.objects.filter(party=settings.PARTY, receipt=receipt).first()


@dataclass(frozen=True, slots=True)
class Line:
    """One message as the teller sees it."""

    mine: bool
    text: str
    at: Any
    files: int


def _dialogue(request: Request, tip: Tip, form: MoreForm, *, sent: bool = False) -> HttpResponse:
    lines = [Line(each.by_id is None, each.text, each.at, each.attachments.count())
             for each in tip.messages.prefetch_related("attachments").order_by("pk")]
    return render(request, "tips/dialogue.html", _shell("tip-answer") | {
        "tip": tip, "lines": lines, "form": form, "sent": sent, "state": FOR_THE_TELLER[tip.state],
        "outcome": OUTCOME_FOR_THE_TELLER.get(tip.outcome, ""), "files": tip.attachments.filter(message=None).count(),
        "pass": signing.dumps(tip.receipt, salt=SALT)}, status=WRONG if form.errors else 200)


def _receipt(request: Request, form: ReceiptForm, *, fault: str = "", status: int = 200) -> HttpResponse:
    return render(request, "tips/come_back.html", _shell("tip-answer") | {"form": form, "fault": fault}, status=status)


def _form(request: Request, form: TipForm, puzzle: Puzzle, *, refused: Refusal | None = None,
          toll: bool = False) -> HttpResponse:
    """The form with what was typed. A toll that was paid stays paid until the tip is taken in."""
    paid = {name: request.POST.get(name, "")[:12] for name in ("work", "total")} if toll else {}
    answer = render(request, "tips/tell.html", _shell("tip") | {
        "form": form, "puzzle": puzzle, "paid": paid, "lost_files": bool(form.errors and request.FILES)},
        status=WRONG if form.errors else 200)
    return _waits(answer, refused)


def _fresh(request: Request) -> Puzzle:
    return puzzles.make(buckets.level(buckets.INTAKE, settings.PARTY, request.at), request.at)


def _waits(answer: HttpResponse, refused: Refusal | None) -> HttpResponse:
    """503 with Retry-After where it is only a matter of time."""
    if refused is not None and (seconds := refused.values.get("wait")):
        answer.status_code = LATER
        answer["Retry-After"] = seconds
    return answer


def _too_large(request: Request) -> HttpResponse:
    text = _("This was more than we can take in at once. Go back: what you wrote is still there. Send fewer or "
             "smaller files.")
    return render(request, "tips/too_large.html", _shell("tip") | {"text": text}, status=TOO_LARGE)


def _shell(page: str) -> dict[str, Any]:
    """What the public frame shows: the same page in other languages, and the ways between the three pages."""
    languages = [(code, f"{reverse(page)}?lang={code}") for code, _name in settings.LANGUAGES]
    return {"languages": languages, "home": here(reverse("tip")), "advice": here(reverse("tip-safety")),
            "back": here(reverse("tip-answer")), "page_name": page}
