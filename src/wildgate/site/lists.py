"""The signed lists as anyone may fetch them: trust list and status lists, cacheable, never about one permit."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response, patch_cache_control
from django.utils.http import http_date

from wildgate.apps.accounts.gate import public

FRESH_SECONDS = 60
_HEALTHY: Final = ("200 OK", [("Content-Type", "application/json"), ("Cache-Control", "no-store"),
                              ("X-Content-Type-Options", "nosniff")], b'{"status": "ok"}')
_OF_A_LIST: Final = (("X-Content-Type-Options", "nosniff"), ("Cross-Origin-Resource-Policy", "cross-origin"),
                     ("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'"))
_is_list = re.compile(r"[A-Z]{2}/(?:index|audit-head|audit/[0-9]{4}-[0-9]{2}-[0-9]{2}|delta/[0-9]{4}-[0-9]{2}-[0-9]{2}"
                      r"|[0-9]{2}Q[1-4]/(?:digests/)?[0-9]{1,5})\.cwt").fullmatch


@public
def trust(request: HttpRequest) -> HttpResponse:
    """The home Party's trust list."""
    return _signed(request, Path(settings.HOME) / "trust.cwt")


@public
def status(request: HttpRequest, path: str) -> HttpResponse:
    """A Party's index of shards, one shard of its status list, its digest file, or the changes of a day."""
    if not _is_list(path):
        raise Http404("There is no such list.")
    return _signed(request, Path(settings.HOME) / "status" / path)


def ahead(environ: dict[str, Any]) -> tuple[str, list[tuple[str, str]], bytes] | None:
    """The answer to whoever asks for a list, or whether the process lives: it needs no session and no database, so it
    is given before either is opened, however much is asked of the rest. None: something else is asked for.

    The same answer as through the whole site, without what concerns pages only. A list that is not there is told there.
    """
    path, method = environ.get("PATH_INFO", ""), environ.get("REQUEST_METHOD", "")
    if method not in ("GET", "HEAD"):
        return None
    if path == "/healthz":
        return _HEALTHY
    name = path.removeprefix("/status/")
    if path != "/trust.cwt" and (name == path or not _is_list(name)):
        return None
    request = HttpRequest()
    request.META, request.method, request.path = environ, method, path
    try:
        response = _signed(request, Path(settings.HOME) / (f"status/{name}" if name != path else "trust.cwt"))
    except Http404:
        return None
    return (f"{response.status_code} {response.reason_phrase}", [*response.items(), *_OF_A_LIST], response.content)


def _signed(request: HttpRequest, file: Path) -> HttpResponse:
    try:
        seen, data = file.stat(), file.read_bytes()
    except OSError:
        raise Http404("This list has not been published yet.") from None
    etag = f'"{seen.st_mtime_ns:x}-{seen.st_size:x}"'
    response = HttpResponse(data, content_type="application/cwt")
    response["ETag"], response["Last-Modified"] = etag, http_date(seen.st_mtime)
    response["Access-Control-Allow-Origin"] = "*"
    patch_cache_control(response, public=True, max_age=FRESH_SECONDS)
    kept = get_conditional_response(request, etag=etag, last_modified=int(seen.st_mtime), response=response)
    return kept or response
