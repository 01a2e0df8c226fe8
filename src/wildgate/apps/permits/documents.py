"""A permit's documents on disk: PDF, XML and QR, written from the record and its seal after issue, and signed."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings

from wildgate.apps.permits.models import Permit
from wildgate.convention.lifecycle import PermitState
from wildgate.seal.text import to_url

FORMS = {"pdf": "application/pdf", "xml": "application/xml", "png": "image/png", "txt": "text/plain; charset=utf-8"}
ENDORSED = "pdf-endorsed"
"""The PDF with the signature of customs in it; there is none before an endorsement."""
TAKEN_OUT = frozenset({PermitState.CANCELLED, PermitState.REPLACED, PermitState.LOST})
KINDS = FORMS | {ENDORSED: "application/pdf"}


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


def for_use(permit: Permit) -> bool:
    """May its paper still go on a parcel or to a border? One that ended otherwise than by use is not printed again."""
    return permit.status.state not in {each.value for each in TAKEN_OUT}


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
        from wildgate.apps.permits.signing import write_all  # loads all that signs: only where a document is written
        write_all(permit)
    return path.read_bytes()
