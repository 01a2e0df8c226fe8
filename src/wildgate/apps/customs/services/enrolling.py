"""Enrolling the device of an officer before the signal is lost, and revoking it when it is lost itself."""

from __future__ import annotations

from datetime import datetime

from django.db import IntegrityError, transaction

from wildgate.apps.accounts.access import Action, Actor, require
from wildgate.apps.customs import device as devices
from wildgate.apps.customs.models import DeviceKey
from wildgate.convention.refusal import Refusal, refuse
from wildgate.kit import events

ENROLLED, REVOKED = "device-enrolled", "device-revoked"


def enrol(*, actor: Actor, public_key: str, at: datetime) -> DeviceKey | Refusal:
    """Let a device endorse without a signal for its officer and station, for 30 days. The same key is the same row."""
    if refused := require(actor, Action.ENDORSE):
        return refused
    key = devices.public_key(public_key)
    if isinstance(key, Refusal):
        return key
    thumbprint = key.thumbprint.hex()
    try:
        with transaction.atomic():
            known = DeviceKey.objects.select_for_update().filter(party=actor.party, thumbprint=thumbprint).first()
            if known is not None:
                return unusable(known, actor, at) or known
            made = DeviceKey.objects.create(
                party=actor.party, officer_id=actor.own_id, station=actor.station, thumbprint=thumbprint,
                public_key=bytes.fromhex(public_key).hex(), enrolled_at=at, expires_at=at + devices.LIFETIME)
            events.append(ENROLLED, made.subject, party=made.party, actor=actor.label, at=at,
                          data={"station": made.station, "until": made.expires_at.isoformat(timespec="seconds")})
            return made
    except IntegrityError:  # the same device was enrolled twice at the same moment
        return DeviceKey.objects.get(party=actor.party, thumbprint=thumbprint)


def unusable(device: DeviceKey, actor: Actor, at: datetime) -> Refusal | None:
    """Why this device may not be used by `actor` now."""
    if device.revoked_at is not None:
        return refuse("device-revoked", "This device was revoked. What it still holds is not taken: show it to the "
                      "authority.", basis=devices.BASIS)
    if device.officer_id != actor.person_id:
        return refuse("device-of-another", "This device is enrolled for another officer.", basis=devices.BASIS)
    if at > device.expires_at + devices.WINDOW:
        return refuse("device-expired", "The device was enrolled until %(until)s. Enrol it again.",
                      until=f"{device.expires_at:%d %B %Y}", basis=devices.BASIS)
    return None


def revoke(*, actor: Actor, device: int, at: datetime) -> DeviceKey | Refusal:
    """End a device at once: lost, stolen, given away. Nothing that it signed and did not send is taken any more."""
    with transaction.atomic():
        found = DeviceKey.objects.select_for_update().filter(party=actor.party, pk=device).first()
        if found is None:
            return refuse("no-such-device", "There is no such device.")
        if refused := require(actor, Action.REVOKE_DEVICE, found):
            return refused
        if found.revoked_at is None:
            found.revoked_at, found.revoked_by_id = at, actor.own_id
            found.save(update_fields=["revoked_at", "revoked_by"])
            events.append(REVOKED, found.subject, party=found.party, actor=actor.label, at=at)
        return found
