"""Several people at the same moment: one decision on a hand-over, one membership, one pulse after another."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from tests.apps.intelligence.people import let_in

from wildgate.apps.intelligence import services
from wildgate.apps.intelligence.models import Contributor, HandOver, Pulse, Report
from wildgate.apps.intelligence.services import contributors
from wildgate.convention.refusal import Refusal
from wildgate.kit import events
from wildgate.kit.models import Event
from wildgate.sharing.marking import Marking, Tlp


def test_a_hand_over_is_decided_once_and_a_person_is_let_in_once(own_database: str, at_once: Any,
                                                                 django_db_blocker: Any) -> None:
    at = datetime.now(UTC)
    with django_db_blocker.unblock():
        from wildgate.site.demo.cast import settle
        who = settle("QM", "Demoland", at)
        for name in ("ines", "amina", "bo"):
            let_in(who, name, at)
        made = services.file_report(actor=who["ines"], party="QM", origin="own", origin_key="", title="Cubs",
                                    text="Three.", grading=None, marking=Marking(Tlp.GREEN, ""), at=at)
        assert isinstance(made, Report)
        given = services.hand_over(actor=who["ines"], number=made.number, appendix="I", at=at,
                                   to_authority=min(who["amina"].authorities))
        assert isinstance(given, HandOver)
        asked = contributors.propose(
            actor=who["ana"], email="tomas@customs.example", authority=min(who["tomas"].authorities),
            clearance=Tlp.AMBER, until=(at + timedelta(days=9)).date(), at=at)
        assert isinstance(asked, Contributor)

        decided = at_once(lambda: services.accept(actor=who["amina"], key=given.pk, at=at),
                          lambda: services.decline(actor=who["bo"], key=given.pk, reason="Not ours.", at=at))
        at_once(*[lambda: contributors.confirm(actor=who["nadia"], contributor=asked.pk, at=at)] * 3)

        assert sorted(isinstance(each, Refusal) for each in decided) == [False, True]
        assert Event.objects.filter(kind="contributor-confirmed", subject=asked.subject).count() == 1
        told = list(Pulse.objects.order_by("pk").values_list("kind", flat=True))
        assert told == ["report-filed", "handed-over", "alert-raised", "hand-over-changed"]
        assert events.verify("QM") is None
