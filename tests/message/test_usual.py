"""The quick judge says yes to this house's own papers only, and never where the general judge would not."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from dataclasses import replace
from functools import cache

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign.fields import SigFieldSpec, append_signature_field
from tests.message.papers import AT, BASE, certificate, paper, pin, seals
from tests.message.permits import permit
from tests.message.test_pdf_attacks import BYTES, CUSTOMS, UPDATES, Update, endorsed, updated

from wildgate.convention.permit import Address, PermitRecord
from wildgate.kit.certificates import issue_document_certificate
from wildgate.message import usual
from wildgate.message.cms import SET, container, der, names, signed_attributes
from wildgate.message.pdf import write_pdf
from wildgate.message.signature import countersign_pdf, judge_any_pdf, sign_pdf
from wildgate.message.timestamp import anchors
from wildgate.message.usual import usual_signature

HOLE = re.compile(rb"/Contents (<[0-9A-Fa-f]+>)")
PINS = frozenset(each.sha256 for each in anchors([certificate()[1], certificate(CUSTOMS)[1]]))


def countersigned(data: bytes, place: str = "QMLAC") -> bytes:
    key, mine = certificate(CUSTOMS)
    return countersign_pdf(data, key, [mine], place=place)


@pytest.mark.parametrize("record", [
    permit(), permit(5), permit(number="QM/é (1) 50%", authority=Address("Autorité – Ωμέγα", "x", "QM"))],
    ids=["plain", "two pages", "letters"])
def test_both_judges_say_the_same_of_every_paper_of_this_house(record: PermitRecord) -> None:
    alone = paper(record)
    both = countersigned(alone, "Puerto “X” (é)")

    for data in (alone, both):
        found = usual_signature(data, PINS, at=AT)
        assert found is not None and found.sound
        assert found == judge_any_pdf(data, pins=PINS, at=AT)


def test_a_chain_from_an_authority_that_is_over_by_now_holds_by_its_pin_alone() -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    issued = issue_document_certificate("QM", key.public_key(), AT, AT.replace(year=2029))
    chain = [issued.certificate, issued.authority]
    data = sign_pdf(write_pdf(permit(), seals(permit()), base_url=BASE, xml=b"<a/>"),
                    lambda given: key.sign(given, ec.ECDSA(hashes.SHA256())), chain, place="Lacuna City")
    own, authority = (each.sha256 for each in anchors(chain))

    found = usual_signature(data, {own}, at=AT.replace(year=2040))
    assert found is not None and found == judge_any_pdf(data, pins={own}, at=AT.replace(year=2040))
    assert usual_signature(data, {authority}, at=AT) is None
    assert usual_signature(data, (), at=AT) is None


def test_both_signers_must_be_pinned() -> None:
    assert usual_signature(endorsed(), {pin()}) is None
    assert usual_signature(endorsed(), PINS - {pin()}) is None


@pytest.mark.parametrize("update", UPDATES)
def test_nothing_added_is_usual_not_even_under_the_signature_of_customs(update: Update) -> None:
    certified = updated(paper(permit()), update)

    for data in (certified, countersigned(certified), updated(endorsed(), update)):
        assert usual_signature(data, PINS) is None


def test_nor_is_a_second_endorsement_or_another_field() -> None:
    def more(writer: IncrementalPdfFileWriter) -> None:
        append_signature_field(writer, SigFieldSpec("More"))

    key, mine = certificate(CUSTOMS)
    second = countersign_pdf(updated(endorsed(), more), key, [mine], field="More")
    other = countersign_pdf(updated(paper(permit()), more), key, [mine], field="More")

    assert usual_signature(second, PINS) is None and usual_signature(other, PINS) is None


@pytest.mark.parametrize("attack", BYTES)
def test_no_attack_on_the_bytes_is_usual(attack: Callable[[bytes], bytes]) -> None:
    assert usual_signature(attack(paper(permit())), PINS) is None
    assert usual_signature(attack(endorsed()), PINS) is None


def test_no_flipped_bit_is_usual() -> None:
    data = endorsed()
    start = len(paper(permit()))
    for at in (*range(0, len(data), len(data) // 100), *range(start, len(data), 97)):
        assert usual_signature(data[:at] + bytes([data[at] ^ 1]) + data[at + 1:], PINS) is None, at


@cache
def signers() -> list[tuple[ec.EllipticCurvePrivateKey, tuple[bytes, ...]]]:
    out: list[tuple[ec.EllipticCurvePrivateKey, tuple[bytes, ...]]] = []
    for key, mine in (certificate(), certificate(CUSTOMS)):
        private = load_pem_private_key(key, None)
        assert isinstance(private, ec.EllipticCurvePrivateKey)
        out.append((private, (anchors([mine])[0].dump(),)))
    return out


def signed_anew(data: bytes, stamp: bytes = b"") -> bytes:
    """The file with what its signers would sign now, all up to the end of their update, whatever its range may say: as
    if the forger had both keys, so that only the shape can tell."""
    for found, (key, chain) in zip(list(HOLE.finditer(data)), signers(), strict=False):
        before, after = found.span(1)
        end = data.index(b"%%EOF\n", after) + 6
        own = names(chain)
        said = signed_attributes(hashlib.sha256(data[:before] + data[after:end]).digest(), own)
        made = container(said, key.sign(der(SET, said), ec.ECDSA(hashes.SHA256())), own, stamp)
        data = data[:before + 1] + made.hex().upper().encode().ljust(after - before - 2, b"0") + data[after - 1:]
    return data


def replaced(old: bytes, new: bytes, *, after: int = 0) -> bytes:
    """The endorsed file with one thing changed, of the same length so that every place stays true, and signed anew."""
    data = endorsed()
    at = data.index(old, after)
    return signed_anew(data[:at] + new.ljust(len(old)) + data[at + len(old):])


def numbers() -> dict[str, int]:
    """How the parts of the certified file are numbered."""
    text = paper(permit())
    found = re.search(rb"/Size \d+\n/Root (\d+) 0 R\n/Info (\d+) 0 R", text)
    fields = re.search(rb"/Fields \[ (\d+) 0 R (\d+) 0 R \]", text)
    form, metadata = re.search(rb"/AcroForm (\d+)", text), re.search(rb"/Metadata (\d+)", text)
    assert found and fields and form and metadata
    return {"root": int(found[1]), "info": int(found[2]), "customs": int(fields[1]), "authority": int(fields[2]),
            "form": int(form[1]), "metadata": int(metadata[1])}


def test_signed_anew_the_file_is_what_it_was() -> None:
    assert usual_signature(signed_anew(endorsed()), PINS) == usual_signature(endorsed(), PINS)


@pytest.mark.parametrize("part", ["info", "customs", "form", "metadata"])
@pytest.mark.parametrize("spelled", [b"%d 0 R", b"%d  0 R", b"0%d 0 R", b"%d\n0\nR"])
def test_what_an_endorsement_replaces_may_be_used_nowhere_else_in_the_form(part: str, spelled: bytes) -> None:
    anywhere = b"[6 0 R 7 0 R 8 0 R "

    assert usual_signature(replaced(anywhere, b"[6 0 R 9 0 R"), PINS) is not None
    assert usual_signature(replaced(anywhere, b"[6 0 R " + spelled % numbers()[part]), PINS) is None


@pytest.mark.parametrize("part", ["info", "customs", "form", "metadata"])
@pytest.mark.parametrize("place", [b"Contents", b"Resources"])
def test_nor_in_what_the_certification_wrote_anew(part: str, place: bytes) -> None:
    found = re.search(rb"\n/%s \d+ 0 R\n" % place, endorsed())
    assert found

    assert usual_signature(replaced(found[0], b"\n/%s %d 0 R\n" % (place, numbers()[part])), PINS) is None


@pytest.mark.parametrize(("old", "new"), [
    (b"/Parent 1 0 R", b"/Parent 2 0 R"), (b"/P 2\n", b"/P 3\n"), (b"/ETSI.CAdES.detached", b"/ETSI.CAdES.attached"),
    (b"/TransformMethod /DocMDP", b"/TransformMethod /DocMDQ"), (b"/T (Customs)", b"/T (Custom)"),
    (b"/DocMDP ", b"/DocMDQ "), (b"/Tabs /S", b"/Tabs /R"), (b"/Annots [", b"/Annots[ "),
    (b"/AcroForm ", b"/AcroFort "), (b"/SigFlags 3", b"/SigFlags 1"), (b"/FT /Sig", b"/FT /Tx"),
    (b"/Type /Sig\n", b"/Type /Sug\n"),
    (b"/Rect [ 0 0 0 0 ]", b"/Rect [ 9 9 0 0 ]"), (b"0000000000 65535 f \n", b"0000000001 65535 f \n"),
    (b"/M (D\\072", b"/M (D\\07)"), (b"<x:xmpmeta", b"<x:xmpmete"), (b"/Title (", b"/Title [ "),
    (b"/Size 3", b"/Size 2"), (b"/Prev ", b"/Prov "), (b"\nendobj", b"\nendobk")])
def test_whatever_else_the_signers_themselves_write_is_for_the_general_judge(old: bytes, new: bytes) -> None:
    start = len(paper(permit()).split(b"%%EOF")[0])

    assert usual_signature(replaced(old, new, after=start), PINS) is None


Parts = list[tuple[int, bytes]]


def endorsed_with(change: Callable[[Parts], Parts]) -> bytes:
    """The endorsement written again with other objects, its table, places and signature as they then must be."""
    out, update = paper(permit()), endorsed()[len(paper(permit())):]
    parts = [(int(found[1]), found[2]) for found in re.finditer(rb"(\d+) 0 obj\n(.*?endobj\n)", update, re.DOTALL)]
    places = {}
    for number, text in change(parts):
        places[number] = len(out)
        out += b"%d 0 obj\n%s" % (number, text)
    end = re.search(rb"trailer\n.*", update, re.DOTALL)
    hole, said = list(HOLE.finditer(out))[1], list(re.finditer(rb"/ByteRange \[.*?\] *", out))[1]
    assert end
    rest = usual._table(places) + end[0].replace(
        end[0].split(b"startxref\n")[1].split(b"\n")[0], b"%d" % len(out)).replace(
        b"/Size %d" % (max(dict(parts)) + 1), b"/Size %d" % (max(places) + 1))
    span = b"/ByteRange [0 %d %d %d]" % (hole.start(1), hole.end(1), len(out) + len(rest) - hole.end(1))
    return signed_anew(out[:said.start()] + span.ljust(len(said[0])) + out[said.end():] + rest)


def with_number(at: int, number: int) -> Callable[[Parts], Parts]:
    return lambda parts: sorted((number if each == at else other, text) for each, (other, text) in enumerate(parts))


def over_the_authoritys(parts: Parts) -> Parts:
    """The signature of customs takes the place of the authority's."""
    found = re.search(rb"/DocMDP (\d+)", endorsed())
    assert found
    old, new = b"/V %d 0 R" % parts[-1][0], b"/V %s 0 R" % found[1]
    return [*parts[:3], (parts[3][0], parts[3][1].replace(old, new)), (int(found[1]), parts[4][1])]


def certifying(parts: Parts) -> Parts:
    """The signature of customs says that it certifies."""
    found = re.search(rb"\n/Reference .*?>> \]", endorsed(), re.DOTALL)
    assert found
    return [*parts[:-1], (parts[-1][0], parts[-1][1].replace(b"\n>>\nendobj", found[0] + b"\n>>\nendobj"))]


def with_xmp(text: bytes) -> Callable[[Parts], Parts]:
    whole = b"<<\n/Length %d\n/Type /Metadata\n/Subtype /XML\n>>\nstream\n%s\nendstream\nendobj\n" % (len(text), text)
    return lambda parts: [parts[0], (parts[1][0], whole), *parts[2:]]


def test_written_again_as_it_was_it_is_usual() -> None:
    assert usual_signature(endorsed_with(lambda parts: parts), PINS) is not None
    assert usual_signature(endorsed_with(with_xmp(b'<x:xmpmeta xmlns:x="adobe:ns:meta/"/>')), PINS) is not None


@pytest.mark.parametrize("change", [
    with_number(0, 6), with_number(0, 294), with_number(1, 7), over_the_authoritys, certifying,
    lambda parts: parts[1:], lambda parts: [*parts[:2], *parts[3:]], lambda parts: [(6, parts[0][1]), *parts],
    lambda parts: [*parts, (parts[-1][0] + 1, parts[0][1])], with_number(4, 999), with_xmp(b"<other/>"),
    with_xmp(b'<!DOCTYPE e [<!ENTITY e "9200">]><x:xmpmeta xmlns:x="adobe:ns:meta/">&e;</x:xmpmeta>')])
def test_an_endorsement_replaces_and_adds_nothing_else(change: Callable[[Parts], Parts]) -> None:
    assert usual_signature(endorsed_with(change), PINS) is None


def test_no_object_of_the_form_is_freed() -> None:
    assert usual_signature(replaced(b" 00000 n\r\n", b" 00000 f\r\n"), PINS) is None


def test_no_other_range_is_told_anywhere() -> None:
    assert usual_signature(replaced(b"/Placement", b"/ByteRange"), PINS) is None


def test_a_certification_says_what_may_be_added() -> None:
    found = re.search(rb"\(CITES permit or certificate issued(\)\n/Reference .*?>> \])", endorsed(), re.DOTALL)
    assert found

    assert usual_signature(replaced(found[1], b"A" * (len(found[1]) - 1) + b")"), PINS) is None


EVERY = slice(None)


@pytest.mark.parametrize(("said", "which"), [
    (rb"/Kids\[(\d+)", EVERY), (rb"\n(5) 0 obj\n", EVERY), (rb"(\d{10}) 00000 n\r\n", slice(1)),
    (rb"(\d{10}) 00000 n\r\n", slice(7, 8)), (rb"(\d{10}) 00000 n \n", slice(1)),
    (rb"(\d{10}) 00000 n \n", slice(-1, None)),
    (rb"/Pages (\d+) 0 R\n", EVERY), (rb"/Metadata (\d+) 0 R\n", EVERY), (rb"/AcroForm (\d+) 0 R\n", EVERY),
    (rb"/DocMDP (\d+) 0 R\n", EVERY), (rb"/DocMDP (\d+) 0 R\n", slice(-1, None)), (rb"/Fields \[ (\d+)", EVERY),
    (rb"/Annots \[ (\d+)", EVERY), (rb"/P (\d+) 0 R\n", slice(1)), (rb"/P (\d+) 0 R\n", slice(1, 2)),
    (rb"/P (\d+) 0 R\n", slice(2, 3)), (rb"/P (\d+) 0 R\n", EVERY), (rb"/V (\d+) 0 R\n", slice(1)),
    (rb"/V (\d+) 0 R\n", slice(1, 2)), (rb"/Size (\d+)\n", slice(1)), (rb"/Root (\d+) 0 R\n", slice(1)),
    (rb"/Info (\d+) 0 R", EVERY),
    (rb"/Metadata (\d+) 0 R", EVERY), (rb"/Info (\d+) 0 R\n", slice(1, 2)),
    (rb"/Prev (\d+)\n", slice(1)), (rb"/Prev (\d+)\n", slice(1, 2)),
    (rb"startxref\n(\d+)\n", slice(1)), (rb"startxref\n(\d+)\n", slice(2, 3)),
    (rb"/(?:DocMDP|V) (\d+) 0 R\n", slice(3)), (rb"/ByteRange \[0 (\d+)", slice(1)),
    (rb"/ByteRange \[0 \d+ (\d+)", slice(1, 2)), (rb"/ByteRange \[0 \d+ \d+ (\d+)\]", slice(1)),
    (rb"/ByteRange \[0 \d+ \d+ (\d+)\]", slice(1, 2)),
    (rb"/Length (\d+)\n/Type /Metadata", slice(1))])
def test_no_number_of_the_skeleton_can_be_another_even_for_those_who_sign(said: bytes, which: slice) -> None:
    data = bytearray(endorsed())
    places = list(re.finditer(said, bytes(data)))[which]
    for found in places:
        fewer = b"%0*d" % (len(found[1]), int(found[1]) - 1)
        data[found.start(1):found.end(1)] = fewer

    assert places and len(data) == len(endorsed())
    assert usual_signature(signed_anew(bytes(data)), PINS) is None


def changed(data: st.DataObject, start: int, stop: int) -> bytes:
    """The endorsed file with one or two signs of its skeleton between these places changed, and signed anew."""
    whole = bytearray(endorsed())
    places = [found.start() for found in re.finditer(rb"[0-9]+(?= 0 (?:R|obj)|\n)|/[A-Z]|[(<\[]", bytes(whole))
              if start <= found.start() < stop]
    for _ in range(data.draw(st.integers(1, 2))):
        at = data.draw(st.sampled_from(places)) + data.draw(st.integers(0, 3))
        whole[at:at + 1] = data.draw(st.sampled_from([b"0", b"3", b"4", b"9", b" ", b"/", b"(", b"A", b"\n", b"%"]))
    return signed_anew(bytes(whole))


@settings(max_examples=6, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_where_the_quick_judge_says_yes_to_what_was_added_the_general_one_does(data: st.DataObject) -> None:
    given_out = changed(data, paper(permit()).index(b"%%EOF"), len(endorsed()))

    found = usual_signature(given_out, PINS, at=AT)
    assert found is None or found == judge_any_pdf(given_out, pins=PINS, at=AT)


@settings(max_examples=6, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_and_an_endorsed_form_is_as_good_as_the_certified_one_was(data: st.DataObject) -> None:
    given_out = changed(data, 0, paper(permit()).index(b"%%EOF"))

    found = usual_signature(given_out, PINS, at=AT)
    assert found is None or replace(found, countersigned=()) == judge_any_pdf(
        given_out[:len(paper(permit()))], pins=PINS, at=AT)
