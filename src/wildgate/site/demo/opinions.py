"""Dr Ito's standing opinions in the demo world: bark of one region and plan, with a limit; propagated air plants."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from wildgate.apps.accounts.access import Actor
from wildgate.apps.findings.services import NewStanding, give
from wildgate.apps.permits import services
from wildgate.apps.permits.models import Application
from wildgate.apps.species.registry import law_of
from wildgate.site.demo.house import pay_fee

PHARMA = {"other_name": "Quartz Pharma", "other_address": "40 Quarry Road, Quartz City, Quartzland",
          "other_country": "QZ"}


def bark(kilos: str) -> dict[str, Any]:
    """Bark of region North, cut under plan NP-12."""
    return {"direction": "export", "purpose": "T", **PHARMA, "lines": [
        {"taxon": "Prunus africana", "term": "BAR", "quantity": kilos, "unit": "KGM", "source": "W", "origin": "QM",
         "region": "North", "plan": "NP-12", "description": "dried bark"}]}


def let_stand(people: dict[str, Actor], at: datetime) -> None:
    """Give both opinions, issue a permit for 62 tonnes of bark on the first, and hand in an application for 20."""
    law, year = law_of(people["ito"].party), date(at.year, 1, 1)
    give(actor=people["ito"], law=law, at=at, new=NewStanding(
        kind="non-detriment", taxon="Prunus africana", terms=("BAR",), sources=("W",), direction="export",
        region="North", plans=("NP-12",), amount=Decimal(180), unit="TON", start=year, review=date(2028, 12, 31),
        text="The inventory of the northern forests shows a growth that allows 180 tonnes of dry bark a year.",
        conditions="Bark cut under management plan NP-12 only.",
        factors={"harvest": "Bark of opposite quarters of the trunk, every eighth year.",
                 "management": "Plan NP-12: inventory every five years, felling forbidden."},
        references=("Inventory of the northern forests, 2025",)))
    give(actor=people["ito"], law=law, at=at, new=NewStanding(
        kind="artificially-propagated", taxon="Tillandsia xerographica", sources=("A",), start=year,
        end=date(at.year + 1, 12, 31), text="The nurseries of the country were visited; parental stock is lawful."))
    amina, case = people["amina"], _hand_in(people["mario"], bark("62000"), at)
    if case is None:
        return
    pay_fee(people, case.number, at)
    services.take(actor=amina, case=case.number, at=at)
    for kind in case.findings.filter(made=None).values_list("kind", flat=True):
        services.record_finding(actor=amina, case=case.number, kind=kind, made=True,
                                text="Cutting licences and weighing book seen.", at=at)
    services.approve(actor=amina, case=case.number, at=at)
    services.countersign(actor=people["bo"], case=case.number, at=at)
    services.issue(actor=amina, case=case.number, at=at)
    _hand_in(people["mario"], bark("20000"), at)


def _hand_in(mario: Actor, answers: dict[str, Any], at: datetime) -> Application | None:
    """The application, or None where it is not taken."""
    draft = services.start(actor=mario, organisation=min(mario.organisations), at=at)
    if not isinstance(draft, Application):
        return None
    services.save_answers(actor=mario, case=draft.number, answers=answers, at=at)
    done = services.submit(actor=mario, case=draft.number, at=at)
    return done if isinstance(done, Application) else None
