"""A permit's documents on disk: PDF, XML and QR, written from the record and its seal after issue."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings

from wildgate.apps.permits.models import Permit
from wildgate.apps.permits.sealing import keys
from wildgate.message.pdf import write_pdf
from wildgate.message.qr import write_png
from wildgate.message.signature import sign_pdf
from wildgate.message.xml import write_v2
from wildgate.seal.files import write_atomically
from wildgate.seal.text import to_url

FORMS = {"pdf": "application/pdf", "xml": "application/xml", "png": "image/png", "txt": "text/plain; charset=utf-8"}


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


def write_all(permit: Permit) -> None:
    """Write every form that is not there yet: what was handed out once stays the same, byte for byte."""
    missing = [form for form in FORMS if not path_of(permit, form).exists()]
    if not missing:
        return
    record, seals = permit.record, permit.seals
    xml = write_v2(record, seal_text="\n".join(code_text(permit, page + 1) for page in range(len(seals))))
    made = {"xml": xml, "txt": (code_text(permit) + "\n").encode(), "png": write_png(code_text(permit))}
    if "pdf" in missing:
        signer = keys().document_signer(permit.party)
        made["pdf"] = sign_pdf(write_pdf(record, seals, base_url=verify_base(), xml=xml), signer.sign,
                               (signer.certificate, signer.authority), place=record.place)
    for form in missing:
        write_atomically(path_of(permit, form), made[form])


def read(permit: Permit, form: str) -> bytes:
    """A document of the permit; written now when the job has not done it yet."""
    path = path_of(permit, form)
    if not path.exists():
        write_all(permit)
    return path.read_bytes()
