"""What came in at the stream's door: the head of one request, or why it is not answered with a stream."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from http.cookies import CookieError, SimpleCookie
from typing import Final
from urllib.parse import parse_qs

LONGEST_CURSOR: Final = 64
OWN: Final = ("same-origin", "none")
"""What a browser says of a request by a page of ours, or typed by hand."""


@dataclass(frozen=True, slots=True)
class Asked:
    """Who asks, by the session of the pages, and from where on."""

    session: str
    cursor: str


@dataclass(frozen=True, slots=True)
class Rules:
    """The one address that is answered, the name of the session's cookie, and which hosts are ours."""

    path: str
    cookie: str
    host_allowed: Callable[[str], bool]


def asked(head: bytes, rules: Rules) -> Asked | HTTPStatus:
    """Read the head of a request. One line is one request: nothing after the head is ever read."""
    first, *lines = head.decode("latin-1").split("\r\n")
    words = first.split(" ")
    if len(words) != 3 or not words[2].startswith("HTTP/1."):
        return HTTPStatus.BAD_REQUEST
    path, _, query = words[1].partition("?")
    if path != rules.path:
        return HTTPStatus.NOT_FOUND
    if words[0] != "GET":
        return HTTPStatus.METHOD_NOT_ALLOWED
    fields = {name.strip().lower(): value.strip() for name, _, value in (line.partition(":") for line in lines if line)}
    if not rules.host_allowed(fields.get("host", "")) or fields.get("sec-fetch-site", "none") not in OWN:
        return HTTPStatus.BAD_REQUEST
    session = _cookie(fields.get("cookie", ""), rules.cookie)
    if not session:
        return HTTPStatus.UNAUTHORIZED
    cursor = fields.get("last-event-id") or parse_qs(query).get("after", [""])[0]
    return Asked(session, cursor[:LONGEST_CURSOR])


def _cookie(said: str, name: str) -> str:
    try:
        found = SimpleCookie(said).get(name)
    except CookieError:
        return ""
    return found.value if found else ""
