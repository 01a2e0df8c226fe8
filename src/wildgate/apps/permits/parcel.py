"""The label for the outside of a parcel: the code tells of the permit inside and never stands for it.

It names nobody. Whoever finds or copies it learns the number and the state of a permit, and can do nothing with it.
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from wildgate.apps.permits import documents, sealing
from wildgate.apps.permits.models import Permit
from wildgate.message.beside import Beside, write_parcel_label
from wildgate.seal.claims import KIND_NUMBERS, OTHER_KIND
from wildgate.seal.companion import Companion, Paper
from wildgate.seal.files import write_once
from wildgate.seal.token import permit_digest

FORM = "label"


def label(permit: Permit, at: datetime) -> bytes:
    """The label as a PDF (A6). It is made once, so that every print of it is the same."""
    path = path_of(permit)
    if path.exists():
        return path.read_bytes()
    record = permit.record
    token = sealing.seal_beside(Companion(
        permit.party, int(at.timestamp()), int(record.expires_at.timestamp()), Paper.LABEL, permit.number,
        KIND_NUMBERS.get(record.kind, OTHER_KIND), permit_digest(permit.seals[0])[:16],
        f"{permit.party}/{permit.shard}", permit.status_index), at)
    paper = Beside(permit.party, permit.number, token, permit.valid_until, at)
    return write_once(path, write_parcel_label(paper, base_url=documents.verify_base()))


def path_of(permit: Permit) -> Path:
    return documents.path_of(permit, "pdf").with_suffix(".label.pdf")
