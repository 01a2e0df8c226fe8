"""Duties in the demo world: a change of the matrix that waits, imports logged at the border, a question abroad."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from wildgate.apps.accounts.access import Actor
from wildgate.apps.customs import services as customs
from wildgate.apps.customs.models import Endorsement
from wildgate.apps.duties import services
from wildgate.apps.duties.matrix import BY_CODE, IMPORTS

ROW = "permit-issued"
TREES = customs.Item("Dalbergia retusa", "II", "W", "SAW", "12.5", "MTQ", "QZ")
SHELLS = customs.Item("Strombus gigas", "II", "W", "SHE", "400", "NAR", "QZ")


def play(people: dict[str, Actor], at: datetime) -> None:
    """Nadia has confirmed where the file of imports goes; Amina asks for a shorter clock; Jean logged two imports."""
    amina, nadia, jean = people["amina"], people["nadia"], people["jean"]
    address = replace(BY_CODE[IMPORTS].default, address="registry@ma.example")
    agreed = services.propose(actor=amina, row=IMPORTS, agreed=address, since=at.date(), at=at)
    services.confirm(actor=nadia, term=getattr(agreed, "pk", 0), at=at)
    services.propose(actor=amina, row=ROW, agreed=replace(BY_CODE[ROW].default, hours=2), since=at.date(), at=at)
    for serial, (item, arrived) in enumerate(((TREES, "12.2"), (SHELLS, ""))):
        number, issued_on = f"26QZ00{serial}41E", at.date() - timedelta(days=20 + serial)
        logged = services.log_import(
            actor=jean, at=at, items=[item], head={
                "country": "QZ", "number": number, "kind": "export-permit", "issued_on": issued_on,
                "valid_until": issued_on + timedelta(days=150), "exporter_country": "QZ", "purpose": "T"},
            arrival=services.Arrival([arrived], "Kivu-2", f"020-7781{serial}"))
        if isinstance(logged, Endorsement) and serial:
            customs.ask_exporter(actor=jean, foreign=("QZ", number, issued_on), port="Kivu-2", at=at)
