"""The answer when a disk is full or read-only, or the database is away: a sentence and "later", not a fault of ours.

What was asked was one transaction, so nothing of it is half done. Only where the connection broke in the middle of a
commit can nobody tell whether it came through: there the sentence says to look first.
"""

from __future__ import annotations

import errno
import logging
import os
import shutil
import sys
from enum import StrEnum
from pathlib import Path
from typing import Final

from django.conf import settings
from django.db import DatabaseError, InterfaceError, OperationalError, connection
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.translation import gettext_lazy as _
from django.views.defaults import server_error as fault_of_ours

from wildgate.convention.refusal import Refusal
from wildgate.kit import api

log = logging.getLogger(__name__)
WAIT: Final = 30
LEAST: Final = 4_000_000
"""Bytes: with less than this SQLite cannot be sure to finish what it begins."""


class Trouble(StrEnum):
    """Why nothing can be written, or nothing read."""

    FULL = "disk-full"
    READ_ONLY = "read-only"
    AWAY = "database-away"
    BUSY = "database-busy"


SENTENCES: Final = {
    Trouble.FULL: _("The disk of this installation is full, so nothing can be saved. Nothing of what you sent was "
                    "kept: send it again later."),
    Trouble.READ_ONLY: _("This installation can be read at the moment, but nothing can be saved. Nothing of what you "
                         "sent was kept: send it again later."),
    Trouble.AWAY: _("The database of this installation does not answer at the moment. Wait a minute, look whether what "
                    "you sent is there, and send it again if it is not."),
    Trouble.BUSY: _("The database of this installation is busy. Nothing of what you sent was kept: send it again in a "
                    "minute."),
}
ERRORS: Final = {errno.ENOSPC: Trouble.FULL, errno.EDQUOT: Trouble.FULL, errno.EFBIG: Trouble.FULL,
                 errno.EROFS: Trouble.READ_ONLY}
SAID: Final = (
    ("disk is full", Trouble.FULL), ("no space left", Trouble.FULL), ("disk i/o error", Trouble.READ_ONLY),
    ("readonly", Trouble.READ_ONLY), ("read-only", Trouble.READ_ONLY), ("database is locked", Trouble.BUSY))
"""How SQLite and PostgreSQL say it."""


def trouble_of(fault: BaseException | None) -> Trouble | None:
    """What of the machine is behind an exception, or behind what caused it; None where the fault is our own."""
    while fault is not None:
        if isinstance(fault, OSError) and fault.errno in ERRORS:
            return ERRORS[fault.errno]
        if isinstance(fault, DatabaseError | InterfaceError):
            text = str(fault).lower()
            for words, trouble in SAID:
                if words in text:
                    return trouble
            if isinstance(fault, OperationalError | InterfaceError):
                return Trouble.AWAY
        fault = fault.__cause__ or fault.__context__
    return None


def server_error(request: HttpRequest) -> HttpResponse:
    """What Django calls for an exception that nobody took: 503 where the machine is behind it, else 500."""
    trouble = trouble_of(sys.exc_info()[1])
    if trouble is None:
        return fault_of_ours(request)
    log.warning("not done: %s", trouble.value)
    return answer(request.path, trouble)


def answer(path: str, trouble: Trouble) -> HttpResponse:
    """The sentence as a page, as a problem for programs, as a SOAP fault for partners, or as an error of TAXII."""
    if path.startswith("/api/"):
        return api.problem(Refusal(trouble.value, str(SENTENCES[trouble])), status=503, wait=WAIT)
    if path.startswith("/taxii2/"):
        from wildgate.apps.intelligence.taxii.door import error
        return error(Refusal(trouble.value, str(SENTENCES[trouble])))
    if path.startswith("/epix/"):
        from wildgate.site.sent_away import FAULT
        response = HttpResponse(FAULT.format(SENTENCES[trouble]), content_type="text/xml; charset=utf-8", status=503)
    else:
        response = HttpResponse(render_to_string("unable.html", {"sentence": SENTENCES[trouble]}), status=503)
    response["Retry-After"] = str(WAIT)
    response["Cache-Control"] = "no-store"
    return response


def now() -> Trouble | None:
    """What stands in the way of writing at this moment; None where nothing does. Nothing is written to find out."""
    home = Path(settings.HOME)
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_is_in_recovery()" if connection.vendor == "postgresql" else "SELECT 0")
            if cursor.fetchone()[0]:
                return Trouble.READ_ONLY
    except DatabaseError as fault:
        return trouble_of(fault) or Trouble.AWAY
    files = [home] if connection.vendor == "postgresql" else [home, home / "wildgate.sqlite3"]
    if not all(os.access(file, os.W_OK) for file in files if file.exists()):
        return Trouble.READ_ONLY
    return Trouble.FULL if shutil.disk_usage(home).free < LEAST else None
