"""A permit that another system counts: our calls against a register on a real socket, and answers that do not count."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest

from wildgate.apps.exchange import transport
from wildgate.apps.exchange.adapters.registry import ASK, CODES, REST, Draw, Drawn, Paper, Registered
from wildgate.apps.exchange.models import Entry
from wildgate.apps.exchange.talking import Talk, of_the_line
from wildgate.apps.exchange.transport import Kept
from wildgate.apps.exchange.wire import Reply
from wildgate.apps.partners.models import Partner
from wildgate.convention.writeoff import Share

pytestmark = pytest.mark.django_db
HERE = "127.0.0.1"
PAPER = Paper("QZ", "QZ-2026/7", date(2026, 5, 1))
DRAW = Draw(PAPER, "A", "26QM-MRN-1", item=1, version=1, quantity=Decimal("30.5"), unit="KGM", procedure="4000")


class Register:
    """The other system: 100 kg on line A, by reference and item. `fate` is what becomes of the next answer."""

    def __init__(self) -> None:
        self.shares: dict[tuple[str, int], tuple[int, Decimal, Decimal]] = {}
        self.said: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {}
        self.writes, self.fate, self.gone = 0, "", threading.Event()

    def free(self) -> Decimal:
        return 100 - sum((reserved + consumed for _, reserved, consumed in self.shares.values()), Decimal(0))

    def answer(self, call: str, asked: dict[str, Any]) -> dict[str, Any]:
        if asked["number"] != PAPER.number:
            return {"answer": "refuse", "code": "unknown", "reason": "No such permit."}
        if call == "fetch":
            sums = [sum((share[each] for share in self.shares.values()), Decimal(0)) for each in (1, 2)]
            return {"answer": "allow", "state": "VALID", "valid_until": "2026-10-31", "lines": [
                {"block": "A", "taxon": "Acipenser baerii", "term": "CAV", "unit": "KGM", "authorised": "100",
                 "reserved": str(sums[0]), "consumed": str(sums[1])}]}
        if call == "status":
            return self.standing((asked["reference"], asked["item"]))
        if asked["key"] in self.said:
            before, told = self.said[asked["key"]]
            same = {"repeated": True} if before == asked else {"answer": "refuse", "code": "version-used"}
            return {**told, **same}
        told = self.write(call, asked)
        if told["answer"] == "allow":
            self.said[asked["key"]] = asked, told
        return told

    def write(self, call: str, asked: dict[str, Any]) -> dict[str, Any]:
        whose, amount = (asked["reference"], asked["item"]), Decimal(asked.get("quantity", 0))
        version, reserved, consumed = self.shares.get(whose, (0, Decimal(0), Decimal(0)))
        if asked["version"] < version:
            return {"answer": "refuse", "code": "stale-version", "reason": "Newer version seen."}
        if call == "reserve" and consumed:
            return {"answer": "refuse", "code": "already-released"}
        if asked["procedure"] == "7100":
            return {"answer": "refuse", "code": "partner-of-its-own", "reason": "Not\x07 for warehouses."}
        if amount > self.free() + reserved:
            return {"answer": "refuse", "code": "exhausted", "reason": f"{self.free()} left."}
        self.writes += 1
        taken = {"reserve": (amount, consumed), "consume": (Decimal(0), amount), "give-back": (Decimal(0), consumed)}
        self.shares[whose] = (asked["version"], *taken[call])
        return self.standing(whose)

    def standing(self, whose: tuple[str, int]) -> dict[str, Any]:
        version, reserved, consumed = self.shares.get(whose, (0, Decimal(0), Decimal(0)))
        return {"answer": "allow", "version": version, "unit": "KGM", "reserved": str(reserved),
                "consumed": str(consumed)}


class Service(BaseHTTPRequestHandler):
    """The register behind its address."""

    def do_POST(self) -> None:
        register: Register = self.server.register  # type: ignore[attr-defined]
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        said = json.dumps({"key": asked["key"], **register.answer(self.path.rpartition("/")[2], asked)}).encode()
        fate, register.fate = register.fate, ""
        if fate == "late":
            register.gone.wait(20)
        if fate in ("late", "cut"):
            return
        self.send_response(503 if fate == "busy" else 200)
        self.send_header("Content-Length", str(len(said)))
        self.end_headers()
        self.wfile.write(said)

    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture
def served(tmp_path: Any, settings: Any) -> Iterator[tuple[Register, str]]:
    settings.HOME, settings.WEBHOOK_LOOPBACK = tmp_path / "home", True
    server = HTTPServer((HERE, 0), Service)
    server.register = Register()  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield server.register, f"http://{HERE}:{server.server_port}/cites/"  # type: ignore[attr-defined]
    server.register.gone.set()  # type: ignore[attr-defined]
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def register(served: Any) -> Register:
    return served[0]


@pytest.fixture
def talk(served: Any, at: Any) -> Talk:
    return Talk(Partner(party="QM", code="QZ", adapter="rest", endpoint=served[1], timeout_seconds=20), "person:jean",
                at)


def answering(at: Any, bend: Callable[[dict[str, Any]], Any], status: int = 200) -> Talk:
    """A register that answers at once, with what `bend` makes of the answer that would be right."""
    def line(_way: Any, _method: str, _url: str, body: bytes, _headers: Any) -> Reply:
        right = {"key": json.loads(body)["key"], "answer": "allow", "version": 1, "unit": "KGM", "reserved": "30.5",
                 "consumed": "0"}
        return Reply(status, json.dumps(bend(right)).encode())
    return Talk(Partner(party="QM", code="QZ", endpoint="https://qz.example.org"), "person:jean", at, line)


def test_a_declaration_draws_the_permit_down_there_and_every_message_is_in_the_log(register, talk):
    assert REST.reserve(talk, DRAW) == Drawn(1, Share(reserved=Decimal("30.5")), "KGM")
    assert REST.consume(talk, replace(DRAW, quantity=Decimal(25))) == Drawn(1, Share(consumed=Decimal(25)), "KGM")
    assert REST.reserve(talk, replace(DRAW, version=2)).code == "already-released"
    other = replace(DRAW, item=2, quantity=Decimal(40))
    REST.reserve(talk, other)
    assert REST.give_back(talk, other).share == Share()
    found = REST.fetch(talk, PAPER)

    assert isinstance(found, Registered) and found.valid_until == date(2026, 10, 31)
    assert [(line.block, line.balance.free) for line in found.lines] == [("A", Decimal(75))]
    log = list(Entry.objects.order_by("pk"))
    assert [f"{each.way} {each.operation}" for each in log[:4]] == [
        "out register-reserve", "in register-reserve", "out register-consume", "in register-consume"]
    assert len(log) == 12
    assert all(transport.recheck(each, each.at.date()) is Kept.HOLDS for each in log)


def test_a_refusal_has_the_registers_code_and_never_one_of_the_line(register, talk):
    much, stranger = replace(DRAW, quantity=Decimal("100.001")), replace(DRAW, paper=replace(PAPER, number="QZ-8"))
    nos = [REST.reserve(talk, each) for each in (much, stranger, replace(DRAW, procedure="7100"))]

    assert [no.code for no in nos] == ["exhausted", "unknown", "register-refused"]
    assert nos[2].reason == "The register of QZ refused: Not\ufffd for warehouses."
    assert not any(map(of_the_line, nos))
    assert register.writes == 0


def test_the_same_version_is_counted_once_and_may_not_say_something_else(register, talk):
    first, again = REST.reserve(talk, DRAW), REST.reserve(talk, DRAW)
    bodies = Entry.objects.filter(way="out").order_by("pk").values_list("sha256", flat=True)
    changed = REST.reserve(talk, replace(DRAW, quantity=Decimal(31)))
    newer = REST.reserve(talk, replace(DRAW, version=2, quantity=Decimal(31)))

    assert again == replace(first, repeated=True) and len(set(bodies[:2])) == 1
    assert changed.code == "version-used"
    assert newer.share.reserved == 31 and register.writes == 2
    assert REST.consume(talk, DRAW).code == "stale-version"


@pytest.mark.parametrize(("fate", "why"), [
    ("late", "partner-timeout"), ("cut", "partner-unreachable"), ("busy", "partner-busy")])
def test_without_an_answer_the_authority_is_asked_and_the_same_call_settles_it(register, talk, fate, why):
    talk.partner.timeout_seconds = 0.2 if fate == "late" else 20
    register.fate = fate
    unsure = REST.reserve(talk, DRAW)
    register.gone.set()
    talk.partner.timeout_seconds = 20

    assert unsure.code == ASK and of_the_line(unsure) and why in unsure.reason
    assert REST.status(talk, DRAW).share == Share(reserved=Decimal("30.5"))
    assert REST.reserve(talk, DRAW).repeated and register.writes == 1


@pytest.mark.parametrize("bend", [
    lambda right: {**right, "key": "another call"}, lambda right: {**right, "answer": "maybe"},
    lambda right: {**right, "reserved": "30"}, lambda right: {**right, "reserved": 30.5},
    lambda right: {**right, "consumed": "30.5"}, lambda right: {**right, "unit": "NAR"},
    lambda right: {**right, "version": 2}, lambda right: {**right, "version": True},
    lambda right: {**right, "reserved": "NaN"}, lambda right: [right], lambda right: {"key": right["key"]}])
def test_an_answer_that_does_not_say_exactly_what_was_asked_decides_nothing(at, bend):
    assert REST.reserve(answering(at, dict), DRAW).share.reserved == DRAW.quantity
    assert REST.reserve(answering(at, bend), DRAW).code == ASK


@pytest.mark.parametrize("status", [201, 302, 404, 500])
def test_only_status_200_counts(at, status):
    assert REST.reserve(answering(at, dict, status), DRAW).code == ASK


ROW = {"block": "A", "taxon": "Acipenser baerii", "term": "CAV", "unit": "KGM", "authorised": "100", "reserved": "0",
       "consumed": "0"}
DAY = "2026-10-31"


@pytest.mark.parametrize(("lines", "until"), [
    ([], DAY), ([ROW, ROW], DAY), ([{**ROW, "authorised": 100}], DAY), ([ROW, "A"], DAY), ([ROW], "soon"),
    ([ROW], None)])
def test_a_permit_that_cannot_be_read_whole_is_not_read(at, lines, until):
    def bent(**said: Any) -> Any:
        return REST.fetch(answering(at, lambda right: {**right, "state": "VALID", **said}), PAPER)

    assert bent(lines=[ROW], valid_until=DAY).lines[0].balance.free == 100
    assert bent(lines=lines, valid_until=until).code == ASK


@pytest.mark.parametrize(("draw", "code"), [
    *((replace(DRAW, quantity=Decimal(text)), "quantity-missing") for text in ("0", "-1", "NaN", "1e-12")),
    (replace(DRAW, reference=""), "reference-missing"),
    (replace(DRAW, version=0), "reference-missing"), (replace(DRAW, paper=replace(PAPER, number="")), "missing")])
def test_what_has_no_name_or_quantity_is_not_sent(at, draw, code):
    assert REST.reserve(answering(at, dict), draw).code == code
    assert not Entry.objects.exists()


def test_the_guide_names_every_code_and_claims_no_traces():
    guide = (Path(__file__).parents[3] / "docs/guide/exchange.md").read_text()

    assert all(f"`{code}`" in guide for code in (*CODES, ASK, "register-refused"))
    assert "does not speak TRACES" in guide
