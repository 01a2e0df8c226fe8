"""The border post without a signal, in a real browser: read, compare, count, sign, send, and the alarm."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from tests.browser.page_checks import Look, axe, sideways
from tests.browser.visits import SHOTS, cookie_of
from tests.cast import SKINS, issued

from wildgate.apps.customs import services
from wildgate.apps.customs.models import DoubleUse, Endorsement
from wildgate.apps.permits.documents import code_text
from wildgate.kit import jobs
from wildgate.seal.keys import SigningKey
from wildgate.seal.text import to_url
from wildgate.seal.token import seal_permit

pytestmark = [pytest.mark.workers, pytest.mark.browser]


def shot(page: Any, name: str) -> None:
    if SHOTS:
        page.screenshot(path=str(Path(SHOTS) / f"{name}.png"), full_page=True)


def read(page: Any, code: str) -> str:
    page.locator("#answer").evaluate("(node) => node.replaceChildren()")
    page.get_by_label("Text of the code").fill(code)
    page.get_by_role("button", name="Check it").click()
    page.locator("#answer .verdict").wait_for()
    return str(page.locator("#answer .verdict").first.inner_text())


def count(page: Any, paper: str, counted: str) -> None:
    page.get_by_label("The paper says").fill(paper)
    page.get_by_label("Counted").fill(counted)
    page.locator("#id_transport_document").fill("TRUCK 17")
    page.get_by_role("button", name="Endorse on this device").click()


def copied_with_another_quantity(permit: Any, quantity: str) -> str:
    """The code that a forger prints who has no key of the authority."""
    record = permit.record
    line = replace(record.lines[0], quantity=Decimal(quantity))
    forged = seal_permit(replace(record, lines=(line,)), SigningKey.generate(), status_index=permit.status_index,
                         status_uri=f"{permit.party}/{permit.shard}")
    return to_url("https://elsewhere.example", forged[0])


def test_a_day_without_a_signal_at_kivu_2(people, address, open_page):
    now = timezone.now()
    small = {**SKINS, "lines": [{**SKINS["lines"][0], "quantity": "1200"}]}
    real, used = (issued(people, now, small) for _ in range(2))
    jobs.run_pending()
    page, complaints = open_page(Look(360))
    page.context.add_cookies([cookie_of(people, "jean", address)])
    page.goto(f"{address}/border/offline/")
    page.locator("#offline[data-ready]").wait_for()
    page.get_by_role("button", name="Enrol this device").click()
    page.get_by_text("This device endorses for Jean Moreau, Kivu-2").wait_for()
    page.evaluate("navigator.serviceWorker.ready")
    assert page.evaluate("""async () => {
        for (let tries = 0; tries < 200; tries += 1) {
            if ((await caches.keys()).some((name) => name.startsWith('wildgate-border'))) return true;
            await new Promise((resolve) => setTimeout(resolve, 50));
        }
        return false;
    }"""), "the worker kept no pages"
    assert sideways(page) == 0

    page.context.set_offline(True)
    page.reload()
    page.locator("#offline[data-ready]").wait_for()
    told = read(page, code_text(real))
    assert "Accept." in told
    assert "less than a minute old" in page.locator("#answer").inner_text()
    assert (axe(page), sideways(page)) == ([], 0)
    shot(page, "offline-counting")
    count(page, "7,200", "1150")
    told = page.locator("#answer").inner_text()
    assert "the paper says 7,200, the seal says 1,200" in told
    code = code_text(real)
    assert "Do not accept." in read(page, copied_with_another_quantity(real, "7200"))
    assert "Line 1: this copy says 7,200, the genuine permit says 1,200." in page.locator("#answer").inner_text()
    shot(page, "offline-forged")

    read(page, code)
    count(page, "1,200", "11,5")
    page.get_by_text("Line 1: ").first.wait_for()
    assert page.locator("#id_counted-0").get_attribute("aria-invalid") == "true"
    count(page, "1 200", "1,150")
    page.get_by_text("Stored on this device and signed.").wait_for()
    assert "This device endorsed the permit before" in read(page, code)
    read(page, code_text(used))
    count(page, "1200", "700")
    page.get_by_text("Waiting to be sent: 2").wait_for()
    shot(page, "offline-waiting")
    assert not Endorsement.objects.exists()

    services.endorse(actor=people["jean"], number=used.number, stage="export", quantities={"A": "900"}, port="QMHAR",
                     transport_document="SHIP 4", at=timezone.now())
    page.context.set_offline(False)
    page.get_by_text("Used twice. Stop the goods").wait_for()
    assert [line.amount for line in Endorsement.objects.get(permit=real).lines.all()] == ["1150"]
    assert DoubleUse.objects.get().permit == used
    assert "QMHAR endorsed 900" in page.locator("#answer").inner_text()
    shot(page, "offline-sent")
    page.goto(f"{address}/border/")
    page.get_by_role("link", name="See the case").click()
    page.get_by_role("button", name="We saw it").click()
    page.get_by_text("Seen", exact=True).wait_for()
    assert (axe(page), sideways(page)) == ([], 0)
    shot(page, "double-use")
    assert not [each for each in complaints.texts if "ERR_INTERNET" not in each]
