"""The token of a note: small, strict, and verified by an independent program."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from cwt import COSE, COSEKey
from tests.seal.world import AT, PERMIT, entry, trust

from wildgate.convention.refusal import Refusal
from wildgate.convention.vocabulary import Appendix
from wildgate.seal import cbor
from wildgate.seal.envelope import Kind, open_envelope, seal
from wildgate.seal.keys import Purpose, SigningKey
from wildgate.seal.note import MOST_ITEMS, Note, NoteItem
from wildgate.seal.token import read_token, seal_note
from wildgate.seal.verdict import Answer, Role, Verifier

KEY = SigningKey.generate()
ITEM = NoteItem("Hippocampus kuda", Appendix.II, "BOD", Decimal(3), "NAR", "QM", "personal-effects", "P02")
NOTE = Note("QM", "QM-N-2027-000123", AT, AT + timedelta(days=90), "QM", "FR", "luggage", "P", date(2025, 3, 6),
            (ITEM, NoteItem("Canis lupus familiaris", None, "LIV", Decimal(1), "NAR", "XX", "not-listed")))
TRUST = trust(entry(Purpose.NOTE, KEY), entry(Purpose.PERMIT, PERMIT))


def test_a_note_comes_back_as_it_went():
    assert read_token(seal_note(NOTE, KEY)).claims == NOTE


def test_the_longest_note_still_fits_a_square_code():
    long = replace(ITEM, taxon="Acipenser gueldenstaedtii persicus", quantity=Decimal("1234.567"))
    full = replace(NOTE, items=(long,) * MOST_ITEMS)

    assert len(seal_note(full, KEY)) < 700
    assert len(seal_note(NOTE, KEY)) < 300


def test_python_cwt_verifies_a_note():
    x, y = KEY.public.parts
    peer = COSEKey.new({1: 2, 3: -7, -1: 1, -2: x, -3: y, 2: KEY.public.kid})

    payload = COSE.new().decode(seal_note(NOTE, KEY), peer)

    claims = cbor.decode(payload) if isinstance(payload, bytes) else payload
    assert claims[1] == "QM"
    assert claims[-65541][1] == "QM-N-2027-000123"


def test_every_bit_counts():
    token = seal_note(NOTE, KEY)
    judge = Verifier(TRUST)
    assert judge.verdict(token, Role.PUBLIC, AT).answer is Answer.ACCEPT

    for at in range(0, len(token) * 8, 7):
        flipped = bytearray(token)
        flipped[at // 8] ^= 1 << at % 8
        assert not judge.verdict(bytes(flipped), Role.PUBLIC, AT).genuine


@pytest.mark.parametrize("change", [
    {"items": ()}, {"items": (ITEM,) * (MOST_ITEMS + 1)}, {"sender": "qm"}, {"receiver": ""}, {"number": ""},
    {"expires_at": AT}, {"expires_at": AT + timedelta(days=400)}, {"purpose": "?"},
    {"items": (replace(ITEM, quantity=Decimal(0)),)}, {"items": (replace(ITEM, term="body"),)},
    {"items": (replace(ITEM, rule="personal"),)}])
def test_what_no_verifier_would_take_is_not_sealed(change):
    with pytest.raises(ValueError, match=r"\w"):
        seal_note(replace(NOTE, **change), KEY)


@pytest.mark.parametrize("change", [
    lambda body: body.update({8: 1}), lambda body: body.pop(7), lambda body: body.update({0: 2}),
    lambda body: body.update({4: 0}), lambda body: body.update({4: 9}), lambda body: body.update({6: "2025"}),
    lambda body: body[7][0].__setitem__(1, 4), lambda body: body[7][0].__setitem__(6, 9),
    lambda body: body[7][0].append("more"), lambda body: body[7].append("x")])
def test_what_breaks_the_profile_is_refused(change):
    claims = cbor.decode(open_envelope(seal_note(NOTE, KEY)).payload)
    change(claims[-65541])

    found = read_token(seal(cbor.encode(claims), Kind.NOTE, KEY))

    assert isinstance(found, Refusal)
    assert found.code == "profile"


@pytest.mark.parametrize(("key", "code"), [(PERMIT, "key-purpose"), (SigningKey.generate(), "unknown-key")])
def test_only_the_key_for_notes_signs_notes(key, code):
    found = Verifier(TRUST).verdict(seal_note(NOTE, key), Role.PUBLIC, AT)

    assert not found.genuine
    assert found.reasons[0].code == code


def test_the_key_for_notes_signs_no_permit():
    from tests.seal.world import token

    found = Verifier(TRUST).verdict(token(key=KEY), Role.PUBLIC, AT)

    assert found.reasons[0].code == "key-purpose"


def test_a_note_is_over_after_its_last_day():
    found = Verifier(TRUST).verdict(seal_note(NOTE, KEY), Role.PUBLIC, AT + timedelta(days=91))

    assert (found.genuine, found.state, found.answer) == (True, "expired", Answer.REFUSE)
