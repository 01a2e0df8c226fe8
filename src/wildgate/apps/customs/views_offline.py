"""The border desk of a post without a signal: its page, its worker, the enrolment of a device, and the way home."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final

from csp.constants import WASM_UNSAFE_EVAL
from csp.decorators import csp_update
from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import render
from django.templatetags.static import static
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from wildgate.apps.accounts.access import Action
from wildgate.apps.accounts.gate import Request, public, role
from wildgate.apps.customs import selectors, services
from wildgate.apps.customs.device import MOST_PHOTOS
from wildgate.apps.customs.models import DeviceKey, OfflineRecord
from wildgate.apps.customs.services import Sent
from wildgate.apps.customs.services.syncing import MOST_RECORDS
from wildgate.apps.customs.wording import offline_words
from wildgate.apps.permits.templatetags.permits import said
from wildgate.apps.permits.views import browser
from wildgate.convention.refusal import Refusal, refuse

VERIFIER: Final = tuple(f"permits/verify/{name}.js" for name in browser.MODULES if name != "page")
OWN: Final = tuple(f"customs/offline/{name}.js" for name in ("page", "device", "counting", "parts", "pictures"))
LOOK: Final = (*browser.LOOK, "wildgate/desks.css")
LARGEST_MB: Final = 40
"""Of a photograph before the device makes it smaller."""
UNREADABLE: Final = refuse("request-unreadable", "The request cannot be read.")


@csp_update({"script-src": [WASM_UNSAFE_EVAL]})  # the decoder of square codes is WebAssembly
@role(Action.ENDORSE)
def page(request: Request) -> HttpResponse:
    """The page that works without a signal after it was opened once. What it needs is kept on the device."""
    return render(request, "customs/offline.html", {
        "party": settings.PARTY, "decoder": browser.decoder(), "words": offline_words(),
        "person": request.actor.person_id, "language": translation.get_language(), "most": MOST_PHOTOS,
        "largest": LARGEST_MB,
    })


@role(Action.ENDORSE)
def worker(request: Request) -> HttpResponse:
    """The service worker of this page only, told what to keep."""
    language = translation.get_language() or "en"
    paths = (*VERIFIER, *OWN, *LOOK, *(browser.DECODER if browser.decoder() else ()))
    keep = {
        "name": f"wildgate-border-{language}-{browser.version(paths)}", "page": reverse("border-offline"),
        "files": [*map(static, paths), f"{reverse('verify-words')}?hl={language}"],
    }
    text = f"const KEEP = {json.dumps(keep)};\n{browser.found_file('customs/offline/worker.js').read_text()}"
    return HttpResponse(text, content_type="text/javascript", headers={"Cache-Control": "no-cache"})


@public
def manifest(request: HttpRequest) -> HttpResponse:
    """What a phone shows when the page is put on its home screen; it names nobody."""
    with translation.override(browser.language_of(request)):
        return JsonResponse({
            "name": gettext("Border without a signal"), "short_name": gettext("Border"),
            "lang": translation.get_language(), "dir": "rtl" if translation.get_language_bidi() else "ltr",
            "start_url": reverse("border-offline"), "scope": reverse("border-offline"), "display": "standalone",
            "background_color": "#ffffff", "theme_color": "#12504a",
            "icons": [{"src": static("wildgate/favicon.svg"), "sizes": "any", "type": "image/svg+xml"}],
        }, content_type="application/manifest+json")


@role(Action.ENDORSE)
def state(request: Request) -> HttpResponse:
    """Who is signed in now, with the token that the next message needs: asked when the signal is back."""
    return _fresh(JsonResponse({
        "csrf": get_token(request), "person": request.actor.person_id,
        "alarms": len(selectors.alarms(request.actor)),
    }))


@role(Action.ENDORSE)
@require_POST
def enrol(request: Request) -> HttpResponse:
    """Enrol the device that asks, for the officer who is signed in."""
    sent = _sent(request)
    outcome = services.enrol(actor=request.actor, public_key=str(sent.get("public_key", "")), at=request.at)
    if isinstance(outcome, Refusal):
        return _refused(outcome)
    return _fresh(JsonResponse(_enrolled(outcome, request)))


def _enrolled(device: DeviceKey, request: Request) -> dict[str, Any]:
    return {
        "device": device.thumbprint, "person": request.actor.person_id, "name": request.actor.name,
        "station": device.station, "until": device.expires_at.isoformat(), "sequence": device.sequence,
        "previous": device.head,
    }


@role(Action.ENDORSE)
@require_POST
def sync(request: Request) -> HttpResponse:
    """Take what a device kept while it had no signal: an answer for each record, in order, as far as they are taken."""
    sent = _sent(request)
    records = sent.get("records")
    if not isinstance(records, list) or len(records) > MOST_RECORDS or not all(map(_is_record, records)):
        return _refused(UNREADABLE)
    outcomes = services.sync(
        actor=request.actor, device=str(sent.get("device", "")), at=request.at,
        records=[Sent(each["body"], each["signature"]) for each in records])
    return _fresh(JsonResponse({
        "answers": [_answer(each) for each in outcomes if isinstance(each, OfflineRecord)],
        "errors": [{"code": each.code, "reason": said(each)} for each in outcomes if isinstance(each, Refusal)],
    }))


@role(Action.ENDORSE)
@require_POST
def photograph(request: Request) -> HttpResponse:
    """Take one photograph of an endorsement that arrived before. Sent again, it gets the same answer."""
    file = request.FILES.get("photograph")
    if file is None:
        return _refused(UNREADABLE)
    kept = services.photograph_sent(
        actor=request.actor, record=request.POST.get("record", ""), digest=request.POST.get("digest", ""),
        name=file.name or "", parts=file.chunks(), at=request.at)
    return _refused(kept) if isinstance(kept, Refusal) else _fresh(JsonResponse({"kept": kept.digest}))


def _is_record(each: object) -> bool:
    return isinstance(each, dict) and all(isinstance(each.get(name), str) for name in ("body", "signature"))


def _answer(kept: OfflineRecord) -> dict[str, Any]:
    if kept.endorsement is not None:
        return {"outcome": "endorsed", "sentence": "", "digest": kept.digest,
                "url": reverse("border-endorsement", args=[kept.endorsement.digest])}
    told = [said(kept.why)]
    if kept.case.first is not None:
        told.append(selectors.in_words(kept.case))
    return {"outcome": "double-use" if kept.case.first else "refused", "sentence": " ".join(told),
            "digest": kept.digest, "url": reverse("double-use", args=[kept.case.pk])}


def _sent(request: Request) -> Mapping[str, Any]:
    try:
        found = json.loads(request.body)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _refused(why: Refusal) -> HttpResponse:
    return _fresh(JsonResponse({"errors": [{"code": why.code, "reason": said(why)}]}, status=422))


def _fresh(answer: HttpResponse) -> HttpResponse:
    answer["Cache-Control"] = "no-store"
    return answer
