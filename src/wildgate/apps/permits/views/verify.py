"""The public page that answers: is this permit real, and what may I do with it? No sign-in, nothing is stored."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from csp.constants import WASM_UNSAFE_EVAL
from csp.decorators import csp_update
from django.conf import settings
from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.http.multipartparser import MultiPartParserError
from django.shortcuts import render
from django.utils import translation
from django.utils.translation import gettext_lazy as _
from django.views.decorators.csrf import csrf_exempt

from wildgate.apps.accounts.gate import Request, public
from wildgate.apps.permits.api import address_of
from wildgate.apps.permits.browser import (
    NEXT,
    NEXT_BESIDE,
    NOTE_NEXT,
    NOTE_TITLES,
    PUBLIC_TITLES,
    TITLES,
    TITLES_BESIDE,
    TONES,
)
from wildgate.apps.permits.crowding import crowd
from wildgate.apps.permits.register import Registered
from wildgate.apps.permits.templatetags.permits import said
from wildgate.apps.permits.verification import verify
from wildgate.apps.permits.views.browser import decoder, language_of
from wildgate.convention.refusal import Refusal, refuse
from wildgate.message.evidence import MAX_TEXT
from wildgate.message.judgement import Judgement
from wildgate.message.parsing import MAX_BYTES
from wildgate.seal.verdict import Role

ROLES: Final = (
    (Role.PUBLIC, _("Anyone")),
    (Role.EXPORT, _("Customs at export")),
    (Role.CARRIER, _("Carrier")),
    (Role.IMPORT, _("Customs at import")),
)
ROOM: Final = 64_000
"""Bytes of a request beside the file itself: the form's other fields and the borders between the parts."""
DRAINED: Final = 4 * MAX_BYTES
"""Of a request that is too large, this much is read and thrown away, so that the browser gets to read the answer."""


@csp_update({"script-src": [WASM_UNSAFE_EVAL]})  # the decoder of square codes is WebAssembly
@csrf_exempt
@public
def page(request: Request) -> HttpResponse:
    """The form; after a post the verdict above it. It changes nothing, so it asks for no token and no cookie."""
    if request.GET.get("hl"):
        with translation.override(language_of(request)):
            return _show(request)
    if request.method != "POST":
        return _show(request)
    if _size(request) > MAX_BYTES + ROOM:
        _drain(request)
        return _show(request, TOO_LARGE, status=413)
    try:
        given = _given(request)
    except RequestDataTooBig:
        return _show(request, TOO_LARGE, status=413)
    except (TooManyFieldsSent, TooManyFilesSent, MultiPartParserError):
        return _show(request, refuse("unreadable-form", "The form arrived damaged; send it again."), status=400)
    if isinstance(given, Refusal):
        return _show(request, given, status=422)
    if crowded := crowd.refuse(address_of(request), request.at, settings.VERIFY_A_MINUTE):
        answer = _show(request, crowded, status=429)
        answer["Retry-After"] = str(60 - request.at.second)
        return answer
    outcome = verify(*given, role_of(request), request.at, home=settings.HOME)
    return _show(request, outcome, status=422 if isinstance(outcome, Refusal) else 200)


TOO_LARGE: Final = refuse(
    "too-large",
    "This is too large: a file may have up to %(file)s MB, a text up to %(text)s kB.",
    file=MAX_BYTES // 1_000_000,
    text=MAX_TEXT // 1000,
)


def _given(request: Request) -> tuple[bytes, str] | Refusal:
    """The file, or else the text, with its name."""
    file, text = request.FILES.get("file"), request.POST.get("code", "").strip()
    if isinstance(file, UploadedFile) and file.size:
        return (file.read(), str(file.name)) if file.size <= MAX_BYTES else TOO_LARGE
    if not text:
        return refuse("missing", "Paste the code or choose a file.", field="code")
    return text.encode("utf-8", "surrogatepass"), ""


def role_of(request: HttpRequest) -> Role:
    """Who asks; anyone when nothing else is said."""
    said_to_be = request.POST.get("role", "")
    return next((role for role, _label in ROLES if role.value == said_to_be), Role.PUBLIC)


def _show(request: Request, outcome: Judgement | Refusal | None = None, *, status: int = 200) -> HttpResponse:
    small = status != 413 and request.method == "POST"
    role = role_of(request) if small and status != 400 else Role.PUBLIC
    fault = outcome if isinstance(outcome, Refusal) else None
    answer = render(
        request,
        "permits/verify_page.html",
        {
            "roles": [(each.value, label, each is role) for each, label in ROLES],
            "fault": fault,
            "result": told(outcome, role) if isinstance(outcome, Judgement) else None,
            "code": request.POST.get("code", "")[:MAX_TEXT] if small and status != 400 else "",
            "limit": MAX_BYTES // 1_000_000,
            "party": settings.PARTY,
            "decoder": decoder(),
        },
        status=status,
    )
    answer["Cache-Control"] = "no-store"
    return answer


def told(judgement: Judgement, role: Role) -> Mapping[str, Any]:
    """The verdict in the words of the page."""
    verdict, facts = judgement.verdict, judgement.verdict.facts
    titles = {**TITLES, **PUBLIC_TITLES} if role is Role.PUBLIC else TITLES
    following = NEXT
    if facts.get("kind") == "note":
        titles, following = {**titles, **NOTE_TITLES}, {**NEXT, **NOTE_NEXT}
    kind = str(facts.get("kind", ""))
    if kind in TITLES_BESIDE and verdict.genuine:
        titles = {**titles, **TITLES_BESIDE[kind]}
        following = {**following, **NEXT_BESIDE[kind]}
    reasons = [said(why) for why in verdict.reasons]
    return {
        "tone": TONES[verdict.answer],
        "title": titles[verdict.answer],
        "reasons": reasons,
        "next": following[verdict.answer],
        "verdict": verdict,
        "facts": facts,
        "endorsement": facts.get("kind") == "endorsement",
        "faults": judgement.faults,
        "signatures": [each for each in _signatures(judgement) if each["signed"]],
        "differing": judgement.differing if isinstance(judgement, Registered) else (),
        "beside": kind in TITLES_BESIDE,
        "minutes": None if verdict.age_seconds is None else verdict.age_seconds // 60,
    }


def _signatures(judgement: Judgement) -> list[dict[str, Any]]:
    """The signature of the PDF and that of the message in it, each with its time stamp, in words."""
    return [{"what": what, **found, "stamp": found["stamp"]} for what, found in (
        (_("PDF"), judgement.signature), (_("Message"), judgement.message_signature)) if found]


def _size(request: HttpRequest) -> int:
    """The announced size; what announces none or nonsense is judged while it is read."""
    announced = request.META.get("CONTENT_LENGTH") or "0"
    return int(announced) if announced.isascii() and announced.isdigit() else 0


def _drain(request: HttpRequest) -> None:
    left = DRAINED
    while left > 0 and (part := request.read(65536)):
        left -= len(part)
