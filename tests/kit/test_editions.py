"""Editions of the law: kept once, whole, unchangeable; what they hold rules as it did."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from tests.databases import as_owner, lift_guards

from wildgate.convention.again import KeptRegister, register_text
from wildgate.convention.history import Change
from wildgate.convention.intake import parse_trade
from wildgate.convention.listing import law
from wildgate.convention.refusal import Refusal
from wildgate.convention.register import Register, Registered, RegisterLaw
from wildgate.convention.reservation import Reservation
from wildgate.convention.ruling import ruling_json
from wildgate.convention.vocabulary import Appendix, Kingdom
from wildgate.kit import editions
from wildgate.kit.editions import Unpacked
from wildgate.kit.models import LawEdition, LawPart
from wildgate.kit.national import ruled
from wildgate.kit.ruled_again import ruled_again, same_program

AT = datetime(2026, 11, 23, 12, tzinfo=UTC)
TRADE = {"direction": "export", "on": "2026-11-23", "from": "QM", "to": "QZ", "purpose": "T",
         "lines": [{"taxon": "Python regius", "term": "LIV", "quantity": "6", "unit": "NAR", "source": "W",
                    "origin": "QM", "live": True}]}
OLD = {**TRADE, "lines": [{**TRADE["lines"][0], "taxon": "Pythonius regius"}]}
TABLE = "wildgate/data/decision_table.tsv"
IMPORTED = RegisterLaw(Register(
    [Registered("Python regius", "Animalia", "Pythonidae", "Python", "II"),
     Registered("Novorchis alba", "Plantae", "Orchidaceae", "Novorchis", "II")],
    [("Pythonius regius", "Python regius"), ("Hortulia regia", "Python regius"), ("Hortulia regia", "Novorchis alba")],
    "A checklist"))


def kept(the_law: Any = None) -> Unpacked:
    with transaction.atomic():
        found = editions.unpack(editions.keep(the_law or law(), AT))
    assert isinstance(found, Unpacked), found
    return found


def ruling(trade: dict[str, Any], the_law: Any = None) -> dict[str, Any]:
    return ruling_json(ruled(parse_trade(trade, the_law or law()), the_law or law()))


def execute(table: str, statement: str) -> None:
    lift_guards(table)
    with connection.cursor() as cursor:
        cursor.execute(statement)


@pytest.mark.django_db
def test_an_edition_is_kept_once_and_shares_its_parts_with_the_next():
    first, again = kept(), kept()
    parts = LawPart.objects.count()
    widened = kept(IMPORTED)

    assert first.digest == again.digest == editions.digest_now(law()) != widened.digest
    assert LawEdition.objects.count() == 2
    assert LawPart.objects.count() == parts + 1
    assert sum(len(bytes(part.data)) for part in LawPart.objects.all()) < 400_000


def test_what_is_left_out_of_an_edition_is_named_by_no_module_of_the_law():
    program = b"".join(content for name, content in editions.shipped().items() if name.endswith(".py")).decode()
    named = {name for name in editions.SKIPPED
             if re.search(rf"""["'/]{re.escape(name.partition(".")[0])}(\.\w+)?["']""", program)}

    assert named == set()
    assert {"wildgate/data/listings.tsv", "wildgate/data/decision_table.tsv"} <= editions.shipped().keys()


@pytest.mark.django_db
def test_what_was_kept_is_what_this_process_rules_by():
    edition = kept()

    assert edition.files == editions.shipped()
    assert {"wildgate/convention/ruling.py", "wildgate/convention/again.py", TABLE} <= set(edition.files)
    assert same_program(edition)


@pytest.mark.django_db
def test_a_fresh_interpreter_rules_as_this_one_did_also_by_imported_names():
    """Also an ambiguous synonym and a genus of the import come back as they were."""
    plain, widened = kept(), kept(IMPORTED)
    orchid = {**TRADE, "lines": [{**TRADE["lines"][0], "taxon": "Novorchis alba", "source": "A", "live": False}]}
    of_two = {**TRADE, "lines": [{**TRADE["lines"][0], "taxon": "Hortulia regia"}]}

    same, unknown = ruled_again(plain, [TRADE, OLD])
    *found, ambiguous = ruled_again(widened, [TRADE, OLD, orchid, of_two])

    assert same == ruling(TRADE)
    assert unknown["errors"][0]["code"] == "taxon-unknown"
    assert found == [ruling(TRADE, IMPORTED), ruling(OLD, IMPORTED), ruling(orchid, IMPORTED)]
    assert "used for 2 taxa" in ambiguous["errors"][0]["reason"]


@pytest.mark.django_db
def test_imported_history_and_reservations_come_back_as_they_were():
    changed = Change("Python regius", Kingdom.ANIMAL, (Appendix.II,), (Appendix.I,), date(2026, 6, 1), basis="CoP20",
                     certainty="import")
    held = Reservation("Python regius", "QZ", date(2026, 7, 1), appendix=Appendix.I, note="only for live ones")
    register = IMPORTED.register
    before = Register([Registered("Python regius", "Animalia", "Pythonidae", "Python", "II")], [], register.origin,
                      {"Python regius": (changed,)}, [held])

    after = KeptRegister(json.loads(register_text(RegisterLaw(before))))

    assert vars(after) == vars(before)
    assert register_text(RegisterLaw(after)) == register_text(RegisterLaw(before))
    earlier = {**TRADE, "on": "2026-05-01"}
    assert ruled_again(kept(RegisterLaw(before)), [earlier, TRADE]) == [
        ruling(earlier, RegisterLaw(before)), ruling(TRADE, RegisterLaw(before))]


@pytest.mark.django_db
@pytest.mark.parametrize("place", ["os:environ", "wildgate.kit.models:LawPart", "wildgate.convention.again:main"])
def test_a_kept_register_names_no_other_things_than_types_of_the_law(place):
    with pytest.raises(ValueError, match="no type of the law"):
        KeptRegister({"origin": {"~": place, "is": {}}})


@pytest.mark.django_db
def test_national_measures_and_settled_facts_are_part_of_an_edition(monkeypatch):
    bare = kept().digest
    monkeypatch.setenv("WILDGATE_OVERLAYS", "eu")
    monkeypatch.setenv("WILDGATE_NOT_ACCEPTED", "K-flag-state")
    into_europe = {**TRADE, "direction": "import", "to": "FR"}
    edition, stricter = kept(), ruling(into_europe)
    monkeypatch.delenv("WILDGATE_OVERLAYS")
    monkeypatch.delenv("WILDGATE_NOT_ACCEPTED")

    assert edition.digest != bare
    assert stricter != ruling(into_europe)
    assert ruled_again(edition, [into_europe]) == [stricter]


@pytest.mark.django_db
def test_it_is_the_editions_facts_that_rule_not_those_of_this_installation():
    edition = kept()
    changed = edition.files[TABLE].decode().replace("E08\texport\tII\tany\tW|R|F|U|X|Y\tany\t\tallow",
                                                    "E08\texport\tII\tany\tW|R|F|U|X|Y\tany\t\tconditional")
    other = replace(edition, files={**edition.files, TABLE: changed.encode()})

    assert ruling(TRADE)["decision"] == "allow"
    assert ruled_again(other, [TRADE])[0]["decision"] == "conditional"


@pytest.mark.django_db
def test_the_kept_program_runs_only_when_asked_for():
    edition = kept()
    name = "wildgate/convention/ruling.py"
    program = edition.files[name].decode().replace('"decision": ruling.decision.value,', '"decision": "as in 1975",')
    other = replace(edition, files={**edition.files, name: program.encode()})

    assert not same_program(other)
    assert ruled_again(other, [TRADE]) == [ruling(TRADE)]
    assert ruled_again(other, [TRADE], own_program=True)[0]["decision"] == "as in 1975"


@pytest.mark.django_db
def test_a_program_that_cannot_run_is_told_with_its_last_word():
    edition = kept()
    other = replace(edition, files={**edition.files, TABLE: b"\xff"})

    refused = ruled_again(other, [TRADE])

    assert isinstance(refused, Refusal)
    assert refused.code == "edition-not-run"


@pytest.mark.django_db
@pytest.mark.parametrize(("table", "statement", "what"), [
    ("kit_lawpart", "UPDATE kit_lawpart SET data = (SELECT data FROM kit_lawpart ORDER BY digest LIMIT 1)", "its part"),
    ("kit_lawpart", "DELETE FROM kit_lawpart WHERE size > 60000", "missing"),
    ("kit_lawpart", "UPDATE kit_lawpart SET size = size - 1", "its part"),
    ("kit_lawedition", "UPDATE kit_lawedition SET manifest = replace(manifest, '\"confirmed\":[]', "
                       "'\"confirmed\":[\"K-flag-state\"]')", "its manifest"),
])
def test_whatever_is_changed_in_a_kept_edition_is_noticed(table, statement, what):
    digest = kept().digest
    execute(table, statement)

    found = editions.unpack(digest)

    assert isinstance(found, Refusal)
    assert (found.code, what in found.reason) == ("edition-damaged", True), found.reason


@pytest.mark.django_db
@pytest.mark.parametrize("statement", ["UPDATE kit_lawpart SET size = 1", "DELETE FROM kit_lawpart",
                                       "UPDATE kit_lawedition SET manifest = ''", "DELETE FROM kit_lawedition"])
def test_the_database_lets_nobody_change_one(statement):
    kept()

    with (as_owner(), pytest.raises(DatabaseError, match="append-only"), transaction.atomic(),
          connection.cursor() as cursor):
        cursor.execute(statement)


@pytest.mark.django_db
def test_what_is_rolled_back_is_kept_by_the_next_one():
    with transaction.atomic():
        editions.keep(law(), AT)
        transaction.set_rollback(True)

    assert LawEdition.objects.count() == 0
    assert kept().digest == LawEdition.objects.get().digest


def test_two_who_store_the_first_ruling_at_once_keep_one_edition(own_database, at_once):
    def keep() -> str:
        with transaction.atomic():
            return editions.keep(law(), AT)

    digests = at_once(*[keep] * 6)

    assert len(set(digests)) == LawEdition.objects.count() == 1
    assert isinstance(editions.unpack(digests[0]), Unpacked)
