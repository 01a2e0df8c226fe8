"""What the figures rest on in the demo world: made-up trade rows of made-up countries, last year's seizures, a month
with enough cases to be published. No number here was ever reported by anybody.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings

from wildgate.apps.accounts.access import Actor
from wildgate.apps.explorer import services as explorer
from wildgate.apps.figures import counting, publishing
from wildgate.apps.inspections import services as inspections
from wildgate.apps.inspections.services.seizing import Incident, Specimens
from wildgate.apps.permits import services
from wildgate.apps.signals import searching
from wildgate.kit import events
from wildgate.site.demo.scenes import SHOP, bring, line
from wildgate.worldtrade.store import store_at

HEADINGS = ("Id", "Year", "Appendix", "Taxon", "Class", "Order", "Family", "Genus", "Term", "Quantity", "Unit",
            "Importer", "Exporter", "Origin", "Purpose", "Source", "Reporter.type")
FEWEST, MOST, USUAL = 3, 12, 100
"""Shipments of a flow in a year: one for each hundred, within these."""
YEARS = 8
PYTHON = ("II", "Python regius", "Reptilia", "Serpentes", "Pythonidae", "Python")
LIZARD = ("II", "Varanus salvator", "Reptilia", "Sauria", "Varanidae", "Varanus")
CROCODILE = ("II", "Crocodylus novaeguineae", "Reptilia", "Crocodylia", "Crocodylidae", "Crocodylus")
PARROT = ("I", "Psittacus erithacus", "Aves", "Psittaciformes", "Psittacidae", "Psittacus")
TREE = ("II", "Prunus africana", "", "Rosales", "Rosaceae", "Prunus")
FLOWS = (
    (PYTHON, "QZ", "LIV", "", "W", (900, 950, 880, 910, 860, 840, 90, 60)),
    (PYTHON, "QZ", "LIV", "", "C", (40, 60, 55, 70, 90, 95, 980, 1100)),
    (PYTHON, "QN", "LIV", "", "C", (0, 0, 0, 0, 0, 0, 0, 640)),
    (LIZARD, "QZ", "SKI", "", "W", (210, 190, 205, 220, 200, 215, 230, 1450)),
    (CROCODILE, "QZ", "SKI", "", "C", (1400, 1500, 1450, 1600, 1550, 1700, 1650, 1800)),
    (CROCODILE, "QN", "SKI", "", "C", (300, 320, 310, 350, 330, 360, 340, 380)),
    (PARROT, "QZ", "LIV", "", "C", (12, 14, 11, 15, 13, 16, 14, 190)),
    (TREE, "QN", "BAR", "kg", "W", (40000, 42000, 39000, 41000, 40500, 43000, 42000, 44000)),
)
"""What left Demoland, by buyer, form and source: quantities of eight years, the newest last."""
SEIZURES = (
    ("Lacuna Airport, arrivals", "air", "x-ray", "no-permit", "GH", "QM", "Suitcase with a second floor",
     Specimens("Python regius", "LIV", "9", live="9")),
    ("Lacuna Airport, mail centre", "post", "carrier", "no-permit", "QM", "QZ", "Hollow books",
     Specimens("Varanus salvator", "SKI", "41")),
    ("Kivu-2, lane 3", "road", "profiling", "no-permit", "QM", "QZ", "Under sacks of cashew nuts",
     Specimens("Psittacus erithacus", "LIV", "6", live="5")),
)


def play(people: Mapping[str, Actor], at: datetime) -> None:
    """In the order in which it would happen."""
    seize(people, at)
    decide(dict(people), at)
    report(people, at)


def seize(people: Mapping[str, Actor], at: datetime) -> None:
    """Three seizures of last year, so that its illegal trade report has rows."""
    for month, (place, mode, detection, cause, origin, destination, hidden, found) in enumerate(SEIZURES, 3):
        when = at.replace(year=at.year - 1, month=month, day=12)
        inspections.seize(actor=people["jean"], at=when + timedelta(hours=1), incident=Incident(
            seized_at=when, place=place, agency="Demoland Customs Service", cause=cause, mode=mode,
            detection=detection, provision="Wildlife Act, section 12", storage="Quarantine room 2",
            concealment=hidden, origin=origin, destination=destination, lines=(found,)))


def decide(people: dict[str, Actor], at: datetime) -> None:
    """Last month: five permits issued, which is enough to be published."""
    last = at.replace(day=1) - timedelta(days=12)
    for number in range(5):
        case = bring(people, "countersigned", {"direction": "export", "purpose": "T", **SHOP, "lines": [
            line("Python regius", "LIV", str(20 + number), "C", live="yes")]}, last - timedelta(days=number))
        if case:
            services.issue(actor=people["amina"], case=case, at=last + timedelta(days=1 + number))


def report(people: Mapping[str, Actor], at: datetime) -> None:
    """The rows go into the store, the search finds what stands out, and the statistics of last month come out."""
    party = people["amina"].party
    file = Path(settings.HOME) / "made-up-trade.csv"
    write(file, party, at.year - 1)
    store_at(explorer.folder()).load(file, at=at, name="Made up for the demonstration")
    searching.search(party=party, by=events.SYSTEM, at=at)
    while counting.catch_up(party, at):
        pass
    publishing.publish(party, at)


def write(file: Path, party: str, last: int) -> None:
    """The made-up rows as shipments: the exporter's, and the importer's with a little less on each."""
    with file.open("w", newline="", encoding="utf-8") as out:
        rows = csv.writer(out)
        rows.writerow(HEADINGS)
        number = 0
        for (appendix, *taxon), buyer, term, unit, source, amounts in FLOWS:
            for year, amount in enumerate(amounts, last - YEARS + 1):
                count = min(max(amount // USUAL, FEWEST), MOST) if amount else 0
                for part in range(count):
                    share = amount // count + (part < amount % count)
                    for reporter, quantity in (("E", share), ("I", share - share // 30)):
                        number += 1
                        rows.writerow((number, year, appendix, *taxon, term, quantity, unit, buyer, party, "", "T",
                                       source, reporter))
