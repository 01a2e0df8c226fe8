"""Rights: nothing is allowed unless a rule says so, and every "no" has its reason."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from wildgate.apps.accounts.access import ANYONE, RULES, Action, Actor, can
from wildgate.apps.accounts.models import Role


@dataclass
class Case:
    party: str = "QM"
    organisation_id: int = 1
    state: str = "in-review"
    decided_by_id: int | None = None


def actor(*roles: Role, organisations: frozenset[int] = frozenset(), person: int = 7) -> Actor:
    return Actor(f"person:{person}", "Somebody", "QM", frozenset(roles), organisations, person)


def test_every_action_has_a_rule():
    assert set(RULES) == set(Action)


def test_nobody_in_particular_may_do_nothing():
    assert [action for action in Action if can(ANYONE, action)] == []


def test_a_person_without_a_post_may_only_be_signed_in():
    assert [action for action in Action if can(actor(), action).allowed] == [Action.SIGNED_IN]


def test_another_partys_subject_is_out_of_reach():
    found = {(role, action): can(actor(role, organisations=frozenset({1})), action, Case(party="QZ"))
             for role in Role for action in Action}

    assert len(found) == len(Role) * len(Action)
    assert {both: decision for both, decision in found.items()
            if decision or decision.reason != "It belongs to another Party."} == {}


@pytest.mark.parametrize(("role", "action"), [
    (Role.TRADER, Action.WORK_CASE), (Role.TRADER, Action.ISSUE), (Role.TRADER, Action.ENDORSE),
    (Role.SCIENTIST, Action.ISSUE), (Role.SCIENTIST, Action.WORK_CASE),
    (Role.OFFICER, Action.GIVE_OPINION), (Role.OFFICER, Action.COUNTERSIGN),
    (Role.OFFICER, Action.ENDORSE), (Role.CUSTOMS, Action.VIEW_APPLICATION), (Role.CUSTOMS, Action.ISSUE),
    (Role.AUDITOR, Action.ISSUE), (Role.AUDITOR, Action.WORK_CASE), (Role.ADMINISTRATOR, Action.ISSUE),
    (Role.ADMINISTRATOR, Action.VIEW_APPLICATION), (Role.OFFICER, Action.VIEW_AUDIT),
])
def test_roles_stay_apart(role, action):
    decision = can(actor(role), action, Case())

    assert not decision
    assert decision.reason


def test_a_trader_sees_and_changes_the_cases_of_the_own_firm_only():
    mario = actor(Role.TRADER, organisations=frozenset({1}))

    for action in (Action.VIEW_APPLICATION, Action.EDIT_APPLICATION, Action.VIEW_PERMIT):
        assert can(mario, action, Case(organisation_id=1))
        assert not can(mario, action, Case(organisation_id=2))


def test_officers_do_not_read_drafts():
    assert not can(actor(Role.OFFICER), Action.VIEW_APPLICATION, Case(state="draft"))
    assert can(actor(Role.OFFICER), Action.VIEW_APPLICATION, Case(state="submitted"))


def test_the_one_who_decided_does_not_countersign():
    bo = actor(Role.OFFICER, Role.COUNTERSIGNER, person=7)

    assert not can(bo, Action.COUNTERSIGN, Case(decided_by_id=7))
    assert can(bo, Action.COUNTERSIGN, Case(decided_by_id=8))


@pytest.mark.parametrize("roles", [(Role.OFFICER,), (Role.OFFICER, Role.COUNTERSIGNER)])
def test_whoever_decided_takes_it_back_and_nobody_elses_without_the_second_signature(roles):
    officer = actor(*roles, person=7)

    assert can(officer, Action.SEND_BACK, Case(decided_by_id=7))
    assert bool(can(officer, Action.SEND_BACK, Case(decided_by_id=8))) is (Role.COUNTERSIGNER in roles)
