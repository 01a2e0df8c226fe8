"""Where a machine notice may go: to a public address of the internet, checked before it is connected to.

The name is resolved once and the connection goes to the very address that was checked, so a name that changes its
answer in between gains nothing. Redirects are never followed.
"""

from __future__ import annotations

import ipaddress
import socket
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from wildgate.convention.refusal import Refusal, refuse

LONGEST = 300
NAT64: Final = (ipaddress.ip_network("64:ff9b::/96"), ipaddress.ip_network("64:ff9b:1::/48"))
IP = ipaddress.IPv4Address | ipaddress.IPv6Address


@dataclass(frozen=True, slots=True)
class Target:
    """An address in parts, and after `resolve` the number to connect to."""

    scheme: str
    host: str
    port: int
    path: str
    number: str = ""

    @property
    def netloc(self) -> str:
        """For the Host header."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == {"https": 443, "http": 80}[self.scheme] else f"{host}:{self.port}"


def read(url: str, *, loopback: bool = False) -> Target | Refusal:
    """The address as typed, if it is one that notices may go to. With `loopback` http is taken to this machine."""
    text = url.strip()
    try:
        parts = urlsplit(text)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return BAD
    if len(text) > LONGEST or not text.isascii() or any(c.isspace() or c in "\\\"<>" for c in text) or not host:
        return BAD
    if parts.scheme != "https" and not (loopback and parts.scheme == "http"):
        return refuse("webhook-https", "The address must begin with https://.", field="url")
    if parts.username is not None or parts.password is not None or parts.fragment:
        return refuse("webhook-plain", "Write the address without a name, password or # part.", field="url")
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Target(parts.scheme, host, port or {"https": 443, "http": 80}[parts.scheme], path)


def resolve(target: Target, *, loopback: bool = False) -> Target | Refusal:
    """The target with the number behind its name. Refused when any number of the name is not a public one."""
    try:
        found = socket.getaddrinfo(target.host, target.port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        return refuse("webhook-unknown", "The name %(host)s has no address.", host=target.host[:100], field="url")
    numbers = [ipaddress.ip_address(str(entry[4][0]).partition("%")[0]) for entry in found]
    allowed = [loopback and number.is_loopback for number in numbers]
    if target.scheme == "http":
        fine = bool(numbers) and all(allowed)
    else:
        fine = bool(numbers) and all(public(number) or own for number, own in zip(numbers, allowed, strict=True))
    if not fine:
        return refuse("webhook-inside", "The address leads into a private or local network: notices go to public "
                      "addresses only.", field="url")
    return Target(target.scheme, target.host, target.port, target.path, str(numbers[0]))


def public(number: IP) -> bool:
    """A number of the public internet, also when it is wrapped in a number of IPv6."""
    if isinstance(number, ipaddress.IPv6Address):
        inner = number.ipv4_mapped or number.sixtofour or (number.teredo[1] if number.teredo else None)
        if inner is None and any(number in net for net in NAT64):
            inner = ipaddress.IPv4Address(int(number) & 0xFFFFFFFF)
        if inner is not None:
            return public(inner)
    return number.is_global and not (number.is_multicast or number.is_reserved or number.is_unspecified
                                     or number.is_loopback or number.is_link_local)


BAD: Final = refuse("webhook-address", "This is not an address that notices can be sent to: write "
                    "https://name/path.", field="url")
