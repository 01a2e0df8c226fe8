"""Acts that were signatures take a sign-in of their level; the level that was used stays with the act."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from tests.cast import SKINS, issued, ready, submitted

from wildgate.apps.accounts import reliability
from wildgate.apps.accounts.access import Action
from wildgate.apps.accounts.reliability import ACTS, Level, level_of, needed, too_low
from wildgate.apps.houserules import services as houserules
from wildgate.apps.permits import hindsight, services
from wildgate.convention.refusal import Refusal
from wildgate.kit.models import Event


def test_every_act_with_a_level_is_an_action():
    assert set(ACTS) <= {action.name for action in Action}


@pytest.mark.parametrize(("records", "level"), [
    ([], Level.PASSWORD), ([{"method": "password"}], Level.PASSWORD),
    ([{"method": "password"}, {"method": "mfa", "type": "totp"}], Level.SECOND_FACTOR),
    ([{"method": "mfa", "type": "webauthn", "passwordless": True}], Level.KEY),
    ([{"method": "mfa"}, {"method": "unheard-of"}], Level.PASSWORD),
])
def test_a_session_proves_what_its_strongest_way_proves(records, level):
    assert level_of(records) is level


def test_a_national_identity_counts_as_strong_only_where_the_settings_say_so():
    came = [{"method": "socialaccount"}]

    assert level_of(came) is Level.PASSWORD
    assert level_of(came, strong_identity=True) is Level.SECOND_FACTOR


def test_the_authority_sets_its_own_levels(monkeypatch):
    monkeypatch.setattr(reliability, "_sources", [lambda party: {"ISSUE": 4} if party == "QM" else {}])

    assert needed("ISSUE", "QM") is Level.HARDWARE
    assert needed("ISSUE", "QZ") is Level.SECOND_FACTOR
    assert needed("VIEW_CASES", "QM") is None


@pytest.mark.django_db
def test_an_act_below_its_level_is_refused_and_no_other():
    refused = {(act, level) for act in ACTS for level in (*Level, None) if too_low(level, act, "QM") is not None}

    assert refused == {(act, level) for act in ACTS for level in Level if level < ACTS[act]}
    assert refused


@pytest.mark.django_db
class TestDesk:
    def test_a_password_alone_submits_but_neither_issues_nor_gives_an_opinion(self, cast, at):
        weak = {name: replace(actor, level=Level.PASSWORD) for name, actor in cast.items()}
        assert submitted({**cast, "mario": weak["mario"]}, at)
        case = ready(cast, at, SKINS)

        for refused in (services.issue(actor=weak["amina"], case=case, at=at),
                        services.take(actor=weak["amina"], case=submitted(cast, at), at=at)):
            assert isinstance(refused, Refusal)
            assert refused.code == "level-too-low"

    def test_the_level_stays_with_the_permit_s_events_and_a_court_is_told(self, cast, at):
        strong = {name: replace(actor, level=Level.SECOND_FACTOR) for name, actor in cast.items()}
        permit = issued({**strong, "amina": replace(strong["amina"], level=Level.KEY)}, at)
        services.cancel(actor=strong["bo"], number=permit.number, reason="Wrong importer.", at=at)

        told = hindsight.record_of("QM", permit.number, hindsight.permit_digest(permit.seals[0]))

        assert told is not None
        assert [(each["kind"], each["level"]) for each in told["events"]] == [
            ("permit-issued", 3), ("permit-cancelled", 2)]
        opinion = Event.objects.get(kind="give-opinion")
        assert json.loads(opinion.data)["level"] == 2

    def test_commands_on_the_server_have_no_level(self, cast, at):
        permit = issued(cast, at)

        assert "level" not in json.loads(Event.objects.get(kind="permit-issued", subject=permit.subject).data)


@pytest.mark.django_db
def test_two_people_raise_a_level_and_it_holds_from_then_on(cast, at):
    rule = houserules.propose(actor=cast["amina"], kind="act-level", given={"act": "CANCEL", "level": "3"}, at=at)
    permit = issued(cast, at)
    by_code = replace(cast["bo"], level=Level.SECOND_FACTOR)
    assert needed("CANCEL", "QM") is Level.SECOND_FACTOR

    assert not isinstance(houserules.confirm(actor=cast["bo"], rules=[rule.pk], at=at), Refusal)

    refused = services.cancel(actor=by_code, number=permit.number, reason="Wrong importer.", at=at)
    assert isinstance(refused, Refusal)
    assert (refused.code, refused.values) == ("level-too-low", {"least": "3", "level": "2"})
    assert not isinstance(services.cancel(actor=replace(by_code, level=Level.KEY), number=permit.number,
                                          reason="Wrong importer.", at=at), Refusal)
