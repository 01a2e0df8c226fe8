"""The agreement: names of the authorities, agreed times, and the same measured from the chain."""

from __future__ import annotations

from datetime import timedelta

import pytest
from tests.apps.duties.steps import agree, happens, notices
from tests.apps.letters.post import done
from tests.cast import NOON, issued
from tests.desks import page_text

from wildgate.apps.duties import measured, services
from wildgate.apps.duties.measured import Promise
from wildgate.kit.models import Event

pytestmark = pytest.mark.django_db


def test_median_and_slowest_twentieth_of_what_was_done():
    promise = Promise("x", "X", 4, tuple(float(each) for each in range(1, 21)))
    assert (promise.median, promise.slow, promise.kept, promise.count) == (10.5, 19.0, 20, 20)
    assert (Promise("x", "X", 4).median, Promise("x", "X", 4).kept) == (None, None)


def test_what_was_measured_stands_beside_what_was_agreed(cast, at, desk, django_assert_num_queries):
    agree(cast, "permit-used", hours=16)
    permit = issued(cast, at)
    for _ in range(3):
        happens("export-endorsed", permit.subject)
    first, second, _third = notices("permit-used")
    done(services.receive(actor=cast["amina"], notice=first.pk, at=NOON + timedelta(days=3)))
    done(services.receive(actor=cast["amina"], notice=second.pk, at=NOON + timedelta(days=3)))
    happens("endorsement-missing", "foreign:QZ/1/2026-01-01")
    happens("endorsement-question-closed", "foreign:QZ/1/2026-01-01", at=NOON + timedelta(days=7))

    found = {each.code: each for each in measured.promises("QM", NOON + timedelta(days=8))}
    used, asked = found["permit-used"], found["endorsement"]
    assert (used.agreed, used.count, used.open) == (16, 2, 1)
    assert used.median is not None
    assert 0 < used.median <= 24
    assert (asked.count, asked.agreed) == (1, 40)
    assert Event.objects.filter(kind="notice-received").count() == 2
    text = page_text(desk("jean").get("/duties/agreement/"))
    assert "Demoland Management Authority" in text
    assert "Demoland Customs Service" in text
    assert "Receipt: A permit was used" in text
    with django_assert_num_queries(13):
        desk("jean").get("/duties/agreement/")
