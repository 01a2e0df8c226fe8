"""`permits.issue`, `seal.issue`, `seal.pdf_check`, `seal.xml_check`: whole permits issued, and their files checked."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable
from datetime import UTC, datetime

import typst

from benchmarks.measure import Peer, Result, rate
from benchmarks.seal import openssl, record
from wildgate.kit.keys import DocumentSigner, Use
from wildgate.message.pdf import write_pdf
from wildgate.message.qr import write_png
from wildgate.message.signature import check_pdf, countersign_pdf, judge_any_pdf, sign_pdf
from wildgate.message.signed import Signature
from wildgate.message.xades import check_xml, sign_xml
from wildgate.message.xml import write_v2
from wildgate.seal.keys import SigningKey
from wildgate.seal.text import to_url
from wildgate.seal.token import seal_permit

BASE = "https://verify.example/verify/"
BARE = (b"#set page(paper: \"a4\")\n#let permit = json(bytes(sys.inputs.permit))\n"
        b"#for (key, value) in permit [*#key* #repr(value) \\ ]\n")


def document_signer(use: Use = Use.DOCUMENT) -> DocumentSigner:
    from django.conf import settings

    from wildgate.apps.permits.sealing import keys
    keys().create(settings.PARTY, datetime.now(UTC))
    return keys().document_signer(settings.PARTY, use=use)


def signed(key: SigningKey, signer: DocumentSigner) -> tuple[bytes, bytes]:
    """The permit's signed message, and its signed PDF with the message in it."""
    permit, chain = record(), (signer.certificate, signer.authority)
    tokens = seal_permit(permit, key, status_uri="QM/27Q2/0", status_index=7)
    url = to_url(BASE, tokens[0])
    write_png(url)
    xml = sign_xml(write_v2(permit, seal_text=url), signer.sign, chain, at=datetime.now(UTC))
    return xml, sign_pdf(write_pdf(permit, tokens, base_url=BASE, xml=xml), signer.sign, chain)


def xml_check() -> Result:
    """Milliseconds to judge the signature of a message, pinned."""
    signer = document_signer()
    data, pins = signed(SigningKey.generate(), signer)[0], {hashlib.sha256(signer.certificate).digest()}

    def one() -> bool:
        return check_xml(data, pins=pins)[0].sound

    assert one()
    return Result("seal.xml_check", 1000 / rate(one, seconds=0.5), "ms", (
        Peer("limit", 4, "ms"), Peer("OpenSSL ES256 verify", 1000 / openssl()[1], "ms")))


def pdf_check() -> Result:
    """Milliseconds to judge the two signatures of an endorsed PDF, pinned. `detail` has the PDF before its endorsement,
    and what the general judge, pyHanko alone, takes for both: files that are not in this house's shape."""
    signer, customs = document_signer(), document_signer(Use.CUSTOMS)
    plain = signed(SigningKey.generate(), signer)[1]
    endorsed = countersign_pdf(plain, customs.sign, (customs.certificate, customs.authority), place="QMLAC")
    pins = {hashlib.sha256(each.certificate).digest() for each in (signer, customs)}

    def took(judge: Callable[..., Signature], data: bytes) -> float:
        assert judge(data, pins=pins).sound
        return 1000 / rate(lambda: judge(data, pins=pins), seconds=0.5, rounds=3)

    return Result("seal.pdf_check", took(check_pdf, endorsed), "ms", (
        Peer("limit", 15, "ms"), Peer("OpenSSL ES256 verify", 1000 / openssl()[1], "ms")), {
        name: round(took(judge, data), 2) for name, judge, data in (
            ("not_endorsed_ms", check_pdf, plain), ("general_ms", judge_any_pdf, endorsed),
            ("general_not_endorsed_ms", judge_any_pdf, plain))})


def paper() -> Result:
    """Token, QR, PDF/A-3 with its signed XML, and the authority's signature, one permit after the other."""
    key, permit, signer = SigningKey.generate(), record(), document_signer()

    def one() -> bytes:
        return signed(key, signer)[1]

    data = json.dumps(permit.as_json())
    bare = rate(lambda: typst.compile(BARE, sys_inputs={"permit": data}), seconds=0.5, rounds=3)
    return Result("seal.issue", rate(one, seconds=0.8, rounds=3), "1/s", (
        Peer("bare typst compile of the same facts", bare, "1/s"), Peer("OpenSSL ES256 sign", openssl()[0], "1/s"),
        Peer("target (50 ms)", 20, "1/s")))


def issue() -> Result:
    """Countersigned applications turned into sealed permits in the durable database, documents included."""
    from tests.cast import ready

    from wildgate.apps.permits import services
    from wildgate.kit import jobs
    from wildgate.site.demo.cast import settle
    at = datetime.now(UTC)
    people = settle("QM", "Demoland", at)
    cases = [ready(people, at) for _ in range(40)]
    jobs.run_pending()
    began = time.perf_counter()
    for case in cases:
        services.issue(actor=people["amina"], case=case, at=at)
    sealed = time.perf_counter()
    jobs.run_pending()
    done = time.perf_counter()
    return Result("permits.issue", len(cases) / (done - began), "1/s",
                  (Peer("OpenSSL ES256 sign", openssl()[0], "1/s"),),
                  {"transactions_per_s": round(len(cases) / (sealed - began), 1),
                   "documents_per_s": round(len(cases) / (done - sealed), 1)})


BENCHES = {"seal.issue": paper, "seal.pdf_check": pdf_check, "seal.xml_check": xml_check, "permits.issue": issue}
