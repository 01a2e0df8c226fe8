"""Endorsing home permits: what may leave, what is refused and why, and that nothing leaves twice."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import DatabaseError, transaction
from hypothesis import given
from hypothesis import strategies as some
from tests.apps.houserules.house import entered
from tests.cast import SKINS, issued
from tests.databases import as_owner

from wildgate.apps.accounts.models import Role
from wildgate.apps.customs import crossing, selectors, services
from wildgate.apps.customs.models import Endorsement, EndorsementLine
from wildgate.apps.customs.services.places import not_ours
from wildgate.apps.permits import sealing
from wildgate.apps.permits import services as permits
from wildgate.apps.permits.models import Permit, PermitStatus
from wildgate.convention.lifecycle import PermitState
from wildgate.convention.refusal import Refusal
from wildgate.kit import events
from wildgate.kit.keys import Use
from wildgate.kit.models import Event
from wildgate.seal.endorsement import Endorsement as Sealed
from wildgate.seal.endorsement import Stage
from wildgate.seal.text import from_text
from wildgate.seal.token import Token, read_token

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
LATER = NOON + timedelta(days=3)
TWO_LINES = {
    **SKINS,
    "lines": [SKINS["lines"][0], {**SKINS["lines"][0], "term": "MEA", "quantity": "80.5", "unit": "KGM"}],
}


def endorse(jean: Any, permit: Permit, moved: Any = "1150", **changes: Any) -> Endorsement | Refusal:
    quantities = moved if isinstance(moved, dict) else {"A": moved}
    given = {"stage": "export", "port": "QMKIV", "transport_document": "020-44556677", "at": LATER, **changes}
    return services.endorse(actor=jean, number=permit.number, quantities=quantities, **given)


@pytest.fixture
def permit(cast: dict[str, Any]) -> Permit:
    return issued(cast, NOON)


@pytest.mark.django_db
class TestOneEndorsement:
    def test_keeps_what_moved_and_uses_the_permit_up(self, jean, permit):
        endorsement = endorse(jean, permit)

        assert isinstance(endorsement, Endorsement)
        assert [line.amount for line in endorsement.lines.all()] == ["1150"]
        assert PermitStatus.objects.get(permit=permit).state == PermitState.EXPORTED.value

    def test_its_event_holds_codes_and_quantities_only(self, jean, permit):
        endorsement = endorse(jean, permit, port="Kivu-2")

        told = [event for event in events.of(permit.subject, party="QM") if event.kind == "export-endorsed"]
        assert [event.actor for event in told] == [jean.label]
        assert json.loads(told[0].data) == {
            "endorsement": endorsement.digest,
            "port": "QMZZZ",
            "quantities": {"A": "1150"},
            "stage": "export",
        }
        assert events.verify("QM") is None

    def test_its_label_is_signed_by_customs_and_chained_to_the_permit(self, jean, permit):
        text = selectors.label_text(endorse(jean, permit))

        token = read_token(from_text(text))
        assert isinstance(token, Token)
        assert isinstance(token.claims, Sealed)
        assert (token.claims.number, token.claims.stage, token.claims.locode) == (permit.number, Stage.EXPORT, "QMKIV")
        assert token.claims.quantities == (Decimal(1150),)
        assert token.claims.permit_digest == bytes.fromhex(permit.seal_digest)[:16]
        assert token.envelope.header.kid == sealing.keys().signing_key("QM", Use.ENDORSEMENT).kid

    def test_a_zero_line_is_an_answer(self, jean, cast):
        endorsement = endorse(jean, issued(cast, NOON, TWO_LINES), {"A": "0", "B": "80.5"})

        assert sorted(line.amount for line in endorsement.lines.all()) == ["0", "80.5"]

    def test_it_never_changes(self, jean, permit):
        endorsement = endorse(jean, permit)

        for write in (
            lambda: Endorsement.objects.filter(pk=endorsement.pk).update(port="QMOTH"),
            lambda: EndorsementLine.objects.update(quantity=1),
            EndorsementLine.objects.all().delete,
        ):
            with as_owner(), pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
                write()

    def test_the_last_second_of_the_last_day_is_in_time(self, jean, permit):
        last = permit.valid_until

        assert isinstance(
            endorse(jean, permit, at=datetime(last.year, last.month, last.day, 23, 59, 59, tzinfo=UTC)), Endorsement
        )


@pytest.mark.django_db
class TestRefusals:
    @pytest.mark.parametrize(
        ("moved", "code"),
        [
            ("1250", "more-than-permitted"),
            ("1200.000001", "quantity-fraction"),
            ("0", "nothing-moves"),
            ("0.000", "nothing-moves"),
            ("-1", "quantity-not-positive"),
            ("many", "quantity-not-a-number"),
            ("1,150", "quantity-ambiguous"),
            ("", "quantity-missing"),
            ("NaN", "quantity-not-a-number"),
            ("1e3", "quantity-not-a-number"),
            ("1150.5", "quantity-fraction"),
            (Decimal("Infinity"), "quantity-not-a-number"),
            (Decimal("-3"), "quantity-not-positive"),
            ("9" * 50, "quantity-too-long"),
            ({}, "line-missing"),
            ({"A": "1", "B": "1"}, "unknown-line"),
            ({"a": "1"}, "unknown-line"),
        ],
    )
    def test_a_quantity_that_may_not_stand(self, jean, permit, moved, code):
        refused = endorse(jean, permit, moved)

        assert isinstance(refused, Refusal)
        assert refused.code == code
        assert refused.field
        assert not Endorsement.objects.exists()
        assert PermitStatus.objects.get(permit=permit).state == PermitState.VALID.value

    def test_more_than_permitted_says_both_numbers(self, jean, permit):
        refused = endorse(jean, permit, "1250")

        assert refused.reason == (
            "1,250 leave but 1,200 are permitted on line A; stop and contact the Management Authority."
        )
        assert "50 CFR 23.26(c)(18)" in refused.basis

    def test_one_line_of_two_too_much_stops_both(self, jean, cast):
        refused = endorse(jean, issued(cast, NOON, TWO_LINES), {"A": "1", "B": "80.6"})

        assert refused.reason.startswith("80.6 kg leave but 80.5 kg are permitted on line B;")
        assert not EndorsementLine.objects.exists()

    @pytest.mark.parametrize(
        ("field", "value", "code"),
        [
            ("port", " ", "missing"),
            ("port", "p" * 61, "too-long"),
            ("transport_document", "", "missing"),
            ("transport_document", "9" * 49, "too-long"),
            ("transport_document", "AWB\x00", "hidden-signs"),
            ("key", "k" * 65, "key-too-long"),
            ("packages", 0, "packages-out-of-range"),
            ("stage", "transit", "stage-unknown"),
            ("stage", "import", "wrong-stage"),
            ("dead", {"A": "1151"}, "more-dead-than-arrived"),
            ("dead", {"A": "1.5"}, "quantity-fraction"),
            ("dead", {"A": "-1"}, "quantity-not-positive"),
        ],
    )
    def test_a_box_that_may_not_stand(self, jean, permit, field, value, code):
        assert endorse(jean, permit, **{field: value}).code == code

    def test_expired(self, jean, permit):
        refused = endorse(jean, permit, at=datetime.combine(permit.valid_until, NOON.time(), UTC) + timedelta(days=1))

        assert refused.code == "expired"
        assert f"{permit.valid_until.day} {permit.valid_until:%B %Y}" in refused.reason
        assert "50 CFR 23.54(b)" in refused.basis

    def test_before_its_issue(self, jean, permit):
        assert endorse(jean, permit, at=NOON - timedelta(days=1)).code == "not-yet-issued"

    def test_used_already(self, jean, permit):
        endorse(jean, permit, "10")

        refused = endorse(jean, permit, "10")

        assert refused.code == "already-used"
        assert Endorsement.objects.count() == 1

    def test_cancelled(self, jean, amina, permit):
        permits.cancel(actor=amina, number=permit.number, reason="The skins were seized.", at=LATER)

        assert endorse(jean, permit).code == "permit-cancelled"

    @pytest.mark.parametrize(
        ("state", "code"), [("replaced", "permit-replaced"), ("lost", "permit-lost"), ("suspended", "permit-suspended")]
    )
    def test_out_of_use(self, jean, permit, state, code):
        PermitStatus.objects.filter(permit=permit).update(state=state)

        assert endorse(jean, permit).code == code

    def test_the_state_of_the_permit_comes_before_faults_of_typing(self, jean, permit):
        PermitStatus.objects.filter(permit=permit).update(state="lost")

        assert endorse(jean, permit, "many").code == "permit-lost"

    def test_only_customs_endorses(self, cast, permit):
        answers = {name: endorse(actor, permit) for name, actor in cast.items()
                   if name not in ("jean", "nadia")}

        assert {answer.code for answer in answers.values()} == {"not-allowed"}
        assert not Endorsement.objects.exists()

    def test_an_unknown_number(self, jean, permit):
        refused = services.endorse(
            actor=jean,
            number="26QM999999E",
            stage="export",
            quantities={"A": "1"},
            port="QMKIV",
            transport_document="1",
            at=LATER,
        )

        assert refused.reason == "There is no permit 26QM999999E."


@pytest.mark.django_db
class TestSentTwice:
    def test_the_same_key_and_content_is_the_same_endorsement(self, jean, permit):
        first = endorse(jean, permit, key="kivu-7")
        again = endorse(jean, permit, "1150.0", key="kivu-7", at=LATER + timedelta(hours=1))

        assert first == again
        assert Endorsement.objects.count() == 1
        assert Event.objects.filter(kind="export-endorsed").count() == 1

    @pytest.mark.parametrize(
        "changes", [{"moved": "1149"}, {"port": "QMOTH"}, {"transport_document": "1"}, {"packages": 2}]
    )
    def test_the_same_key_with_other_content_is_refused(self, jean, permit, changes):
        endorse(jean, permit, key="kivu-7")

        assert endorse(jean, permit, key="kivu-7", **changes).code == "key-used"

    def test_a_key_serves_one_permit(self, jean, cast, permit):
        endorse(jean, permit, key="kivu-7")

        assert endorse(jean, issued(cast, NOON), key="kivu-7").code == "key-used"


@pytest.mark.django_db
class TestAtTheBorder:
    def test_says_what_may_be_done(self, jean, permit):
        found = selectors.at_border(jean, permit.number, LATER)

        assert (found.may_endorse, found.stage, found.state) == (True, "export", PermitState.VALID)

    def test_says_why_not_after_use(self, jean, permit):
        endorsement = endorse(jean, permit)
        found = selectors.at_border(jean, permit.number, LATER)

        assert (found.may_endorse, found.refusal.code, found.endorsement) == (False, "already-used", endorsement)
        assert selectors.recent(jean, "QMKIV") == [endorsement]
        assert selectors.recent(jean, "QMOTH") == []

    def test_shows_nothing_to_strangers(self, mario, cast, permit):
        stranger = type(mario)(label="person:0", name="", party="QZ", roles=cast["jean"].roles, person_id=0)

        assert selectors.at_border(stranger, permit.number, LATER) is None
        assert selectors.recent(mario) == []


def test_of_eight_posts_one_endorses(own_database, at_once):
    from wildgate.site.demo.cast import settle

    who = settle("QM", "Demoland", NOON)
    permit = issued(who, NOON)

    outcomes = at_once(
        *[lambda n=n: endorse(who["jean"], permit, str(150 * (n + 1)), key=f"post-{n}") for n in range(8)]
    )

    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["Endorsement"] + ["Refusal"] * 7
    assert {outcome.code for outcome in outcomes if isinstance(outcome, Refusal)} == {"already-used"}
    assert sum(line.quantity for line in EndorsementLine.objects.all()) <= 1200
    assert events.verify("QM") is None


def test_eight_senders_of_one_message_get_one_endorsement(own_database, at_once):
    from wildgate.site.demo.cast import settle

    who = settle("QM", "Demoland", NOON)
    permit = issued(who, NOON)

    outcomes = at_once(*[lambda: endorse(who["jean"], permit, key="kivu-7")] * 8)

    assert len({getattr(outcome, "pk", outcome) for outcome in outcomes}) == 1
    assert Endorsement.objects.count() == 1


class Line:
    """A block of a permit, for the pure reading of quantities."""

    def __init__(self, block: str, quantity: Decimal, unit: str) -> None:
        self.block, self.quantity, self.unit = block, quantity, unit


AMOUNT = some.decimals(min_value=Decimal("-2000"), max_value=Decimal("3000"), places=2, allow_nan=False)


@given(moved=some.dictionaries(some.sampled_from("ABCD"), some.one_of(AMOUNT, AMOUNT.map(str), some.text(max_size=12))))
def test_what_is_read_is_never_more_than_permitted(moved):
    lines = [Line("A", Decimal(1200), "NAR"), Line("B", Decimal("80.5"), "KGM"), Line("C", Decimal("0.25"), "KGM")]

    read = crossing.read_quantities(moved, lines, "export")

    if not isinstance(read, Refusal):
        assert set(read) == {"A", "B", "C"}
        assert all(0 <= read[line.block] <= line.quantity for line in lines)
        assert any(read.values())
        assert read["A"] == int(read["A"])


@pytest.mark.django_db
def test_nothing_is_endorsed_at_a_place_that_is_none_of_the_ports(cast, jean, permit):
    assert jean.station == "Kivu-2"
    entered(cast, "port", {"name": "Port Lacuna", "use": "both", "codes": ["QMLAC"]}, at=NOON)

    refused = endorse(jean, permit, port="Atlantis")
    assert (refused.code, refused.field) == ("place-unknown", "port")
    assert refused.reason.startswith("Atlantis is none of the ports of entry and exit: Port Lacuna. Give one")
    assert not Endorsement.objects.exists()
    assert services.reject(actor=jean, country="QZ", number="26QZ1", reason="forged", evidence="Ink", port="Atlantis",
                           at=NOON).code == "place-unknown"

    assert isinstance(endorse(jean, permit, port="port lacuna"), Endorsement)


@pytest.mark.django_db
def test_a_list_without_codes_is_not_held_against_a_program(cast, jean):
    program = replace(jean, roles=frozenset({Role.CUSTOMS_SYSTEM}), station="")
    entered(cast, "port", {"name": "Port Lacuna", "use": "both"}, at=NOON)

    assert not_ours(jean, "QM-00417", NOON).code == "place-unknown"
    assert not_ours(program, "QM-00417", NOON) is None

    entered(cast, "port", {"name": "Kivu-2", "use": "both", "codes": ["QMKV2"]}, at=NOON)
    assert not_ours(program, "QM-00417", NOON).code == "place-unknown"
    assert not_ours(program, "QMKV2", NOON) is None


@pytest.mark.django_db
@pytest.mark.parametrize("port", ["qmlac", "Kivu-2"])
def test_a_code_of_a_port_and_the_officers_own_station_are_known(cast, jean, permit, port):
    entered(cast, "port", {"name": "Port Lacuna", "use": "both", "codes": ["QMLAC"]}, at=NOON)

    assert isinstance(endorse(jean, permit, port=port), Endorsement)
