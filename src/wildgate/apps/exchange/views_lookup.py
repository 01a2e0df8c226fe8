"""The look-up page for officers of a Party without a system: the same answers as by SOAP and REST, in a browser."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from wildgate.apps.accounts.access import Action
from wildgate.apps.accounts.gate import Request, role
from wildgate.apps.exchange import answering, comparing, selectors
from wildgate.apps.exchange.answering import GET
from wildgate.apps.exchange.forms import LookupForm
from wildgate.apps.exchange.views import REFUSED, said
from wildgate.apps.partners.models import Partner
from wildgate.apps.partners.selectors import partner_of
from wildgate.apps.permits.selectors import permit_of, state_of
from wildgate.convention.refusal import Refusal
from wildgate.message.soap import Answer, Call
from wildgate.message.xml import read_message


@role(Action.QUERY_AS_PARTNER)
def lookup(request: Request) -> HttpResponse:
    """One permit by its number."""
    form = LookupForm(request.POST or None)
    partner = partner_of(request.actor)
    shown: dict[str, object] = {"form": form, "partner": None if isinstance(partner, Refusal) else partner}
    if isinstance(partner, Refusal):
        return render(request, "exchange/lookup.html", shown | {"refused": said(partner)}, status=403)
    if request.method == "POST" and form.is_valid():
        number = form.cleaned_data["number"].strip()
        found = _asked(request, partner, number)
        if isinstance(found, Refusal):
            form.add_error("number", said(found))
        else:
            shown |= _facts(request, found)
    return render(request, "exchange/lookup.html", shown, status=REFUSED if form.errors else 200)


def _asked(request: Request, partner: Partner, number: str) -> Answer | Refusal:
    call = Call("v2", GET, number)
    return answering.answer(partner=partner, call=call, at=request.at, who=request.actor.label)


def _facts(request: Request, found: Answer) -> dict[str, object]:
    read = read_message(found.payload)
    facts = {} if isinstance(read, Refusal) else read.facts
    number = str(facts.get("number", ""))
    permit = permit_of(request.actor.party, number)
    return {"facts": facts, "head": comparing.head_of(facts), "lines": facts.get("lines", []), "number": number,
            "state": state_of(permit.status, permit.valid_until, request.at.date()).value if permit else "",
            "standing": selectors.standing(request.actor.party, request.actor.party, number)}


@role(Action.QUERY_AS_PARTNER)
@require_POST
def document(request: Request, number: str, form: str) -> HttpResponse:
    """The signed message or the signed PDF. A question like any other, so it is posted."""
    partner = partner_of(request.actor)
    found = partner if isinstance(partner, Refusal) or form not in ("xml", "pdf") else _asked(request, partner, number)
    if isinstance(found, Refusal | Partner):
        raise Http404(_("There is no permit with this number that you may see."))
    data = found.payload if form == "xml" else next(
        (each.content for each in found.attachments if each.name.endswith(".pdf")), b"")
    answer = HttpResponse(data, content_type=f"application/{form}")
    answer["Content-Disposition"] = f'attachment; filename="permit.{form}"'
    answer["Cache-Control"] = "private, no-store"
    return answer
