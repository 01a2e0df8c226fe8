"""The ten-minute tour of the demo world: one permit from the question to the audit, and how far the visitor has come.

Progress is read from the event chain: the newest application handed in after the world was furnished is the visitor's.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, Final

from django.conf import settings
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from wildgate.apps.accounts.access import Actor
from wildgate.apps.accounts.gate import Request, public
from wildgate.kit.models import Event

DONE, NEXT, LATER = "done", "next", "later"


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to do as one person. It is done once an event of `kinds` stands in the story of the visitor's "
      "permit."""

    who: str
    title: Any
    text: Any
    kinds: frozenset[str]
    page: str


STEPS: Final = (
    Step("mario", _("Apply for a permit"),
         _("Start an application: an export for trade to Quartzland, of 40 skins of the water monitor (Varanus "
           "salvator), taken from the wild in Demoland. What the law asks stands beside each page. Check your answers "
           "and submit."),
         frozenset({"submit"}), "trader"),
    Step("mario", _("Pay the fee"),
         _("The application says what is asked and why. Pay with the test bank: nothing is charged."),
         frozenset({"fee-paid", "fee-waived", "approve"}), "fees"),
    Step("amina", _("Take the case"),
         _("Take the case from the queue. The ruling, the quota and the holder's history are on one page. Write what "
           "each finding rests on, then ask the Scientific Authority."),
         frozenset({"ask-opinion", "approve"}), "case"),
    Step("ito", _("Give the opinion"),
         _("Say whether the trade is not detrimental to the species. No permit is issued against this opinion."),
         frozenset({"give-opinion", "approve"}), "science"),
    Step("amina", _("Approve it"), _("All findings are made: approve. It takes a second officer to go on."),
         frozenset({"approve"}), "case"),
    Step("bo", _("Countersign"), _("Four eyes: nobody countersigns their own decision. Try it as Amina, if you like."),
         frozenset({"countersign"}), "case"),
    Step("amina", _("Issue the permit"),
         _("It is numbered, sealed and written as PDF and XML. Open it and scan its code with a phone, or let the page "
           "that verifies permits read the picture."),
         frozenset({"issue"}), "case"),
    Step("jean", _("Endorse it at the border"),
         _("Look the permit up, count, and endorse a few skins fewer than it permits: the rest flows back to the "
           "quota. Then try to use it a second time."),
         frozenset({"export-endorsed"}), "border"),
    Step("ana", _("Read its story"),
         _("Everything that happened to the permit, who looked at it, and the proof that nothing was rewritten."),
         frozenset({"read"}), "audit"),
)


@dataclass(frozen=True, slots=True)
class Stop:
    """A step as the page shows it."""

    step: Step
    state: str
    name: str
    email: str
    url: str
    here: bool


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the visitor's own permit has come."""

    case: str = ""
    permit: str = ""
    kinds: frozenset[str] = frozenset()


@public
def tour(request: Request) -> HttpResponse:
    """The tour on a page of its own, within reach while signed in."""
    if not settings.DEMO:
        raise Http404
    return render(request, "tour.html", shown(request.actor))


def shown(actor: Actor) -> dict[str, Any]:
    """What a page with the tour needs."""
    from wildgate.site.demo.cast import CAST, PASSWORD
    return {"stops": stops(actor), "password": PASSWORD, "demo_people": CAST}


def stops(actor: Actor) -> list[Stop]:
    """The steps with their state, and where each leads."""
    from wildgate.site.demo.cast import CAST
    people = {member.email.partition("@")[0]: member for member in CAST}
    done = progress(settings.PARTY)
    out: list[Stop] = []
    for step in STEPS:
        state = DONE if step.kinds & done.kinds else LATER if any(stop.state == NEXT for stop in out) else NEXT
        member = people[step.who]
        out.append(Stop(step, state, member.name, member.email, _page(step, done), actor.name == member.name))
    return out


def progress(party: str) -> Progress:
    """The story of the newest application that was handed in after the demo world was furnished."""
    furnished = Event.objects.filter(party=party, seq=1).values_list("at", flat=True).first()
    mine = (Event.objects.filter(party=party, kind="submit", at__gt=furnished).order_by("-seq")
            .values_list("subject", flat=True).first()) if furnished else None
    if mine is None:
        return Progress()
    story = list(Event.objects.filter(party=party, subject=mine).exclude(kind="read").values_list("kind", "data"))
    permit = next((json.loads(data).get("permit", "") for kind, data in story if kind == "issue"), "")
    kinds = {kind for kind, _data in story}
    if permit:
        kinds |= set(Event.objects.filter(party=party, subject__startswith=f"permit:{permit}/", kind="export-endorsed")
                     .values_list("kind", flat=True))
        if "export-endorsed" in kinds and _read_by_auditor(party, permit):
            kinds.add("read")
    return Progress(mine.partition(":")[2], permit, frozenset(kinds))


def _read_by_auditor(party: str, permit: str) -> bool:
    from wildgate.apps.accounts.models import Post, Role
    auditors = [f"person:{each}" for each in Post.objects.filter(party=party, role=Role.AUDITOR)
                .values_list("person_id", flat=True)]
    return Event.objects.filter(party=party, kind="read", subject__startswith=f"permit:{permit}/",
                                actor__in=auditors).exists()


def _page(step: Step, done: Progress) -> str:
    """Where the step is done: at the visitor's own case once there is one."""
    if step.page == "case":
        return reverse("case", args=[done.case]) if done.case else reverse("cases")
    if step.page == "border" and done.permit:
        return f"{reverse('border')}?number={done.permit}"
    if step.page == "audit" and done.permit:
        return reverse("audit-permit", args=[done.permit])
    return reverse(step.page)

