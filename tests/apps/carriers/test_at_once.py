"""The same list sent by two programs at the same moment, and the same parcel handed over twice: one of each."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from tests.apps.carriers.night import parcels

from wildgate.apps.carriers import services
from wildgate.apps.carriers.models import DayCount, Handover, Lead, ShipmentList
from wildgate.apps.carriers.parcels import Sheet, from_json
from wildgate.apps.carriers.services import Message
from wildgate.kit.models import Event


def test_one_list_and_one_lead_of_two_senders_at_once(own_database: str, at_once: Any, django_db_blocker: Any) -> None:
    at = datetime.now(UTC)
    with django_db_blocker.unblock():
        from wildgate.site.demo.cast import settle
        kim = settle("QM", "Demoland", at)["kim"]
        sheet = from_json(parcels([], 12), 100)
        assert isinstance(sheet, Sheet)
        taken = at_once(*[lambda: services.take_list(actor=kim, list_id="night", rows=sheet.rows,
                                                     way=ShipmentList.Way.PROGRAM, at=at)] * 4)
        message = Message("SX000000", "Hub", "told to")
        handed = at_once(*[lambda: services.hand_over(actor=kim, message=message, at=at)] * 4)

        assert {each.pk for each in taken} == {ShipmentList.objects.get().pk}
        assert {each.pk for each in handed} == {Handover.objects.get().pk}
        assert Lead.objects.count() == Event.objects.filter(kind="parcel-held").count() == 1
        assert Event.objects.filter(kind="parcel-handed-over").count() == 1
        assert sum(each.parcels for each in DayCount.objects.all()) == 12
