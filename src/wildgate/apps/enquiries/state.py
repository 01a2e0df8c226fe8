"""What was answered so far travels in the page itself, signed: nothing is kept on the server or in an address."""

from __future__ import annotations

import secrets
from datetime import date
from typing import Final

from django.core import signing

from wildgate.apps.enquiries.trip import Enquiry, from_json

SALT: Final = "wildgate.enquiry.1"
KEPT_SECONDS: Final = 24 * 3600
LONGEST: Final = 16_000


def begin(today: date, *, short: bool = False) -> Enquiry:
    """A new enquiry for a journey today; `short`: for somebody who sells."""
    return Enquiry(id=secrets.token_urlsafe(12), on=today.isoformat(), short=short)


def written(enquiry: Enquiry) -> str:
    """The enquiry as a form field."""
    return signing.dumps(enquiry.as_json(), salt=SALT, compress=True)


def read(text: str) -> Enquiry | None:
    """The enquiry of a form field; None when it is not ours or older than a day."""
    if not text or len(text) > LONGEST:
        return None
    try:
        return from_json(signing.loads(text, salt=SALT, max_age=KEPT_SECONDS))
    except (signing.BadSignature, TypeError, KeyError):
        return None
