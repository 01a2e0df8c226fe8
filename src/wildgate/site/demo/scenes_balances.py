"""The ledger of quantities in the demo world: something set aside, an override, a rejected paper, a question abroad."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from wildgate.apps.accounts.access import Actor
from wildgate.apps.balances.asking import WriteOff
from wildgate.apps.customs import services as border
from wildgate.apps.customs.models import ForeignPermit, MissingEndorsement, Rejection
from wildgate.apps.customs.services import Item, writing_off
from wildgate.apps.permits import services
from wildgate.apps.permits.models import Permit
from wildgate.convention.refusal import Refusal


def _skins(taxon: str, quantity: str) -> dict[str, Any]:
    return {"direction": "export", "purpose": "T", "other_name": "Basalt Reptiles", "other_country": "QZ",
            "other_address": "18 Lava Street, Quartz City, Quartzland",
            "lines": [{"taxon": taxon, "term": "SKI", "quantity": quantity, "unit": "NAR", "source": "C",
                       "origin": "QM"}]}


def play(people: dict[str, Actor], at: datetime) -> None:
    """Each scene once; a world that has them already stays as it is."""
    if Rejection.objects.filter(party=people["jean"].party).exists():
        return
    _set_aside(people, at)
    _overridden(people, at)
    _turned_away(people, at)
    _asked_abroad(people, at)


def _issued(people: dict[str, Actor], answers: dict[str, Any], at: datetime) -> Permit | None:
    from wildgate.site.demo.scenes import bring  # which plays this scene

    case = bring(people, "countersigned", answers, at)
    made = services.issue(actor=people["amina"], case=case, at=at) if case else None
    return made if isinstance(made, Permit) else None


def _set_aside(people: dict[str, Actor], at: datetime) -> None:
    """A declaration was accepted yesterday and waits for release."""
    permit = _issued(people, _skins("Crocodylus novaeguineae", "300"), at - timedelta(days=4))
    if permit is not None:
        _must(writing_off.reserve(actor=people["jean"], at=at - timedelta(days=1), asked=WriteOff(
            permit.number, block="A", quantity=Decimal(280), reference="26QM-D-004711", procedure="1000",
            post="Kivu-2")))


def _overridden(people: dict[str, Actor], at: datetime) -> None:
    """One box more than the permit had; the supervisor let it pass after asking above."""
    permit = _issued(people, _skins("Python reticulatus", "80"), at - timedelta(days=6))
    if permit is None:
        return
    _must(border.endorse(actor=people["jean"], number=permit.number, stage="export", quantities={"A": "80"},
                         port="Kivu-2", transport_document="020-44110022", at=at - timedelta(days=3)))
    _must(border.override_counted(
        actor=people["nadia"], number=permit.number, quantities={"A": "6"}, port="Kivu-2",
        transport_document="020-44110022", reason="Six skins of the same lot were found in the second box.",
        authority="Director of customs, by telephone; letter 26/118 follows", at=at - timedelta(days=3)))


def _turned_away(people: dict[str, Actor], at: datetime) -> None:
    _must(border.reject(
        actor=people["jean"], country="QZ", number="QZ-2026-EX-0815", reason=Rejection.Reason.ALTERED,
        evidence="Box 11: 40 was made 140 with another pen; the perforation of the seal does not run through both "
                 "sheets.", port="Kivu-2", at=at - timedelta(days=2)))


def _asked_abroad(people: dict[str, Actor], at: datetime) -> None:
    day = at.date()
    paper = border.register_foreign(
        actor=people["jean"], country="QZ", number="26QZ000231E", kind="export-permit",
        issued_on=day - timedelta(days=20), valid_until=day + timedelta(days=100), exporter_country="QZ",
        importer_country="QM", purpose="T", lines=[Item("Python regius", "II", "W", "SKI", "60", "NAR", "QZ")],
        at=at - timedelta(days=1))
    if isinstance(paper, ForeignPermit):
        asked = border.ask_exporter(actor=people["jean"], foreign=(paper.country, paper.number, paper.issued_on),
                                    port="Kivu-2", at=at - timedelta(days=1))
        assert isinstance(asked, MissingEndorsement)  # noqa: S101


def _must(made: object) -> None:
    """A scene that the rules refuse is a mistake of the scene."""
    if isinstance(made, Refusal):
        raise RuntimeError(f"{made.code}: {made.reason}")
