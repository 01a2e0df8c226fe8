"""Stock from its declaration to the border: released by the authority, drawn by certificates, used by customs."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from django.utils.translation import override
from tests.apps.stock.goods import balance, declared, re_export, read, released
from tests.cast import NOON, issued, ready, submitted
from tests.databases import as_owner

from wildgate.apps.accounts.access import Action, can
from wildgate.apps.customs import services as customs
from wildgate.apps.permits import services as permits
from wildgate.apps.permits.models import Application, Permit
from wildgate.apps.stock import drawing, intake, selectors, services
from wildgate.apps.stock.models import StockBalance, StockEntry, StockLine
from wildgate.apps.stock.wording import STATE_WORDS
from wildgate.convention.permit import Reference
from wildgate.convention.refusal import Refusal
from wildgate.convention.stock import StockKind
from wildgate.kit import events, jobs
from wildgate.kit.sentences import values_in_words

pytestmark = pytest.mark.django_db
D = Decimal


def refused(cast, answers) -> Refusal:
    draft = permits.start(actor=cast["mario"], organisation=min(cast["mario"].organisations), at=NOON)
    permits.save_answers(actor=cast["mario"], case=draft.number, answers=answers, at=NOON)
    outcome = permits.submit(actor=cast["mario"], case=draft.number, at=NOON)
    assert isinstance(outcome, tuple), outcome
    return outcome[0]


def draws(entry):
    """The figures of an entry: amount, reserved, bound, used."""
    found = balance(entry)
    return tuple(int(part) for part in (found.amount, found.reserved, found.bound, found.used))


def test_a_declaration_can_be_drawn_from_once_it_is_released(cast):
    entry = declared(cast["mario"])

    assert refused(cast, re_export(stock=entry.number)).code == "no-such-stock"

    services.release(actor=cast["amina"], number=entry.number, at=NOON)
    submitted(cast, NOON, re_export(stock=entry.number))

    assert draws(entry) == (40, 20, 0, 0)


def test_nobody_releases_what_they_declared_themselves(cast):
    entry = declared(cast["mario"])
    amina_declared = StockEntry(party="QM", declared_by_id=cast["amina"].person_id)

    assert services.release(actor=cast["mario"], number=entry.number, at=NOON).code == "not-allowed"
    assert not can(cast["amina"], Action.RELEASE_STOCK, amina_declared)
    with pytest.raises(IntegrityError), transaction.atomic():
        StockEntry.objects.filter(pk=entry.pk).update(decided_by=cast["mario"].person_id)


def test_a_refused_declaration_can_be_made_again(cast):
    entry = declared(cast["mario"])
    twice = services.declare(actor=cast["mario"], organisation=entry.organisation_id, new=read(), at=NOON)
    services.refuse_stock(actor=cast["amina"], number=entry.number, reason="No paper came with it.", at=NOON)

    again = declared(cast["mario"])

    assert twice.code == "stock-known"
    assert again.state == "declared"
    late = services.release(actor=cast["amina"], number=entry.number, at=NOON)
    assert (late.code, late.reason) == (
        "wrong-state", "This cannot be done now. The stock entry stands at “Not accepted”.")
    with override("fr"):
        assert values_in_words(late.values) == {"state": str(STATE_WORDS["refused"][1])} != {"state": "Not accepted"}


def test_the_certificate_carries_the_origin_of_the_stock(cast):
    entry = released(cast, last_country="CO", last_permit="CO-77", last_permit_date="2026-01-20")

    permit = issued(cast, NOON, re_export(stock=entry.number))

    line = permit.record.lines[0]
    assert line.origin == Reference("US", "25US123456/9", date(2026, 1, 5))
    assert line.last_re_export == Reference("CO", "CO-77", date(2026, 1, 20))
    assert permit.lines.get().origin_permit == "25US123456/9"
    assert draws(entry) == (40, 0, 20, 0)


def test_what_left_is_used_and_the_rest_returns(cast):
    entry = released(cast)
    permit = issued(cast, NOON, re_export(stock="oldest"))

    customs.endorse(actor=cast["jean"], number=permit.number, stage="export", port="QMKV2", at=NOON,
                    transport_document="020-1", quantities={"A": "15"})

    assert draws(entry) == (40, 0, 0, 15)
    assert [(line.kind, int(line.quantity), line.why) for line in selectors.lines(entry)][:2] == [
        ("return", 5, "endorsed"), ("use", 15, "endorsed")]
    assert all(selectors.agrees(row) for row in StockBalance.objects.all())


def test_a_certificate_without_free_stock_cannot_be_asked_for(cast):
    entry = released(cast)
    submitted(cast, NOON, re_export("28", stock=entry.number))

    assert refused(cast, re_export("20", stock=entry.number)).reason == (
        f"12 of 40 left in stock entry {entry.number} (Alligator mississippiensis, LPS), this application asks 20.")


@pytest.mark.parametrize("end", ["withdraw", "refuse", "cancel", "expire"])
def test_whatever_ends_without_leaving_returns_its_stock(cast, end):
    entry = released(cast)
    if end in ("withdraw", "refuse"):
        number = submitted(cast, NOON, re_export(stock=entry.number))
        permits.take(actor=cast["amina"], case=number, at=NOON)
        if end == "withdraw":
            permits.withdraw(actor=cast["mario"], case=number, at=NOON)
        else:
            permits.refuse_case(actor=cast["amina"], case=number, reason="No.", basis="Art. IV.5", at=NOON)
    else:
        permit = issued(cast, NOON, re_export(stock=entry.number))
        if end == "cancel":
            permits.cancel(actor=cast["amina"], number=permit.number, reason="Wrong address.", at=NOON)
        else:
            assert drawing.return_expired(party="QM", on=permit.valid_until, at=NOON) == 0
            drawing.return_expired(party="QM", on=permit.valid_until + timedelta(days=1), at=NOON)

    assert draws(entry) == (40, 0, 0, 0)


def test_an_endorsement_that_arrives_late_still_uses_the_stock(cast):
    entry = released(cast)
    permit = issued(cast, NOON, re_export(stock=entry.number))
    drawing.return_expired(party="QM", on=permit.valid_until + timedelta(days=1), at=NOON)

    with transaction.atomic():
        drawing.use(party="QM", subject=permit.application.subject, moved={"A": D(18)}, actor="person:1", at=NOON)

    assert draws(entry) == (40, 0, 0, 18)


def test_stock_of_another_firm_is_out_of_reach(cast):
    entry = released(cast)
    StockEntry.objects.filter(pk=entry.pk).update(organisation=max(
        entry.organisation.__class__.objects.values_list("pk", flat=True)))

    assert refused(cast, re_export(stock=entry.number)).code == "no-such-stock"
    assert selectors.entry(cast["mario"], entry.number) is None
    assert services.write_off(actor=cast["mario"], number=entry.number, quantity=D(1), why="lost",
                              at=NOON).code == "not-allowed"


def test_lists_show_what_the_rule_allows(cast):
    entry = released(cast)

    for actor in cast.values():
        assert (entry in selectors.visible_to(actor)) is bool(can(actor, Action.VIEW_STOCK, entry))


def test_where_stock_is_required_a_re_export_without_any_is_not_taken(cast, settings):
    settings.STOCK = "required"

    assert refused(cast, re_export()).code == "no-stock"

    entry = released(cast)
    submitted(cast, NOON, re_export())
    assert draws(entry) == (40, 20, 0, 0)


def test_where_stock_is_offered_a_line_that_names_none_goes_as_before(cast):
    entry = released(cast)

    submitted(cast, NOON, re_export("4000"))

    assert draws(entry) == (40, 0, 0, 0)


def test_the_day_the_books_open_is_the_day_of_the_stock_not_of_the_application(cast):
    young, old = released(cast), released(cast, acquired="2024-02-01", origin_permit="23US1/9")

    submitted(cast, NOON, re_export(stock="oldest"))

    assert (draws(old)[1], draws(young)[1]) == (20, 0)


def test_an_import_that_customs_let_in_is_stock_of_the_firm(cast):
    jean, firm = cast["jean"], min(cast["mario"].organisations)
    paper = customs.register_foreign(
        actor=jean, country="US", number="26US000111/9", issued_on=NOON.date() - timedelta(days=20),
        valid_until=NOON.date() + timedelta(days=100), kind="export-permit", exporter_country="US",
        importer_country="QM", purpose="T", organisation=firm, at=NOON, lines=[
            customs.Item("Alligator mississippiensis", "II", "W", "SKI", "300", "NAR", "US"),
            customs.Item("Alligator mississippiensis", "II", "W", "LIV", "5", "NAR", "US")])
    customs.endorse_import(actor=jean, foreign=("US", paper.number, paper.issued_on), import_permit=None, port="QMKV2",
                           quantities={"A": "290", "B": "5"}, dead={"B": "2"}, transport_document="020-9", at=NOON)

    skins, live = StockEntry.objects.order_by("pk")

    assert (skins.state, skins.kind, skins.quantity, live.quantity) == ("released", "import", 290, 3)
    assert (skins.origin, skins.origin_permit, skins.origin_permit_date) == ("US", paper.number, paper.issued_on)
    assert (skins.last_country, skins.reference) == ("", "020-9")
    assert draws(skins) == (290, 0, 0, 0)


def test_a_re_exporters_paper_is_box_12a_of_the_next_certificate(cast):
    jean, firm = cast["jean"], min(cast["mario"].organisations)
    paper = customs.register_foreign(
        actor=jean, country="FR", number="FR26-5", issued_on=NOON.date() - timedelta(days=20),
        valid_until=NOON.date() + timedelta(days=100), kind="re-export-certificate", exporter_country="FR",
        importer_country="QM", purpose="T", organisation=firm, at=NOON, lines=[
            customs.Item("Alligator mississippiensis", "II", "W", "LPS", "300", "NAR", "US", "25US1/9")])
    customs.endorse_import(actor=jean, foreign=("FR", paper.number, paper.issued_on), import_permit=None, port="QMKV2",
                           quantities={"A": "300"}, transport_document="020-9", at=NOON)

    entry = StockEntry.objects.get()

    assert (entry.origin_permit, entry.last_country, entry.last_permit) == ("25US1/9", "FR", "FR26-5")


def test_an_import_for_nobody_we_know_makes_no_stock(cast):
    paper = customs.register_foreign(
        actor=cast["jean"], country="US", number="26US000112/9", issued_on=NOON.date(),
        valid_until=NOON.date() + timedelta(days=100), kind="export-permit", exporter_country="US",
        importer_country="QM", purpose="P", at=NOON, lines=[
            customs.Item("Alligator mississippiensis", "II", "W", "LPS", "1", "NAR", "US")])
    customs.endorse_import(actor=cast["jean"], foreign=("US", paper.number, paper.issued_on), import_permit=None,
                           port="QMKV2", quantities={"A": "1"}, transport_document="020-9", at=NOON)

    assert not StockEntry.objects.exists()


def test_skins_become_straps_that_keep_their_origin(cast):
    skins = released(cast, term="SKI", quantity="10")

    straps = services.convert(actor=cast["mario"], number=skins.number, given=D(4), term="LPS", quantity=D(120),
                              unit="NAR", at=NOON)

    assert (straps.state, straps.stated, straps.origin_permit) == ("released", 30, skins.origin_permit)
    assert (draws(skins), draws(straps)) == ((10, 0, 0, 4), (120, 0, 0, 0))
    permit = issued(cast, NOON, re_export("120", stock=straps.number))
    assert permit.record.lines[0].origin.number == skins.origin_permit


def test_an_unusual_yield_waits_and_holds_what_it_takes(cast):
    skins = released(cast, term="SKI", quantity="10")
    straps = services.convert(actor=cast["mario"], number=skins.number, given=D(4), term="LPS", quantity=D(400),
                              unit="NAR", at=NOON)
    more = services.convert(actor=cast["mario"], number=skins.number, given=D(7), term="LPS", quantity=D(7),
                            unit="NAR", at=NOON)

    assert (straps.state, draws(skins), more.code) == ("declared", (10, 4, 0, 0), "stock-short")

    services.release(actor=cast["amina"], number=straps.number, at=NOON)
    assert (draws(skins), draws(straps)) == ((10, 0, 0, 4), (400, 0, 0, 0))


def test_a_refused_conversion_gives_back_what_it_took(cast):
    skins = released(cast, term="SKI", quantity="10")
    straps = services.convert(actor=cast["mario"], number=skins.number, given=D(4), term="LPS", quantity=D(400),
                              unit="NAR", at=NOON)

    services.refuse_stock(actor=cast["amina"], number=straps.number, reason="Too many.", at=NOON)

    assert draws(skins) == (10, 0, 0, 0)


def test_what_died_cannot_leave(cast):
    entry = released(cast)

    services.write_off(actor=cast["mario"], number=entry.number, quantity=D(39), why="lost", at=NOON)
    beyond = services.write_off(actor=cast["mario"], number=entry.number, quantity=D(2), why="lost", at=NOON)

    assert draws(entry) == (40, 0, 0, 39)
    assert beyond.code == "stock-short"


def window(amina, adopted: int, effective: int, taxon: str = "Alligator mississippiensis"):
    return services.open_window(actor=amina, taxon=taxon, adopted_on=NOON.date() + timedelta(days=adopted),
                                effective_on=NOON.date() + timedelta(days=effective), at=NOON)


@pytest.mark.parametrize(("adopted", "effective", "answer"), [
    (-10, 80, "open"), (0, 1, "open"), (-90, 0, "window-closed"), (1, 90, "no-window")])
def test_stock_is_declared_from_the_adoption_of_a_listing_to_the_day_before_it_takes_effect(cast, adopted, effective,
                                                                                            answer):
    window(cast["amina"], adopted, effective, "Alligator")

    outcome = services.declare(actor=cast["mario"], organisation=min(cast["mario"].organisations),
                               new=read("pre-listing"), at=NOON)

    assert (outcome.code if isinstance(outcome, Refusal) else "open") == answer


def test_declared_before_the_listing_it_leaves_later_as_pre_convention(cast):
    window(cast["amina"], -10, 80)
    entry = released(cast, "pre-listing", taxon="Alligator mississippiensis", origin_permit="", origin_permit_date="")

    assert (entry.source, entry.second_source, entry.window.taxon) == ("O", "W", "Alligator mississippiensis")
    with transaction.atomic():
        stock = selectors.choosable("QM", entry.organisation_id)[0]
    assert (stock.source, stock.acquired) == ("O", date(2026, 2, 1))


def test_a_window_closes_by_itself_and_has_no_twin(cast):
    first, second = window(cast["amina"], -10, 80), window(cast["amina"], -10, 80)

    assert second.code == "window-known"
    assert list(selectors.windows("QM", first.effective_on)) == []
    assert list(selectors.windows("QM", first.effective_on - timedelta(days=1))) == [first]
    assert services.open_window(actor=cast["mario"], taxon="Alligator", adopted_on=NOON.date(),
                                effective_on=NOON.date() + timedelta(days=9), at=NOON).code == "not-allowed"


def test_bred_stock_is_of_a_bred_source_from_here():
    wrong = intake.read(StockKind.BRED, {"taxon": "Python regius", "term": "LIV", "quantity": "5", "unit": "NAR",
                                         "source": "W", "origin": "TG"}, party="QM", on=NOON.date())

    assert [fault.field for fault in wrong] == ["source", "origin"]


def test_every_fault_of_a_declaration_is_told_with_its_field():
    faults = intake.read(StockKind.IMPORT, {
        "taxon": "Nonsense nonsense", "term": "XXX", "quantity": "1,5", "unit": "BOX", "source": "?", "origin": "Q1",
        "acquired": "yesterday", "last_permit": "1", "origin_permit_date": "2999-01-01"}, party="QM", on=NOON.date())

    assert {fault.field for fault in faults} >= {"term", "unit", "source", "origin", "quantity", "acquired",
                                                 "last_country", "origin_permit_date"}


def test_bred_stock_is_drawn_by_an_export_that_names_it(cast):
    entry = released(cast, "bred", taxon="Python regius", term="LIV", quantity="5", source="C", origin="QM",
                     origin_permit="", origin_permit_date="")
    line = {"taxon": "Python regius", "term": "LIV", "source": "C", "origin": "QM", "live": "yes",
            "stock": entry.number}

    assert refused(cast, {**re_export("6", **line), "direction": "export"}).code == "stock-short"
    submitted(cast, NOON, {**re_export("5", **line), "direction": "export"})
    assert draws(entry) == (5, 5, 0, 0)


CAVIAR = {"taxon": "Huso huso", "term": "CAV", "unit": "KGM", "source": "C", "origin": "IR", "quantity": "100"}


def test_caviar_leaves_within_eighteen_months_and_its_certificate_ends_with_them(cast):
    eighteen_months_ago = NOON.date() - timedelta(days=520)
    entry = released(cast, **CAVIAR, origin_permit_date=eighteen_months_ago.isoformat(), acquired="2026-02-01")
    line = {**CAVIAR, "quantity": "3", "stock": entry.number}

    permit = issued(cast, NOON, re_export(**line))

    assert permit.valid_until < NOON.date() + timedelta(days=31)
    old = released(cast, **CAVIAR, origin_permit_date="2024-01-01", origin_permit="IR-1", acquired="2026-02-01")
    late = refused(cast, re_export(**{**line, "stock": old.number}))
    assert (late.code, late.values["last"]) == ("product-too-late", "2025-07-01")


def test_caviar_without_stock_needs_the_date_of_its_permit(cast):
    line = {**CAVIAR, "quantity": "3", "origin_permit": "IR-9"}

    assert refused(cast, re_export(**line)).code == "product-date-missing"
    assert refused(cast, re_export(**line, origin_permit_date="2024-01-01")).code == "product-too-late"


def test_the_database_itself_refuses_more_out_than_in(cast):
    entry = released(cast)

    with as_owner(), pytest.raises(IntegrityError), transaction.atomic():
        StockBalance.objects.filter(pk=entry.pk).update(used=41)
    with as_owner(), pytest.raises(IntegrityError), transaction.atomic():
        StockBalance.objects.filter(pk=entry.pk).update(bound=-1)


def test_the_ledger_cannot_be_rewritten(cast):
    entry = released(cast)
    submitted(cast, NOON, re_export(stock=entry.number))

    with as_owner(), pytest.raises(DatabaseError), transaction.atomic():
        StockLine.objects.update(quantity=1)
    with as_owner(), pytest.raises(DatabaseError), transaction.atomic():
        StockLine.objects.all().delete()


def test_the_return_of_an_expired_certificate_is_a_job(cast):
    permit = issued(cast, NOON, re_export(stock=released(cast).number))

    found = jobs.Job.objects.get(name="stock.return_expired_draws")

    assert found.run_after.date() == permit.valid_until + timedelta(days=1)
    assert events.verify("QM") is None


def test_between_submit_and_issue_the_same_stock_stays_with_the_case(cast):
    first = released(cast)
    number = ready(cast, NOON, re_export(stock="oldest"))
    released(cast, acquired="2020-01-01", origin_permit="19US9/9")

    permit = permits.issue(actor=cast["amina"], case=number, at=NOON)

    assert isinstance(permit, Permit)
    assert draws(first) == (40, 0, 20, 0)
    assert Application.objects.get(number=number).state == "issued"
