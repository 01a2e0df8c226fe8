"""Two people press the same button at the same moment, with real threads."""

from __future__ import annotations

from datetime import date

import pytest
from tests.apps.portal.conftest import TYPED
from tests.cast import NOON

from wildgate.apps.platforms import services as register
from wildgate.apps.platforms.facts import PlatformFacts, PolicyFacts
from wildgate.apps.platforms.models import Host, Platform, Policy
from wildgate.apps.portal import services
from wildgate.apps.portal.models import Submission, Version
from wildgate.convention.refusal import Refusal
from wildgate.kit import events


@pytest.fixture
def settled(own_database):
    from wildgate.site.demo.cast import settle
    return settle("QM", "Demoland", NOON)


def test_one_publication_one_platform_and_counted_versions(settled, at_once):
    ines, amina, bo = (settled[name] for name in ("ines", "amina", "bo"))
    told = PlatformFacts("Souk Nine", "marketplace", hosts=("souk9.example",))

    added = at_once(*[lambda who=who: register.add_platform(actor=who, told=told, at=NOON) for who in (ines, amina)])
    policy = PolicyFacts("published", date(2020, 1, 1), "Its help pages", code="own")
    at_once(*[lambda who=who: register.record_policy(actor=who, key="souk-nine", told=policy, at=NOON)
              for who in (ines, amina)])
    made = services.draw_up(actor=ines, kind="practice", language="en", basis="dec-15-57", typed=TYPED["practice"],
                            at=NOON)
    assert isinstance(made, Submission)
    services.submit(actor=ines, number=made.number, at=NOON)
    services.accept(actor=amina, number=made.number, at=NOON)
    published = at_once(*[lambda who=who: services.publish(actor=who, number=made.number, at=NOON)
                          for who in (amina, bo)])

    assert [each.code for each in added if isinstance(each, Refusal)] == ["host-taken"]
    assert (Platform.objects.count(), Host.objects.count()) == (1, 1)
    assert sorted(Policy.objects.values_list("version", flat=True)) == [1, 2]
    assert [each.code for each in published if isinstance(each, Refusal)] == ["portal-state"]
    assert Version.objects.count() == 1 and events.verify("QM") is None
