"""The end of the event chain, signed and published once a day: who kept one can tell that the past was rewritten.

`status/{Party}/audit/{day}.cwt` is written once and stays; `status/{Party}/audit-head.cwt` is the newest. A head says
how many events there are and the hash of the last, nothing of what happened.
"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from django.conf import settings

from wildgate.apps.permits.sealing import keys
from wildgate.kit.keys import Use
from wildgate.kit.models import ChainHead
from wildgate.seal import cbor
from wildgate.seal.claims import IAT, ISS
from wildgate.seal.envelope import seal
from wildgate.seal.files import write_atomically, write_once
from wildgate.site.audit_export.verify import HEAD_CLAIM, HEAD_KIND

VERSION: Final = 1


def publish(party: str, at: datetime) -> Path | None:
    """Sign the head as it is now, once a day; the day's file, or None while there are no events.

    A day that has its head keeps it. Raises KeyFault without a status key.
    """
    folder: Path = settings.HOME / "status" / party
    file = folder / "audit" / f"{at.astimezone(UTC).date().isoformat()}.cwt"
    if file.exists():
        return file
    head = ChainHead.objects.filter(party=party).first()
    if head is None or not head.seq:
        return None
    claims = {ISS: party, IAT: int(at.timestamp()),
              HEAD_CLAIM: {0: VERSION, 1: head.seq, 2: bytes.fromhex(head.hash)}}
    kept = write_once(file, seal(cbor.encode(claims), HEAD_KIND, keys().signing_key(party, Use.STATUS, at)))
    write_atomically(folder / "audit-head.cwt", kept)
    return file
