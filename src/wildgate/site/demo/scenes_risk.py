"""Risk control in the demo world: a week of declarations with their lanes and results, a profile that waits for a
second person, a name to watch, something heard.
"""

from __future__ import annotations

import random
from datetime import datetime, timedelta
from decimal import Decimal

from wildgate.apps.accounts.access import Actor
from wildgate.apps.risk import seeds, services
from wildgate.apps.risk.models import Assessment, Profile, WatchEntry
from wildgate.apps.risk.services import house, lists, profiles
from wildgate.targeting.consignment import Consignment, Item, PermitRef, Trader

DAYS, A_DAY = 8, 8
GOODS = (("Crocodylus novaeguineae", "SKI", "410320", "W", "raw skins of crocodile", 20, "2", "300"),
         ("Python reticulatus", "SKI", "410320", "W", "python skins, salted", 60, "0.8", "90"),
         ("Psittacus erithacus", "LIV", "010632", "C", "live grey parrots, captive bred", 4, "0.5", "700"),
         ("Prunus africana", "BAR", "121160", "W", "dried bark in bags", 900, "1", "4"),
         ("Tillandsia xerographica", "LIV", "060290", "A", "air plants", 200, "0.2", "3"))
FIRMS = tuple(Trader(name, "QM", f"QM-TIN-{number}", f"{number} Quay Road, Port Lacuna") for number, name in enumerate((
    "Lacuna Hides Ltd", "Harbour Reptiles SA", "Delta Botanicals Ltd", "Orlo SA", "Savanna Birds Co"), 1))
BUYERS = (Trader("Quartz Leather Co", "QZ", "", "5 Basalt Street, Quartz City"),
          Trader("Granite Pets GmbH", "QZ", "", "9 Slate Lane, Quartz City"))
ROUTES = ((), (), (), ("AE Jebel Ali FTZ", "SG free zone"), ("TR",))


def play(people: dict[str, Actor], at: datetime) -> None:
    """Everything that a risk manager finds on the first day; played twice, nothing is added."""
    tomas, nadia, ines = people["tomas"], people["nadia"], people["ines"]
    first = at - timedelta(days=DAYS)
    if WatchEntry.objects.filter(party=tomas.party).exists():
        return
    profiles.load_shipped(tomas.party, first)
    for post, boxes in (("Kivu-2", 4), ("Lacuna Airport", 3)):
        house.set_capacity(actor=tomas, at=first, values={"post": post, "shift": "day", "begins": 0, "boxes": boxes,
                                                          "papers": 10, "closed": False})
    _names(tomas, ines, first)
    _declarations(tomas.party, first)
    given = {"code": "parrots-two-zones", "title": "Bred parrots through two free zones", "points": 55,
             "when": "item.source in {C, D} and item.live and declaration.free_zones >= 2",
             "look_at": "Rings, age, and whether the birds are hand-tame."}
    made = profiles.draft(actor=tomas, given=given, at=at)
    if isinstance(made, Profile):
        profiles.propose(actor=tomas, profile=made.pk, at=at)
    late = Profile.objects.filter(party=nadia.party, code="last-minute").first()
    if late is not None:
        profiles.review(actor=tomas, profile=late.pk, keep=False, at=at)
    seeds.keep(tomas.party, at)


def _names(tomas: Actor, ines: Actor, at: datetime) -> None:
    entry = lists.watch(actor=ines, at=at, given={
        "name": "Harbor Reptile S.A.", "country": "", "natural_person": False, "source": "Seizure report 2026-4",
        "reason": "Declared wild snakes as bred ones.", "expires_on": at.date() + timedelta(days=400)})
    if isinstance(entry, WatchEntry):
        lists.confirm_watch(actor=tomas, entry=entry.pk, at=at)
    lists.watch(actor=tomas, at=at, given={
        "name": "Slate Road Trading", "country": "QZ", "natural_person": False, "source": "Alert of a partner",
        "reason": "Consignee of parcels without papers.", "expires_on": at.date() + timedelta(days=200)})
    lists.hear(actor=ines, at=at, given={
        "text": "Live parrots are to leave as captive bred before the end of the season.", "reliability": "B",
        "content": 2, "taxon": "Psittacidae", "term": "LIV", "departure": "QM", "destination": "", "firm": "",
        "points": 30, "expires_on": at.date() + timedelta(days=120)})


def _declarations(party: str, first: datetime) -> None:
    dice = random.Random(7)  # noqa: S311  (a demo world's declarations, no secret)
    for day in range(DAYS):
        when = first + timedelta(days=day, hours=1)
        rows = services.assess_all(at=when, consignments=[
            _declaration(party, dice, f"QM-D-{when:%m%d}-{number:02}", when) for number in range(A_DAY)])
        for row in rows:
            if row.takes_box or row.drawn_by == "random":
                _inspected(row, dice, when + timedelta(hours=5))


def _declaration(party: str, dice: random.Random, reference: str, when: datetime) -> Consignment:
    taxon, term, code, source, words, most, mass, worth = dice.choice(GOODS)
    amount = Decimal(dice.randint(1, most))
    number = f"QM-E-2026-{dice.randint(90000, 99999)}"
    item = Item(1, code, words if dice.random() > 0.1 else "gift, no commercial value", taxon, term, amount,
                "KIL" if term == "BAR" else "NAR", amount * Decimal(mass), amount * Decimal(worth), "USD", "QM",
                source, "T", (PermitRef(number, "QZ", role="foreign"),))
    return Consignment(reference, party, "export", when, dice.choice(("Kivu-2", "Lacuna Airport")), "10", "air", "QM",
                       "QZ", dice.choice(ROUTES), dice.choice(FIRMS), dice.choice(BUYERS), carrier="SpeedX",
                       transport_document=f"AWB {dice.randint(10**6, 10**7)}", items=(item,))


def _inspected(row: Assessment, dice: random.Random, when: datetime) -> None:
    risky = row.points >= 50
    found = dice.choice(("species", "quantity", "papers")) if dice.random() < (0.35 if risky else 0.04) else "clean"
    services.record_result(reference=row.reference, item=1, outcome=found, by="system", at=when)
