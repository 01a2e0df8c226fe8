"""How often one network address may have codes and files checked on /verify/ in a minute.

Counted in the memory of the process, for the minute only, by a hash whose key is thrown away with it: no address is
kept, and a flood costs the database nothing.
"""

from __future__ import annotations

import hashlib
import ipaddress
import secrets
import threading
from collections import Counter
from datetime import datetime
from typing import Final

from wildgate.convention.refusal import Refusal, refuse

MOST_COUNTED: Final = 100_000
"""Addresses in one minute. Beyond it new ones are not counted: the memory has an end, and the page stays open."""
HOUSEHOLD: Final = 64
"""Bits of an IPv6 address that one subscriber does not choose."""


class Crowd:
    """The checks of this minute, by address."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._minute, self._key = 0, b""
        self._checks: Counter[bytes] = Counter()

    def refuse(self, address: str, at: datetime, most: int) -> Refusal | None:
        """Count one check from `address`, unless it is one too many; 0 sets no limit.

        This machine's own address is never counted: it is a proxy that does not tell whom it serves.
        """
        who = _subscriber(address)
        if not most or who is None:
            return None
        with self._lock:
            if (minute := int(at.timestamp() // 60)) != self._minute:
                self._minute, self._key = minute, secrets.token_bytes(16)
                self._checks.clear()
            name = hashlib.blake2b(who, key=self._key, digest_size=16).digest()
            if self._checks[name] >= most:
                return refuse("too-many-checks", "More than %(most)s codes were checked from your network in this "
                              "minute. Wait for the next minute and send yours again. A code that the camera of this "
                              "page reads is checked on your own device, without limit.", most=most)
            if name in self._checks or len(self._checks) < MOST_COUNTED:
                self._checks[name] += 1
        return None


def _subscriber(address: str) -> bytes | None:
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return None
    if isinstance(found, ipaddress.IPv6Address) and found.ipv4_mapped:
        found = found.ipv4_mapped
    if found.is_loopback:
        return None
    return found.packed if found.version == 4 else found.packed[:HOUSEHOLD // 8]


crowd: Final = Crowd()
