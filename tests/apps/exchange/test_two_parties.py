"""S14 and S21 between two Parties: quantities on both sides' lists, a partner that is down, and nothing twice."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from tests.apps.duties.steps import TIGER
from tests.apps.exchange.two import Party, ask, two
from tests.cast import issued

from wildgate.apps.balances.asking import WriteOff
from wildgate.apps.customs import services as customs
from wildgate.apps.customs.services import writing_off
from wildgate.apps.exchange import asking, outbox, receiving, services, telling
from wildgate.apps.exchange.adapters.rest import as_json
from wildgate.apps.exchange.jobs import take_up_again
from wildgate.apps.exchange.models import Difference, ForeignCopy, LegalAct, Line, Message, Received
from wildgate.apps.permits import abroad, documents
from wildgate.apps.permits import services as permits
from wildgate.convention.refusal import Refusal
from wildgate.kit import api
from wildgate.kit.models import Event

pytestmark = pytest.mark.django_db
ITEM = {"taxon": "Crocodylus novaeguineae", "appendix": "II", "source": "W", "term": "SKI", "quantity": "1200",
        "unit": "NAR", "origin": "QM"}


def tell(party: Party, at: Any) -> None:
    """What the worker does after the commit."""
    with party.at_home():
        kinds = [*telling.KIND_OF, "foreign-registered"]
        for event in Event.objects.filter(party=party.code, kind__in=kinds).order_by("seq"):
            telling.tell(event, at=at)


def deliver(sender: Party, to: Party, at: Any) -> int:
    with sender.at_home():
        return outbox.deliver(to.code, at=at, line=to.line_from(sender))


def states(party: Party) -> list[str]:
    return list(Message.objects.filter(party=party.code).order_by("pk").values_list("state", flat=True))


def export(qm: Party, permit: Any, at: Any) -> None:
    made = customs.endorse(actor=qm.cast["jean"], number=permit.number, stage="export", quantities={"A": "1150"},
                           port="QMHAR", transport_document="020-44556677", at=at)
    assert not isinstance(made, Refusal), made


def arrive(qz: Party, permit: Any, at: Any, counted: str) -> None:
    with qz.at_home():
        paper = customs.register_foreign(
            actor=qz.cast["jean"], country="QM", number=permit.number, issued_on=permit.issued_at.date(),
            valid_until=permit.valid_until, kind="export-permit", exporter_country="QM", importer_country="QZ",
            purpose="T", lines=[customs.Item(**ITEM)], at=at)
        assert not isinstance(paper, Refusal), paper
        made = customs.endorse_import(
            actor=qz.cast["jean"], foreign=("QM", permit.number, paper.issued_on), import_permit=None,
            quantities={"A": counted}, port="QZKAP", transport_document="020-44556677", at=at)
        assert not isinstance(made, Refusal), made


def test_a_difference_between_export_and_import_is_on_both_sides_lists(cast, at):
    qm, qz = two(cast, at)
    permit = issued(cast, at)
    export(qm, permit, at)
    tell(qm, at)
    assert deliver(qm, qz, at) == 1
    assert deliver(qm, qz, at) == 1

    issue, endorsed = Received.objects.filter(party="QZ").order_by("pk")
    copy = ForeignCopy.objects.get(party="QZ")
    assert [issue.kind, endorsed.kind, endorsed.code] == ["issued", "endorsed", "1"]
    assert copy.exported == {"A": ["1150", "NAR"]}

    arrive(qz, permit, at, "1148")
    tell(qz, at)
    deliver(qz, qm, at)

    both = {each.party: each for each in Difference.objects.all()}
    assert both["QM"].shown == ("1150", "1148", "2")
    assert both["QZ"].shown == ("1148", "1150", "2")
    acts = LegalAct.objects.filter(party="QZ").order_by("pk")
    assert [each.act for each in acts] == ["presented", "validated"]


def test_what_customs_correct_later_is_told_as_fresh_quantities_and_an_older_message_undoes_nothing(cast, at):
    qm, qz = two(cast, at)
    permit = issued(cast, at)
    asked = WriteOff(permit.number, taxon=ITEM["taxon"], term="SKI", quantity=Decimal(1150), unit="NAR",
                     reference="26QM-D-0001", procedure="1000", post="QMHAR", transport_document="020-44556677")
    assert not isinstance(writing_off.consume(actor=qm.cast["jean"], asked=asked, at=at), Refusal)
    arrive(qz, permit, at, "1148")
    for version, quantity in ((2, 1148), (3, 1150), (4, 1148)):
        amended = replace(asked, version=version, quantity=Decimal(quantity))
        assert not isinstance(writing_off.amend(actor=qm.cast["jean"], asked=amended, at=at), Refusal)
        tell(qm, at)
        while deliver(qm, qz, at):
            pass
        told = list(Message.objects.filter(party="QM", kind="endorsed").order_by("sequence"))
        assert (told[-1].sequence, told[-1].data["positions"]) == (version + 1, {"A": [str(quantity), "NAR"]})
        assert ForeignCopy.objects.get(party="QZ").exported == {"A": [str(quantity), "NAR"]}
        assert Difference.objects.filter(party="QZ", state="open").count() == (quantity == 1150)

    with qz.at_home():
        from wildgate.apps.partners.models import Partner
        late = receiving.Pushed("late", "endorsed", "QM", "QZ", "QM", permit.number, 2, at,
                                {"positions": {"A": ["1150", "NAR"]}}, b"")
        taken = receiving.take(caller=Partner.objects.get(party="QZ"), message=late, raw=b"{}", at=at)
    assert taken.code == "44"
    assert ForeignCopy.objects.get(party="QZ").exported == {"A": ["1148", "NAR"]}


def test_an_import_that_is_corrected_in_our_permits_books_is_confirmed_anew_to_the_issuer_of_the_paper(cast, at):
    qm, _ = two(cast, at)
    home, key = issued(cast, at, TIGER), ("QZ", "26QZ000007E", at.date())
    customs.register_foreign(
        actor=qm.cast["jean"], country="QZ", number=key[1], issued_on=key[2], kind="export-permit",
        valid_until=at.date() + timedelta(days=90), exporter_country="QZ", importer_country="QM", purpose="S", at=at,
        lines=[customs.Item("Panthera tigris", "I", "W", "SKI", "2", "NAR", "QZ")])
    arrived = customs.endorse_import(actor=qm.cast["jean"], foreign=key, import_permit=home.number, at=at, port="QMKIV",
                                     quantities={"A": "2"}, transport_document="MAEU1234567")
    assert not isinstance(arrived, Refusal), arrived
    tell(qm, at)
    asked = WriteOff(home.number, taxon="Panthera tigris", term="SKI", quantity=Decimal(1), unit="NAR", version=2,
                     reference=f"desk:{arrived.digest[:16]}", procedure="4")
    assert not isinstance(done := writing_off.amend(actor=qm.cast["jean"], asked=asked, at=at), Refusal), done
    tell(qm, at)

    told = Message.objects.filter(party="QM", number=key[1], kind="confirmed").order_by("sequence")
    assert [each.data["positions"] for each in told] == [{"A": ["2", "NAR"]}, {"A": ["1", "NAR"]}]


def test_a_partner_down_for_hours_gets_every_message_once_and_in_order(cast, at):
    qm, qz = two(cast, at)
    permit = issued(cast, at)
    export(qm, permit, at)
    tell(qm, at)
    tell(qm, at)
    qz.up = False
    now = at
    for _ in range(9):
        deliver(qm, qz, now)
        now = Line.objects.get(party="QM").next_at + timedelta(seconds=1)

    assert set(states(qm)) == {"queued"}
    assert timedelta(hours=2) < now - at < timedelta(hours=6)

    qz.up = True
    deliver(qm, qz, now)
    deliver(qm, qz, now)
    deliver(qm, qz, now)
    received = list(Received.objects.filter(party="QZ").order_by("pk").values_list("kind", "sequence", "times"))
    assert received == [("issued", 1, 1), ("endorsed", 2, 1)]
    assert qz.calls == 2
    assert Line.objects.get(party="QM").failures == 0


def test_what_waits_is_tried_at_once_when_the_partner_answers_that_it_runs_or_goes_another_way(cast, at):
    qm, qz = two(cast, at)
    issued(cast, at)
    tell(qm, at)
    for back in ("asked", "moved"):
        qz.up = False
        deliver(qm, qz, at)
        assert Line.objects.get(party="QM").next_at > at

        qz.up = True
        with qm.at_home():
            if back == "asked":
                said = asking.state_of(actor=qm.cast["amina"], code="QZ", at=at, line=qz.line_from(qm))
                assert not isinstance(said, Refusal), said
            else:
                take_up_again(subject="partner:QZ", seq=0, at=at)
        assert Line.objects.get(party="QM").next_at is None


def test_an_answer_that_got_lost_changes_nothing_the_second_time(cast, at):
    qm, qz = two(cast, at)
    issued(cast, at)
    tell(qm, at)
    message = Message.objects.get(party="QM")
    body = api.written(as_json(outbox.envelope_of(message)))

    first = ask(qm.certificate, "POST", "/api/v1/exchange/messages", body).status_code
    with qz.at_home():
        one, two_ = (ask(qm.certificate, "POST", "/api/v1/exchange/messages", body).json() for _ in range(2))
        other = json.loads(body) | {"kind": "status", "data": {"state": "lost"}}
        third = ask(qm.certificate, "POST", "/api/v1/exchange/messages", json.dumps(other).encode())
        stranger = ask(qz.certificate, "POST", "/api/v1/exchange/messages", body)

    assert first in (401, 403)
    assert one == two_
    assert one["state"] in ("accepted", "accepted-with-warnings")
    assert (third.status_code, third.json()["code"]) == (409, "message-id-used")
    assert stranger.status_code in (401, 403)
    assert Received.objects.get(party="QZ").times == 2


def test_cancelled_and_late_messages(cast, at):
    qm, qz = two(cast, at)
    permit = issued(cast, at)
    tell(qm, at)
    deliver(qm, qz, at)
    done = permits.cancel(actor=cast["amina"], number=permit.number, reason="Fraud.", at=at)
    assert not isinstance(done, Refusal), done
    tell(qm, at)
    deliver(qm, qz, at)

    with qz.at_home():
        assert ForeignCopy.objects.get(party="QZ").state == "cancelled"
        assert abroad.stopped("QZ", "QM", permit.number).code == "issuer-stopped"
        late = receiving.Pushed("late", "status", "QM", "QZ", "QM", permit.number, 1, at, {"state": "valid"}, b"")
        from wildgate.apps.partners.models import Partner
        taken = receiving.take(caller=Partner.objects.get(party="QZ"), message=late, raw=b"{}", at=at)
        assert (taken.state, taken.code) == ("accepted-with-warnings", "44")
        assert ForeignCopy.objects.get(party="QZ").state == "cancelled"


def test_a_permit_is_fetched_to_the_byte_and_compared(cast, at):
    qm, qz = two(cast, at)
    permit = issued(cast, at)
    with qz.at_home():
        copy = asking.fetch(actor=qz.cast["jean"], number=permit.number, issuer="QM", at=at, line=qm.line_from(qz))
        unknown = asking.fetch(actor=qz.cast["jean"], number="26QM999999E", issuer="QM", at=at, line=qm.line_from(qz))

        from wildgate.apps.exchange import copies
        assert copies.bytes_of(copy) == documents.read(permit, "xml")
    assert (copy.state, copy.version, copy.number) == ("valid", "v2", permit.number)
    assert copy.facts["seal"] == permit.seal_digest
    assert unknown.code == "said-no"


def test_what_is_rejected_or_too_old_waits_for_a_person(cast, at):
    qm, qz = two(cast, at)
    issued(cast, at)
    tell(qm, at)
    with qz.at_home():
        from wildgate.apps.partners.models import Right
        Right.objects.filter(party="QZ", operation="push").update(withdrawn_at=at)
    deliver(qm, qz, at)
    message = Message.objects.get(party="QM")
    assert message.state == "dead"

    services.retry(actor=cast["amina"], key=message.key, at=at)
    qz.up = False
    deliver(qm, qz, at + timedelta(days=15))
    message.refresh_from_db()
    assert message.state == "dead"
    assert services.give_up(actor=cast["amina"], key=message.key, why=" ", at=at).code == "missing"
    assert services.give_up(actor=cast["jean"], key=message.key, why="By telephone.", at=at).code == "not-allowed"
    assert services.give_up(actor=cast["amina"], key=message.key, why="By telephone.", at=at).state == "given-up"
