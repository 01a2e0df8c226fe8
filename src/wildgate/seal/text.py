"""A token as text: decimal digits behind the # of a web address (any camera opens it), or CP1: and Base45."""

from __future__ import annotations

import re
import struct
from functools import lru_cache
from typing import Final

from wildgate.convention.refusal import Refusal, refuse
from wildgate.seal.envelope import LARGEST_TOKEN

LONGEST_TEXT: Final = 4096
PREFIX: Final = "CP1:"
HEALTH_PREFIX: Final = "HC1:"
GROUP_BYTES, GROUP_DIGITS = 7, 17
TAIL_DIGITS: Final = {0: 0, 1: 3, 2: 5, 3: 8, 4: 10, 5: 13, 6: 15}
_TAIL_BYTES: Final = {digits: size for size, digits in TAIL_DIGITS.items()}
_ALPHABET: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"
_VALUES: Final = {letter: value for value, letter in enumerate(_ALPHABET)}
_is_address: Final = re.compile(r"https?://[^\s#/?]+(?:[/?][^\s#]*)?", re.IGNORECASE).fullmatch


def to_digits(data: bytes) -> str:
    """7 bytes become 17 digits; the last 1 to 6 bytes become 3, 5, 8, 10, 13 or 15. Zero-padded, big-endian."""
    groups = [data[at:at + GROUP_BYTES] for at in range(0, len(data), GROUP_BYTES)]
    return "".join(str(int.from_bytes(group)).zfill(TAIL_DIGITS.get(len(group), GROUP_DIGITS)) for group in groups)


def from_digits(digits: str) -> bytes | Refusal:
    """The inverse of `to_digits`; any other spelling is refused."""
    if len(digits) > LONGEST_TEXT:
        return _too_long(len(digits))
    whole, tail = divmod(len(digits), GROUP_DIGITS)
    size = _TAIL_BYTES.get(tail)
    raw = digits.encode(errors="replace")
    if not raw.isdigit() or size is None:
        return _misread("digits are missing or were added")
    end = whole * GROUP_DIGITS
    groups = struct.unpack("17s" * whole, raw[:end])
    body = bytearray(struct.pack(f">{whole}Q", *map(int, groups)))      # 17 digits fit in 8 bytes; 7 of them count
    last = int(raw[end:]) if tail else 0
    if body[::8] != bytes(whole) or last >> (8 * size):
        return _misread("a group of digits is out of range")
    del body[::8]
    body += last.to_bytes(size)
    return bytes(body)


def to_base45(data: bytes) -> str:
    """Base45 (RFC 9285)."""
    out = []
    for at in range(0, len(data), 2):
        pair = data[at:at + 2]
        value, letters = int.from_bytes(pair), len(pair) + 1
        for _ in range(letters):
            value, digit = divmod(value, 45)
            out.append(_ALPHABET[digit])
    return "".join(out)


def from_base45(text: str) -> bytes | Refusal:
    """The inverse of `to_base45`; foreign letters, lone letters and values out of range are refused."""
    if len(text) > LONGEST_TEXT:
        return _too_long(len(text))
    values = [_VALUES.get(letter, -1) for letter in text]
    if -1 in values or len(values) % 3 == 1:
        return _misread("letters are missing or foreign")
    out = bytearray()
    for at in range(0, len(values), 3):
        group = values[at:at + 3]
        value, size = sum(digit * 45**place for place, digit in enumerate(group)), len(group) - 1
        if value >> (8 * size):
            return _misread("a group of letters is out of range")
        out += value.to_bytes(size)
    return bytes(out)


def to_url(base: str, token: bytes) -> str:
    """The web address for the QR code: `to_url("https://host", t)` is `https://host/verify/#` and the digits.

    What follows # is never sent to the server. A base that already ends in /verify is not given another.
    """
    page = base.rstrip("/")
    return f"{page if page.endswith('/verify') else page + '/verify'}/#{to_digits(token)}"


def to_cp1(token: bytes) -> str:
    """The form for gates that read health-certificate-like codes."""
    return PREFIX + to_base45(token)


@lru_cache(maxsize=64)
def from_text(text: str) -> bytes | Refusal:
    """The token in a scanned text: an address of any host (which proves nothing), digits alone, or CP1: and Base45.

    Those who judge a code ask for it several times, one after the other.
    """
    if len(text) > LONGEST_TEXT:
        return _too_long(len(text))
    code = text.strip("\ufeff\x00 \t\r\n")
    if code.startswith(PREFIX):
        found = from_base45(code[len(PREFIX):])
    elif code.startswith(HEALTH_PREFIX):
        return refuse("health-certificate", "This code is a health certificate, not a CITES permit.")
    elif _is_digits(digits := _after_address(code)):
        found = from_digits(digits)
    else:
        return refuse("not-a-permit-code",
                      "This is not the code of a CITES permit. Scan the square code on the permit.")
    if isinstance(found, bytes) and len(found) > LARGEST_TOKEN:
        return _too_long(len(text))
    return found


def _after_address(code: str) -> str:
    """What follows # when a web address stands before it, else the whole code. The address itself proves nothing."""
    address, mark, rest = code.partition("#")
    return rest if mark and _is_address(address) else code


def _is_digits(code: str) -> bool:
    return code[:1].isdecimal() and code[-1:].isdecimal()


def _too_long(length: int) -> Refusal:
    return refuse("too-large", "The text has %(length)s characters: too many for the code of a permit.", length=length)


def _misread(what: str) -> Refusal:
    return refuse("misread", "The code was not read whole: %(what)s. Scan it again.", what=what)
