"""A permit's place in the status list: random, nobody else's, and found without counting the register."""

from __future__ import annotations

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from tests.cast import _issue, issued

from wildgate.apps.permits import sealing
from wildgate.apps.permits.models import Permit
from wildgate.kit.models import Series
from wildgate.seal import status as lists

pytestmark = pytest.mark.django_db


def test_a_place_costs_the_same_however_many_permits_there_are(cast, at, monkeypatch):
    record = issued(cast, at).record
    with transaction.atomic(), CaptureQueriesContext(connection) as asked:
        shard, index = sealing.free_slot(record)

    assert not any("COUNT" in each["sql"] for each in asked)
    assert len(asked) <= 7, "the series, and a place or two that are looked at"
    assert (shard.partition("/")[2], 0 <= index < lists.SHARD) == ("0", True)
    Series.objects.filter(name__startswith="slots ").update(last=sealing.FULL)
    with transaction.atomic():
        assert sealing.free_slot(record)[0].partition("/")[2] == "1", "the next shard is begun"


def test_two_permits_never_share_a_place_and_a_register_that_was_filled_otherwise_is_counted_again(
        cast, at, monkeypatch):
    monkeypatch.setattr(lists, "shard_size", lambda _entries: 2)
    monkeypatch.setattr(sealing, "FULL", 2)
    places = [(each.shard, each.status_index) for each in (_issue(cast, at, None), _issue(cast, at, None))]
    assert len(set(places)) == 2

    Series.objects.filter(name__startswith="slots ").update(last=0)
    third = _issue(cast, at, None)
    assert third.shard.endswith("/1"), "the first shard is full, whatever the series said"
    assert Permit.objects.count() == 3
