"""What goes wrong in the exchange with other Parties is told to the officials who can see to it, and to nobody else."""

from __future__ import annotations

from decimal import Decimal

import pytest
from tests.apps.duties.steps import happens
from tests.apps.letters.post import done, kinds, run, told
from tests.apps.partners.agreed import agree
from tests.cast import issued

from wildgate.apps.customs import services as customs
from wildgate.apps.exchange import outbox, quantities
from wildgate.apps.letters import selectors
from wildgate.apps.letters.abroad import ABROAD
from wildgate.apps.partners import services as partners
from wildgate.message.soap import Position

pytestmark = pytest.mark.django_db
NEVER = ("mario", "ana", "ito")


def last(actor):
    return selectors.shown(actor, selectors.inbox(actor)[:1])[0].url


def test_a_message_that_did_not_pass_leads_to_its_page_under_the_number_of_the_permit(cast, at):
    partner, permit = agree(cast, at), issued(cast, at)
    message = outbox.queue(partner=partner, kind="status", issuer="QM", number=permit.number, cause="lost#1", at=at)
    happens("exchange-dead", message.subject)
    happens("exchange-rejected", message.subject, "partner:QZ")

    dead, rejected = (f"Permit {permit.number}: a message to another Party was not delivered",
                      f"Permit {permit.number}: another Party rejected a message")
    assert told(cast["amina"])[-2:] == [dead, rejected]
    assert told(cast["sam"])[-1] == dead
    assert last(cast["amina"]) == f"/exchange/messages/{message.key}/"
    assert not {"exchange-dead", "exchange-rejected"} & {
        kind for name in (*NEVER, "jean", "nadia") for kind in kinds(cast[name])}


def test_a_difference_is_told_to_the_authority_and_to_the_supervisors_once(cast, at):
    permit = issued(cast, at)
    done(customs.endorse(actor=cast["jean"], number=permit.number, stage="export", quantities={"A": "1150"},
                         port="QMHAR", transport_document="020-44556677", at=at))
    for _ in range(2):
        done(quantities.report(partner="QZ", issuer="QM", number=permit.number, at=at,
                               positions=[Position("A", Decimal(1148), "NAR")]))
        run()

    title = f"Permit {permit.number}: another Party counted another quantity"
    assert [told(cast[name]).count(title) for name in ("amina", "bo", "nadia")] == [1, 1, 1]
    assert last(cast["nadia"]).startswith("/exchange/differences/")
    assert not [name for name in (*NEVER, "jean", "sam") if title in told(cast[name])]


def test_agreements_are_told_by_the_code_of_the_party_and_not_to_who_suspended(cast, at):
    partner = agree(cast, at)
    happens("partner-certificate-ending", partner.subject, days=30)
    done(partners.suspend(actor=cast["amina"], code="QZ", why="Bo Bell called.", at=at))
    run()

    assert told(cast["sam"])[-2:] == ["Exchange with QZ: look after its certificate", "Exchange with QZ is suspended"]
    assert told(cast["bo"])[-1] == "Exchange with QZ is suspended"
    assert last(cast["bo"]) == "/partners/QZ/"
    assert not [name for name in (*NEVER, "jean", "amina") if "partner-suspended" in kinds(cast[name])]


def test_every_row_of_the_exchange_names_a_number_and_nothing_else():
    assert all(str(row.title).replace("%(number)s", "").count("%") == 0 and "%" not in str(row.text) for row in ABROAD)
