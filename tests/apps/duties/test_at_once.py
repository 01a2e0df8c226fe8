"""Several workers at the same moment: an import is in one file, an event has one notice, a receipt is given once."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from tests.apps.duties.steps import chain

from wildgate.apps.customs import services as customs
from wildgate.apps.duties import services
from wildgate.apps.duties.models import Notice, Relay, Relayed
from wildgate.apps.duties.services import relaying
from wildgate.kit import events
from wildgate.kit.models import Event


def test_no_import_is_lost_or_doubled_and_no_event_told_twice(own_database: str, at_once: Any,
                                                              django_db_blocker: Any) -> None:
    at = datetime.now(UTC)
    with django_db_blocker.unblock():
        from wildgate.site.demo.cast import settle
        who = settle("QM", "Demoland", at)
        issued_on = at.date() - timedelta(days=9)
        for serial in range(3):
            done = services.log_import(
                actor=who["jean"], at=at, arrival=services.Arrival([""], "Kivu-2", f"020-{serial}"),
                items=[customs.Item("Python bivittatus", "II", "W", "SKI", "30", "NAR", "QZ")],
                head={"country": "QZ", "number": f"26QZ{serial}", "kind": "export-permit", "issued_on": issued_on,
                      "valid_until": issued_on + timedelta(days=99), "exporter_country": "QZ", "purpose": "T"})
            assert done.pk, done
        endorsed = Event.objects.filter(kind="import-endorsed").order_by("seq").first()
        assert endorsed is not None

        at_once(*[lambda: relaying.relay("QM", by=events.SYSTEM, at=at)] * 4)
        at_once(*[lambda: services.give(endorsed, at=at)] * 4)
        notice = Notice.objects.get(row="permit-used")
        at_once(*[lambda: services.receive(actor=who["amina"], notice=notice.pk, at=at)] * 3)

        assert (Relay.objects.get().rows, Relayed.objects.count()) == (3, 3)
        assert Notice.objects.filter(row="imports-relayed").count() == 1
        assert chain(notice.subject) == ["notice-given", "notice-received"]
        assert events.verify("QM") is None
