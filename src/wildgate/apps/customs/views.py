"""The border desk: look a permit up or read its code, see the verdict, count what moves, endorse, label."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from wildgate.apps.accounts.access import Action, can
from wildgate.apps.accounts.gate import Request, role
from wildgate.apps.balances.selectors import outage_now
from wildgate.apps.customs import crossing, elsewhere, first_look, forms, selectors, services
from wildgate.apps.customs.forms import CodeForm, Paper
from wildgate.apps.customs.models import Detail, Endorsement, ForeignPermit
from wildgate.apps.customs.presented import wanted_of
from wildgate.apps.customs.selectors import AtBorder, ForeignAtBorder
from wildgate.apps.customs.services.overriding import AGAINST
from wildgate.apps.customs.typed import spellings
from wildgate.apps.permits import verification
from wildgate.apps.permits.templatetags.permits import said
from wildgate.convention.refusal import Refusal
from wildgate.kit import events
from wildgate.message.judgement import Judgement
from wildgate.message.qr import write_png
from wildgate.seal.verdict import Role

REFUSED = 422


@role(Action.ENDORSE)
def desk(request: Request) -> HttpResponse:
    """The start: a number, a picture, or a pasted code; below, what this station endorsed last."""
    if request.method == "POST":
        return _read_code(request)
    number = request.GET.get("number", "").strip().upper()[:40]
    for meant in spellings(number, request.actor.party):
        if selectors.at_border(request.actor, meant, request.at) is not None:
            return redirect("border-permit", meant)
    return _desk(request, CodeForm(), number=number, unknown=bool(number))


def _desk(
    request: Request, form: CodeForm, *, number: str = "", unknown: bool = False, fault: Refusal | None = None
) -> HttpResponse:
    found = selectors.foreign_papers(request.actor, number, limit=10) if number else []
    return render(
        request,
        "customs/desk.html",
        {
            "form": form,
            "number": number,
            "unknown": unknown and not found,
            "foreign": found,
            "faults": [("id_file", said(fault))] if fault else [],
            "recent": selectors.recent(request.actor, request.actor.station, limit=10),
            "outage": outage_now(request.actor.party, request.at),
            "alarms": [{"case": case, "words": selectors.in_words(case)} for case in selectors.alarms(request.actor)],
        },
        status=REFUSED if fault or form.errors else 200,
    )


def _read_code(request: Request) -> HttpResponse:
    form = CodeForm(request.POST, request.FILES)
    if not form.is_valid():
        return _desk(request, form)
    data, name = form.evidence
    judged = verification.verify(data, name, Role.EXPORT, request.at, home=settings.HOME)
    if isinstance(judged, Refusal):
        return _desk(request, form, fault=judged)
    facts = judged.verdict.facts
    if not facts or facts["kind"] == "endorsement":
        return render(request, "customs/verdict.html", {"judged": judged})
    if facts["party"] == request.actor.party:
        found = selectors.at_border(request.actor, facts["number"], request.at)
        return (
            render(request, "customs/verdict.html", {"judged": judged})
            if found is None
            else _permit(request, found, judged=judged)
        )
    arriving = verification.verify(data, name, Role.IMPORT, request.at, home=settings.HOME)
    return _foreign_code(request, judged if isinstance(arriving, Refusal) else arriving)


def _foreign_code(request: Request, judged: Judgement) -> HttpResponse:
    """Another Party's permit: the paper as registered here, or the form to register it, filled from the seal."""
    facts = judged.verdict.facts
    if not judged.verdict.genuine:
        return render(request, "customs/verdict.html", {"judged": judged})
    issued_on = date.fromisoformat(facts["issued"][:10])
    known = selectors.foreign_at_border(request.actor, facts["party"], facts["number"], issued_on, request.at)
    if known is not None:
        return _show_foreign(request, known, judged=judged)
    digest = judged.verdict.digest.hex() if judged.verdict.digest else ""
    return _register(request, Paper(initial=forms.from_facts(facts, digest)), judged=judged)


@role(Action.ENDORSE)
def permit(request: Request, number: str) -> HttpResponse:
    """A home permit: the verdict first, the facts to compare with the paper, and the endorsement."""
    found = selectors.at_border(request.actor, number, request.at)
    if found is None:
        raise Http404(_("There is no permit %(number)s.") % {"number": number[:30]})
    if request.method != "POST":
        return _permit(request, found)
    blocks = [line.block for line in found.permit.lines.all()]
    outcome = _with_seen(request, blocks, lambda: services.endorse(
        actor=request.actor,
        number=number,
        stage=found.stage,
        at=request.at,
        dead=_dead(request, blocks),
        quantities=forms.by_block(request.POST, "quantities", blocks),
        **_box_14(request),
    ))
    if isinstance(outcome, Refusal):
        again = selectors.at_border(request.actor, number, request.at)
        return _permit(request, again or found, fault=outcome)
    return _endorsed(request, outcome)


def _with_seen(
    request: Request, blocks: list[str], endorse: Callable[[], Endorsement | Refusal]
) -> Endorsement | Refusal:
    """Endorse, and write down what was seen beside the quantities: both or neither."""
    seen = services.read_seen(
        seals=request.POST.get("seals", ""),
        container=request.POST.get("container", ""),
        note=request.POST.get("note", ""),
        venomous=forms.by_block(request.POST, "venomous", blocks, only_filled=True),
        unwell=forms.by_block(request.POST, "unwell", blocks, only_filled=True),
    )
    if isinstance(seen, Refusal):
        return seen
    with transaction.atomic():
        outcome = endorse()
        if isinstance(outcome, Endorsement) and (refused := services.describe(outcome, seen)):
            transaction.set_rollback(True)
            return refused
    return outcome


@role(Action.OVERRIDE_BALANCE)
@require_POST
def override(request: Request, number: str) -> HttpResponse:
    """A supervisor lets goods pass against the balance."""
    found = selectors.at_border(request.actor, number, request.at)
    if found is None:
        raise Http404(_("There is no permit %(number)s.") % {"number": number[:30]})
    blocks = [line.block for line in found.permit.lines.all()]
    outcome = services.override_counted(
        actor=request.actor,
        number=number,
        quantities=forms.by_block(request.POST, "over", blocks),
        port=request.POST.get("over_port", ""),
        transport_document=request.POST.get("over_document", ""),
        reason=request.POST.get("reason", ""),
        authority=request.POST.get("authority", ""),
        key=request.POST.get("key", ""),
        at=request.at,
    )
    if isinstance(outcome, Refusal):
        again = selectors.at_border(request.actor, number, request.at)
        return _permit(request, again or found, fault=forms.over(outcome), overriding=True)
    return _endorsed(request, outcome)


def _permit(
    request: Request, found: AtBorder, *, judged: Judgement | None = None, fault: Refusal | None = None,
    overriding: bool = False,
) -> HttpResponse:
    home = found.permit
    events.note_read(home.subject, party=home.party, actor=request.actor.label, at=request.at)
    return render(
        request,
        "customs/permit.html",
        {
            "found": found,
            "permit": home,
            "record": home.record,
            "lines": list(home.lines.all()),
            "judged": judged,
            "forged": judged is not None and not judged.verdict.genuine,
            "looked": first_look.look(request.actor, found, judged, request.at),
            "may_override": not found.crossings and home.status.state in AGAINST
            and can(request.actor, Action.OVERRIDE_BALANCE, home).allowed,
            "overriding": overriding,
            **_typed(request, fault),
        },
        status=REFUSED if fault else 200,
    )


def _typed(request: Request, fault: Refusal | None) -> dict[str, Any]:
    """What the endorsement form shows: what was typed, or the officer's station and a new key."""
    sent = request.POST if fault else {}
    return {
        "fault": fault,
        "faults": [(forms.field_id(fault.field), said(fault))] if fault else [],
        "typed": sent,
        "port": sent.get("port", request.actor.station),
        "key": sent.get("key") or forms.new_key(),
        "containers": Detail.Container.choices,
        "may_reject": can(request.actor, Action.REJECT_PAPER).allowed,
    }


def _box_14(request: Request) -> dict[str, Any]:
    return {
        "port": request.POST.get("port", ""),
        "transport_document": request.POST.get("transport_document", ""),
        "packages": forms.packages_of(request.POST),
        "key": request.POST.get("key", ""),
    }


def _dead(request: Request, blocks: list[str]) -> Mapping[str, str]:
    return forms.by_block(request.POST, "dead", blocks, only_filled=True)


def _endorsed(request: Request, endorsement: Endorsement) -> HttpResponse:
    messages.success(request, _("Endorsed. Put the label on the permit."))
    return redirect("border-endorsement", endorsement.digest)


@role(Action.ENDORSE)
def endorsement(request: Request, digest: str) -> HttpResponse:
    """What was endorsed, its label, and what goes back unused."""
    return show_endorsement(request, _endorsement(request, digest))


def show_endorsement(request: Request, found: Endorsement, fault: Refusal | None = None) -> HttpResponse:
    """The page of an endorsement; `fault`: why a photograph was not kept."""
    return render(
        request,
        "customs/endorsement.html",
        {
            **selectors.beside(found),
            "may_photograph": True,
            "photo_url": reverse("border-endorsement-photos", args=[found.digest]),
            "photo_fault": fault,
            "endorsement": found, "condition": services.on_condition(found),
            "moved": selectors.moved_lines(found),
            "paper": found.permit or found.foreign,
            "crossing": found.permit is not None and crossing.is_for_many(found.permit.kind),
        },
        status=REFUSED if fault else 200,
    )


@role(Action.ENDORSE)
def label(request: Request, digest: str) -> HttpResponse:
    """The label's QR code as a picture."""
    found = _endorsement(request, digest)
    return HttpResponse(
        write_png(selectors.label_text(found)),
        content_type="image/png",
        headers={
            "Cache-Control": "private, max-age=3600",
            "Content-Disposition": f'inline; filename="endorsement-{found.digest[:12]}.png"',
        },
    )


@role(Action.ENDORSE)
def label_sheet(request: Request, digest: str) -> HttpResponse:
    """The label to print and put into box 14."""
    found = _endorsement(request, digest)
    return _pdf(selectors.label_pdf(found), f"endorsement-{found.digest[:12]}.pdf")


@role(Action.ENDORSE)
def crossings_sheet(request: Request, number: str) -> HttpResponse:
    """The continuation sheet of a certificate for several crossings, each with its code."""
    found = selectors.at_border(request.actor, number, request.at)
    data = selectors.crossings_pdf(found.permit) if found else None
    if data is None:
        raise Http404(_("There is no crossing to print."))
    return _pdf(data, f"{number}-crossings.pdf")


def _pdf(data: bytes, name: str) -> HttpResponse:
    return HttpResponse(data, content_type="application/pdf", headers={
        "Cache-Control": "private, no-store", "Content-Disposition": f'attachment; filename="{name}"'})


def _endorsement(request: Request, digest: str) -> Endorsement:
    found = selectors.endorsement(request.actor, digest)
    if found is None:
        raise Http404(_("There is no such endorsement."))
    return found


@role(Action.ENDORSE)
def register(request: Request) -> HttpResponse:
    """Write a foreign permit down as it is presented with an import."""
    if request.method != "POST":
        return _register(request, Paper())
    paper = Paper(request.POST)
    if "more" in request.POST:
        return _register(request, paper, checked=False)
    if not paper.is_valid():
        return _register(request, paper)
    outcome = services.register_foreign(
        actor=request.actor,
        lines=paper.items(),
        importer_country=request.actor.party,
        at=request.at,
        **paper.head.cleaned_data,
    )
    if isinstance(outcome, Refusal):
        paper.refuse(outcome)
        return _register(request, paper)
    messages.success(request, _("The paper is registered. Now count what arrived."))
    return redirect("border-foreign", outcome.country, outcome.number, outcome.issued_on.isoformat())


def _register(request: Request, paper: Paper, *, judged: Judgement | None = None, checked: bool = True) -> HttpResponse:
    faults = paper.faults if checked and paper.head.is_bound else []
    return render(
        request,
        "customs/register.html",
        {"paper": paper, "judged": judged, "faults": faults, "lists": forms.code_lists()},
        status=REFUSED if faults else 200,
    )


@role(Action.ENDORSE)
def foreign(request: Request, country: str, number: str, issued_on: str) -> HttpResponse:
    """A registered foreign paper: may it be used, and the endorsement of the import."""
    found = _foreign(request, country, number, issued_on)
    paper = found.paper
    if request.method != "POST":
        return _show_foreign(request, found)
    blocks = [line.block for line in paper.lines.all()]
    given = {
        "actor": request.actor, "foreign": (paper.country, paper.number, paper.issued_on), "at": request.at,
        "dead": _dead(request, blocks), "import_permit": request.POST.get("import_permit", "").strip().upper() or None,
        "quantities": forms.by_block(request.POST, "quantities", blocks), **_box_14(request)}
    outcome = services.around(given, lambda drawn: _with_seen(
        request, blocks, lambda: services.endorse_import(**given, drawn=drawn)))
    if isinstance(outcome, Refusal):
        return _show_foreign(request, _foreign(request, country, number, issued_on), fault=outcome)
    return _endorsed(request, outcome)


def _foreign(request: Request, country: str, number: str, issued_on: str) -> ForeignAtBorder:
    day = _day(issued_on)
    found = selectors.foreign_at_border(request.actor, country, number, day, request.at) if day else None
    if found is None:
        raise Http404(_("This paper is not registered here."))
    return found


def _show_foreign(
    request: Request, found: ForeignAtBorder, *, judged: Judgement | None = None, fault: Refusal | None = None
) -> HttpResponse:
    paper: ForeignPermit = found.paper
    events.note_read(paper.subject, party=paper.party, actor=request.actor.label, at=request.at)
    return render(
        request,
        "customs/foreign.html",
        {
            "found": found,
            "paper": paper, "wanted": wanted_of(paper), "counted": elsewhere.counted(paper.party, paper.country),
            "lines": list(paper.lines.all()),
            "judged": judged,
            **_typed(request, fault),
        },
        status=REFUSED if fault else 200,
    )


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
