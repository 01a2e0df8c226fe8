"""The answer to whoever is sent away because too much is asked at once: one sentence, in the words of each door."""

from __future__ import annotations

import json
import secrets
from functools import cache
from html import escape
from typing import Any, Final

from django.conf import settings
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from wildgate.kit import api
from wildgate.site.headers import PERMISSIONS

STATUS: Final = "503 Service Unavailable"
SOONEST: Final = 3
LATEST: Final = 12
"""Seconds to wait: not the same for all, so that they do not come again together."""
TITLE: Final = _("Very busy")
SENTENCE: Final = _("More is asked of this service at the moment than it can answer. Nothing was changed; try again "
                    "in a few seconds.")
ALWAYS: Final = (
    ("Cache-Control", "no-store"), ("X-Content-Type-Options", "nosniff"), ("Referrer-Policy", "same-origin"),
    ("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'"), ("X-Frame-Options", "DENY"),
    ("Cross-Origin-Opener-Policy", "same-origin"), ("Cross-Origin-Resource-Policy", "same-origin"),
    ("Permissions-Policy", PERMISSIONS))
FAULT: Final = ('<?xml version="1.0" encoding="UTF-8"?>\n'
                '<soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/"><soap:Body><soap:Fault>'
                "<faultcode>soap:Server</faultcode><faultstring>{}</faultstring></soap:Fault></soap:Body>"
                "</soap:Envelope>")

Answer = tuple[str, list[tuple[str, str]], bytes]


def answer(environ: dict[str, Any]) -> Answer:
    """Status, headers and body for this request."""
    kind, body = _said(_door(environ), _language(environ))
    wait = str(SOONEST + secrets.randbelow(LATEST - SOONEST + 1))
    secure = [("Strict-Transport-Security", f"max-age={settings.SECURE_HSTS_SECONDS}")] if settings.SECURE else []
    return STATUS, [("Content-Type", kind), ("Retry-After", wait), *ALWAYS, *secure], body


def _door(environ: dict[str, Any]) -> str:
    path = environ.get("PATH_INFO", "")
    for door in ("api", "epix"):
        if path.startswith(f"/{door}/"):
            return door
    return "page" if "text/html" in environ.get("HTTP_ACCEPT", "") else "plain"


def _language(environ: dict[str, Any]) -> str:
    """What the browser likes best, of the languages of our pages; no more is asked of it here."""
    first = environ.get("HTTP_ACCEPT_LANGUAGE", "")[:2].lower()
    return first if first in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE


@cache
def _said(door: str, language: str) -> tuple[str, bytes]:
    """Content type and body: four doors in four languages, each written once."""
    with override(language if door in ("page", "plain") else "en"):
        title, sentence = str(TITLE), str(SENTENCE)
    if door == "api":
        return api.PROBLEM, json.dumps({"type": f"{api.TYPE}busy", "title": title, "status": 503, "detail": sentence,
                                        "code": "busy", "basis": []}, separators=(",", ":")).encode()
    if door == "epix":
        return "text/xml; charset=utf-8", FAULT.format(escape(sentence)).encode()
    if door == "plain":
        return "text/plain; charset=utf-8", f"{sentence}\n".encode()
    way = "rtl" if language == "ar" else "ltr"
    return "text/html; charset=utf-8", (
        f'<!doctype html>\n<html lang="{language}" dir="{way}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<meta name="color-scheme" content="light dark">'
        f"<title>{escape(title)}</title></head><body><main><h1>{escape(title)}</h1><p>{escape(sentence)}</p>"
        "</main></body></html>\n").encode()
