"""Profiles: written in the rule form, tried, put in force by a second person, reviewed, retired, shared."""

from __future__ import annotations

import tomllib
from datetime import timedelta

import pytest
from tests.apps.risk.consignments import export, skins

from wildgate.apps.risk import selectors, services
from wildgate.apps.risk.models import Profile
from wildgate.apps.risk.services import profiles
from wildgate.convention.refusal import Refusal
from wildgate.kit.models import Event
from wildgate.targeting import sharing
from wildgate.targeting.sharing import shipped

pytestmark = pytest.mark.django_db
GIVEN = {"code": "many-skins", "title": "Many skins", "when": "item.term is SKI and item.quantity >= 500", "points": 40}


def test_the_shipped_library_is_in_force_once(cast, at):
    assert profiles.load_shipped("QM", at) == len(shipped())
    assert profiles.load_shipped("QM", at) == 0
    assert set(Profile.objects.values_list("version", "shipped")) == {(1, True)}
    assert {row.indicator for row in Profile.objects.all()} >= set(range(1, 24)) - {5}


def test_a_second_person_puts_it_in_force_and_the_version_before_ends(cast, at, tomas, nadia):
    row = profiles.draft(actor=tomas, given=GIVEN, at=at)
    profiles.propose(actor=tomas, profile=row.pk, at=at)

    assert profiles.confirm(actor=tomas, profile=row.pk, at=at).code == "not-allowed"
    assert profiles.confirm(actor=nadia, profile=row.pk, at=at).state == "in-force"
    newer = profiles.draft(actor=tomas, given={**GIVEN, "points": 50}, at=at)
    profiles.propose(actor=tomas, profile=newer.pk, at=at)
    profiles.confirm(actor=nadia, profile=newer.pk, at=at)

    assert list(Profile.objects.order_by("version").values_list("version", "state", "points")) == [
        (1, "retired", 40), (2, "in-force", 50)]
    assert list(Event.objects.filter(subject="profile:many-skins").order_by("seq").values_list("kind", flat=True)) == [
        "profile-drafted", "profile-proposed", "profile-in-force"] * 2


def test_what_was_proposed_is_not_changed_any_more(cast, at, tomas):
    row = profiles.draft(actor=tomas, given=GIVEN, at=at)
    profiles.propose(actor=tomas, profile=row.pk, at=at)
    other = profiles.draft(actor=tomas, given={**GIVEN, "points": 99}, at=at)

    assert (other.version, Profile.objects.get(pk=row.pk).points) == (2, 40)


def test_a_trial_says_what_it_would_have_selected(cast, at, tomas, nadia):
    services.assess_all(at=at, consignments=[export(f"R{i}", at, skins(quantity=str(100 * i))) for i in range(1, 11)])
    services.record_result(reference="R7", item=1, outcome="quantity", by="person:1", at=at)
    row = profiles.draft(actor=tomas, given=GIVEN, at=at)

    trial = profiles.try_out(actor=tomas, profile=row.pk, last=1000, at=at).trial

    assert (trial["declarations"], trial["selected"], trial["inspected_all"], trial["found_all"]) == (10, 6, 1, 1)
    assert not row.hits.exists()


def test_without_review_for_a_year_it_is_only_watched(cast, at, tomas, nadia):
    row = profiles.draft(actor=tomas, given=GIVEN, at=at)
    profiles.propose(actor=tomas, profile=row.pk, at=at)
    profiles.confirm(actor=nadia, profile=row.pk, at=at)

    assert profiles.watch_unreviewed("QM", at + timedelta(days=365)) == 0
    assert profiles.watch_unreviewed("QM", at + timedelta(days=367)) == 1
    after = services.assess(consignment=export("R1", at, skins(quantity="600")), at=at + timedelta(days=367))
    assert (after.points, after.hits.get().counted) == (0, False)
    assert profiles.review(actor=tomas, profile=row.pk, keep=True, at=at).state == "in-force"


@pytest.mark.parametrize(("given", "code"), [
    ({"when": "party.nationality is QZ"}, "nobody-by-origin"), ({"when": "item.origin is QZ"}, "country-alone"),
    ({"when": "intelligence.points >= 10 points"}, "intelligence-alone"),
    ({"when": "item.taxonn is x"}, "unknown-field"),
    ({"points": 0}, "profile-points"), ({"code": "No good"}, "profile-code")])
def test_a_wrong_profile_is_refused_in_a_sentence(cast, at, tomas, given, code):
    refused = profiles.draft(actor=tomas, given={**GIVEN, **given}, at=at)
    assert isinstance(refused, Refusal)
    assert refused.code == code
    assert not Profile.objects.exists()


def test_only_the_trade_writes_and_only_with_a_reason_retires(cast, at, tomas, jean):
    assert profiles.draft(actor=jean, given=GIVEN, at=at).code == "not-allowed"
    profiles.load_shipped("QM", at)
    row = Profile.objects.filter(code="last-minute").first()
    assert profiles.retire(actor=tomas, profile=row.pk, why=" ", at=at).code == "reason-missing"
    assert profiles.retire(actor=tomas, profile=row.pk, why="It never hit.", at=at).state == "retired"


def test_a_shared_file_carries_rules_and_rates_but_no_case(cast, at, tomas, desk):
    profiles.load_shipped("QM", at)
    services.assess(consignment=export("R1", at), at=at)
    services.record_result(reference="R1", item=1, outcome="papers", by="person:1", at=at)

    text = desk("tomas").get("/risk/profiles/file/").content.decode()

    assert "R1" not in text
    assert "Lacuna" not in text
    told = {row["code"]: row for row in tomllib.loads(text)["profile"]}
    assert told["listed-without-permit"]["hits"] == told["listed-without-permit"]["inspections"] == 1
    assert not isinstance(sharing.read(text.encode()), Refusal)
    assert profiles.take_in(actor=tomas, content=text.encode(), at=at) == []
    changed = text.replace("item.listed and not item.has_permit and not item.not_cites", "item.listed and item.generic")
    made = profiles.take_in(actor=tomas, content=changed.encode(), at=at)
    assert [(row.code, row.version, row.state, row.owner) for row in made] == [
        ("listed-without-permit", 2, "draft", tomas.name)]
    assert profiles.take_in(actor=tomas, content=b"\x00[[profile", at=at).code == "profiles-unreadable"


def test_reads_agree_with_rights(cast, at, jean):
    profiles.load_shipped("QM", at)
    assert not selectors.profiles(jean).exists()
    assert selectors.profiles(cast["ana"]).count() == len(shipped())
