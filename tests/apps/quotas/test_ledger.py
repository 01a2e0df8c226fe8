"""A quota through a permit's life: bound at issue, told in box 11a, used at the border, given back; never overdrawn."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from tests.cast import NOON, SKINS, issued, ready, submitted
from tests.databases import as_owner

from wildgate.apps.accounts.models import Organisation
from wildgate.apps.customs import services as customs
from wildgate.apps.permits import services as permits
from wildgate.apps.permits.models import Application, Finding, Permit
from wildgate.apps.quotas import selectors, services
from wildgate.apps.quotas.models import Quota, QuotaBalance, QuotaEntry, SuspensionRow
from wildgate.apps.quotas.services import NewQuota
from wildgate.convention.listing import law
from wildgate.convention.quota import Claim, Shipment
from wildgate.convention.refusal import Refusal
from wildgate.kit import events, jobs
from wildgate.kit.models import Job
from wildgate.message.xml import read_message, write_v2

D = Decimal
MONITOR = {"taxon": "Varanus salvator", "term": "LIV", "quantity": "30", "unit": "NAR", "source": "W", "origin": "QM",
           "live": "yes"}
ABROAD = NOON.date() - timedelta(days=20)
"""The day on which Quartzland issued what is presented."""


def monitors(quantity: str = "30", **line: str) -> dict[str, object]:
    """Mario's export of live monitors."""
    return {**SKINS, "lines": [{**MONITOR, "quantity": quantity, **line}]}


def set_quota(amina, amount: str | None = "500", taxon: str = "Varanus salvator", **more) -> Quota:
    year = more.pop("year", NOON.year)
    new = NewQuota("QM", taxon, None if amount is None else D(amount), date(year, 1, 1), date(year, 12, 31),
                   **{"terms": ("LIV",), "sources": ("W",), **more})
    quota = services.register(actor=amina, new=new, at=NOON)
    assert isinstance(quota, Quota), quota
    return quota


def standing(quota: Quota):
    return selectors.standing([quota])[0].balance


def ledger(quota: Quota) -> list[tuple[str, Decimal, str]]:
    assert all(selectors.agrees(row) for row in quota.balances.all())
    return [(entry.kind, entry.quantity, entry.why) for entry in selectors.ledger(quota)]


def issue(cast, number: str, at=NOON) -> Permit | Refusal:
    return permits.issue(actor=cast["amina"], case=number, at=at)


def test_issue_binds_the_quota_and_fills_box_11a(cast):
    quota = set_quota(cast["amina"])

    first = issued(cast, NOON, monitors("460"))
    second = issued(cast, NOON, monitors("30"))

    assert [(line.quota_used, line.quota) for permit in (first, second) for line in permit.record.lines] == [
        (460, 500), (490, 500)]
    assert (standing(quota).bound, standing(quota).free) == (490, 10)
    assert ledger(quota) == [("bind", 460, ""), ("bind", 30, "")]


def test_who_comes_too_late_is_told_what_is_left(cast):
    quota = set_quota(cast["amina"])
    issued(cast, NOON, monitors("460"))
    late = ready(cast, NOON, monitors("30"))
    issued(cast, NOON, monitors("30"))

    refused = issue(cast, late)

    assert isinstance(refused, Refusal)
    assert refused.reason == "10 left of 500: 460 + 30 bound."
    assert Application.objects.get(number=late).state == "countersigned"
    assert standing(quota).bound == 490


def test_a_permit_that_expires_unused_returns_all_it_bound(cast):
    quota = set_quota(cast["amina"])
    issued(cast, NOON, monitors("460", source="W"))
    permit = issued(cast, NOON, monitors("30"))
    day_after = datetime.combine(permit.valid_until + timedelta(days=1), NOON.time(), UTC)

    assert services.return_expired(party="QM", on=permit.valid_until, at=NOON) == 0
    assert services.return_expired(party="QM", on=day_after.date(), at=day_after) == 2
    assert services.return_expired(party="QM", on=day_after.date(), at=day_after) == 0

    assert standing(quota).free == 500
    assert ledger(quota)[2:] == [("return", 460, "expired"), ("return", 30, "expired")]
    assert events.verify("QM") is None


def test_after_the_first_permit_expires_unused_40_are_free_again(cast):
    quota = set_quota(cast["amina"])
    first = issued(cast, NOON - timedelta(days=60), monitors("30"))
    issued(cast, NOON, monitors("460"))
    assert standing(quota).free == 10

    services.return_expired(party="QM", on=first.valid_until + timedelta(days=1), at=NOON)

    assert standing(quota).free == 40
    assert ledger(quota)[-1] == ("return", 30, "expired")


def test_a_withdrawn_application_gives_back_what_was_put_aside_for_it(cast):
    quota = set_quota(cast["amina"])
    application = Application.objects.get(number=submitted(cast, NOON, monitors("30")))
    services.reserve(actor=cast["amina"], subject=application.subject, shipment=_shipment(application), at=NOON,
                     organisation=application.organisation_id, until=date(2026, 12, 31))
    assert standing(quota).reserved == 30

    permits.withdraw(actor=cast["mario"], case=application.number, at=NOON)

    assert standing(quota).free == 500
    assert ledger(quota)[-1] == ("return", 30, "withdrawn")


def test_box_11a_is_in_the_xml_and_comes_back_from_it(cast):
    set_quota(cast["amina"])

    record = issued(cast, NOON, monitors("30")).record
    line = read_message(write_v2(record)).record.lines[0]

    assert (line.quota_used, line.quota) == (30, 500)


def test_the_return_is_asked_for_on_the_day_after_the_last(cast):
    set_quota(cast["amina"])
    permit = issued(cast, NOON, monitors())

    job = Job.objects.get(name="quotas.return_expired_holds")

    assert job.run_after.date() == permit.valid_until + timedelta(days=1)
    jobs.run(job)


def test_a_permit_without_a_quota_leaves_no_trace(cast):
    permit = issued(cast, NOON, monitors())

    assert permit.record.lines[0].quota is None
    assert not QuotaEntry.objects.exists()
    assert not Job.objects.filter(name="quotas.return_expired_holds").exists()


def test_cancelling_gives_back_what_was_bound(cast):
    quota = set_quota(cast["amina"])
    permit = issued(cast, NOON, monitors())

    permits.cancel(actor=cast["amina"], number=permit.number, reason="The buyer withdrew.", at=NOON)

    assert standing(quota).free == 500
    assert ledger(quota) == [("bind", 30, ""), ("return", 30, "cancelled")]


def test_the_border_uses_what_moved_and_returns_the_rest(cast):
    quota = set_quota(cast["amina"], "1300", "Crocodylus novaeguineae", terms=("SKI",))
    permit = issued(cast, NOON)

    customs.endorse(actor=cast["jean"], number=permit.number, stage="export", quantities={"A": D(1150)},
                    port="Kivu-2", transport_document="020-44556677", at=NOON)

    assert (standing(quota).used, standing(quota).bound, standing(quota).free) == (1150, 0, 150)
    assert ledger(quota) == [("bind", 1200, ""), ("use", 1150, "endorsed"), ("return", 50, "endorsed")]
    assert services.return_expired(party="QM", on=permit.valid_until + timedelta(days=1), at=NOON) == 0


def test_an_endorsement_that_arrives_after_the_return_is_still_counted(cast):
    quota = set_quota(cast["amina"], "1200", "Crocodylus novaeguineae", terms=("SKI",))
    permit = issued(cast, NOON)
    services.return_expired(party="QM", on=permit.valid_until + timedelta(days=1), at=NOON)

    customs.endorse(actor=cast["jean"], number=permit.number, stage="export", quantities={"A": D(1150)},
                    port="Kivu-2", transport_document="020-44556677", at=NOON)

    assert (standing(quota).used, standing(quota).free) == (1150, 50)
    assert ledger(quota)[2:] == [("bind", 1150, "late"), ("use", 1150, "endorsed")]


def test_several_quotas_hold_at_once_and_the_nearest_stands_in_box_11a(cast):
    genus = set_quota(cast["amina"], "50", "Varanus")
    species = set_quota(cast["amina"], "500")

    late = ready(cast, NOON, monitors("30"))
    permit = issued(cast, NOON, monitors("30"))
    refused = issue(cast, late)

    assert permit.record.lines[0].quota == 500
    assert refused.reason == "20 left of 50: 30 bound."
    assert (standing(genus).bound, standing(species).bound) == (30, 30)


def test_lines_of_one_permit_add_up(cast):
    both = ready(cast, NOON, {**SKINS, "lines": [{**MONITOR, "quantity": "30"}, {**MONITOR, "quantity": "25"}]})
    quota = set_quota(cast["amina"], "50")

    refused = issue(cast, both)

    assert isinstance(refused, Refusal)
    assert refused.code == "quota-exceeded"
    assert standing(quota).bound == 0
    assert not QuotaEntry.objects.exists()


def test_last_years_quota_does_not_bind_this_years_permits(cast):
    set_quota(cast["amina"], "10", year=NOON.year - 1)

    assert issued(cast, NOON, monitors("30")).record.lines[0].quota is None


def test_a_zero_quota_refuses_the_application(cast):
    set_quota(cast["amina"], "0")
    draft = permits.start(actor=cast["mario"], organisation=min(cast["mario"].organisations), at=NOON)
    permits.save_answers(actor=cast["mario"], case=draft.number, answers=monitors(), at=NOON)

    refused = permits.submit(actor=cast["mario"], case=draft.number, at=NOON)

    assert [no.code for no in refused] == ["zero-quota"]
    assert refused[0].field == "lines[0].taxon"


def test_a_quota_in_preparation_waits_at_issue_only(cast):
    set_quota(cast["amina"], None)

    refused = issue(cast, ready(cast, NOON, monitors()))

    assert refused.code == "quota-in-preparation"


def test_a_zero_quota_set_after_the_decision_stops_the_issue(cast):
    number = ready(cast, NOON, monitors())
    set_quota(cast["amina"], "0")

    assert issue(cast, number).code == "zero-quota"


def test_a_firms_share_is_its_own_and_the_rest_is_for_others(cast):
    quota = set_quota(cast["amina"], "100")
    lacuna = min(cast["mario"].organisations)
    other = Organisation.objects.create(party="QM", name="Palude Reptiles", address="1 Marsh Road", country="QM")
    services.share(actor=cast["amina"], quota=quota.pk, organisation=lacuna, amount=D(40), at=NOON)
    services.share(actor=cast["amina"], quota=quota.pk, organisation=other.pk, amount=D(50), at=NOON)

    assert isinstance(issued(cast, NOON, monitors("30")), Permit)
    refused = issue(cast, ready(cast, NOON, monitors("30")))

    assert refused.reason == "10 left of 40: 30 bound."
    assert issued(cast, NOON, monitors("10")).record.lines[0].quota == 100
    too_much = services.share(actor=cast["amina"], quota=quota.pk, organisation=lacuna, amount=D(11), at=NOON)
    assert too_much.reason == "10 left of 10: 0 bound."


def test_a_regions_share_is_for_specimens_of_that_region(cast):
    quota = set_quota(cast["amina"], "100")
    services.share(actor=cast["amina"], quota=quota.pk, region="North", amount=D(60), at=NOON)
    lacuna = min(cast["mario"].organisations)

    def reserve(region: str, quantity: str) -> Refusal | None:
        specimens = replace(selectors.specimens(law(), "Varanus salvator", "LIV", "W", "T", "QM"), region=region)
        trip = Shipment("QM", "QZ", NOON.date(), (Claim("A", specimens, D(quantity), "NAR"),))
        return services.reserve(actor=cast["amina"], subject=f"application:{region}", shipment=trip,
                                organisation=lacuna, until=date(2026, 12, 31), at=NOON)

    assert reserve("North", "60") is None
    assert reserve("South", "41").reason == "40 left of 40: 0 bound."
    assert reserve("South", "40") is None
    assert standing(quota).free == 0


def test_only_officers_set_and_share_quotas(cast):
    quota = set_quota(cast["amina"])
    new = NewQuota("QM", "Varanus salvator", D(9), date(2027, 1, 1), date(2027, 12, 31))

    assert services.register(actor=cast["mario"], new=new, at=NOON).code == "not-allowed"
    shared = services.share(actor=cast["mario"], quota=quota.pk, region="North", amount=D(1), at=NOON)
    assert shared.code == "not-allowed"


@pytest.mark.parametrize(("change", "field"), [
    ({"taxon": "Nonexistus fakeus"}, "taxon"), ({"unit": "KILO"}, "unit"), ({"terms": ("XXX",)}, "terms"),
    ({"end": date(2026, 1, 1)}, "end"), ({"amount": D(-1)}, "amount"), ({"country": "Q1"}, "country"),
    ({"amount": D("0.0000001")}, "amount"),
])
def test_a_faulty_quota_is_refused_by_field(cast, change, field):
    facts = {"country": "QM", "taxon": "Varanus salvator", "amount": D(5), "start": date(2027, 1, 1),
             "end": date(2027, 12, 31), **change}

    refused = services.register(actor=cast["amina"], new=NewQuota(**facts), at=NOON)

    assert isinstance(refused, Refusal)
    assert refused.field == field
    assert not Quota.objects.exists()


def test_weights_convert_and_fractions_are_exact(cast):
    quota = set_quota(cast["amina"], "0.3", "Crocodylus novaeguineae", terms=("MEA",), unit="KGM")
    meat = {"taxon": "Crocodylus novaeguineae", "term": "MEA", "unit": "KGM"}

    issued(cast, NOON, monitors("0.1", **meat))
    permit = issued(cast, NOON, monitors("0.2", **meat))

    assert (permit.record.lines[0].quota_used, standing(quota).free) == (D("0.3"), 0)


def test_a_reservation_counts_until_it_is_bound(cast):
    quota = set_quota(cast["amina"])
    number, other = ready(cast, NOON, monitors("480")), ready(cast, NOON, monitors("30"))
    application = Application.objects.get(number=number)
    shipment = _shipment(application)
    lacuna = application.organisation_id

    none = services.reserve(actor=cast["amina"], subject=application.subject, shipment=shipment, organisation=lacuna,
                            until=date(2026, 12, 31), at=NOON)
    refused = issue(cast, other)
    permit = issue(cast, number)

    assert none is None
    assert refused.reason == "20 left of 500: 480 reserved."
    assert isinstance(permit, Permit)
    assert ledger(quota) == [("reserve", 480, ""), ("return", 480, "replaced"), ("bind", 480, "")]


def _shipment(application):
    from wildgate.apps.permits import answers
    from wildgate.convention.quota import shipment_of_trade
    return shipment_of_trade(answers.trade_of(application.answers, home="QM", on=NOON.date(), law=law()), law())


def test_the_database_itself_refuses_an_overdraft_and_a_rewritten_ledger(cast):
    quota = set_quota(cast["amina"], "10")
    issued(cast, NOON, monitors("10"))

    with as_owner(), pytest.raises(IntegrityError), transaction.atomic():
        QuotaBalance.objects.filter(quota=quota).update(bound=D(11))
    with as_owner(), pytest.raises(Exception, match="append-only"), transaction.atomic():
        QuotaEntry.objects.update(quantity=D(1))
    with as_owner(), pytest.raises(Exception, match="append-only"), transaction.atomic():
        QuotaEntry.objects.all().delete()


def suspend(**more) -> SuspensionRow:
    facts = {"party": "QM", "country": "QM", "start": date(2026, 1, 1), "effect": "refuse", "way": "both",
             "key": "one", "note": "All commercial trade.", "reference": "CITES Notif. No. 2026/001"}
    return SuspensionRow.objects.create(**{**facts, **more})


def test_a_suspension_stops_application_and_issue(cast):
    number = ready(cast, NOON, monitors())
    suspend(purposes=["T"])

    refused = issue(cast, number)
    draft = permits.start(actor=cast["mario"], organisation=min(cast["mario"].organisations), at=NOON)
    permits.save_answers(actor=cast["mario"], case=draft.number, answers=monitors(), at=NOON)

    assert refused.code == "suspended"
    assert "2026/001" in refused.reason
    assert [no.code for no in permits.submit(actor=cast["mario"], case=draft.number, at=NOON)] == ["suspended"]


def test_exempt_purposes_pass_a_suspension(cast):
    suspend(exempt_purposes=["T"])

    assert isinstance(issued(cast, NOON, monitors()), Permit)


def test_a_measure_that_needs_reading_becomes_a_finding_of_the_officer(cast):
    suspend(effect="ask", note="Exports to be confirmed by the Secretariat.")
    number = submitted(cast, NOON, monitors())

    application = Application.objects.get(number=number)

    assert Finding.objects.filter(application=application, kind="no-suspension", made=None).count() == 1
    assert "perhaps-suspended" in [told["code"] for told in application.ruling["warnings"]]


def foreign(jean, quantity: str, **line: str):
    """A permit of Quartzland for live monitors, as presented at Kivu-2."""
    item = {"taxon": "Varanus salvator", "appendix": "II", "source": "W", "term": "LIV", "quantity": quantity,
            "unit": "NAR", "origin": "QZ", **line}
    paper = customs.register_foreign(
        actor=jean, country="QZ", number="QZ-7", issued_on=ABROAD, valid_until=ABROAD + timedelta(days=150),
        kind="export-permit", exporter_country="QZ", importer_country="QM", purpose="T", lines=[customs.Item(**item)],
        at=NOON)
    assert not isinstance(paper, Refusal), paper
    return customs.endorse_import(actor=jean, foreign=("QZ", "QZ-7", ABROAD), import_permit=None,
                                  quantities={"A": D(quantity)}, port="Kivu-2", transport_document="020-1", at=NOON)


def quartz_quota(amina, amount: str) -> None:
    new = NewQuota("QZ", "Varanus salvator", D(amount), ABROAD - timedelta(days=60), ABROAD + timedelta(days=150))
    assert isinstance(services.register(actor=amina, new=new, at=NOON), Quota)


@pytest.mark.parametrize(("amount", "code"), [("29", "over-quota"), ("0", "zero-quota")])
def test_a_foreign_permit_over_its_partys_quota_is_not_accepted(cast, amount, code):
    quartz_quota(cast["amina"], amount)

    assert foreign(cast["jean"], "30").code == code


def test_a_foreign_permit_within_its_partys_quota_is_accepted(cast):
    quartz_quota(cast["amina"], "30")

    assert not isinstance(foreign(cast["jean"], "30"), Refusal)


def test_a_permit_of_a_suspended_country_is_not_accepted(cast):
    suspend(country="QZ", way="exports", note="All exports.")

    refused = foreign(cast["jean"], "30")

    assert refused.code == "suspended"
    assert "Quartzland" in refused.reason


def test_a_region_s_share_serves_the_lines_that_name_the_region(cast):
    quota = set_quota(cast["amina"], "100")
    assert isinstance(services.share(actor=cast["amina"], quota=quota.pk, amount=D(60), region="North", at=NOON),
                      QuotaBalance)

    north = issued(cast, NOON, monitors("50", region="North"))
    issued(cast, NOON, monitors("30"))

    assert isinstance(north, Permit)
    assert {row.region: row.bound for row in quota.balances.all()} == {"": D(30), "North": D(50)}
