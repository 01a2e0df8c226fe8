"""Too many uses of a public form, too many wrong codes of a second factor or passwords typed once more: counted in the
database, for all processes together, without keeping who it was."""

from __future__ import annotations

import ipaddress
from datetime import datetime, timedelta

from allauth.account.adapter import get_adapter
from allauth.account.models import EmailAddress
from axes.utils import reset
from django.db import transaction
from django.http import HttpRequest
from django.utils.crypto import salted_hmac

from wildgate.apps.accounts.models import Knock, Person

WINDOW = timedelta(hours=1)
FROM_ONE_NETWORK = 20
FOR_ONE_ADDRESS = 3
TRIES_WINDOW = timedelta(minutes=15)
WRONG_TRIES = 8
"""So many wrong codes of one person's second factor within that window, and so many wrong passwords where somebody who
is signed in types it once more; then none is looked at any more."""
CODE_LIVES = timedelta(minutes=2)
"""Longer than an authenticator app shows a code: within it the same code opens nothing twice."""


def network(ip: str) -> str:
    """The network that an address belongs to: /24, or /48 for IPv6. Nobody's full address is kept."""
    try:
        found = ipaddress.ip_address(ip)
    except ValueError:
        return ""
    return str(ipaddress.ip_network(f"{found}/{24 if found.version == 4 else 48}", strict=False).network_address)


def too_many(request: HttpRequest, form: str, at: datetime) -> bool:
    """Count this use; has the sender's network used the form too often within the hour?"""
    return _count(form, network(get_adapter().get_client_ip(request)), FROM_ONE_NETWORK, at)


def too_many_for(address: str, form: str, at: datetime) -> bool:
    """Count a mail to this address; were there too many within the hour? The sender is not told."""
    return _count(form, address.strip().lower(), FOR_ONE_ADDRESS, at)


def too_many_tries(what: str, person: Person, at: datetime) -> bool:
    """Count a try at the person's `CODE` or `PASSWORD`; were there too many wrong ones?"""
    return _count(what, str(person.pk), WRONG_TRIES, at, TRIES_WINDOW, turn=person)


def right(what: str, person: Person) -> None:
    """The tries before it count no more."""
    Knock.objects.filter(form=what, who=_hashed(what, str(person.pk))).delete()


def code_served(person: Person, code: str, at: datetime) -> bool:
    """Had this right code opened something already, in whatever process?"""
    return _count(SERVED, f"{person.pk}:{code.strip()}", 1, at, CODE_LIVES, turn=person)


def forgive(person: Person) -> None:
    """Whoever proved by their mailbox who they are tries again at once, password and code."""
    for what in (CODE, PASSWORD):
        right(what, person)
    further = EmailAddress.objects.filter(user=person, verified=True).values_list("email", flat=True)
    for address in {person.email, *further}:
        reset(username=address)


CODE, PASSWORD, SERVED = "code", "password", "code-served"


def _hashed(form: str, who: str) -> str:
    return salted_hmac("wildgate.knock", f"{form}:{who}", algorithm="sha256").hexdigest()


def _count(form: str, who: str, most: int, at: datetime, window: timedelta = WINDOW, *,
           turn: Person | None = None) -> bool:
    """`turn`: whose uses are counted one after the other, so that many at once do not slip by."""
    key = _hashed(form, who)
    with transaction.atomic():
        if turn is not None:
            Person.objects.select_for_update(no_key=True).get(pk=turn.pk)
        recent = Knock.objects.filter(form=form, who=key, at__gt=at - window).count()
        if recent < most:
            Knock.objects.create(form=form, who=key, at=at)
    return recent >= most
