"""Every example in the reference of the machine interface is sent, and none is answered "not as described"."""

from __future__ import annotations

import json
import re

import pytest
from tests.apps.gateway.doors import carrier, customs_system
from tools.docs import api as reference

from wildgate.site import api

GROUPS = {"program": customs_system, "declarations": customs_system, "permits": customs_system, "carrier": carrier}
"""Who calls the operations of a group; partners come with a certificate, which tests/apps/exchange does."""
SENT = re.compile(r"^## (POST|PUT) /api/v1(\S+)\n(.*?)(?=^## |\Z)", re.MULTILINE | re.DOTALL)
JSON = re.compile(r"For example:\n\n```json\n(.*?)```", re.DOTALL)


@pytest.mark.parametrize("group", GROUPS)
def test_each_example_fits_its_operation(cast, at, group):
    page = reference.pages(api.document(), {})[f"{group}.md"]
    program = GROUPS[group](cast, at)

    told = {}
    for method, path, section in SENT.findall(page):
        for number, example in enumerate(JSON.findall(section)):
            answer = program.client.generic(
                method, f"/api/v1{re.sub(r'{[^}]+}', '26QM000000481E', path)}", json.dumps(json.loads(example)),
                content_type="application/json",
                headers={"authorization": f"Bearer {program.key}", "message-id": f"D-{len(told)}-{number}"})
            told[f"{method} {path}"] = (answer.status_code, answer.json().get("code"), answer.json().get("detail"))

    assert told
    assert {name: said for name, said in told.items()
            if said[0] in (400, 415, 500) or said[1] in ("not-as-described", "field-missing", "unreadable")} == {}
