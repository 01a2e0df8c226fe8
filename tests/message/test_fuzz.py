"""Changed codes, texts, messages and PDFs: every reader answers, and none accepts. `make fuzz` looks longer."""

from __future__ import annotations

import os

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.message.papers import AT, paper, pin, seals, text_of, verifier
from tests.message.permits import permit

from wildgate.convention.refusal import Refusal
from wildgate.message.evidence import examine
from wildgate.message.judgement import judge
from wildgate.message.xml import write_v2
from wildgate.seal import cbor
from wildgate.seal.envelope import open_envelope, seal
from wildgate.seal.keys import SigningKey
from wildgate.seal.text import from_text, to_base45, to_digits
from wildgate.seal.verdict import Answer, Role

ROUNDS = int(os.environ.get("WILDGATE_FUZZ") or 0)
PERMIT = permit()
TOKEN = seals(PERMIT)[0]
XML = write_v2(PERMIT, text_of(PERMIT))
JUDGE = verifier(pins=[pin()])
THIEF = SigningKey.generate()
EDITS = st.lists(st.tuples(st.floats(0, 1, exclude_max=True), st.sampled_from(["put", "cut", "add", "twice", "flip"]),
                           st.binary(min_size=1, max_size=6)), min_size=1, max_size=4)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-2**64, 2**64 - 1) | st.binary(max_size=70) | st.text(max_size=70),
    lambda part: st.lists(part, max_size=5) | st.dictionaries(st.integers(-70000, 70000) | st.text(max_size=8), part,
                                                              max_size=5), max_leaves=12)


def looks(few: int) -> settings:
    return settings(max_examples=ROUNDS or few, deadline=None, suppress_health_check=list(HealthCheck))


def changed(data: bytes, edits: list[tuple[float, str, bytes]]) -> bytes:
    out = bytearray(data)
    for share, what, some in edits:
        at = int(share * len(out))
        if what == "put":
            out[at:at + len(some)] = some
        elif what == "cut":
            del out[at:at + 1 + some[0]]
        elif what == "add":
            out[at:at] = some
        elif what == "twice":
            out[at:at] = out[at:at + 1 + some[0]]
        elif at < len(out):
            out[at] ^= 1 << (some[0] & 7)
    return bytes(out)


def accepted(data: bytes, name: str = "") -> bool:
    found = examine(data, name, pins=[pin()])
    verdict = None if isinstance(found, Refusal) else judge(found, JUDGE, Role.PUBLIC, AT)
    return verdict is not None and not isinstance(verdict, Refusal) and verdict.verdict.answer is Answer.ACCEPT


@looks(60)
@given(EDITS)
def test_no_changed_token_is_accepted(edits):
    token = changed(TOKEN, edits)

    verdict = JUDGE.verdict(token, Role.PUBLIC, AT)

    assert token == TOKEN or (verdict.answer is not Answer.ACCEPT and not verdict.genuine)


@looks(30)
@given(VALUES, st.sampled_from([1, 4, 6, 65535, -65537, 0, 8, 9, 10]), st.booleans())
def test_no_claims_of_a_stranger_are_accepted_whatever_they_are(value, key, inside):
    opened = open_envelope(TOKEN)
    claims = cbor.decode(opened.payload)
    (claims[-65537] if inside else claims)[key] = value

    verdict = JUDGE.verdict(seal(cbor.encode(claims), opened.header.kind, THIEF), Role.PUBLIC, AT)

    assert verdict.answer is not Answer.ACCEPT and not verdict.genuine


@looks(60)
@given(EDITS, st.sampled_from(["digits", "base45", "address"]))
def test_no_changed_text_gives_the_token_by_another_spelling(edits, form):
    text = {"digits": to_digits(TOKEN), "base45": "CP1:" + to_base45(TOKEN),
            "address": text_of(PERMIT)}[form]
    other = changed(text.encode(), edits).decode(errors="replace")

    found = from_text(other)

    assert isinstance(found, Refusal) or found != TOKEN or other.strip("\ufeff\x00 \t\r\n") == text or form == "address"
    assert isinstance(found, Refusal) or found == TOKEN or not JUDGE.verdict(other, Role.PUBLIC, AT).genuine


@looks(40)
@given(EDITS)
def test_no_changed_message_is_accepted(edits):
    data = changed(XML, edits)

    assert data == XML or not accepted(data, "permit.xml")


@looks(4)
@given(EDITS)
def test_no_changed_pdf_is_accepted(edits):
    data = changed(paper(PERMIT), edits)

    assert data == paper(PERMIT) or not accepted(data, "permit.pdf")


@pytest.mark.parametrize("data", [paper, lambda _: XML], ids=["pdf", "xml"])
def test_the_files_themselves_are_accepted(data):
    assert accepted(data(PERMIT))
