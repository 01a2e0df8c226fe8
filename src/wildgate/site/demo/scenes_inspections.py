"""Inspections in the demo world: one planned, one with findings, a seizure, two cards, an open question."""

from __future__ import annotations

import struct
import zlib
from datetime import datetime, timedelta

from wildgate.apps.accounts.access import Actor
from wildgate.apps.inspections import services
from wildgate.apps.inspections.models import Inspection, Request, Seizure
from wildgate.apps.inspections.services.identifying import Question
from wildgate.apps.inspections.services.planning import Plan
from wildgate.apps.inspections.services.recording import Line
from wildgate.apps.inspections.services.seizing import Incident, Specimens
from wildgate.apps.permits.models import Permit

POST = "Kivu-2"
CARDS = (
    {"taxon": "Crocodylus novaeguineae", "names": "New Guinea crocodile", "terms": ("SKI", "SKP", "LIV"),
     "characters": "Four to seven post-occipital scales.\nBelly scales in 23 to 28 cross rows.\nNo bony buttons in the "
                   "belly scales.",
     "look_alikes": [("Crocodylus porosus", "No post-occipital scales; belly scales smaller, in 30 to 35 rows."),
                     ("Caiman crocodilus", "Bony buttons in the belly scales: they show as dents in tanned skin.")]},
    {"taxon": "Python regius", "names": "Ball python, royal python", "terms": ("LIV", "SKI"),
     "live": "Not venomous. Keep the bag dry and between 24 and 28 °C.",
     "characters": "Short and thick, up to 1.5 m.\nBrown bars with paler round blotches along the flank.\nHeat pits in "
                   "the upper lip.",
     "look_alikes": [("Python curtus", "Shorter tail, reddish, blotches without rings."),
                     ("Python sebae", "Larger; an arrow mark on the head; smaller scales.")]},
)


def play(people: dict[str, Actor], at: datetime) -> None:
    """Each desk finds something of its own: customs, the authority, the investigator, the expert."""
    jean, amina, ito = people["jean"], people["amina"], people["ito"]
    for card in CARDS:
        services.keep_card(actor=ito, at=at - timedelta(days=20), **card)  # type: ignore[arg-type]
    services.file_in(actor=ito, place="card", key="Python regius", name="flank-pattern.png", parts=[picture()],
                     caption="Sketch of the pattern on the flank", author="Dr Ito", licence="CC0 1.0",
                     at=at - timedelta(days=20))
    permit = Permit.objects.filter(party=jean.party).order_by("pk").first()
    behind, reference = ("permit", permit.number) if permit else ("parcel", "SX-88120")
    services.plan(actor=jean, at=at, asked=Plan(
        behind, reference, POST, at + timedelta(hours=3), ("lane",), place="Shed 2", officer=jean.own_id))
    services.plan(actor=amina, at=at, asked=Plan(
        "parcel", "SX-88121", POST, at + timedelta(hours=26), ("random",), "identity", place="Bonded warehouse 7",
        inland=True))
    found = services.plan(actor=jean, at=at - timedelta(hours=6), asked=Plan(
        "parcel", "SX-88107", POST, at - timedelta(hours=5), ("carrier",), "physical", place="Shed 4"))
    if isinstance(found, Inspection):
        _findings(people, found, at)


def _findings(people: dict[str, Actor], found: Inspection, at: datetime) -> None:
    jean, ines, lena = people["jean"], people["ines"], people["lena"]
    services.record(actor=jean, number=found.number, at=at - timedelta(hours=4), note="Announced as plastic craft.",
                    lines={1: Line("undeclared", taxon="Python regius", term="LIV", quantity="14", dead="2",
                                   container="unfit")})
    made = services.seize(actor=jean, at=at - timedelta(hours=3), incident=Incident(
        seized_at=at - timedelta(hours=4), place="Kivu-2, shed 4", agency="Demoland Customs Service",
        cause="no-permit", mode="post", detection="carrier", provision="Wildlife Act, section 12",
        storage="Quarantine room 1", concealment="Stockings in a loudspeaker", origin="GH", destination="QZ",
        condition="Twelve alive, two dead", seal="QM-44710", inspection=found.number,
        lines=(Specimens("Python regius", "LIV", "14", live="12"),)))
    asked = services.ask(actor=jean, at=at - timedelta(hours=2), asked=Question(
        "Is this the ball python, or a young one of a larger species?", "Python regius", "LIV", found.number,
        made.number if isinstance(made, Seizure) else "", lena.own_id))
    if isinstance(asked, Request):
        services.file_in(actor=jean, place="request", key=asked.number, name="flank.png", parts=[picture()],
                         caption="Flank, beside a pen", at=at - timedelta(hours=2))
    if isinstance(made, Seizure):
        services.hand_over(actor=jean, number=made.number, giver=jean.name, taker="Quarantine room 1",
                           place="Lacuna Airport", when=at - timedelta(hours=2), condition="Twelve alive, two dead",
                           seal="QM-44711", at=at - timedelta(hours=1))
        services.hand_in(actor=ines, number=made.number, name="Corvin Strade", identifiers="QZ passport X000",
                         role="Consignee", at=at)


def picture() -> bytes:
    """A small drawn picture, so that pages have one to show: brown bars on a paler ground."""
    brown, pale = (92, 64, 40), (214, 188, 140)
    rows = b"".join(b"\x00" + bytes(part for x in range(320) for part in (brown, pale)[(x // 26 + y // 60) % 2])
                    for y in range(200))
    head = struct.pack(">IIBBBBB", 320, 200, 8, 2, 0, 0, 0)
    parts = ((b"IHDR", head), (b"IDAT", zlib.compress(rows)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data)) for name, data in parts)
