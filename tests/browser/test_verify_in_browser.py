"""The verifier in the browser reaches the same verdicts as `wildgate.seal`: same vectors, real Chromium, WebCrypto."""

from __future__ import annotations

import io
import json
import shutil
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from PIL import Image
from playwright.sync_api import Page
from tests.browser.page_checks import Look, faults
from tests.browsers import FLAGS
from tests.seal import world
from tests.seal.world import AT, CUSTOMS, INDEX, PERMIT, ROOT, STATUS, STRANGER, URI, entry, record, resealed, token

from wildgate.apps.permits import browser as verifier
from wildgate.convention.vocabulary import Appendix, DocumentKind
from wildgate.message import qr
from wildgate.seal import cbor
from wildgate.seal.endorsement import Endorsement, Stage
from wildgate.seal.envelope import open_envelope, seal
from wildgate.seal.keys import Alg, Purpose, SigningKey
from wildgate.seal.note import Note, NoteItem
from wildgate.seal.status import State, StatusLists, build_digests, build_status_list, digests_path, status_path
from wildgate.seal.status_index import ShardEntry, build_index
from wildgate.seal.text import to_cp1, to_digits, to_url
from wildgate.seal.token import permit_digest, seal_endorsement, seal_note, seal_permit
from wildgate.seal.trust import KeyState, PartyEntry, build_trust_list, read_trust_list
from wildgate.seal.verdict import Role, Verifier

pytestmark = [pytest.mark.workers, pytest.mark.browser, pytest.mark.django_db(transaction=True)]

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
NOTES = SigningKey.generate()
EDDSA = SigningKey.generate(Alg.EDDSA)
KEYS = (entry(Purpose.PERMIT, PERMIT), entry(Purpose.ENDORSEMENT, CUSTOMS), entry(Purpose.STATUS, STATUS),
        entry(Purpose.PERMIT, EDDSA), entry(Purpose.PERMIT, STRANGER, "QZ"), entry(Purpose.NOTE, NOTES))
SAME = ("genuine", "state", "answer", "facts", "lists_as_of", "age", "digest")
JUDGE = """async (vectors) => {
    const base = "/static/permits/verify/";
    const { verdict } = await import(base + "verdict.js");
    const { Keyring, readTrustList } = await import(base + "lists.js");
    const bytes = (text) => Uint8Array.from(text.match(/../g) ?? [], (pair) => parseInt(pair, 16));
    const words = vectors.words;
    const answers = [];
    for (const each of vectors.cases) {
        const keys = new Keyring([await readTrustList(bytes(vectors.trust[each.trust]))]);
        const files = async (path) => (each.files[path] ? bytes(each.files[path]) : undefined);
        const data = each.text ?? bytes(each.token);
        answers.push(await verdict(data, each.role, each.now, { keys, files, words }));
    }
    return answers;
}"""


@dataclass
class Case:
    """A code, who reads it when, and the lists at hand."""

    name: str
    data: str | bytes
    role: Role = Role.IMPORT
    at: Any = AT
    state: int = 13
    trust: int = 0
    listed: bool | bytes = False
    lists_at: Any = None

    def files(self) -> dict[str, bytes]:
        if self.state < 0:
            return {}
        at = self.lists_at or AT
        found = {status_path(URI): _of_state(self.state, at)}
        if self.listed is not False:
            held = self.listed if isinstance(self.listed, bytes) else permit_digest(self.data)
            found[digests_path(URI)] = build_digests([None] * INDEX + [[held]], uri=URI, key=STATUS, at=at)
        return found


def _of_state(state: int, at: Any) -> bytes:
    """A list with `state` at the permit's place, also one that no program of ours would write."""
    known = build_status_list([1] * INDEX + [state if state in set(State) else 0], uri=URI, key=STATUS, at=at)
    if state in set(State):
        return known
    opened = open_envelope(known)
    claims = cbor.decode(opened.payload)
    packed = bytearray(zlib.decompress(claims[65533]["lst"]))
    packed[INDEX >> 1] |= state << (4 * (INDEX & 1))
    claims[65533]["lst"] = zlib.compress(bytes(packed), 9)
    return seal(cbor.encode(claims), opened.header.kind, STATUS)


STOLEN = (entry(Purpose.PERMIT, PERMIT, state=KeyState.COMPROMISED, compromised_since=AT - DAY), *KEYS[1:])
TRUST = [
    build_trust_list(KEYS, key=ROOT, at=AT, sequence=1, operator="QM",
                     parties=[PartyEntry("QM", advisory="Take care.")]),
    build_trust_list(STOLEN, key=ROOT, at=AT, sequence=2, operator="QM"),
    build_trust_list(KEYS, key=ROOT, at=AT - 40 * DAY, sequence=1, operator="QM"),
    build_trust_list(KEYS, key=ROOT, at=AT + DAY, sequence=1, operator="QM"),
]


def cases() -> Iterator[Case]:
    plain = token()
    yield from (Case(f"{state.name} for {role.value}", plain, role, state=state) for state in State for role in Role)
    yield Case("an unknown state", plain, state=9)
    yield Case("no lists", plain, state=-1)
    yield Case("four lines", token(lines=4), Role.PUBLIC)
    yield Case("Ed25519", token(EDDSA), Role.PUBLIC)
    yield Case("an import permit", token(kind=DocumentKind.IMPORT_PERMIT), state=0)
    yield Case("an instrument", token(kind=DocumentKind.INSTRUMENT, valid_until=date(2030, 3, 1)), Role.EXPORT)
    yield Case("a fraction", token(lines=(world.line(quantity=Decimal("0.0625"), unit="KIL"),)))
    yield Case("a huge number", token(lines=(world.line(quantity=Decimal(2**63 + 1)),)))
    yield Case("marks and Arabic", token(lines=(world.line(marks=("ring 7", "خاتم")),)))
    digits = to_digits(plain)
    for form in (digits, to_cp1(plain), to_url("https://elsewhere.example", plain), f"\ufeff {digits}\n"):
        yield Case(f"as text {form[:12]!r}", form)
    for broken in ("", "7", "HC1:ABC", "CP1:A", "CP1:??", "hello", to_digits(plain)[:-1], "9" * 17, "1" * 5000,
                   "https://a.example/#", "٣" * 17, to_digits(plain)[:40] + "x" + to_digits(plain)[41:]):
        yield Case(f"broken text {broken[:12]!r}", broken)
    yield Case("a stale list", plain, at=AT + HOUR)
    yield Case("an expired list", plain, at=AT + 5 * DAY)
    yield Case("expired", plain, at=record().expires_at + timedelta(seconds=1), lists_at=record().expires_at)
    yield Case("issued after the list", plain, lists_at=AT - HOUR)
    yield Case("issued in future", plain, at=AT - HOUR)
    yield Case("slack of a clock", plain, at=AT - 4 * MINUTE)
    yield Case("trust expired", plain, trust=2)
    yield Case("clock behind", plain, trust=3)
    yield Case("stolen, listed", plain, trust=1, listed=True)
    yield Case("stolen, not listed", plain, trust=1)
    yield Case("not in the register", plain, listed=bytes(32), lists_at=AT + MINUTE, at=AT + MINUTE)
    yield Case("register too old to tell", plain, listed=bytes(32))
    yield Case("another Party's key", token(STRANGER))
    yield Case("a key of nobody", token(SigningKey.generate()))
    yield Case("customs signs a permit", token(CUSTOMS))
    yield Case("another kind", seal(open_envelope(plain).payload, 65001 + 900, PERMIT))
    sealed = Endorsement("QM", "QM-E-2027-00031", permit_digest(plain), Stage.EXPORT, "QMKIV", (Decimal(1150),), AT,
                         "020-44556677", 12, None)
    yield Case("an endorsement", seal_endorsement(sealed, CUSTOMS))
    yield Case("an endorsement by the MA", seal_endorsement(sealed, PERMIT))
    yield Case("an endorsement of years ago", seal_endorsement(replace(sealed, at=AT - 40 * DAY), CUSTOMS))
    note = Note("QM", "QM-N-2027-000007", AT, AT + 60 * DAY, "QM", "QZ", "luggage", "P", date(2025, 3, 6), (
        NoteItem("Hippocampus kuda", Appendix.II, "BOD", Decimal(3), "NAR", "QM", "personal-effects", "P03"),
        NoteItem("Vulpes vulpes", None, "SKI", Decimal("0.5"), "KGM", "XX", "not-listed")))
    told = seal_note(note, NOTES)
    yield Case("a note", told, Role.PUBLIC)
    yield Case("a note that ended", told, at=AT + 61 * DAY)
    yield Case("a note by the permit key", seal_note(note, PERMIT))
    yield from (Case(f"note: {name}", resealed_note(told, change)) for name, change in NOTE_CHANGES.items())
    yield from (Case(f"claims: {name}", resealed(change)) for name, change in CHANGES.items())
    flips = range(0, len(plain) * 8, 29)
    yield from (Case(f"bit {bit}", _flipped(plain, bit)) for bit in flips)


def _body(key: int, value: Any) -> Any:
    def change(claims: Any) -> None:
        claims[-65537][key] = value
    return change


def _top(key: int, value: Any) -> Any:
    def change(claims: Any) -> None:
        claims[key] = value
    return change


def _line(place: int, value: Any) -> Any:
    def change(claims: Any) -> None:
        claims[-65537][8][0][place] = value
    return change


CHANGES = {
    "a newer key": _body(16, "more"), "an unknown key": _body(13, "more"), "a text key": _body("x", 1),
    "another version": _body(0, 2), "kind 16": _body(2, 16), "purpose ?": _body(7, "?"), "no purpose": _body(7, None),
    "short digest": _body(9, bytes(31)), "page 3 of 2": _body(10, [3, 2]), "page 2 of 3": _body(10, [2, 3]),
    "related": _body(3, ["QZ-I-1"]), "nothing related": _body(3, []), "uses": _body(4, [True, 7]),
    "uses false": _body(4, [False]), "stamp": _body(11, "A-17"), "no number": _body(1, ""),
    "long number": _body(1, "N" * 65), "private": _body(5, [bytes(8), "QM"]), "check of 7": _body(6, [bytes(7), "QM"]),
    "nobody": _body(5, ["", ""]), "five lines": _body(8, [["A b", 2, "W", "SKI", 1, "NAR", "QM"]] * 5),
    "no lines": _body(8, []), "appendix 4": _line(1, 4), "source Z": _line(2, "Z"), "source IW": _line(2, "IW"),
    "source WI": _line(2, "WI"), "term ski": _line(3, "ski"), "quantity 0": _line(4, 0), "quantity -1": _line(4, -1),
    "quantity text": _line(4, "12"), "unit": _line(5, 7), "origin": _line(6, "QMM"), "boolean appendix": _line(1, True),
    "too long valid": _top(4, int((AT + 300 * DAY).timestamp())), "ends first": _top(4, 1), "no end": _top(4, "x"),
    "before its key": _top(6, int((AT - 40 * DAY).timestamp())), "small party": _top(1, "qm"),
    "list of another": _top(65535, {"status_list": {"idx": 41, "uri": "QZ/27Q3/0"}}),
    "index beyond": _top(65535, {"status_list": {"idx": 65536, "uri": URI}}),
    "index unused": _top(65535, {"status_list": {"idx": 63, "uri": URI}}),
    "index past the list": _top(65535, {"status_list": {"idx": 4000, "uri": URI}}),
    "extra in status": _top(65535, {"status_list": {"idx": 41, "uri": URI, "x": 1}}), "extra on top": _top(7, b"x"),
}


def _note(key: int, value: Any) -> Any:
    def change(claims: Any) -> None:
        claims[-65541][key] = value
    return change


def _item(place: int, value: Any) -> Any:
    def change(claims: Any) -> None:
        claims[-65541][7][0][place:place + 1] = [value] if value is not None else []
    return change


NOTE_CHANGES = {
    "carried 4": _note(4, 4), "carried 0": _note(4, 0), "purpose": _note(5, "?"), "day": _note(6, "2025-13-01"),
    "no day": _note(6, ""), "nothing": _note(7, []), "nine": _note(7, [["A b", 0, "SKI", 1, "NAR", "QM", 0]] * 9),
    "from": _note(2, "qm"), "newer": _note(16, 1), "unknown": _note(8, 1), "too long": _top(4, int(AT.timestamp()) * 2),
    "item: appendix": _item(1, 4), "item: reason": _item(6, 4), "item: rule": _item(7, "P3"),
    "item: no rule": _item(7, None), "item: quantity": _item(4, 0), "item: term": _item(2, "bo"),
}


def resealed_note(data: bytes, change: Any) -> bytes:
    opened = open_envelope(data)
    claims = cbor.decode(opened.payload)
    change(claims)
    return seal(cbor.encode(claims), opened.header.kind, NOTES)


def _flipped(data: bytes, bit: int) -> bytes:
    out = bytearray(data)
    out[bit // 8] ^= 1 << (bit % 8)
    return bytes(out)


def expected(case: Case) -> dict[str, Any]:
    trust = read_trust_list(TRUST[case.trust], None)
    return Verifier(trust, StatusLists(case.files())).verdict(case.data, case.role, case.at).as_json()


def names(told: list[Case]) -> list[str]:
    return [case.name for case in told]


def compared(answer: dict[str, Any]) -> dict[str, Any]:
    return {**{name: answer[name] for name in SAME}, "codes": [why["code"] for why in answer["reasons"]]}


def test_every_vector_gets_the_same_verdict_in_both_worlds(page: Page, live_server):
    told = list(cases())
    vectors = {
        "words": verifier.said("en"), "trust": [each.hex() for each in TRUST],
        "cases": [{"role": case.role.value, "now": case.at.timestamp(), "trust": case.trust,
                   "files": {path: data.hex() for path, data in case.files().items()},
                   **({"text": case.data} if isinstance(case.data, str) else {"token": case.data.hex()})}
                  for case in told]}
    page.goto(f"{live_server.url}/verify/")

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
def genuine(settings: Any, tmp_path: Path) -> str:
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


def test_without_a_signal_a_permit_is_checked_on_the_device(genuine, page: Page, live_server):
    opened(page, f"{live_server.url}/verify/")

    page.context.set_offline(True)
    page.reload()
    page.get_by_label("Code").fill(genuine)
    page.get_by_role("button", name="Check").click()

    assert verdict_on(page) == "This permit is genuine."
    assert "Crocodylus" in page.locator("#answer").inner_text()
    assert page.locator("#device-note").inner_text() == "No signal: checked with the lists on this device."


def test_without_a_signal_a_forged_digit_is_refused(genuine, page: Page, live_server):
    opened(page, f"{live_server.url}/verify/")
    page.context.set_offline(True)
    forged = genuine[:-30] + str((int(genuine[-30]) + 1) % 10) + genuine[-29:]

    page.get_by_label("Code").fill(forged)
    page.get_by_role("button", name="Check").click()

    assert verdict_on(page) == "Do not accept."
    assert "forged" in page.locator("#answer .verdict").inner_text()


def test_the_code_of_an_address_never_leaves_the_device(genuine, page: Page, live_server):
    sent: list[str] = []
    page.on("request", lambda request: sent.append(f"{request.method} {request.url} {request.post_data}"))

    page.goto(f"{live_server.url}/verify/#{genuine.partition('#')[2]}")

    assert verdict_on(page) == "This permit is genuine."
    assert page.url == f"{live_server.url}/verify/"
    assert not [each for each in sent if genuine[-40:] in each or each.startswith("POST")]


def test_a_picture_of_the_code_is_read_without_a_signal(genuine, page: Page, live_server, tmp_path):
    picture = tmp_path / "code.png"
    picture.write_bytes(qr.write_png(genuine))
    opened(page, f"{live_server.url}/verify/")
    page.context.set_offline(True)

    page.get_by_label("Or a file").set_input_files(picture)
    page.get_by_role("button", name="Check").click()

    assert verdict_on(page) == "This permit is genuine."


def test_the_camera_reads_the_code(genuine, live_server, browser, tmp_path):
    film = tmp_path / "camera.mjpeg"
    film.write_bytes(_film(qr.write_png(genuine)))
    flags = ["--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream",
             f"--use-file-for-fake-video-capture={film}"]
    with browser.browser_type.launch(executable_path=shutil.which("chromium"), args=[*FLAGS, *flags]) as seeing:
        page = seeing.new_page(viewport={"width": 360, "height": 800})
        opened(page, f"{live_server.url}/verify/")

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


def test_a_device_with_old_lists_says_how_old(genuine, page: Page, live_server):
    page.clock.install()
    opened(page, f"{live_server.url}/verify/")
    page.context.set_offline(True)
    page.clock.fast_forward("02:00:00")

    page.get_by_label("Code").fill(genuine)
    page.get_by_role("button", name="Check").click()

    assert verdict_on(page) == "This permit is genuine."
    assert "120 minutes old" in page.locator("#answer").inner_text()
    assert page.locator("#answer .tag.hold").count() == 1


def test_the_page_speaks_the_readers_language_without_a_signal(genuine, open_page, live_server):
    page, complaints = open_page(Look(360, language="ar"))
    page.goto(f"{live_server.url}/verify/")
    page.locator("form#verify[data-ready]").wait_for()
    page.evaluate("navigator.serviceWorker.ready")

    page.locator("#id_code").fill(genuine)
    page.locator("form#verify button.large:not(#scan)").click()
    page.locator("#answer .verdict").wait_for()

    assert page.locator("html").get_attribute("dir") == "rtl"
    assert "genuine" not in page.locator("#answer").inner_text()
    assert faults(page, complaints) == []


def test_a_device_takes_no_older_list_and_no_list_of_another_root(page: Page, live_server):
    page.goto(f"{live_server.url}/verify/")
    asked = [(TRUST[0], [ROOT.public.thumbprint.hex()], 1), (TRUST[0], [ROOT.public.thumbprint.hex()], 2),
             (TRUST[0], [STRANGER.public.thumbprint.hex()], 1), (_flipped(TRUST[0], len(TRUST[0]) * 8 - 9), None, 1)]

    told = page.evaluate("""async (asked) => {
        const { readTrustList } = await import("/static/permits/verify/lists.js");
        const bytes = (text) => Uint8Array.from(text.match(/../g), (pair) => parseInt(pair, 16));
        const answer = ([data, roots, seen]) => readTrustList(bytes(data), roots, seen).then(() => "", (no) => no.code);
        return Promise.all(asked.map(answer));
    }""", [[data.hex(), roots, seen] for data, roots, seen in asked])

    assert told == ["", "trust-rollback", "trust-root", "trust-root"]


def test_every_reason_has_its_sentence(page: Page):
    words = verifier.said("en")
    codes = {why["code"] for case in cases() for why in expected(case)["reasons"]}

    table = {row[1] for roles in words["table"].values() for row in roles.values()} | {words["arrival"][1]}
    assert codes <= set(words["sentences"]) | table
