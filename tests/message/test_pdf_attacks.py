"""Customs may sign in a certified PDF, and nobody may do anything else to it: shadow, update and wrapping attacks."""

from __future__ import annotations

import io
from collections.abc import Callable
from functools import cache

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.generic import ArrayObject, DictionaryObject, NumberObject, pdf_name, pdf_string
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.diff_analysis import ModificationLevel
from pyhanko.sign.validation import async_validate_pdf_signature
from pyhanko_certvalidator import ValidationContext
from tests.message.papers import AT, BASE, certificate, paper, pin, seals, verifier
from tests.message.permits import permit

from wildgate.convention.refusal import Refusal
from wildgate.message.evidence import examine
from wildgate.message.judgement import judge
from wildgate.message.pdf import write_pdf
from wildgate.message.signature import (
    ADDED,
    BYTE_RANGE,
    NOT_FIRST,
    USAGE,
    check_pdf,
    countersign_pdf,
    sign_pdf,
)
from wildgate.message.signed import CUSTOMS_FIELD, FIELD, UNTRUSTED
from wildgate.message.timestamp import anchors, apart
from wildgate.seal.verdict import Answer, Role

CUSTOMS = "Demoland Customs"
Update = Callable[[IncrementalPdfFileWriter], None]


@cache
def endorsed() -> bytes:
    key, mine = certificate(CUSTOMS)
    return countersign_pdf(paper(permit()), key, [mine], place="QMLAC")


@cache
def blank() -> bytes:
    """A permit that nobody signed."""
    return write_pdf(permit(), seals(permit()), base_url=BASE, xml=b"<a/>")


def trusted() -> list[bytes]:
    return [certificate()[1], certificate(CUSTOMS)[1]]


def updated(data: bytes, update: Update) -> bytes:
    writer = IncrementalPdfFileWriter(io.BytesIO(data), strict=False)
    update(writer)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def test_customs_sign_beside_the_authority_and_both_hold() -> None:
    found = check_pdf(endorsed(), trusted(), at=AT)

    assert found.sound and found.signer == "Demoland Wildlife Authority"
    assert [(each.field, each.signer) for each in found.countersigned] == [(CUSTOMS_FIELD, CUSTOMS)]
    assert endorsed().startswith(paper(permit()))
    assert check_pdf(endorsed(), [certificate()[1]], at=AT).sentence == UNTRUSTED


def test_pyhanko_itself_sees_two_sound_signatures_and_filling_in_only() -> None:
    reader = PdfFileReader(io.BytesIO(endorsed()))
    roots = anchors(trusted())

    async def judged() -> list[tuple[str, bool, ModificationLevel]]:
        return [(each.field_name, status.bottom_line, status.modification_level)
                for each in reader.embedded_signatures for status in [await async_validate_pdf_signature(
                    each, ValidationContext(trust_roots=roots, moment=AT), key_usage_settings=USAGE)]]

    assert apart(judged()) == [(FIELD, True, ModificationLevel.FORM_FILLING),
                               (CUSTOMS_FIELD, True, ModificationLevel.NONE)]


def page(writer: IncrementalPdfFileWriter) -> DictionaryObject:
    return writer.root["/Pages"]["/Kids"][0]


def stream(writer: IncrementalPdfFileWriter, data: bytes) -> generic.IndirectObject:
    return writer.add_object(generic.StreamObject(stream_data=data))


def other_page(writer: IncrementalPdfFileWriter) -> None:
    first = page(writer)
    first["/Contents"] = stream(writer, b"BT (9200 skins) Tj ET")
    writer.update_container(first)


def turned_page(writer: IncrementalPdfFileWriter) -> None:
    first = page(writer)
    first["/Rotate"] = NumberObject(180)
    writer.update_container(first)


def shadow_pages(writer: IncrementalPdfFileWriter) -> None:
    sheet = ArrayObject(map(NumberObject, (0, 0, 595, 842)))
    first = writer.add_object(DictionaryObject({pdf_name("/Type"): pdf_name("/Page"), pdf_name("/MediaBox"): sheet,
                                                pdf_name("/Contents"): stream(writer, b"BT (9200) Tj ET")}))
    pages = DictionaryObject({pdf_name("/Type"): pdf_name("/Pages"), pdf_name("/Count"): NumberObject(1),
                              pdf_name("/Kids"): ArrayObject([first])})
    writer.root["/Pages"] = writer.add_object(pages)
    writer.update_root()


def second_page(writer: IncrementalPdfFileWriter) -> None:
    pages = writer.root["/Pages"]
    pages["/Kids"].append(pages.raw_get("/Kids")[0])
    pages["/Count"] = NumberObject(2)
    writer.update_container(pages)


def note(writer: IncrementalPdfFileWriter) -> None:
    first = page(writer)
    over = DictionaryObject({
        pdf_name("/Type"): pdf_name("/Annot"), pdf_name("/Subtype"): pdf_name("/FreeText"), pdf_name("/Rect"):
        ArrayObject(map(NumberObject, (300, 500, 400, 520))), pdf_name("/Contents"): pdf_string("9200 skins")})
    first.setdefault(pdf_name("/Annots"), ArrayObject()).append(writer.add_object(over))
    writer.update_container(first)


def swapped_attachment(writer: IncrementalPdfFileWriter) -> None:
    place = writer.root["/Names"]["/EmbeddedFiles"]
    while "/Kids" in place:
        place = place["/Kids"][0]
    file = place["/Names"][1]
    file["/EF"][pdf_name("/F")] = stream(writer, b"<forged/>")
    writer.update_container(file["/EF"])


def second_attachment(writer: IncrementalPdfFileWriter) -> None:
    embedded = stream(writer, b"<forged/>")
    file = writer.add_object(DictionaryObject({
        pdf_name("/Type"): pdf_name("/Filespec"), pdf_name("/F"): pdf_string("permit.xml"),
        pdf_name("/EF"): DictionaryObject({pdf_name("/F"): embedded})}))
    writer.root["/Names"] = DictionaryObject({pdf_name("/EmbeddedFiles"): DictionaryObject(
        {pdf_name("/Names"): ArrayObject([pdf_string("permit.xml"), file])})})
    writer.update_root()


def script(writer: IncrementalPdfFileWriter) -> None:
    writer.root["/OpenAction"] = DictionaryObject({pdf_name("/S"): pdf_name("/JavaScript"),
                                                   pdf_name("/JS"): pdf_string("app.alert(1)")})
    writer.update_root()


def other_font(writer: IncrementalPdfFileWriter) -> None:
    fonts = page(writer)["/Resources"]["/Font"]
    name = next(iter(fonts))
    fonts[name][pdf_name("/BaseFont")] = pdf_name("/Forged")
    writer.update_container(fonts[name])


def text_field(writer: IncrementalPdfFileWriter) -> None:
    form = writer.root["/AcroForm"]
    form["/Fields"].append(writer.add_object(DictionaryObject({
        pdf_name("/FT"): pdf_name("/Tx"), pdf_name("/T"): pdf_string("quantity"),
        pdf_name("/V"): pdf_string("9200")})))
    writer.update_container(form)


def signature_away(writer: IncrementalPdfFileWriter) -> None:
    """The certification is taken out of its field, so that a reader finds none."""
    field = next(found for each in writer.root["/AcroForm"]["/Fields"] if (found := each.get_object())["/T"] == FIELD)
    del field["/V"]
    writer.update_container(field)


def fields_away(writer: IncrementalPdfFileWriter) -> None:
    del writer.root["/AcroForm"]
    writer.update_root()


def no_longer_certified(writer: IncrementalPdfFileWriter) -> None:
    del writer.root["/Perms"]
    writer.update_root()


UPDATES = [other_page, turned_page, shadow_pages, second_page, note, swapped_attachment, second_attachment, script,
           other_font, text_field, signature_away, fields_away, no_longer_certified]


@pytest.mark.parametrize("update", UPDATES)
def test_no_update_of_a_certified_file_is_sound(update: Update) -> None:
    found = check_pdf(updated(paper(permit()), update), trusted(), pins=[pin()], at=AT)

    assert not found.sound and not found.trust_is_all_that_lacks


@pytest.mark.parametrize("update", [other_page, note, swapped_attachment, signature_away])
def test_nor_of_an_endorsed_one(update: Update) -> None:
    assert not check_pdf(updated(endorsed(), update), trusted(), at=AT).sound


@pytest.mark.parametrize("update", [other_page, shadow_pages, note, second_attachment])
def test_customs_do_not_vouch_for_what_was_changed_before_they_signed(update: Update) -> None:
    key, mine = certificate(CUSTOMS)
    data = countersign_pdf(updated(paper(permit()), update), key, [mine])

    assert check_pdf(data, trusted(), at=AT).sentence == ADDED


def hole(data: bytes) -> tuple[int, int]:
    found = BYTE_RANGE.search(data)
    assert found
    return int(found[2]), int(found[3])


def in_hole(text: bytes) -> Callable[[bytes], bytes]:
    def attack(data: bytes) -> bytes:
        _, end = hole(data)
        return data[:end - 1 - len(text)] + text + data[end - 1:]
    return attack


def emptied(data: bytes) -> bytes:
    start, end = hole(data)
    return data[:start + 1] + b"0" * (end - start - 2) + data[end - 1:]


def other_range(text: bytes) -> Callable[[bytes], bytes]:
    def attack(data: bytes) -> bytes:
        found = BYTE_RANGE.search(data)
        assert found
        return data[:found.start()] + text.ljust(len(found[0])) + data[found.end():]
    return attack


def wrapped_range(data: bytes) -> bytes:
    """The signed rest is moved behind new objects, and the range is told to follow it."""
    start, end = hole(data)
    rest = data[end:]
    more = b"\n9 0 obj\n(9200 skins)\nendobj\n"
    moved = data[:end] + more + rest
    found = BYTE_RANGE.search(moved)
    assert found
    text = b"/ByteRange [0 %d %d %d]" % (start, end + len(more), len(rest))
    return moved[:found.start()] + text.ljust(len(found[0]))[:len(found[0])] + moved[found.end():]


BYTES: list[Callable[[bytes], bytes]] = [
    in_hole(b"/ByteRange [0 1 2 3]"), in_hole(b"ff"), emptied, other_range(b"/ByteRange [0 0 0 0]"),
    other_range(b"/ByteRange null"), other_range(b"/Nothing [0]"), wrapped_range,
    lambda data: data + b"\n% a remark\n", lambda data: data + data, lambda data: b"%PDF-1.7\n" + data,
    lambda data: data[:-40], lambda data: data.replace(b"startxref", b"startxref ", 1),
    lambda data: data[:data.rindex(b"startxref")] + b"startxref\n0\n%%EOF\n"]


@pytest.mark.parametrize("attack", BYTES)
def test_no_attack_on_the_bytes_is_sound(attack: Callable[[bytes], bytes]) -> None:
    assert not check_pdf(attack(paper(permit())), trusted(), pins=[pin()], at=AT).sound


def test_a_forgers_own_signature_is_nobodys_here() -> None:
    key, mine = certificate("Somebody else")
    beside = check_pdf(countersign_pdf(paper(permit()), key, [mine]), trusted(), at=AT)
    alone = check_pdf(sign_pdf(blank(), key, [mine]), trusted(), at=AT)

    assert beside.sentence == alone.sentence == UNTRUSTED


def test_customs_cannot_stand_in_for_the_authority() -> None:
    key, mine = certificate(CUSTOMS)

    assert check_pdf(countersign_pdf(blank(), key, [mine]), trusted(), at=AT).sentence == NOT_FIRST


def test_the_whole_verdict_refuses_an_update_and_takes_an_endorsed_file() -> None:
    pins = [each.sha256 for each in anchors(trusted())]

    def answer(data: bytes) -> Answer:
        evidence = examine(data, "permit.pdf", pins=pins, at=AT)
        assert not isinstance(evidence, Refusal)
        found = judge(evidence, verifier(pins=pins), Role.EXPORT, AT)
        assert not isinstance(found, Refusal)
        return found.verdict.answer

    assert answer(endorsed()) is Answer.ACCEPT
    assert answer(updated(paper(permit()), note)) is Answer.REFUSE


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_no_change_of_bytes_is_sound_or_breaks_the_reader(data: st.DataObject) -> None:
    whole = paper(permit())
    start = data.draw(st.one_of(st.integers(0, len(whole) - 1), st.integers(len(whole) - 9_000, len(whole) - 1)))
    cut = data.draw(st.integers(0, 60))
    put = data.draw(st.one_of(st.binary(max_size=8), st.sampled_from([b"<<", b">>", b" 0 R", b"endobj", b"[" * 500])))
    changed = whole[:start] + put + whole[start + cut:]

    assert changed == whole or not check_pdf(changed, trusted(), pins=[pin()], at=AT).sound


@settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_no_damaged_file_breaks_the_whole_examination(data: st.DataObject) -> None:
    whole = paper(permit())
    start = data.draw(st.integers(0, len(whole) - 1))
    evidence = examine(whole[:start] + data.draw(st.binary(max_size=8)) + whole[start + 3:], pins=[pin()], at=AT)

    assert isinstance(evidence, Refusal) or evidence.signature is None or not evidence.signature.sound
