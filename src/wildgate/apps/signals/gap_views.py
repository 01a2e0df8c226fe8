"""The work list of gaps: two reports of one trade that differ, of a year of the records and of permits now."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from wildgate.apps.accounts.access import Action, can
from wildgate.apps.accounts.gate import Request, role
from wildgate.apps.confirmations.views import LINKS
from wildgate.apps.figures.files import bare, csv_answer
from wildgate.apps.permits.templatetags.permits import said
from wildgate.apps.signals import reconciling, selectors, wording
from wildgate.apps.signals.forms import ContactForm, GapForm
from wildgate.apps.signals.models import Gap
from wildgate.convention.refusal import Refusal
from wildgate.kit.charts import Table

ON_A_PAGE, REFUSED = 50, 422
MOST_IN_A_FILE = 20_000
LIVE = {"now": True, "reports": False}


def _asked(request: Request) -> tuple[selectors.Asked, str]:
    codes = {code for code, _n in selectors.gap_codes(request.actor)}
    return selectors.Asked.of(request.GET, Gap.State, codes), request.GET.get("of", "")


@role(Action.VIEW_GAPS)
def index(request: Request) -> HttpResponse:
    """Differences of permits now before those of past years; the filter stands in the address."""
    codes = selectors.gap_codes(request.actor)
    asked, of = selectors.Asked.of(request.GET, Gap.State, {code for code, _n in codes}), request.GET.get("of", "")
    page = Paginator(selectors.gaps(request.actor, asked, live=LIVE.get(of)), ON_A_PAGE).get_page(
        request.GET.get("page"))
    return render(request, "signals/gaps.html", {
        "page": page, "rows": [(each, wording.GAP_TONES[each.state], wording.cause(each.code)) for each in page],
        "codes": [(code, wording.cause(code), count) for code, count in codes], "asked": asked, "of": of,
        "waiting": sum(count for _code, count in codes), "runs": selectors.gap_runs(request.actor),
        "states": Gap.State.choices, "query": request.GET.urlencode(), "last_year": request.at.year - 1,
        "may": can(request.actor, Action.WORK_GAPS).allowed})


@role(Action.VIEW_GAPS)
def index_csv(request: Request) -> HttpResponse:
    """The filtered list as a file."""
    asked, of = _asked(request)
    head = ("key", "of", "year", "partner", "direction", "taxon", "term", "unit", "source", "exporter reported",
            "importer reported", "difference", "cause", "explanation", "permit", "line", "state", "reason")
    found = selectors.gaps(request.actor, asked, live=LIVE.get(of))[:MOST_IN_A_FILE]
    rows = tuple((each.key, "now" if each.live else "reports", str(each.year), each.partner, each.direction,
                  each.taxon, each.term, each.unit, each.source, bare(each.exported), bare(each.imported),
                  bare(each.difference), each.code, each.explanation, each.permit, each.block, each.state, each.reason)
                 for each in found)
    return csv_answer(Table(head, rows), "trade-gaps")


@role(Action.VIEW_GAPS)
def gap(request: Request, key: str) -> HttpResponse:
    """One difference, with the permit where it is of one; an officer says what became of it."""
    row = selectors.gap(request.actor, key)
    if row is None:
        raise Http404(_("There is no such difference in the list."))
    form = GapForm(request.POST or None, initial={"state": row.state})
    if request.method == "POST" and form.is_valid():
        done = reconciling.mark(actor=request.actor, key=key, at=request.at, **form.cleaned_data)
        if not isinstance(done, Refusal):
            messages.success(request, _("Noted."))
            return redirect("trade-gap", key)
        form.tell(done)
    may = can(request.actor, Action.WORK_GAPS).allowed
    return render(request, "signals/gap.html", {
        "it": row, "cause": wording.cause(row.code), "tone": wording.GAP_TONES[row.state], "form": form, "may": may,
        "contact": ContactForm(),
        "may_ask": may and row.live and row.issuer != request.actor.party and not row.question,
        "ours": row.live and row.issuer == request.actor.party}, status=REFUSED if form.errors else 200)


@role(Action.WORK_GAPS)
@require_POST
def count(request: Request) -> HttpResponse:
    """Have a year reconciled now; from then on it is done again when the store changed."""
    text = request.POST.get("year", "")
    year = int(text) if text.isascii() and text.isdigit() and len(text) == 4 else 0
    done = reconciling.ask_to_count(actor=request.actor, year=year, at=request.at)
    if isinstance(done, Refusal):
        messages.error(request, said(done))
    else:
        messages.success(request, _("The reconciliation of %(year)s begins. This page shows when it was made.") % {
            "year": done})
    return redirect("trade-gaps")


@role(Action.WORK_GAPS)
@require_POST
def ask(request: Request, key: str) -> HttpResponse:
    """Ask the authority that issued the permit; its page has the mail to send."""
    form = ContactForm(request.POST)
    if form.is_valid():
        done = reconciling.ask_partner(actor=request.actor, key=key, contact=form.cleaned_data["contact"],
                                       at=request.at)
        if not isinstance(done, Refusal):
            row, token = done
            request.session[LINKS] = {row.question: token}
            messages.success(request, _("The question is written down. Send the mail below."))
            return redirect("confirmation", row.question)
        messages.error(request, said(done))
    else:
        messages.error(request, _("This is not an e-mail address."))
    return redirect("trade-gap", key)
