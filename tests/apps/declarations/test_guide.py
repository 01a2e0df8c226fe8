"""The guide for single windows is held to the interface: its example works, its codes and elements exist."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path

import pytest
from django.test import Client
from tests.apps.gateway.doors import customs_system
from tests.cast import issued

from wildgate.apps.declarations.examples import XML
from wildgate.apps.declarations.reading import fields
from wildgate.site import api

GUIDE = (Path(__file__).parents[3] / "docs/guide/single-window.md").read_text()


@pytest.mark.django_db
def test_the_example_works_as_it_stands(cast, at):
    permit, port = issued(cast, at), customs_system(cast, at)
    command = re.search(r"```sh\n(curl.*?)```", GUIDE, re.DOTALL)[1]
    words = shlex.split(command.replace("\\\n", " ").replace("$BASE", "http://testserver").replace("$KEY", port.key)
                        .replace("26QM000012E", permit.number))
    headers = dict(words[i + 1].split(": ", 1) for i, word in enumerate(words) if word == "--header")
    url = next(word for word in words if word.startswith("http"))

    answer = Client().post(url.removeprefix("http://testserver"), words[words.index("--data") + 1],
                           content_type=headers.pop("Content-Type"), headers=headers)

    said = answer.json()
    assert (answer.status_code, said["reference"]) == (201, "26QM000000481E"), said
    assert said["answer"] in ("allow", "check")
    assert json.dumps(said)


def test_every_address_and_field_of_the_guide_exists():
    paths = {path for path, _operation in api.operations()}
    for path in re.findall(r"`(?:GET|POST|PUT) (/api/v1[^`\s]+)`", GUIDE):
        assert path in paths, path
    names = {each.name for each in (*fields.HEAD_FIELDS, *fields.ITEM_FIELDS)}
    for name in ("message_id", "reference", "declared_at", "moves_at", "net_mass", "transport_document"):
        assert f"`{name}`" in GUIDE
        assert name in names


def test_every_element_of_the_example_stands_in_the_map():
    for name in set(re.findall(r"<(\w+)", XML)) - {"Declaration", "GoodsShipment", "Consignment", "Address",
                                                   "StatementCode", "Commodity", "Name", "ID"}:
        assert name in GUIDE, name
