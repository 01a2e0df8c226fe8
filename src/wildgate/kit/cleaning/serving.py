"""Handing out working copies so that nothing in them can act in a browser."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.utils.http import content_disposition_header

from wildgate.kit.cleaning.kinds import TYPES
from wildgate.kit.cleaning.models import Held


def attachment(held: Held) -> HttpResponse:
    """The working copy as a download. Http404 where there is none."""
    return _answer(held, as_attachment=True)


def preview(held: Held) -> HttpResponse:
    """A picture's working copy, to be shown in a page by <img>. Http404 for anything else."""
    if not held.is_picture:
        raise Http404
    return _answer(held, as_attachment=False)


def original(held: Held, data: bytes) -> HttpResponse:
    """The bytes that `keeping.opened` gave, as a download of no type at all."""
    return _guarded(data, "application/octet-stream", f"original-{held.digest[:12]}.bin", as_attachment=True)


def _answer(held: Held, *, as_attachment: bool) -> HttpResponse:
    if held.forgotten_at or held.file is None:
        raise Http404
    try:
        data = held.file.read_bytes()
    except FileNotFoundError:
        raise Http404 from None
    return _guarded(data, TYPES[held.ending], f"attachment-{held.digest[:12]}.{held.ending}",
                    as_attachment=as_attachment)


def _guarded(data: bytes, type_: str, name: str, *, as_attachment: bool) -> HttpResponse:
    """Of its type and no other, in no frame, from no other site, in no cache, and with no right to anything."""
    return HttpResponse(data, content_type=type_, headers={
        "Content-Disposition": content_disposition_header(as_attachment, name) or "attachment",
        "X-Content-Type-Options": "nosniff", "Content-Security-Policy": "default-src 'none'; sandbox",
        "Cross-Origin-Resource-Policy": "same-origin", "Cache-Control": "no-store", "Referrer-Policy": "no-referrer"})
