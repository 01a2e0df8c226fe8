"""The inbox and the pages of notices in a real browser: axe, no sideways scrolling, light."""

from __future__ import annotations

import pytest
from tests.browser.page_checks import Look
from tests.browser.visits import DESK, PHONE
from tests.cast import NOON, submitted

from wildgate.apps.letters import jobs as letters
from wildgate.apps.letters.models import Delivery, Mail, Webhook
from wildgate.kit.models import Job

pytestmark = pytest.mark.browser
ARABIC = Look(360, language="ar")


@pytest.fixture
def told(people):
    """Mario and the officers have letters; an address has a log; a job and a mail have failed."""
    number = submitted(people, NOON)
    sam = people["sam"].person_id
    hook = Webhook.objects.create(party="QM", url="https://window.example/cites/notices/of/every/kind", salt="0",
                                  made_by_id=sam, made_at=NOON, failures=2)
    for job in Job.objects.filter(name="letters.tell_of"):
        letters.tell_of(at=NOON, **job.payload)
    Delivery.objects.update(tries=2, tried_at=NOON, status=503)
    Job.objects.update(state=Job.State.DEAD, last_error="ConnectionRefusedError: [Errno 111] Connection refused")
    Mail.objects.create(party="QM", person_id=sam, state=Mail.State.FAILED, made_at=NOON, error="TimeoutError")
    return {"hook": hook.pk, "number": number}


PAGES = (("mario", "/inbox/", ARABIC), ("amina", "/inbox/?show=unread", PHONE), ("mario", "/inbox/settings/", PHONE),
         ("sam", "/webhooks/", PHONE), ("sam", "/webhooks/new/", DESK), ("sam", "/webhooks/{hook}/", PHONE),
         ("sam", "/webhooks/{hook}/", DESK), ("sam", "/undone/", PHONE))


@pytest.mark.looks
@pytest.mark.dear
def test_every_page_of_letters(tour, told):
    found = []
    for who, pattern, look in PAGES:
        tour.visit(who, pattern.format(**told), look)
        found += tour.wrong(f"letters{pattern}")

    assert found == []
