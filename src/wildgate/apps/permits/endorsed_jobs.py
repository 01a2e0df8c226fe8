"""After an endorsement: customs sign beside the authority in the permit's PDF."""

from __future__ import annotations

import json
from datetime import datetime

from wildgate.apps.permits.models import Permit
from wildgate.convention.lifecycle import PermitAct
from wildgate.kit import events
from wildgate.kit.models import Event


@events.subscribe(PermitAct.EXPORT_ENDORSED.value)
@events.subscribe(PermitAct.IMPORT_ENDORSED.value)
@events.subscribe(PermitAct.CROSSING_ENDORSED.value)
def sign_endorsed(*, subject: str, seq: int, at: datetime) -> None:
    """Write the endorsed PDF. The first endorsement or crossing signs it, further crossings stand on the stamp page:
    what was handed out once never changes. Run again, it is the same."""
    from wildgate.apps.permits import signing  # loads all that signs: only where a document is written

    number = subject.removeprefix("permit:").rpartition("/")[0]
    for event in Event.objects.filter(subject=subject, seq=seq):
        told = json.loads(event.data)
        for permit in Permit.objects.filter(party=event.party, number=number):
            signing.write_endorsed(permit, port=told.get("port", ""), digest=told.get("endorsement", ""))
