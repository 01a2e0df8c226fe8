"""What a server reads once and keeps is read before anybody asks for it: the law with the Party's register, the names
that descriptions are searched for, the table of customs codes and the model in use.

It runs beside the server, which answers meanwhile: whoever comes first waits no longer than without it.
"""

from __future__ import annotations

import gc
import logging
from threading import Thread

from django.conf import settings
from django.db import DatabaseError, connections

from wildgate.apps.goods.selectors import names, table
from wildgate.apps.risk.learning import speaker_of
from wildgate.apps.species.registry import law_of

log = logging.getLogger(__name__)


def warm(party: str) -> None:
    """Read it all. Asked again it costs some small queries."""
    law_of(party).resolve("Panthera")
    names(party)
    table(party)
    speaker_of(party)


def in_background() -> Thread:
    """Begin beside the server; a database that is not there yet is no reason not to start."""
    begun = Thread(target=_quietly, name="warming", daemon=True)
    begun.start()
    return begun


def _quietly() -> None:
    try:
        warm(settings.PARTY)
        gc.collect()
        gc.freeze()  # some hundred MB that stay: a collection that looked through them would stop a page for long
    except DatabaseError as fault:
        log.warning("nothing was read beforehand: %s", type(fault).__name__)
    finally:
        connections.close_all()
