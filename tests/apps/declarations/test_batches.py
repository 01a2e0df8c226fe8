"""Many declarations in one message: in pieces, cut off anywhere, shared by two, and others write in between."""

from __future__ import annotations

import pytest
from django.db import connection
from tests.apps.declarations.lodged import skins, take
from tests.cast import issued

from wildgate.apps.balances.models import Claim
from wildgate.apps.declarations.jobs import finish_message
from wildgate.apps.declarations.models import AnsweredEntry, Declaration, DeclaredMessage, Version
from wildgate.apps.declarations.services import batches

pytestmark = pytest.mark.django_db


class PowerCut(Exception):
    """The process is gone."""


@pytest.fixture
def cut_off():
    """The power goes while so many versions stand in the database."""
    def after(versions):
        def execute(run, sql, params, many, context):
            if sql.startswith('INSERT INTO "declarations_version"') and Version.objects.count() == versions:
                raise PowerCut
            return run(sql, params, many, context)
        return connection.execute_wrapper(execute)
    return after


@pytest.fixture
def many(cast, at, monkeypatch):
    """Four declarations on permits of their own, a faulty one, and the first once more; two make a piece."""
    monkeypatch.setattr(batches, "PIECE", 2)
    rows = [skins(issued(cast, at).number) for _ in range(4)] + [skins(item={"hs": "1"})]
    rows = [{name: value for name, value in row.items() if name != "message_id"} | {"reference": f"N-{place}"}
            for place, row in enumerate(rows)]
    return {"message_id": "night", "declarations": [*rows, rows[0]]}


@pytest.mark.parametrize("who", ["the sender", "a job"])
def test_a_batch_cut_off_half_way_goes_on_where_it_stopped(many, jean, at, cut_off, who):
    with pytest.raises(PowerCut), cut_off(3):
        take(jean, many, at, single=False)
    half = [each.reference for each in Declaration.objects.order_by("reference")]
    other = take(jean, many | {"declarations": many["declarations"][:1]}, at, single=False)
    if who == "a job":
        finish_message(at=at, message=DeclaredMessage.objects.get(counts=True).pk)
    done = take(jean, many, at, single=False)

    assert (len(half), other.body["code"]) == (3, "message-id-used")
    assert done.repeated == (who == "a job")
    assert [each.get("code", each.get("version")) for each in done.body["declarations"]] == [
        1, 1, 1, 1, "hs-length", "reference-used"]
    assert (done.body["taken"], done.body["refused"]) == (4, 2)
    assert [claim.reserved for claim in Claim.objects.all()] == [1150] * 4
    assert Version.objects.count() == 4
    assert dict(take(jean, many, at, single=False).body) == dict(done.body)
    assert not AnsweredEntry.objects.exists()


def test_others_write_between_two_pieces_and_two_share_the_work(own_database, at_once, at, monkeypatch):
    from wildgate.site.demo.cast import settle
    monkeypatch.setattr(batches, "PIECE", 1)
    jean = settle("QM", "Demoland", at)["jean"]
    night, day = ({"message_id": name, "declarations": [
        {name: value for name, value in skins().items() if name != "message_id"} for _ in range(6)]}
        for name in ("night", "day"))

    def somebody_else():
        while not Declaration.objects.exists():
            pass
        take(jean, skins(), at)
        return Declaration.objects.count()

    seen = at_once(lambda: take(jean, night, at, single=False), somebody_else)[1]
    same = at_once(*[lambda: take(jean, day, at, single=False)] * 2)

    assert seen < 7
    assert dict(same[0].body) == dict(same[1].body)
    assert Version.objects.count() == Declaration.objects.count() == 13
