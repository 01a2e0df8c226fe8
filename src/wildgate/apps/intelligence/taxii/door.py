"""The door of TAXII 2.1: which key is this, does the client speak our media type, has it called too often?

Its answers, refusals too, are in the form that OASIS wrote down (TAXII 2.1, sections 1.6, 3.6 and 4).
"""

from __future__ import annotations

import base64
import binascii
import hmac
import json
from collections.abc import Callable
from functools import wraps
from typing import Any, Final

from django.db.models import Case, F, Q, Value, When
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt

from wildgate.apps.accounts.gate import Request
from wildgate.apps.gateway.services import digest_of
from wildgate.apps.intelligence.models import FeedKey
from wildgate.convention.refusal import Refusal, refuse

MEDIA: Final = "application/taxii+json;version=2.1"
PER_MINUTE: Final = 120
"""Calls of one key (house value)."""
NO_KEY: Final = refuse("key-missing", "Send the key of your collection by HTTP Basic, as the password, or as a Bearer.")
BAD_KEY: Final = refuse("key-unknown", "This key is not known here, or it was revoked or has ended.")
NOTHING: Final = refuse("no-such-thing", "There is no such thing, or it is not for this key.")
NO_DELETING: Final = refuse("not-allowed", "Nothing is deleted from a collection by its clients.")
NOT_ACCEPTED: Final = refuse("not-acceptable", "Answers come as application/taxii+json;version=2.1 only.")
WRONG_TYPE: Final = refuse("unsupported-media-type", "Send application/taxii+json;version=2.1.")
STATUS: Final = {"key-missing": 401, "key-unknown": 401, "not-allowed": 403, "no-such-thing": 404, "closed": 404,
                 "no-such-method": 405, "not-acceptable": 406, "too-large": 413, "unsupported-media-type": 415,
                 "too-many-calls": 429, "no-envelope": 422, "disk-full": 503, "read-only": 503,
                 "database-away": 503, "database-busy": 503}
"""HTTP status by code; any other is 400: what was asked cannot be read."""
View = Callable[..., HttpResponse]


def keyed(*methods: str) -> Callable[[View], View]:
    """Guard a view by the key of a target; `request.key` is the key then."""
    def guard(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            asked: Any = request
            if refused := _refused(asked, methods):
                return error(refused, methods)
            return view(asked, *args, **kwargs)
        guarded.access_rule = "key"  # type: ignore[attr-defined]
        return csrf_exempt(guarded)
    return guard


def _refused(request: Any, methods: tuple[str, ...]) -> Refusal | None:
    key = _key(request)
    if isinstance(key, Refusal):
        return key
    if not _counted(key, request):
        return refuse("too-many-calls", "The key makes more than %(most)s calls a minute. Wait for the next one.",
                      most=PER_MINUTE)
    request.key = key
    if request.method == "DELETE":
        return NO_DELETING
    if request.method not in methods:
        return refuse("no-such-method", "This address takes %(methods)s.", methods=", ".join(methods))
    if not accepts(request.headers.get("Accept", "")):
        return NOT_ACCEPTED
    if request.method == "POST" and not _is_ours(request.headers.get("Content-Type", "")):
        return WRONG_TYPE
    return None


def _key(request: Request) -> FeedKey | Refusal:
    """The key that came along: of a target that is in force, asked anew at every call."""
    text = _sent(request.headers.get("Authorization", ""))
    if not text:
        return NO_KEY
    start, _, rest = text.partition("_")
    prefix, _, secret = rest.partition("_")
    if start != "wg" or not secret or "\0" in prefix:
        return BAD_KEY
    found = FeedKey.objects.select_related("target").filter(prefix=prefix[:8]).first()
    if found is None or not hmac.compare_digest(found.digest, digest_of(secret)):
        return BAD_KEY
    if not found.opens(request.at) or not found.target.counts or not found.target.fetched:
        return BAD_KEY
    return found


def _sent(header: str) -> str:
    """The key in an Authorization header: the password of Basic, whatever the user name, or what Bearer carries."""
    scheme, _, rest = header.partition(" ")
    if scheme.lower() == "bearer":
        return rest.strip()
    if scheme.lower() != "basic":
        return ""
    try:
        return base64.b64decode(rest.strip(), validate=True).decode().partition(":")[2]
    except (binascii.Error, ValueError):
        return ""


def _counted(key: FeedKey, request: Request) -> bool:
    """Count this call, unless it is one too many: one statement, so that no two processes count past the limit."""
    minute = int(request.at.timestamp() // 60)
    now = Q(minute=minute)
    return bool(FeedKey.objects.filter(~(now & Q(minute_calls__gte=PER_MINUTE)), pk=key.pk).update(
        minute_calls=Case(When(now, then=F("minute_calls") + 1), default=Value(1)), minute=minute,
        used_on=request.at.date()))


def accepts(header: str) -> bool:
    """Whether the client takes our media type; without a header it takes anything."""
    return not header.strip() or any(_is_ours(each) or _media(each)[0] in ("*/*", "application/*")
                                     for each in header.split(",") if _media(each)[1].get("q", "1").strip("0.") != "")


def _is_ours(text: str) -> bool:
    name, said = _media(text)
    return name == "application/taxii+json" and said.get("version", "2.1") == "2.1"


def _media(text: str) -> tuple[str, dict[str, str]]:
    name, *rest = (each.strip().lower() for each in text.split(";"))
    return name, {key.strip(): value.strip().strip('"') for key, _, value in (each.partition("=") for each in rest)}


def answer(found: Any, *, status: int = 200, headers: dict[str, str] | None = None) -> HttpResponse:
    """A resource of TAXII."""
    return HttpResponse(json.dumps(found, ensure_ascii=False, separators=(",", ":")), status=status, headers={
        "Content-Type": MEDIA, "Cache-Control": "no-store", "X-Content-Type-Options": "nosniff", **(headers or {})})


def error(refused: Refusal, methods: tuple[str, ...] = ()) -> HttpResponse:
    """A refusal as an error message of TAXII (section 3.6.1)."""
    status = STATUS.get(refused.code, 400)
    headers = {401: {"WWW-Authenticate": 'Basic realm="taxii", charset="UTF-8"'}, 429: {"Retry-After": "60"},
               405: {"Allow": ", ".join(methods)}, 503: {"Retry-After": "30"}}.get(status, {})
    return answer({"title": refused.code.replace("-", " ").capitalize(), "description": refused.reason,
                   "error_code": refused.code, "http_status": str(status)}, status=status, headers=headers)
