"""Who reads which field: the table, its page in the docs, and what pages show to each role."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest
from tests.apps.accounts.offices import anew, firm
from tests.desks import page_text

from wildgate.apps.accounts import services
from wildgate.apps.accounts.access import Actor
from wildgate.apps.accounts.fields import LABELS, OWN, facts, field_table, may_read
from wildgate.apps.accounts.models import Organisation, Person, Role

TOOL = Path(__file__).resolve().parents[3] / "tools" / "build_access_docs.py"
ROLES = [role for role in Role if role is not Role.TRADER]


def actor(*roles: Role) -> Actor:
    return Actor("person:900", "Somebody", "QM", frozenset(roles), person_id=900)


def test_the_page_is_what_the_table_says():
    spec = importlib.util.spec_from_file_location("build_access_docs", TOOL)
    tool = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(tool)

    assert tool.PAGE.read_text("utf-8") == tool.page(), "run .venv/bin/python tools/build_access_docs.py"


def test_every_row_names_a_field_that_exists_and_a_label_that_is_translated():
    known = {"organisation": Organisation(), "private-person": Organisation(), "person": Person()}
    derived = {"second_factor", "posts", "sessions"}

    assert {row.label for row in field_table()} == {str(label) for label in LABELS}
    assert [row for row in field_table()
            if row.field not in derived and not hasattr(known[row.subject], row.field)] == []


@pytest.mark.parametrize("private", [False, True])
@pytest.mark.parametrize("role", ROLES)
def test_a_role_reads_what_its_column_grants(role, private):
    subject = Organisation(pk=5, party="QM", name="N", address="Home 1", country="QM", private=private, code="ABCD2345",
                           registration_number="R1", proof="P", decision="D")
    kind = "private-person" if private else "organisation"
    granted = {row.field for row in field_table() if row.subject == kind and role.value in row.readers}

    for field in {row.field for row in field_table() if row.subject == kind}:
        assert may_read(actor(role), subject, field) is (field in granted)
    shown = [value for _label, value in facts(subject, actor(role))]
    assert ("Home 1" in shown) is ("address" in granted)
    assert ("P" in shown) is ("proof" in granted)


def test_customs_know_no_home_and_nobody_reads_what_the_table_does_not_grant():
    home, works = Organisation(private=True), Organisation(private=False)

    assert not may_read(actor(Role.CUSTOMS), home, "address")
    assert may_read(actor(Role.CUSTOMS), works, "address")
    assert not may_read(actor(), works, "name")
    assert not may_read(actor(*ROLES), works, "no-such-field")


def test_the_own_fields_are_ones_own():
    somebody = actor()
    assert may_read(somebody, Person(pk=900), "email")
    assert not may_read(somebody, Person(pk=901), "email")
    assert OWN in next(row for row in field_table() if row.field == "sessions").readers


@pytest.mark.django_db
def test_colleagues_addresses_are_for_who_looks_after_them(desk, cast, mario, at):
    lea = services.add_person(party="QM", email="lea@lacuna.example", name="Lea", password=None, by="system", at=at)
    services.appoint(person=lea, role=Role.TRADER, party="QM", organisation=firm("Lacuna Hides Ltd"), by="system",
                     at=at)
    cast["lea"] = anew(lea.email, at)

    assert "lea@lacuna.example" in page_text(desk("mario").get("/firm/"))
    page = page_text(desk("lea").get("/firm/"))
    assert "mario@lacuna.example" not in page
    assert ("lea@lacuna.example" in page, "Mario Ferro" in page) == (True, True)
    assert may_read(mario, lea, "email")
    assert not may_read(cast["lea"], Person.objects.get(pk=mario.person_id), "email")
    assert not may_read(cast["amina"], lea, "email")


@pytest.mark.django_db
@pytest.mark.parametrize(("who", "sees"), [("amina", True), ("ana", True), ("sam", False)])
def test_a_page_shows_no_more_than_the_table(desk, cast, who, sees):
    Organisation.objects.filter(name="Orlo SA").update(private=True, registration_number="ID 4711")
    text = page_text(desk(who).get(f"/organisations/{firm('Orlo SA').pk}/"))

    assert ("3 Watchmakers" in text) is sees
    assert ("ID 4711" in text) is (who == "amina")
