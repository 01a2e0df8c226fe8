"""What an application costs: worked out before it is handed in, charged when it is."""

from __future__ import annotations

from datetime import date, datetime

from wildgate.apps.accounts.access import Actor
from wildgate.apps.fees import services as fees
from wildgate.apps.fees.models import Charge
from wildgate.apps.fees.tariff import Bill, bill
from wildgate.apps.houserules import selectors as house
from wildgate.apps.permits import kinds, records
from wildgate.apps.permits.models import Application
from wildgate.convention.outcome import Ruling
from wildgate.convention.refusal import Refusal

REPLACEMENT = "replacement"


def expected(application: Application, ruling: Ruling | None, on: date) -> Bill | None:
    """The bill that handing in would make, by the tariff of that day; None where nothing is asked."""
    if ruling is None:
        return None
    kind = records.document_kind(ruling, application.party, kinds.wanted_of(application.answers))
    found = None if isinstance(kind, Refusal) else house.tariff(application.party, kind.value, on)
    return bill(found[1], lines=_lines(application), extras=_extras(application)) if found else None


def charge(application: Application, ruling: Ruling, *, actor: Actor, at: datetime) -> Charge | Refusal | None:
    """Charge an application that is handed in; inside the transaction of the step."""
    kind = records.document_kind(ruling, application.party, kinds.wanted_of(application.answers))
    if isinstance(kind, Refusal):
        return kind
    return fees.charge(application.subject, party=application.party, organisation_id=application.organisation_id,
                       kind=kind.value, lines=_lines(application), extras=_extras(application), actor=actor, at=at)


def _lines(application: Application) -> int:
    return len(application.answers.get("lines", ()))


def _extras(application: Application) -> tuple[str, ...]:
    return (REPLACEMENT,) if application.replaces_id and application.replacing != "variation" else ()
