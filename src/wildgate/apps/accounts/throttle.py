"""Too many uses of a public form: counted in the database, for all processes together, without keeping who it was."""

from __future__ import annotations

import ipaddress
from datetime import datetime, timedelta

from allauth.account.adapter import get_adapter
from django.http import HttpRequest
from django.utils.crypto import salted_hmac

from wildgate.apps.accounts.models import Knock

WINDOW = timedelta(hours=1)
FROM_ONE_NETWORK = 20
FOR_ONE_ADDRESS = 3


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


def _count(form: str, who: str, most: int, at: datetime) -> bool:
    key = salted_hmac("wildgate.knock", f"{form}:{who}", algorithm="sha256").hexdigest()
    recent = Knock.objects.filter(form=form, who=key, at__gt=at - WINDOW).count()
    if recent < most:
        Knock.objects.create(form=form, who=key, at=at)
    return recent >= most
