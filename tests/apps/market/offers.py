"""Adverts of our own making, and a short way to capture and read them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from wildgate.apps.accounts.access import Actor
from wildgate.apps.market.models import Listing
from wildgate.apps.market.seen import seen
from wildgate.apps.market.services.capturing import Taken, capture
from wildgate.apps.market.services.importing import hand_in
from wildgate.apps.market.services.screening import look_into, screen
from wildgate.kit.uploads.models import Upload
from wildgate.kit.uploads.services import work_off

BASIS = "Wildlife Act of Demoland, section 14"
PARROT = "Live African grey parrot for sale"
COMB = "Real hawksbill turtle shell comb"
CROC = "Varanus salvator skin, tanned"


def captured(actor: Actor, at: datetime, title: str, text: str = "", **more: Any) -> Listing:
    """A listing that was captured by form, not yet read."""
    taken = capture(actor=actor, listing=seen(title, text, **more), legal_basis=BASIS, at=at)
    assert isinstance(taken, Taken), taken
    (row,) = (*taken.new, *taken.again)
    return row


def read(actor: Actor, at: datetime, title: str, text: str = "", **more: Any) -> Listing:
    """A listing that was captured and read, with everything looked into."""
    row = captured(actor, at, title, text, **more)
    made = screen(row.captured_id, at)
    look_into(made.pk, at)
    row.refresh_from_db()
    return row


def handed_in(actor: Actor, at: datetime, name: str, data: bytes, url: str = "") -> Upload:
    """A file that was handed in and worked off."""
    upload = hand_in(actor=actor, parts=[data], name=name, legal_basis=BASIS, url=url, at=at)
    assert isinstance(upload, Upload), upload
    work_off(upload.pk, at)
    upload.refresh_from_db()
    return upload
