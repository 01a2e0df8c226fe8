"""What is wrong with a file is said in the reader's language: on the verify page, at the border, in the post."""

from __future__ import annotations

import ast
import html
import json
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.template.loader import render_to_string
from django.test import Client
from django.utils.translation import override
from tests.cast import NOON, issued
from tests.desks import page_text
from tests.message.papers import certificate

import wildgate.message
from wildgate.apps.exchange.models import Message, Received
from wildgate.apps.permits import documents, sealing, wording
from wildgate.apps.permits.documents import verify_base
from wildgate.apps.permits.models import Permit
from wildgate.apps.permits.register import Registered
from wildgate.apps.permits.verification import verify
from wildgate.apps.permits.views.verify import told
from wildgate.convention import tables
from wildgate.convention.listing import law
from wildgate.convention.ruling import rule
from wildgate.convention.sentence import say
from wildgate.convention.trade import Line, Trade
from wildgate.convention.vocabulary import Direction, Purpose, Source
from wildgate.kit.sentences import as_kept, in_words
from wildgate.message.pdf import write_pdf
from wildgate.message.signed import UNTRUSTED
from wildgate.message.xades import sign_xml
from wildgate.message.xml import write_v2
from wildgate.seal.verdict import Role

BROKEN, TORN, CHANGED, STRANGER, QUANTITY, UNNAMED = range(6)
SAID = {
    "fr": {BROKEN: "il s’interrompt ou est endommagé à la ligne 2.",
           TORN: "Le message joint au PDF ne peut pas être lu : Le fichier n’est pas un XML complet",
           CHANGED: "Le fichier a été modifié après sa signature.",
           STRANGER: "le message est signé par quelqu’un qui n’est pas connu ici",
           QUANTITY: "Le fichier indique « 1300 » (quantité du bloc A), le sceau « 1200 ». "
                     "Case 11 : Le registre indique « 1200 NAR » (quantité de la ligne 1).",
           UNNAMED: "Case 13 : Absent du message : la date de délivrance."},
    "es": {BROKEN: "se interrumpe o está dañado en la línea 2.",
           TORN: "El mensaje adjunto al PDF no puede leerse: El archivo no es un XML completo",
           CHANGED: "El archivo fue modificado después de su firma.",
           STRANGER: "el mensaje está firmado por alguien que aquí no se conoce",
           QUANTITY: "El archivo indica «1300» (cantidad del bloque A) y el sello, «1200». "
                     "Casilla 11: El registro indica «1200 NAR» (cantidad de la línea 1).",
           UNNAMED: "Casilla 13: Falta en el mensaje: la fecha de expedición."},
    "ar": {BROKEN: "فهو ينقطع أو تالف عند السطر 2.",
           TORN: "لا يمكن قراءة الرسالة المرفقة بملف PDF: الملف ليس XML كاملا",
           CHANGED: "جرى تغيير الملف بعد توقيعه.",
           STRANGER: "لكن الرسالة موقعة من جهة غير معروفة هنا",
           QUANTITY: "يذكر الملف «1300» (القسم A: الكمية)، أما الختم فيذكر «1200».",
           UNNAMED: "غير وارد في الرسالة: تاريخ الإصدار."},
}


@pytest.fixture
def permit(cast: dict[str, Any]) -> Permit:
    found = issued(cast, NOON)
    sealing.publish(found.party, found.shard, NOON)
    return found


def with_more(permit: Permit) -> bytes:
    """The message with another quantity under the old seal."""
    more = replace(permit.record, lines=(replace(permit.record.lines[0], quantity=Decimal(1300)),))
    return write_v2(more, seal_text=documents.code_text(permit))


def damaged(permit: Permit) -> dict[int, tuple[str, bytes]]:
    """Files with one thing wrong in each."""
    pdf, plain = documents.read(permit, "pdf"), write_v2(permit.record, seal_text=documents.code_text(permit))
    key, stranger = certificate("Somebody else")
    day = permit.issued_at.strftime("%Y-%m-%dT").encode()
    return {
        TORN: ("p.pdf", write_pdf(permit.record, permit.seals, base_url=verify_base(), xml=plain[:200])),
        CHANGED: ("p.pdf", pdf.replace(b"%PDF-1.7\n%\x80", b"%PDF-1.7\n%\x81", 1)),
        STRANGER: ("p.xml", sign_xml(plain, key, [stranger], at=NOON)),
        QUANTITY: ("p.xml", with_more(permit)),
        UNNAMED: ("p.xml", plain.replace(b">" + day, b">some day" + day)),
    }


def judged(data: bytes, name: str) -> Registered:
    found = verify(data, name, Role.PUBLIC, NOON, home=settings.HOME)
    assert isinstance(found, Registered)
    return found


MARKS = re.compile("[\N{RIGHT-TO-LEFT MARK}\N{FIRST STRONG ISOLATE}\N{POP DIRECTIONAL ISOLATE}]")


def words(markup: str) -> str:
    """What is read, without markup and marks of direction."""
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", MARKS.sub("", markup))).split())


def test_what_is_wrong_with_a_file_is_said_in_the_readers_language(permit: Permit) -> None:
    for at, (name, data) in damaged(permit).items():
        found = judged(data, name)
        for language, said in SAID.items():
            with override(language):
                page = words(render_to_string("permits/verify_result.html", {"result": told(found, Role.PUBLIC)}))

            assert said[at] in page, (language, at)


@pytest.mark.parametrize("language", SAID)
def test_the_verify_page_says_why_it_cannot_read_a_file(db: Any, client: Client, language: str) -> None:
    file = SimpleUploadedFile("p.xml", b"<?xml version='1.0'?>\n<CITESEPermit><Head")

    page = page_text(client.post("/verify/", {"file": file}, headers={"accept-language": language}))

    assert SAID[language][BROKEN] in page


def test_customs_read_it_in_theirs_and_programs_in_english(permit: Permit) -> None:
    found = judged(with_more(permit), "p.xml")

    with override("fr"):
        banner = render_to_string("customs/verdict_banner.html", {"judged": found})
        answer = json.dumps(found.as_json(), ensure_ascii=False)

    assert "Case 11 : Le fichier indique « 1300 » (quantité du bloc A), le sceau « 1200 »." in words(banner)
    assert "The quantity of block A is 1300, but 1200 was sealed." in answer
    assert "The register says 1200 NAR for quantity of line 1." in answer
    assert "fichier" not in answer


def test_the_post_words_what_partners_were_told_in_english(desk: Any) -> None:
    why = say("The message cannot be relied on: %(why)s", why=UNTRUSTED)
    kept = Received.objects.create(
        party="QM", partner="QX", key="k1", digest="", kind=Message.Kind.ISSUED, number="26QX1", sequence=1,
        state="rejected", code="8", reasons=[as_kept(why), "As it was kept before."], at=NOON)

    page = page_text(desk("amina").get("/exchange/received/", headers={"accept-language": "fr"}))

    assert "au message : La signature est intacte, mais son certificat n’est pas reconnu ici." in page
    assert "As it was kept before." in page
    assert kept.as_json()["reasons"] == [str(why), "As it was kept before."]


KENYA = Trade(Direction.EXPORT, date(2025, 6, 1), "KE", "FR", Purpose.PERSONAL, (), carried_by_owner=True,
              residence="FR")


@pytest.mark.parametrize(("taxon", "term", "asked", "said"), [
    ("Aquilaria malaccensis", "SEE", KENYA, "L’annotation #14 exclut graine (SEE) de l’inscription."),
    ("Tridacna gigas", "SHE", replace(KENYA, personal_effects=True),
     "qu’à cette condition : au plus 3 coquilles de bénitier, 3 kg au plus en tout."),
    ("Loxodonta africana", "IVC", replace(KENYA, certificate="musical-instrument", purpose=Purpose.COMMERCIAL),
     "Le certificat pour instrument de musique ne convient pas pour Loxodonta africana : il ne couvre pas le but T."),
])
def test_why_an_annotation_or_an_exemption_decides_is_said_too(taxon: str, term: str, asked: Trade, said: str) -> None:
    line = Line(taxon, term, Decimal(2), "NAR", Source.WILD, "KE")

    with override("fr"):
        warnings = [in_words(each) for each in rule(replace(asked, lines=(line,)), law()).warnings]

    assert said in words(" ".join(warnings))


MESSAGE = Path(wildgate.message.__file__).parent
ONLY_THE_COMMAND_SAYS = {"schema.py", "check_codes", "_check_line"}
TELL = {"Fault": 2, "_fault": 2, "complain": 2}
"""Calls that tell a fault, and which of their arguments is its sentence."""


def unsaid(node: ast.AST) -> Iterator[int]:
    """Lines on which a fault is told in a text that no catalogue can know."""
    if isinstance(node, ast.FunctionDef) and node.name in ONLY_THE_COMMAND_SAYS:
        return
    if isinstance(node, ast.Call):
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        told = node.args[TELL[name]] if name in TELL and len(node.args) > TELL[name] else None
        if isinstance(told, (ast.Constant, ast.JoinedStr, ast.BinOp)):
            yield told.lineno
    for each in ast.iter_child_nodes(node):
        yield from unsaid(each)


def test_every_fault_of_a_message_is_told_so_that_it_can_be_translated() -> None:
    """That what is said so is translated, `tests/kit/test_sentences.py` sees."""
    found = {path.name: list(unsaid(ast.parse(path.read_text()))) for path in MESSAGE.glob("*.py")
             if path.name not in ONLY_THE_COMMAND_SAYS}

    assert {name: lines for name, lines in found.items() if lines} == {}


def test_an_arabic_page_names_kinds_purposes_and_sources_in_arabic() -> None:
    told = {"term": wording.term_name("SKI"), "unit": wording.unit_name("KGM")}
    with override("ar"):
        lists = [[wording.term_name(each.code) for each in tables.terms()],
                 [wording.unit_name(each.code) for each in tables.units()],
                 [wording.purpose_name(each.value) for each in Purpose],
                 [wording.source_name(each.value) for each in Source]]

    assert told == {"term": "skin", "unit": "kilogram"}
    assert [name for names in lists for name in names if not re.match(r"\(?[\u0621-\u064a]", name)] == []
    assert [len(set(names)) for names in lists] == [123, 39, 12, 11]
