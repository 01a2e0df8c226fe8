"""An officer's phone as the server knows it: a key of its own, and records that follow on each other."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime
from typing import Any

from wildgate.apps.accounts.access import Actor
from wildgate.apps.customs import services
from wildgate.apps.customs.models import DeviceKey, OfflineRecord
from wildgate.apps.customs.services import Sent
from wildgate.convention.refusal import Refusal
from wildgate.seal.keys import SigningKey


class Phone:
    """Signs what its officer enters while there is no signal, and sends it later."""

    def __init__(self, officer: Actor, at: datetime, key: SigningKey | None = None) -> None:
        self.officer, self.key = officer, key or SigningKey.generate()
        self.sequence, self.head = 0, ""
        self.queue: list[Sent] = []
        enrolled = services.enrol(actor=officer, public_key=self.point, at=at)
        assert isinstance(enrolled, DeviceKey), enrolled
        self.device = enrolled

    @property
    def point(self) -> str:
        x, y = self.key.public.parts
        return (b"\x04" + x + y).hex()

    def endorses(self, permit: Any, moved: str | tuple[str, ...], made: datetime, /, **changed: Any) -> Sent:
        """One record in the queue."""
        said = {
            "version": 1, "device": self.device.thumbprint, "sequence": self.sequence + 1, "previous": self.head,
            "made": f"{made.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}", "permit": permit.seal_digest,
            "number": permit.number, "stage": "export", "quantities": [moved] if isinstance(moved, str) else [*moved],
            "port": self.officer.station, "transport_document": "TRUCK 17", "packages": None, "lists_as_of": None,
            **changed}
        body = json.dumps(said, separators=(",", ":"))
        self.sequence, self.head = said["sequence"], hashlib.sha256(body.encode()).hexdigest()
        self.queue.append(Sent(body, self.key.sign(body.encode()).hex()))
        return self.queue[-1]

    def sends(self, at: datetime, records: list[Sent] | None = None) -> list[OfflineRecord | Refusal]:
        return services.sync(actor=self.officer, device=self.device.thumbprint, at=at,
                             records=self.queue if records is None else records)
