"""What the authority's own register says of a permit on a past day, from the event chain: better than any list."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from wildgate.apps.permits.models import Permit
from wildgate.apps.permits.sealing import STATES
from wildgate.convention.lifecycle import PermitAct, fold
from wildgate.kit import events
from wildgate.kit.models import Event
from wildgate.seal.status import SLOT_BYTES, Digests, Freshness, State, StatusAnswer, StatusLists
from wildgate.seal.token import permit_digest
from wildgate.seal.trust import Keyring

_ACTS = {act.value: act for act in PermitAct}


class Recorded(StatusLists):
    """The register of `party` as it was at `at`; what was issued is read as of today, for an issue is never undone."""

    def __init__(self, party: str, at: datetime) -> None:
        super().__init__({})
        self._party, self._at = party, at

    def lookup(self, party: str, uri: str, index: int, at: datetime | float, keys: Keyring) -> StatusAnswer:
        if party != self._party:
            return StatusAnswer(None, Freshness.MISSING)
        permit = Permit.objects.filter(party=party, shard=uri[3:], status_index=index).first()
        state = state_at(permit, self._at) if permit else None
        return StatusAnswer(State.CANCELLED if state is None else state, Freshness.FRESH, int(self._at.timestamp()))

    def digests(self, uri: str, keys: Keyring) -> Digests | None:
        if uri[:2] != self._party:
            return None
        rows = Permit.objects.filter(party=self._party, shard=uri[3:]).values_list("status_index", "tokens")
        pages = {index: [permit_digest(bytes.fromhex(token))[:SLOT_BYTES] for token in tokens]
                 for index, tokens in rows}
        slots = bytearray((max(pages, default=0) + 1) * SLOT_BYTES)
        for index, found in pages.items():
            slots[index * SLOT_BYTES:(index + 1) * SLOT_BYTES] = found[0]
        return Digests(uri, int(datetime.now(UTC).timestamp()), bytes(slots),
                       {index: b"".join(found[1:]) for index, found in pages.items() if len(found) > 1})


def state_at(permit: Permit, at: datetime) -> State | None:
    """The permit's state at `at` by its events; None when it was not issued by then."""
    acts = [_ACTS[event.kind] for event in events.of(permit.subject, party=permit.party)
            if event.kind in _ACTS and event.at <= at]
    return STATES[fold(acts)] if acts else None


def record_of(party: str, number: str, digest: bytes | None) -> dict[str, Any] | None:
    """What the chain says of a permit of `party`: its issue and all that happened to it. None when it has none.

    `level` is that of the sign-in behind each act (`accounts.reliability`); null for commands on the server.
    """
    permit = Permit.objects.filter(party=party, number=number).first()
    if permit is None or digest is None or digest not in map(permit_digest, permit.seals):
        return None
    broken = events.verify(party)
    kinds = Event.objects.filter(party=party, subject=permit.subject, kind__in=_ACTS).order_by("seq")
    return {"chain_holds": broken is None, "events": [
        {"seq": event.seq, "at": event.at.astimezone(UTC).isoformat(timespec="seconds"), "kind": event.kind,
         "level": json.loads(event.data).get("level"), "hash": event.hash} for event in kinds]}
