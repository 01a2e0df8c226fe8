"""The border endorses permits that another system counts: its register is drawn on, whatever falls over in between."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import transaction
from tests.apps.exchange.test_registry import Register, served  # noqa: F401
from tests.apps.partners.agreed import agree
from tests.desks import page_text

from wildgate.apps.customs import services as customs
from wildgate.apps.customs.models import Endorsement, RegisterDraw
from wildgate.apps.customs.services import Item, drawing
from wildgate.apps.customs.services.importing import endorse_import
from wildgate.apps.exchange.models import Entry
from wildgate.apps.partners import services as partners
from wildgate.apps.permits.sealing import key_store
from wildgate.convention.refusal import Refusal
from wildgate.kit.models import Job
from wildgate.site.demo.cast import KEYS_AGE

pytestmark = pytest.mark.django_db
CAVIAR = Item("Acipenser baerii", "II", "C", "CAV", "40", "KGM", "QZ")
KEY = ("QZ", "QZ-2026/7")


@pytest.fixture
def register(cast: Any, served: Any, settings: Any, at: Any) -> Register:  # noqa: F811
    """Two people agreed that QZ counts for itself, at an address of its register; our new home has its keys."""
    key_store(settings.HOME).create("QM", at - KEYS_AGE)
    agree(cast, at, operations=(), register="rest", register_endpoint=served[1])
    return served[0]


@pytest.fixture
def jean(cast: Any) -> Any:
    return cast["jean"]


@pytest.fixture
def paper(register: Register, jean: Any, at: Any) -> Any:
    return customs.register_foreign(
        actor=jean, lines=(CAVIAR,), country=KEY[0], number=KEY[1], issued_on=at.date() - timedelta(days=9),
        valid_until=at.date() + timedelta(days=100), kind="export-permit", exporter_country="QZ",
        importer_country="QM", purpose="T", at=at)


def given(jean: Any, paper: Any, at: Any, quantity: str = "30.5", **more: Any) -> dict[str, Any]:
    return {"actor": jean, "foreign": (*KEY, paper.issued_on), "import_permit": None, "quantities": {"A": quantity},
            "port": "QMKIV", "transport_document": "MAEU1", "at": at, "key": "form-1", **more}


def endorse(*args: Any, **more: Any) -> Endorsement | Refusal:
    said = given(*args, **more)
    return customs.around(said, lambda drawn: endorse_import(**said, drawn=drawn))


def work(at: Any) -> None:
    """The worker's go at that time, and at all times until it finds nothing due."""
    for job in list(Job.objects.filter(name=drawing.JOB, run_after__lte=at)):
        job.delete()
        drawing.settle(**job.payload, at=at)


def shares(register: Register) -> list[tuple[Decimal, Decimal]]:
    return [(reserved, consumed) for _version, reserved, consumed in register.shares.values()]


def test_it_is_set_aside_before_the_endorsement_and_written_off_after_it(register, paper, jean, at):
    made = endorse(jean, paper, at)

    assert isinstance(made, Endorsement)
    assert shares(register) == [(Decimal("30.5"), Decimal(0))]
    assert customs.on_condition(made) is None, "it is held there"
    work(at)
    assert shares(register) == [(Decimal(0), Decimal("30.5"))]
    assert endorse(jean, paper, at) == made, "the same form again draws nothing again"
    work(at + timedelta(hours=1))
    assert (register.writes, RegisterDraw.objects.get().state) == (2, "counted")


def test_what_the_register_refuses_is_not_endorsed_here(register, paper, jean, at):
    register.shares["another", 1] = (1, Decimal(80), Decimal(0))
    refused = endorse(jean, paper, at)

    assert (refused.code, refused.reason) == ("exhausted", "The register of QZ refused: 20 left.")
    assert not Endorsement.objects.exists()
    paper.refresh_from_db()
    assert paper.state == "registered"


def test_what_was_set_aside_is_given_back_when_we_refuse_after_all(register, paper, jean, at):
    said = given(jean, paper, at)
    refused = customs.around(said, lambda drawn: endorse_import(**{**said, "port": ""}, drawn=drawn))
    assert refused.field == "port"
    work(at)

    assert shares(register) == [(Decimal(0), Decimal(0))]


def test_after_a_crash_between_the_steps_it_is_given_back_and_the_form_sent_again_is_set_aside_anew(
        register, paper, jean, at):
    def falls_over(_drawn: str) -> Endorsement:
        raise RuntimeError("power cut")

    with pytest.raises(RuntimeError):
        customs.around(given(jean, paper, at), falls_over)
    assert shares(register) == [(Decimal("30.5"), Decimal(0))]
    work(at + timedelta(minutes=1))
    assert shares(register) == [(Decimal("30.5"), Decimal(0))], "the officer may still be there"

    later = at + drawing.FORGOTTEN
    work(later)
    assert shares(register) == [(Decimal(0), Decimal(0))]
    assert isinstance(endorse(jean, paper, later), Endorsement)
    work(later)
    assert shares(register) == [(Decimal(0), Decimal("30.5"))]


def test_a_crash_of_the_worker_after_the_register_counted_counts_nothing_twice(register, paper, jean, at):
    endorse(jean, paper, at)
    with transaction.atomic():
        drawing.settle(paper.pk, RegisterDraw.objects.get().reference, at)
        transaction.set_rollback(True)  # the worker was killed before its commit
    assert RegisterDraw.objects.get().state == "waiting"
    work(at + timedelta(minutes=6))

    assert (shares(register), RegisterDraw.objects.get().state) == ([(Decimal(0), Decimal("30.5"))], "counted")


@pytest.mark.parametrize("fate", ["busy", "cut"])
def test_without_an_answer_the_import_is_endorsed_on_condition_and_told_later(register, paper, jean, at, fate):
    register.fate = fate
    made = endorse(jean, paper, at)

    assert "on condition" in customs.on_condition(made).reason
    register.fate = fate
    work(at)
    assert RegisterDraw.objects.get().state == "waiting"
    work(at + timedelta(days=1))
    assert RegisterDraw.objects.get().state == "counted"
    assert customs.on_condition(Endorsement.objects.get()) is None


def test_a_late_refusal_and_two_weeks_of_silence_wait_on_a_list_for_a_person(register, paper, jean, at, desk, cast):
    register.fate = "busy"
    endorse(jean, paper, at)
    register.shares = {("another", 1): (1, Decimal(90), Decimal(0))}
    work(at)
    row = RegisterDraw.objects.get()
    page = desk("jean")

    assert (row.state, row.code) == ("refused", "exhausted")
    assert "Refused there" in page_text(page.get("/border/registers/"))
    assert "10 left." in page_text(page.get(f"/border/registers/{row.pk}/"))
    assert page.post(f"/border/registers/{row.pk}/", {"note": ""}).status_code == 422
    page.post(f"/border/registers/{row.pk}/", {"again": ""})
    partners.suspend(actor=cast["amina"], code="QZ", why="A key was stolen.", at=at)
    asked = Entry.objects.count()
    work(at + drawing.PATIENCE + timedelta(days=90))
    assert RegisterDraw.objects.get().state == "given-up"
    assert Entry.objects.count() == asked, "nothing goes to a partner whose exchange is suspended"
    page.post(f"/border/registers/{row.pk}/", {"note": "QZ counted it by hand."})
    assert "QZ counted it by hand." in page_text(page.get(f"/border/registers/{row.pk}/"))
    assert desk("mario").get("/border/registers/").status_code == 403


def test_the_officer_reads_on_the_page_that_another_system_counts(register, paper, jean, at, desk):
    page = desk("jean")
    where = f"/border/foreign/{KEY[0]}/{KEY[1]}/{paper.issued_on.isoformat()}/"
    assert "are counted by the register of Quartzland" in page_text(page.get(where))

    register.fate = "busy"
    text = page_text(page.post(where, {"quantities-A": "30.5", "port": "QMKIV", "transport_document": "MAEU1",
                                       "key": "a"}, follow=True))
    assert "endorsed on condition" in text


def test_the_items_of_a_declaration_draw_there_after_our_commit(register, paper, jean, at):
    from wildgate.apps.balances.asking import WriteOff
    from wildgate.apps.customs.services import foreign_calls

    def asked(quantity: str, **more: Any) -> WriteOff:
        return WriteOff(KEY[1], country=KEY[0], block="A", quantity=Decimal(quantity), unit="KGM",
                        reference="26QM-MRN-1", post="QMKIV", transport_document="MAEU1", **more)

    foreign_calls.call("reserve", jean, asked("30.5"), at)
    assert shares(register) == [], "not inside our transaction"
    work(at)
    assert shares(register) == [(Decimal("30.5"), Decimal(0))]
    foreign_calls.call("consume", jean, asked("25", version=2), at)
    work(at + drawing.FORGOTTEN)

    assert shares(register) == [(Decimal(0), Decimal(25))]
    assert (RegisterDraw.objects.count(), Endorsement.objects.count()) == (1, 1)


def test_a_register_is_set_by_two_people_with_an_address_to_ask_at(cast, at):
    qz = agree(cast, at, operations=(), endpoint="", adapter="web", tier="account")

    def told(**values: Any) -> str:
        outcome = partners.propose_link(actor=cast["sam"], code="QZ", given=values, at=at)
        return outcome.code if isinstance(outcome, Refusal) else "waits"

    assert told(register="traces") == "no-such-register"
    assert told(register="rest") == "register-endpoint-missing"
    assert told(register="rest", register_endpoint="http://qz.example/") == "address-https"
    assert told(register="rest", register_endpoint="https://qz.example/") == "waits"
    qz.refresh_from_db()
    assert qz.register == "", "nobody confirmed it yet"
