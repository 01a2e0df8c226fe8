"""One name for everything that a request set off: its log lines, its jobs, and the messages that those send.

The name is made here and says nothing about who asked. A proxy in front may give its own, so that both logs agree.
"""

from __future__ import annotations

import json
import logging
import re
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse

HEADER: Final = "X-Request-ID"
LONGEST: Final = 64
LONGEST_REFUSAL: Final = 1000
_is_name = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{7,63}").fullmatch
_track: ContextVar[str] = ContextVar("track", default="")


def current() -> str:
    """The track of what is being done now; empty outside of any request and job."""
    return _track.get()


@contextmanager
def on(track: str) -> Iterator[None]:
    """Whatever happens inside belongs to `track`."""
    token = _track.set(track)
    try:
        yield
    finally:
        _track.reset(token)


def name_for(request: HttpRequest) -> str:
    """The track of a request: a new one, or that of the proxy in front."""
    given = request.META.get(f"HTTP_{HEADER.upper().replace('-', '_')}", "") if settings.BEHIND_PROXY else ""
    return given if _is_name(given) else secrets.token_hex(8)


class TrackMiddleware:
    """Names the request, and tells the name with the answer, so that a user can quote it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        track = name_for(request)
        with on(track):
            response = self.get_response(request)
        response.headers[HEADER] = track
        return response


class Tracked(logging.Filter):
    """Gives each log line the track that it was written on. What was refused is no failure: it has no traceback.

    Strangers choose what is refused: none of them fills the log with a long address, or with a host name of their own.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        record.track = current() or "-"
        if record.name.startswith("django.security."):
            record.levelno, record.levelname = logging.WARNING, logging.getLevelName(logging.WARNING)
        if record.levelno < logging.ERROR:
            record.exc_info = None
            if record.name.startswith("django.") and len(says := record.getMessage()) > LONGEST_REFUSAL:
                record.msg, record.args = f"{says[:LONGEST_REFUSAL]} ...", ()
        return True


class AsJson(logging.Formatter):
    """A log line as one JSON object: when, how bad, where, what, on which track. What failed is named by its type."""

    def format(self, record: logging.LogRecord) -> str:
        line = {"at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
                "level": record.levelname.lower(), "from": record.name, "says": record.getMessage(),
                "track": getattr(record, "track", "-")}
        if record.exc_info and record.exc_info[0]:
            line["failed"] = record.exc_info[0].__name__
            line["where"] = _place(record)
        return json.dumps(line, ensure_ascii=False)


def _place(record: logging.LogRecord) -> str:
    """The last place of ours in a traceback: file and line, without the values that stood there."""
    trace, place = record.exc_info[2] if record.exc_info else None, ""
    while trace is not None:
        file = trace.tb_frame.f_code.co_filename
        if "wildgate" in file:
            place = f"{file.rpartition('wildgate/')[2]}:{trace.tb_lineno}"
        trace = trace.tb_next
    return place
