"""After an application was withdrawn: a fee that its review never used is dropped or owed back."""

from __future__ import annotations

from datetime import datetime

from wildgate.apps.accounts.access import Actor
from wildgate.apps.fees import services
from wildgate.convention.lifecycle import Step
from wildgate.kit import events
from wildgate.kit.models import Event


@events.subscribe(Step.WITHDRAW.value)
def let_fee_go(*, subject: str, seq: int, at: datetime) -> None:
    """Nothing happens when the review had begun: its work is paid for."""
    for party in Event.objects.filter(subject=subject, seq=seq).values_list("party", flat=True):
        if not Event.objects.filter(party=party, subject=subject, kind=Step.TAKE.value, seq__lt=seq).exists():
            services.let_go(subject, party=party, actor=Actor(events.SYSTEM, "", party), at=at)
