"""The verifier in the browser reaches the same verdicts as `wildgate.seal`: same vectors, real Chromium, WebCrypto."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from PIL import Image
from playwright.sync_api import Page
from tests.browser.page_checks import Look, faults
from tests.browser.verify_vectors import (
    DAY,
    EDDSA,
    HOUR,
    MINUTE,
    OTHER_ROOT,
    TRUST,
    Case,
    cases,
    flipped,
)
from tests.browser.visits import Tour
from tests.browsers import FLAGS, chromium
from tests.seal.world import INDEX, PERMIT, ROOT, STATUS, STRANGER, URI, entry, record

from wildgate.apps.permits import browser as verifier
from wildgate.message import qr
from wildgate.seal.keys import Purpose
from wildgate.seal.status import StatusLists, build_digests, build_status_list, digests_path, status_path
from wildgate.seal.status_index import ShardEntry, build_index
from wildgate.seal.text import to_url
from wildgate.seal.token import permit_digest, seal_permit
from wildgate.seal.trust import build_trust_list, read_trust_list
from wildgate.seal.verdict import Verifier

pytestmark = [pytest.mark.workers, pytest.mark.browser]

SAME = ("genuine", "state", "answer", "facts", "lists_as_of", "age", "digest")
JUDGE = """async (vectors) => {
    const base = "/static/permits/verify/";
    const { verdict } = await import(base + "verdict.js");
    const { Keyring, readTrustList } = await import(base + "lists.js");
    const bytes = (text) => Uint8Array.from(text.match(/../g) ?? [], (pair) => parseInt(pair, 16));
    const words = vectors.words;
    const answers = [];
    for (const each of vectors.cases) {
        const keys = new Keyring(await Promise.all(each.trust.map((at) => readTrustList(bytes(vectors.trust[at])))));
        const files = async (path) => (each.files[path] ? bytes(each.files[path]) : undefined);
        const data = each.text ?? bytes(each.token);
        answers.push(await verdict(data, each.role, each.now, { keys, files, words }));
    }
    return answers;
}"""


def expected(case: Case) -> dict[str, Any]:
    trust = [read_trust_list(TRUST[at], None) for at in case.lists]
    return Verifier(trust, StatusLists(case.files())).verdict(case.data, case.role, case.at).as_json()


def names(told: list[Case]) -> list[str]:
    return [case.name for case in told]


def compared(answer: dict[str, Any]) -> dict[str, Any]:
    return {**{name: answer[name] for name in SAME}, "codes": [why["code"] for why in answer["reasons"]]}


def test_every_vector_gets_the_same_verdict_in_both_worlds(page: Page, site):
    told = list(cases())
    vectors = {
        "words": verifier.said("en"), "trust": [each.hex() for each in TRUST],
        "cases": [{"role": case.role.value, "now": case.at.timestamp(), "trust": list(case.lists),
                   "files": {path: data.hex() for path, data in case.files().items()},
                   **({"text": case.data} if isinstance(case.data, str) else {"token": case.data.hex()})}
                  for case in told]}
    page.goto(f"{site}/verify/")

    answers = page.evaluate(JUDGE, json.loads(json.dumps(vectors)))

    ours = [expected(case) for case in told]
    assert dict(zip(names(told), map(compared, answers), strict=True)) == dict(
        zip(names(told), map(compared, ours), strict=True))
    assert {own["answer"] for own in ours} == {"accept", "hold", "refuse"}


def opened(page: Page, address: str) -> None:
    """The verify page, its words and lists on the device, and its worker in charge."""
    page.goto(address)
    page.locator("form#verify[data-ready]").wait_for()
    page.get_by_text("Ready to check without a signal").wait_for()
    page.evaluate("navigator.serviceWorker.ready.then(() => navigator.serviceWorker.controller || new Promise("
                  "(done) => navigator.serviceWorker.addEventListener('controllerchange', done)))")


@pytest.fixture
def genuine(site: str, settings: Any, tmp_path: Path) -> str:
    """The code of a permit issued a minute ago; its Party's lists are published here."""
    settings.HOME = tmp_path
    now = timezone.now().replace(microsecond=0)
    sealed = seal_permit(record(issued_at=now - MINUTE, valid_until=now.date() + 90 * DAY), PERMIT,
                         status_uri=URI, status_index=INDEX)[0]
    keys = [entry(purpose, key, since=now - 30 * DAY, until=now + 30 * DAY)
            for purpose, key in ((Purpose.PERMIT, PERMIT), (Purpose.STATUS, STATUS))]
    files = (build_status_list([1] * INDEX + [0], uri=URI, key=STATUS, at=now),
             build_digests([None] * INDEX + [[permit_digest(sealed)]], uri=URI, key=STATUS, at=now))
    for path, data in {
        "trust.cwt": build_trust_list(keys, key=ROOT, at=now, sequence=1, operator="QM"),
        f"status/{status_path(URI)}": files[0], f"status/{digests_path(URI)}": files[1],
        "status/QM/index.cwt": build_index({URI: ShardEntry.of(now, *files)}, party="QM", key=STATUS, at=now),
    }.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_bytes(data)
    return to_url("https://elsewhere.example", sealed)


def verdict_on(page: Page) -> str:
    page.locator("#answer .verdict").wait_for()
    return page.locator("#answer .verdict h1").inner_text()


def test_without_a_signal_a_permit_is_checked_on_the_device_and_a_forged_digit_is_refused(genuine, page: Page, site):
    opened(page, f"{site}/verify/")

    page.context.set_offline(True)
    page.reload()
    page.get_by_label("Code").fill(genuine)
    page.get_by_role("button", name="Check").click()

    assert verdict_on(page) == "This permit is genuine."
    assert "Crocodylus" in page.locator("#answer").inner_text()
    assert page.locator("#device-note").inner_text() == "No signal: checked with the lists on this device."

    forged = genuine[:-30] + str((int(genuine[-30]) + 1) % 10) + genuine[-29:]
    page.get_by_label("Code").fill(forged)
    page.get_by_role("button", name="Check").click()
    page.locator("#answer .verdict", has_text="Do not accept.").wait_for()

    assert verdict_on(page) == "Do not accept."
    assert "forged" in page.locator("#answer .verdict").inner_text()


def test_the_code_of_an_address_never_leaves_the_device(genuine, page: Page, site):
    sent: list[str] = []
    page.on("request", lambda request: sent.append(f"{request.method} {request.url} {request.post_data}"))

    page.goto(f"{site}/verify/#{genuine.partition('#')[2]}")

    assert verdict_on(page) == "This permit is genuine."
    assert page.url == f"{site}/verify/"
    assert not [each for each in sent if genuine[-40:] in each or each.startswith("POST")]


def test_a_picture_of_the_code_is_read_without_a_signal(genuine, page: Page, site, tmp_path):
    picture = tmp_path / "code.png"
    picture.write_bytes(qr.write_png(genuine))
    opened(page, f"{site}/verify/")
    page.context.set_offline(True)

    page.get_by_label("Or a file").set_input_files(picture)
    page.get_by_role("button", name="Check").click()

    assert verdict_on(page) == "This permit is genuine."


def test_the_camera_reads_the_code(genuine, site, browser, tmp_path):
    film = tmp_path / "camera.mjpeg"
    film.write_bytes(_film(qr.write_png(genuine)))
    flags = ["--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream",
             f"--use-file-for-fake-video-capture={film}"]
    with browser.browser_type.launch(executable_path=chromium(), args=[*FLAGS, *flags]) as seeing:
        page = seeing.new_page(viewport={"width": 360, "height": 800})
        opened(page, f"{site}/verify/")

        page.get_by_role("button", name="Scan with the camera").click()

        assert verdict_on(page) == "This permit is genuine."
        assert page.locator("#camera").is_hidden()


def _film(picture: bytes) -> bytes:
    """What a camera sees that is held over the code: a second of the same picture, slightly tilted."""
    code = Image.open(io.BytesIO(picture)).convert("RGB")
    seen = Image.new("RGB", (1280, 960), "white")
    seen.paste(code.resize((800, 800)).rotate(4, fillcolor="white"), (240, 80))
    frame = io.BytesIO()
    seen.save(frame, "JPEG", quality=85)
    return frame.getvalue() * 10


def test_a_device_with_old_lists_says_how_old(genuine, page: Page, site):
    page.clock.install()
    opened(page, f"{site}/verify/")
    page.context.set_offline(True)
    page.clock.fast_forward("02:00:00")

    page.get_by_label("Code").fill(genuine)
    page.get_by_role("button", name="Check").click()

    assert verdict_on(page) == "This permit is genuine."
    assert "120 minutes old" in page.locator("#answer").inner_text()
    assert page.locator("#answer .tag.hold").count() == 1


def test_the_page_speaks_the_readers_language_without_a_signal(genuine, open_page, site):
    page, complaints = open_page(Look(360, language="ar"))
    page.goto(f"{site}/verify/")
    page.locator("form#verify[data-ready]").wait_for()
    page.evaluate("navigator.serviceWorker.ready")

    page.locator("#id_code").fill(genuine)
    page.locator("form#verify button.large:not(#scan)").click()
    page.locator("#answer .verdict").wait_for()

    assert page.locator("html").get_attribute("dir") == "rtl"
    assert "genuine" not in page.locator("#answer").inner_text()
    assert faults(page, complaints) == []


def test_a_device_takes_no_older_list_and_no_list_of_another_root(tour: Tour):
    page = tour.visit("", "/verify/")
    asked = [(TRUST[0], [ROOT.public.thumbprint.hex()], 1), (TRUST[0], [ROOT.public.thumbprint.hex()], 2),
             (TRUST[0], [STRANGER.public.thumbprint.hex()], 1), (flipped(TRUST[0], len(TRUST[0]) * 8 - 9), None, 1)]

    told = page.evaluate("""async (asked) => {
        const { readTrustList } = await import("/static/permits/verify/lists.js");
        const bytes = (text) => Uint8Array.from(text.match(/../g), (pair) => parseInt(pair, 16));
        const answer = ([data, roots, seen]) => readTrustList(bytes(data), roots, seen).then(() => "", (no) => no.code);
        return Promise.all(asked.map(answer));
    }""", [[data.hex(), roots, seen] for data, roots, seen in asked])

    assert told == ["", "trust-rollback", "trust-root", "trust-root"]


def test_a_carrier_takes_the_list_of_another_authority_after_comparing_it(genuine, page: Page, site):
    now = timezone.now().replace(microsecond=0)
    keys = [entry(purpose, key, "QZ", since=now - DAY, until=now + DAY)
            for purpose, key in ((Purpose.PERMIT, STRANGER), (Purpose.STATUS, EDDSA))]
    listed = {"name": "trust.cwt", "mimeType": "application/octet-stream", "buffer": build_trust_list(
        keys, key=OTHER_ROOT, at=now, sequence=3, operator="QZ")}
    uri = "QZ/27Q3/0"
    states, older = ({"name": "0.cwt", "mimeType": "application/octet-stream", "buffer": build_status_list(
        [0] * (INDEX + 1), uri=uri, key=EDDSA, at=at)} for at in (now, now - HOUR))
    sealed = seal_permit(record(party="QZ", number="QZ-E-1", issued_at=now - MINUTE, valid_until=now.date() + 90 * DAY),
                         STRANGER, status_uri=uri, status_index=INDEX)[0]
    opened(page, f"{site}/verify/")
    page.locator("#lists summary").click()
    note = page.locator("#lists [role=status]")

    page.locator("#id_list").set_input_files([listed])
    page.get_by_text("Telephone QZ").wait_for()
    page.locator("#id_fingerprint").fill("12345")
    page.get_by_role("button", name="Use this list").click()
    page.get_by_text("it is not the list of QZ").wait_for()
    page.locator("#id_fingerprint").fill(OTHER_ROOT.public.fingerprint)
    page.get_by_role("button", name="Use this list").click()
    page.locator("#lists li", has_text="List of QZ, number 3").wait_for()
    page.locator("#id_list").set_input_files([states])
    page.get_by_text("Taken.").wait_for()
    page.locator("#id_list").set_input_files([older])
    page.get_by_text("is older than the one used before").wait_for()
    page.context.set_offline(True)
    page.get_by_label("Code", exact=True).fill(to_url("https://elsewhere.example", sealed))
    page.get_by_role("button", name="Check").click()

    assert verdict_on(page) == "This permit is genuine."
    assert "QZ-E-1" in page.locator("#answer").inner_text()
    page.locator("#lists li button").click()
    page.locator("#lists li", has_text="QZ").wait_for(state="detached")
    assert note.is_visible()


def test_every_reason_has_its_sentence():
    words = verifier.said("en")
    codes = {why["code"] for case in cases() for why in expected(case)["reasons"]}

    table = {row[1] for roles in words["table"].values() for row in roles.values()}
    table |= {words["arrival"][1], words["crossing"][1]}
    assert codes <= set(words["sentences"]) | table
