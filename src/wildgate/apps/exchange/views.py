"""Pages of the exchange: the post and what was not delivered, the log, lines to partners, differences and copies."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from wildgate.apps.accounts.access import Action, can
from wildgate.apps.accounts.gate import Request, role
from wildgate.apps.exchange import asking, bodies, comparing, copies, selectors, services, transport
from wildgate.apps.exchange.at_work import beside_copy
from wildgate.apps.exchange.forms import FetchForm, WhyForm
from wildgate.apps.exchange.models import Message
from wildgate.apps.exchange.wording import STATE_WORDS, TRIED
from wildgate.convention.refusal import Refusal
from wildgate.kit.sentences import in_words

ROWS, REFUSED = 50, 422


def said(refused: Refusal) -> str:
    """The sentence of a refusal in the reader's language."""
    return in_words(refused)


def _page(request: Request, found: QuerySet[Any]) -> Any:
    return Paginator(found, ROWS).get_page(request.GET.get("page"))


def _asked(request: Request) -> dict[str, str]:
    """What a list is narrowed to."""
    return {name: request.GET.get(name, "")[:60] for name in ("partner", "number")}


@role(Action.VIEW_EXCHANGE)
def post(request: Request) -> HttpResponse:
    """Messages to partners with their state."""
    asked = _asked(request)
    return render(request, "exchange/post.html", {
        "page": _page(request, selectors.messages(request.actor, **asked)), "asked": asked,
        "undelivered": selectors.undelivered(request.actor).count(), "since": selectors.waiting_since(request.actor)})


@role(Action.VIEW_EXCHANGE)
def received(request: Request) -> HttpResponse:
    """Messages of partners and the answers that they got."""
    asked = _asked(request)
    return render(request, "exchange/received.html", {
        "page": _page(request, selectors.received(request.actor, **asked)), "asked": asked})


@role(Action.WORK_EXCHANGE)
def undelivered(request: Request) -> HttpResponse:
    """Messages about which a person has to decide."""
    return render(request, "exchange/undelivered.html", {"page": _page(request, selectors.undelivered(request.actor))})


@role(Action.VIEW_EXCHANGE)
def message(request: Request, key: str) -> HttpResponse:
    """One message: what it says, what became of it, and what went over the line."""
    return _show(request, _message(request, key), WhyForm())


def _message(request: Request, key: str) -> Message:
    found = selectors.message(request.actor, key)
    if found is None:
        raise Http404(_("There is no such message."))
    return found


def _show(request: Request, found: Message, form: WhyForm) -> HttpResponse:
    return render(request, "exchange/message.html", {
        "message": found, "form": form, "positions": found.data.get("positions", {}),
        "may_work": can(request.actor, Action.WORK_EXCHANGE).allowed and (
            found.state in services.UNDELIVERED or found.open),
        "entries": selectors.log(request.actor).filter(message=found.key).order_by("pk")[:ROWS],
    }, status=REFUSED if form.errors else 200)


@role(Action.WORK_EXCHANGE)
@require_POST
def again(request: Request, key: str) -> HttpResponse:
    """Put a message in line again."""
    done = services.retry(actor=request.actor, key=key, at=request.at)
    if isinstance(done, Refusal):
        messages.error(request, said(done))
    else:
        messages.success(request, _("The message is in line again."))
    return redirect("exchange-message", _message(request, key).key)


@role(Action.WORK_EXCHANGE)
@require_POST
def give_up(request: Request, key: str) -> HttpResponse:
    """Give a message up, with the reason."""
    form = WhyForm(request.POST)
    if form.is_valid():
        done = services.give_up(actor=request.actor, key=key, why=form.cleaned_data["why"], at=request.at)
        if not isinstance(done, Refusal):
            messages.success(request, _("The message is given up."))
            return redirect("exchange-message", key)
        form.add_error("why" if done.field == "why" else None, said(done))
    return _show(request, _message(request, key), form)


@role(Action.VIEW_EXCHANGE)
def lines(request: Request) -> HttpResponse:
    """Partners and how the line to each is."""
    return render(request, "exchange/lines.html", {"rows": selectors.reaches(request.actor)})


@role(Action.VIEW_EXCHANGE)
@require_POST
def ask_state(request: Request, code: str) -> HttpResponse:
    """Ask a partner's service now whether it runs: in a sentence what works, and what does not."""
    answer = asking.state_of(actor=request.actor, code=code, at=request.at)
    if isinstance(answer, Refusal):
        messages.error(request, " ".join(filter(None, (said(answer), str(TRIED.get(answer.code, ""))))))
    else:
        messages.success(request, _("The service answered: %(word)s. Its address, both certificates and our right to "
                                    "ask are in order.") % {"word": STATE_WORDS.get(answer.casefold(), answer or "–")})
    return redirect(_next(request) or "exchange-lines")


@role(Action.VIEW_EXCHANGE)
def log(request: Request) -> HttpResponse:
    """The transport log."""
    asked = _asked(request)
    return render(request, "exchange/log.html", {
        "page": _page(request, selectors.log(request.actor, **asked)), "asked": asked})


@role(Action.VIEW_EXCHANGE)
def entry(request: Request, key: int) -> HttpResponse:
    """One message as it passed, and whether its body still has the digest that was written down then."""
    found = selectors.entry(request.actor, key)
    if found is None:
        raise Http404(_("There is no such entry."))
    return render(request, "exchange/entry.html", {
        "entry": found, "kept": transport.recheck(found, request.at.date()),
        "replies": found.replies.order_by("pk")[:ROWS], "headers": sorted(found.headers.items())})


@role(Action.VIEW_EXCHANGE)
def body(request: Request, key: int) -> HttpResponse:
    """The body of a message as a download: what somebody sent is never shown as a page of ours."""
    found = selectors.entry(request.actor, key)
    data = bodies.get(bodies.LOG, found.sha256) if found is not None else None
    if found is None or data is None:
        raise Http404(_("The body is not kept any more."))
    return _download(data, f"message-{found.pk}.bin")


def _download(data: bytes, name: str) -> HttpResponse:
    answer = HttpResponse(data, content_type="application/octet-stream")
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    answer["Cache-Control"] = "private, no-store"
    return answer


@role(Action.VIEW_DIFFERENCES)
def differences(request: Request) -> HttpResponse:
    """Lines of which both sides counted another quantity."""
    closed = request.GET.get("tab") == "closed"
    return render(request, "exchange/differences.html", {
        "page": _page(request, selectors.differences(request.actor, closed=closed)), "closed": closed})


@role(Action.VIEW_DIFFERENCES)
def difference(request: Request, key: int) -> HttpResponse:
    """One difference; an officer closes it when the cause is known."""
    found = selectors.difference(request.actor, key)
    if found is None:
        raise Http404(_("There is no such difference."))
    form = WhyForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        done = services.close_difference(actor=request.actor, difference=key, note=form.cleaned_data["why"],
                                         at=request.at)
        if not isinstance(done, Refusal):
            messages.success(request, _("The difference is closed. Neither figure was changed."))
            return redirect("exchange-difference", key)
        form.add_error(None, said(done))
    return render(request, "exchange/difference.html", {
        "difference": found, "form": form,
        "may_close": can(request.actor, Action.CLOSE_DIFFERENCE).allowed and found.state == found.State.OPEN,
    }, status=REFUSED if form.errors else 200)


@role(Action.FETCH_FOREIGN)
def fetch(request: Request) -> HttpResponse:
    """Ask another Party's system for its permit."""
    form = FetchForm(request.POST or None, party=request.actor.party,
                     initial={name: request.GET.get(name, "")[:60] for name in ("issuer", "number")})
    if request.method == "POST" and form.is_valid():
        found = asking.fetch(actor=request.actor, at=request.at, **form.cleaned_data)
        if not isinstance(found, Refusal):
            messages.success(request, _("The permit came from its own authority."))
            return redirect(_next(request) or f"/exchange/copies/{found.pk}/")
        form.add_error(found.field if found.field in form.fields else None, said(found))
    return render(request, "exchange/fetch.html", {"form": form, "next": _next(request)},
                  status=REFUSED if form.errors else 200)


def _next(request: Request) -> str:
    """Where the reader came from: a case or the border desk, never another site."""
    target = request.POST.get("next") or request.GET.get("next") or ""
    return target if url_has_allowed_host_and_scheme(target, allowed_hosts=None) and target.startswith("/") else ""


@role(Action.FETCH_FOREIGN)
def copies_list(request: Request) -> HttpResponse:
    """Copies of other Parties' permits."""
    return render(request, "exchange/copies.html", {"page": _page(request, selectors.foreign_copies(request.actor))})


@role(Action.FETCH_FOREIGN)
def copy(request: Request, key: int) -> HttpResponse:
    """A copy of another Party's permit, beside the paper where one is registered."""
    found = selectors.foreign_copy(request.actor, key)
    if found is None:
        raise Http404(_("There is no such copy."))
    return render(request, "exchange/copy.html", {
        "copy": found, "head": comparing.head_of(found.facts), "lines": copies.lines_of(found),
        "rows": beside_copy(found), "acts": selectors.acts_of(found.party, found.issuer, found.number),
        "standing": selectors.standing(found.party, found.issuer, found.number)})


@role(Action.FETCH_FOREIGN)
def copy_file(request: Request, key: int) -> HttpResponse:
    """The original bytes of a copy."""
    found = selectors.foreign_copy(request.actor, key)
    data = copies.bytes_of(found) if found is not None else None
    if found is None or data is None:
        raise Http404(_("There is no such copy."))
    return _download(data, f"permit-{found.issuer}-{found.pk}.xml")
