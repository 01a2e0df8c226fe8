"""A token as text: digits behind #, CP1 and Base45, and nothing else."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.seal.world import AT, token, verifier

from wildgate.convention.refusal import Refusal
from wildgate.seal.text import from_base45, from_digits, from_text, to_base45, to_cp1, to_digits, to_url
from wildgate.seal.verdict import Role


@given(st.binary(min_size=1, max_size=1024))
def test_digits_and_base45_are_read_back(data):
    assert from_digits(to_digits(data)) == data
    assert from_base45(to_base45(data)) == data


def test_base45_is_that_of_rfc_9285():
    assert to_base45(b"Hello!!") == "%69 VD92EX0"
    assert to_base45(b"base-45") == "UJCLQE7W581"
    assert from_base45("QED8WEX0") == b"ietf!"


@given(st.text("0123456789", max_size=60))
def test_digits_have_one_spelling(digits):
    found = from_digits(digits)
    assert isinstance(found, Refusal) or to_digits(found) == digits


@given(st.text("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:", max_size=40))
def test_base45_has_one_spelling(text):
    found = from_base45(text)
    assert isinstance(found, Refusal) or to_base45(found) == text


@pytest.mark.parametrize("digits", ["256", "1", "12", "1" * 6, "9" * 17, "99999", "٣٤٥", "1_0", " 12", "+12"])
def test_digits_out_of_range_are_refused(digits):
    assert isinstance(from_digits(digits), Refusal)


@pytest.mark.parametrize("letters", ["GGW", "ZZ", "A", "ab", "::", ":::", "Ä00"])
def test_base45_out_of_range_is_refused(letters):
    assert isinstance(from_base45(letters), Refusal)


def test_every_written_form_is_read():
    data = token()
    digits = to_digits(data)

    for text in (to_url("https://permits.demoland.example", data), to_url("https://h.example/verify/", data), digits,
                 to_cp1(data), f"  {digits}\r\n", f"\ufeff{to_cp1(data)} \n", f"HTTPS://other.example:8443/x?y=1#{digits}",
                 f"http://127.0.0.1:8000/verify/#{digits}"):
        assert from_text(text) == data, text
        assert verifier().verdict(text, Role.PUBLIC, AT).genuine
        assert verifier().verdict(text.encode(), Role.PUBLIC, AT).genuine
    assert to_url("https://permits.demoland.example", data).startswith("https://permits.demoland.example/verify/#")


@pytest.mark.parametrize("text", [
    "", " ", "#123", "ftp://host/#123", "javascript:alert(1)#123", "https://#123", "https://a b/#123",
    "https://host/#123#123", "https://host/123", "cp1:ABC", "CP2:ABC", "QM-E-2027-00031", "\x00", "\ud800", "1" * 5000,
    "https://host/#" + "1" * 17 * 200, "https://" + "a" * 5000 + "/#123", "CP1:", "https://host/#",
])
def test_other_texts_get_one_sentence(text):
    verdict = verifier().verdict(text, Role.PUBLIC, AT)

    assert not verdict.genuine
    assert verdict.reasons[0].reason.endswith(".")


def test_a_vaccination_certificate_gets_its_own_sentence():
    assert from_text("HC1:6BFOXN").reason == "This code is a health certificate, not a CITES permit."


@given(st.text(max_size=80) | st.from_regex(r"(https://[a-z]+/#|CP1:|HC1:)?[0-9A-Z $%*+./:-]*", fullmatch=True))
def test_any_text_gets_an_answer_and_none_is_genuine(text):
    assert not verifier().verdict(text, Role.CARRIER, AT).genuine


@given(st.binary(max_size=300))
def test_any_bytes_get_an_answer_and_none_is_genuine(data):
    assert not verifier().verdict(data, Role.CARRIER, AT).genuine
    assert not verifier().verdict(to_digits(b"\xd2\x84" + data), Role.CARRIER, AT).genuine
