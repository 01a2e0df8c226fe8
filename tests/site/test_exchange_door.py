"""The door with mutual TLS: who comes in, what is behind it, and that the slow keep nobody waiting."""

from __future__ import annotations

import base64
import http.client
import logging
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import RequestFactory
from tests.certificates import Authority

from wildgate.apps.partners import caller
from wildgate.kit import tls
from wildgate.site.exchange_door import Contexts, Door

NOW = datetime.now(UTC)


def echo(environ: dict[str, Any], start_response: Callable[..., Any]) -> list[bytes]:
    body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
    start_response("200 OK", [("Content-Length", str(len(body) + 64)), ("X-Scheme", environ["wsgi.url_scheme"])])
    shown = base64.b64decode(environ["WILDGATE_CLIENT_CERT"])
    return [_sha256(shown).encode(), body]


def _sha256(der: bytes) -> str:
    import hashlib
    return hashlib.sha256(der).hexdigest()


@contextmanager
def open_door(home: Path, trusted: list[bytes]) -> Iterator[Door]:
    door = Door("127.0.0.1", 0, echo, Contexts(lambda: len(trusted), lambda: tls.server_context(
        tls.identity(home), trusted)))
    door.prepare()
    serving = threading.Thread(target=door.serve)
    serving.start()
    try:
        yield door
    finally:
        door.stop()
        serving.join()


@pytest.fixture(scope="module")
def authority() -> Authority:
    return Authority("QZ", NOW - timedelta(days=30))


@pytest.fixture(scope="module")
def homes(tmp_path_factory: pytest.TempPathFactory, authority: Authority) -> Path:
    """Our own pair; a caller's from a registered authority, an ended one, one of a stranger, one pinned."""
    place = tmp_path_factory.mktemp("homes")
    for name in ("own", "stranger", "pinned"):
        tls.make(place / name, "QM" if name == "own" else "QZ", ["127.0.0.1"], at=NOW)
    authority.pair(place / "known", "QZ")
    authority.pair(place / "ended", "QZ", until=NOW - timedelta(days=1))
    return place


@pytest.fixture(scope="module")
def trusted(homes: Path, authority: Authority) -> list[bytes]:
    return [authority.pem, tls.identity(homes / "pinned").public_pem]


@pytest.fixture(scope="module")
def door(homes: Path, trusted: list[bytes]) -> Iterator[Door]:
    with open_door(homes / "own", trusted) as found:
        yield found


def call(door: Door, homes: Path, who: str | None, path: str = "/epix/v2", **more: Any) -> http.client.HTTPResponse:
    context = tls.client_context(homes / (who or "nobody"), tls.identity(homes / "own").public_pem)
    line = http.client.HTTPSConnection("127.0.0.1", door.bind_addr[1], context=context, timeout=20)
    line.request("POST", path, b"<a/>", **more)
    return line.getresponse()


@pytest.mark.parametrize("who", ["known", "pinned", "ended"])
def test_a_registered_certificate_reaches_the_application(door: Door, homes: Path, who: str) -> None:
    """An ended one does so too: the application refuses it in words and writes it down."""
    answer = call(door, homes, who)

    assert (answer.status, answer.headers["X-Scheme"]) == (200, "https")
    assert answer.read() == tls.identity(homes / who).fingerprint.encode() + b"<a/>"


@pytest.mark.parametrize("who", [None, "stranger"])
def test_without_a_registered_certificate_nothing_is_reached(door: Door, homes: Path, who: str | None,
                                                             caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING), pytest.raises((ssl.SSLError, ConnectionError,
                                                          http.client.RemoteDisconnected)):
        call(door, homes, who)
    assert call(door, homes, "known").status == 200
    assert [record.message for record in caplog.records if "refused at the exchange door: 127.0.0.1" in record.message]


@pytest.mark.parametrize("path", ["/", "/epix", "/apply/", "/api/v1/declarations/x", "//epix/v2", "/x/../epix/"])
def test_only_the_exchange_is_behind_the_door(door: Door, homes: Path, path: str) -> None:
    assert call(door, homes, "known", path).status in {400, 404}


def test_a_silent_caller_keeps_nobody_waiting(door: Door, homes: Path) -> None:
    with socket.create_connection(("127.0.0.1", door.bind_addr[1])):
        assert call(door, homes, "known").status == 200


def test_tls_older_than_1_2_is_refused(door: Door, homes: Path) -> None:
    context = tls.client_context(homes / "known", tls.identity(homes / "own").public_pem)
    context.set_ciphers("ALL:@SECLEVEL=0")
    context.minimum_version = ssl.TLSVersion.TLSv1
    context.maximum_version = ssl.TLSVersion.TLSv1_1
    with pytest.raises((ssl.SSLError, ConnectionError)):
        http.client.HTTPSConnection("127.0.0.1", door.bind_addr[1], context=context).request("GET", "/epix/v2")


def test_a_certificate_registered_meanwhile_opens_without_a_restart(door: Door, homes: Path,
                                                                   trusted: list[bytes]) -> None:
    tls.make(homes / "newcomer", "QZ", ["127.0.0.1"], at=NOW)
    with pytest.raises((ssl.SSLError, ConnectionError, http.client.RemoteDisconnected)):
        call(door, homes, "newcomer")

    trusted.append(tls.identity(homes / "newcomer").public_pem)

    assert call(door, homes, "newcomer").status == 200


def test_a_partner_is_believed_only_with_its_pinned_certificate_and_host(door: Door, homes: Path) -> None:
    context = tls.client_context(homes / "known", tls.identity(homes / "stranger").public_pem)
    with pytest.raises(ssl.SSLCertVerificationError):
        http.client.HTTPSConnection("127.0.0.1", door.bind_addr[1], context=context).request("GET", "/epix/v2")
    right = tls.client_context(homes / "known", tls.identity(homes / "own").public_pem)
    with pytest.raises(ssl.SSLCertVerificationError):
        http.client.HTTPSConnection("localhost", door.bind_addr[1], context=right).request("GET", "/epix/v2")


PROXY = {"REMOTE_ADDR": "10.0.0.5"}


@pytest.mark.parametrize(("header", "sent", "where", "believed"), [
    ("X-Client-Cert", "HTTP_X_CLIENT_CERT", "10.0.0.5", True),
    ("X-Client-Cert", "HTTP_X_CLIENT_CERT", "10.0.0.6", False),
    ("X-Client-Cert", "HTTP_X_SSL_CLIENT_CERT", "10.0.0.5", False),
    ("", "HTTP_X_CLIENT_CERT", "10.0.0.5", False),
    ("X-Client-Cert", "HTTP_WILDGATE_CLIENT_CERT", "10.0.0.5", False),
])
def test_a_header_counts_only_from_the_proxy_that_may_send_it(
        homes: Path, settings: Any, header: str, sent: str, where: str, believed: bool) -> None:
    import ipaddress
    settings.CLIENT_CERT_HEADER, settings.TRUSTED_PROXIES = header, (ipaddress.ip_network("10.0.0.5/32"),)
    found = tls.identity(homes / "known")
    request = RequestFactory().get("/epix/v2", **{sent: base64.b64encode(found.der).decode(), "REMOTE_ADDR": where})

    seen = settled(request)

    assert caller.certificate_of(seen) == (found.der if believed else None)
    assert not (header and "HTTP_X_CLIENT_CERT" in seen.META)


def test_what_our_own_door_saw_is_not_overruled_by_a_header(homes: Path, settings: Any) -> None:
    import ipaddress
    settings.CLIENT_CERT_HEADER, settings.TRUSTED_PROXIES = "X-Client-Cert", (ipaddress.ip_network("10.0.0.0/8"),)
    shown, claimed = (tls.identity(homes / name).der for name in ("known", "pinned"))
    request = RequestFactory().get("/epix/v2", **PROXY, WILDGATE_CLIENT_CERT=base64.b64encode(shown).decode(),
                                   HTTP_X_CLIENT_CERT=base64.b64encode(claimed).decode())

    assert caller.certificate_of(settled(request)) == shown


def test_proxies_write_certificates_in_many_ways(homes: Path) -> None:
    from urllib.parse import quote
    found = tls.identity(homes / "pinned")
    pem, text = found.public_pem.decode(), base64.b64encode(found.der).decode()

    spellings = (quote(pem), pem.replace("\n", "\t"), pem.replace("\n", " "), text, f":{text}:")
    assert [caller.read(told) for told in spellings] == [found.der] * 5
    assert [caller.read(told) for told in ("", "%", "::", text[:40], "A" * 30_000, "é")] == [None] * 6


def settled(request: Any) -> Any:
    caller.ClientCertificateMiddleware(lambda seen: seen)(request)
    return request
