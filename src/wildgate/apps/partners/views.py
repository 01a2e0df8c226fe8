"""The authority's pages of other Parties: the list, one agreement, what is proposed, confirmed, suspended."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from wildgate.apps.accounts.access import Action, can
from wildgate.apps.accounts.gate import Request, role
from wildgate.apps.accounts.selectors import names_of
from wildgate.apps.partners import readiness, selectors, services, ways
from wildgate.apps.partners.certificates import LARGEST, groups, short
from wildgate.apps.partners.deeds import DEEDS
from wildgate.apps.partners.forms import (
    CertificateForm,
    ConnectForm,
    KnownForm,
    OfficeForm,
    OfficerForm,
    PartnerForm,
    RightForm,
    WayForm,
)
from wildgate.apps.partners.models import AgreedText, Certificate, Link, Partner, Right
from wildgate.apps.partners.wording import (
    EVENT_WORDS,
    OPERATION_WORDS,
    STATUS_TONES,
    WAY_WORDS,
    kinds_of,
    said,
    state_of,
    value_of,
)
from wildgate.convention.refusal import Refusal
from wildgate.kit import tls
from wildgate.kit.models import Event

REFUSED = 422
LAST_EVENTS = 20
LEFT_TO_RIGHT = ("endpoint", "register_endpoint", "service_namespace", "server_ca")


@role(Action.VIEW_PARTNERS)
def partners(request: Request) -> HttpResponse:
    """All Parties of which something is kept, what waits for a second person, what ends soon."""
    language = (get_language() or "en")[:2]
    rows = [(each, each.named(language), STATUS_TONES[each.status]) for each in selectors.partners(request.actor)]
    return render(request, "partners/partners.html", {
        "rows": rows, "ending": selectors.ending(request.actor.party, request.at),
        "may_keep": can(request.actor, Action.KEEP_PARTNERS).allowed})


@role(Action.KEEP_PARTNERS)
def new(request: Request) -> HttpResponse:
    """Take another Party or a hub into the registry."""
    form = PartnerForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        made = services.add_partner(actor=request.actor, at=request.at, **form.asked)
        if not isinstance(made, Refusal):
            messages.success(request, _("Saved. Now write down what was agreed with it."))
            return redirect("partner", made.code)
        form.tell([made if form.asked["is_hub"] or made.field != "code" else replace(made, field="country")])
    return _page(request, form, _("Add a Party or a hub"), back=reverse("partners"), submit=_("Add it"))


@role(Action.VIEW_PARTNERS)
def partner(request: Request, code: str) -> HttpResponse:
    """One agreement: rights, the way, certificates, accounts, history."""
    found, on = _found(request, code), request.at.date()
    own = tls.identity(settings.HOME)
    waiting, rights, held = selectors.waiting_link(found), selectors.rights_of(found), selectors.certificates_of(found)
    return render(request, "partners/partner.html", {
        "partner": found, "name": _name(found), "tone": STATUS_TONES[found.status], "offices": found.offices.all(),
        "rights": [(each, OPERATION_WORDS[each.operation], kinds_of(each.kinds), state_of(each, on))
                   for each in rights],
        "steps": readiness.steps(found, rights, held, way_waits=waiting is not None, at=request.at),
        "mine": _waiting_for(request.actor.own_id, rights, waiting, held), "own": own,
        "own_print": groups(own.fingerprint) if own else "",
        "way": _way(ways.of(found)), "waiting": waiting, "changes": _changes(found, waiting),
        "certificates": [(each, groups(each.fingerprint), (each.not_after.date() - on).days, each.holds(request.at))
                         for each in held],
        "officers": selectors.officers_of(found), "admissions": selectors.admissions_of(found),
        "text": selectors.waiting_text(found),
        "history": _history(found),
        "may_keep": can(request.actor, Action.KEEP_PARTNERS).allowed,
        "may_propose": can(request.actor, Action.PROPOSE_RIGHT).allowed,
        "may_suspend": can(request.actor, Action.SUSPEND_PARTNER).allowed,
        "may_resume": can(request.actor, Action.RESUME_PARTNER, found).allowed, "me": request.actor.person_id})


def _waiting_for(me: int, rights: list[Right], link: Link | None, held: list[Certificate]) -> dict[str, Any]:
    """What others proposed and this reader may confirm in one go; empty when that is less than two things."""
    mine = [(each, OPERATION_WORDS[each.operation], kinds_of(each.kinds)) for each in rights
            if each.open and each.proposed_by_id != me]
    way = link if link is not None and link.proposed_by_id != me else None
    certificate = next((each for each in held if each.confirmed_at is None and each.revoked_at is None
                        and each.added_by_id != me), None)
    if len(mine) + (way is not None) + (certificate is not None) < 2:
        return {}
    return {"rights": mine, "link": way, "certificate": certificate}


def _way(values: dict[str, Any]) -> list[tuple[Any, Any, bool]]:
    """Label, value in words, and whether it is a text from elsewhere that reads left to right."""
    return [(WAY_WORDS[name], value_of(name, values[name]), name in LEFT_TO_RIGHT)
            for name in ways.FIELDS if values[name] not in ("", None, False)]


def _changes(found: Partner, waiting: Any) -> list[tuple[Any, Any, Any]]:
    if waiting is None:
        return []
    now = ways.of(found)
    return [(WAY_WORDS[name], value_of(name, now[name]), value_of(name, waiting.values.get(name)))
            for name in ways.FIELDS if waiting.values.get(name) != now[name]]


def _history(found: Partner) -> list[dict[str, Any]]:
    rows = list(Event.objects.filter(party=found.party, subject=found.subject).select_related("note")
                .order_by("-seq")[:LAST_EVENTS])
    names = names_of({each.actor for each in rows})
    return [{"at": each.at, "who": names.get(each.actor, each.actor), "what": EVENT_WORDS.get(each.kind, each.kind),
             "more": _more(each.kind, json.loads(each.data)), "note": each.note.text if hasattr(each, "note") else ""}
            for each in rows]


def _more(kind: str, data: dict[str, Any]) -> str:
    """What an event says beside its kind, for those who read the history. Of a certificate that waits no digit is
    shown: the second person types what the partner reads out."""
    if "operation" in data:
        return " · ".join(filter(None, (str(OPERATION_WORDS.get(data["operation"], "")), kinds_of(data["kinds"]))))
    if kind == "partner-certificate-proposed":
        return ""
    if "fingerprint" in data:
        return short(data["fingerprint"])
    return ", ".join(str(WAY_WORDS[name]) for name in data.get("fields", ()) if name in WAY_WORDS) if (
        len(data.get("fields", ())) < len(ways.FIELDS)) else ""


@role(Action.KEEP_PARTNERS)
def connect(request: Request, code: str) -> HttpResponse:
    """Propose the way, the certificate and the usual rights together; a second person confirms them together."""
    found = _found(request, code)
    known = ("adapter", "endpoint", "through") if found.adapter in ways.OVER_THE_WEB else ()
    form = ConnectForm(request.POST or None, request.FILES or None, partner=found, initial={
        name: value for name, value in ways.of(found).items() if value and name in known})
    return _kept(request, found, form, _("Connect it"), lambda: services.connect(
        actor=request.actor, code=found.code, plan=form.plan, at=request.at), submit=_("Propose all of it"), files=True,
        lead=_("Its address, its certificate and what it may ask for, in one go. Nothing counts before a second person "
               "has confirmed it."))


@role(Action.VIEW_PARTNERS)
def own_certificate(request: Request) -> HttpResponse:
    """Our own certificate as a file, to mail to partners. It holds nothing secret."""
    found = tls.identity(settings.HOME)
    if found is None:
        raise Http404(_("There is no certificate yet."))
    answer = HttpResponse(found.public_pem, content_type="application/x-pem-file")
    answer["Content-Disposition"] = f'attachment; filename="{settings.PARTY.lower()}-exchange.pem"'
    return answer


@role(Action.KEEP_PARTNERS)
def known(request: Request, code: str) -> HttpResponse:
    """What the Party issues, in the registry that everybody reads."""
    found = _found(request, code)
    form = KnownForm(request.POST or None, initial={
        name: getattr(found, name) for name in ("status", "status_since", "signed_by", "printed_by", "source")})
    return _kept(request, found, form, _("What is known"), lambda: services.tell(
        actor=request.actor, code=found.code, known=form.known, at=request.at),
        lead=_("Everybody may read this: no names of persons."))


@role(Action.KEEP_PARTNERS)
def office(request: Request, code: str) -> HttpResponse:
    """An authority or contact point of the Party."""
    found = _found(request, code)
    form = OfficeForm(request.POST or None)
    return _kept(request, found, form, _("Write down an office"), lambda: services.keep_office(
        actor=request.actor, code=found.code, facts=form.facts, at=request.at),
        lead=_("An office of this kind and name is changed."))


@role(Action.PROPOSE_RIGHT)
def way(request: Request, code: str) -> HttpResponse:
    """Propose how the partner is reached; a second person confirms."""
    found = _found(request, code)
    form = WayForm(request.POST or None, partner=found, initial=ways.of(found))
    return _kept(request, found, form, _("How it is reached"), lambda: services.propose_link(
        actor=request.actor, code=found.code, given=form.cleaned_data, at=request.at), submit=_("Propose it"),
        lead=_("It takes effect when a second person has confirmed it."))


@role(Action.PROPOSE_RIGHT)
def right(request: Request, code: str) -> HttpResponse:
    """Propose what the partner may ask for; a second person confirms."""
    found = _found(request, code)
    form = RightForm(request.POST or None, initial={"since": request.at.date()})
    return _kept(request, found, form, _("Propose rights"), lambda: services.propose_rights(
        actor=request.actor, code=found.code, at=request.at, operations=form.cleaned_data["operation"],
        **{name: value for name, value in form.cleaned_data.items() if name != "operation"}), submit=_("Propose them"),
        lead=_("They take effect when a second person has confirmed them."))


@role(Action.KEEP_PARTNERS)
def certificate(request: Request, code: str) -> HttpResponse:
    """Take up a certificate after its fingerprint was compared."""
    found = _found(request, code)
    form = CertificateForm(request.POST or None, request.FILES or None)
    return _kept(request, found, form, _("Take up a certificate"), lambda: services.propose_certificate(
        actor=request.actor, code=found.code, data=form.cleaned_data["file"].read(LARGEST + 1), at=request.at,
        kind=form.cleaned_data["kind"], fingerprint=form.cleaned_data["fingerprint"]), submit=_("Propose it"),
        files=True, lead=_("It opens something when a second person has confirmed it."))


@role(Action.KEEP_PARTNERS)
def officer(request: Request, code: str) -> HttpResponse:
    """Give a named officer of the partner an account."""
    found = _found(request, code)
    form = OfficerForm(request.POST or None)
    return _kept(request, found, form, _("Give an account"), lambda: services.propose_officer(
        actor=request.actor, code=found.code, at=request.at, **form.cleaned_data), submit=_("Propose it"),
        lead=_("For one person, made when a second person has confirmed it. Whoever leaves the office loses the "
               "account; nobody shares one."))


@role(Action.PROPOSE_RIGHT)
@require_POST
def deed(request: Request, code: str) -> HttpResponse:
    """Confirm, decline, withdraw, revoke, suspend: one button each."""
    found = _found(request, code)
    do = DEEDS.get(request.POST.get("do", ""))
    if do is None:
        raise Http404(_("There is no such act."))
    done = do(request, found)
    if isinstance(done, Refusal):
        messages.error(request, said(done))
    elif isinstance(done, tuple):
        answer = render(request, "partners/secret.html", {"partner": found, "text": done[1]})
        answer["Cache-Control"] = "no-store"
        return answer
    elif isinstance(done, AgreedText) and done.open:
        messages.success(request, _("Proposed. It counts once somebody else has confirmed it."))
    else:
        messages.success(request, _("Saved. It counts from now on."))
    return redirect("partner", found.code)


@role(Action.QUERY_AS_PARTNER)
def mine(request: Request) -> HttpResponse:
    """The desk of an officer of another Party: what was agreed, and where to look a permit up."""
    found = selectors.partner_of(request.actor)
    on = request.at.date()
    rights = [] if isinstance(found, Refusal) else [
        (each, OPERATION_WORDS[each.operation], kinds_of(each.kinds), state_of(each, on))
        for each in selectors.granted(found)]
    return render(request, "partners/mine.html", {
        "partner": None if isinstance(found, Refusal) else found, "rights": rights,
        "why": said(found) if isinstance(found, Refusal) else ""})


def _kept(request: Request, found: Partner, form: Any, title: str, act: Callable[[], object], *, lead: str = "",
          submit: str = "", files: bool = False) -> HttpResponse:
    """One form about one partner: shown, told what is wrong, or done and back to the partner's page."""
    back = reverse("partner", args=[found.code])
    if request.method == "POST" and form.is_valid():
        done = act()
        if not isinstance(done, Refusal):
            messages.success(request, _("Saved."))
            return redirect(back)
        form.tell([done])
    return _page(request, form, title, back=back, submit=submit or _("Save"), lead=lead, over=_name(found), files=files)


def _page(request: Request, form: Any, title: str, *, back: str, submit: str, lead: str = "", over: str = "",
          files: bool = False) -> HttpResponse:
    return render(request, "partners/form.html", {"form": form, "title": title, "back": back, "submit": submit,
                                                  "lead": lead, "over": over, "files": files},
                  status=REFUSED if form.errors else 200)


def _name(found: Partner) -> str:
    return found.named((get_language() or "en")[:2])


def _found(request: Request, code: str) -> Partner:
    found = selectors.one(request.actor, code)
    if found is None:
        raise Http404(_("Nothing is kept of this Party here."))
    return found
