"""A forgotten password: the page answers at once and alike for every address, a job writes the mail."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from wildgate.apps.accounts import links
from wildgate.apps.accounts.models import Link
from wildgate.kit import jobs


def ask(email: str, *, party: str, language: str, at: datetime) -> None:
    """Let a mail be written to this address, whether it has an account or not: neither the answer nor the time that it
    takes tells which. Asked again while one waits, one goes."""
    with transaction.atomic():
        link, _token = links.make(Link.Purpose.FORGOTTEN, email.strip().lower(), party=party, at=at,
                                  answers={"language": language})
        jobs.enqueue("accounts.mail_forgotten", str(link.pk), party=party, at=at, link=link.pk)
