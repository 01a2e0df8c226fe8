"""Addresses of platforms: what people type or a listing's address becomes one plain host name, or nothing."""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import urlsplit

LONGEST: Final = 253
LABEL: Final = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?<!-)")
SHARED: Final = re.compile(r"(?:ac|co|com|edu|go|gob|gov|gouv|gv|mil|ne|net|nom|or|org)\.[a-z]{2}")
"""Endings under which countries give names to everybody: `co.uk` is nobody's address."""


def host_of(text: str) -> str:
    """The host of an address or a domain as it is compared: lower case, ASCII form of an international name, no
    `www.`, no port, no user, no dot at the end. Empty for anything that names no host."""
    text = text.strip().replace("\\", "/")
    if not text or len(text) > 2_000 or any(each.isspace() for each in text):
        return ""
    scheme, mark, _rest = text.partition("://")
    if mark and scheme.lower() not in ("http", "https"):
        return ""
    try:
        found = urlsplit(text if mark else f"//{text.lstrip('/')}").hostname or ""
        host = found.encode("idna").decode("ascii").lower().rstrip(".")
    except (UnicodeError, ValueError):
        return ""
    host = host.removeprefix("www.") if host.count(".") > 1 else host
    labels = host.split(".")
    good = (len(host) <= LONGEST and len(labels) > 1 and all(LABEL.fullmatch(each) for each in labels)
            and not labels[-1].isdigit())
    return host if good else ""


def own(host: str) -> bool:
    """May the host be somebody's own? Endings that are shared by a whole country are nobody's."""
    return bool(host) and not SHARED.fullmatch(host)


def above(host: str) -> tuple[str, ...]:
    """The host and the names above it that may be registered, the narrowest first: `m.shop.example`, `shop.example`."""
    labels = host.split(".") if host else []
    return tuple(name for place in range(len(labels) - 1) if own(name := ".".join(labels[place:])))


def readable(host: str) -> str:
    """An international name in its own letters."""
    try:
        return host.encode("ascii").decode("idna")
    except UnicodeError:
        return host
