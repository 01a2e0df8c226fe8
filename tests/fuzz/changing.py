"""Changes to a sound file, from a seed: bits, places, lengths, and what formats of text stumble over."""

from __future__ import annotations

import random
from collections.abc import Sequence

STUMBLES: tuple[bytes, ...] = (
    b"\x00", b"\xff", b"\xed\xa0\x80", b"\xef\xbb\xbf", b"\xff\xfe", b"\r", b"\n", b'"', b"'", b"\\", b"<", b">",
    b"&", b"&#0;", b"&#xD800;", b"<![CDATA[", b"<!DOCTYPE x [<!ENTITY e 'e'>]>", b"<!--", b"<?xml", b"]]>", b"{",
    b"}", b"[", b"]", b"[[[[[[[[[[[[[[[[", b":", b",", b";", b"\t", b"\\u0000", b"\\ud800", b"\\u202e", b"null",
    b"true", b"false", b"NaN", b"Infinity", b"-0", b"1e999", b"1e-999", b"0x1", b"99999999999999999999", b"9" * 400,
    b"-1", b"0", b"1.5", b"\xd9\xa3", b"\xc2\xb2", b"\xe2\x91\xa0", b"0001-01-01T00:00:00+23:59",
    b"9999-12-31T23:59:59-23:59", b"2027-02-30", b"0000-00-00", b"%", b"%s", b"%(x)s", b"../", b"http://", b"//",
    b"#", b"=", b"=1+1", b"\xe2\x80\xae", b"a" * 300, b" " * 300, b"\xf0\x9f\x90\x8a", b"I\xcc\x87", b"\xc4\xb0",
    b"%PDF-", b"PK\x03\x04", b"\x1f\x8b", b"WARC/1.0\r\n", b"CP1:", b"{}", b"[]",
)  # fmt: skip
"""Pieces that have broken readers before: half signs, numbers that are none, entities, days that are not."""


def changed(samples: Sequence[bytes], chance: random.Random) -> bytes:
    """One of the samples with a few changes; now and then two joined, or next to nothing of one."""
    out = bytearray(chance.choice(samples))
    for _ in range(chance.choice((1, 1, 1, 2, 2, 3, 5, 9))):
        at = chance.randrange(len(out) + 1)
        end = min(len(out), at + chance.choice((0, 1, 1, 2, 4, 8, 32, 200)))
        what = chance.randrange(9)
        if what == 0 and at < len(out):
            out[at] ^= 1 << chance.randrange(8)
        elif what == 1:
            out[at:end] = chance.randbytes(chance.choice((1, 2, 4, 16)))
        elif what in (2, 3):
            out[at:end] = chance.choice(STUMBLES)
        elif what == 4:
            del out[at:end]
        elif what == 5:
            out[at:at] = out[at:end] * chance.choice((1, 2, 20))
        elif what == 6:
            _value(out, chance)
        elif what == 7:
            other = chance.choice(samples)
            out[at:] = other[chance.randrange(len(other) + 1):]
        elif chance.random() < 0.2:
            del out[at:]
    return bytes(out)


def _value(out: bytearray, chance: random.Random) -> None:
    """Another value between two quotation marks, strokes, commas or angle brackets: the form of the file stays."""
    marks = [place for place, sign in enumerate(out) if sign in b'",:<>|=\n;']
    if len(marks) < 2:
        return
    first = chance.randrange(len(marks) - 1)
    out[marks[first] + 1:marks[first + 1]] = chance.choice(STUMBLES)
