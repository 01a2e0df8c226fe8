"""The calls of a customs single window: one permit, one consignment, nothing twice, every "no" with its code."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from tests.apps.balances.test_at_once import in_several_consignments
from tests.cast import NOON, SKINS, issued
from tests.desks import page_text

from wildgate.apps.balances import selectors
from wildgate.apps.balances.asking import Outcome, Record, Search, WriteOff
from wildgate.apps.balances.models import Balance, Claim, Movement, SectorRecord
from wildgate.apps.customs import jobs as clock
from wildgate.apps.customs import services as border
from wildgate.apps.customs.models import Correction, Endorsement
from wildgate.apps.customs.services import writing_off
from wildgate.apps.customs.services.consuming import consume_each
from wildgate.apps.permits import services as permits
from wildgate.apps.permits.models import PermitStatus
from wildgate.apps.quotas.models import SuspensionRow
from wildgate.convention.refusal import Refusal
from wildgate.kit import events
from wildgate.kit.models import Event, Job

pytestmark = pytest.mark.django_db
LATER = NOON + timedelta(hours=3)
TWO = {**SKINS, "lines": [SKINS["lines"][0], {**SKINS["lines"][0], "term": "MEA", "quantity": "80.5", "unit": "KGM"}]}


@pytest.fixture
def permit(cast):
    return issued(cast, NOON)


@pytest.fixture
def asked(permit):
    return WriteOff(permit.number, taxon="Crocodylus novaeguineae", term="SKI", quantity=Decimal(1150), unit="NAR",
                    reference="26QM-D-0001", procedure="1000", post="Kivu-2", transport_document="020-44556677")


def call(name, jean, asked, at=LATER, **more):
    return getattr(writing_off, name)(actor=jean, asked=asked, at=at, **more)


def state(permit):
    return PermitStatus.objects.get(permit=permit).state


def told(permit, kind):
    return [event for event in events.of(permit.subject, party="QM") if event.kind == kind]


class TestTheWayOfADeclaration:
    def test_checked_reserved_consumed_endorsed(self, jean, permit, asked):
        checked, reserved = call("check", jean, asked), call("reserve", jean, asked)
        assert (checked.standing.available, reserved.standing.available) == (1200, 50)
        assert reserved.reserved_until == LATER + writing_off.RESERVED_FOR
        assert state(permit) == "valid"

        done = call("consume", jean, asked)

        endorsement = Endorsement.objects.get()
        assert done.endorsement == endorsement.digest
        assert [line.amount for line in endorsement.lines.all()] == ["1150"]
        assert (done.standing.reserved, done.standing.consumed, done.standing.available) == (0, 1150, 0)
        assert state(permit) == "export-endorsed"
        assert [len(told(permit, kind)) for kind in ("export-endorsed", "written-off", "quantity-differs")] == [1, 1, 1]
        assert selectors.agrees(Balance.objects.get())
        assert Movement.objects.order_by("pk").values_list("kind", flat=True)[0] == "authorised"
        last = Movement.objects.order_by("pk").last()
        assert (last.reference, last.item, last.procedure, last.unit, last.post, last.actor) == (
            "26QM-D-0001", 1, "1000", "NAR", "Kivu-2", jean.label)

    def test_the_same_call_twice_is_one_and_another_content_is_refused(self, jean, asked):
        for name in ("reserve", "consume"):
            first, second = call(name, jean, asked), call(name, jean, asked)
            assert (first.repeated, second.repeated) == (False, True)
            assert second.quantity == first.quantity
            assert call(name, jean, replace(asked, quantity=Decimal(1))).code == "version-used"
        assert Endorsement.objects.count() == 1

    def test_a_newer_version_replaces_the_reservation_and_an_older_is_stale(self, jean, asked):
        call("reserve", jean, asked)

        newer = call("reserve", jean, replace(asked, version=3, quantity=Decimal(1200)))

        assert newer.standing.reserved == 1200
        assert call("reserve", jean, replace(asked, version=2)).code == "stale-version"

    def test_two_items_make_one_endorsement(self, jean, cast):
        long = issued(cast, NOON, TWO)
        skins = WriteOff(long.number, block="A", quantity=Decimal(1000), reference="D-2", item=1, procedure="1000",
                         post="Kivu-2", transport_document="020-1")
        meat = replace(skins, block="B", item=2, quantity=Decimal("80.5"))
        call("reserve", jean, skins)
        call("reserve", jean, meat)

        assert call("consume", jean, skins).endorsement == ""
        assert state(long) == "valid"
        done = call("consume", jean, meat)

        assert sorted(line.amount for line in Endorsement.objects.get(digest=done.endorsement).lines.all()) == [
            "1000", "80.5"]
        assert call("consume", jean, replace(skins, item=3)).code == "used"

    def test_what_is_given_back_is_free_and_what_was_released_beside_it_is_endorsed(self, jean, cast):
        long = issued(cast, NOON, TWO)
        skins = WriteOff(long.number, block="A", quantity=Decimal(1000), reference="D-3", item=1, procedure="1000",
                         post="Kivu-2", transport_document="020-1")
        meat = replace(skins, block="B", item=2, quantity=Decimal(80))
        for each in (skins, meat):
            call("reserve", jean, each)
        call("consume", jean, skins)

        back = call("give_back", jean, meat)

        assert back.endorsement == Endorsement.objects.get().digest
        assert sorted(line.amount for line in Endorsement.objects.get().lines.all()) == ["0", "1000"]


class TestRefusals:
    def test_every_no_has_its_code(self, jean, asked):
        changes = {
            "unknown": {"number": "26QM999999E"}, "missing": {"number": " "}, "wrong-procedure": {"procedure": "4000"},
            "wrong-species": {"taxon": "Python regius"}, "unit-not-comparable": {"unit": "KGM"},
            "wrong-party": {"exporter": "Somebody Else Ltd"}, "exhausted": {"quantity": Decimal(1201)},
            "wrong-route": {"destination": "FR"}, "unknown-line": {"block": "C"},
            "quantity-missing": {"quantity": None}, "quantity-fraction": {"quantity": Decimal("1.5")},
            "reference-missing": {"reference": " "},
            "item-out-of-range": {"version": 0},
        }
        for code, change in changes.items():
            refused = call("reserve", jean, replace(asked, **change))
            assert isinstance(refused, Refusal), code
            assert (refused.code, bool(refused.reason)) == (code, True)
        assert not Claim.objects.exists()
        assert call("reserve", jean, replace(asked, version=1), at=LATER + timedelta(days=365)).code == "expired"

    def test_the_state_of_the_permit_decides(self, jean, amina, permit, asked):
        permits.suspend(actor=amina, number=permit.number, reason="Doubt.", at=LATER)
        assert call("check", jean, asked).code == "suspended"
        permits.reinstate(actor=amina, number=permit.number, reason="None.", at=LATER)
        permits.cancel(actor=amina, number=permit.number, reason="Wrong.", at=LATER)
        assert call("check", jean, asked).code == "cancelled"
        PermitStatus.objects.filter(permit=permit).update(state="replaced")
        assert call("check", jean, asked).code == "superseded"
        PermitStatus.objects.filter(permit=permit).update(state="lost")
        assert call("check", jean, asked).code == "lost"

    @pytest.mark.parametrize(("measure", "stops"), [
        ({"country": "QM"}, True), ({"country": "QZ"}, True), ({"country": ""}, True),
        ({"country": "QM", "taxon": "Crocodylia"}, True), ({"country": "QM", "taxon": "Crocodylus porosus"}, False),
        ({"country": "KE"}, False), ({"country": "QM", "end": NOON.date() - timedelta(days=1)}, False)])
    def test_trade_that_was_suspended_since_is_stopped_at_the_border(self, jean, permit, asked, measure, stops):
        SuspensionRow.objects.create(**{
            "party": "QM", "start": NOON.date() - timedelta(days=30), "effect": "refuse", "way": "both", "key": "one",
            "note": "All trade.", "reference": "CITES Notif. No. 2026/001", **measure})

        answered = call("consume", jean, asked)

        assert getattr(answered, "code", "") == ("suspended" if stops else "")
        assert Movement.objects.filter(kind="consumed").exists() is not stops
        assert state(permit) == ("valid" if stops else "export-endorsed")

    def test_a_second_declaration_finds_the_permit_taken_then_used(self, jean, asked):
        call("reserve", jean, asked)
        other = replace(asked, reference="26QM-D-0002", quantity=Decimal(10))
        assert [call(name, jean, other).code for name in ("check", "reserve", "consume")] == ["exhausted"] * 3

        call("consume", jean, asked)

        assert call("reserve", jean, other).code == "used"

    def test_numbers_are_read_whatever_stands_between(self, jean, permit, asked):
        spaced = f"{permit.number[:2]} {permit.number[2:4].lower()}/{permit.number[4:]}"

        assert call("match", jean, replace(asked, number=spaced)).number == permit.number
        assert call("match", jean, replace(asked, number=spaced, country="QZ")).code == "unknown"

    def test_only_customs_writes_off(self, cast, asked):
        codes = {name: getattr(call("reserve", actor, asked), "code", "done") for name, actor in cast.items()
                 if name not in ("jean", "nadia")}

        assert set(codes.values()) == {"not-allowed"}


class TestAfterRelease:
    def test_a_correction_stands_beside_the_endorsement_and_the_quota_follows(self, jean, permit, asked):
        call("consume", jean, asked)

        done = call("amend", jean, replace(asked, version=2, quantity=Decimal(900)), at=LATER + timedelta(days=400))

        assert (done.standing.consumed, done.quantity) == (900, 900)
        assert [(each.before, each.quantity, each.why) for each in Correction.objects.all()] == [(1150, 900, "amended")]
        assert Endorsement.objects.get().lines.get().quantity == 1150
        assert len(told(permit, "written-back")) == 1
        assert state(permit) == "export-endorsed"
        assert call("amend", jean, replace(asked, version=3, quantity=Decimal(1300))).code == "exhausted"

    def test_a_withdrawn_release_lets_the_permit_serve_again(self, jean, permit, asked):
        call("consume", jean, asked)

        done = call("withdraw", jean, replace(asked, version=2))

        assert (done.standing.consumed, done.standing.available, state(permit)) == (0, 1200, "valid")
        again = call("consume", jean, replace(asked, reference="D-9", quantity=Decimal(700)))
        assert (again.standing.consumed, Endorsement.objects.count()) == (700, 2)
        assert events.verify("QM") is None

    def test_nothing_is_known_of_another_declaration(self, jean, asked):
        for name in ("give_back", "amend", "withdraw"):
            assert call(name, jean, asked).code == "nothing-known"


class TestTheClock:
    def test_a_reservation_runs_out_with_a_ledger_line(self, jean, permit, asked):
        call("reserve", jean, asked)
        assert Job.objects.filter(name="customs.give_back_run_out").count() == 1

        clock.give_back_run_out(at=LATER + timedelta(days=31), party_code="QM", number=permit.number)
        clock.give_back_run_out(at=LATER + timedelta(days=31), party_code="QM", number=permit.number)

        assert Balance.objects.get().sums.free == 1200
        assert [(each.kind, each.why, each.actor) for each in Movement.objects.order_by("pk")][-1] == (
            "released-back", "ran out", "system")
        assert len(told(permit, "reservation-run-out")) == 1

    def test_a_declaration_that_checked_is_told_when_the_permit_stops(self, jean, amina, permit, asked):
        from wildgate.apps.balances import jobs
        call("check", jean, asked)
        call("check", jean, replace(asked, reference="D-2", item=4))
        permits.suspend(actor=amina, number=permit.number, reason="Doubt.", at=LATER)
        seq = Event.objects.get(kind="permit-suspended").seq
        assert Job.objects.filter(name="balances.tell_watchers").count() == 1

        jobs.tell_watchers(subject=permit.subject, seq=seq, at=LATER)

        import json
        assert [(json.loads(each.data)["reference"], json.loads(each.data)["state"])
                for each in told(permit, "write-off-watch")] == [("26QM-D-0001", "suspended"), ("D-2", "suspended")]


class TestTheDesk:
    def test_endorsing_consumes_the_open_reservation_of_the_goods(self, jean, permit, asked):
        call("reserve", jean, replace(asked, quantity=Decimal(1200)))

        made = border.endorse(actor=jean, number=permit.number, stage="export", quantities={"A": "1150"},
                              port="Kivu-2", transport_document="020-1", at=LATER)

        claim = Claim.objects.get()
        assert (claim.reference, claim.endorsed) == ("26QM-D-0001", made.digest)
        assert (claim.consumed, claim.reserved) == (1150, 0)
        differs = told(permit, "quantity-differs")
        assert '"declared":"1200"' in differs[0].data
        assert call("consume", jean, asked).code == "used"

    def test_without_a_declaration_the_endorsement_itself_is_named(self, jean, permit):
        made = border.endorse(actor=jean, number=permit.number, stage="export", quantities={"A": "1200"},
                              port="Kivu-2", transport_document="020-1", at=LATER)

        assert Claim.objects.get().reference == f"desk:{made.digest[:16]}"
        assert selectors.agrees(Balance.objects.get())
        assert not told(permit, "quantity-differs")


class TestOverride:
    def test_over_use_needs_a_supervisor_a_note_and_tells_the_authority(self, cast, desk, jean, permit, asked):
        """Second shipment of 100 on a used permit, then 50 after the last day: refused, then overridden (S15)."""
        call("consume", jean, asked)
        second = replace(asked, reference="D-2", quantity=Decimal(100))
        assert call("consume", jean, second).code == "used"
        grounds = {"reason": "Live goods would spoil.", "authority": "Director of customs"}
        assert call("override", jean, second, **grounds).code == "not-allowed"
        assert call("override", cast["nadia"], second).code == "override-without-grounds"

        done = call("override", cast["nadia"], second, **grounds)
        late = call("override", cast["nadia"], replace(second, reference="D-3", quantity=Decimal(50)),
                    at=LATER + timedelta(days=400), **grounds)

        assert isinstance(done, Outcome)
        assert isinstance(late, Outcome)
        balance = Balance.objects.get()
        assert (balance.consumed, balance.overridden) == (1300, 100)
        assert [len(told(permit, kind)) for kind in ("balance-overridden", "written-off")] == [2, 3]
        assert "Director" not in told(permit, "balance-overridden")[0].data
        assert Endorsement.objects.count() == 3
        assert selectors.agrees(balance)
        page = desk("amina").get(f"/permits/{permit.number}/")
        assert [each["lines"][0][1:] for each in page.context["endorsements"]] == [
            (1150, None), (100, None), (50, None)]
        assert page_text(page).count(asked.transport_document) == 3

    def test_the_authority_is_not_overridden(self, cast, amina, permit):
        permits.suspend(actor=amina, number=permit.number, reason="Doubt.", at=LATER)

        refused = border.override_counted(
            actor=cast["nadia"], number=permit.number, quantities={"A": "10"}, port="Kivu-2", transport_document="1",
            reason="Spoils.", authority="Director", at=LATER)

        assert refused.code == "not-overridable"


class TestBesideTheLedger:
    def test_a_record_is_entered_replaced_and_deleted(self, jean, permit):
        for data in ({"sanitary_cert": "X1"}, {"sanitary_cert": "X2"}):
            writing_off.record(actor=jean, asked=Record("D-1", 1, permit.number, data), at=LATER)
        assert SectorRecord.objects.get().data == {"sanitary_cert": "X2"}
        writing_off.record(actor=jean, asked=Record("D-1", 1, permit.number, {}), at=LATER)
        assert not SectorRecord.objects.exists()
        assert writing_off.record(actor=jean, asked=Record("D-1", 1, permit.number, {"A b": "1"}), at=LATER).code == (
            "record-entry")

    def test_documents_are_listed_by_parameters(self, jean, permit):
        found = writing_off.list_documents(actor=jean, asked=Search(state="valid", country="QZ"), at=LATER)

        assert [each.number for each in found.found] == [permit.number]
        assert writing_off.list_documents(actor=jean, asked=Search(country="FR"), at=LATER).total == 0
        assert writing_off.list_documents(actor=jean, asked=Search(state="rotten"), at=LATER).code == "state-unknown"


class TestWhatACallCosts:
    """Statements, with those that begin and end the transaction."""

    def test_a_release_in_one_go(self, jean, permit, asked, django_assert_num_queries):
        with django_assert_num_queries(21):
            assert call("consume", jean, asked).endorsement

    def test_a_reservation_and_its_release(self, jean, permit, asked, django_assert_num_queries):
        with django_assert_num_queries(15):
            call("reserve", jean, asked)
        with django_assert_num_queries(22):
            assert call("consume", jean, asked).endorsement

    def test_a_dozen_releases_in_one_message(self, jean, cast, permit, asked, django_assert_num_queries):
        in_several_consignments(cast)
        message = [replace(asked, item=item, quantity=Decimal(90)) for item in range(1, 13)]

        with django_assert_num_queries(26):
            assert all(each.endorsement for each in consume_each(actor=jean, asked=message, at=LATER))

    def test_the_same_call_again(self, jean, permit, asked, django_assert_num_queries):
        done = call("consume", jean, asked)

        with django_assert_num_queries(7):
            assert call("consume", jean, asked).endorsement == done.endorsement

    def test_a_line_nobody_wrote_on_has_no_balance(self, jean, permit, asked):
        assert call("consume", jean, replace(asked, quantity=Decimal(5000))).code == "exhausted"
        assert not Balance.objects.exists()
        assert not Movement.objects.exists()

        call("consume", jean, asked)

        assert [(each.kind, each.quantity) for each in Movement.objects.order_by("pk")] == [
            ("authorised", 1200), ("consumed", 1150)]
        assert selectors.agrees(Balance.objects.get())
