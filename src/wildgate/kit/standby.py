"""The standby server that reports and statistics are read from, so that they do not hold up the counter.

A selector uses it only where its caller says so, and never for a decision or for what is signed: a standby may be
behind. Where it is away, is no standby any more or lacks events for too long, the database itself is read.
"""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from typing import Final

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, DatabaseError, connections
from django.utils import timezone

from wildgate.kit.models import ChainHead, Event

ALIAS: Final = "reports"
log = logging.getLogger(__name__)


def alias(at: datetime | None = None) -> str:
    """The database to read a report from: the standby where it is fit, else the one that takes writes."""
    if ALIAS not in connections.settings:
        return DEFAULT_DB_ALIAS
    try:
        why = _unfit(at or timezone.now())
    except DatabaseError as fault:
        connections[ALIAS].close()
        why = str(fault).splitlines()[0] if str(fault) else type(fault).__name__
    if why:
        log.warning("reports are read from the database itself, not from its standby: %s", why)
    return DEFAULT_DB_ALIAS if why else ALIAS


def _unfit(at: datetime) -> str:
    """Why the standby may not be read; empty when it may."""
    with connections[ALIAS].cursor() as cursor:
        cursor.execute("SELECT pg_is_in_recovery()")
        if not cursor.fetchone()[0]:
            return "it takes writes of its own"
    behind = lag(at)
    if behind > timedelta(seconds=settings.REPORTS_LAG):
        return f"it is {int(behind.total_seconds())} s behind"
    return ""


def lag(at: datetime) -> timedelta:
    """How long the standby has lacked the oldest event that it lacks; nothing when it has all of them."""
    heads = {name: ChainHead.objects.using(name).filter(party=settings.PARTY).values_list("seq", flat=True).first() or 0
             for name in (ALIAS, DEFAULT_DB_ALIAS)}
    if heads[ALIAS] >= heads[DEFAULT_DB_ALIAS]:
        return timedelta(0)
    first = Event.objects.filter(party=settings.PARTY, seq=heads[ALIAS] + 1).values_list("at", flat=True).first()
    return max(at - first, timedelta(0)) if first else timedelta(0)
