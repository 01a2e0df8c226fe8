"""Where we call: public addresses and listed networks only, at the number that was judged, in no disguise."""

from __future__ import annotations

import contextlib
import ipaddress
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest
import requests

from wildgate.convention.refusal import Refusal
from wildgate.kit import calling, outgoing
from wildgate.site import env


class Names:
    """A resolver that answers what it is told to, each answer once, and counts how often it was asked."""

    def __init__(self, *answers: list[str]) -> None:
        self.answers, self.asked = list(answers), 0

    def __call__(self, host: str, port: int) -> list[str]:
        self.asked += 1
        return self.answers.pop(0)


class Inside(BaseHTTPRequestHandler):
    """A service of the inside: says who was asked for; sends away; or says far too much."""

    def do_GET(self) -> None:
        self.server.heard.append(self.path)  # type: ignore[attr-defined]
        said = b"x" * (calling.MOST + 10) if self.path == "/much" else str(self.headers["Host"]).encode()
        self.send_response(302 if self.path == "/away" else 200)
        self.send_header("Location", f"http://127.0.0.1:{self.server.server_port}/secret")  # type: ignore[attr-defined]
        self.send_header("Content-Length", str(len(said)))
        self.end_headers()
        with contextlib.suppress(OSError):
            self.wfile.write(said)

    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture
def inside() -> Iterator[HTTPServer]:
    server = HTTPServer(("127.0.0.1", 0), Inside)
    server.heard = []  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def here(settings: Any) -> None:
    settings.ALLOW_INNER = (ipaddress.ip_network("127.0.0.1"),)


@pytest.mark.parametrize("url", [
    "https://127.0.0.1/x", "https://10.0.0.8/x", "https://192.168.1.1/", "https://169.254.169.254/latest",
    "https://[::1]/", "https://[fe80::1]/", "https://[fe80::1%25eth0]/", "https://[fd00::1]/",
    "https://[::ffff:10.0.0.1]/", "https://0.0.0.0/", "https://[::ffff:7f00:1]/", "https://[64:ff9b::a00:1]/",
    "https://[64:ff9b:1::a00:1]/", "https://[2002:7f00:1::]/", "https://[2001:0:1:2:3:4:80ff:fffe]/",
    "https://224.0.0.1/", "https://[ff02::1]/", "https://100.64.0.1/", "https://240.0.0.1/", "https://255.255.255.255/",
    "https://localhost/", "https://2130706433/", "https://0x7f.1/", "https://0177.0.0.1/", "https://127.1/",
    "https://0x7f000001/", "https://[::]/", "https://168.63.129.16/", "https://100.100.100.200/", "https://[fec0::1]/"])
def test_no_number_of_the_inside_is_called_however_it_is_written(url: str) -> None:
    found = outgoing.checked(url)

    assert isinstance(found, Refusal), found
    assert found.code in ("address-inside", "address-unknown")


@pytest.mark.parametrize(("url", "code"), [
    ("http://partner.example/", "address-https"), ("ftp://partner.example/", "address-https"),
    ("gopher://127.0.0.1:6379/_x", "address-https"), ("file:///etc/passwd", "address-bad"),
    ("https://me:word@partner.example/", "address-plain"), ("https:///x", "address-bad"),
    ("https://partner.example/a b", "address-bad"), ("https://partner.example:99999/", "address-bad"),
    ("", "address-bad"), ("https://partner.example/" + "x" * 300, "address-bad"),
    ("https://pärtner.example/", "address-bad"), ("https://partner.example/\r\nHost: x", "address-bad"),
    ("https://partner.example\\@10.0.0.1/", "address-bad"), ("https://8.8.8.8:22/", "address-port"),
    ("https://8.8.8.8:80/", "address-port"), ("https://8.8.8.8:0/", "address-port"),
    ("https://8.8.8.8:5432/", "address-port")])
def test_addresses_that_are_none_and_ports_of_other_services(url: str, code: str) -> None:
    assert outgoing.read(url).code == code


@pytest.mark.parametrize("answers", [["8.8.8.8", "10.0.0.1"], ["10.0.0.1"], ["::ffff:127.0.0.1"], [], ["no number"]])
def test_one_number_of_the_inside_behind_a_name_is_enough_to_refuse_it(answers: list[str]) -> None:
    assert isinstance(outgoing.checked("https://partner.example/", Names(answers)), Refusal)


def test_a_name_that_answers_anew_changes_nothing_after_it_was_judged(here: None, inside: HTTPServer) -> None:
    names = Names(["127.0.0.1"], ["10.0.0.1"], ["169.254.169.254"])
    target = outgoing.checked(f"http://rebind.example:{inside.server_port}/", names)

    first, second = (calling.call(target, "GET", b"", {}, patience=2, most=100) for _ in range(2))

    assert names.asked == 1
    assert first.body == second.body == f"rebind.example:{inside.server_port}".encode()
    assert outgoing.checked(f"http://rebind.example:{inside.server_port}/", names).code == "address-https"
    with pytest.raises(ValueError, match="resolved before"):
        calling.call(outgoing.read("https://partner.example/"), "GET", b"", {}, patience=1, most=1)


def test_a_listed_network_may_be_called_and_its_neighbours_may_not(settings: Any) -> None:
    settings.ALLOW_INNER = tuple(map(ipaddress.ip_network, ("10.20.0.0/16", "169.254.0.0/16", "fd00::/8")))

    assert outgoing.checked("https://10.20.3.4:8443/in?x=1").netloc == "10.20.3.4:8443"
    assert outgoing.checked("https://[::ffff:10.20.3.4]/").number == "::ffff:a14:304"
    assert outgoing.checked("https://[fd12::1]/").host == "fd12::1"
    for never in ("10.21.0.1", "127.0.0.1", "169.254.169.254", "[fd00:ec2::254]"):
        assert outgoing.checked(f"https://{never}/").code == "address-inside"
    assert outgoing.checked("http://10.20.3.4/").code == "address-https"


def test_plain_http_goes_to_this_machine_only_and_only_where_that_is_listed(here: None, settings: Any) -> None:
    assert outgoing.checked("http://127.0.0.1:8081/").number == "127.0.0.1"
    assert outgoing.checked("http://8.8.8.8/").code == "address-https"
    assert outgoing.checked("http://127.0.0.2:8081/").code == "address-inside"
    settings.ALLOW_INNER = ()
    assert outgoing.checked("http://127.0.0.1:8081/").code == "address-https"
    assert outgoing.checked("https://8.8.8.8/").number == "8.8.8.8"


def test_a_library_that_calls_for_us_passes_the_same_guard(here: None, inside: HTTPServer, settings: Any,
                                                           monkeypatch: Any) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9/")
    place = f"http://127.0.0.1:{inside.server_port}"
    with calling.GuardedSession() as session:
        assert session.get(f"{place}/").text == place.removeprefix("http://")
        away = session.get(f"{place}/away", allow_redirects=True)
        assert (away.status_code, inside.heard) == (302, ["/", "/away"])
        for url in (f"{place}/much", "http://localhost:1/", "https://10.0.0.1/", "http://169.254.169.254/latest"):
            with pytest.raises(requests.RequestException):
                session.get(url)
        settings.ALLOW_INNER = ()
        with pytest.raises(requests.ConnectionError, match="https"):
            session.get(f"{place}/")
    assert inside.heard == ["/", "/away", "/much"]


def test_only_networks_of_the_inside_are_listed(monkeypatch: Any) -> None:
    name = "WILDGATE_ALLOW_INNER"
    assert len(env.inside(name, {name: "10.20.0.0/16, 100.64.3.0/24, 127.0.0.1, fd00::/8"})) == 4
    for wide in ("0.0.0.0/0", "8.8.8.0/24", "::/0", "0.0.0.0/1"):
        with pytest.raises(SystemExit, match="not a network of the inside"):
            env.inside(name, {name: wide})
