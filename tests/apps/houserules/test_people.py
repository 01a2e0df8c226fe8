"""Teams and absence: who takes a case, who stands in, and who may say so."""

from __future__ import annotations

from datetime import timedelta

import pytest
from tests.apps.houserules.house import TODAY
from tests.cast import NOON

from wildgate.apps.houserules import people, selectors
from wildgate.apps.houserules.models import Absence, Team
from wildgate.kit.models import Event

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def team(cast, name, **given):
    made = people.make_team(actor=cast["sam"], given={"name": name, **given}, at=NOON)
    assert isinstance(made, Team), made
    return made


def away(cast, who, stand_in, days=(0, 5), by=None):
    return people.be_away(actor=cast[by or who], person=cast[who].own_id, stand_in=cast[stand_in].own_id,
                          since=TODAY + days[0] * DAY, until=TODAY + days[1] * DAY, at=NOON)


def test_a_case_goes_to_the_team_of_its_narrowest_group_then_of_its_direction(cast):
    team(cast, "Rest")
    team(cast, "Abroad", directions=["re-export"])
    team(cast, "Plants", groups=["plantae"])
    orchids = team(cast, "Orchids", groups=["Orchidaceae"], directions=["export"])

    def taken(direction, *groups):
        return getattr(selectors.team_for("QM", direction, groups, TODAY), "name", None)

    assert taken("export", "Plantae", "Orchidaceae") == "Orchids"
    assert taken("re-export", "Plantae", "Orchidaceae") == "Plants"
    assert taken("re-export", "Animalia") == "Abroad"
    assert taken("import", "Animalia") == "Rest"
    people.close_team(actor=cast["amina"], team=orchids.pk, at=NOON)
    assert taken("export", "Plantae", "Orchidaceae") == "Plants"
    assert selectors.team_for("QM", "export", ["Orchidaceae"], TODAY - DAY) == orchids
    assert selectors.team_for("QZ", "export", [], TODAY) is None


def test_a_team_takes_officers_once_and_lets_them_go(cast):
    flora = team(cast, "Flora")
    add = {"actor": cast["amina"], "team": flora.pk, "at": NOON}

    assert people.add_member(**add, person=cast["bo"].own_id) == flora
    assert people.add_member(**add, person=cast["bo"].own_id).code == "member-known"
    assert people.add_member(**add, person=cast["mario"].own_id).code == "not-an-officer"
    assert people.add_member(**{**add, "actor": cast["ito"]}, person=cast["bo"].own_id).code == "not-allowed"
    assert [each.person.name for each in selectors.teams("QM", TODAY)[0].members.all()] == ["Bo Osei"]
    assert people.remove_member(**add, person=cast["bo"].own_id) == flora
    assert people.remove_member(**add, person=cast["bo"].own_id).code == "no-member"
    kinds = Event.objects.filter(subject=f"team:{flora.pk}").order_by("seq").values_list("kind", flat=True)
    assert list(kinds) == ["team-made", "team-joined", "team-left"]


def test_a_name_is_one_teams_for_ever_and_faults_name_their_field(cast):
    team(cast, "Flora")

    again = people.make_team(actor=cast["sam"], given={"name": "Flora"}, at=NOON)
    wrong = people.make_team(actor=cast["sam"], given={"name": "", "directions": ["up"], "groups": ["Weeds"]}, at=NOON)
    assert again[0].field == "name"
    assert [each.field for each in wrong] == ["name", "directions", "groups"]


def test_a_stand_in_works_the_cases_of_whoever_is_away_and_hands_nothing_on(cast):
    away(cast, "amina", "bo")
    away(cast, "bo", "amina", (2, 3))

    amina, bo = cast["amina"].own_id, cast["bo"].own_id
    assert selectors.covered_by(bo, "QM", TODAY) == {amina, bo}
    assert selectors.covered_by(amina, "QM", TODAY) == {amina}
    assert selectors.covered_by(bo, "QM", TODAY - DAY) == selectors.covered_by(bo, "QM", TODAY + 6 * DAY) == {bo}
    assert selectors.covered_by(bo, "QZ", TODAY) == {bo}
    assert selectors.away("QM", TODAY + 2 * DAY) == {amina: bo, bo: amina}


def test_coming_back_early_ends_the_cover(cast):
    absence = away(cast, "amina", "bo")
    other = people.end_absence(actor=cast["bo"], absence=absence.pk, at=NOON)
    people.end_absence(actor=cast["amina"], absence=absence.pk, at=NOON)

    assert other.code == "not-allowed"
    assert selectors.covered_by(cast["bo"].own_id, "QM", TODAY) == {cast["bo"].own_id}
    assert people.end_absence(actor=cast["amina"], absence=absence.pk, at=NOON).code == "no-absence"


def test_only_oneself_or_an_administrator_says_that_somebody_is_away(cast):
    assert away(cast, "amina", "bo", by="bo").code == "not-allowed"
    assert away(cast, "mario", "bo").code == "not-allowed"
    assert isinstance(away(cast, "amina", "bo", by="sam"), Absence)
    assert away(cast, "amina", "bo", (4, 9)).code == "absence-overlaps"


@pytest.mark.parametrize(("stand_in", "days", "field"), [
    ("amina", (0, 1), "stand_in"), ("mario", (0, 1), "stand_in"), ("ito", (0, 1), "stand_in"),
    ("bo", (3, 1), "until"), ("bo", (-9, -2), "until"),
    ("bo", (0, 999), "until")])
def test_an_absence_that_cannot_be_names_its_field(cast, stand_in, days, field):
    assert away(cast, "amina", stand_in, days).field == field
