"""A permit's documents on disk: PDF, XML and QR, written from the record and its seal after issue, and signed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.db import transaction

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
from wildgate.seal.text import to_url

FORMS = {"pdf": "application/pdf", "xml": "application/xml", "png": "image/png", "txt": "text/plain; charset=utf-8"}
ENDORSED = "pdf-endorsed"
"""The PDF with the signature of customs in it; there is none before an endorsement."""
KINDS = FORMS | {ENDORSED: "application/pdf"}
PATIENCE = timedelta(minutes=2)
"""So long after issue the job asks again for time stamps that failed; then documents are written without."""


def verify_base() -> str:
    """The address that QR codes open; the code itself follows in the fragment and never reaches a server."""
    return f"{settings.BASE_URL}/verify/"


def code_text(permit: Permit, page: int = 1) -> str:
    """What the QR code of a page says."""
    return to_url(verify_base(), permit.seals[page - 1])


def path_of(permit: Permit, form: str) -> Path:
    """Where a document is kept. The seal is in the name: after a restored backup the same number may be given again,
    and another permit's paper must never be handed out for it."""
    folder = Path(settings.HOME) / "documents" / permit.party / str(permit.issued_at.year)
    return folder / f"{permit.number}-{permit.seal_digest[:16]}.{form}"


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


def forms_of(permit: Permit) -> tuple[str, ...]:
    """The documents that there are of the permit."""
    return (*FORMS, ENDORSED) if path_of(permit, ENDORSED).exists() else tuple(FORMS)


def name_of(permit: Permit, form: str) -> str:
    """The name under which a document is handed out."""
    return f"{permit.number}-endorsed.pdf" if form == ENDORSED else f"{permit.number}.{form}"


def read(permit: Permit, form: str) -> bytes:
    """A document of the permit; written now when the job has not done it yet. One of `forms_of`."""
    path = path_of(permit, form)
    if not path.exists():
        write_all(permit)
    return path.read_bytes()
