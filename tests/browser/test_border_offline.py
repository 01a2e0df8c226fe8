"""The border post without a signal, in a real browser: read, compare, count, photograph, sign, send, and the alarm."""

from __future__ import annotations

import io
import itertools
import json
import os
import re
import signal
import sys
import unicodedata
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.contrib.staticfiles import finders
from django.utils import timezone
from PIL import Image
from tests.apps.customs.test_imports import TIGER_IMPORT
from tests.browser.page_checks import Look, axe, sideways
from tests.browser.visits import SHOTS, cookie_of
from tests.browsers import FLAGS, chromium
from tests.cast import SKINS, issued
from tests.seal.world import ROOT, STATUS, STRANGER, entry, record

from wildgate.apps.customs import services
from wildgate.apps.customs.models import DoubleUse, Endorsement, OfflineRecord
from wildgate.apps.permits.documents import code_text
from wildgate.apps.species import figures
from wildgate.kit import jobs
from wildgate.message.qr import write_png
from wildgate.seal.keys import Purpose, SigningKey
from wildgate.seal.status import build_status_list
from wildgate.seal.text import to_url
from wildgate.seal.token import seal_permit
from wildgate.seal.trust import build_trust_list

pytestmark = [pytest.mark.workers, pytest.mark.browser]
DAY = timedelta(days=1)


FAULT_AT_THE_LAST_WRITE = """() => {
    const put = IDBObjectStore.prototype.put;
    window.failed = new Promise((resolve) => {
        IDBObjectStore.prototype.put = function () {
            IDBObjectStore.prototype.put = put;
            resolve();
            throw new DOMException("the disk", "UnknownError");
        };
    });
}"""
"""Of the three things that an endorsement writes on the phone the last one fails, once."""


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


def opened(page: Any, address: str) -> None:
    page.goto(f"{address}/border/offline/")
    page.locator("#offline[data-ready]").wait_for()


def ready_to_lose_the_signal(page: Any, address: str) -> None:
    """The page is open, the device enrolled, and the worker keeps what it needs."""
    opened(page, address)
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


def photographed(colour: str) -> bytes:
    """What a camera makes: large, with its place and time written into it."""
    facts = Image.Exif()
    facts[0x0132] = "2026:11:23 12:00:00"
    facts.get_ifd(0x8825).update({1: "S", 2: (1.0, 30.0, 0.0)})
    out = io.BytesIO()
    Image.new("RGB", (3000, 2000), colour).save(out, "JPEG", exif=facts)
    return out.getvalue()


def copied_with_another_quantity(permit: Any, quantity: str) -> str:
    """The code that a forger prints who has no key of the authority."""
    record = permit.record
    line = replace(record.lines[0], quantity=Decimal(quantity))
    forged = seal_permit(replace(record, lines=(line,)), SigningKey.generate(), status_index=permit.status_index,
                         status_uri=f"{permit.party}/{permit.shard}")
    return to_url("https://elsewhere.example", forged[0])


def of_quartzland(now: Any) -> tuple[list[str], list[str]]:
    """The lists of Quartzland with the fingerprint that was read aloud; its permits, at their exit endorsed and not."""
    keys = [entry(purpose, key, "QZ", since=now - DAY, until=now + DAY)
            for purpose, key in ((Purpose.PERMIT, STRANGER), (Purpose.STATUS, STATUS))]
    trust = build_trust_list(keys, key=ROOT, at=now, sequence=1, operator="QZ")
    uri = "QZ/27Q3/0"
    states = build_status_list([0, 13], uri=uri, key=STATUS, at=now)
    codes = [to_url("https://elsewhere.example", seal_permit(
        record(party="QZ", number=f"QZ-E-{at}", issued_at=now - DAY / 2, valid_until=now.date() + 90 * DAY), STRANGER,
        status_uri=uri, status_index=at)[0]) for at in (1, 0)]
    return [trust.hex(), states.hex(), ROOT.public.fingerprint], codes


TAKE = """async ([trust, states, aloud]) => {
    const { take } = await import("/static/permits/verify/store.js");
    const bytes = (text) => Uint8Array.from(text.match(/../g), (pair) => parseInt(pair, 16));
    await take(bytes(trust), "trust", Date.now() / 1000, aloud);
    await take(bytes(states), "states", Date.now() / 1000);
}"""


def test_a_day_without_a_signal_at_kivu_2(people, address, open_page):
    now = timezone.now()
    lists, (endorsed, not_endorsed) = of_quartzland(now.replace(microsecond=0))
    small = {**SKINS, "lines": [{**SKINS["lines"][0], "quantity": "1200"}]}
    real, used = (issued(people, now, small) for _ in range(2))
    living = issued(people, now, {**TIGER_IMPORT, "lines": [{**TIGER_IMPORT["lines"][0], "term": "LIV"}]})
    jobs.run_pending()
    page, complaints = open_page(Look(360))
    page.context.add_cookies([cookie_of(people, "jean", address)])
    ready_to_lose_the_signal(page, address)
    assert sideways(page) == 0
    page.evaluate(TAKE, lists)

    page.context.set_offline(True)
    page.reload()
    page.locator("#offline[data-ready]").wait_for()
    assert "the import may be closed" in read(page, endorsed)
    assert "Not endorsed at export" in read(page, not_endorsed)
    told = read(page, code_text(real))
    assert "Accept." in told
    assert "less than a minute old" in page.locator("#answer").inner_text()
    assert (axe(page), sideways(page)) == ([], 0)
    shot(page, "offline-counting")
    count(page, "7 200", "1150")
    told = page.locator("#answer").inner_text()
    assert "the paper says 7,200, the seal says 1,200" in told
    code = code_text(real)
    assert "Do not accept." in read(page, copied_with_another_quantity(real, "7200"))
    assert "Line 1: this copy says 7,200, the genuine permit says 1,200." in page.locator("#answer").inner_text()
    shot(page, "offline-forged")

    read(page, code)
    count(page, "1,200", "1150")
    page.get_by_text("Line 1: this can be read in two ways. Write 1200 or 1.2.").wait_for()
    assert page.locator("#id_paper-0").get_attribute("aria-invalid") == "true"
    count(page, "1 200", "11,5")
    page.get_by_text("Line 1: write what you counted").wait_for()
    assert page.locator("#id_counted-0").get_attribute("aria-invalid") == "true"
    page.get_by_label("Photographs").set_input_files(
        {"name": "a.jpg", "mimeType": "image/jpeg", "buffer": photographed("red")})
    page.get_by_text("Photographs taken: 1").wait_for()
    count(page, "1200,0", "1 150")
    page.get_by_text("Stored on this device and signed.").wait_for()
    assert "Counted: 1,150" in page.locator("#answer").inner_text()
    assert "This device endorsed the permit before" in read(page, code)
    read(page, code_text(used))
    count(page, "1200", "700")
    page.get_by_text("Waiting to be sent: 2").wait_for()
    read(page, code_text(living))
    page.get_by_label("Of these, dead on arrival").fill("3")
    count(page, "2", "2")
    page.get_by_text("Line 1: more are dead than arrived.").wait_for()
    assert page.locator("#id_dead-0").get_attribute("aria-invalid") == "true"
    shot(page, "offline-dead")
    page.get_by_label("Of these, dead on arrival").fill("1")
    count(page, "2", "2")
    page.get_by_text("Waiting to be sent: 3").wait_for()
    shot(page, "offline-waiting")
    assert not Endorsement.objects.exists()

    services.endorse(actor=people["jean"], number=used.number, stage="export", quantities={"A": "900"}, port="QMHAR",
                     transport_document="SHIP 4", at=timezone.now())
    page.context.route("**/offline/photographs/", lambda route: route.abort())
    page.context.set_offline(False)
    page.get_by_text("Used twice. Stop the goods").wait_for()
    assert [line.amount for line in Endorsement.objects.get(permit=real).lines.all()] == ["1150"]
    assert DoubleUse.objects.get().permit == used
    assert [(line.amount, line.dead_on_arrival) for line in Endorsement.objects.get(permit=living).lines.all()] == [
        ("2", 1)]
    assert "QMHAR endorsed 900" in page.locator("#answer").inner_text()
    page.get_by_text("Photographs waiting to be sent: 1").wait_for()
    for place in range(12):
        services.photograph(actor=people["jean"], name="a.jpg", parts=[b"\xff\xd8\xff", bytes([place]), b"\xff\xd9"],
                            endorsement=Endorsement.objects.get(permit=real).digest, at=timezone.now())
    page.context.unroute("**/offline/photographs/")
    page.get_by_role("button", name="Send now").click()
    page.get_by_text("At most 12 photographs are kept with it.").wait_for()
    assert (axe(page), sideways(page)) == ([], 0)
    shot(page, "offline-sent")
    page.get_by_role("button", name="Remove photograph 1").click()
    page.get_by_text("Photographs still on this device: 1").wait_for(state="detached")
    page.goto(f"{address}/border/")
    page.get_by_role("link", name="See the case").click()
    page.get_by_role("button", name="We saw it").click()
    page.get_by_text("Seen", exact=True).wait_for()
    assert (axe(page), sideways(page)) == ([], 0)
    shot(page, "double-use")
    assert not [each for each in complaints.texts if not re.search("ERR_INTERNET|ERR_FAILED|422", each)]


def test_a_photograph_outlives_a_dead_battery(people, address, browser, tmp_path):
    """Without a signal: the code from a picture file, two photographs, an endorsement at the second try, for the first
    finds no disk and leaves nothing behind. The browser is killed."""
    permit = issued(people, timezone.now())
    jobs.run_pending()

    context = phone_at(browser, tmp_path, people, address)
    page = context.pages[0]
    ready_to_lose_the_signal(page, address)
    context.set_offline(True)
    page.reload()
    page.locator("#offline[data-ready]").wait_for()
    page.get_by_label("Picture of the code").set_input_files(
        {"name": "code.png", "mimeType": "image/png", "buffer": write_png(code_text(permit))})
    page.get_by_text("Accept.").wait_for()
    page.get_by_label("Photographs").set_input_files(
        [{"name": f"{colour}.jpg", "mimeType": "image/jpeg", "buffer": photographed(colour)}
         for colour in ("red", "green", "blue")]
        + [{"name": "x.jpg", "mimeType": "image/jpeg", "buffer": b"no picture"}])
    page.get_by_text("x.jpg cannot be read as a picture.").wait_for()
    page.get_by_role("button", name="Remove photograph 2").click()
    page.get_by_text("Photographs taken: 2").wait_for()
    assert (axe(page), sideways(page)) == ([], 0)
    shot(page, "offline-photographs")
    page.evaluate(FAULT_AT_THE_LAST_WRITE)
    count(page, "1200", "1150")
    page.evaluate("window.failed")
    page.get_by_role("button", name="Endorse on this device").click()
    page.get_by_text("Photographs waiting to be sent: 2").wait_for()
    killed(context)
    assert not Endorsement.objects.exists()

    context = phone_at(browser, tmp_path, people, address)
    page = context.pages[0]
    opened(page, address)
    page.get_by_text("Nothing waits to be sent.").wait_for()
    photos = list(Endorsement.objects.get(permit=permit).photos.all())
    assert [each.digest for each in photos] == OfflineRecord.objects.get().said["photographs"]
    pictures = [Image.open(each.upload.file) for each in photos]
    assert [(each.size, dict(each.getexif())) for each in pictures] == [((2400, 1600), {})] * 2
    assert [max(range(3), key=each.getpixel((9, 9)).__getitem__) for each in pictures] == [0, 2]
    context.close()


KEEP = """async (papers) => {
    const { keep } = await import("/static/customs/offline/device.js");
    for (const [permit, number] of papers) {
        await keep({ permit, number, stage: "export", quantities: ["7"], port: "Kivu-2", transport_document: "TRUCK 17",
            packages: null, lists_as_of: null }, { permit, number, amounts: "7" });
    }
}"""
"""What the form does with what was entered, for many permits."""


def test_a_long_queue_whose_second_answer_is_lost_with_the_battery(people, address, browser, tmp_path):
    """The server has taken all, the phone knows of the first fifty only: sent again nothing is endorsed twice."""
    permits = [issued(people, timezone.now()) for _ in range(53)]
    context = phone_at(browser, tmp_path, people, address)
    page = context.pages[0]
    ready_to_lose_the_signal(page, address)
    context.set_offline(True)
    page.reload()
    page.locator("#offline[data-ready]").wait_for()
    page.evaluate(KEEP, [[each.seal_digest, each.number] for each in permits])
    page.reload()
    page.get_by_text("Waiting to be sent: 53").wait_for()
    shot(page, "offline-queue")
    sizes: list[int] = []

    def lose_the_second_answer(route: Any) -> None:
        sizes.append(len(route.request.post_data_json["records"]))
        if len(sizes) == 1:
            route.continue_()
        else:
            assert route.fetch().ok
            route.abort()

    context.route("**/offline/sync/", lose_the_second_answer)
    context.set_offline(False)
    page.get_by_text("Not sent: there is no signal").wait_for()
    page.get_by_text("Waiting to be sent: 3").wait_for()
    assert sizes == [50, 3]
    shot(page, "offline-queue-half")
    assert Endorsement.objects.count() == 53
    killed(context)

    context = phone_at(browser, tmp_path, people, address)
    page = context.pages[0]
    opened(page, address)
    page.get_by_text("Nothing waits to be sent.").wait_for()
    assert page.locator("#queue .tag.ok").count() == 53
    assert Endorsement.objects.count() == OfflineRecord.objects.count() == 53
    assert not DoubleUse.objects.exists()
    shot(page, "offline-queue-sent")
    context.close()


def phone_at(browser: Any, folder: Path, people: Any, address: str) -> Any:
    """Jean's phone, with what it kept in `folder`."""
    context = browser.browser_type.launch_persistent_context(
        str(folder), executable_path=chromium(), args=FLAGS, viewport={"width": 360, "height": 800},
        reduced_motion="reduce")
    context.set_default_timeout(15_000)
    context.add_cookies([cookie_of(people, "jean", address)])
    return context


def killed(context: Any) -> None:
    """The battery is dead."""
    whole = context.browser.new_browser_cdp_session().send("SystemInfo.getProcessInfo")
    os.kill(next(each["id"] for each in whole["processInfo"] if each["type"] == "browser"), signal.SIGKILL)


def test_the_phone_reads_numbers_as_python_does(page):
    numbers, signs = ("", "0", "12", "01", "200", "5000"), (*",.\u066b\u066c \u202f'", "")
    typed = ["".join(each) for each in itertools.product(numbers[1:], signs, numbers, signs, ("5", "250"))]
    typed += [f" {each}2 " for each in map(chr, range(sys.maxunicode)) if unicodedata.category(each) in ("Nd", "No")]
    source = Path(finders.find("customs/offline/counting.js")).read_text()

    read = page.evaluate("""async ([source, typed]) => {
        const { readings } = await import(`data:text/javascript;charset=utf-8,${encodeURIComponent(source)}`);
        return JSON.stringify(typed.map(readings));
    }""", [source, typed])

    here = [list(figures.readings(each)) for each in typed]
    assert [told for told in zip(typed, here, json.loads(read), strict=True) if told[1] != told[2]] == []
    assert {len(each) for each in here} == {0, 1, 2}
