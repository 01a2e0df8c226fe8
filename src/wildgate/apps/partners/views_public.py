"""What everybody may read: the registry of Parties, one Party, the same as JSON, and what this installation can do."""

from __future__ import annotations

from django.conf import settings
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from wildgate.apps.accounts.access import Action, can
from wildgate.apps.accounts.gate import Request, may_open, public
from wildgate.apps.partners import registry
from wildgate.apps.partners.capabilities import areas, profiles
from wildgate.apps.partners.models import Partner
from wildgate.apps.partners.wording import KEY_STATES, PURPOSE_WORDS, STATUS_TONES
from wildgate.message.d22a import capabilities as declared

MINUTES = 300
MOST = 60


def _language() -> str:
    return (get_language() or "en")[:2]


@public
def parties(request: Request) -> HttpResponse:
    """Every Party: those of which something is known first, the others below."""
    text = request.GET.get("q", "").strip()[:MOST].casefold()
    found = [row for row in registry.rows(request.at, _language())
             if not text or text in row.name.casefold() or text == row.code.casefold()]
    return render(request, "partners/parties.html", {
        "q": request.GET.get("q", "")[:MOST], "found": len(found),
        "known": [(row, STATUS_TONES[row.status]) for row in found if row.known or row.keys],
        "others": [row for row in found if not (row.known or row.keys)]})


@public
def party(request: Request, code: str) -> HttpResponse:
    """One Party: its e-permits, offices, keys, and how it is reached."""
    row = registry.row(code, request.at, _language()) if len(code) == 2 else None
    if row is None:
        raise Http404(_("There is no such Party."))
    keys = [(key, PURPOSE_WORDS[key.entry.purpose], *KEY_STATES[key.entry.state]) for key in row.keys]
    return render(request, "partners/party.html", {
        "row": row, "tone": STATUS_TONES[row.status], "keys": keys,
        "may_view": not row.own and row.known and can(request.actor, Action.VIEW_PARTNERS).allowed})


@public
def parties_json(request: Request) -> HttpResponse:
    """The registry as one document, as Parties were asked to tell it to the Secretariat."""
    answer = JsonResponse({
        "told_by": settings.PARTY, "at": request.at.isoformat(timespec="seconds"),
        "statuses": list(Partner.Status.values),
        "parties": [row.as_json() for row in registry.rows(request.at)]}, json_dumps_params={"ensure_ascii": False})
    answer["Cache-Control"] = f"public, max-age={MINUTES}"
    return answer


@public
def capabilities(request: Request) -> HttpResponse:
    """The four areas of eCITES, and what this installation has of each: on, off or planned."""
    return render(request, "partners/capabilities.html", {
        "areas": areas(request.at, lambda url: may_open(request.actor, url)), "profiles": profiles(), "at": request.at})


@public
def capabilities_json(request: Request) -> HttpResponse:
    """Which message profiles this installation writes and reads, and how completely."""
    answer = JsonResponse({"told_by": settings.PARTY, "profiles": declared()})
    answer["Cache-Control"] = f"public, max-age={MINUTES}"
    return answer
