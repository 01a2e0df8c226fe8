"""Links that are mailed: each works once and for a time. The database knows only the SHA-256 of what the mail says."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta
from typing import Any

from wildgate.apps.accounts.models import Link
from wildgate.convention.refusal import Refusal, refuse

LIFE = {Link.Purpose.REGISTER: timedelta(days=3), Link.Purpose.JOIN: timedelta(days=7),
        Link.Purpose.PASSWORD: timedelta(days=1), Link.Purpose.FORGOTTEN: timedelta(days=1)}


def digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def make(purpose: Link.Purpose, email: str, *, party: str, at: datetime, **fields: Any) -> tuple[Link, str]:
    """A new link and the secret that goes into the mail. Links before it, for the same, work no more."""
    same = {"party": party, "purpose": purpose, "email": email, "organisation": fields.get("organisation")}
    Link.objects.filter(**same, used_at=None).delete()
    token = secrets.token_urlsafe(32)
    link = Link.objects.create(party=party, purpose=purpose, email=email, digest=digest(token), made_at=at,
                               expires_at=at + LIFE[purpose], **fields)
    return link, token


def find(token: str, at: datetime, *, lock: bool = False) -> Link | Refusal:
    """The link of that secret while it works. Used, expired and never made are one answer."""
    rows = Link.objects.select_for_update(of=("self",)) if lock else Link.objects.all()
    found = (rows.select_related("organisation", "person")
             .filter(digest=digest(token), used_at=None, expires_at__gt=at).first())
    return found or refuse("link-dead", "This link no longer works: it was used already, taken back, or is too old.")


def use_up(link: Link, at: datetime) -> None:
    """It works no more, and what it carried is forgotten. Inside a transaction."""
    link.used_at, link.answers = at, {}
    link.save(update_fields=["used_at", "answers"])
