"""The shipped profiles: each true where it should be, false beside it, silent where nothing is known; and as files."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from wildgate.convention.refusal import Refusal
from wildgate.targeting import sharing
from wildgate.targeting.fields import Value
from wildgate.targeting.profiles import Profile, added_up, judge, profile_of
from wildgate.targeting.sharing import shipped

DAY = date(2027, 3, 1)
Facts = dict[str, Value]

CASES: dict[str, tuple[Facts, Facts]] = {
    "listed-without-permit": ({"item.listed": True, "item.has_permit": False, "item.not_cites": False},
                              {"item.has_permit": True}),
    "listed-called-unlisted": ({"item.listed": True, "item.not_cites": True}, {"item.not_cites": False}),
    "permit-unknown": ({"permit.known": False}, {"permit.known": True}),
    "permit-not-usable": ({"permit.state": "cancelled"}, {"permit.state": "valid"}),
    "permit-expired": ({"permit.expired": True}, {"permit.expired": False}),
    "permit-too-long-out": ({"permit.validity": 7}, {"permit.validity": 6}),
    "permit-too-long-in": ({"permit.validity": 13}, {"permit.validity": 12}),
    "endorsement-missing": ({"permit.endorsed": False}, {"permit.endorsed": True}),
    "permit-seen-before": ({"permit.seen_before": True}, {"permit.seen_before": False}),
    "permit-overdrawn": ({"permit.share": 1.01}, {"permit.share": 1}),
    "permit-altered": ({"permit.altered": True}, {"permit.altered": False}),
    "permit-rejected-before": ({"permit.rejected": True}, {"permit.rejected": False}),
    "goods-differ": ({"permit.differs": frozenset({"taxon"})}, {"permit.differs": frozenset({"importer"})}),
    "parties-differ": ({"permit.differs": frozenset({"importer"})}, {"permit.differs": frozenset()}),
    "permit-retrospective": ({"permit.retrospective": True}, {"permit.retrospective": False}),
    "code-does-not-fit": ({"item.code_fits": "no"}, {"item.code_fits": "unknown"}),
    "mixed-genus": ({"item.mixed_genus": True}, {"item.mixed_genus": False}),
    "bred-sharp-rise": ({"item.source": "C", "source.rise": 3}, {"source.rise": 2.9}),
    "bred-large-volume": ({"item.source": "R", "item.quantity_ratio": 5}, {"item.source": "W"}),
    "source-codes-differ": ({"source.codes_differ": True}, {"source.codes_differ": False}),
    "bred-outside-range": ({"item.source": "C", "source.range_state": False, "source.facility_known": False},
                           {"source.facility_known": True}),
    "ranched-outside-range": ({"item.source": "R", "source.range_state": False}, {"source.range_state": True}),
    "no-known-breeder": ({"item.source": "C", "source.facility_known": False}, {"source.facility_known": True}),
    "output-too-high": ({"source.output_share": 1.2}, {"source.output_share": 0.9}),
    "unregistered-appendix-one": ({"item.appendix": "I", "item.source": "D", "source.registered": False},
                                  {"item.appendix": "II"}),
    "costly-exotic-bred": ({"item.source": "F", "item.value_ratio": 3, "source.range_state": False},
                           {"item.value_ratio": 2}),
    "bred-by-offender": ({"item.source": "C", "party.offence": True}, {"party.offence": False}),
    "quantity-unusual": ({"item.quantity_ratio": 6}, {"item.quantity_ratio": 4}),
    "weight-does-not-fit": ({"item.weight_ratio": 0.4}, {"item.weight_ratio": 1}),
    "value-too-low": ({"item.value_ratio": 0.1}, {"item.value_ratio": 1}),
    "quota-exceeded": ({"quota.share": 1.01}, {"quota.share": 1.0}),
    "quota-zero": ({"quota.zero": True}, {"quota.zero": False}),
    "quota-nearly-used": ({"quota.share": 0.85}, {"quota.share": 0.84}),
    "quota-rush": ({"quota.share": 0.8, "quota.days_left": 30}, {"quota.days_left": 31}),
    "trade-suspended": ({"suspension.in_force": True}, {"suspension.in_force": False}),
    "significant-trade": ({"suspension.review": True}, {"suspension.review": False}),
    "new-trader": ({"party.first_trade": True, "item.listed": True}, {"party.first_trade": False}),
    "dormant-trader": ({"party.idle": 366}, {"party.idle": 365}),
    "shared-address": ({"party.shared_address": True}, {"party.shared_address": False}),
    "late-consignee": ({"declaration.changed": frozenset({"consignee"})},
                       {"declaration.changed": frozenset({"route"})}),
    "split-consignments": ({"declaration.split": 3}, {"declaration.split": 2}),
    "last-minute": ({"declaration.hours_before": 3}, {"declaration.hours_before": 4}),
    "late-route": ({"declaration.changed": frozenset({"destination"})}, {"declaration.changed": frozenset()}),
    "illogical-route": ({"declaration.illogical_route": True}, {"declaration.illogical_route": False}),
    "free-zones": ({"declaration.free_zones": 2}, {"declaration.free_zones": 1}),
    "bred-first-full-zones": ({"item.source": "C", "party.first_of_taxon": True, "permit.share": 0.97,
                               "declaration.free_zones": 2}, {"party.first_of_taxon": False}),
    "parcel-says-little": ({"declaration.express": True, "item.generic": True}, {"item.generic": False}),
    "parcel-lacks-data": ({"declaration.express": True, "declaration.missing_data": True},
                          {"declaration.express": False}),
    "many-exemptions": ({"party.exemptions": 3}, {"party.exemptions": 2}),
    "many-trophies": ({"item.purpose": "H", "party.trophies": 3}, {"item.purpose": "T"}),
    "no-import-behind": ({"reexport.traceable": False}, {"reexport.traceable": True}),
    "re-exported-too-much": ({"reexport.share": 1.1}, {"reexport.share": 1}),
    "no-transport-statement": ({"item.live": True, "live.statement": False}, {"live.statement": True}),
    "high-mortality": ({"item.live": True, "live.dead_rate": 0.06}, {"live.dead_rate": 0.01}),
    "with-contraband": ({"cargo.contraband": True, "item.listed": True}, {"cargo.contraband": False}),
    "wildlife-mixed": ({"cargo.wildlife_kinds": 2, "item.live": False}, {"cargo.wildlife_kinds": 1}),
    "one-office-only": ({"office.share": 0.95, "party.inspected": 12}, {"office.share": 0.5}),
    "intelligence": ({"intelligence.points": 50, "item.listed": True}, {"intelligence.points": 10}),
    "watch-list": ({"party.watched": 95}, {"party.watched": 80}),
    "lane-with-findings": ({"rate.lane": 0.4}, {"rate.lane": 0.1}),
    "trade-signals": ({"trade.rise": 4, "trade.source_shift": 0, "trade.captive": False, "trade.new_route": False,
                       "item.live": False, "trade.gap": 0},
                      {"trade.rise": 2, "trade.source_shift": 0.1, "trade.captive": False, "trade.new_route": True,
                       "item.live": False, "trade.gap": 1}),
    "model-says-so": ({"model.score": 0.9}, {"model.score": 0.5}),
}


def test_all_23_indicators_are_there_with_their_grounds() -> None:
    assert {one.code for one in shipped()} == set(CASES)
    assert {one.indicator for one in shipped()} - {None} == set(range(1, 24))
    assert all(one.source and one.look_at and one.basis in "RLD" for one in shipped())


@pytest.mark.parametrize("profile", shipped(), ids=lambda one: one.code)
def test_a_shipped_profile_is_true_false_and_unknown(profile: Profile) -> None:
    facts, other = CASES[profile.code]

    assert profile.rule.judge(facts) is True
    assert profile.rule.judge({**facts, **other}) is False
    assert profile.rule.judge({}) is None
    scoped = {**facts, "declaration.direction": profile.scope[0] if profile.scope else "export"}
    judged = judge([profile], scoped, on=DAY)
    hit, = judged.watched if profile.watch else judged.stops if profile.hard else judged.hits
    assert hit.sentence.startswith(profile.title + ": ")
    assert "%(" not in hit.sentence


def test_points_add_up_without_passing_100_and_dates_and_scope_count() -> None:
    one = profile_of(code="a-b", title="One", when="item.live", points=50, since=DAY, until=DAY, scope=["import"])
    assert isinstance(one, Profile)
    two = replace(one, code="c-d")
    live: Facts = {"item.live": True, "declaration.direction": "import"}

    assert judge([one, two], live, on=DAY).points == 75
    assert judge([one], live, on=date(2027, 3, 2)).points == 0
    assert judge([one], {**live, "declaration.direction": "export"}, on=DAY).points == 0
    assert judge([replace(one, watch=True)], live, on=DAY).points == 0
    assert judge([one], {"declaration.direction": "import"}, on=DAY).unknown == ("a-b",)
    assert added_up([100, 3]) == 100


@pytest.mark.parametrize(("wrong", "field"), [
    ({"code": "No Good"}, "code"), ({"title": ""}, "title"), ({"points": 0}, "points"), ({"points": 101}, "points"),
    ({"hard": True}, "points"), ({"basis": "X"}, "basis"), ({"scope": ["up"]}, "scope"),
    ({"when": "nationality"}, "when"), ({"since": DAY, "until": date(2027, 1, 1)}, "until"),
])
def test_a_faulty_profile_is_refused_by_field(wrong: dict[str, object], field: str) -> None:
    refused = profile_of(**({"code": "a-b", "title": "One", "when": "item.live", "points": 5} | wrong))  # type: ignore[arg-type]

    assert isinstance(refused, Refusal)
    assert refused.field == field


def test_a_shared_file_comes_back_as_it_went() -> None:
    rates = {"permit-altered": sharing.HitRate(40, 9)}
    text = sharing.write(shipped(), given_by='Customs of "QM"', rates=rates)

    assert sharing.read(text.encode()) == shipped()
    assert "hits = 9" in text
    assert "owner" not in sharing.write([replace(shipped()[0], owner="Ines")])


@pytest.mark.parametrize(("content", "code"), [
    (b"\xff\xfe", "profiles-unreadable"), (b"[[profile]", "profiles-unreadable"), (b"x = 1", "profiles-none"),
    (b"[[profile]]\ncode = 'a-b'", "profile-lacks"), (b"[[profile]]\nsql = 'x'", "profile-key"),
    (b"[[profile]]\ncode = 1", "profile-value"), (b"x" * 1_000_001, "profiles-too-large"),
    (b"[[profile]]\ncode='a-b'\ntitle='One'\nwhen='item.life'\npoints=1", "unknown-field"),
    (b"[[profile]]\ncode='a-b'\ntitle='One'\nwhen='item.live'\npoints=1\n" * 2, "profile-twice"),
])
def test_a_bad_file_is_refused_in_one_sentence(content: bytes, code: str) -> None:
    refused = sharing.read(content)

    assert isinstance(refused, Refusal)
    assert refused.code == code
    assert "\n" not in refused.reason.strip()
