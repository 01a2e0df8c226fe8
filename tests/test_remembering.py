"""What the memory of steps may pass over, and what not: a step from any other state is walked anew."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.db import transaction
from django.test import Client
from tests.cast import submitted
from tests.databases import lift_guards
from tests.desks import BACKEND
from tests.remembering import remembered, rows

from wildgate.apps.accounts.models import Organisation, Person
from wildgate.kit.models import LawPart

pytestmark = pytest.mark.django_db


@pytest.fixture
def walked(request: pytest.FixtureRequest, cast: Any) -> Callable[..., bool]:
    """Whether a step of this test was walked, not remembered. What it changes is undone."""
    def step(what: Callable[[], Any] = lambda: None, asked: object = None) -> bool:
        ways: list[str] = []
        with undone():
            remembered(request.node.name, asked, lambda: (ways.append("walked"), what())[0])
        return bool(ways)
    return step


@contextmanager
def undone() -> Iterator[None]:
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def test_what_is_remembered_leaves_the_rows_that_were_walked(cast, at):
    left = []
    for _ in range(2):
        with undone():
            number = submitted(cast, at - timedelta(minutes=1))
            left.append((number, rows()))

    assert left[0] == left[1]


def test_the_same_step_from_the_same_state_is_walked_once(walked):
    assert [walked(), walked(), walked(asked=1), walked(asked=1)] == [True, False, True, False]


@pytest.mark.parametrize("change", [
    lambda: Organisation.objects.update(address="Elsewhere"),
    lambda: Organisation.objects.order_by("pk").last().delete(),
    lambda: Person.objects.filter(name="Mario Ferro").update(name="Maria Ferro"),
    lambda: (lift_guards("kit_lawpart"), LawPart.objects.filter(digest="a").update(data=b"other")),
])
def test_one_other_row_and_it_is_walked(walked, change):
    LawPart.objects.create(digest="a", size=1, data=b"x")
    Organisation.objects.create(party="QM", name="Nobody", address="Nowhere", country="QM", private=False)
    assert [walked(), walked()] == [True, False]

    change()

    assert walked()


def test_another_setting_and_it_is_walked(walked, settings):
    assert walked()

    settings.PARTY = "QZ"

    assert walked()


def test_signing_in_is_passed_over_and_a_step_that_changes_it_is_never_remembered(walked, desk, cast):
    def leave() -> None:
        Person.objects.update(last_login=None)

    desk("mario")
    assert [walked(), walked()] == [True, False]

    again = Client()
    again.force_login(Person.objects.get(pk=cast["mario"].person_id), backend=BACKEND)

    assert Session.objects.count() == 2
    assert not walked()
    assert [walked(leave, "last"), walked(leave, "last")] == [True, True]
    assert [walked(Session.objects.all().delete, "out"), walked(Session.objects.all().delete, "out")] == [True, True]
