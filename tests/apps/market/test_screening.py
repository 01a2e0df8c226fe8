"""Reading captures: three answers apart, Appendix I at once, permits, ties. What is said always has its basis."""

from __future__ import annotations

import time
from datetime import date, timedelta

import pytest
from tests.apps.market.offers import COMB, CROC, PARROT, captured, read
from tests.cast import issued

from wildgate.apps.exchange.models import ForeignCopy
from wildgate.apps.exchange.wire import Reply
from wildgate.apps.intelligence.models import Alert
from wildgate.apps.intelligence.selectors import keys_of
from wildgate.apps.market import likeness
from wildgate.apps.market.highlights import pieces
from wildgate.apps.market.models import Listing, ListingLink, PermitCheck, Seller, SellerEdge
from wildgate.apps.market.seen import Picture, seen
from wildgate.apps.market.services import asking, checking, linking, working
from wildgate.apps.market.services.screening import look_into, screen
from wildgate.apps.market.urgent import gazetteer_of
from wildgate.apps.partners.models import Partner
from wildgate.apps.quotas.models import SuspensionRow
from wildgate.convention.refusal import refuse
from wildgate.kit import jobs
from wildgate.kit.models import Event, Job

pytestmark = pytest.mark.django_db


def codes(row: Listing) -> dict[str, str]:
    """The indicators of a listing, with which way each speaks."""
    return {each["code"]: each["way"] for each in row.screenings.order_by("-pk")[0].answers["legality"]}


def test_the_three_answers_stand_apart_and_quote_the_words_as_written(ines, at):
    row = read(ines, at, "Genuine TURTLЕ item: hawksbill turtle shell comb", "captive bred, antique", price=40.0)

    answers = row.screenings.get().answers
    assert (row.specimen, row.offered, row.taxon, row.appendix_today) == ("real", True, "Eretmochelys imbricata", "I")
    assert answers["specimen"]["kind"] == "real" and answers["taxon"]["taxon"] == "Eretmochelys imbricata"
    assert {each["kind"] for each in answers["claims"]} >= {"source", "age"}
    marked = [piece.text for piece in pieces(row.title, answers, "title") if piece.why]
    assert "hawksbill turtle" in marked and "".join(p.text for p in pieces(row.title, answers, "title")) == row.title
    assert all(each["basis"] for each in answers["legality"]) and answers["specimen"]["scope"] == "rules"
    assert row.screenings.get().version and "turtle item" in row.screenings.get().normal


def test_a_stamp_with_a_tiger_is_no_specimen_and_raises_nothing(ines, at):
    row = read(ines, at, "Tiger stamp, used", "ships worldwide", price=2.0)

    assert (row.offered, row.urgency, codes(row)) == (False, 0, {}) and not Alert.objects.exists()


def test_a_taxon_that_was_uplisted_has_the_appendix_of_both_days(ines, at):
    row = read(ines, at, PARROT, offered_on=date(2016, 5, 1))
    after = read(ines, at, PARROT + " again", offered_on=date(2018, 5, 1))

    assert (row.appendix_at, row.appendix_today, row.urgency) == ("II", "I", 2)
    assert (after.appendix_at, after.appendix_today) == ("I", "I")


def test_the_alert_for_appendix_i_is_there_when_the_job_of_screening_is_done_and_before_all_else(ines, at):
    for number in range(3):
        captured(ines, at, f"Steel pot number {number}")
    row = captured(ines, at, COMB, seller="Reef")

    names = []
    while not Alert.objects.exists():
        job = jobs.claim()
        names.append((job.name, job.payload.get("capture")))
        jobs.run(job)

    assert names == [("market.screen", row.captured_id)]
    alert = Alert.objects.get()
    assert (alert.appendix, alert.subject_kind, alert.subject_key) == ("I", "listing", row.number)
    assert "Reef" not in alert.title and Event.objects.filter(kind="listing-alerted", subject=row.subject).count() == 1
    assert Job.objects.filter(name="intelligence.tell_of_alert").exists()


def test_an_alert_is_raised_once_for_a_listing(ines, at):
    read(ines, at, COMB, url="https://shop.example/1")
    row = captured(ines, at + timedelta(hours=1), COMB + " now cheaper", url="https://shop.example/1")
    screen(row.captured_id, at + timedelta(hours=1))
    screen(row.captured_id, at + timedelta(hours=1))

    assert Alert.objects.count() == 1 and row.screenings.count() == 2


def test_offers_of_one_taxon_are_one_alert_until_somebody_has_seen_it(ines, at):
    rows = [read(ines, at, f"{COMB} number {n}", url=f"https://shop.example/{n}") for n in range(3)]

    alert = Alert.objects.get()
    assert alert.title == f"Offered online: {rows[0].taxon} (3)"
    assert keys_of(alert) == [row.number for row in rows]
    assert Job.objects.filter(name="intelligence.tell_of_alert").count() == 1

    Alert.objects.update(seen_at=at)
    later = read(ines, at, f"{COMB} number 4", url="https://shop.example/4")
    assert Alert.objects.latest("pk").subject_key == later.number and len(keys_of(alert)) == 3

    next_day = at + timedelta(days=1)
    read(ines, next_day, f"{COMB} number 5", url="https://shop.example/5")
    titles = Alert.objects.order_by("pk").values_list("title", flat=True)
    assert list(titles)[1:] == [f"Offered online: {later.taxon}"] * 2


def test_a_tiger_shark_is_no_tiger(ines, at):
    row = read(ines, at, "Tiger shark jaw, large")

    assert row.taxon == "Galeocerdo cuvier" and row.urgency == 0 and not Alert.objects.exists()


def test_first_appendix_for_money_abroad_without_a_source_is_an_indicator_and_a_source_takes_it_away(ines, at):
    bare = read(ines, at, COMB, "Ships worldwide", price=40.0)
    bred = read(ines, at, PARROT, "Captive bred. Ships worldwide", price=900.0)
    here = read(ines, at, COMB + " blue", "Pick up only", price=40.0)
    anywhere = read(ines, at, COMB + " green", "We ship everywhere", price=40.0)

    assert codes(bare)["first-commercial-abroad"] == codes(anywhere)["first-commercial-abroad"] == "against"
    assert codes(bred)["claims-bred"] == "for" and "first-commercial-abroad" not in codes(bred)
    assert "first-commercial-abroad" not in codes(here)


def test_wild_specimens_under_a_zero_quota_or_a_suspension_are_told_with_the_measure(ines, at):
    SuspensionRow.objects.create(party="QM", country="CM", taxon="Varanus salvator", start=date(2020, 1, 1),
                                 effect="refuse", way="both", key="0" * 64)
    row = read(ines, at, CROC, "wild caught in Cameroon, ships worldwide", location="Cameroon", price=9.0)
    free = read(ines, at, CROC + " two", "wild caught in Ghana, ships worldwide", location="Ghana", price=9.0)

    assert codes(row)["wild-measure"] == "against" and "wild-measure" not in codes(free)
    assert codes(free)["no-permit-claim"] == "against"


def test_where_the_law_cannot_tell_the_authority_is_asked(ines, at):
    row = read(ines, at, "Elephant ivory carving", "antique, ships worldwide", price=80.0)

    found = codes(row)
    assert found["which-taxon"] == found["claims-age"] == found["perhaps-permit"] == "ask"


@pytest.fixture
def permit(cast, at):
    """A permit for 1,200 wild skins of Crocodylus novaeguineae."""
    return issued(cast, at)


SKIN = "Crocodylus novaeguineae skin"


def answer(row: Listing) -> tuple[str, list[str]]:
    check = row.permit_checks.get()
    return check.answer, check.why


def test_a_quoted_permit_gets_one_of_five_answers(ines, at, permit):
    day = {"offered_on": at.date(), "quantity": 2.0}
    valid = read(ines, at, SKIN, f"CITES permit {permit.number}", **day)
    species = read(ines, at, "Varanus salvator skin", f"Permit no. {permit.number}", url="https://a.example/2", **day)
    unknown = read(ines, at, SKIN, "CITES permit 26QM999999E", **day)
    abroad = read(ines, at, SKIN, "CITES permit 26QZ000001E", **day)
    misshapen = read(ines, at, SKIN, "CITES permit no. QM-123-77", **day)

    assert answer(valid) == ("valid", [])
    assert answer(species) == ("inconsistent", ["species"])
    assert [answer(row)[0] for row in (unknown, abroad, misshapen)] == ["unknown", "unverifiable", "malformed"]
    assert codes(unknown)["permit-unknown"] == "against" and codes(abroad)["permit-unverifiable"] == "ask"


def test_what_does_not_fit_is_named(ines, at, permit):
    base = {"offered_on": at.date(), "location": "Demoland"}
    quantity = read(ines, at, SKIN, f"CITES permit {permit.number}", quantity=5000.0, **base)
    term = read(ines, at, "Live Crocodylus novaeguineae", f"CITES permit {permit.number}", url="https://a.example/3",
                **base)
    after = permit.valid_until + timedelta(3)
    late = read(ines, at + (after - at.date()), SKIN + " late", f"CITES permit {permit.number}", offered_on=after)

    assert answer(quantity) == ("inconsistent", ["quantity"])
    assert answer(term) == ("inconsistent", ["term"])
    assert answer(late) == ("inconsistent", ["validity"])

    permit.status.state = "used"
    permit.status.save()
    used = read(ines, at, SKIN + " used", f"CITES permit {permit.number}", **base)
    permit.status.state = "cancelled"
    permit.status.save()
    stopped = read(ines, at, SKIN + " stopped", f"CITES permit {permit.number}", **base)

    assert answer(used) == ("inconsistent", ["used"]) and answer(stopped) == ("inconsistent", ["stopped"])


def test_a_partners_copy_answers_for_its_permit(ines, at):
    ForeignCopy.objects.create(
        party="QM", issuer="QZ", number="26QZ000001E", issued_on=at.date(), valid_until=at.date() + timedelta(90),
        version="2", sha256="0" * 64, state_at=at, partner="QZ", how="sent", got_at=at, got_by="system",
        facts={"lines": [{"taxon": "Varanus salvator", "term": "SKI", "quantity": "10", "unit": "NAR"}]})

    fits = read(ines, at, CROC, "CITES permit 26QZ000001E", offered_on=at.date(), quantity=1.0)
    other = read(ines, at, SKIN, "CITES permit 26QZ000001E", offered_on=at.date(), quantity=1.0)

    assert answer(fits) == ("valid", []) and answer(other) == ("inconsistent", ["species"])


def test_nothing_of_the_holder_is_kept_with_a_check(ines, at, permit):
    read(ines, at, SKIN, f"CITES permit {permit.number}", offered_on=at.date())

    kept = str(PermitCheck.objects.values().get()) + str(Listing.objects.values().get())
    assert permit.organisation.name not in kept
    assert not {field.name for field in PermitCheck._meta.fields} & {"holder", "organisation", "exporter", "importer"}


def test_one_permit_quoted_by_two_sellers_is_clone_use_for_both(ines, at, permit):
    text = f"CITES permit {permit.number}"
    first = read(ines, at, SKIN + " brown", text, seller="A", url="https://a.example/1", offered_on=at.date())
    second = read(ines, at, SKIN + " black, other words here", text, seller="B", url="https://a.example/2",
                  offered_on=at.date())

    assert first.permit_checks.get().clones == [second.number]
    assert second.permit_checks.get().clones == [first.number] and codes(second)["permit-clone"] == "against"
    assert ListingLink.objects.filter(kind="permit").count() == 1


def test_one_seller_may_quote_a_permit_twice_but_not_for_more_than_it_covers(ines, at, permit):
    text = f"CITES permit {permit.number}"
    given = {"seller": "A", "offered_on": at.date()}
    read(ines, at, SKIN + " brown", text, url="https://a.example/1", quantity=700.0, **given)
    within = read(ines, at, SKIN + " black", text, url="https://a.example/2", quantity=500.0, **given)
    assert within.permit_checks.get().clones == []

    beyond = read(ines, at, SKIN + " green", text, url="https://a.example/3", quantity=1.0, **given)

    assert len(beyond.permit_checks.get().clones) == 2


def test_a_local_check_takes_less_than_fifty_milliseconds(ines, at, permit):
    row = captured(ines, at, SKIN, f"CITES permit {permit.number}", offered_on=at.date())
    checking.check(row, permit.number, at.date())

    began = time.perf_counter()
    for _ in range(5):
        assert checking.check(row, permit.number, at.date()).answer == "valid"

    assert (time.perf_counter() - began) / 5 < 0.05


LONG = "Carved box with a lid, from an old house, in good condition, measures twelve by eight, collect or post"


def test_nearly_the_same_text_of_two_accounts_ties_listings_and_sellers(ines, at):
    one = read(ines, at, COMB, LONG, seller="A", url="https://a.example/1")
    two = read(ines, at, COMB + "!!", LONG.upper(), seller="B", url="https://a.example/2")
    other = read(ines, at, COMB, "Something else altogether, found at sea and never used by anyone", seller="C",
                 url="https://a.example/3")

    assert list(ListingLink.objects.filter(kind="text").values_list("one", "other")) == [(one.pk, two.pk)]
    assert SellerEdge.objects.get().kind == "text" and codes(two)["twin-accounts"] == "against"
    clusters = dict(Seller.objects.values_list("pk", "cluster"))
    assert clusters[one.seller_id] == clusters[two.seller_id] != clusters[other.seller_id]


def picture(tmp_path, name, size, turn=0, quality=90):
    from PIL import Image, ImageDraw
    image = Image.new("RGB", (320, 240), "white")
    draw = ImageDraw.Draw(image)
    for step in range(8):
        draw.rectangle([step * 37 % 280, step * 53 % 200, step * 37 % 280 + 60, step * 53 % 200 + 50],
                       fill=(step * 30, 200 - step * 20, (step * 90 + turn) % 255))
    path = tmp_path / name
    image.rotate(turn).resize(size).save(path, quality=quality)
    return path


def test_the_same_picture_in_another_size_is_found_and_another_one_is_not(ines, at, tmp_path):
    looks = [likeness.looks_of(picture(tmp_path, name, size, turn, quality)) for name, size, turn, quality in (
        ("a.png", (320, 240), 0, 90), ("b.jpg", (200, 150), 0, 40), ("c.png", (320, 240), 90, 90))]
    assert likeness.apart(looks[0], looks[1]) <= likeness.SAME_PICTURE < likeness.apart(looks[0], looks[2])

    rows = [read(ines, at, f"Comb {number}", seller=f"S{number}", url=f"https://a.example/{number}",
                 pictures=(Picture(str(number) * 64, each),)) for number, each in enumerate(looks)]

    assert list(ListingLink.objects.filter(kind="image").values_list("one", "other")) == [(rows[0].pk, rows[1].pk)]
    assert SellerEdge.objects.get().kind == "image"


def test_one_telephone_number_ties_two_accounts_and_a_person_may_take_them_apart_for_good(ines, amina, ana, at):
    one = read(ines, at, COMB, "WhatsApp +44 7700 900123", seller="A", url="https://a.example/1")
    two = read(ines, at, "Wooden spoon", "call 0044 7700 900 123", seller="B", url="https://a.example/2")
    working.open_case(actor=ines, listing=one.number, words="Seen twice.", at=at)
    again = read(ines, at, "Hawksbill turtle shell fork", "call 0044 7700 900 123", seller="B",
                 url="https://a.example/3")
    assert one.seller.cluster == Seller.objects.get(pk=two.seller_id).cluster
    assert codes(again)["seller-earlier"] == "against"

    silent = linking.split(actor=amina, seller=two.seller.key, reason=" ", at=at)
    auditor = linking.split(actor=ana, seller=two.seller.key, reason="No.", at=at)
    linking.split(actor=amina, seller=two.seller.key, reason="A shared shop telephone.", at=at)
    look_into(again.screenings.get().pk, at)

    assert (silent.code, auditor.code) == ("reason-missing", "not-allowed")
    assert len({row.cluster for row in Seller.objects.all()}) == 2
    assert "seller-earlier" not in codes(again)
    linking.merge(actor=amina, seller=two.seller.key, other=one.seller.short, reason="The same bank account.", at=at)
    assert len({row.cluster for row in Seller.objects.all()}) == 1
    assert [event.kind for event in Event.objects.filter(kind__startswith="sellers-").order_by("seq")] == [
        "sellers-split", "sellers-merged"]


def test_names_of_the_partys_own_import_are_looked_for_and_listings_seen_are_screened_as_evidence_stands(ines, at):
    assert gazetteer_of("QM").version == gazetteer_of("QM").version
    row = captured(ines, at, COMB, url="https://a.example/1")
    stale = row.captured_id
    captured(ines, at, "Plastic comb", url="https://a.example/1")

    assert screen(stale, at) is None and not Alert.objects.exists()
    assert seen("x", url="https://a.example/1").key == row.key


@pytest.mark.parametrize(("reply", "wanted"), [
    (refuse("partner-timeout", "The line is down."), "unverifiable"),
    (Reply(404, b'{"code": "no-such-thing", "detail": "There is no permit with this number."}'), "unknown")])
def test_a_partner_is_asked_once_for_a_number_of_its_form(ines, at, reply, wanted):
    Partner.objects.create(party="QM", code="QZ", name="Quartzland", tier=Partner.Tier.LIVE, adapter="rest",
                           endpoint="https://quartz.example/", changed_at=at)
    row = read(ines, at, CROC, "CITES permit 26QZ000001E")
    asked = []

    def line(*given, **_):
        asked.append(str(given[2]))
        return reply

    check = row.permit_checks.get()
    asking.ask(check.pk, at, line=line)
    asking.ask(check.pk, at, line=line)
    look_into(row.screenings.get().pk, at)

    check.refresh_from_db()
    assert Job.objects.filter(name="market.ask_partner").count() == 1 and len(asked) == 1 and "quartz" in asked[0]
    assert (check.answer, check.asked_at) == (wanted, at)
    assert f"permit-{wanted}" in codes(row)
