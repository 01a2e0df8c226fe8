"""Letters about personal data: a copy is ready, an erasure waits, a clock of data protection runs out."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Final

from django.db import transaction

from wildgate.apps.accounts.models import Role
from wildgate.apps.letters import services as letters
from wildgate.apps.letters.audience import holders
from wildgate.apps.privacy.models import SubjectRequest
from wildgate.kit.jobs import enqueue
from wildgate.kit.models import Event

HALF: Final = "incident-half"
LATE: Final = "incident-late"
DONE: Final = "incident-done"
READY: Final = "privacy-copy-ready"
WAITS: Final = "privacy-erasure-waits"
WHO: Final = frozenset({Role.ADMINISTRATOR, Role.COUNTERSIGNER, Role.SUPERVISOR})
"""Who is reminded of a clock: each side's own, and who keeps the accounts."""
CONFIRM: Final = frozenset({Role.ADMINISTRATOR, Role.AUDITOR})


def watch(subject: str, seq: int, at: datetime) -> None:
    """Ask for a look at half of an incident's time and at its end."""
    for event in Event.objects.filter(subject=subject, seq=seq):
        due = datetime.fromisoformat(json.loads(event.data)["due"])
        with transaction.atomic():
            for kind, when in ((HALF, event.at + (due - event.at) / 2), (LATE, due)):
                enqueue("privacy.look_at_incident", f"{kind}:{subject}", party=event.party, at=when,
                        party_code=event.party, subject=subject, kind=kind)


def remind(party: str, subject: str, kind: str, at: datetime) -> None:
    """A letter to those who can write down that it is done; none once it is."""
    with transaction.atomic():
        if not Event.objects.filter(party=party, subject=subject, kind=DONE).exists():
            letters.tell(holders(party, WHO, at.date()), kind, "", {}, at=at, party=party, key=f"{kind}:{subject}")


def tell(subject: str, seq: int, at: datetime) -> None:
    """Tell the person that a copy is ready, or those who confirm that an erasure waits."""
    key = subject.partition(":")[2]
    for event in Event.objects.filter(subject=subject, seq=seq):
        asked = SubjectRequest.objects.filter(party=event.party, pk=int(key)).first()
        if asked is None:
            continue
        with transaction.atomic():
            if asked.kind == SubjectRequest.Kind.COPY and asked.state == SubjectRequest.State.READY:
                letters.tell([asked.person_id or asked.asked_by_id], READY, "", {}, at=at, party=asked.party,
                             key=f"{READY}:{key}")
            elif asked.kind == SubjectRequest.Kind.ERASURE and asked.state == SubjectRequest.State.ASKED:
                others = set(holders(asked.party, CONFIRM, at.date())) - {asked.asked_by_id, asked.person_id}
                letters.tell(others, WAITS, "", {}, at=at, party=asked.party, key=f"{WAITS}:{key}")
