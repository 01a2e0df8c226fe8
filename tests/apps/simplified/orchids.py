"""Mario's nursery: artificially propagated orchids, sent on certificates that Amina and Bo signed beforehand."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

from tests.cast import NOON

from wildgate.apps.accounts.access import Actor
from wildgate.apps.simplified import services
from wildgate.apps.simplified.models import Certificate, MasterFile
from wildgate.convention.simplified import Allowance, Box, Consignee, Filled, FilledLine, Terms

D = Decimal
ORLO = Consignee("Orlo SA", "1 Quay, Port Q", "QZ")


def terms(**changed: Any) -> Terms:
    line = Allowance(("Dendrobium", "Paphiopedilum concolor"), "LIV", "NAR", "A", "QM", D(40), D(100))
    facts: dict[str, Any] = {"direction": "export", "purposes": ("T",),
                             "boxes": frozenset({Box.CONSIGNEE, Box.SPECIES, Box.QUANTITY}), "consignee": None,
                             "lines": (line,), "until": NOON.date() + timedelta(days=300)}
    return Terms(**facts | changed)


def drawn_up(cast: dict[str, Actor], **changed: Any) -> MasterFile:
    more = {name: changed.pop(name) for name in ("certificates",) if name in changed}
    made = services.draw_up(actor=cast["amina"], organisation=min(cast["mario"].organisations), terms=terms(**changed),
                            names=["Orchids of the nursery"], **{"certificates": 5} | more, at=NOON)
    assert isinstance(made, MasterFile), made
    return made


def found(cast: dict[str, Actor], master: MasterFile) -> MasterFile:
    for finding in master.findings.all():
        who = cast["ito"] if finding.by == "scientific-authority" else cast["amina"]
        done = services.record_finding(actor=who, number=master.number, kind=finding.kind, by=finding.by, made=True,
                                       text="The nursery was visited.", at=NOON)
        assert done.made is True, done
    return master


def approved(cast: dict[str, Actor], **changed: Any) -> MasterFile:
    master = found(cast, drawn_up(cast, **changed))
    done = services.approve(actor=cast["bo"], number=master.number, at=NOON)
    assert isinstance(done, MasterFile), done
    return done


def given(cast: dict[str, Actor], count: int = 1, **changed: Any) -> list[Certificate]:
    papers = services.give_out(actor=cast["amina"], number=approved(cast, **changed).number, count=count, at=NOON)
    assert isinstance(papers, list), papers
    return papers


def filled(quantity: int | str = 12, taxon: str = "Dendrobium nobile", **changed: Any) -> Filled:
    return Filled(**{"lines": (FilledLine(0, taxon, D(quantity)),), "consignee": ORLO} | changed)
