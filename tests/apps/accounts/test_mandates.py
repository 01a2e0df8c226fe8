"""A client lets an agent act for it: within its kinds and days, and not a moment longer than it wants."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.apps.accounts.offices import agent, anew, firm, mandate
from tests.cast import issued, submitted
from tests.desks import page_text

from wildgate.apps.accounts import services
from wildgate.apps.accounts.access import Action, can
from wildgate.apps.accounts.models import Mandate, Organisation, Person
from wildgate.apps.accounts.selectors import may_for
from wildgate.apps.permits import selectors as permits
from wildgate.apps.permits.models import Application, Permit
from wildgate.apps.permits.services import start
from wildgate.convention.refusal import Refusal

pytestmark = pytest.mark.django_db


@pytest.fixture
def zoe(cast, at):
    return agent(at)


def test_an_agent_sees_and_applies_for_the_client_and_the_permit_names_the_client(cast, mario, zoe, at):
    permit = issued(cast, at)
    assert permits.permit(zoe, permit.number) is None

    mandate(mario, zoe, at)
    zoe = anew("zoe@swift.example", at)

    assert zoe.clients == mario.firms
    assert permits.permit(zoe, permit.number) == permit
    draft = start(actor=zoe, organisation=min(zoe.clients), at=at)
    assert draft.organisation.name == "Lacuna Hides Ltd"
    assert permit.organisation.name == "Lacuna Hides Ltd"


def test_a_mandate_taken_back_holds_no_more_at_the_next_request(cast, mario, zoe, at):
    number = submitted(cast, at)
    found = mandate(mario, zoe, at)
    during = anew("zoe@swift.example", at)

    assert not isinstance(services.end_mandate(actor=mario, mandate=found.pk, at=at), Refusal)

    assert anew("zoe@swift.example", at).organisations == zoe.firms
    assert permits.application(anew("zoe@swift.example", at), number) is None
    assert not may_for(during, min(mario.firms), "", at.date()), "even within the request that had begun"


def test_pages_of_the_client_close_the_moment_the_mandate_ends(desk, cast, mario, zoe, at):
    number = submitted(cast, at)
    found = mandate(mario, zoe, at)
    browser, path = desk("mario"), f"/apply/{number}/"
    cast["zoe"] = zoe
    assert desk("zoe").get(path).status_code == 200

    assert browser.post(f"/mandates/{found.pk}/end/").status_code == 302

    assert desk("zoe").get(path).status_code == 404
    assert "Ended" in page_text(browser.get("/mandates/"))


@pytest.mark.parametrize(("kind", "allowed"), [
    ("export", True), ("export-permit", True), ("captive-bred-certificate", True), ("", True),
    ("import", False), ("import-permit", False), ("musical-instrument-certificate", False)])
def test_a_mandate_for_some_kinds_covers_those(mario, zoe, at, kind, allowed):
    mandate(mario, zoe, at, kinds=["export"])
    zoe = anew("zoe@swift.example", at)

    assert may_for(zoe, min(mario.firms), kind, at.date()).allowed is allowed
    assert may_for(zoe, min(zoe.firms), kind, at.date()), "the own firm is not limited"
    assert not may_for(mario, min(zoe.firms), kind, at.date()), "a mandate has one direction"


def test_a_mandate_for_some_kinds_opens_no_stores(mario, zoe, at):
    class Entry:
        party, organisation_id = "QM", min(mario.firms)

    mandate(mario, zoe, at, kinds=["export"])
    assert not can(anew("zoe@swift.example", at), Action.HOLD_STOCK, Entry)
    mandate(mario, zoe, at)
    assert can(anew("zoe@swift.example", at), Action.HOLD_STOCK, Entry)


def test_an_agent_hands_a_mandate_on_to_nobody(mario, zoe, at):
    mandate(mario, zoe, at)
    zoe = anew("zoe@swift.example", at)
    orlo = firm("Orlo SA")

    answer = services.give_mandate(actor=zoe, client=min(mario.firms), agent_code=orlo.code, kinds=(),
                                   since=at.date(), until=None, at=at)

    assert answer.code == "not-allowed"
    assert isinstance(services.invite(actor=zoe, organisation=min(mario.firms), email="x@swift.example", manager=True,
                                      at=at), Refusal)


def test_strangers_neither_see_nor_end_a_mandate(cast, mario, zoe, at):
    found = mandate(mario, zoe, at)

    for name in ("amina", "sam", "jean"):
        assert services.end_mandate(actor=cast[name], mandate=found.pk, at=at).code == "no-such-mandate"
    assert services.end_mandate(actor=anew("zoe@swift.example", at), mandate=found.pk, at=at) == found, "given back"
    assert services.end_mandate(actor=mario, mandate=found.pk, at=at).code == "mandate-ended"


@pytest.mark.parametrize(("change", "code"), [
    ({"kinds": ["everything"]}, "kind-unknown"), ({"since": date(2020, 1, 1)}, "since-past"),
    ({"until": date(2020, 1, 1)}, "period-reversed")])
def test_a_mandate_that_cannot_be_is_refused(mario, zoe, at, change, code):
    assert mandate(mario, zoe, at, **change).code == code
    assert not Mandate.objects.exists()


def test_an_unknown_code_and_the_own_code_are_one_answer(mario, at):
    own = Organisation.objects.get(pk=min(mario.firms)).code
    answers = {services.give_mandate(actor=mario, client=min(mario.firms), agent_code=code, kinds=(), since=at.date(),
                                     until=None, at=at).code for code in ("AAAAAAAA", own, "")}

    assert answers == {"no-such-agent"}


def test_giving_a_mandate_on_the_page(desk, cast, mario, zoe, at):
    code = firm("Swift Forwarders").code
    browser = desk("mario")
    form = {"client": min(mario.firms), "agent": code.lower(), "scope": "some", "since": "2099-01-01"}

    refused = browser.post("/mandates/give/", form)
    assert refused.status_code == 422
    assert "Tick at least one kind" in page_text(refused)

    assert browser.post("/mandates/give/", {**form, "kinds": ["export", "import"]}).status_code == 302
    assert "Begins later" in page_text(browser.get("/mandates/"))
    assert "Export, Import" in page_text(browser.get("/mandates/"))


days = st.integers(-3, 3)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(since=days, length=st.none() | st.integers(0, 3), revoked=st.booleans(), limited=st.booleans(), on=days)
def test_what_an_actor_may_see_is_what_can_allows(cast, mario, zoe, at, since, length, revoked, limited, on):
    """`can` and the selectors stay together, whatever mandates there are and whatever day it is."""
    Mandate.objects.all().delete()
    if not Application.objects.exists():
        issued(cast, at)
        submitted(cast, at)
    first = at.date() + timedelta(days=since)
    held = Mandate.objects.create(
        party="QM", client_id=min(mario.firms), agent_id=min(zoe.firms), kinds=["export"] if limited else [],
        since=first, until=None if length is None else first + timedelta(days=length), given_by_id=mario.person_id,
        given_at=at, revoked_at=at if revoked else None)
    day = at.date() + timedelta(days=on)
    from wildgate.apps.accounts.selectors import actor_of
    actor = actor_of(Person.objects.get(email="zoe@swift.example"), day)

    assert (min(mario.firms) in actor.organisations) is held.holds(day)
    assert bool(may_for(actor, min(mario.firms), "export", day)) is held.holds(day)
    assert set(permits.applications_visible_to(actor)) == {
        case for case in Application.objects.all() if can(actor, Action.VIEW_APPLICATION, case)}
    assert set(permits.permits_visible_to(actor)) == {
        permit for permit in Permit.objects.all() if can(actor, Action.VIEW_PERMIT, permit)}


def test_who_asks_costs_one_query_with_any_number_of_mandates(mario, zoe, at, django_assert_num_queries):
    for _ in range(3):
        mandate(mario, zoe, at)
    person = Person.objects.get(email="zoe@swift.example")
    from wildgate.apps.accounts.selectors import actor_of

    with django_assert_num_queries(1):
        assert actor_of(person, at.date()).clients == mario.firms
