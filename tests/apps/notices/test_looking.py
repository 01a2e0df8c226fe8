"""Looking again: clocks, relisting, lists with their faults, and figures with their denominators."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.apps.notices.offers import bazaar, gone_out, looked, offer
from tests.databases import as_owner

from wildgate.apps.market.models import ListingLink, Seller
from wildgate.apps.notices import denominators, selectors, services
from wildgate.apps.notices.models import ReCheck, Sighting
from wildgate.apps.notices.removal import Look, gone_by, middle, span, within
from wildgate.convention.refusal import Refusal

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
db = pytest.mark.django_db


@db
def test_the_desk_shows_what_is_due_and_a_look_settles_all_that_was_due(cast, at):
    made = gone_out(cast, offer(bazaar(cast, at), at), at)
    ines = cast["ines"]

    def due(after):
        return [each.after for each in selectors.desk(ines, at=at + after)]

    assert [due(after) for after in (17 * HOUR, 18 * HOUR, 25 * HOUR, 8 * DAY, 31 * DAY)] == [
        [], ["24h"], ["24h"], ["7d"], ["30d"]]

    looked(cast, made, "there", 3 * HOUR)
    assert due(25 * HOUR) == ["24h"]
    looked(cast, made, "there", 8 * DAY)
    assert due(31 * DAY) == ["30d"]
    assert Sighting.objects.count() == 2 and ReCheck.objects.filter(sighting=None).count() == 1


@db
def test_a_look_tells_the_listing_and_cannot_be_changed(cast, at):
    listing = offer(bazaar(cast, at), at)
    made = gone_out(cast, listing, at)

    looked(cast, made, "gone", DAY)

    listing.refresh_from_db()
    assert listing.gone_at == at + DAY
    with as_owner(), pytest.raises(DatabaseError), transaction.atomic():
        Sighting.objects.update(found="there")


@db
def test_looks_that_cannot_be_are_refused(cast, at):
    platform = bazaar(cast, at)
    listing = offer(platform, at)
    made = gone_out(cast, listing, at)

    def look(found, seen_at=None, again=""):
        return services.look(actor=cast["ines"], number=made.number, found=found, seen_at=seen_at, relisted_as=again,
                             at=at + DAY)

    outcomes = [look("eaten"), look("gone", at - HOUR), look("gone", at + 2 * DAY), look("relisted"),
                look("relisted", again=listing.number), look("gone", again=offer(platform, at).number)]

    assert [each.code for each in outcomes] == ["look-found", "look-time", "look-time", "look-relisted",
                                                "look-relisted", "look-relisted-odd"]
    assert not Sighting.objects.exists()


@db
def test_relisting_is_found_by_seller_or_likeness_and_noted_at_the_listing(cast, at):
    platform = bazaar(cast, at)
    seller = Seller.objects.create(party="QM", **seller_facts(at))
    listing = offer(platform, at, seller=seller)
    made = gone_out(cast, listing, at)
    _earlier, by_seller, by_text, _other = (
        offer(platform, at - DAY, seller=seller), offer(platform, at + DAY, seller=seller), offer(platform, at + DAY),
        offer(platform, at + DAY))
    one, two = sorted((listing, by_text), key=lambda each: each.pk)
    ListingLink.objects.create(party="QM", one=one, other=two, kind="text", strength=0.9, at=at)

    found = {each.number for each in selectors.candidates(cast["ines"], made)}
    looked(cast, made, "relisted", 2 * DAY, again=by_text.number)

    assert found == {by_seller.number, by_text.number}
    listing.refresh_from_db()
    assert listing.relisted_as_id == by_text.pk and listing.gone_at is not None
    assert selectors.measured("QM", platform.pk).relisted == 1


def seller_facts(at):
    names = {field.name for field in Seller._meta.get_fields()}
    facts = {"number": "QM-S-00001", "key": "s" * 40, "first_seen": at, "last_seen": at, "at": at, "made_at": at}
    return {name: value for name, value in facts.items() if name in names}


@db
def test_a_list_of_looks_is_taken_whole(cast, at):
    platform = bazaar(cast, at)
    one, two = (gone_out(cast, offer(platform, at), at) for _ in range(2))
    text = (f"notice,found,seen_at,relisted_as\n{one.number},gone,{(at + DAY).isoformat()},\n"
            f"{two.number},there,,\n")

    done = services.look_by_file(actor=cast["ines"], text=text, at=at + 2 * DAY)

    assert done == 2
    assert list(Sighting.objects.order_by("pk").values_list("found", "from_file")) == [("gone", True), ("there", True)]


@db
def test_every_fault_of_a_list_is_told_with_its_line_and_nothing_is_taken(cast, at):
    made = gone_out(cast, offer(bazaar(cast, at), at), at)
    text = (f"notice,found,seen_at,relisted_as\n{made.number},gone,,\nQM-N-1,gone,,\n{made.number},lost,,\n"
            f"{made.number},gone,yesterday,\n{made.number},gone\n")

    faults = services.look_by_file(actor=cast["ines"], text=text, at=at + DAY)

    assert [(each.line, each.reason.code) for each in faults] == [
        (3, "no-such-notice"), (4, "look-found"), (5, "list-time"), (6, "list-cells")]
    assert not Sighting.objects.exists() and ReCheck.objects.filter(sighting=None).count() == 3


@db
@pytest.mark.parametrize(("text", "code"), [("", "list-head"), ("listing;found\n", "list-head"),
                                            ("x" * 1_000_001, "list-large")])
def test_what_is_no_list_is_refused(cast, at, text, code):
    refused = services.look_by_file(actor=cast["ines"], text=text, at=at)

    assert isinstance(refused, Refusal) and refused.code == code


@db
def test_the_platforms_word_is_no_look(cast, at):
    platform = bazaar(cast, at)
    made = gone_out(cast, offer(platform, at), at)
    services.record_answer(actor=cast["ines"], number=made.number, kind="removed", said_at=at, at=at)

    found = selectors.measured("QM", platform.pk)

    assert (found.listings_reported, found.rechecked, found.removed_24h, found.known_24h) == (1, 0, 0, 0)


@db
def test_nothing_of_fewer_than_five_is_public_and_denominators_go_with_the_rest(cast, at, monkeypatch):
    monkeypatch.setattr(denominators, "_counters", [lambda party, key, since, until: 12])
    platform, other = bazaar(cast, at), bazaar(cast, at, "Wall")
    notices = [gone_out(cast, offer(platform, at), at) for _ in range(7)]
    gone_out(cast, offer(other, at), at)
    for each in notices[:4]:
        looked(cast, each, "gone", DAY)
    before = selectors.compliance("QM", platform.pk)
    looked(cast, notices[4], "there", DAY)
    looked(cast, notices[4], "gone", 7 * DAY)

    found = selectors.compliance("QM", platform.pk)

    assert before is None and selectors.compliance("QM", other.pk) is None
    assert (found.listings_reported, found.rechecked, found.searches_run) == (7, 5, 12)
    assert (found.removed_24h, found.known_24h, found.share("24h")) == (4, 5, 0.8)
    assert (found.removed_7d, found.known_7d, found.share("7d")) == (0, 0, None)
    assert selectors.measured("QM", platform.pk).known_7d == 1
    assert selectors.published("QM") == {platform.pk: found}


@db
def test_a_listing_notified_twice_is_one_listing_counted_from_the_first_notice(cast, at):
    platform = bazaar(cast, at)
    listing = offer(platform, at)
    gone_out(cast, listing, at)
    again = gone_out(cast, listing, at + 6 * DAY)

    looked(cast, again, "gone", DAY)

    found = selectors.measured("QM", platform.pk)
    assert (found.listings_reported, found.known_24h, found.removed_7d) == (1, 0, 1)


looks = st.lists(st.builds(Look, st.integers(1, 40 * 24).map(lambda hours: hours * HOUR), st.booleans()), max_size=5)


@settings(max_examples=40)
@given(st.lists(looks, max_size=8))
def test_a_part_is_never_more_than_the_whole_and_the_middle_lies_where_looks_were(listings):
    seen = [each for each in listings if each]

    for deadline in (DAY, 7 * DAY, 30 * DAY):
        part = within(seen, deadline)
        assert 0 <= part.removed <= part.known <= len(seen)
        known = [gone_by(each, deadline) for each in seen]
        assert part.removed == known.count(True) and part.known == len(known) - known.count(None)
    half = middle(seen)
    assert (half is None) == (not seen)
    if half is not None:
        moments = {timedelta(0), *(look.after for each in seen for look in each)}
        assert half.low in moments
        assert half.high is None or (half.low < half.high and {half.high, half.high - timedelta(seconds=1)} & moments)
        assert sum(span(each)[0] <= half.low for each in seen) * 2 >= len(seen)


def test_a_late_look_does_not_count_for_a_deadline_whatever_it_found():
    assert [gone_by([Look(after, True)], DAY) for after in (10 * HOUR, 20 * HOUR, 36 * HOUR, 3 * DAY)] == [
        None, True, True, None]
    assert [gone_by([Look(after, False)], DAY) for after in (10 * HOUR, 20 * HOUR, 36 * HOUR, 3 * DAY)] == [
        None, False, False, None]


def test_the_middle_is_a_span_between_looks():
    quick, slow, never = [Look(DAY, True)], [Look(DAY, False), Look(7 * DAY, True)], [Look(30 * DAY, False)]

    spans = [middle([quick, quick, slow]), middle([slow, slow, quick]), middle([never, never, slow])]

    assert [(each.low, each.high) for each in spans] == [
        (timedelta(0), DAY), (DAY, 7 * DAY), (30 * DAY, None)]
    assert middle([]) is None and span([Look(DAY, False), Look(2 * DAY, True)]) == (DAY, 2 * DAY)


def test_exact_times_give_the_common_median():
    times = [3, 5, 8, 9, 20]
    found = middle([[Look((hours - 1) * HOUR, False), Look(hours * HOUR, True)] for hours in times])

    assert (found.low, found.high) == (7 * HOUR, 8 * HOUR)
