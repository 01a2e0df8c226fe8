"""The inbox and the pages of notices in a real browser: axe, no sideways scrolling, light."""

from __future__ import annotations

import pytest
from tests.browser.page_checks import Look, faults
from tests.browser.test_trader_pages import SHOTS, address, door, now, people  # noqa: F401
from tests.cast import NOON, submitted

from wildgate.apps.letters import jobs as letters
from wildgate.apps.letters.models import Delivery, Mail, Webhook
from wildgate.kit.models import Job

pytestmark = pytest.mark.browser
PHONE, ARABIC = Look(360, dark=True), Look(360, language="ar")


@pytest.fixture
def told(people):  # noqa: F811
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
         ("sam", "/webhooks/", PHONE), ("sam", "/webhooks/new/", Look()), ("sam", "/webhooks/{hook}/", PHONE),
         ("sam", "/webhooks/{hook}/", Look()), ("sam", "/undone/", PHONE))


@pytest.mark.looks
@pytest.mark.dear
def test_every_page_of_letters(door, address, told):  # noqa: F811
    found = []
    for who, pattern, look in PAGES:
        path = pattern.format(**told)
        page, complaints = door(who, look)
        page.goto(address + path)
        found += [f"{path} {look}: {each}" for each in faults(page, complaints)]
        if SHOTS:
            page.screenshot(path=f"{SHOTS}/letters{path.replace('/', '-').replace('?', '')}{look}.png", full_page=True)
        page.context.close()

    assert found == []
