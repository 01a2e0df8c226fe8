"""Files that come with a tip: made harmless and sealed by the room for attachments, known here by their place only."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from django.core.files.uploadedfile import UploadedFile

from wildgate.apps.tips.models import Attachment, Message, Tip
from wildgate.convention.refusal import Refusal
from wildgate.kit.cleaning import keeping
from wildgate.kit.cleaning.models import Held

MOST: Final = 5
"""Files at once."""
NAMELESS: Final = "attachment"
"""The name under which a file is held: its own may name somebody."""


def held(files: Sequence[UploadedFile[bytes]], *, party: str, at: datetime) -> list[int] | Refusal:
    """Hold the files, all or none; their keys. The name that each had is thrown away here."""
    if not files:
        return []
    found = keeping.hold_each([(NAMELESS, file.chunks()) for file in files], party=party, by="anyone", at=at, most=MOST)
    return found if isinstance(found, Refusal) else [each.pk for each in found]


def let_go(keys: Sequence[int], *, at: datetime) -> None:
    """Forget files that were held for a tip that was not taken in after all."""
    for each in Held.objects.filter(pk__in=list(keys)):
        keeping.forget(each, actor="anyone", at=at)


def hang(tip: Tip, keys: Sequence[int], *, at: datetime, message: Message | None = None) -> None:
    """Put held files beside the tip, counted on from those that are there. Inside the caller's transaction."""
    known = Held.objects.in_bulk(list(keys))
    before = tip.attachments.count() if keys and message else 0
    Attachment.objects.bulk_create(
        Attachment(party=tip.party, tip=tip, message=message, place=before + count, held=str(key),
                   kind=known[key].kind, digest=known[key].digest, removed=list(known[key].removed),
                   scanned=known[key].scanned, at=at)
        for count, key in enumerate(keys, start=1))
