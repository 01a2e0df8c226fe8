"""Five hundred at once are a few letters that count them; who stands in and who was marked as away hear of it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone
from tests.apps.letters.post import done, kinds, run, told
from tests.cast import submitted

from wildgate.apps.houserules import people
from wildgate.apps.letters import selectors, services
from wildgate.apps.letters.gathering import ALONE
from wildgate.apps.letters.models import Letter
from wildgate.kit.models import Event

pytestmark = pytest.mark.django_db


def test_many_applications_at_once_are_counted_in_one_letter(cast, at):
    for _ in range(ALONE + 2):
        submitted(cast, at)
    run()

    assert kinds(cast["bo"]) == ["submit"] * ALONE + ["submit:more"]
    assert told(cast["bo"])[-1] == "More new applications: 2"
    newest = selectors.shown(cast["bo"], selectors.inbox(cast["bo"]))[0]
    assert newest.url == "/cases/?tab=new"
    for event in Event.objects.filter(kind="submit"):
        services.tell_of(event, at=at)
    assert told(cast["bo"])[-1] == "More new applications: 2"

    Letter.objects.filter(person=cast["bo"].person_id, kind="submit:more").update(read_at=at)
    submitted(cast, at)
    run()
    assert told(cast["bo"])[-2:] == ["More new applications: 2", "More new applications: 1"]


def test_an_absence_is_told_to_the_stand_in_and_to_whoever_did_not_enter_it(cast, at):
    amina, bo, sam = cast["amina"], cast["bo"], cast["sam"]
    today = timezone.now().date()
    days = {"since": today, "until": today + timedelta(days=3), "at": at}
    absence = done(people.be_away(actor=amina, person=amina.person_id, stand_in=bo.person_id, **days))
    run()
    assert (told(amina), told(bo)) == ([], ["You stand in for a colleague"])
    assert selectors.shown(bo, selectors.inbox(bo))[0].url == "/house/away/"

    done(people.end_absence(actor=sam, absence=absence.pk, at=at))
    run()
    assert (told(amina), told(bo)[1:]) == (["Your absence is ended"], ["You no longer stand in for a colleague"])
    assert told(sam) == []
