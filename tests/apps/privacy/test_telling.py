"""Letters: a copy is ready, an erasure waits, a clock runs out; none of them names anybody."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone
from tests.apps.letters.post import run, told
from tests.apps.privacy.steps import zebulon

from wildgate.apps.duties import services as duties
from wildgate.apps.duties.models import Incident
from wildgate.apps.privacy import telling
from wildgate.apps.privacy.services import asking

pytestmark = pytest.mark.django_db


def test_who_is_told_of_a_copy_and_of_an_erasure(cast, at):
    who = zebulon(at)
    asking.ask(actor=who, kind="copy", at=at)
    asking.ask(actor=who, kind="erasure", at=at)
    run()

    assert told(who) == ["The copy of your data is ready"]
    assert "An erasure waits for a second person" in told(cast["sam"])
    assert "An erasure waits for a second person" in told(cast["ana"])
    assert "An erasure waits for a second person" not in told(cast["amina"])


@pytest.mark.parametrize("done", [False, True])
def test_a_clock_of_data_protection_reminds_at_half_and_at_its_end(cast, done):
    at = timezone.now()
    made = duties.open_incident(actor=cast["amina"], kind="breach", what="Addresses", noticed_at=at, at=at)
    assert isinstance(made, Incident)
    run()
    assert "A duty of data protection: half of its time is over" not in told(cast["sam"])
    run(at + timedelta(hours=24))
    assert told(cast["sam"]).count("A duty of data protection: half of its time is over") == 1

    if done:
        duties.finish_incident(actor=cast["amina"], incident=made.pk, outcome="Told.", at=at + timedelta(hours=30))
    run(at + timedelta(hours=48))
    telling.remind("QM", made.subject, telling.LATE, at + timedelta(hours=49))  # run again, nobody is told twice

    assert told(cast["sam"]).count("A duty of data protection is late") == (0 if done else 1)
