"""A night of the express carrier in the demo world: a list with its answers, a lead, a parcel handed over."""

from __future__ import annotations

from datetime import datetime, timedelta

from wildgate.apps.accounts.access import Actor
from wildgate.apps.carriers import services
from wildgate.apps.carriers.models import Lead, ShipmentList
from wildgate.apps.carriers.parcels import from_json
from wildgate.apps.carriers.services import Message
from wildgate.apps.goods import services as goods
from wildgate.apps.goods.services import Change
from wildgate.apps.permits.models import Permit
from wildgate.convention.refusal import Refusal
from wildgate.kit.waybill import numbered

WORDS = (("cotton shirts", "610910"), ("phone cases", "392690"), ("crocodile skin wallet", "420231"),
         ("ceramic mugs", "691200"), ("office chair", "940360"), ("books", "490199"), ("ivory silk dress", "620442"),
         ("oud chips", "330741"), ("running shoes", "640411"))
ODD = (("plastic craft", "392640", "VN", "QM"), ("gifts", "950300", "QM", "QZ"),
       ("carved stone ornament", "681599", "QZ", "QM"))


def play(people: dict[str, Actor], at: datetime) -> None:
    """Two nights of SpeedX; customs lets one parcel go, takes one, and has a receipt to give."""
    kim = people["kim"]
    numbers = list(Permit.objects.filter(party=kim.party).order_by("-issued_at").values_list("number", flat=True)[:4])
    for night in (2, 1):
        sheet = from_json(_rows(night, numbers), 500)
        if not isinstance(sheet, Refusal):
            services.take_list(actor=kim, list_id=f"SX-night-{3 - night}", rows=sheet.rows,
                               way=ShipmentList.Way.PROGRAM, at=at - timedelta(days=night))
    leads = list(Lead.objects.filter(party=kim.party).order_by("pk"))
    if len(leads) > 1:
        services.decide(actor=people["tomas"], key=leads[0].key, state=Lead.State.RELEASED,
                        note="Toys of wood, seen on the X-ray.", at=at - timedelta(hours=20))
        services.decide(actor=people["nadia"], key=leads[1].key, state=Lead.State.TAKEN,
                        note="Density of ivory on the X-ray.", at=at - timedelta(hours=3))
        services.hand_over(actor=kim, message=Message(leads[1].parcel, "Hub Kivu-2, lane 4", "Customs asked for it.",
                                                      leads[1].waybill), at=at - timedelta(hours=2))
    goods.set_code(actor=people["tomas"], change=Change(
        "4202.99", "other cases and containers", "Crocodylia, Pythonidae", "LPS, LPL", "P", "part",
        "Two consignments of reptile boxes came under it."), at=at - timedelta(days=4))


def _rows(night: int, numbers: list[str]) -> list[dict[str, object]]:
    rows: list[dict[str, object]] = []
    for place in range(60):
        words, hs = WORDS[place % len(WORDS)]
        rows.append({"parcel": f"SX{night}{place:05d}", "air_waybill": numbered("176", night * 100_000 + place),
                     "description": words, "hs": hs, "value": "40", "currency": "USD", "mass": "0.6", "from": "QM",
                     "to": "QZ", "permits": []})
    for row, number in zip(rows, numbers, strict=False):
        row |= {"description": "reptile skins", "hs": "410320", "permits": [number]}
    for place in (40, 50):
        words, hs, start, end = ODD[(night + place // 10) % len(ODD)]
        rows[place] |= {"description": words, "hs": hs, "from": start, "to": end, "permits": ["X-0815"],
                        "sender": "A. Sender", "receiver": "B. Receiver"}
    return rows
