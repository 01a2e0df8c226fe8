"""National law by setting: overlays and settled facts reach every ruling, and a broken setting is named."""

from __future__ import annotations

import json

import pytest
from tests.cast import SKINS

from wildgate.apps.permits.answers import trade_of
from wildgate.convention.listing import law
from wildgate.kit.national import NotUsable, national, ruled
from wildgate.site.cli import main

pytestmark = pytest.mark.django_db  # the command asks for the imports of the home Party


def trade(at):
    return trade_of(SKINS, home="QM", on=at.date(), law=law())


def test_without_settings_the_convention_alone_rules(at):
    assert national().overlays == ()
    assert ruled(trade(at), law()).decision.value == "allow"


def test_the_shipped_example_is_found_by_name(monkeypatch):
    monkeypatch.setenv("WILDGATE_OVERLAYS", "eu")

    assert len(national().overlays) == 1


def test_the_eu_asks_for_its_import_permit_through_the_command(monkeypatch, tmp_path, capsys):
    asked = tmp_path / "trade.json"
    asked.write_text(json.dumps({
        "direction": "import", "on": "2026-11-22", "from": "QM", "to": "FR", "purpose": "T",
        "lines": [{"taxon": "Python regius", "term": "LIV", "quantity": "2", "unit": "NAR", "source": "W",
                   "origin": "QM", "live": True}]}))
    main(["check", str(asked), "--json"])
    plain = {found["kind"] for found in json.loads(capsys.readouterr().out)["documents"]}

    monkeypatch.setenv("WILDGATE_OVERLAYS", "eu")
    main(["check", str(asked), "--json"])
    stricter = {found["kind"] for found in json.loads(capsys.readouterr().out)["documents"]}

    assert stricter - plain == {"import-permit"}


@pytest.mark.parametrize(("name", "value", "sentence"), [
    ("OVERLAYS", "nowhere.toml", "nowhere.toml is neither a file nor one of eu, quartzland."),
    ("CONFIRMED", "K-nothing", "K-nothing"),
    ("NOT_ACCEPTED", "K-nothing", "WILDGATE_NOT_ACCEPTED"),
])
def test_a_setting_that_cannot_be_used_is_named(monkeypatch, name, value, sentence):
    monkeypatch.setenv(f"WILDGATE_{name}", value)

    with pytest.raises(NotUsable, match=sentence):
        national()


def test_a_broken_overlay_names_its_line(monkeypatch, tmp_path):
    file = tmp_path / "ban.toml"
    file.write_text("title = \n")
    monkeypatch.setenv("WILDGATE_OVERLAYS", str(file))

    with pytest.raises(NotUsable, match="line 1"):
        national()
