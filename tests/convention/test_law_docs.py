"""docs/law.md says what the data say, and every rule has a test that proves it."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

from wildgate.convention.overlay import shipped_overlays
from wildgate.convention.rules import table
from wildgate.convention.unconfirmed import unconfirmed_facts

TOOL = Path(__file__).resolve().parents[2] / "tools" / "build_law_docs.py"


@pytest.fixture(scope="module")
def tool() -> ModuleType:
    spec = importlib.util.spec_from_file_location("build_law_docs", TOOL)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_page_is_what_the_data_and_the_tests_say(tool: ModuleType) -> None:
    assert tool.PAGE.read_text("utf-8") == tool.page(), "run .venv/bin/python tools/build_law_docs.py"


def test_every_rule_has_a_test_and_no_test_names_a_rule_that_is_not(tool: ModuleType) -> None:
    proofs = tool.proofs()

    assert [rule_id for rule_id, tests in proofs.items() if not tests] == []
    assert set(proofs) == {row.id for row in table()}
    assert all("test_every_rule::test_rule" in tests for tests in proofs.values())


def test_every_fact_measure_and_basis_is_on_the_page(tool: ModuleType) -> None:
    page = tool.PAGE.read_text("utf-8")

    for row in table():
        assert all(basis in page for basis in row.basis), row.id
    assert all(fact.id in page for fact in unconfirmed_facts())
    assert all(one.id in page for overlay in shipped_overlays().values() for one in overlay.measures)
