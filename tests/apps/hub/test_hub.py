"""The hub's own rules: who may reach whom, what is kept, and the pages. The whole way is in tests/journeys."""

from __future__ import annotations

import base64
import json
from datetime import timedelta
from typing import Any

import pytest
from tests.apps.exchange.two import DOWN
from tests.apps.partners.agreed import agree, done, give_account
from tests.desks import BACKEND, page_text

from wildgate.apps.exchange import wire
from wildgate.apps.exchange.models import Entry
from wildgate.apps.exchange.wire import Reply
from wildgate.apps.hub import asking, jobs, passing, selectors, services, ways
from wildgate.apps.hub.models import Access, Passage
from wildgate.apps.partners import services as partners
from wildgate.apps.partners.models import Partner
from wildgate.convention.refusal import Refusal
from wildgate.kit import forwarded, tls
from wildgate.message.soap import Call

pytestmark = pytest.mark.django_db
ACCEPTED = {"state": "accepted", "code": "1", "reasons": []}


RAM = "urn:un:unece:uncefact:data:draft:ReusableAggregateBusinessInformationEntity:1"
PERMIT = f'''<r:CITESEPermit xmlns:r="urn:un:unece:uncefact:data:standard:CITESEPermit:2" xmlns="{RAM}">
<r:HeaderExchangedDocument><ID>26QZ7E</ID><TypeCode>E</TypeCode><IssueDateTime>2026-10-01</IssueDateTime>
</r:HeaderExchangedDocument><r:SpecifiedSupplyChainConsignment><IncludedSupplyChainConsignmentItem><ID>A</ID>
<TransportLogisticsPackage><ItemQuantity unitCode="KGM">2.5</ItemQuantity></TransportLogisticsPackage>
<IncludedSupplyChainTradeLineItem><SpecifiedTradeProduct><ScientificName>Testudo hermanni</ScientificName>
</SpecifiedTradeProduct></IncludedSupplyChainTradeLineItem></IncludedSupplyChainConsignmentItem>
</r:SpecifiedSupplyChainConsignment></r:CITESEPermit>'''.encode()


class Far:
    """The other end of the line: what it was sent, and whether it answers."""

    def __init__(self) -> None:
        self.up, self.sent = True, []

    def exchange(self, way: Any, method: str, url: str, body: bytes, headers: Any) -> Reply | Refusal:
        if not self.up:
            return DOWN
        self.sent.append((url, body, dict(headers)))
        if "/permits/" in url:
            return Reply(200, json.dumps({"message": base64.b64encode(PERMIT).decode(), "state": "valid"}).encode())
        told = {"state": "available"} if url.endswith("/state?country=QZ") else ACCEPTED | {
            "id": json.loads(body)["id"] if body[:1] == b"{" else ""}
        return Reply(200, json.dumps(told).encode())


@pytest.fixture
def far(cast, at, settings, tmp_path, monkeypatch) -> Far:
    """This installation is a hub that reaches CH and QZ; QZ lets CH in."""
    settings.HUB, settings.HOME = True, tmp_path
    tls.make(tmp_path, "QM", ["hub.example"], at=at)
    found = Far()
    monkeypatch.setattr(wire, "exchange", found.exchange)
    agree(cast, at, "CH", operations=(), endpoint="https://ch.example/api/v1/exchange")
    agree(cast, at, "QZ", operations=(), endpoint="https://qz.example/api/v1/exchange")
    made = done(services.propose(actor=cast["sam"], callee="QZ", caller="CH", basis="Letter of 3 May", at=at))
    assert not ways.allowed("QZ", "CH")
    done(services.confirm(actor=cast["amina"], access=made.pk, at=at))
    return found


def message(key: str = "1", sequence: int = 1, **more: Any) -> bytes:
    return json.dumps({"id": key, "kind": "status", "from": "CH", "to": "QZ", "permit": "26CH1", "sequence": sequence,
                       "at": "2027-03-03T10:00:00+00:00", "data": {"state": "valid"}, "body": "", **more}).encode()


def pushed(body: bytes, at: Any) -> tuple[int, Any]:
    answer = passing.forward(ways.partner_of("CH"), {}, body, at)
    return answer.status_code, json.loads(answer.content)


def test_what_is_delivered_leaves_its_hash_and_the_hubs_signature_goes_with_it(far, at, settings):
    body = message()

    assert pushed(body, at) == (200, ACCEPTED | {"id": "1"})
    assert pushed(body, at) == (200, ACCEPTED | {"id": "1"})
    (url, sent, headers), = far.sent
    assert (url, sent) == ("https://qz.example/api/v1/exchange/messages", body)
    own = tls.identity(settings.HOME)
    assert forwarded.check(headers[forwarded.HEADER], sent, own.der) is None
    kept = Passage.objects.get()
    assert (kept.state, kept.body, kept.size) == ("delivered", None, len(body))


def test_while_the_receiver_is_away_messages_wait_in_their_order(far, at):
    far.up = False
    assert pushed(message("1", 1), at)[1]["state"] == "received"
    far.up = True
    assert pushed(message("2", 2), at)[1]["state"] == "received"
    assert far.sent == []

    jobs.pass_on(at=at, passage=Passage.objects.get(key="1").pk)
    jobs.pass_on(at=at, passage=Passage.objects.get(key="2").pk)

    assert [json.loads(body)["id"] for _url, body, _headers in far.sent] == ["1", "2"]
    assert set(Passage.objects.values_list("state", "body")) == {("delivered", None)}
    assert pushed(message("1", 1), at)[1] == ACCEPTED | {"id": "1"}


def test_a_message_that_nobody_took_for_two_weeks_is_given_up(far, at):
    far.up = False
    pushed(message(), at)

    passing.bring(Passage.objects.get().pk, at + timedelta(days=14))

    assert (Passage.objects.get().state, Passage.objects.get().body) == ("dead", None)
    assert pushed(message(), at + timedelta(days=15))[0] == 410


def test_content_is_kept_as_many_hours_as_were_set(far, at, settings):
    settings.HUB_KEEP_HOURS = 2
    pushed(message(), at)
    assert bytes(Passage.objects.get().body) == message()

    jobs.forget(at=at + timedelta(hours=2), passage=Passage.objects.get().pk)
    assert Passage.objects.get().body is None


@pytest.mark.parametrize(("more", "status", "code"), [
    ({"to": "QQ"}, 404, "callee-not-found"), ({"from": "QZ", "to": "CH"}, 403, "sender-other"),
    ({"to": "CH"}, 404, "callee-not-found"), ({"id": ""}, 422, "missing")])
def test_what_may_not_pass_is_not_kept(far, at, more, status, code):
    said = pushed(message(**more), at)

    assert (said[0], said[1]["code"]) == (status, code)
    assert far.sent == []
    assert not Passage.objects.exclude(body=None).exists()


def test_without_its_word_a_party_is_not_reached(far, cast, at):
    access = Access.objects.get()
    done(services.end(actor=cast["sam"], access=access.pk, at=at))

    assert pushed(message(), at)[1]["code"] == "adapter-not-available"
    asked = asking.ask(ways.partner_of("CH"), Call("v2", "ServiceState", country="QZ"), at)
    assert asked.code == "adapter-not-available"
    assert services.end(actor=cast["sam"], access=access.pk, at=at).code == "no-such-access"


def test_only_an_administrator_writes_down_who_reaches_whom(far, cast, at):
    def allowed(name: str, **more: str) -> str:
        given = {"callee": "CH", "caller": "QZ", "basis": "Letter"} | more
        made = services.propose(actor=cast[name], at=at, **given)
        return made.code if isinstance(made, Refusal) else "yes"

    assert allowed("mario") == allowed("amina") == "not-allowed"
    assert allowed("sam", basis=" ") == "basis-missing"
    assert allowed("sam", caller="QQ") == allowed("sam", caller="CH") == "no-such-partner"
    assert [allowed("sam"), allowed("sam")] == ["yes", "access-twice"]


def test_the_security_code_of_a_permit_goes_along_and_is_in_no_log(far, at):
    asking.ask(ways.partner_of("CH"), Call("v2", "GetNonFinalCitesCertificate", "26QZ7E", "code-7", "QZ"), at)
    assert far.sent[0][2]["Wildgate-Token"] == "code-7"

    Partner.objects.filter(code="QZ").update(adapter="soap-v2")
    asking.ask(ways.partner_of("CH"), Call("v2", "GetNonFinalCitesCertificate", "26QZ7E", "code-7", "QZ"), at)
    assert b"<TokenId>code-7</TokenId>" in far.sent[1][1]
    assert "code-7" not in "".join(map(str, Passage.objects.values_list("error", "answer", "key")))
    assert not Entry.objects.exists()


def test_the_map_says_who_answers(far, cast, at):
    jobs.look(at=at, code="QZ")
    partners.suspend(actor=cast["amina"], code="CH", why="Keys were stolen.", at=at)

    def shown(when: Any) -> dict[str, str]:
        return {node.partner.code: node.state for node in selectors.nodes(cast["amina"], when)}
    assert shown(at) == {"CH": "suspended", "QZ": "up"}
    assert shown(at + timedelta(minutes=20))["QZ"] == "silent"
    far.up = False
    jobs.look(at=at + timedelta(minutes=30), code="QZ")
    assert shown(at + timedelta(minutes=31))["QZ"] == "down"


def test_the_pages(far, at, desk, settings):
    pushed(message(), at)
    client = desk("sam")

    page = client.get("/hub/")
    assert "hub-map" in page.content.decode()
    assert "26CH1" in client.get("/hub/messages/?state=delivered").content.decode()
    assert "Letter of 3 May" in client.get("/hub/parties/QZ/").content.decode()
    assert client.post("/hub/parties/CH/", {"caller": "QZ", "basis": "Letter"}).status_code == 302
    assert client.post("/hub/parties/CH/", {"caller": "QZ", "basis": "Letter"}).status_code == 422
    key = Access.objects.get(callee="CH").pk
    client.post(f"/hub/access/{key}/confirm/")
    assert not ways.allowed("CH", "QZ"), "nobody confirms what they proposed"
    desk("amina").post(f"/hub/access/{key}/confirm/")
    assert ways.allowed("CH", "QZ")
    assert client.post(f"/hub/access/{key}/end/").status_code == 302
    settings.HUB = False
    assert [client.get(path).status_code for path in ("/hub/", "/hub/messages/", "/hub/parties/QZ/")] == [404] * 3


def test_an_officer_of_a_party_without_a_system_looks_a_permit_up(far, cast, at, client, settings):
    settings.DEMO = True
    officer = done(give_account(cast, at, "CH", "uri@ma.example", "Uri Amsler"))
    client.force_login(officer.person, backend=BACKEND)

    page = client.post("/hub/look-up/", {"country": "QZ", "number": "26QZ7E"})
    assert "Testudo hermanni" in page_text(page)
    assert "2.5" in page_text(page)
    asked = Passage.objects.get()
    assert (asked.sender, asked.receiver, asked.state, asked.body) == ("CH", "QZ", "delivered", None)
    assert asked.answer == {"by": f"person:{officer.person_id}"}
    assert client.get("/hub/").status_code == 403
    assert client.post("/hub/look-up/", {"country": "CH", "number": "26CH1"}).status_code == 422
