"""Imports: foreign papers as presented, the import permit that Appendix I needs, and one act that uses both."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from tests.cast import issued

from wildgate.apps.customs import selectors, services
from wildgate.apps.customs.models import Endorsement, ForeignPermit
from wildgate.apps.customs.services import Item
from wildgate.apps.permits.models import PermitStatus
from wildgate.convention.refusal import Refusal
from wildgate.kit import events
from wildgate.seal.token import read_token

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
LATER = NOON + timedelta(days=3)
ISSUED_ON = date(2026, 11, 10)
KEY = ("QZ", "26QZ000007E", ISSUED_ON)
SKINS = Item("Python bivittatus", "II", "W", "SKI", "300", "NAR", "QZ", marks=("tag 1-300",))
TIGER = Item("Panthera tigris", "I", "W", "SKI", "2", "NAR", "QZ")
TIGER_IMPORT = {
    "direction": "import",
    "purpose": "S",
    "other_country": "QZ",
    "other_name": "Quartz Museum",
    "other_address": "1 Fossil Row, Quartzland",
    "lines": [
        {"taxon": "Panthera tigris", "term": "SKI", "quantity": "2", "unit": "NAR", "source": "W", "origin": "QZ"}
    ],
}


def register(jean: Any, *lines: Item, **changes: Any) -> ForeignPermit | Refusal:
    given = {
        "country": "QZ",
        "number": KEY[1],
        "issued_on": ISSUED_ON,
        "valid_until": date(2027, 5, 9),
        "kind": "export-permit",
        "exporter_country": "QZ",
        "importer_country": "QM",
        "purpose": "T",
        "at": NOON,
        **changes,
    }
    return services.register_foreign(actor=jean, lines=lines or (SKINS,), **given)


def bring_in(jean: Any, moved: Any = "290", import_permit: str | None = None, **changes: Any) -> Endorsement | Refusal:
    quantities = moved if isinstance(moved, dict) else {"A": moved}
    given = {"foreign": KEY, "port": "QMKIV", "transport_document": "MAEU1234567", "at": LATER, **changes}
    return services.endorse_import(actor=jean, import_permit=import_permit, quantities=quantities, **given)


class TestAForeignPaper:
    def test_is_written_down_once(self, jean):
        first, again = register(jean), register(jean)

        assert isinstance(first, ForeignPermit)
        assert first == again
        assert (first.state, first.lines.get().amount, len(first.digest)) == ("registered", "300", 64)

    def test_registered_with_other_facts_is_refused(self, jean):
        register(jean)

        assert (
            register(jean, Item("Python bivittatus", "II", "W", "SKI", "3000", "NAR", "QZ")).code
            == "foreign-permit-differs"
        )

    @pytest.mark.parametrize(
        ("changes", "code"),
        [
            ({"country": "QM"}, "home-permit"),
            ({"country": "Q1"}, "country-unknown"),
            ({"number": " "}, "number-missing"),
            ({"number": "9" * 31}, "number-missing"),
            ({"kind": "import-permit"}, "kind-unknown"),
            ({"kind": "letter"}, "kind-unknown"),
            ({"purpose": "?"}, "purpose-unknown"),
            ({"issued_on": date(2026, 12, 24)}, "issued-in-future"),
            ({"valid_until": date(2026, 11, 9)}, "validity-reversed"),
            ({"valid_until": date(2027, 6, 1)}, "validity-too-long"),
            ({"digest": "ab"}, "digest-unreadable"),
            ({"exporter_country": ""}, "country-unknown"),
        ],
    )
    def test_with_a_fault_is_refused(self, jean, changes, code):
        assert register(jean, **changes).code == code
        assert not ForeignPermit.objects.exists()

    @pytest.mark.parametrize(
        ("item", "code", "field"),
        [
            (Item("Pyton bivitatus", "II", "W", "SKI", "1", "NAR", "QZ"), "taxon-unknown", "lines[0].taxon"),
            (Item("Python bivittatus", "IV", "W", "SKI", "1", "NAR", "QZ"), "appendix-unknown", "lines[0].appendix"),
            (Item("Python bivittatus", "II", "Q", "SKI", "1", "NAR", "QZ"), "source-unknown", "lines[0].source"),
            (Item("Python bivittatus", "II", "W", "FIN", "1", "NAR", "QZ"), "term-unknown", "lines[0].term"),
            (Item("Python bivittatus", "II", "W", "SKI", "1", "TON", "QZ"), "unit-unknown", "lines[0].unit"),
            (
                Item("Python bivittatus", "II", "W", "SKI", "0", "NAR", "QZ"),
                "quantity-not-positive",
                "lines[0].quantity",
            ),
            (Item("Python bivittatus", "II", "W", "SKI", "1.5", "NAR", "QZ"), "quantity-fraction", "lines[0].quantity"),
            (Item("Python bivittatus", "II", "W", "SKI", "1", "NAR", "Q1"), "origin-unknown", "lines[0].origin"),
        ],
    )
    def test_with_a_faulty_line_is_refused(self, jean, item, code, field):
        refused = register(jean, item)

        assert (refused.code, refused.field) == (code, field)

    def test_is_registered_by_customs_only(self, mario):
        assert register(mario).code == "not-allowed"


class TestAnAppendixIIImport:
    def test_needs_the_foreign_paper_only(self, jean):
        paper = register(jean)

        endorsement = bring_in(jean, dead={"A": "0"})

        assert isinstance(endorsement, Endorsement)
        paper.refresh_from_db()
        assert (endorsement.permit, endorsement.foreign, paper.state) == (None, paper, "used")
        assert [event.kind for event in events.of(paper.subject, party="QM")] == [
            "foreign-registered",
            "import-endorsed",
        ]
        assert events.verify("QM") is None

    def test_its_label_is_chained_to_the_exporters_endorsement(self, jean):
        register(jean, digest="ab" * 32, endorsement_digest="cd" * 32)

        sealed = read_token(bring_in(jean).seal).claims

        assert (sealed.permit_digest, sealed.previous) == (b"\xab" * 16, b"\xcd" * 16)

    def test_happens_once(self, jean):
        register(jean)
        bring_in(jean)

        assert bring_in(jean).code == "already-used"
        assert not selectors.foreign_at_border(jean, *KEY, LATER).may_endorse

    def test_sent_twice_is_one(self, jean):
        register(jean)

        assert bring_in(jean, key="k1") == bring_in(jean, key="k1")
        assert bring_in(jean, "289", key="k1").code == "key-used"

    def test_more_than_permitted_is_stopped(self, jean):
        register(jean)

        assert bring_in(jean, "301").reason.startswith("301 arrive but 300 are permitted on line A; stop")

    def test_after_the_last_day_is_too_late(self, jean):
        register(jean)

        assert bring_in(jean, at=LATER + timedelta(days=180)).code == "expired"

    def test_an_unknown_paper(self, jean):
        assert bring_in(jean).code == "no-such-foreign-permit"

    def test_only_customs(self, cast, jean):
        register(jean)

        others = [actor for name, actor in cast.items() if name not in ("jean", "nadia")]
        assert {bring_in(actor).code for actor in others} == {"not-allowed"}


class TestAnAppendixIImport:
    def test_uses_both_permits_in_one_act(self, cast, jean):
        home = issued(cast, NOON, TIGER_IMPORT)
        register(jean, TIGER, purpose="S")

        endorsement = bring_in(jean, "2", home.number)

        assert isinstance(endorsement, Endorsement)
        assert (home.kind, PermitStatus.objects.get(permit=home).state) == ("import-permit", "used")
        assert endorsement.lines.get().permit_line == home.lines.get()
        assert endorsement.lines.get().foreign_line.foreign.state == "used"
        assert (
            next(json.loads(each.data) for each in events.of(home.subject, party="QM")
                 if each.kind == "import-endorsed")["foreign"]
            == "foreign:QZ/26QZ000007E/2026-11-10"
        )

    def test_without_the_import_permit_is_refused(self, jean):
        register(jean, TIGER, purpose="S")

        refused = bring_in(jean, "2")

        assert (refused.code, refused.basis) == ("import-permit-missing", ("Art. III.3",))
        assert ForeignPermit.objects.get().state == "registered"

    def test_bred_in_captivity_needs_none(self, jean):
        register(
            jean,
            Item("Panthera tigris", "I", "C", "SKI", "2", "NAR", "QZ"),
            kind="captive-bred-certificate",
            purpose="S",
        )

        assert isinstance(bring_in(jean, "2"), Endorsement)

    @pytest.mark.parametrize(
        "item",
        [
            Item("Panthera tigris", "I", "W", "SKI", "3", "NAR", "QZ"),
            Item("Panthera tigris", "I", "W", "BOD", "2", "NAR", "QZ"),
            Item("Panthera onca", "I", "W", "SKI", "2", "NAR", "QZ"),
        ],
    )
    def test_of_what_the_import_permit_does_not_cover_is_refused(self, cast, jean, item):
        home = issued(cast, NOON, TIGER_IMPORT)
        register(jean, item, purpose="S")

        assert bring_in(jean, item.quantity, home.number).code == "import-permit-does-not-cover"
        assert PermitStatus.objects.get(permit=home).state == "valid"
        assert ForeignPermit.objects.get().state == "registered"

    def test_two_lines_cannot_share_what_one_may_bring(self, cast, jean):
        home = issued(cast, NOON, TIGER_IMPORT)
        register(jean, TIGER, TIGER, purpose="S")

        assert bring_in(jean, {"A": "2", "B": "1"}, home.number).code == "import-permit-does-not-cover"
        assert isinstance(bring_in(jean, {"A": "1", "B": "1"}, home.number), Endorsement)

    def test_a_used_import_permit_serves_no_second_consignment(self, cast, jean):
        home = issued(cast, NOON, TIGER_IMPORT)
        register(jean, TIGER, purpose="S")
        bring_in(jean, "1", home.number)
        register(jean, TIGER, purpose="S", number="26QZ000008E")

        refused = bring_in(jean, "1", home.number, foreign=("QZ", "26QZ000008E", ISSUED_ON))

        assert refused.code == "already-used"
        assert ForeignPermit.objects.get(number="26QZ000008E").state == "registered"

    def test_an_import_permit_for_another_route_is_refused(self, cast, jean):
        home = issued(cast, NOON, TIGER_IMPORT)
        register(jean, TIGER, purpose="S", exporter_country="FR")

        assert bring_in(jean, "2", home.number).code == "import-permit-of-another-route"

    def test_an_export_permit_is_no_import_permit(self, cast, jean):
        export = issued(cast, NOON)
        register(jean, TIGER, purpose="S")

        assert bring_in(jean, "2", export.number).code == "not-an-import-permit"

    def test_an_import_permit_is_endorsed_at_import(self, cast, jean):
        home = issued(cast, NOON, TIGER_IMPORT)
        given = {
            "actor": jean,
            "number": home.number,
            "quantities": {"A": Decimal(2)},
            "port": "QMKIV",
            "transport_document": "x",
            "at": LATER,
        }

        assert services.endorse(stage="export", **given).code == "wrong-stage"
        assert isinstance(services.endorse(stage="import", **given), Endorsement)


def test_of_eight_posts_one_lets_the_goods_in(own_database, at_once):
    from wildgate.site.demo.cast import settle

    who = settle("QM", "Demoland", NOON)
    home = issued(who, NOON, TIGER_IMPORT)
    register(who["jean"], TIGER, purpose="S")

    outcomes = at_once(*[lambda: bring_in(who["jean"], "1", home.number)] * 8)

    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["Endorsement"] + ["Refusal"] * 7
    assert Endorsement.objects.count() == 1
    assert events.verify("QM") is None
