"""The machine interface as a whole: every operation names its rule, and the description is true and complete."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from wildgate.apps.exchange.door import Certificate
from wildgate.apps.gateway.door import Key
from wildgate.apps.permits.api import Anyone
from wildgate.site import api

OPERATIONS = list(api.operations())
OPEN = {"/api/v1/verify"}
"""What anyone may ask."""
CLOSED = [(path, operation) for path, operation in OPERATIONS if path not in OPEN]


@pytest.mark.parametrize(("path", "operation"), OPERATIONS, ids=[f"{path} {op.methods}" for path, op in OPERATIONS])
def test_every_operation_takes_a_key_and_says_so(path, operation):
    guards = [type(each) for each in operation.auth_callbacks]
    assert guards in ([Key], [Certificate]) or (guards == [Anyone] and path in OPEN), f"{path} is open to anyone"
    assert api.rule_of(operation).startswith(("key of a program", "certificate of a partner", "anyone, within"))
    assert operation.description, f"{path} does not say what it does"


@pytest.mark.django_db
@pytest.mark.parametrize(("path", "operation"), CLOSED, ids=[f"{path} {op.methods}" for path, op in CLOSED])
def test_every_operation_turns_away_who_has_no_key(path, operation):
    client = Client()
    missing = "certificate-missing" if isinstance(operation.auth_callbacks[0], Certificate) else "key-missing"
    for method in operation.methods:
        answer = client.generic(method, re.sub(r"{[^}]+}", "x", path), "{}", content_type="application/json")
        assert (answer.status_code, answer.json()["code"]) == (401, missing)


@pytest.mark.django_db
def test_the_description_is_well_formed(client):
    said = client.get("/api/v1/openapi.json").json()

    ids = [each["operationId"] for methods in said["paths"].values() for each in methods.values()]
    assert said["openapi"].startswith("3.")
    assert len(ids) == len(set(ids)) == len(OPERATIONS)
    names = set(said.get("components", {}).get("schemas", {}))
    assert set(re.findall(r"#/components/schemas/(\w+)", client.get("/api/v1/openapi.json").content.decode())) <= names


@pytest.mark.django_db
def test_the_page_of_the_description_runs_no_script_of_others(client):
    page = client.get("/api/v1/docs").content.decode()

    for path, _operation in OPERATIONS:
        assert path in page
    assert not re.findall(r'(?:src|href)="https?://', page)
    assert not re.findall(r"<script(?![^>]+src=)|style=", page)
