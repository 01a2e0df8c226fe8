"""The pages of notices: the list, drawing one up, one notice with all that came of it."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from wildgate.apps.accounts.access import Action, can
from wildgate.apps.accounts.gate import Request, role
from wildgate.apps.market import selectors as market
from wildgate.apps.notices import selectors, services, wording
from wildgate.apps.notices.forms import AnswerForm, DraftForm, LookForm, SendForm, Typed, WithdrawForm
from wildgate.apps.notices.models import Notice
from wildgate.apps.notices.services.drafting import not_covered
from wildgate.apps.notices.services.sending import as_json
from wildgate.apps.platforms import selectors as platforms
from wildgate.convention.refusal import Refusal

ON_A_PAGE, REFUSED = 40, 422


@role(Action.VIEW_MARKET)
def index(request: Request) -> HttpResponse:
    """The notices; the filter stands in the address."""
    asked = selectors.Asked.of(request.GET)
    page = Paginator(selectors.notices(request.actor, asked), ON_A_PAGE).get_page(request.GET.get("page"))
    return render(request, "notices/index.html", {
        "page": page, "rows": [(each, wording.TONES[each.state]) for each in page], "asked": asked,
        "states": Notice.State.choices, "platforms": selectors.platforms(request.actor),
        "due": selectors.waiting(request.actor, at=request.at)})


@role(Action.NOTIFY_PLATFORM)
def new(request: Request, listing: str) -> HttpResponse:
    """Draw up a notice about a captured listing."""
    found = market.listing(request.actor.party, listing)
    if found is None or not can(request.actor, Action.VIEW_MARKET, found):
        raise Http404(_("There is no such listing."))
    form = DraftForm(request.POST or None, initial={**_notifier(request), "language": _language(request)},
                     rules=_rules(found, request), covered=not not_covered(found))
    if request.method == "POST" and form.is_valid():
        made = services.draft(actor=request.actor, listing=listing, told=services.Draft(**form.cleaned_data),
                              at=request.at)
        if isinstance(made, Notice):
            messages.success(request, _("The notice is drafted. Another person reads it and sends it."))
            return redirect("platform-notice", made.number)
        form.tell(made)
    return render(request, "notices/draft.html", {"form": form, "listing": found, "notice": None},
                  status=REFUSED if form.errors else 200)


@role(Action.NOTIFY_PLATFORM)
def edit(request: Request, number: str) -> HttpResponse:
    """Other words for a draft."""
    notice = _found(request, number)
    found = market.listing(notice.party, notice.listing)
    if found is None or notice.state != Notice.State.DRAFTED:
        raise Http404(_("There is no such notice."))
    kept = {name: getattr(notice, name) for name in services.Draft.__dataclass_fields__}
    form = DraftForm(request.POST or None, initial=kept, rules=_rules(found, request), covered=not not_covered(found))
    if request.method == "POST" and form.is_valid():
        done = services.revise(actor=request.actor, number=number, told=services.Draft(**form.cleaned_data),
                               at=request.at)
        if isinstance(done, Notice):
            messages.success(request, _("Saved."))
            return redirect("platform-notice", number)
        form.tell(done)
    return render(request, "notices/draft.html", {"form": form, "listing": found, "notice": notice},
                  status=REFUSED if form.errors else 200)


def _rules(listing: Any, request: Request) -> list[Any]:
    platform = platforms.platforms(listing.party).filter(pk=listing.platform_id).first()
    return [] if platform is None else platforms.rules_for(
        platform, listing.appendix_today, listing.taxon, listing.term, request.at.date())


def _notifier(request: Request) -> dict[str, str]:
    """The authority as the person's last notice named it, else the site's own mailbox."""
    last = selectors.visible_to(request.actor).order_by("-pk").values_list("notifier", "notifier_email").first()
    return dict(zip(("notifier", "notifier_email"), last or ("", settings.DEFAULT_FROM_EMAIL), strict=True))


def _language(request: Request) -> str:
    code = str(getattr(request, "LANGUAGE_CODE", "en"))[:2]
    return code if code in Notice.Language.values else "en"


@role(Action.VIEW_MARKET)
def notice(request: Request, number: str) -> HttpResponse:
    """One notice: its words, what the platform said, what was seen, what is due."""
    return _page(request, _found(request, number))


def _page(request: Request, found: Notice, wrong: Typed | None = None) -> HttpResponse:
    may, own = bool(can(request.actor, Action.NOTIFY_PLATFORM, found)), found.drafted_by_id == request.actor.person_id
    forms: dict[str, Typed] = {"send": SendForm(initial={"way": "mail"}), "withdraw": WithdrawForm(),
                               "answer": AnswerForm(), "look": LookForm()}
    if wrong is not None:
        forms = {name: wrong if type(wrong) is type(each) else each for name, each in forms.items()}
    return render(request, "notices/notice.html", {
        "it": found, "tone": wording.TONES[found.state], "text": found.body or wording.text(found),
        "answers": found.answers.select_related("by").order_by("-pk"), "may": may, "own": own, "forms": forms,
        "sightings": [(each, wording.FOUND_TONES[each.found]) for each in
                      found.sightings.select_related("by").order_by("-seen_at", "-pk")],
        "rechecks": found.rechecks.select_related("sighting").order_by("due_at"), "now": request.at,
        "candidates": selectors.candidates(request.actor, found), "wrong": wrong}, status=REFUSED if wrong else 200)


def _found(request: Request, number: str) -> Notice:
    found = selectors.notice(request.actor, number)
    if found is None:
        raise Http404(_("There is no such notice."))
    return found


@role(Action.NOTIFY_PLATFORM)
@require_POST
def send(request: Request, number: str) -> HttpResponse:
    """Send what somebody else drafted."""
    return _act(request, number, SendForm(request.POST), services.send, _("The notice is sent."))


@role(Action.NOTIFY_PLATFORM)
@require_POST
def withdraw(request: Request, number: str) -> HttpResponse:
    """Do not send a draft."""
    return _act(request, number, WithdrawForm(request.POST), services.withdraw, _("The notice is withdrawn."))


@role(Action.NOTIFY_PLATFORM)
@require_POST
def answer(request: Request, number: str) -> HttpResponse:
    """Note what the platform said."""
    form = AnswerForm(request.POST)
    if form.is_valid():
        form.cleaned_data["said_at"] = form.cleaned_data["said_at"] or request.at
    return _act(request, number, form, services.record_answer, _("The answer is noted."))


@role(Action.NOTIFY_PLATFORM)
@require_POST
def look(request: Request, number: str) -> HttpResponse:
    """Note what stands at the address now."""
    return _act(request, number, LookForm(request.POST), services.look, _("Noted."))


def _act(request: Request, number: str, form: Typed, service: Any, done: str) -> HttpResponse:
    """One act on a notice by its service; the page again with what is wrong."""
    found = _found(request, number)
    if form.is_valid():
        outcome = service(actor=request.actor, number=number, at=request.at, **form.cleaned_data)
        if not isinstance(outcome, Refusal):
            messages.success(request, done)
            return redirect("platform-notice", number)
        form.tell(outcome)
    return _page(request, found, form)


@role(Action.VIEW_MARKET)
def as_text(request: Request, number: str) -> HttpResponse:
    """The notice as text, for the platform's own form."""
    found = _sent(request, number)
    return _file(found.body, f"{found.number}.txt", "text/plain")


@role(Action.VIEW_MARKET)
def as_program(request: Request, number: str) -> HttpResponse:
    """The notice as JSON, for the platform's program."""
    found = _sent(request, number)
    return _file(as_json(found), f"{found.number}.json", "application/json")


def _sent(request: Request, number: str) -> Notice:
    """A draft is nobody's word yet, so there is no file of it."""
    found = _found(request, number)
    if found.sent_at is None:
        raise Http404(_("There is no such notice."))
    return found


def _file(text: str, name: str, kind: str) -> HttpResponse:
    return HttpResponse(text, content_type=f"{kind}; charset=utf-8", headers={
        "Content-Disposition": f'attachment; filename="{name}"', "X-Content-Type-Options": "nosniff",
        "Cache-Control": "private, no-store"})
