"""The register of personal data: no field of any app is left out, and the documentation says what the register says."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.db import models

from wildgate.apps.privacy import documentation, register
from wildgate.apps.privacy.register import PURPOSES, declared

DOCS = Path(__file__).resolve().parents[3] / "docs" / "data-protection.md"


def test_every_field_that_could_hold_a_name_is_declared_or_set_apart():
    """A new field fails here until somebody says what it holds: declared.tsv, or apart.tsv where it names nobody."""
    said = {(line.label, name) for line in declared() for name in line.fields}
    there = set(register.candidates())
    named = {(line.label, name) for line in declared() for name in line.fields
             if name in {field.name for field in line.model._meta.concrete_fields}}

    assert sorted(there - said - register.apart()) == []
    assert sorted(said & register.apart()) == []
    assert sorted(register.apart() - there) == []
    assert said == named


def test_the_walk_sees_texts_structures_addresses_and_bytes():
    there = set(register.candidates())
    assert there >= {("accounts.person", "name"), ("accounts.person", "email"), ("tips.identity", "box"),
                     ("usersessions.usersession", "ip"), ("permits.application", "answers"), ("kit.eventnote", "text")}
    assert ("accounts.post", "role") not in there


@pytest.mark.django_db
def test_every_line_can_be_followed():
    for line in declared():
        by, path = line.way
        assert by in ("person", "email", "label", "firm", "-"), line
        assert line.erased in ("delete", "blank", "pseudonym", "keep", "own"), line
        assert line.purpose in PURPOSES, line
        if by != "-":
            line.model._default_manager.filter(**{f"{path}__in": []}).exists()
        if line.erased == "blank":
            assert all(isinstance(line.model._meta.get_field(name), models.CharField) for name in line.fields)


def test_the_documentation_says_what_the_register_says():
    """Write it anew with `wildgate privacy register > docs/data-protection.md`."""
    assert DOCS.read_text(encoding="utf-8") == documentation.page()
