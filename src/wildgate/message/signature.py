"""Signatures in the PDF: the authority certifies it (PAdES), customs may sign beside it; nothing else may be added."""

from __future__ import annotations

import io
import logging
import re
from collections.abc import Callable, Collection, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime
from typing import Any, TypeVar

from asn1crypto import parser, x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign import signers
from pyhanko.sign.diff_analysis import ModificationLevel
from pyhanko.sign.fields import MDPPerm, SigFieldSpec, SigSeedSubFilter, append_signature_field
from pyhanko.sign.signers.pdf_signer import DSSContentSettings, TimestampDSSContentSettings
from pyhanko.sign.validation import (
    EmbeddedPdfSignature,
    SignatureCoverageLevel,
    validate_pdf_signature,
    validate_pdf_timestamp,
)
from pyhanko.sign.validation.settings import KeyUsageConstraints
from pyhanko.sign.validation.status import PdfSignatureStatus
from pyhanko_certvalidator import ValidationContext

from wildgate.convention.sentence import Sentence, say
from wildgate.message.cms import Signer
from wildgate.message.signed import (
    BROKEN,
    CUSTOMS_FIELD,
    FIELD,
    HOLDS,
    UNTRUSTED,
    Countersignature,
    Signature,
    Stamp,
)
from wildgate.message.timestamp import TimeAuthority, anchors, common_name, stamp_of
from wildgate.message.usual import usual_signature

SPARE, FOR_STAMP = 1_536, 12_288
"""Bytes kept free in the file beside the certificates: for the signature, and for its time stamp. Told, so that pyHanko
need not sign twice, and no more than needed, since whoever checks the file reads every digit of it."""
BYTE_RANGE = re.compile(rb"/ByteRange\s*\[\s*(\d{1,9})\s+(\d{1,9})\s+(\d{1,9})\s+\d{1,9}\s*\]")
HARMLESS = {ModificationLevel.NONE, ModificationLevel.LTA_UPDATES, ModificationLevel.FORM_FILLING}
SIGNS = {"digital_signature", "non_repudiation"}
USAGE = KeyUsageConstraints(key_usage=SIGNS, match_all_key_usages=False)
MOST_SIGNATURES = 6
BEFORE_THE_STAMP = DSSContentSettings(include_vri=False, next_ts_settings=TimestampDSSContentSettings(
    include_vri=False, update_before_ts=True))
"""The last thing added to an archived file is the time stamp over all of it."""

ADDED = say("Something was added to the file after it was signed.")
NOT_FIRST = say("The file is signed, but it is not certified by an authority.")
MANY = say("The file carries more signatures than a permit can have.")
UNSIGNED = say("The file carries no signature.")
DAMAGED = say("The signature of the file is damaged and cannot be checked.")
TAMPERED = say("The place that holds the signature was tampered with.")
CHANGED = say("The file was changed after it was signed.")
HOLLOW = say("The signature does not hold.")
Key = bytes | Callable[[bytes], bytes]
"""PKCS #8 PEM, or what makes an ECDSA signature (SHA-256, DER) of the bytes that it is given."""
T = TypeVar("T")


def sign_pdf(pdf: bytes, key: Key, certificates: Sequence[bytes], *, place: str = "",
             stamps: TimeAuthority | None = None, archive: bool = False) -> bytes:
    """Certify `pdf`, leaving a field in which customs may sign. Certificates are PEM or DER, the signer's own first.

    With `stamps` the signature bears a time stamp (PAdES B-T); `archive` adds what a later validation needs and stamps
    the whole (B-LTA). Raises NoTimeStamp.
    """
    chain = anchors(certificates)
    lasting: dict[str, Any] = {}
    if archive and stamps:
        lasting = {"embed_validation_info": True, "use_pades_lta": True, "validation_context": ValidationContext(
            trust_roots=[*chain[-1:], *stamps.anchors], other_certs=chain, allow_fetching=False),
            "dss_settings": BEFORE_THE_STAMP}
    meta = signers.PdfSignatureMetadata(
        field_name=FIELD, md_algorithm="sha256", certify=True, docmdp_permissions=MDPPerm.FILL_FORMS,
        subfilter=SigSeedSubFilter.PADES, reason="CITES permit or certificate issued", location=place or None,
        signer_key_usage=SIGNS, **lasting)
    return _sign(pdf, meta, key, chain, stamps, with_field=CUSTOMS_FIELD)


def countersign_pdf(pdf: bytes, key: Key, certificates: Sequence[bytes], *, field: str = CUSTOMS_FIELD,
                    place: str = "", reason: str = "Endorsed", stamps: TimeAuthority | None = None) -> bytes:
    """Sign a certified PDF as customs do (box 14), after the authority and without touching what it certified."""
    meta = signers.PdfSignatureMetadata(
        field_name=field, md_algorithm="sha256", subfilter=SigSeedSubFilter.PADES, reason=reason,
        location=place or None)
    return _sign(pdf, meta, key, anchors(certificates), stamps)


def _signer(key: Key, chain: Sequence[x509.Certificate]) -> Signer:
    return Signer(_with_pem(key) if isinstance(key, bytes) else key, [each.dump() for each in chain])


def _with_pem(pem: bytes) -> Callable[[bytes], bytes]:
    private = load_pem_private_key(pem, None)
    if not isinstance(private, ec.EllipticCurvePrivateKey):
        raise ValueError("The key is not one for ECDSA.")
    return lambda data: private.sign(data, ec.ECDSA(hashes.SHA256()))


def _sign(pdf: bytes, meta: signers.PdfSignatureMetadata, key: Key, chain: Sequence[x509.Certificate],
          stamps: TimeAuthority | None, with_field: str = "") -> bytes:
    signer = _signer(key, chain)
    room = SPARE + sum(len(each.dump()) for each in chain) + (FOR_STAMP if stamps else 0)

    def sign() -> bytes:
        out = io.BytesIO()
        writer = IncrementalPdfFileWriter(io.BytesIO(pdf), strict=False)
        if with_field:
            append_signature_field(writer, SigFieldSpec(with_field))
        signers.sign_pdf(writer, meta, signer=signer, timestamper=stamps, output=out,
                         bytes_reserved=2 * room)
        return out.getvalue()
    return _apart(sign)


def check_pdf(pdf: bytes, trusted_pem: Sequence[bytes] = (), *, pins: Collection[bytes] = (),
              tsa: Sequence[bytes] = (), at: datetime | None = None) -> Signature:
    """Judge all signatures of `pdf` as of `at` (now when left out).

    Trusted are the certificates given, those that they certified, and those whose SHA-256 is among `pins`; time stamps
    by the certificates in `tsa`. The usual file is judged quickly, and every other one as any PDF; the answer is the
    same.
    """
    return usual_signature(pdf, pins, tsa, at) or judge_any_pdf(pdf, trusted_pem, pins=pins, tsa=tsa, at=at)


def judge_any_pdf(pdf: bytes, trusted_pem: Sequence[bytes] = (), *, pins: Collection[bytes] = (),
                  tsa: Sequence[bytes] = (), at: datetime | None = None) -> Signature:
    """What `check_pdf` says, read the long way: pyHanko looks at everything that the file holds."""
    try:
        judge = _Judge(anchors(trusted_pem), pins, anchors(tsa), at)
        found = _apart(lambda: judge.file(PdfFileReader(io.BytesIO(pdf), strict=False)))
        clean = all(_clean_hole(pdf, match) for match in BYTE_RANGE.finditer(pdf))
    except Exception:  # noqa: BLE001  (whatever a parser of a hostile file runs into means: it cannot be relied on)
        return Signature(b"/ByteRange" in pdf, False, DAMAGED)
    if found.sound and not clean:
        return replace(found, sound=False, sentence=TAMPERED)
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


class _Judge:
    """Judges the signatures of one file by what is trusted here."""

    def __init__(self, roots: list[x509.Certificate], pins: Collection[bytes], tsa: list[x509.Certificate],
                 at: datetime | None) -> None:
        self.roots, self.pins, self.tsa, self.at = roots, pins, tsa, at

    def file(self, reader: PdfFileReader) -> Signature:
        every = list(reader.embedded_signatures)
        own = list(reader.embedded_regular_signatures)
        if not own:
            return Signature(False, False, UNSIGNED)
        if len(every) > MOST_SIGNATURES:
            return Signature(True, False, MANY)
        first: Signature | None = None
        for signature in own:
            status = self.status(signature)
            stamp = stamp_of(status.timestamp_validity) if status.timestamp_validity else None
            own_certificate = signature.signer_cert
            name, said, pin = common_name(own_certificate), status.signer_reported_dt, own_certificate.sha256
            if first is None:
                first = Signature(True, True, HOLDS, name, said, pin, stamp)
                if signature.docmdp_level is None or signature.field_name == CUSTOMS_FIELD:
                    return replace(first, sound=False, sentence=NOT_FIRST)
            else:
                also = Countersignature(str(signature.field_name), name, said, pin)
                first = replace(first, countersigned=(*first.countersigned, also))
            if fault := _fault(status, stamp):
                return replace(first, sound=False, sentence=fault)
        assert first is not None  # noqa: S101  (there is at least one)
        if not all(map(self.stamp_fits, reader.embedded_timestamp_signatures)):
            return replace(first, sound=False, sentence=ADDED)
        if every[-1].coverage is not SignatureCoverageLevel.ENTIRE_FILE:
            return replace(first, sound=False, sentence=ADDED)
        return first

    def status(self, signature: EmbeddedPdfSignature) -> PdfSignatureStatus:
        """As of `at`; where the certificate was over by then, as of the moment that a trusted time stamp proves."""
        status = self._status(signature, self.at)
        stamp = status.timestamp_validity
        if not status.trusted and stamp is not None and stamp_of(stamp).sound:
            earlier = self._status(signature, stamp.timestamp)
            return earlier if earlier.trusted else status
        return status

    def _status(self, signature: EmbeddedPdfSignature, moment: datetime | None) -> PdfSignatureStatus:
        own = signature.signer_cert
        context = ValidationContext(trust_roots=[*self.roots, own] if own.sha256 in self.pins else self.roots,
                                    moment=moment, allow_fetching=False)
        return validate_pdf_signature(signature, context, key_usage_settings=USAGE, ts_validation_context=self._times())

    def _times(self) -> ValidationContext:
        return ValidationContext(trust_roots=self.tsa, moment=self.at, allow_fetching=False)

    def stamp_fits(self, signature: EmbeddedPdfSignature) -> bool:
        """A time stamp over the whole file: whole, and with nothing added after it but signatures."""
        status = validate_pdf_timestamp(signature, self._times())
        return bool(status.intact and status.valid and status.modification_level in HARMLESS)


def _fault(status: PdfSignatureStatus, stamp: Stamp | None) -> Sentence | None:
    if not status.intact or not status.valid:
        return CHANGED
    if status.modification_level not in HARMLESS or not status.docmdp_ok:
        return ADDED
    if not status.trusted:
        return UNTRUSTED
    if status.timestamp_validity is not None and not (status.timestamp_validity.intact
                                                      and status.timestamp_validity.valid):
        return BROKEN
    whole = status.bottom_line or (stamp is not None and not stamp.sound and status.seed_value_ok)
    return None if whole else HOLLOW


def _apart(work: Callable[[], T]) -> T:
    """pyHanko starts an event loop of its own, which a thread that already runs one does not allow."""
    logging.getLogger("pyhanko").setLevel(logging.CRITICAL)
    logging.getLogger("pyhanko_certvalidator").setLevel(logging.CRITICAL)
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(work).result()
