"""A campaign: planned, frozen, searched by the protocol, broken where the coverage changes, and published."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import DatabaseError, transaction
from tests.apps.campaigns.searching import begun, planned, scope, searched, told
from tests.databases import as_owner

from wildgate.apps.campaigns import selectors, services
from wildgate.apps.campaigns.models import Campaign, Coverage, Pair, Search
from wildgate.apps.notices import denominators
from wildgate.apps.platforms import selectors as platforms
from wildgate.convention.refusal import Refusal
from wildgate.kit.models import Event
from wildgate.screening.trends import Unseen

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def long_ago(at):
    return (at - 900 * DAY).replace(day=2)


def test_the_plan_may_change_until_it_begins_and_then_only_by_a_new_version(cast, at):
    made = planned(cast, at)
    services.change_coverage(actor=cast["ito"], number=made.number, scope=scope(terms=("python",)), reason="", at=at)
    before = list(made.coverages.values_list("version", "terms"))
    services.begin(actor=cast["ito"], number=made.number, at=at)

    bare = services.change_coverage(actor=cast["ito"], number=made.number, scope=scope(), reason=" ", at=at + DAY)
    done = services.change_coverage(actor=cast["ito"], number=made.number, scope=scope(), reason="Boas too.",
                                    at=at + DAY)

    assert before == [(1, ["python"])]
    assert bare.code == "campaign-reason" and isinstance(done, Coverage) and done.version == 2
    with as_owner(), pytest.raises(DatabaseError), transaction.atomic():
        Coverage.objects.filter(version=1).update(counting="Anything.")


def test_the_same_coverage_again_is_no_change(cast, at):
    made = begun(cast, at)

    same = services.change_coverage(actor=cast["ito"], number=made.number, reason="None.", at=at + DAY,
                                    scope=scope(terms=("boa", "python"), searchers=("B2", "A1")))

    assert same.code == "campaign-same" and made.coverages.count() == 1


@pytest.mark.parametrize(("change", "code", "field"), [
    ({"platforms": ("nowhere",)}, "campaign-platform", "platforms"),
    ({"terms": ()}, "campaign-empty", "terms"),
    ({"searchers": ("Rosa Miller",)}, "campaign-searcher", "searchers"),
    ({"counting": " "}, "campaign-counting", "counting"),
    ({"species": ("Draco magnus",)}, "campaign-taxon", "species")])
def test_a_protocol_with_faults_is_refused_at_its_field(cast, at, change, code, field):
    made = planned(cast, at)

    refused = services.change_coverage(actor=cast["ito"], number=made.number, scope=scope(**change), reason="x", at=at)

    assert (refused.code, refused.field) == (code, field)


def test_a_search_that_finds_nothing_is_kept_and_counts(cast, at):
    made = begun(cast, at - DAY)

    searched(cast, made, at)
    searched(cast, made, at, 3, term="boa")

    found = selectors.results(made)
    assert (found.searches, found.without_result, found.matching, found.hours) == (2, 1, 3, 1.0)
    assert found.rate.value == 3.0


@pytest.mark.parametrize(("change", "code", "field"), [
    ({"platform": "wall"}, "search-outside", "platform"), ({"term": "cobra"}, "search-outside", "term"),
    ({"searcher": "C3"}, "search-outside", "searcher"), ({"language": "fr"}, "search-outside", "language"),
    ({"matching": 51}, "search-matching", "matching"), ({"matching": 2, "permit_yes": 3}, "search-permits",
                                                        "permit_yes"),
    ({"minutes": Decimal(0)}, "search-minutes", "minutes"), ({"seen": -1}, "search-count", "seen"),
    ({"listings": ("QM-L-1",)}, "search-listing", "listings")])
def test_what_is_not_by_the_protocol_is_refused_at_its_field(cast, at, change, code, field):
    made = begun(cast, at - DAY)

    refused = services.record(actor=cast["ito"], number=made.number, told=told(at, **change), at=at)

    assert isinstance(refused, Refusal) and (refused.code, refused.field) == (code, field)
    assert not Search.objects.exists()


@pytest.mark.parametrize(("first", "last", "field"), [
    ("2024-01-01", "9999-12-31", "last_day"), ("2024-01-01", "2031-01-01", "last_day"),
    ("0001-01-01", "0001-02-01", "first_day"), ("9999-01-01", "9999-12-31", "first_day")])
def test_a_campaign_lasts_years_and_not_centuries(cast, at, first, last, field):
    refused = services.plan(
        actor=cast["ito"], title="Snakes", question="How many?", first_day=date.fromisoformat(first),
        last_day=date.fromisoformat(last), minutes=30, scope=scope(), at=at)

    assert (refused.field, refused.code[:8]) == (field, "campaign")
    assert not Campaign.objects.exists()


def test_searches_lie_between_the_beginning_and_now_and_are_noted_once(cast, at):
    made = begun(cast, at - DAY)
    searched(cast, made, at - timedelta(hours=2))

    def outcome(when):
        return services.record(actor=cast["ito"], number=made.number, told=told(when), at=at)

    assert [outcome(each).code for each in (at - 2 * DAY, at + DAY, at - timedelta(hours=2))] == [
        "search-time", "search-time", "search-twice"]


def test_a_planned_or_closed_campaign_takes_no_search(cast, at):
    made = planned(cast, at - DAY)

    early = services.record(actor=cast["ito"], number=made.number, told=told(at), at=at)
    services.begin(actor=cast["ito"], number=made.number, at=at)
    services.close(actor=cast["ito"], number=made.number, at=at)
    late = services.record(actor=cast["ito"], number=made.number, told=told(at), at=at)

    assert (early.code, late.code) == ("campaign-not-running", "campaign-not-running")
    assert services.begin(actor=cast["ito"], number=made.number, at=at).code == "campaign-begun"


def test_a_late_noted_search_counts_under_the_coverage_of_its_own_time(cast, at):
    made = begun(cast, at - 10 * DAY)
    services.change_coverage(actor=cast["ito"], number=made.number, scope=scope(platforms=("bazaar", "wall")),
                             reason="The wall too.", at=at - 5 * DAY)

    before, after = searched(cast, made, at - 6 * DAY), searched(cast, made, at - 4 * DAY, platform="wall")

    assert (before.coverage.version, after.coverage.version) == (1, 2)


def test_a_wider_coverage_alone_is_no_trend_and_is_marked(cast, at, long_ago):
    made = begun(cast, long_ago)
    months = [long_ago + 30 * n * DAY for n in range(20)]
    for n, when in enumerate(months):
        if n == 10:
            services.change_coverage(actor=cast["ito"], number=made.number, at=when, reason="The wall too.",
                                     scope=scope(platforms=("bazaar", "wall")))
        searched(cast, made, when + timedelta(hours=1), (4, 5, 6)[n % 3] + 40 * (n >= 10), seen=100)

    found = selectors.results(made)

    assert found.slope.direction == "none" and abs(found.slope.slope.value) < 0.02
    assert [each.changed for each in found.breaks] == [("platforms",)]
    assert {each.coverage.version for each in found.months} == {1, 2}


def test_a_struck_out_search_stays_and_does_not_count(cast, at):
    made = begun(cast, at - DAY)
    wrong = searched(cast, made, at, 9)

    bare = services.strike(actor=cast["ito"], number=made.number, search=wrong.pk, reason="", at=at)
    services.strike(actor=cast["ito"], number=made.number, search=wrong.pk, reason="Counted twice.", at=at)
    twice = services.strike(actor=cast["ito"], number=made.number, search=wrong.pk, reason="Again.", at=at)

    assert (bare.code, twice.code) == ("strike-reason", "no-such-search")
    assert selectors.results(made).searches == 0 and selectors.searches(made).count() == 1
    with as_owner(), pytest.raises(DatabaseError), transaction.atomic():
        Search.objects.all().update(matching=0)


def test_two_who_search_apart_leave_counts_and_no_addresses(cast, at):
    made = begun(cast, at - DAY)
    first = [f"https://bazaar.example/item/{n}" for n in range(20)]
    second = [f"HTTPS://bazaar.example/item/{n}/" for n in range(10, 25)]

    done = services.record_pair(actor=cast["ito"], number=made.number, platform="bazaar", term="python",
                                searched_on=at.date(), first_searcher="A1", second_searcher="B2", first=first,
                                second=second, at=at)

    assert isinstance(done, Pair) and (done.first, done.second, done.both) == (20, 15, 10)
    pair, answer = selectors.results(made).pairs[0]
    assert pair == done and isinstance(answer, Unseen) and answer.total.value > 25
    assert "item/" not in str(list(Event.objects.values_list("data", flat=True)))


def test_a_pair_takes_two_people_of_the_protocol(cast, at):
    made = begun(cast, at - DAY)

    def pair(one, two, first=("a",), second=("a",)):
        return services.record_pair(actor=cast["ito"], number=made.number, platform="bazaar", term="python",
                                    searched_on=at.date(), first_searcher=one, second_searcher=two, first=first,
                                    second=second, at=at)

    outcomes = [pair("A1", "A1"), pair("A1", "C3"), pair("A1", "B2", second=(" ",))]

    assert [(each.code, each.field) for each in outcomes] == [
        ("pair-same", "second_searcher"), ("search-outside", "second_searcher"), ("pair-empty", "second")]


HEAD = ("started_at,minutes,platform,term,language,searcher,seen,matching,specimens,value_usd,permit_yes,listings\n")


def test_a_log_is_kept_whole_with_its_empty_searches(cast, at):
    made = begun(cast, at - 10 * DAY)
    day = (at - DAY).date().isoformat()
    text = (f"{HEAD}{day}T08:00,30,bazaar,python,en,A1,60,0,,,,\n"
            f"{day}T09:00,25.5,bazaar,boa,en,B2,40,4,7,1250.50,1,\n")

    done = services.by_file(actor=cast["ito"], number=made.number, text=text, at=at)

    found = selectors.results(made)
    assert done == 2 and (found.without_result, found.matching, found.specimens) == (1, 4, 7)
    assert (found.value, found.permit_yes, found.permit_no) == (Decimal("1250.50"), 1, 3)


def test_every_fault_of_a_log_is_told_with_its_line_and_nothing_is_kept(cast, at):
    made = begun(cast, at - 10 * DAY)
    day = (at - DAY).date().isoformat()
    good = f"{day}T08:00,30,bazaar,python,en,A1,60,0,,,,"
    text = "\n".join([HEAD.strip(), good, good, "today,30,bazaar,python,en,A1,60,0,,,,",
                      f"{day}T08:00,30,bazaar,python,en,A1,many,0,,,,", f"{day}T08:00,30,bazaar",
                      f"{day}T10:00,30,wall,python,en,A1,60,0,,,,", f"{day}T11:00,30,bazaar,python,en,A1,6,7.5,,,,"])

    faults = services.by_file(actor=cast["ito"], number=made.number, text=text, at=at)

    assert [(each.line, each.reason.code) for each in faults] == [
        (3, "search-twice"), (4, "list-time"), (5, "list-number"), (6, "list-cells"), (7, "search-outside"),
        (8, "list-number")]
    assert not Search.objects.exists()


@pytest.mark.parametrize(("text", "code"), [("", "list-head"), ("a,b\n", "list-head"), ("x" * 2_000_001, "list-large")])
def test_what_is_no_log_is_refused(cast, at, text, code):
    made = begun(cast, at - DAY)

    assert services.by_file(actor=cast["ito"], number=made.number, text=text, at=at).code == code


def test_the_public_summary_holds_effort_and_withholds_small_counts(cast, at):
    made = begun(cast, at - 10 * DAY)
    searched(cast, made, at - 9 * DAY, 3, specimens=4, permit_yes=1)
    small = selectors.published_summary("QM", made.number)
    searched(cast, made, at - 8 * DAY, 9, specimens=12, permit_yes=2, value=Decimal("900.40"))
    searched(cast, made, at - 7 * DAY)

    found = selectors.published_summary("QM", made.number)

    assert (small.matching, small.rate, small.specimens) == (None, None, None)
    assert (small.searches, small.adverts_seen) == (1, 50)
    assert (found.searches, found.without_result, found.hours, found.adverts_seen) == (3, 1, 1.5, 150)
    assert (found.matching, found.specimens, found.permit_mentioned, found.value_usd) == (12, 16, None, 900)
    assert found.trend is None and found.why_no_trend and found.rate.low < 8 < found.rate.high
    assert selectors.published_summary("QM", "none") is None


def test_a_planned_campaign_has_nothing_to_publish(cast, at):
    assert selectors.published_summary("QM", planned(cast, at).number) is None


def test_the_notices_are_told_how_many_searches_were_run_on_a_platform(cast, at):
    made = begun(cast, at - 10 * DAY)
    for n in range(3):
        searched(cast, made, at - (n + 1) * DAY)
    wrong = searched(cast, made, at - 4 * DAY)
    services.strike(actor=cast["ito"], number=made.number, search=wrong.pk, reason="Wrong day.", at=at)
    key = platforms.one("QM", "bazaar").pk

    assert denominators.searches("QM", key, at - 9 * DAY, at) == 3
    assert denominators.searches("QM", key, at - 2 * DAY, at) == 2
    assert denominators.searches("QM", platforms.one("QM", "wall").pk, at - 9 * DAY, at) == 0


def test_only_those_who_keep_campaigns_write(cast, at):
    made = begun(cast, at - DAY)

    for name in ("mario", "jean", "nadia", "ana", "sam"):
        refused = services.record(actor=cast[name], number=made.number, told=told(at), at=at)
        assert refused.code == "not-allowed", name
    assert Campaign.objects.count() == 1
