"""The words for MISP: the files shipped equal what the tables say, in the shape that a MISP takes in."""

from __future__ import annotations

from importlib.resources import files
from typing import Any

import pytest
from pymisp import MISPObject

from wildgate.convention.tables import read_facts
from wildgate.sharing import vocabulary
from wildgate.sharing.misp.templates import TEMPLATES, definition


@pytest.mark.parametrize("name", sorted(vocabulary.FILES))
def test_the_file_equals_what_is_written_of_the_tables(name: str) -> None:
    shipped = (files("wildgate") / "data" / name).read_text(encoding="utf-8")

    assert shipped == vocabulary.written(vocabulary.FILES[name]())


def test_each_file_names_its_source_and_licence_first() -> None:
    assert all(list(make())[:2] == ["source", "licence"] for make in vocabulary.FILES.values())


def test_every_code_of_the_tables_is_a_machine_tag() -> None:
    entries = {each["predicate"]: {entry["value"] for entry in each["entry"]}
               for each in vocabulary.taxonomy()["values"]}

    assert entries["term"] == {row["code"] for row in read_facts("terms")}
    assert entries["source"] == {row["code"] for row in read_facts("sources")}
    assert entries["purpose"] == {row["code"] for row in read_facts("purposes")}
    assert entries["appendix"] == {"I", "II", "III"}
    predicates = {each["value"] for each in vocabulary.taxonomy()["predicates"]}
    assert entries.keys() <= predicates


def test_every_listed_family_is_a_cluster_with_its_appendices() -> None:
    values: dict[str, Any] = {each["value"]: each for each in vocabulary.cluster()["values"]}

    assert {row["family"] for row in read_facts("listings") if row["family"]} <= values.keys()
    assert values["Felidae"]["meta"]["appendix"] == ["I", "II"]
    assert len({each["uuid"] for each in values.values()}) == len(values)


@pytest.mark.parametrize("name", sorted(TEMPLATES))
def test_pymisp_knows_every_type_of_a_template(name: str) -> None:
    template = TEMPLATES[name]

    made = MISPObject(name, strict=True, misp_objects_template_custom=definition(template))

    for relation in template.relations:
        added = made.add_attribute(relation, "2027-03-01T12:00:00+00:00" if relation in (
            "created", "modified", "at") else "1")
        assert added is not None
