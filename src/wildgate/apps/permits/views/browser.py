"""What the verify page needs to work on a phone without a signal: words, worker, a place on the home screen."""

from __future__ import annotations

import hashlib
import json
from functools import cache
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.contrib.staticfiles import finders
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.templatetags.static import static
from django.urls import reverse
from django.utils import translation
from django.utils.cache import patch_cache_control
from django.utils.translation import gettext

from wildgate.apps.accounts.gate import public
from wildgate.apps.permits import browser

MODULES: Final = ("cbor", "envelope", "text", "claims", "lists", "verdict", "store", "camera", "show", "partners",
                  "page")
LOOK: Final = ("wildgate/wildgate.css", "wildgate/wildgate.js", "wildgate/icons.svg", "wildgate/favicon.svg")
DECODER: Final = ("wildgate/decoder/es/reader/index.js", "wildgate/decoder/es/share.js",
                  "wildgate/decoder/reader/zxing_reader.wasm")
FRESH_SECONDS: Final = 3600


def language_of(request: HttpRequest) -> str:
    """The language that the address names, so that a worker without cookies can fetch each; else that of the reader."""
    asked = request.GET.get("hl", "")
    return asked if asked in dict(settings.LANGUAGES) else translation.get_language() or "en"


@public
def words(request: HttpRequest) -> HttpResponse:
    """The table of answers, every sentence and every name of a code, in one language."""
    with translation.override(language_of(request)):
        return _kept(JsonResponse(_said(translation.get_language() or "en")))


@cache
def _said(language: str) -> dict[str, Any]:
    return dict(browser.said(language))


@public
def worker(request: HttpRequest) -> HttpResponse:
    """The service worker, told what to keep. Its text changes when any file does: then browsers fetch all anew."""
    language = language_of(request)
    paths = [f"permits/verify/{name}.js" for name in MODULES] + [*LOOK, *(DECODER if decoder() else ())]
    files = [static(path) for path in paths] + [f"{reverse('verify-words')}?hl={language}",
                                                f"{reverse('verify-manifest')}?hl={language}"]
    keep = {"name": f"wildgate-verify-{language}-{version(tuple(paths))}", "files": files,
            "page": f"{reverse('verify')}?hl={language}"}
    text = f"const KEEP = {json.dumps(keep)};\n{found_file('permits/verify/worker.js').read_text()}"
    answer = HttpResponse(text, content_type="text/javascript")
    answer["Cache-Control"] = "no-cache"
    return answer


@public
def manifest(request: HttpRequest) -> HttpResponse:
    """What a phone shows when the page is put on its home screen."""
    with translation.override(language_of(request)):
        described = {
            "name": gettext("Verify a permit"), "short_name": gettext("Verify"), "lang": language_of(request),
            "dir": "rtl" if translation.get_language_bidi() else "ltr", "start_url": reverse("verify"),
            "scope": reverse("verify"), "display": "standalone", "background_color": "#ffffff",
            "theme_color": "#12504a",
            "icons": [{"src": static("wildgate/favicon.svg"), "sizes": "any", "type": "image/svg+xml"}],
        }
        return _kept(JsonResponse(described, content_type="application/manifest+json"))


def decoder() -> str:
    """The address of the decoder that was put beside the page when it was built; empty without one."""
    return static("wildgate/decoder/") if finders.find(DECODER[0]) else ""


@cache
def version(paths: tuple[str, ...]) -> str:
    """A name for these static files as they are now."""
    whole = hashlib.sha256()
    for path in paths:
        whole.update(found_file(path).read_bytes())
    return whole.hexdigest()[:12]


def found_file(path: str) -> Path:
    """Where a static file lies."""
    found = finders.find(path)
    if not isinstance(found, str):
        raise FileNotFoundError(path)
    return Path(found)


def _kept(answer: HttpResponse) -> HttpResponse:
    patch_cache_control(answer, public=True, max_age=FRESH_SECONDS)
    return answer
