"""After a permit's commit: its documents on disk and its place in the signed status list."""

from __future__ import annotations

from datetime import datetime

from wildgate.apps.permits import sealing
from wildgate.apps.permits.models import Permit
from wildgate.kit.jobs import job


@job
def write_documents(*, at: datetime, permit: int) -> None:
    """Write PDF, XML and QR of a permit. Written again, they are the same."""
    from wildgate.apps.permits.signing import write_all  # loads all that signs: only where a document is written
    write_all(Permit.objects.get(pk=permit), at)


@job
def publish_status(*, at: datetime, party_code: str, shard: str) -> None:
    """Sign and publish the status list and the issued-digest file of one shard."""
    sealing.publish(party_code, shard, at)
