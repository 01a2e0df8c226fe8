"""Writing a permit's documents and signing them. Loads all that signs, which takes longer than all the rest of a start:
whoever only reads documents imports `documents`.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.db import transaction

from wildgate.apps.permits.documents import ENDORSED, FORMS, code_text, path_of, read, verify_base
from wildgate.apps.permits.models import Permit
from wildgate.apps.permits.sealing import keys
from wildgate.kit import events
from wildgate.kit.keys import DocumentSigner, Use
from wildgate.message.pdf import write_pdf
from wildgate.message.qr import write_png
from wildgate.message.signature import countersign_pdf, sign_pdf
from wildgate.message.timestamp import NoTimeStamp, TimeAuthority
from wildgate.message.xades import sign_xml
from wildgate.message.xml import write_v2
from wildgate.seal.files import write_once

PATIENCE = timedelta(minutes=2)
"""So long after issue the job asks again for time stamps that failed; then documents are written without."""


def write_all(permit: Permit, at: datetime | None = None) -> None:
    """Write every form that is not there yet: what was handed out once stays the same, byte for byte.

    `at` is given by the job, which may come back when no time stamp is to be had: then NoTimeStamp is raised.
    """
    missing = [form for form in FORMS if not path_of(permit, form).exists()]
    if not missing:
        return
    try:
        _write(permit, missing, _clock())
    except NoTimeStamp:
        if at is not None and at < permit.issued_at + PATIENCE:
            raise
        _write(permit, missing, None)
        with transaction.atomic():
            events.append("documents-unstamped", f"documents:{permit.number}", party=permit.party,
                          actor=events.SYSTEM, at=at or datetime.now(UTC), data={"permit": permit.number})


def _write(permit: Permit, missing: list[str], clock: TimeAuthority | None) -> None:
    """The message before the PDF: the one on disk is the one that is attached, whoever wrote it first."""
    if "txt" in missing:
        write_once(path_of(permit, "txt"), (code_text(permit) + "\n").encode())
    if "png" in missing:
        write_once(path_of(permit, "png"), write_png(code_text(permit)))
    signer = keys().document_signer(permit.party)
    xml = _message(permit, signer, clock) if "xml" in missing else path_of(permit, "xml").read_bytes()
    if "pdf" in missing:
        record = permit.record
        write_once(path_of(permit, "pdf"), sign_pdf(
            write_pdf(record, permit.seals, base_url=verify_base(), xml=xml), signer.sign, _chain(signer),
            place=record.place, stamps=clock, archive=settings.TSA_ARCHIVE))


def _message(permit: Permit, signer: DocumentSigner, clock: TimeAuthority | None) -> bytes:
    pages = range(1, len(permit.seals) + 1)
    xml = write_v2(permit.record, seal_text="\n".join(code_text(permit, page) for page in pages))
    signed = sign_xml(xml, signer.sign, _chain(signer), at=datetime.now(UTC), stamps=clock)
    return write_once(path_of(permit, "xml"), signed)


def write_endorsed(permit: Permit, *, port: str, digest: str) -> None:
    """The permit's PDF with the signature of customs beside the authority's (box 14). `digest` names the endorsement.

    The first endorsement signs; the endorsement itself is the sealed one, which any reader can check.
    """
    if path_of(permit, ENDORSED).exists():
        return
    signer = keys().document_signer(permit.party, use=Use.CUSTOMS)
    written = read(permit, "pdf")
    reason = f"Endorsed by customs, endorsement {digest[:16]}"
    try:
        signed = countersign_pdf(written, signer.sign, _chain(signer), place=port, reason=reason, stamps=_clock())
    except NoTimeStamp:
        signed = countersign_pdf(written, signer.sign, _chain(signer), place=port, reason=reason)
    write_once(path_of(permit, ENDORSED), signed)


def _chain(signer: DocumentSigner) -> tuple[bytes, bytes]:
    return signer.certificate, signer.authority


def _clock() -> TimeAuthority | None:
    return TimeAuthority(settings.TSA_URL, settings.TSA_CERTIFICATES) if settings.TSA_URL else None
