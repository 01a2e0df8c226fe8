"""More cases for the demo world, one at each stage, so that every desk has something on it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from wildgate.apps.accounts.access import Actor
from wildgate.apps.permits import services
from wildgate.apps.permits.models import Application, Permit
from wildgate.convention.refusal import Refusal
from wildgate.kit import jobs
from wildgate.site.demo.cast import actors
from wildgate.site.demo.house import leave_open, pay_fee
from wildgate.site.demo.offices import come_in
from wildgate.site.demo.opinions import let_stand

ZOO = {"other_name": "Quartz City Zoo", "other_address": "1 Park Lane, Quartz City, Quartzland", "other_country": "QZ"}
SHOP = {"other_name": "Basalt Reptiles", "other_address": "18 Lava Street, Quartz City, Quartzland",
        "other_country": "QZ"}


def line(taxon: str, term: str, quantity: str, source: str, **more: str) -> dict[str, str]:
    return {"taxon": taxon, "term": term, "quantity": quantity, "unit": "NAR", "source": source, "origin": "QM", **more}


CASES: tuple[tuple[str, dict[str, Any]], ...] = (
    ("draft", {"direction": "export", "purpose": "T", **SHOP, "lines": [
        line("Varanus salvator", "LIV", "12", "W", live="yes")]}),
    ("submitted", {"direction": "export", "purpose": "T", **SHOP, "lines": [
        line("Python regius", "LIV", "40", "C", live="yes")]}),
    ("submitted", {"direction": "export", "purpose": "S", **ZOO, "lines": [
        line("Hippocampus kuda", "BOD", "25", "W")]}),
    ("asked", {"direction": "export", "purpose": "T", **SHOP, "lines": [
        line("Tillandsia xerographica", "LIV", "500", "A", live="yes")]}),
    ("with-scientist", {"direction": "export", "purpose": "T", **SHOP, "lines": [
        line("Strombus gigas", "SHE", "200", "W")]}),
    ("approved", {"direction": "export", "purpose": "Z", **ZOO, "lines": [
        line("Crocodylus porosus", "LIV", "2", "C", live="yes")]}),
    ("countersigned", {"direction": "export", "purpose": "T", **SHOP, "lines": [
        line(taxon, "SKI", str(40 + 10 * i), "C") for i, taxon in enumerate((
            "Crocodylus novaeguineae", "Varanus salvator", "Python reticulatus", "Python bivittatus",
            "Varanus niloticus"))]}),
)
ORDER = ("draft", "submitted", "in-review", "asked", "with-scientist", "approved", "countersigned")


def play(at: datetime) -> None:
    """Bring each case to its stage, and cancel one permit. A case that the law would not take is left out."""
    people = actors(at)
    come_in(people, at - timedelta(days=3))
    let_stand(people, at - timedelta(days=10))
    leave_open(people, at)
    for i, (stage, answers) in enumerate(CASES):
        bring(people, stage, answers, at - timedelta(days=9 - i))
    spoilt = bring(people, "countersigned", CASES[1][1], at - timedelta(days=2))
    if spoilt:
        permit = services.issue(actor=people["amina"], case=spoilt, at=at - timedelta(days=1))
        if isinstance(permit, Permit):
            services.cancel(actor=people["amina"], number=permit.number, reason="Issued to the wrong address.", at=at)
    jobs.run_pending()


def bring(people: dict[str, Actor], stage: str, answers: dict[str, Any], at: datetime) -> str | None:
    """The number of a case that stands at `stage`; None when the law does not take it."""
    mario, amina = people["mario"], people["amina"]
    draft = services.start(actor=mario, organisation=min(mario.organisations), at=at)
    if isinstance(draft, Refusal):
        return None
    number = draft.number
    services.save_answers(actor=mario, case=number, answers=answers, at=at)
    if stage == "draft":
        return number
    if not isinstance(services.submit(actor=mario, case=number, at=at), Application):
        return None
    if stage == "submitted":
        return number
    pay_fee(people, number, at)
    services.take(actor=amina, case=number, at=at)
    if stage == "asked":
        services.ask(actor=amina, case=number, text="Please send the nursery's propagation record.", at=at)
        return number
    _with_scientist(people, number, stage, at)
    if stage == "with-scientist":
        return number
    for kind in draft.findings.exclude(by="scientific-authority").values_list("kind", flat=True):
        services.record_finding(actor=amina, case=number, kind=kind, made=True, text="Records seen.", at=at)
    services.approve(actor=amina, case=number, at=at)
    if stage == "countersigned":
        services.countersign(actor=people["bo"], case=number, at=at)
    return number


def _with_scientist(people: dict[str, Actor], number: str, stage: str, at: datetime) -> None:
    services.ask_opinion(actor=people["amina"], case=number, at=at)
    if stage != "with-scientist":
        services.give_opinion(actor=people["ito"], case=number, positive=True,
                              text="Numbers are small against the stock.", at=at)
