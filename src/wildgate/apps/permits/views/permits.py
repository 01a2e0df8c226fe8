"""Issued permits: the list, the permit as its form, and its documents to take along."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from wildgate.apps.accounts.access import Action, can
from wildgate.apps.accounts.gate import Request, role
from wildgate.apps.houserules import selectors as house
from wildgate.apps.permits import documents, for_systems, page_cards, selectors, wording
from wildgate.apps.permits.handing_out import hand_out
from wildgate.apps.permits.legal_form import WORDS
from wildgate.apps.permits.models import Permit
from wildgate.apps.permits.searching import MOST_FOUND
from wildgate.apps.permits.views.answers_to_pages import for_applicant
from wildgate.convention import lifecycle
from wildgate.convention.lifecycle import PermitAct, PermitState
from wildgate.convention.refusal import Refusal
from wildgate.kit import events
from wildgate.kit.long_lists import MOST_LISTED, KeyPaginator

ROWS_ON_A_PAGE = 25
LONGEST_SEARCH = 80
ENDORSEMENTS = frozenset(
    act.value for act in (PermitAct.EXPORT_ENDORSED, PermitAct.IMPORT_ENDORSED, PermitAct.CROSSING_ENDORSED)
)
AT_STAGE = {"export": PermitAct.EXPORT_ENDORSED.value, "import": PermitAct.IMPORT_ENDORSED.value}
CAPTIONS = {"pdf": "PDF", "pdf-endorsed": "PDF", "xml": "XML", "png": "PNG", "txt": "TXT"}


@role(Action.VIEW_PERMITS)
def listing(request: Request) -> HttpResponse:
    """Permits that this person may see, newest first, searched by number or species."""
    text = request.GET.get("q", "").replace("\x00", "").strip()[:LONGEST_SEARCH]
    found = selectors.permits(request.actor, text).prefetch_related("lines")
    page = KeyPaginator(found, ROWS_ON_A_PAGE, most=MOST_FOUND if text else MOST_LISTED).get_page(
        request.GET.get("page"))
    today = request.at.date()
    return render(
        request,
        "permits/permit_list.html",
        {
            "q": text,
            "page": page,
            "national": house.national(request.actor.party, today) is not None,
            "rows": [
                (permit, selectors.state_of(permit.status, permit.valid_until, today)) for permit in page.object_list
            ],
        },
    )


@role(Action.VIEW_PERMITS)
def permit(request: Request, number: str) -> HttpResponse:
    """The permit as the standard form shows it, its state, its documents and what happened to it."""
    found = _seen(request, number)
    entries = selectors.timeline([found.subject], found.party)
    state = selectors.state_of(found.status, found.valid_until, request.at.date())
    own = can(request.actor, Action.REPORT_PERMIT, found).allowed
    replacing = selectors.replacing(found) if own else []
    return render(
        request,
        "permits/permit_page.html",
        {
            "permit": found,
            "record": found.record,
            "state": state,
            "word": wording.permit_state_word(state.value),
            "documents": [(form, CAPTIONS[form]) for form in documents.forms_of(found)
                          if form != "pdf" or documents.for_use(found)],
            "endorsements": _endorsements(found) if any(entry.kind in ENDORSEMENTS for entry in entries) else (),
            "timeline": for_applicant(entries),
            "pages": len(found.tokens),
            "form_word": WORDS.get(found.legal_form.form, "") if hasattr(found, "legal_form") else "",
            "cards": page_cards.cards(request.actor, found),
            "can_cancel": can(request.actor, Action.CANCEL, found).allowed and _open(state),
            "application": found.application
            if can(request.actor, Action.VIEW_APPLICATION, found.application)
            else None,
            "own": found.organisation_id in request.actor.organisations,
            "holder": _open_to_holder(request, found, state),
            "replaced_by": next(iter(replacing), ""),
            "official": can(request.actor, Action.VIEW_CASES).allowed,
        },
    )


@role(Action.VIEW_PERMITS)
def document(request: Request, number: str, form: str) -> HttpResponse:
    """One document of the permit: the PDF to print, the XML message, the code as a picture or as text."""
    found = _seen(request, number)
    if form not in documents.forms_of(found):
        raise Http404(_("A permit has no such document."))
    return as_file(found, form, hand_out(found, form, actor=request.actor, at=request.at))


@role(Action.VIEW_PERMITS)
def data(request: Request, number: str, form: str) -> HttpResponse:
    """The permit in the words of another system, to take along."""
    found = _seen(request, number)
    if form not in for_systems.FORMS:
        raise Http404(_("A permit has no such document."))
    answer = HttpResponse(for_systems.written(for_systems.as_data(found, form, request.at.date())),
                          content_type="application/json")
    answer["Content-Disposition"] = f'attachment; filename="{found.number}-{form}.json"'
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Cache-Control"] = "private, no-store"
    return answer


def as_file(permit: Permit, form: str, content: bytes) -> HttpResponse:
    """A document as an answer: to keep, but for the code, which pages show."""
    answer = HttpResponse(content, content_type=documents.KINDS[form])
    shown = "inline" if form == "png" else "attachment"
    answer["Content-Disposition"] = f'{shown}; filename="{documents.name_of(permit, form)}"'
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Cache-Control"] = "private, no-store"
    return answer


def _seen(request: Request, number: str) -> Permit:
    """The permit. That an official looked at it is an event."""
    found = selectors.permit(request.actor, number)
    if found is None:
        raise Http404(_("There is no such permit, or you may not see it."))
    if request.actor.official:
        events.note_read(found.subject, party=found.party, actor=request.actor.label, at=request.at)
    return found


def _endorsements(found: Permit) -> list[Mapping[str, Any]]:
    """Boxes 14 and 15 of each: where, when, with which transport document, how much of each block. Also those that a
    supervisor let pass after the first."""
    blocks = dict(found.lines.values_list("pk", "block"))
    return [
        {
            "title": wording.word(wording.EVENT_WORDS, AT_STAGE[each.stage]),
            "at": each.at,
            "port": each.port,
            "transport_document": each.transport_document,
            "lines": sorted((blocks[line.permit_line_id], line.quantity, line.dead_on_arrival)
                            for line in each.lines.all() if line.permit_line_id in blocks),
        }
        for each in found.endorsements.order_by("turn").prefetch_related("lines")
    ]


def _open_to_holder(request: Request, permit: Permit, state: PermitState) -> tuple[str, ...]:
    """What the holder may still do with the permit; nothing for everybody else."""
    if not can(request.actor, Action.REPORT_PERMIT, permit):
        return ()
    deeds = {"lost": PermitAct.LOST, "return": PermitAct.RETURNED}
    found = [deed for deed, act in deeds.items() if not isinstance(lifecycle.act(state, act), Refusal)]
    if state in (PermitState.VALID, PermitState.PARTLY_USED):
        found.append("variation")
    return ("copy", *found, *(("replacement",) if state is PermitState.LOST else ()))


def _open(state: PermitState) -> bool:
    return not isinstance(lifecycle.act(state, PermitAct.CANCELLED), Refusal)
