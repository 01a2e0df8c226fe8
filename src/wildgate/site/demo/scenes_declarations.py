"""Declarations of the demo world: one of each answer, from a single window and from a desk; nobody's key is printed."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Final

from wildgate.apps.accounts.access import Actor
from wildgate.apps.accounts.models import Authority
from wildgate.apps.declarations import services as declarations
from wildgate.apps.declarations.examples import ONE
from wildgate.apps.declarations.services import Incoming
from wildgate.apps.gateway import services as gateway
from wildgate.apps.gateway.actors import actor_for
from wildgate.apps.gateway.models import Program
from wildgate.apps.permits.models import Permit
from wildgate.convention.lifecycle import PermitState
from wildgate.kit.api import written

WINDOW: Final = "Port single window"
BLANK: Final = {"taxon": "", "term": "", "origin": "", "source": "", "purpose": "", "permits": []}


def play(people: dict[str, Actor], at: datetime) -> None:
    """A program of customs, and a few declarations; played twice, nothing is added."""
    window = _window(people["sam"], at)
    if window is None:
        return
    program = actor_for(window, at)
    for i, form in enumerate(_forms(people["sam"].party, at)):
        who = program if i % 3 else people["jean"]
        declarations.take(actor=who, at=at + timedelta(minutes=i), incoming=Incoming(
            "json", written(form | {"message_id": f"demo-{i + 1}", "reference": f"26QMD{i + 1:06d}"}),
            program=window if i % 3 else None))


def _window(sam: Actor, at: datetime) -> Program | None:
    if Program.objects.filter(party=sam.party, name=WINDOW).exists():
        return None
    body = Authority.objects.filter(party=sam.party, kind=Authority.Kind.CUSTOMS).first()
    if body is None:
        return None
    made = gateway.add_program(actor=sam, name=WINDOW, role=Program.Kind.CUSTOMS_SYSTEM.value, body=body,
                               station="Kivu-2", at=at)
    return made if isinstance(made, Program) else None


def _forms(party: str, at: datetime) -> list[dict[str, Any]]:
    """What fits, what is too much, what has no permit, what claims to be something else."""
    valid = Permit.objects.filter(party=party, status__state=PermitState.VALID.value, kind="export-permit",
                                  valid_until__gt=at.date()).order_by("pk").first()
    out = []
    if valid is not None:
        record = valid.record
        line = record.lines[0]
        fits = {"taxon": line.taxon, "term": line.term, "unit": line.unit, "origin": line.origin.country,
                "source": line.source.value, "purpose": valid.purpose, "description": line.common_name or line.taxon,
                "permits": [{"number": valid.number, "country": party}]}
        more = {"exporter": {"name": record.exporter.name, "country": party}, "destination": valid.importer_country,
                "route": [party, valid.importer_country],
                "importer": {"name": record.importer.name, "country": valid.importer_country}}
        out += [_form(item={**fits, "quantity": "1"}, **more),
                _form(item={**fits, "quantity": str(line.quantity * 3)}, **more)]
    return [*out, _form(item={"permits": [], "quantity": "40"}),
            _form(item={**BLANK, "hs": "911390", "description": "Watch straps of bovine leather", "claims": ["Y900"]}),
            _form(item={**BLANK, "hs": "911390", "description": "Watch straps of crocodile leather",
                        "claims": ["Y900"]}),
            _form(direction="import", procedure="4000", departure="QZ", destination=party, route=["QZ", party],
                  exporter={"name": "Basalt Reptiles", "country": "QZ"},
                  importer={"name": "Lacuna Hides Ltd", "country": party},
                  moves_at=(at + timedelta(hours=6)).isoformat(), item={
                      "taxon": "Python regius", "term": "LIV", "hs": "010620", "quantity": "12", "origin": "QZ",
                      "source": "C", "description": "Live royal pythons", "permits": [
                          {"number": "QZ-E 0042/26", "country": "QZ"}]})]


def _form(*, item: dict[str, Any], **head: Any) -> dict[str, Any]:
    form = {name: value for name, value in ONE.items() if name not in ("message_id", "reference", "items")}
    return {**form, **head, "items": [{**ONE["items"][0], **item}]}
