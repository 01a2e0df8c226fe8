"""The pages of collections: what lies in them, what was added from outside, and the keys of a target."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from wildgate.apps.accounts.access import Action, can
from wildgate.apps.accounts.gate import Request, role
from wildgate.apps.accounts.models import Authority
from wildgate.apps.intelligence.models import Received, Target
from wildgate.apps.intelligence.selectors import member_of
from wildgate.apps.intelligence.taxii import services
from wildgate.apps.intelligence.taxii.collecting import collection_id
from wildgate.apps.permits.templatetags.permits import said
from wildgate.convention.refusal import Refusal
from wildgate.kit.uploads.models import Upload

ON_A_PAGE = 50


def _member(request: Request) -> None:
    if member_of(request.actor, request.at) is None:
        raise Http404(_("There is no such page."))


@role(Action.READ_INTELLIGENCE)
def collections(request: Request) -> HttpResponse:
    """What lies in collections, as far as one reads it; what others added and nobody has decided about."""
    _member(request)
    return render(request, "intelligence/files_collections.html", {
        "page": Paginator(services.readable(request.actor, request.at), ON_A_PAGE).get_page(request.GET.get("page")),
        "waiting": services.waiting(request.actor, request.at),
        "senders": Authority.objects.filter(party=request.actor.party).order_by("kind", "name"),
        "may_keep": can(request.actor, Action.KEEP_CONTRIBUTORS).allowed})


@role(Action.READ_INTELLIGENCE)
@require_POST
def put_out(request: Request) -> HttpResponse:
    """Put the chosen reports into the target's collection."""
    _member(request)
    done = services.release(actor=request.actor, numbers=request.POST.getlist("report"),
                            target=request.POST.get("target", ""), at=request.at)
    if isinstance(done, Refusal):
        messages.error(request, said(done))
        return redirect("intelligence-files")
    messages.success(request, ngettext("%(count)s report lies in the collection now.",
                                       "%(count)s reports lie in the collection now.", done) % {"count": done})
    return redirect("intelligence-collections")


@role(Action.READ_INTELLIGENCE)
@require_POST
def take_back(request: Request) -> HttpResponse:
    """Take a report out of a collection."""
    _member(request)
    done = services.withdraw(actor=request.actor, number=request.POST.get("report", ""),
                             target=request.POST.get("target", ""), at=request.at)
    if isinstance(done, Refusal):
        messages.error(request, said(done))
    else:
        messages.success(request, _("Taken back. It is handed out no more; what was fetched before stays where it is."))
    return redirect("intelligence-collections")


@role(Action.READ_INTELLIGENCE)
@require_POST
def decide(request: Request, key: int) -> HttpResponse:
    """Take in what was added from outside, or turn it away."""
    _member(request)
    sender = request.POST.get("sender", "")
    done: Upload | Received | Refusal
    if request.POST.get("do") == "take":
        done = services.take_in(actor=request.actor, received=key, at=request.at,
                                sender=int(sender) if sender.isascii() and sender.isdigit() and len(sender) < 10 else 0)
    else:
        done = services.turn_away(actor=request.actor, received=key, at=request.at)
    if isinstance(done, Refusal):
        messages.error(request, said(done))
    elif isinstance(done, Upload):
        return redirect("intelligence-import", done.pk)
    else:
        messages.success(request, _("Noted. Nothing of it is kept."))
    return redirect("intelligence-collections")


@role(Action.KEEP_CONTRIBUTORS)
def keys(request: Request, code: str) -> HttpResponse:
    """The keys of a target; give one, revoke one."""
    found = Target.objects.filter(party=request.actor.party, code=code).first()
    if found is None or not found.fetched:
        raise Http404(_("There is no such page."))
    if request.method == "POST":
        return _key_deed(request, found)
    return render(request, "intelligence/files_keys.html", {
        "target": found, "keys": [(each, found.counts and each.opens(request.at)) for each in found.keys.all()[:50]],
        "place": request.build_absolute_uri("/taxii2/"), "collection": collection_id(found)})


def _key_deed(request: Request, found: Target) -> HttpResponse:
    if request.POST.get("do") == "give":
        given = services.give_key(actor=request.actor, target=found.code, at=request.at)
        if not isinstance(given, Refusal):
            answer = render(request, "intelligence/files_key.html", {"target": found, "text": given[1]})
            answer["Cache-Control"] = "no-store"  # shown in answer to the request that made it, and never again
            return answer
        messages.error(request, said(given))
    else:
        done = services.revoke_key(actor=request.actor, target=found.code, prefix=request.POST.get("prefix", "")[:8],
                                   at=request.at)
        if isinstance(done, Refusal):
            messages.error(request, said(done))
        else:
            messages.success(request, _("Revoked. It opens nothing from now on."))
    return redirect("intelligence-target-keys", found.code)
