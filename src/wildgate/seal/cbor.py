"""Deterministic CBOR (RFC 8949, 4.2.1): the few types a seal is made of, in one spelling only.

Writing is left to cbor2. Reading is ours, because a general reader accepts what a seal must not: duplicate keys,
trailing bytes, indefinite lengths, long forms of short numbers, and tags that build regular expressions or dates.
"""

from __future__ import annotations

import io
import threading
from collections.abc import Callable
from decimal import Decimal
from typing import Any, Final

import cbor2

MAX_DEPTH: Final = 8
DECIMAL_FRACTION: Final = 4
SMALLEST_EXPONENT: Final = -18
_SIMPLE: Final = {20: False, 21: True, 22: None}


class NotDeterministic(ValueError):
    """These bytes are not one whole item of deterministic CBOR. The text says why; it is meant for developers."""


def encode(value: object) -> bytes:
    """Write `value` in its only deterministic spelling. A Decimal becomes tag 4 [exponent, mantissa]."""
    return cbor2.dumps(value, canonical=True)


def encode_in_order(value: object) -> bytes:
    """Write a value whose maps have their keys in order already: half the work of `encode`, and the same bytes."""
    written: bytes = _writer.encoder.encode_to_bytes(value)
    return written


class _Writer(threading.local):
    """To make an encoder takes as long as to write a permit with it: one a thread."""

    def __init__(self) -> None:
        self.encoder = cbor2.CBOREncoder(io.BytesIO())


_writer: Final = _Writer()


def decode(data: bytes, *, max_depth: int = MAX_DEPTH) -> Any:
    """Read one whole item: int, bytes, str, list, dict, bool, None or Decimal (tag 4). Raises NotDeterministic.

    Work and memory are bounded by the length of `data`: the caller limits that first.
    """
    try:
        value, end = _item(data, 0, max_depth)
    except IndexError:
        raise NotDeterministic("cut short") from None
    except UnicodeDecodeError:
        raise NotDeterministic("text is not UTF-8") from None
    if end != len(data):
        raise NotDeterministic("bytes follow the item" if end < len(data) else "cut short")
    return value


# A slice beyond the end of the data is short, but `at` moves on by the length announced: `decode` sees it at the end.
def _item(data: bytes, at: int, depth: int) -> tuple[Any, int]:
    head = data[at]
    number = head & 31
    at += 1
    if number > 23:
        number, at = _long_number(data, at, head)
    major = head >> 5
    if major == 0:
        return number, at
    if major == 1:
        return -1 - number, at
    if major == 3:
        end = at + number
        return data[at:end].decode(), end
    if major == 2:
        end = at + number
        return data[at:end], end
    if depth == 0:
        raise NotDeterministic("nested too deeply")
    return _OTHERS[major](data, at, number, depth - 1)


def _long_number(data: bytes, at: int, head: int) -> tuple[int, int]:
    """A number of 1, 2, 4 or 8 bytes that would not fit the next shorter form."""
    size = head & 31
    if size == 24 and head < 0xE0:
        if (number := data[at]) < 24:
            raise NotDeterministic("a number is written longer than needed")
        return number, at + 1
    if size > 27 or head >= 0xE0:
        raise NotDeterministic("indefinite length, float or reserved form")
    width = 1 << (size - 24)
    number = int.from_bytes(data[at:at + width])
    if number < 1 << (4 * width):
        raise NotDeterministic("a number is written longer than needed")
    return number, at + width


def _array(data: bytes, at: int, count: int, depth: int) -> tuple[list[Any], int]:
    if count > len(data) - at:
        raise NotDeterministic("cut short")
    items: list[Any] = []
    for _ in range(count):
        head = data[at]
        if 0x60 <= head < 0x78:                      # a short text: most of what a permit carries
            end = at + head - 0x5F
            items.append(data[at + 1:end].decode())
            at = end
        elif head < 24:
            items.append(head)
            at += 1
        elif head == 0x19 and (number := int.from_bytes(data[at + 1:at + 3])) > 255 and at + 3 <= len(data):
            items.append(number)
            at += 3
        else:
            value, at = _item(data, at, depth)
            items.append(value)
    return items, at


def _map(data: bytes, at: int, count: int, depth: int) -> tuple[dict[Any, Any], int]:
    if count > len(data) - at:
        raise NotDeterministic("cut short")
    pairs: dict[Any, Any] = {}
    last = -1
    while count and (key := data[at]) < 24:          # keys of one byte come first: most of what a permit has
        if key <= last:
            raise NotDeterministic("map keys are repeated or out of order")
        last, head, count = key, data[at + 1], count - 1
        if 0x60 <= head < 0x78:
            start, at = at + 2, at + head - 0x5E
            pairs[key] = data[start:at].decode()
        elif head < 24:
            pairs[key] = head
            at += 2
        else:
            pairs[key], at = _item(data, at + 1, depth)
    return _long_keys(data, at, count, depth, pairs, bytes((last,)) if pairs else b"") if count else (pairs, at)


def _long_keys(data: bytes, at: int, count: int, depth: int, pairs: dict[Any, Any],
               last: bytes) -> tuple[dict[Any, Any], int]:
    """The rest of a map, whose keys are longer than a byte; in the order of their spelling."""
    for _ in range(count):
        head = data[at]
        if head >= 0x80 or 0x40 <= head < 0x60:
            raise NotDeterministic("a map key is neither a number nor text")
        start = at
        key, at = _item(data, at, 0)
        spelling = data[start:at]
        if spelling <= last:
            raise NotDeterministic("map keys are repeated or out of order")
        last = spelling
        pairs[key], at = _item(data, at, depth)
    return pairs, at


def _tagged(data: bytes, at: int, tag: int, depth: int) -> tuple[Decimal, int]:
    if tag != DECIMAL_FRACTION:
        raise NotDeterministic(f"tag {tag} has no place here")
    pair, at = _item(data, at, depth)
    if not (isinstance(pair, list) and len(pair) == 2 and all(type(part) is int for part in pair)):
        raise NotDeterministic("a decimal fraction is not two numbers")
    exponent, mantissa = pair
    if not SMALLEST_EXPONENT <= exponent < 0 or mantissa % 10 == 0:
        raise NotDeterministic("a decimal fraction is not in its shortest form")
    return Decimal((mantissa < 0, tuple(map(int, str(abs(mantissa)))), exponent)), at


def _simple(data: bytes, at: int, number: int, depth: int) -> tuple[bool | None, int]:
    if number not in _SIMPLE:
        raise NotDeterministic(f"simple value {number} has no place here")
    return _SIMPLE[number], at


_OTHERS: Final[dict[int, Callable[[bytes, int, int, int], tuple[Any, int]]]] = {
    4: _array, 5: _map, 6: _tagged, 7: _simple,
}
