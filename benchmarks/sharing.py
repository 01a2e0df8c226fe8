"""`sharing.misp`, `sharing.stix`: reports a second written as files, beside PyMISP building the same events.

Each report has ten things in it: entities, relations, specimens, parts and a sighting, with three markings.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

from benchmarks.measure import Peer, Result, rate
from wildgate.sharing import misp, stix
from wildgate.sharing.bundle import (
    Bundle,
    EntityKind,
    Outcome,
    Part,
    SharedEntity,
    SharedRelation,
    SharedReport,
    SharedSighting,
    Specimen,
)
from wildgate.sharing.grading import Credibility, Grading, Reliability
from wildgate.sharing.leaving import fit
from wildgate.sharing.marking import Ceiling, Marking, Tlp

WANTED = 150
REPORTS = 50
AT = datetime(2027, 3, 1, 12, tzinfo=UTC)
GREEN = Marking(Tlp.GREEN, "Ministry of Demoland")
CEILING = Ceiling(Tlp.AMBER, groups=frozenset({"fern"}), nominal=True)


def report(number: int) -> SharedReport:
    """One report by its number; the same number makes the same report."""
    def uid(name: str) -> uuid.UUID:
        return uuid.uuid5(uuid.NAMESPACE_OID, f"{number} {name}")

    amber = replace(GREEN, tlp=Tlp.AMBER, groups=frozenset({"fern"}))
    nominal = replace(amber, nominal=True)
    kinds = (EntityKind.PERSON, EntityKind.ACCOUNT, EntityKind.LISTING, EntityKind.PERMIT)
    entities = tuple(SharedEntity(uid(kind), kind, f"{kind} {number}", nominal) for kind in kinds)
    return SharedReport(
        uid=uid("report"), number=f"QM-R-2027-{number:06}", title=f"Skins offered {number}", text="Forty skins. " * 20,
        authority="Ministry of Demoland", created=AT, modified=AT, marking=GREEN,
        grading=Grading(Reliability.USUALLY, Credibility.PROBABLE),
        parts=(Part(uid("part"), "Who stands behind it. " * 10, amber),),
        specimens=tuple(Specimen(uid(name), name, GREEN, "II", "SKI", Decimal(40), "NAR", "W", "T")
                        for name in ("Python regius", "Python sebae")),
        entities=entities, sightings=(SharedSighting(uid("seen"), entities[2].uid, Outcome.SEEN, AT, amber),),
        relations=tuple(SharedRelation(uid(f"joins {no}"), entities[no].uid, entities[no + 1].uid, "uses", nominal)
                        for no in range(2)))


def measured(name: str, write: Callable[[Bundle], bytes], *more: Peer) -> Result:
    bundle = Bundle(tuple(report(number) for number in range(REPORTS)))
    assert len(fit(bundle, CEILING).bundle.reports) == REPORTS
    value = rate(lambda: write(fit(bundle, CEILING).bundle), seconds=0.3, rounds=3) * REPORTS
    return Result(name, value, "1/s", (Peer("wanted", WANTED, "1/s"), *more),
                  {"bytes each": len(write(bundle)) // REPORTS})


def pymisp_rate() -> float | None:
    """PyMISP building and writing the same events; None where it is not installed."""
    try:
        from pymisp import MISPEvent
    except ImportError:
        return None
    made = [json.dumps({"Event": misp.event(report(number))}) for number in range(2)]

    def build() -> None:
        for each in made:
            event = MISPEvent()
            event.load(json.loads(each))
            event.to_json()

    return rate(build, seconds=0.3, rounds=2) * len(made)


def misp_events() -> Result:
    return measured("sharing.misp", misp.write, Peer("PyMISP, the same event", pymisp_rate(), "1/s"))


def stix_reports() -> Result:
    return measured("sharing.stix", stix.write)


BENCHES = {"sharing.misp": misp_events, "sharing.stix": stix_reports}
