"""Where this installation may call: the public internet, and networks of the inside that the operator listed.

Every address that a person types, or that another system names, and that the server then calls, passes here: machine
notices, partners, registers, the identity provider. A name is resolved once, every number behind it is judged, and
`kit.calling` connects to the very number that was judged: a name that changes its answer in between gains nothing.

Networks of the inside are listed in WILDGATE_ALLOW_INNER (a government network, a VPN between authorities). Numbers by
which a cloud tells a machine its own secrets, of the link and of groups are refused even then.
"""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Final
from urllib.parse import urlsplit

from django.conf import settings

from wildgate.convention.refusal import Refusal, refuse

LONGEST: Final = 300
PORTS: Final = {"https": 443, "http": 80}
IP = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network
Resolver = Callable[[str, int], Sequence[str]]
"""Answers with the numbers behind a name. Raises OSError when there are none."""
LOOPBACK: Final[tuple[Network, ...]] = (ipaddress.ip_network("127.0.0.0/8"), ipaddress.ip_network("::1"))
NEVER: Final[tuple[Network, ...]] = tuple(map(ipaddress.ip_network, (
    "0.0.0.0/8", "169.254.0.0/16", "224.0.0.0/4", "255.255.255.255", "::", "fe80::/10", "fec0::/10",
    "ff00::/8", "100.100.100.200", "168.63.129.16", "fd00:ec2::254")))
"""No list opens these: this host, the link (and the cloud's metadata there), groups; metadata at other numbers."""
NAT64: Final = (ipaddress.ip_network("64:ff9b::/96"), ipaddress.ip_network("64:ff9b:1::/48"))
FIRST_FREE_PORT: Final = 1024
OTHER_TRADES: Final = frozenset({
    1433, 1521, 1719, 1720, 1723, 2049, 2375, 2376, 2379, 3306, 3659, 4045, 4190, 5060, 5061, 5432, 6000, 6379, 6566,
    *range(6665, 6670), 6679, 6697, 9200, 10080, 11211, 27017})
"""Ports of other services than the web: those that browsers refuse (Fetch standard, "bad port") and of databases."""


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
        return host if self.port == PORTS[self.scheme] else f"{host}:{self.port}"


def inner() -> tuple[Network, ...]:
    """The networks of the inside that may be called; this very machine among them where the setting says so."""
    return (*settings.ALLOW_INNER, *(LOOPBACK if settings.WEBHOOK_LOOPBACK else ()))


def read(url: str) -> Target | Refusal:
    """The address as typed, if it is one that may be called. No name is looked up."""
    text = url.strip()
    try:
        parts = urlsplit(text)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return BAD
    if len(text) > LONGEST or not text.isascii() or any(c.isspace() or c in "\\\"<>" for c in text) or not host:
        return BAD
    if parts.scheme != "https" and not (parts.scheme == "http" and _loopback_listed()):
        return refuse("address-https", "The address must begin with https://.", field="url")
    if parts.username is not None or parts.password is not None or parts.fragment:
        return refuse("address-plain", "Write the address without a name, password or # part.", field="url")
    port = PORTS[parts.scheme] if port is None else port
    if port in OTHER_TRADES or (port < FIRST_FREE_PORT and port != PORTS[parts.scheme]):
        return refuse("address-port", "Port %(port)s is not one of a web service.", port=port, field="url")
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    target = Target(parts.scheme, host, port, path)
    number = _number(host)
    return _judged(target, [number]) if number else target


def _loopback_listed() -> bool:
    return any(network.is_loopback for network in inner())


def system(host: str, port: int) -> list[str]:
    """What the machine's own resolver answers."""
    return [str(entry[4][0]) for entry in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]


def resolve(target: Target, ask: Resolver = system) -> Target | Refusal:
    """The target with the number behind its name. Refused when any number of the name may not be called."""
    unknown = refuse("address-unknown", "The name %(host)s has no address.", host=target.host[:100], field="url")
    try:
        numbers = [ipaddress.ip_address(text.partition("%")[0]) for text in ask(target.host, target.port)]
    except (OSError, UnicodeError, ValueError):
        return unknown
    found = _judged(target, numbers)
    return unknown if not numbers else found if isinstance(found, Refusal) else replace(found, number=str(numbers[0]))


def checked(url: str, ask: Resolver = system) -> Target | Refusal:
    """`read` and `resolve` in one."""
    target = read(url)
    return target if isinstance(target, Refusal) else resolve(target, ask)


def _judged(target: Target, numbers: Sequence[IP]) -> Target | Refusal:
    """The target, unless one of its numbers may not be called; plain http goes to this very machine only."""
    if target.scheme == "http" and not all(_real(number).is_loopback for number in numbers):
        return refuse("address-https", "The address must begin with https://.", field="url")
    if not all(may_call(number) for number in numbers):
        return refuse("address-inside", "The address leads into a private or local network that is not listed in "
                      "WILDGATE_ALLOW_INNER.", field="url")
    return target


def may_call(number: IP) -> bool:
    """A number of the public internet or of a listed network, also when it is wrapped in a number of IPv6."""
    found = _real(number)
    if any(found in network for network in NEVER):
        return False
    return public(found) or any(found in network for network in inner())


def public(number: IP) -> bool:
    """A number of the public internet."""
    found = _real(number)
    return found.is_global and not (found.is_multicast or found.is_reserved or found.is_unspecified
                                    or found.is_loopback or found.is_link_local)


def _real(number: IP) -> IP:
    """The number that a packet ends at: IPv4 mapped, 6to4, Teredo and NAT64 are unwrapped."""
    if isinstance(number, ipaddress.IPv4Address):
        return number
    found = number.ipv4_mapped or number.sixtofour or (number.teredo[1] if number.teredo else None)
    if found is None and any(number in network for network in NAT64):
        found = ipaddress.IPv4Address(int(number) & 0xFFFFFFFF)
    return found or number


def _number(host: str) -> IP | None:
    try:
        return ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return None


BAD: Final = refuse("address-bad", "This is not an address that can be called: write https://name/path.", field="url")
