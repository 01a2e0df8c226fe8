"""Control samples: committed before, drawn after, to be drawn again by anybody; examined by somebody else."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from hashlib import sha256

import pytest
from tests.cast import issued
from tests.desks import NOT_ALLOWED, page_text

from wildgate.apps.accounts.models import Role
from wildgate.apps.controls import samples, selectors
from wildgate.apps.controls.models import Limits, Sample, Seed
from wildgate.convention.refusal import Refusal
from wildgate.kit.models import Event

pytestmark = pytest.mark.django_db
LOOKED = "Licence, invoice and stock book seen again."


@pytest.fixture
def all_of_them(at, ana, cast):
    """Every permit is drawn."""
    long_ago = at - timedelta(days=99)
    return Limits.objects.create(party="QM", sample_percent=100, set_by_id=ana.person_id, set_at=long_ago)


def test_a_share_is_drawn_by_the_rule_that_everybody_can_compute():
    digests = [sha256(str(n).encode()).hexdigest() for n in range(4000)]
    drawn = [digest for digest in digests if samples.is_drawn("s", digest, Decimal(5))]

    assert 150 < len(drawn) < 250
    assert set(drawn) < {digest for digest in digests if samples.is_drawn("s", digest, Decimal(10))}
    assert drawn != [digest for digest in digests if samples.is_drawn("t", digest, Decimal(5))]
    assert not any(samples.is_drawn("s", digest, Decimal(0)) for digest in digests[:50])
    assert all(samples.is_drawn("s", digest, Decimal(100)) for digest in digests[:50])


def test_the_seed_is_committed_before_the_day_and_told_after_it(cast, at):
    samples.keep("QM", at - timedelta(days=1))
    committed = Event.objects.get(kind="sample-day-committed", subject=f"sample-day:{at.date()}")
    permit = issued(cast, at)

    assert samples.draw("QM", at.date(), at) == 0
    assert Seed.objects.get(day=at.date()).published_at is None
    samples.keep("QM", at + timedelta(days=1))

    told = json.loads(Event.objects.get(kind="sample-day-drawn", subject=f"sample-day:{at.date()}").data)
    commitment = json.loads(committed.data)["commitment"]
    assert committed.seq < Event.objects.get(kind="permit-issued").seq
    assert sha256(told["seed"].encode()).hexdigest() == commitment
    drawn = samples.is_drawn(told["seed"], permit.digest, Decimal(5))
    assert (told["issued"], told["drawn"], Sample.objects.count()) == (1, int(drawn), int(drawn))


def test_an_unfinished_days_seed_is_shown_to_nobody(desk, cast, at):
    samples.keep("QM", at)

    text = desk("ana").get("/samples/draws/").content.decode()

    open_seeds = Seed.objects.filter(published_at=None)
    assert open_seeds.count() == 2
    assert all(seed.commitment in text and seed.secret not in text for seed in open_seeds)


def test_another_share_does_not_touch_days_already_committed(cast, at, ana):
    samples.commit("QM", at.date(), at - timedelta(days=1))
    Limits.objects.create(party="QM", sample_percent=0, set_by_id=ana.person_id, set_at=at - timedelta(hours=1))

    assert samples.commit("QM", at.date(), at).percent == 5


def test_a_second_officer_examines_and_nobody_who_worked_on_it(cast, at, all_of_them, amina, bo):
    permit = issued(cast, at)
    samples.keep("QM", at)
    samples.keep("QM", at + timedelta(days=1))
    later = at + timedelta(days=2)
    cleo = replace(amina, label="person:999", person_id=cast["sam"].person_id, roles=frozenset({Role.OFFICER}))

    def examine(actor, **more):
        given = {"result": "differs", "findings": LOOKED, **more}
        return samples.examine(actor=actor, number=permit.number, at=later, **given)

    sample = Sample.objects.get()
    assert sample.due_on == at.date() + timedelta(days=31)
    assert {amina.person_id, bo.person_id} <= set(sample.acted)
    for actor in (amina, bo, cast["ana"], cast["mario"]):
        assert examine(actor).code == "not-allowed"
    assert examine(cleo, findings=" ").field == "findings"
    assert examine(cleo, result="perhaps").field == "result"
    assert not isinstance(examine(cleo), Refusal)
    assert examine(cleo).code == "sample-examined"
    told = Event.objects.get(kind="sample-examined")
    assert (json.loads(told.data)["result"], told.note.text) == ("differs", LOOKED)
    outcome, = selectors.outcomes("QM", later.date())
    assert (outcome.drawn, outcome.examined, outcome.differs, outcome.overdue) == (1, 1, 1, 0)


def test_the_page_names_what_is_overdue_and_who_may_not(desk, cast, at, all_of_them):
    permit = issued(cast, at - timedelta(days=40))
    samples.commit("QM", (at - timedelta(days=40)).date(), at - timedelta(days=41))
    samples.draw("QM", (at - timedelta(days=40)).date(), at - timedelta(days=39))

    text = page_text(desk("amina").get("/samples/"))

    assert permit.number in text
    assert "Overdue" in text
    assert "you worked on it" in text
    assert "Nobody examines a permit again that they worked on." in page_text(
        desk("amina").get(f"/samples/{permit.number}/"))
    assert desk("amina").post(f"/samples/{permit.number}/", {"result": "agreed", "findings": "x"}).status_code == 422
    assert {name for name in cast if desk(name).get("/samples/").status_code != NOT_ALLOWED} == {"amina", "bo", "ana"}


def test_a_visit_commits_to_nothing(desk, cast):
    assert desk("ana").get("/samples/draws/").status_code == desk("bo").get("/samples/").status_code == 200
    assert not Seed.objects.exists()


def test_the_lists_cost_the_same_however_long(desk, cast, at, django_assert_num_queries):
    bo = desk("bo")
    samples.keep("QM", at - timedelta(days=3))
    for days in range(1, 6):
        permit = issued(cast, at - timedelta(days=days))
        examined = {"result": "agreed", "examiner_id": cast["amina"].person_id, "examined_at": at}
        Sample.objects.create(party="QM", permit=permit, seed=Seed.objects.first(), drawn_at=at, due_on=at.date(),
                              **(examined if days % 2 else {}))
        if days not in (2, 5):
            continue
        for path, queries in (("/samples/", 7), ("/samples/?tab=examined", 7), ("/samples/draws/", 6)):
            bo.get(path)
            with django_assert_num_queries(queries):
                assert bo.get(path).status_code == 200


@pytest.mark.parametrize(("differs", "examined", "low", "high"), [
    (0, 10, 0.0, 0.2775), (1, 10, 0.0179, 0.4042), (5, 10, 0.2366, 0.7634), (10, 10, 0.7225, 1.0)])
def test_intervals_are_wilsons(differs, examined, low, high):
    found = samples.interval(differs, examined)

    assert found == pytest.approx((low, high), abs=5e-5)
    assert samples.interval(0, 0) is None
