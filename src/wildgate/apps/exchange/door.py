"""Who calls: the Party behind a TLS certificate. A refusal is written down with the certificate's digest."""

from __future__ import annotations

import hashlib
from typing import Any, Final

from django.http import HttpRequest
from ninja.security.base import AuthBase

from wildgate.apps.exchange import transport
from wildgate.apps.exchange.models import Entry
from wildgate.apps.exchange.transport import Wire
from wildgate.apps.partners.caller import certificate_of
from wildgate.apps.partners.models import Partner
from wildgate.apps.partners.selectors import NO_CERTIFICATE, by_certificate
from wildgate.convention.refusal import Refusal
from wildgate.kit import api

UNKNOWN_CALLER: Final = "?"


def caller(request: HttpRequest, channel: str) -> Partner | Refusal:
    """The partner whose program calls; who is turned away is in the log (S21)."""
    der = certificate_of(request)
    found = NO_CERTIFICATE if der is None else by_certificate(der, request.at)  # type: ignore[attr-defined]
    if isinstance(found, Refusal) and der is not None:
        mark = hashlib.sha256(der).hexdigest()
        transport.keep(Wire(channel, f"certificate:{mark[:24]}", b"", headers_of(request)), partner=UNKNOWN_CALLER,
                       way=Entry.Way.IN, operation="turned-away", number="", outcome=found.code,
                       at=request.at)  # type: ignore[attr-defined]
    return found


def headers_of(request: HttpRequest) -> dict[str, str]:
    return dict(request.headers.items())


def wire_of(request: HttpRequest, partner: Partner, channel: str, body: bytes) -> Wire:
    """The call as it came in."""
    return Wire(channel, partner.subject, body, headers_of(request))


class Certificate(AuthBase):
    """Guards an operation: it takes the TLS certificate of a partner Party. Sets `request.partner`, reads the body."""

    openapi_type = "mutualTLS"
    rule: Final = "certificate of a partner Party"

    def __init__(self, *, most: int = api.BATCH) -> None:
        super().__init__()
        self.most = most

    def __call__(self, request: HttpRequest) -> Any:
        found = caller(request, "rest")
        if isinstance(found, Refusal):
            raise api.Refused(found)
        body = api.take_body(request, self.most)
        if isinstance(body, Refusal):
            raise api.Refused(body)
        request.partner = found  # type: ignore[attr-defined]
        return found


