"""Programs with keys for tests, and a plain client that calls as they do."""

from __future__ import annotations

import json
from typing import Any

from django.test import Client
from tests.remembering import remembered

from wildgate.apps.accounts.access import Actor
from wildgate.apps.accounts.models import Authority, Organisation
from wildgate.apps.gateway import services
from wildgate.apps.gateway.models import Program


class Caller:
    """A program as its operator runs it: a key and an address."""

    def __init__(self, program: Program, key: str) -> None:
        self.program, self.key, self.client = program, key, Client(raise_request_exception=False)

    def _head(self) -> dict[str, str]:
        return {"authorization": f"Bearer {self.key}"}

    def get(self, path: str, **query: Any) -> Any:
        return self.client.get(f"/api/v1{path}", query, headers=self._head())

    def post(self, path: str, body: Any, kind: str = "application/json", **headers: str) -> Any:
        data = body if isinstance(body, (bytes, str)) else json.dumps(body)
        return self.client.post(f"/api/v1{path}", data, content_type=kind, headers={**self._head(), **headers})


def customs_system(cast: dict[str, Actor], at: Any, name: str = "Port single window") -> Caller:
    body = Authority.objects.get(kind=Authority.Kind.CUSTOMS)
    return caller(cast, at, name, Program.Kind.CUSTOMS_SYSTEM, body, station="Kivu-2")


def carrier(cast: dict[str, Actor], at: Any, name: str = "Parcel sorter") -> Caller:
    return caller(cast, at, name, Program.Kind.CARRIER, Organisation.objects.get(name="SpeedX"))


def caller(cast: dict[str, Actor], at: Any, name: str, role: str, body: Any, station: str = "") -> Caller:
    """A program with its key, which is chance: remembered, so that what comes after is too."""
    pk, key = remembered("program", (cast, at, name, role, body.pk, station),
                         lambda: _caller(cast, at, name, role, body, station))
    return Caller(Program.objects.get(pk=pk), key)


def _caller(cast: dict[str, Actor], at: Any, name: str, role: str, body: Any, station: str) -> tuple[int, str]:
    made = services.add_program(actor=cast["sam"], name=name, role=role, body=body, station=station, at=at)
    assert isinstance(made, Program), made
    given = services.give_key(actor=cast["sam"], program=made.pk, at=at)
    assert isinstance(given, tuple), given
    return made.pk, given[1]
