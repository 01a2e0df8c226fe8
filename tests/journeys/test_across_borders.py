"""A permit's life across borders between three real installations: the exporter's, the importer's and a hub.

Each is a program of its own with its own database and certificates; they meet on sockets of this machine only.
"""

from __future__ import annotations

import http.client
import json
import os
import shutil
import signal
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
from lxml import etree
from lxml.builder import ElementMaker
from tests.certificates import Authority
from tests.house import House, the_house

from wildgate.kit import forwarded, tls
from wildgate.message.soap import Call, Position, write_call
from wildgate.message.xml import read_message
from wildgate.site.conformance import report, rest_cases, soap_cases
from wildgate.site.conformance.judging import State, Subject
from wildgate.site.conformance.line import Line

pytestmark = pytest.mark.processes
NOW = datetime.now(UTC)
NAMES = {"QM": "Demoland", "QX": "Hub", "QZ": "Quartzland"}


class Party:
    """An installation as the test sees it: told what to do, and called as partners call it."""

    def __init__(self, code: str, home: Path, authority: Authority, *, durable: bool = False) -> None:
        self.code, self.home, self.authority, self.durable = code, home, authority, durable
        self.port, self.process, self.house = 0, None, None
        authority.pair(home, code)

    def start(self) -> None:
        env = {**os.environ, "WILDGATE_HOME": str(self.home), "WILDGATE_PARTY": self.code, "DATABASE_URL": "",
               "WILDGATE_PARTY_NAME": NAMES[self.code], "WILDGATE_HUB": "yes" if self.code == "QX" else "no",
               "WILDGATE_DURABLE": "yes" if self.durable else "no", "WILDGATE_WEBHOOK_LOOPBACK": "yes",
               "EXCHANGE_PORT": str(self.port),
               "DJANGO_SETTINGS_MODULE": "tests.journeys.exchange_settings", "WILDGATE_SECRET_KEY": self.code * 20}
        if self.house is None:
            self.house = House(env) if self.code == "QX" else the_house()  # a hub is one from the start
        with open(self.home / "log", "ab") as log:
            self.process = self.house.start(env, "tests.journeys.party", stderr=log.fileno())

    def ready(self) -> None:
        self.port = self.read()

    def do(self, step: str, /, **asked: Any) -> Any:
        self.process.stdin.write(json.dumps({"do": step, **asked}) + "\n")
        self.process.stdin.flush()
        return self.read()

    def read(self) -> Any:
        line = self.process.stdout.readline()
        said = json.loads(line) if line else {"fault": (self.home / "log").read_text()[-3000:]}
        assert not (isinstance(said, dict) and "fault" in said), said["fault"]
        return said

    def end(self, how: int = signal.SIGTERM) -> None:
        self.process.send_signal(how)
        self.process.wait()
        self.process.stdin.close()
        self.process.stdout.close()

    def leave(self) -> None:
        self.end()
        if self.house is not the_house():
            self.house.close()

    @property
    def url(self) -> str:
        return f"https://127.0.0.1:{self.port}"

    @property
    def way(self) -> dict[str, str]:
        """How others reach it."""
        return {"adapter": "rest", "endpoint": f"{self.url}/api/v1/exchange",
                "server_ca": self.authority.pem.decode(), "authority": self.authority.pem.decode()}

    def called(self, home: Path, method: str, path: str, body: str = "", **headers: str) -> tuple[int, Any]:
        """What a program hears that shows the certificate in `home`."""
        line = http.client.HTTPSConnection("127.0.0.1", self.port, timeout=60,
                                           context=tls.client_context(home, self.authority.pem))
        line.request(method, path, body.encode(), {"Content-Type": "application/json", **headers})
        answer = line.getresponse()
        said = answer.read()
        line.close()
        return answer.status, json.loads(said) if said[:1] == b"{" else said


@pytest.fixture(scope="module")
def world(django_db_setup: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Party]]:
    """All three, running and agreed: QM and QZ reach each other through the hub QX."""
    place = tmp_path_factory.mktemp("world")
    parties = {}
    for code in NAMES:
        home = place / code
        home.mkdir()
        if Path(django_db_setup).is_file():
            shutil.copy(django_db_setup, home / "wildgate.sqlite3")
        parties[code] = Party(code, home, Authority(code, NOW - timedelta(days=2)))
    for party in parties.values():
        party.start()
    try:
        for party in parties.values():
            party.ready()
            party.do("settle", at=(NOW - timedelta(days=1)).isoformat(), name=NAMES[party.code])
        agreed(parties)
        yield parties
    finally:
        for party in parties.values():
            party.leave()


def agreed(world: dict[str, Party]) -> None:
    hub = world["QX"]
    for near, far in (("QM", "QZ"), ("QZ", "QM")):
        world[near].do("agree", code="QX", name="Hub", is_hub=True, **hub.way)
        world[near].do("agree", code=far, through="QX", adapter="rest", endpoint="",
                       authority=world[far].authority.pem.decode())
        hub.do("agree", code=near, **world[near].way)
    for callee, caller in (("QM", "QZ"), ("QZ", "QM")):
        hub.do("allow", callee=callee, caller=caller)


@pytest.fixture(scope="module")
def travelled(world: dict[str, Party]) -> str:
    """S14: 1,200 permitted, 1,150 leave, 1,148 arrive; every word of it went through the hub."""
    qm, qz = world["QM"], world["QZ"]
    number: str = qm.do("issue")
    qm.do("work")
    qm.do("export", number=number, quantity="1150")
    qm.do("work")
    qz.do("arrive", number=number, quantity="1148")
    qz.do("work")
    return number


DIFFERENCE = ["number", "block", "ours", "theirs", "state"]


def test_a_difference_of_two_skins_is_on_both_sides_lists(world, travelled):
    qm, qz, hub = world["QM"], world["QZ"], world["QX"]

    assert qz.do("rows", model="exchange.Received", fields=["kind", "sequence", "state"], number=travelled) == [
        ["issued", 1, "accepted-with-warnings"], ["endorsed", 2, "accepted"]]
    assert [[row[0], float(row[2]), float(row[3])] for row in qm.do(
        "rows", model="exchange.Difference", fields=DIFFERENCE)] == [[travelled, 1150, 1148]]
    assert [[row[0], float(row[2]), float(row[3])] for row in qz.do(
        "rows", model="exchange.Difference", fields=DIFFERENCE)] == [[travelled, 1148, 1150]]
    passed = hub.do("rows", model="hub.Passage", fields=["sender", "receiver", "operation", "state", "body"])
    assert passed == [["QM", "QZ", "issued", "delivered", None], ["QM", "QZ", "endorsed", "delivered", None],
                      ["QZ", "QM", "confirmed", "delivered", None]]


def test_a_permit_fetched_through_the_hub_is_the_one_that_was_pushed(world, travelled):
    pushed = world["QZ"].do("rows", model="exchange.ForeignCopy", fields=["sha256"], number=travelled)
    fetched = world["QZ"].do("fetch", issuer="QM", number=travelled)

    assert [[fetched["sha256"]]] == pushed
    assert fetched["state"] == "export-endorsed"
    assert world["QZ"].do("fetch", issuer="QM", number="26QM999999E")["refused"] == "said-no"


def test_quantities_confirmed_by_soap_do_not_stay_at_the_hub(world, travelled):
    """The hub of 2017 forwarded the number and dropped the quantities (peers: unepwcmc/epix)."""
    call = Call("v2", "ConfirmQuantities", travelled, "", "QM", (Position("A", Decimal("1147.5"), "NAR"),))
    status, said = world["QX"].called(world["QZ"].home, "POST", "/epix/v2", write_call(call).decode())

    assert (status, b"accepted" in said) == (200, True)
    told = world["QM"].do("rows", model="exchange.Reported", fields=["partner", "positions"], number=travelled)
    assert told[-1] == ["QZ", {"A": ["1147.5", "NAR"]}]


def test_hub_killed_and_partner_away_nothing_is_lost_and_nothing_comes_twice(world):
    """The importer is away when the permit is issued, the hub dies while it holds it; then both are back."""
    qm, qz, hub = world["QM"], world["QZ"], world["QX"]
    qz.do("shut")
    number = qm.do("issue")
    qm.do("work")
    states = {"model": "exchange.Message", "fields": ["kind", "state"], "number": number}
    assert qm.do("rows", **states) == [["issued", "received"]]
    waiting = hub.do("rows", model="hub.Passage", fields=["state", "size", "sha256"], number=number)
    assert waiting[0][0] == "waiting"

    hub.end(signal.SIGKILL)
    qm.do("export", number=number, quantity="1200")
    qm.do("work", later=True)
    assert qm.do("rows", **states) == [["issued", "received"], ["endorsed", "queued"]]

    hub.start()
    hub.ready()
    qz.do("open")
    hub.do("work", later=True)
    for _ in range(3):
        qm.do("work", later=True)

    assert [row[1] for row in qm.do("rows", **states)] == ["accepted-with-warnings", "accepted"]
    assert qz.do("rows", model="exchange.Received", fields=["kind", "sequence", "times"], number=number) == [
        ["issued", 1, 1], ["endorsed", 2, 1]]
    after = hub.do("rows", model="hub.Passage", fields=["state", "size", "sha256", "body"], number=number)
    assert after[0] == ["delivered", *waiting[0][1:], None]


def test_said_twice_changed_or_too_late_changes_nothing(world, travelled):
    qm, qz, hub = world["QM"], world["QZ"], world["QX"]
    body = qm.do("body", number=travelled)
    messages = "/api/v1/exchange/messages"
    before = qz.do("rows", model="exchange.Received", fields=["key", "times"])

    first, second = (hub.called(qm.home, "POST", messages, body) for _ in range(2))
    changed = hub.called(qm.home, "POST", messages, body.replace('"QZ"', '"QZ" '))
    assert first == second
    assert (first[0], first[1]["state"]) == (200, "accepted-with-warnings")
    assert (changed[0], changed[1]["code"]) == (409, "message-id-used")

    copies = {"model": "exchange.ForeignCopy", "fields": ["state", "state_at"], "number": travelled}
    known = qz.do("rows", **copies)
    late = json.dumps(json.loads(body) | {"id": "late", "kind": "status", "body": "", "sequence": 1,
                                          "data": {"state": "cancelled"}})
    unsigned = qz.called(hub.home, "POST", messages, late)
    broken = qz.called(hub.home, "POST", messages, late + " ", **{forwarded.HEADER: hub.do("signed", body=late)})
    signed = qz.called(hub.home, "POST", messages, late, **{forwarded.HEADER: hub.do("signed", body=late)})
    assert [(said[0], said[1]["code"]) for said in (unsigned, broken)] == [
        (403, "forwarded-unsigned"), (403, "forwarded-broken")]
    assert signed[1]["state"] == "accepted-with-warnings"
    assert qz.do("rows", **copies) == known
    assert qz.do("rows", model="exchange.Received", fields=["key", "times"])[:len(before)] == before


def test_wrong_callers_are_refused_and_each_is_written_down(world, tmp_path):
    """Another country's name in the certificate, a certificate that has ended, a Party that nobody let in."""
    qm, hub = world["QM"], world["QX"]
    qm.authority.pair(tmp_path / "other", "QZ")
    qm.authority.pair(tmp_path / "ended", "QM", until=NOW - timedelta(hours=1))

    said = [hub.called(tmp_path / name, "GET", "/api/v1/exchange/state") for name in ("other", "ended")]
    nobody = hub.called(qm.home, "GET", "/api/v1/exchange/permits/26XX1?country=XX")

    assert [each[1]["code"] for each in (*said, nobody)] == ["certificate-country", "certificate-expired",
                                                             "callee-not-found"]
    assert [row[0] for row in hub.do("rows", model="exchange.Entry", fields=["outcome"], operation="turned-away")] == [
        "certificate-country", "certificate-expired"]
    assert hub.do("rows", model="hub.Passage", fields=["sender", "receiver", "state"], receiver="XX") == [
        ["QM", "XX", "refused"]]


def test_another_soap_library_reads_the_same_permit(world, travelled):
    """zeep, from the WSDL alone, with the importer's certificate on the exporter's own door."""
    import requests
    import zeep
    qm, qz = world["QM"], world["QZ"]
    session = requests.Session()
    session.trust_env = False
    session.cert = str(qz.home / "tls" / "identity.pem")
    session.verify = str(qz.home / "qm.pem")
    (qz.home / "qm.pem").write_bytes(qm.authority.pem)
    client = zeep.Client(f"{qm.url}/epix/v2?wsdl", transport=zeep.Transport(session=session))
    service = client.service

    answer = service.GetNonFinalCitesCertificate(CertificateNumber=travelled, IsoCountryCode="QM")
    assert answer.CITESEPermit.HeaderExchangedDocument.ID._value_1 == travelled
    assert answer.Attachments[0].AttachmentContent.startswith(b"%PDF")
    assert service.ServiceState(IsoCountryCode="QM") == "available"
    with pytest.raises(zeep.exceptions.Fault, match="no permit with this number"):
        service.GetNonFinalCitesCertificate(CertificateNumber="26QM999999E")


def test_our_client_reads_a_service_that_others_wrote(world):
    with foreign_service() as address:
        world["QM"].do("agree", code="CH", adapter="soap-v2", endpoint=address, authority="")
        found = world["QM"].do("fetch", issuer="CH", number="26CH000001")
        unknown = world["QM"].do("fetch", issuer="CH", number="26CH000009")

    assert found["facts"]["number"] == "26CH000001"
    assert [(line["taxon"], line["quantity"]) for line in found["facts"]["lines"]] == [("Testudo hermanni", "2.5")]
    assert (unknown["refused"], "NotFound" in unknown["reason"]) == ("soap-fault", True)


@pytest.mark.parametrize(("path", "version", "cases"), [
    ("/epix/v1", "v1", soap_cases.CASES), ("/epix/v2", "v2", soap_cases.CASES),
    ("/api/v1/exchange", "rest", rest_cases.CASES)])
def test_our_own_service_passes_what_we_ask_of_partners(world, travelled, path, version, cases):
    qm, qz = world["QM"], world["QZ"]
    contexts = (tls.client_context(home, qm.authority.pem) for home in (qz.home, qz.home / "nobody"))
    subject = Subject(Line(qm.url + path, *contexts), version, travelled, "QM")

    made = report.run(subject, cases, NOW)

    assert [(case.name, outcome.said) for case, outcome in made.rows if outcome.state is State.FAILED] == []
    assert made.counts["passed"] >= len(cases) - 5


def test_the_cases_find_a_service_that_gives_everything_to_everybody():
    """A service that answers every call with a permit, whatever was asked."""
    with foreign_service(careless=True) as address:
        made = report.run(Subject(Line(address), "v2", "26CH000001", "CH"), soap_cases.CASES, NOW)

    failed = {case.name for case, outcome in made.rows if outcome.state is State.FAILED}
    assert failed >= {"tls", "get-unknown", "get-other-country", "cut-off", "dtd", "dtd-file", "dtd-billion",
                      "two-bodies", "not-soap", "confirm-negative", "service-state"}
    assert "get" not in failed or "faults" in made.as_text()
    assert made.as_json()["passed"] is False
    assert "<script" not in made.as_html()


class foreign_service:
    """A SOAP service written with other means: another namespace, other prefixes, faults of its own with status 500."""

    def __init__(self, *, careless: bool = False) -> None:
        class Answer(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self.say(404, b"")

            def do_POST(self) -> None:
                asked = self.rfile.read(int(self.headers["Content-Length"]))
                known = careless or etree.fromstring(asked).findtext(".//CertificateNumber") == "26CH000001"
                self.say(200 if known else 500, etree.tostring(envelope(answered() if known else fault())))

            def say(self, status: int, body: bytes) -> None:
                self.send_response(status)
                self.send_header("Content-Type", "text/xml")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                return

        self.server = HTTPServer(("127.0.0.1", 0), Answer)
        self.serving = threading.Thread(target=self.server.serve_forever)

    def __enter__(self) -> str:
        self.serving.start()
        return f"http://127.0.0.1:{self.server.server_port}/cites"

    def __exit__(self, *_: object) -> None:
        self.server.shutdown()
        self.serving.join()
        self.server.server_close()


SOAP = ElementMaker(namespace="http://schemas.xmlsoap.org/soap/envelope/",
                    nsmap={"S": "http://schemas.xmlsoap.org/soap/envelope/"})
RSM = ElementMaker(namespace="urn:un:unece:uncefact:data:standard:CITESEPermit:2",
                   nsmap={"a": "urn:un:unece:uncefact:data:standard:CITESEPermit:2"})
RAM = ElementMaker(namespace="urn:un:unece:uncefact:data:draft:ReusableAggregateBusinessInformationEntity:1",
                   nsmap={"b": "urn:un:unece:uncefact:data:draft:ReusableAggregateBusinessInformationEntity:1"})


def envelope(inside: etree._Element) -> etree._Element:
    return SOAP.Envelope(SOAP.Body(inside))


def fault() -> etree._Element:
    plain = ElementMaker()
    return SOAP.Fault(plain.faultcode("S:Client"), plain.faultstring("NotFound: no such certificate"))


def answered() -> etree._Element:
    """The permit, in few words."""
    bare = ElementMaker()
    header = RSM.HeaderExchangedDocument(RAM.ID("26CH000001"), RAM.TypeCode("E"), RAM.IssueDateTime("2026-10-01"),
                                         RAM.PurposeCode("T"))
    line = RAM.IncludedSupplyChainTradeLineItem(
        RAM.TypeCode("II"), RAM.TypeExtensionCode("C"),
        RAM.SpecifiedTradeProduct(RAM.TypeCode("LIV"), RAM.ScientificName("Testudo hermanni")))
    item = RAM.IncludedSupplyChainConsignmentItem(
        RAM.ID("A"), RAM.OriginTradeCountry(RAM.ID("CH")),
        RAM.TransportLogisticsPackage(RAM.ItemQuantity("2.5", unitCode="KGM")), line)
    permit = bare.CITESEPermit(header, RSM.SpecifiedSupplyChainConsignment(item))
    return ElementMaker(namespace="urn:other", nsmap={"o": "urn:other"}).GetNonFinalCitesCertificateResponse(
        permit, bare.Composite("false"))


def test_the_independent_answer_is_a_permit_at_all():
    read = read_message(etree.tostring(answered().find("CITESEPermit")))

    assert read.facts["number"] == "26CH000001"
