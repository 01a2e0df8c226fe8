"""A night of an express carrier: permits in every state, and three thousand parcels with 214 numbers."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from tests.cast import issued

from wildgate.apps.accounts.access import Actor
from wildgate.apps.permits.models import Application, Permit, PermitLine, PermitStatus
from wildgate.kit.waybill import numbered

STATES = ("valid", "used", "cancelled", "lost", "suspended")
ANSWERS = {"valid": "valid", "used": "used-up", "cancelled": "cancelled", "lost": "cancelled",
           "suspended": "suspended"}


def permits(cast: dict[str, Actor], at: datetime, count: int) -> dict[str, str]:
    """`count` permits like one that was issued, in turn in each state: number -> the answer a carrier gets."""
    first = issued(cast, at)
    case, line = Application.objects.get(pk=first.application_id), first.lines.get()
    cases, made = [], []
    for at_place in range(count):
        case.pk, case.number = None, f"QM-A-X-{at_place:06d}"
        cases.append(Application(**_fields(case)))
    for at_place, one in enumerate(Application.objects.bulk_create(cases)):
        first.pk, first.number, first.application_id = None, f"26QM9{at_place:05d}", one.pk
        first.status_index = 500_000 + at_place
        made.append(Permit(**_fields(first)))
    kept = Permit.objects.bulk_create(made)
    states = {each.pk: STATES[place % len(STATES)] for place, each in enumerate(kept)}
    lines = []
    for each in kept:
        line.pk, line.permit_id = None, each.pk
        lines.append(PermitLine(**_fields(line)))
    PermitLine.objects.bulk_create(lines)
    PermitStatus.objects.bulk_create([PermitStatus(permit=each, state=states[each.pk], changed_at=at)
                                      for each in kept])
    return {each.number: ANSWERS[states[each.pk]] for each in kept}


def _fields(row: Any) -> dict[str, Any]:
    return {each.attname: getattr(row, each.attname) for each in row._meta.concrete_fields if not each.primary_key}


ORDINARY = ("cotton shirts", "phone case", "books", "machine parts, steel", "coffee beans 5 kg", "ceramic mug",
            "running shoes", "printed documents", "cosmetics", "bicycle light")


def parcels(numbers: list[str], count: int) -> list[dict[str, Any]]:
    """Parcels of one night; the first carry the numbers, one of those is unknown and called plastic craft."""
    rows = []
    for place in range(count):
        row: dict[str, Any] = {"parcel": f"SX{place:06d}", "air_waybill": numbered("176", 1_000_000 + place),
                               "description": ORDINARY[place % len(ORDINARY)], "hs": "610910", "value": "25",
                               "currency": "USD", "mass": "0.8", "from": "QM", "to": "QZ",
                               "sender": f"Sender {place}", "receiver": f"Receiver {place}", "permits": []}
        if place < len(numbers):
            row |= {"permits": [numbers[place]], "description": "crocodile skins, raw", "hs": "410320"}
        rows.append(row)
    rows[len(numbers)] |= {"permits": ["QM-0000-XX"], "description": "plastic craft", "hs": "392640", "from": "VN",
                           "to": "QM", "sender": "Nobody Nowhere"}
    return rows
