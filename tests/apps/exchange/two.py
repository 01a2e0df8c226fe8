"""Two Parties in one process: QM as everywhere in the tests, QZ with the same people under another flag.

What one sends goes through the other's own addresses, with a certificate; only the socket between them is left out.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.conf import settings
from django.test import Client, override_settings
from tests.apps.partners.agreed import agree, certificate_of, pinned

from wildgate.apps.accounts.access import Actor
from wildgate.apps.exchange.wire import Reply, Way
from wildgate.apps.partners.models import Partner
from wildgate.apps.permits.sealing import key_store
from wildgate.convention.refusal import Refusal, refuse

DOWN = refuse("partner-unreachable", "The partner's service cannot be reached: %(why)s.", why="ConnectionRefusedError")


class Party:
    """One side: its code, its people, and the certificate with which it calls the other."""

    def __init__(self, code: str, cast: dict[str, Actor], at: datetime) -> None:
        self.code, self.at = code, at
        self.cast = {name: replace(actor, party=code) for name, actor in cast.items()}
        self.certificate = certificate_of(code, at)
        self.up = True
        self.calls = 0

    def at_home(self) -> Any:
        """Everything inside happens on this Party's installation."""
        return override_settings(PARTY=self.code)

    def agree_with(self, other: Party, **way: Any) -> Partner:
        with self.at_home():
            agree(self.cast, self.at, other.code, **way)
            pinned(self.cast, self.at, other.code, other.certificate)
            return Partner.objects.get(party=self.code, code=other.code)

    def line_from(self, caller: Party) -> Any:
        """The line on which `caller` reaches this Party."""
        def exchange(way: Way, method: str, url: str, body: bytes, headers: Mapping[str, str]) -> Reply | Refusal:
            if not self.up:
                return DOWN
            self.calls += 1
            with self.at_home():
                answer = ask(caller.certificate, method, url, body, headers)
            return Reply(answer.status_code, answer.content, dict(answer.headers))
        return exchange


def ask(certificate: bytes | None, method: str, url: str, body: bytes = b"",
        headers: Mapping[str, str] | None = None) -> Any:
    """One request as it comes through our own TLS front."""
    told = dict(headers or {})
    shown = {"WILDGATE_CLIENT_CERT": base64.b64encode(certificate).decode()} if certificate else {}
    path = "/" + url.split("/", 3)[3] if "://" in url else url
    return Client().generic(method, path, body, told.pop("Content-Type", "application/json"), headers=told, **shown)


def two(cast: dict[str, Actor], at: datetime, **way: Any) -> tuple[Party, Party]:
    """QM and QZ, agreed on everything, from QM's point of view by the way that is given."""
    qm, qz = Party("QM", cast, at), Party("QZ", cast, at)
    key_store(settings.HOME).create("QZ", at)
    far = {"adapter": "rest", "endpoint": "https://qm.example/api/v1/exchange"}
    qm.agree_with(qz, **{"endpoint": "https://qz.example/api/v1/exchange", **way})
    qz.agree_with(qm, **far)
    return qm, qz
