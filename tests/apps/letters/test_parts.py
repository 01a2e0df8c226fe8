"""The rarer parts of the table: who is hit by a change of the books, whose post rings, who is offered something."""

from __future__ import annotations

from datetime import date

import pytest
from tests.apps.customs.phone import Phone
from tests.apps.findings.test_standing import BARK, bark, changed, given
from tests.apps.letters.post import done, kinds, run, told
from tests.apps.quotas.test_ledger import monitors, set_quota
from tests.apps.registers.farm import neighbour, specimen
from tests.cast import NOON, issued, submitted

from wildgate.apps.accounts.models import Organisation
from wildgate.apps.customs.models import DoubleUse
from wildgate.apps.letters import selectors
from wildgate.apps.permits import services as permits
from wildgate.apps.permits.models import Application
from wildgate.apps.registers import services as registers
from wildgate.kit import events

pytestmark = pytest.mark.django_db


def happens(kind, subject, data=None, actor="system"):
    events.append(kind, subject, party="QM", actor=actor, at=NOON, data=data)
    run()


def test_officers_hear_of_the_books_that_their_open_cases_rest_on(cast, at):
    given(cast["ito"])
    quota = set_quota(cast["amina"])
    on_finding, on_quota, _neither = submitted(cast, at, bark()), submitted(cast, at, monitors()), submitted(cast, at)
    done(permits.take(actor=cast["amina"], case=on_finding, at=at))
    done(permits.take(actor=cast["bo"], case=on_quota, at=at))
    changed(cast["ito"], BARK)
    run()
    happens("quota-changed", quota.subject)

    assert "Finding SO-1 has changed" in told(cast["amina"])
    assert "standing-changed" not in kinds(cast["bo"])
    assert "quota-changed" in kinds(cast["bo"])
    assert "quota-changed" not in kinds(cast["amina"])
    assert selectors.shown(cast["bo"], selectors.inbox(cast["bo"])[:1])[0].url == f"/quotas/{quota.pk}/"


def test_an_alarm_of_double_use_is_told_at_the_posts_and_to_the_officers(cast, at):
    permit = issued(cast, at)
    phone = Phone(cast["jean"], NOON)
    phone.endorses(permit, "9999", NOON)
    phone.sends(NOON)
    case = DoubleUse.objects.get()
    run()

    assert told(cast["amina"])[-1] == f"Permit {permit.number}: used twice"
    seen = selectors.shown(cast["jean"], selectors.inbox(cast["jean"]))
    assert [each.url for each in seen] == [f"/border/double-use/{case.pk}/"]
    happens("double-use-closed", permit.subject, {"case": case.pk}, cast["amina"].label)
    assert told(cast["jean"]) == [f"Permit {permit.number}: used twice",
                                  f"Permit {permit.number}: the case of double use is closed"]


def test_a_specimen_that_is_offered_is_told_to_the_other_firm_only(cast, at):
    olga = neighbour()
    row = specimen(cast["mario"], "ring 7")
    done(registers.offer(actor=cast["mario"], specimen=row.number, to="Orlo SA", document="Invoice 1", at=at))
    run()
    assert told(olga) == [f"Specimen {row.number} is offered to you"]

    done(registers.withdraw_offer(actor=cast["mario"], specimen=row.number, at=at))
    assert told(olga) == []  # it is not theirs to see any more


def test_an_agent_hears_of_its_mandate_and_of_its_clients_cases(cast, at):
    olga = neighbour()
    firm = Organisation.objects.get(pk=min(cast["mario"].organisations))
    agent = Organisation.objects.get(name="Orlo SA")
    from wildgate.apps.accounts.models import Mandate
    Mandate.objects.create(party="QM", client=firm, agent=agent, since=date(2020, 1, 1), given_at=NOON,
                           given_by_id=cast["mario"].person_id)
    happens("mandate-given", firm.subject, {"agent": agent.pk})
    number = submitted(cast, at)
    run()

    from wildgate.apps.accounts.models import Person
    from wildgate.apps.accounts.selectors import actor_of
    olga = actor_of(Person.objects.get(pk=olga.person_id), NOON.date())
    assert told(olga) == ["Your firm was given a mandate", f"Case {number}: your application has arrived"]
    Mandate.objects.update(revoked_at=NOON)
    olga = actor_of(Person.objects.get(pk=olga.person_id), NOON.date())
    assert told(olga) == ["Your firm was given a mandate"]


def test_the_scientific_authority_that_was_asked_hears_of_a_withdrawal_and_no_other(cast, at):
    asked, unasked = submitted(cast, at), submitted(cast, at)
    for number in (asked, unasked):
        done(permits.take(actor=cast["amina"], case=number, at=at))
    done(permits.ask_opinion(actor=cast["amina"], case=asked, at=at))
    for number in (asked, unasked):
        done(permits.withdraw(actor=cast["mario"], case=number, at=at))
    run()

    assert told(cast["ito"]) == [f"Case {asked}: your opinion is asked", f"Case {asked}: withdrawn"]


def test_a_case_that_is_given_to_somebody_is_told_to_them(cast, at):
    number = submitted(cast, at)
    subject = Application.objects.get(number=number).subject
    happens("assigned", subject, {"from": None, "to": cast["bo"].label}, cast["amina"].label)

    assert told(cast["bo"])[-1] == f"Case {number}: given to you"
    assert f"Case {number}: given to you" not in told(cast["amina"])


@pytest.mark.parametrize("kind", ["organisation-verified", "organisation-refused", "registration-ending"])
def test_a_firm_hears_of_its_registration(cast, kind):
    firm = Organisation.objects.get(pk=min(cast["mario"].organisations))
    happens(kind, firm.subject)

    assert kinds(cast["mario"]) == [kind]
    assert selectors.shown(cast["mario"], selectors.inbox(cast["mario"]))[0].url == "/firm/"
    assert kinds(neighbour()) == []
