"""The signed lists as anyone may fetch them: trust list and status lists, cacheable, never about one permit."""

from __future__ import annotations

import re
from pathlib import Path

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response, patch_cache_control
from django.utils.http import http_date

from wildgate.apps.accounts.gate import public

FRESH_SECONDS = 60
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
