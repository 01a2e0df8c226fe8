"""The door for partners: the same permit by SOAP, REST and an account; nothing for whom it was not agreed."""

from __future__ import annotations

import base64
import json
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from tests.apps.exchange.two import ask
from tests.apps.partners.agreed import Issuer, agree, certificate_of, done, fingerprint, pinned, take_up
from tests.cast import issued, submitted
from tests.databases import as_owner

from wildgate.apps.balances.asking import WriteOff
from wildgate.apps.exchange import answering, bodies, transport
from wildgate.apps.exchange.models import Entry, Reported, Taken
from wildgate.apps.exchange.transport import Kept
from wildgate.apps.partners import services as partners
from wildgate.apps.partners.models import Partner
from wildgate.apps.permits import documents
from wildgate.convention.permit import plain
from wildgate.convention.refusal import Refusal
from wildgate.message import soap
from wildgate.message.draft import d22a
from wildgate.message.soap import Answer, Call, Position, SoapFault
from wildgate.message.xml import read_message
from wildgate.site.cli import main

pytestmark = pytest.mark.django_db
GET, FINAL, CONFIRM, STATE = soap.OPERATIONS


@pytest.fixture
def issuer(at: Any) -> Issuer:
    return Issuer("QZ", at)


@pytest.fixture
def certificate(cast: Any, at: Any) -> bytes:
    """QZ's program, with every right."""
    agree(cast, at)
    return pinned(cast, at, "QZ", certificate_of("QZ", at))


def by_soap(certificate: bytes | None, call: Call) -> Any:
    answer = ask(certificate, "POST", f"/epix/{call.version}", soap.write_call(call), {"Content-Type": "text/xml"})
    return soap.read_answer(answer.content, call)


def test_the_same_permit_through_all_doors_gives_the_same_facts(cast, at, certificate):
    permit = issued(cast, at)
    signed = documents.read(permit, "xml")

    v1, v2 = (by_soap(certificate, Call(version, GET, permit.number)) for version in ("v1", "v2"))
    rest = ask(certificate, "GET", f"/api/v1/exchange/permits/{permit.number}").json()
    third = ask(certificate, "GET", f"/api/v1/exchange/permits/{permit.number}?profile=d22a-draft").json()
    account = answering.answer(partner=Partner.objects.get(), call=Call("v2", GET, permit.number), at=at)

    assert v2.payload == base64.b64decode(rest["message"]) == account.payload == signed
    assert read_message(base64.b64decode(third["message"]), d22a()).record == permit.record
    assert read_message(v1.payload).record == read_message(signed).record == permit.record
    assert [each.name for each in v1.attachments] == [f"{permit.number}.xml", f"{permit.number}.pdf"]
    assert v1.attachments[0].content == signed
    assert rest["state"] == "valid"
    assert Taken.objects.get().partner == "QZ"


def test_what_is_not_ours_not_issued_and_not_agreed_is_answered_alike(cast, at, issuer):
    agree(cast, at, operations=("get",), kinds=("import-permit",))
    der = pinned(cast, at, "QZ", certificate_of("QZ", at))
    export, case = issued(cast, at).number, submitted(cast, at)

    answers = [by_soap(der, Call("v2", GET, number)) for number in (export, case, "26QM999999E")]
    codes = [ask(der, "GET", f"/api/v1/exchange/permits/{number}").status_code
             for number in (export, case, "26QM999999E")]

    assert len({(each.code, each.string, each.detail) for each in answers}) == 1
    assert answers[0].detail == "no-such-thing"
    assert codes == [404, 404, 404]
    assert not Taken.objects.exists()


@pytest.mark.parametrize(("country", "days", "code"), [("QX", 365, "certificate-country"), ("QZ", 0, None)])
def test_a_wrong_certificate_is_refused_and_logged(cast, at, certificate, issuer, country, days, code):
    der = issuer.issue(country, days=days or 365)
    if code:
        done(take_up(cast, at, "QZ", issuer.der, kind="ca", fingerprint=fingerprint(issuer.der)))

    fault = by_soap(der, Call("v2", STATE))

    assert isinstance(fault, SoapFault)
    assert fault.detail == (code or "certificate-unknown")
    entry = Entry.objects.get()
    assert (entry.operation, entry.outcome, entry.partner) == ("turned-away", fault.detail, "?")
    assert ask(None, "GET", "/api/v1/exchange/state").status_code in (401, 403)


def test_quantities_are_kept_to_the_digit_and_refused_when_they_were_rounded(cast, at, certificate):
    permit = issued(cast, at)

    assert by_soap(certificate, Call("v2", CONFIRM, permit.number, positions=(
        Position("B", permit.lines.get().quantity, "NAR"),))).detail == "block-unknown"
    told = by_soap(certificate, Call("v2", CONFIRM, permit.number, positions=(
        Position("A", permit.lines.get().quantity - 2, "NAR"),)))
    again = ask(certificate, "POST", f"/api/v1/exchange/quantities/{permit.number}",
                json.dumps({"positions": {"A": ["1198", "NAR"]}}).encode())

    assert isinstance(told, Answer)
    assert told.state == "accepted"
    assert again.json() == {"state": "accepted"}
    assert Reported.objects.get().positions == {"A": ["1198", "NAR"]}


def test_the_final_permit_is_there_once_customs_endorsed_it(cast, at, certificate):
    from wildgate.apps.customs import services as customs
    permit = issued(cast, at)
    before = by_soap(certificate, Call("v2", FINAL, permit.number))
    customs.endorse(actor=cast["jean"], number=permit.number, stage="export", quantities={"A": "1150"}, port="QMHAR",
                    transport_document="020-44556677", at=at)

    after = by_soap(certificate, Call("v2", FINAL, permit.number))

    assert before.detail == "not-final"
    assert moved(after) == [[("A", "1150", "NAR")]]
    assert read_message(after.payload).endorsements[0].officer == ""
    assert after.attachments[0].content == documents.read(permit, "xml")


def moved(answer: Any) -> list[list[tuple[str, str, str]]]:
    """Block, quantity and unit by endorsement, as the partner reads them."""
    return [[(block, plain(quantity), unit) for block, quantity, unit in box.quantities]
            for box in read_message(answer.payload).endorsements]


@pytest.fixture
def released(cast, at, certificate) -> Any:
    """A permit, a declaration's call for it, and how a partner reads the final permit."""
    from wildgate.apps.customs.services import writing_off
    permit = issued(cast, at)

    def call(name: str, version: int = 1, quantity: int | None = None, reference: str = "D-1", at: Any = at) -> Any:
        asked = WriteOff(permit.number, block="A", quantity=None if quantity is None else Decimal(quantity),
                         reference=reference, version=version, procedure="1000", post="Kivu-2",
                         transport_document=f"020-{reference}")
        outcome = getattr(writing_off, name)(actor=cast["jean"], asked=asked, at=at)
        assert not isinstance(outcome, Refusal), outcome
        return by_soap(certificate, Call("v2", FINAL, permit.number))

    return permit, call


def test_the_final_permit_says_what_stands_now_however_often_it_was_corrected(released):
    _permit, call = released

    told = [moved(call("consume", 1, 1150)), moved(call("amend", 2, 900)), moved(call("amend", 3, 1150))]

    assert told == [[[("A", amount, "NAR")]] for amount in ("1150", "900", "1150")]


def test_a_withdrawn_endorsement_is_not_final_and_leaves_no_trace_beside_the_next_one(released, at):
    _permit, call = released
    call("consume", 1, 1150)

    withdrawn = call("withdraw", 2, at=at)
    again = call("consume", 1, 700, reference="D-2", at=at + timedelta(days=2))

    assert withdrawn.detail == "not-final", "the permit can be used again"
    assert moved(again) == [[("A", "700", "NAR")]]
    assert b"020-D-1" not in again.payload
    box, = read_message(again.payload).endorsements
    assert (box.at.date(), box.transport_document) == ((at + timedelta(days=2)).date(), "020-D-2")


def test_withdrawn_after_its_last_day_the_permit_is_final_and_nothing_moved(released, at):
    permit, call = released
    call("consume", 1, 1150)

    late = call("withdraw", 2, at=at + timedelta(days=(permit.valid_until - at.date()).days + 1))

    assert moved(late) == [[("A", "0", "NAR")]]


def test_a_message_in_parts_is_refused_in_words(certificate):
    answer = ask(certificate, "POST", "/epix/v2", b"--x", {"Content-Type": 'multipart/related; boundary="x"'})

    assert answer.status_code == 500
    assert "Send its attachments inside the message, as base64." in answer.content.decode()
    assert soap.in_parts('Multipart/Related;type="application/xop+xml"')


def test_the_agreed_token_is_asked_for_and_never_kept(cast, at, certificate):
    permit = issued(cast, at)
    found, text = done(partners.propose_secret(actor=cast["sam"], code="QZ", at=at))
    done(partners.confirm_secret(actor=cast["bo"], secret=found.agreedtexts.get().pk, at=at))

    wrong, right = (by_soap(certificate, Call("v2", GET, permit.number, token)) for token in ("x", text))

    assert wrong.detail == "token-wrong"
    assert isinstance(right, Answer)
    assert not [each for each in Entry.objects.all() if text in json.dumps(each.headers)]


def test_a_partner_that_calls_too_often_waits(cast, at, certificate, monkeypatch):
    monkeypatch.setattr(answering, "PER_MINUTE", 2)
    partner = Partner.objects.get()

    codes = [getattr(answering.answer(partner=partner, call=Call("v2", STATE), at=at), "code", "fine")
             for _ in range(3)]

    assert codes == ["fine", "fine", "too-many-calls"]


def test_the_log_holds_what_passed_and_notices_a_changed_body(cast, at, certificate, capsys):
    permit = issued(cast, at)
    by_soap(certificate, Call("v2", GET, permit.number))
    asked, given = Entry.objects.order_by("pk")
    today = at.date()

    assert (asked.way, given.way, given.answers) == ("in", "out", asked)
    assert (asked.number, asked.who, asked.headers["content-type"]) == (permit.number, "partner:QZ", "text/xml")
    assert given.keep_until.year == permit.valid_until.year + 5
    assert [transport.recheck(each, today) for each in (asked, given)] == [Kept.HOLDS, Kept.HOLDS]
    assert main(["exchange", "log", "check"]) == 0
    bodies.path_of(bodies.LOG, given.sha256).write_bytes(b"another")
    assert transport.recheck(given, today) is Kept.CHANGED
    capsys.readouterr()
    assert main(["exchange", "log", "check", "--json"]) == 1
    said = json.loads(capsys.readouterr().out)
    assert (said["holds"], said["messages"]) == (False, 2)
    assert [(each["message"], each["body"]) for each in said["faults"]] == [(given.pk, "changed")]
    assert transport.forget_old("QM", given.keep_until) == 0
    assert transport.forget_old("QM", given.keep_until + timedelta(days=1)) == 2
    with as_owner(), pytest.raises(Exception, match="append-only"):
        Entry.objects.filter(pk=asked.pk).update(outcome="nothing")


def test_the_service_describes_itself_to_anyone(client, db):
    wsdl = client.get("/epix/v2?wsdl").content

    assert b"GetFinalCitesCertificateRequest" in wsdl
    assert b"/epix/v2" in wsdl
    assert client.get("/epix/v1?xsd=message").status_code == 200
    assert client.get("/epix/v1").status_code == 405
