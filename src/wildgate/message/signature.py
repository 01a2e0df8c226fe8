"""The authority's signature in the PDF: a certification (PAdES B-B) that lets customs add its own and nothing else."""

from __future__ import annotations

import io
import logging
import re
from collections.abc import Callable, Collection, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, TypeVar

from asn1crypto import parser, pem, x509
from pyhanko.keys import load_private_key_from_pemder_data
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign import signers
from pyhanko.sign.diff_analysis import ModificationLevel
from pyhanko.sign.fields import MDPPerm, SigSeedSubFilter
from pyhanko.sign.general import SigningError
from pyhanko.sign.validation import SignatureCoverageLevel, validate_pdf_signature
from pyhanko.sign.validation.errors import SignatureValidationError
from pyhanko.sign.validation.settings import KeyUsageConstraints
from pyhanko.sign.validation.status import PdfSignatureStatus
from pyhanko_certvalidator import ValidationContext
from pyhanko_certvalidator.errors import PathError
from pyhanko_certvalidator.registry import SimpleCertificateStore

FIELD = "ManagementAuthority"
BYTE_RANGE = re.compile(rb"/ByteRange\s*\[\s*(\d{1,9})\s+(\d{1,9})\s+(\d{1,9})\s+\d{1,9}\s*\]")
HARMLESS = {ModificationLevel.NONE, ModificationLevel.LTA_UPDATES, ModificationLevel.FORM_FILLING}
USAGE = KeyUsageConstraints(key_usage={"digital_signature", "non_repudiation"}, match_all_key_usages=False)
UNREADABLE = (PdfError, SigningError, SignatureValidationError, PathError, ValueError, TypeError, KeyError, IndexError,
              AttributeError, RuntimeError, OverflowError, AssertionError, OSError)
"""What a parser of a hostile file may run into; each means the same: the signature cannot be relied on."""

ADDED = "Something was added to the file after it was signed."
UNTRUSTED = "The signature is whole, but its certificate is not one that is trusted here."
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class PdfSignature:
    """What the signatures of a PDF are worth.

    `sound` is the only field to act on: every signature holds, its certificate leads to a trusted one, the file ends
    with a signature, and nothing but signatures was added after the authority's. `sentence` says it in words.
    """

    signed: bool
    sound: bool
    sentence: str
    signer: str = ""
    signed_at: datetime | None = None
    certificate: bytes = b""
    """SHA-256 of the first signer's certificate, to be compared with the pins that a trust list gives its Party."""

    @property
    def trust_is_all_that_lacks(self) -> bool:
        """The file is as it was signed, only nobody here vouches for the signer."""
        return self.signed and self.sentence == UNTRUSTED

    def as_json(self) -> dict[str, Any]:
        return {"signed": self.signed, "sound": self.sound, "reason": self.sentence, "signer": self.signer,
                "signed_at": self.signed_at.isoformat() if self.signed_at else None,
                "certificate": self.certificate.hex() or None}


def sign_pdf(pdf: bytes, key_pem: bytes, certificates_pem: Sequence[bytes], *, passphrase: bytes | None = None,
             place: str = "") -> bytes:
    """Certify `pdf`. The key is PKCS #8 PEM, encrypted or not; the signer's own certificate comes first."""
    chain = [certificate for each in certificates_pem for certificate in _certificates(each)]
    registry = SimpleCertificateStore()  # type: ignore[no-untyped-call]
    registry.register_multiple(chain[1:])
    signer = signers.SimpleSigner(chain[0], load_private_key_from_pemder_data(key_pem, passphrase), registry)
    meta = signers.PdfSignatureMetadata(
        field_name=FIELD, md_algorithm="sha256", certify=True, docmdp_permissions=MDPPerm.FILL_FORMS,
        subfilter=SigSeedSubFilter.PADES, reason="CITES permit or certificate issued", location=place or None)

    def sign() -> bytes:
        out = io.BytesIO()
        signers.sign_pdf(IncrementalPdfFileWriter(io.BytesIO(pdf), strict=False), meta, signer=signer, output=out)
        return out.getvalue()
    return _apart(sign)


def check_pdf(pdf: bytes, trusted_pem: Sequence[bytes] = (), *, pins: Collection[bytes] = (),
              at: datetime | None = None) -> PdfSignature:
    """Judge all signatures of `pdf` as of `at` (now when left out).

    Trusted are the certificates given, those that they certified, and those whose SHA-256 is among `pins`.
    """
    try:
        roots = [certificate for each in trusted_pem for certificate in _certificates(each)]
        found = _apart(lambda: _judge(PdfFileReader(io.BytesIO(pdf), strict=False), roots, pins, at))
        clean = all(_clean_hole(pdf, match) for match in BYTE_RANGE.finditer(pdf))
    except UNREADABLE:
        return PdfSignature(b"/ByteRange" in pdf, False, "The signature of the file is damaged and cannot be checked.")
    if found.sound and not clean:
        return replace(found, sound=False, sentence="The place that holds the signature was tampered with.")
    return found


def _clean_hole(pdf: bytes, byte_range: re.Match[bytes]) -> bool:
    """The one stretch that no signature covers holds the signature in one spelling of hex digits, then zeros."""
    start, before, after = (int(number) for number in byte_range.groups())
    hole = pdf[start + before:after]
    digits = hole[1:-1]
    if hole[:1] != b"<" or hole[-1:] != b">" or not (digits == digits.lower() or digits == digits.upper()):
        return False
    body = bytes.fromhex(digits.decode())
    return not body[parser.peek(body):].strip(b"\0")


def _judge(reader: PdfFileReader, roots: list[x509.Certificate], pins: Collection[bytes],
           at: datetime | None) -> PdfSignature:
    signatures = list(reader.embedded_signatures)
    if not signatures:
        return PdfSignature(False, False, "The file carries no signature.")
    first: PdfSignature | None = None
    for signature in signatures:
        own = signature.signer_cert
        anchors = [*roots, own] if own.sha256 in pins else roots
        context = ValidationContext(trust_roots=anchors, moment=at, allow_fetching=False)
        status = validate_pdf_signature(signature, context, key_usage_settings=USAGE)
        first = first or PdfSignature(True, True, "The signature holds and nothing was changed since.",
                                      _common_name(own), status.signer_reported_dt, own.sha256)
        if fault := _fault(status):
            return replace(first, sound=False, sentence=fault)
    if signatures[-1].coverage is not SignatureCoverageLevel.ENTIRE_FILE or first is None:
        return PdfSignature(True, False, ADDED)
    return first


def _fault(status: PdfSignatureStatus) -> str:
    if not status.intact or not status.valid:
        return "The file was changed after it was signed."
    if status.modification_level not in HARMLESS or not status.docmdp_ok:
        return ADDED
    if not status.trusted:
        return UNTRUSTED
    return "" if status.bottom_line else "The signature does not hold."


def _common_name(certificate: x509.Certificate) -> str:
    return str(certificate.subject.native.get("common_name", certificate.subject.human_friendly))


def _certificates(data: bytes) -> list[x509.Certificate]:
    return [x509.Certificate.load(der) for _, _, der in pem.unarmor(data, multiple=True)]


def _apart(work: Callable[[], T]) -> T:
    """pyHanko starts an event loop of its own, which a thread that already runs one does not allow."""
    logging.getLogger("pyhanko").setLevel(logging.CRITICAL)
    logging.getLogger("pyhanko_certvalidator").setLevel(logging.CRITICAL)
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(work).result()
