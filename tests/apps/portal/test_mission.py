"""The page of duties tells the truth: each address leads somewhere, each command and each test exists."""

from __future__ import annotations

import argparse
import re
from pathlib import Path

import pytest
from django.urls import Resolver404, resolve

from wildgate.site.cli import parser

ROOT = Path(__file__).resolve().parents[3]
TOLD = (ROOT / "docs" / "mission.md").read_text(encoding="utf-8")
SPANS = sorted(set(re.findall(r"`([^`]+)`", TOLD)))
ADDRESSES = [each for each in SPANS if each.startswith("/")]
COMMANDS = [each for each in SPANS if re.fullmatch(r"wildgate [a-z -]+", each)]
TESTS = [each for each in SPANS if each.startswith("tests/")]


def test_the_page_names_addresses_commands_and_tests():
    assert len(ADDRESSES) > 40 and len(COMMANDS) > 9 and len(TESTS) > 30
    modules = [each for each in SPANS if each.startswith("wildgate.")]
    assert set(SPANS) == {*ADDRESSES, *COMMANDS, *TESTS, *modules}


@pytest.mark.parametrize("address", ADDRESSES)
def test_an_address_of_the_page_leads_somewhere(address):
    try:
        found = resolve(address)
    except Resolver404:
        pytest.fail(f"docs/mission.md names {address}, which leads nowhere")
    assert getattr(found.func, "access_rule", None) is not None or address.startswith("/api/")
    if "/new/" in address and address.startswith("/portal/"):
        from wildgate.apps.portal.kinds import KINDS
        assert found.kwargs["kind"] in KINDS


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_of_the_page_exists(command):
    verbs = next(each for each in parser()._actions if isinstance(each, argparse._SubParsersAction))

    assert command.split()[1] in verbs.choices


@pytest.mark.parametrize("path", TESTS)
def test_a_test_of_the_page_exists(path):
    assert (ROOT / path).exists()
    if (ROOT / path).is_dir():
        assert list((ROOT / path).glob("test_*.py"))


def test_each_duty_stands_in_a_whole_row():
    rows = [line for line in TOLD.splitlines() if line.startswith("| ") and not set(line) <= set("| -")]

    assert rows and all(line.count("|") == 5 and all(cell.strip() for cell in line.split("|")[1:5]) for line in rows)
