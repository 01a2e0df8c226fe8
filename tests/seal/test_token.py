"""The strict profile of a token: what is sealed is read back, and every other spelling is refused."""

from __future__ import annotations

import hashlib
from datetime import date, timedelta
from decimal import Decimal

import cbor2
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cwt import COSE, COSEKey
from hypothesis import given
from hypothesis import strategies as st
from tests.seal.world import (
    AT,
    CUSTOMS,
    INDEX,
    PERMIT,
    URI,
    entry,
    line,
    lists,
    record,
    resealed,
    token,
    trust,
    verifier,
)

from wildgate.convention.permit import Address, Reference
from wildgate.convention.refusal import Refusal
from wildgate.convention.vocabulary import DocumentKind, Source
from wildgate.seal import cbor
from wildgate.seal.claims import KIND_NUMBERS, LONGEST_MONTHS, name_check
from wildgate.seal.endorsement import Endorsement, Stage
from wildgate.seal.envelope import Kind, open_envelope, seal
from wildgate.seal.keys import Alg, PublicKey, Purpose, SigningKey, _raw, new_private_key
from wildgate.seal.token import permit_digest, read_token, seal_endorsement, seal_permit, unsealable
from wildgate.seal.verdict import Answer, Role, Verifier

P = -65537


def claims_of(data: bytes):
    found = read_token(data)
    assert not isinstance(found, Refusal), found
    return found.claims


def refused(data: bytes) -> str:
    found = read_token(data)
    assert isinstance(found, Refusal), found
    verdict = verifier().verdict(data, Role.PUBLIC, AT)
    assert (verdict.genuine, verdict.answer) == (False, Answer.REFUSE)
    return found.reason


def test_a_permit_is_read_back_as_it_was_sealed():
    found = claims_of(token())

    assert (found.party, found.number, found.kind, found.purpose) == ("QM", "QM-E-2027-00031", 1, "T")
    assert (found.status_uri, found.status_index) == (URI, INDEX)
    assert (found.exporter.name, found.importer.name, found.importer.country) == ("Lacuna Hides Ltd", "Orlo SA", "QZ")
    assert found.lines[0][:7] == ("Crocodylus novaeguineae", "II", "C", "SKI", Decimal(1200), "NAR", "QM")
    assert found.record_digest == record().digest


def test_ten_lines_take_three_pages_with_one_number_and_one_digest():
    pages = [claims_of(page) for page in seal_permit(record(10), PERMIT, status_uri=URI, status_index=INDEX)]

    assert [(page.page, page.pages, len(page.lines)) for page in pages] == [(1, 3, 4), (2, 3, 4), (3, 3, 2)]
    assert {(page.number, page.record_digest, page.status_index) for page in pages} == {
        ("QM-E-2027-00031", record(10).digest, INDEX)}


def test_python_cwt_verifies_our_token():
    data = token()
    public = PERMIT.public.cose()
    key = COSEKey.new({1: 2, 3: -7, 2: PERMIT.kid, -1: 1, -2: public[-2], -3: public[-3]})

    payload = COSE.new(verify_kid=True).decode(data, key)

    assert cbor2.loads(payload)[P][1] == "QM-E-2027-00031"


def test_we_verify_what_python_cwt_signs_in_our_profile():
    private = new_private_key()
    ours = SigningKey.from_private(private)
    pem = private.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8,
                                serialization.NoEncryption())
    payload = open_envelope(token()).payload
    signed = COSE.new().encode_and_sign(payload, COSEKey.from_pem(pem, alg="ES256", kid=ours.kid),
                                        protected={1: -7, 4: ours.kid, 16: int(Kind.PERMIT)})

    verdict = Verifier(trust(entry(Purpose.PERMIT, ours)), lists()).verdict(signed, Role.EXPORT, AT)

    assert verdict.genuine
    assert verdict.facts["number"] == "QM-E-2027-00031"
    assert verdict.digest == permit_digest(token(ours))


def test_ed25519_is_accepted_and_of_the_same_length():
    key = SigningKey.generate(Alg.EDDSA)

    assert len(token(key)) == len(token())
    assert open_envelope(token(key)).verified_by(key.public)
    assert not open_envelope(token(key)).verified_by(PERMIT.public)


def test_es256_signatures_are_deterministic():
    assert token() == token()


def test_every_single_bit_flip_is_refused():
    data, judge = token(lines=2 * (line(),)), verifier()

    for place in range(len(data) * 8):
        flipped = bytearray(data)
        flipped[place // 8] ^= 1 << place % 8
        verdict = judge.verdict(bytes(flipped), Role.PUBLIC, AT)
        assert not verdict.genuine, place
        assert verdict.answer is Answer.REFUSE, place


def test_two_signatures_of_one_permit_have_one_digest():
    data = token()
    order = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
    other = data[:-32] + (order - int.from_bytes(data[-32:])).to_bytes(32)

    assert verifier().verdict(other, Role.PUBLIC, AT).genuine
    assert permit_digest(other) == permit_digest(data)


def parts(data: bytes) -> list:
    return cbor2.loads(data).value


@pytest.mark.parametrize("change", [
    lambda prot, un, pay, sig: [prot, {1: -7}, pay, sig],
    lambda prot, un, pay, sig: [prot, un, pay, sig[:-1]],
    lambda prot, un, pay, sig: [prot, un, pay, sig + b"\0"],
    lambda prot, un, pay, sig: [prot, un, pay],
    lambda prot, un, pay, sig: [prot, un, None, sig],
    lambda prot, un, pay, sig: [cbor2.dumps(cbor2.loads(prot) | {3: 0}), un, pay, sig],
    lambda prot, un, pay, sig: [cbor2.dumps({1: -7, 4: PERMIT.kid}), un, pay, sig],
    lambda prot, un, pay, sig: [cbor2.dumps({1: -37, 4: PERMIT.kid, 16: 65001}), un, pay, sig],
    lambda prot, un, pay, sig: [cbor2.dumps({1: -7, 4: PERMIT.kid[:7], 16: 65001}), un, pay, sig],
    lambda prot, un, pay, sig: [cbor2.dumps({16: 65001, 1: -7, 4: PERMIT.kid}), un, pay, sig],
])
def test_another_envelope_is_refused(change):
    assert refused(cbor2.dumps(cbor2.CBORTag(18, change(*parts(token())))))


def test_tag_18_is_required():
    assert "not a sealed permit" in refused(token()[1:])
    assert refused(b"\xd8\x3d" + token())
    assert refused(b"\xd8\x12" + token()[1:])


@pytest.mark.parametrize("spoil", [
    lambda data: data + b"\0", lambda data: data[:-1], lambda data: b"", lambda data: data[:1],
    lambda data: data[:1] + b"\x9f" + data[2:] + b"\xff", lambda data: data * 4,
])
def test_trailing_missing_indefinite_and_oversized_bytes_are_refused(spoil):
    assert refused(spoil(token()))


def resealed_bytes(change) -> bytes:
    opened = open_envelope(token())
    return seal(change(opened.payload), Kind.PERMIT, PERMIT)


@pytest.mark.parametrize("change", [
    lambda body: body + b"\0",
    lambda body: body[:-1],
    lambda body: b"\xbf" + body[1:] + b"\xff",
    lambda body: bytes((body[0] + 1,)) + b"\x01\x62QM" + body[1:],
    lambda body: body.replace(b"\x01\x62QM", b"\x18\x01\x62QM", 1),
    lambda body: body.replace(b"\x19\x04\xb0", b"\x1a\x00\x00\x04\xb0", 1),
    lambda body: body.replace(b"\x19\x04\xb0", b"\xf9\x64\xb0", 1),
    lambda body: body.replace(b"\x19\x04\xb0", b"\xfb\x40\x92\xc0\0\0\0\0\0", 1),
    lambda body: body.replace(b"\x62QM", b"\x62\xff\xfe", 1),
    lambda body: b"\x81" * 300,
    lambda body: b"\x9b\xff\xff\xff\xff\xff\xff\xff\xff",
    lambda body: b"\xd8\x23\x64(a+)",
])
def test_a_signed_payload_in_another_spelling_is_refused(change):
    assert refused(resealed_bytes(change))


def put(key, value):
    return lambda claims: claims[P].__setitem__(key, value)


def top(key, value):
    return lambda claims: claims.__setitem__(key, value)


def place(**changed):
    return top(65535, {"status_list": {"idx": INDEX, "uri": URI} | changed})


LINE = ["Crocodylus novaeguineae", 2, "C", "SKI", 1200, "NAR", "QM"]


@pytest.mark.parametrize("change", [
    top(1, "Qm"), top(1, "QMX"), top(5, 0), top(7, b"id"), top(-3, 0), top("x", 0), top(6, -1), top(6, "now"),
    top(4, 1 << 40), top(65535, {}), place(uri="QM/27Q3/../../QZ/27Q3/0"), place(uri="https://evil.example/QM/27Q3/0"),
    place(uri="/QM/27Q3/0"), place(uri="QZ/27Q3/0"), place(uri="QM/27Q3/00"), place(uri="QM/27Q5/0"),
    place(uri="QM/27Q3/0\n"), place(idx=65536), place(idx=-1), place(idx="0"), place(more=1),
    put(0, 2), put(0, True), put(1, ""), put(1, "N" * 65), put(2, 0), put(2, 99), put(7, "X"), put(8, []),
    put(8, [LINE] * 5), put(8, [LINE[:6]]), put(8, [[*LINE[:1], 4, *LINE[2:]]]), put(8, [[*LINE[:2], "c", *LINE[3:]]]),
    put(8, [[*LINE[:4], 0, *LINE[5:]]]), put(8, [[*LINE[:4], -1, *LINE[5:]]]), put(8, [[*LINE[:4], "9", *LINE[5:]]]),
    put(8, [[*LINE[:4], True, *LINE[5:]]]), put(8, [[*LINE[:3], "SK", *LINE[4:]]]), put(8, [[*LINE, ""]]),
    put(8, [[*LINE, "QZ-1", []]]), put(9, b"x" * 31), put(9, "x" * 32), put(10, [2, 1]), put(10, [0, 1]), put(10, 1),
    put(11, ""), put(12, "unknown"), put(15, 1), put(5, ["Lacuna"]), put(5, ["L" * 49, "QM"]), put(5, [b"short", "QM"]),
    put(6, ["Orlo SA", "Q"]), put(3, []), put(4, [False]), put(4, [True, 0]),
])
def test_each_claim_out_of_profile_is_refused(change):
    assert "breaks the permit profile" in refused(resealed(change))


def test_keys_from_16_up_are_ignored_and_told():
    data = resealed(put(16, "later"))

    assert claims_of(data).newer
    assert "newer-profile" in {why.code for why in verifier().verdict(data, Role.PUBLIC, AT).reasons}


@pytest.mark.parametrize("kind", list(DocumentKind))
def test_validity_ends_with_the_legal_maximum(kind):
    months = LONGEST_MONTHS[KIND_NUMBERS[kind]]
    last = {6: date(2027, 9, 3), 12: date(2028, 3, 3), 36: date(2030, 3, 3)}[months]

    assert claims_of(token(kind=kind, valid_until=last)).kind == KIND_NUMBERS[kind]
    assert unsealable(record(kind=kind, valid_until=last + timedelta(days=2))).code == "unsealable"
    with pytest.raises(ValueError, match=f"longer than the {months} months"):
        token(kind=kind, valid_until=last + timedelta(days=2))


def test_a_record_without_lines_is_not_sealed():
    assert unsealable(record(0)).code == "unsealable"
    with pytest.raises(ValueError):
        token(lines=())


def test_long_names_are_cut_at_a_character():
    name = "شركة جلود البحيرة للتصدير والاستيراد المحدودة"

    carried = claims_of(token(importer=Address(name, "", "QZ"))).importer.name

    assert name.startswith(carried)
    assert 46 <= len(carried.encode()) <= 48


def test_a_private_person_is_not_named_but_can_be_checked():
    data = token(exporter=Address("Mario  Ferro", "at home", "QM", private=True))
    carried = claims_of(data).exporter

    assert b"Mario" not in data
    assert carried.name is None
    assert carried.check == name_check(" mario FERRO ", claims_of(data).record_digest)
    assert carried.check != name_check("Mario Ferri", claims_of(data).record_digest)


@given(st.decimals(min_value="0.001", max_value="99999999", places=3))
def test_quantities_are_exact_and_have_one_spelling(amount):
    data = token(lines=(line(quantity=amount),))

    assert claims_of(data).lines[0].quantity == amount
    assert data == token(lines=(line(quantity=amount.normalize()),))


def test_box_12_and_marks_are_carried_while_the_code_stays_small():
    tagged = line(origin=Reference("QZ", "QZ-E-2026-9"), marks=("QM-2026-NOV-1",), source=Source.PRE_CONVENTION,
                  second_source=Source.WILD)
    many = line(origin=Reference("QZ", "QZ-E-2026-9"), marks=("QM-2026-NOV-000001 to QM-2026-NOV-001200",) * 5)

    assert claims_of(token(lines=(tagged,))).lines[0][2:3] + claims_of(token(lines=(tagged,))).lines[0][7:] == (
        "OW", "QZ-E-2026-9", ("QM-2026-NOV-1",))
    assert claims_of(token(lines=(many, many))).lines[0][7:] == ("QZ-E-2026-9", ())


def endorsement(**changed) -> Endorsement:
    facts = {"party": "QM", "number": "QM-E-2027-00031", "permit_digest": permit_digest(token()), "stage": Stage.EXPORT,
             "locode": "QMKV2", "quantities": (Decimal(1150),), "at": AT, "transport_document": "020-44556677",
             "packages": 12, "previous": None}
    return Endorsement(**facts | changed)


def test_an_endorsement_is_read_back_and_small_enough_for_a_label():
    data = seal_endorsement(endorsement(previous=b"p" * 32), CUSTOMS)
    found = claims_of(data)

    assert (found.stage, found.quantities, found.previous) == (Stage.EXPORT, (Decimal(1150),), b"p" * 16)
    assert found.permit_digest == permit_digest(token())[:16]
    assert len(data) <= 220


@pytest.mark.parametrize("changed", [{"locode": "qmkv2"}, {"quantities": ()}, {"permit_digest": b"x"},
                                     {"number": ""}, {"packages": -1}, {"party": "Q"}])
def test_an_endorsement_out_of_profile_is_not_sealed(changed):
    with pytest.raises(ValueError):
        seal_endorsement(endorsement(**changed), CUSTOMS)


@given(st.binary(max_size=1100))
def test_foreign_bytes_never_crash_and_are_never_accepted(data):
    assert isinstance(read_token(data), Refusal)
    assert isinstance(read_token(b"\xd2\x84" + data), Refusal)


@given(st.binary(max_size=200))
def test_what_the_reader_accepts_cbor2_would_write(data):
    try:
        found = cbor.decode(data)
    except cbor.NotDeterministic:
        return
    assert cbor2.dumps(found, canonical=True) == data


values = st.recursive(
    st.integers(-(1 << 64), (1 << 64) - 1) | st.text(max_size=20) | st.binary(max_size=20) | st.booleans() | st.none(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.integers(0, 1 << 40), inner, max_size=4),
    max_leaves=8)


@given(values)
def test_what_is_written_is_read_back(value):
    assert cbor.decode(cbor.encode(value), max_depth=99) == value


@pytest.mark.parametrize("alg", list(Alg))
def test_a_key_is_named_by_its_rfc_9679_thumbprint(alg):
    key = SigningKey.generate(alg).public

    assert key.thumbprint == hashlib.sha256(cbor2.dumps(key.cose(), canonical=True)).digest()
    assert key.kid == key.thumbprint[:8]


@pytest.mark.parametrize("change", [
    {-2: b"\1" * 32}, {-3: bytes(32)}, {-2: b"\xff" * 32}, {1: 3}, {3: -7}, {-2: b"short"}])
def test_a_point_off_the_curve_is_no_key(change):
    with pytest.raises(ValueError):
        PublicKey.from_cose(PERMIT.public.cose() | change)


@pytest.mark.parametrize("numbers", [
    (1, 1), (0x80, 0x7F), (1 << 255, 1), (1 << 247, (1 << 256) - 1), (1 << 128, 1 << 8)])
def test_the_numbers_of_a_signature_are_written_with_32_bytes_each(numbers):
    assert _raw(encode_dss_signature(*numbers)) == b"".join(number.to_bytes(32) for number in numbers)
