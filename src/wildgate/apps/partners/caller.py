"""Which TLS certificate a caller showed: taken from our own door, or from a proxy that is trusted to tell it.

`request.META["WILDGATE_CLIENT_CERT"]` holds the certificate (DER, base64) once this middleware has run, or is absent.
A header alone proves nothing: it counts only when it is the configured one and comes from a configured proxy, and it
is taken away in every case, so that nothing further in can read what a caller wrote there.
"""

from __future__ import annotations

import base64
import ipaddress
import ssl
from collections.abc import Callable
from typing import Any, Final
from urllib.parse import unquote

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from django.conf import settings
from django.db.models import Count, Max, Q
from django.http import HttpRequest, HttpResponse

META: Final = "WILDGATE_CLIENT_CERT"
LARGEST: Final = 20_000
_PEM: Final = "-----BEGIN CERTIFICATE-----"


class ClientCertificateMiddleware:
    """Settles what certificate the caller showed, before any view asks."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        name = "HTTP_" + settings.CLIENT_CERT_HEADER.upper().replace("-", "_")
        told = request.META.pop(name, "")
        believed = told and META not in request.META and from_proxy(request.META.get("REMOTE_ADDR", ""))
        if believed and (der := read(told)):
            request.META[META] = base64.b64encode(der).decode()
        return self.get_response(request)


def certificate_of(request: HttpRequest) -> bytes | None:
    """The certificate that the caller showed, DER; None when it showed none."""
    told = request.META.get(META, "")
    return base64.b64decode(told) if told else None


def anchors() -> list[bytes]:
    """PEM of every certificate that opens TLS at our own door: pinned ones and registered authorities.

    A pin that was revoked stays among them, so that its bearer is refused by name and the refusal is written down.
    """
    return [ssl.DER_cert_to_PEM_cert(bytes(each.der)).encode() for each in _anchors().only("der")]


def anchors_version() -> object:
    """Another value after every change of the anchors."""
    return tuple(_anchors().aggregate(Count("pk"), Max("pk")).values())


def _anchors() -> Any:
    from wildgate.apps.partners.models import Certificate  # middleware is read before models are
    return Certificate.objects.filter(Q(kind=Certificate.Kind.PIN) | Q(revoked_at=None), party=settings.PARTY)


def from_proxy(address: str) -> bool:
    """Whether the peer is one of the proxies that may speak for callers."""
    try:
        peer = ipaddress.ip_address(address)
    except ValueError:
        return False
    peer = getattr(peer, "ipv4_mapped", None) or peer
    return any(peer in network for network in settings.TRUSTED_PROXIES)


def read(told: str) -> bytes | None:
    """A certificate as proxies write it: PEM with or without URL escapes, base64 of DER, or `:base64:` (RFC 9440)."""
    if len(told) > LARGEST:
        return None
    try:
        if (text := unquote(told).replace("\t", "\n")).lstrip().startswith(_PEM):
            body = text.partition(_PEM)[2].partition("-----END")[0]
            told = "".join(body.split())
        der = base64.b64decode(told.strip(": "), validate=True)
        return x509.load_der_x509_certificate(der).public_bytes(Encoding.DER)
    except (ValueError, x509.InvalidVersion):
        return None
