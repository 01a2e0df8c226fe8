"""The SOAP service of the four operations at `/epix/v1` and `/epix/v2` (EPIX 2016-17, reconstructed)."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.translation import override

from wildgate.apps.exchange import answering, outbox, routing
from wildgate.apps.exchange.door import caller, wire_of
from wildgate.apps.partners.models import Partner
from wildgate.convention.refusal import Refusal, refuse
from wildgate.kit import api
from wildgate.message import soap, wsdl
from wildgate.message.soap import Answer, Call

XML: Final = "text/xml; charset=utf-8"
OURS: Final = frozenset({"too-many-calls", "internal"})
"""Faults after which the same call may be made again."""
PARTS: Final = ("message", "ram")


def by_certificate(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Mark a view that asks for a partner's certificate itself; its description is open to anyone."""
    @wraps(view)
    def marked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        with override("en"):
            return view(request, *args, **kwargs)
    marked.access_rule = "key"  # type: ignore[attr-defined]
    marked.csrf_exempt = True  # type: ignore[attr-defined]
    return marked


@by_certificate
def service(request: HttpRequest, version: str) -> HttpResponse:
    """`?wsdl` and `?xsd=` describe the service; a POST calls it."""
    if request.method in ("GET", "HEAD"):
        return _described(request, version)
    if request.method != "POST":
        return HttpResponse(status=405, headers={"Allow": "GET, POST"})
    partner = caller(request, f"soap-{version}")
    if isinstance(partner, Refusal):
        return _answered(soap.write_fault(partner), failed=True)
    if soap.in_parts(request.headers.get("Content-Type", "")):
        return _answered(soap.write_fault(soap.IN_PARTS), failed=True)
    body = api.take_body(request, soap.MAX_CALL)
    if isinstance(body, Refusal):
        return _answered(soap.write_fault(body), failed=True)
    return _call(request, partner, body, version)


def _call(request: HttpRequest, partner: Partner, body: bytes, version: str) -> HttpResponse:
    at = request.at  # type: ignore[attr-defined]
    call = soap.read_call(body, version)
    if isinstance(call, Call) and call.country not in ("", settings.PARTY) and routing.ask is not None:
        passed = routing.ask(partner, call, at)
        return _answered(written(passed), failed=isinstance(passed, Refusal))
    outcome, said = answering.serve(partner=partner, call=call, at=at, write=written,
                                    wire=wire_of(request, partner, f"soap-{version}", body))
    outbox.note_seen(partner.code, at)
    return _answered(said, failed=isinstance(outcome, Refusal))


def written(outcome: Answer | Refusal) -> bytes:
    """An answer, or a fault with the words of 2017 and our code in its detail."""
    if isinstance(outcome, Refusal):
        return soap.write_fault(outcome, client=outcome.code not in OURS)
    return soap.write_answer(outcome)


def _answered(body: bytes, *, failed: bool) -> HttpResponse:
    """SOAP 1.1 over HTTP: a fault has the status 500 (section 6.2)."""
    return HttpResponse(body, content_type=XML, status=500 if failed else 200, headers={"Cache-Control": "no-store"})


def _described(request: HttpRequest, version: str) -> HttpResponse:
    asked = {name.lower(): value for name, value in request.GET.items()}
    if "wsdl" in asked:
        return HttpResponse(wsdl.wsdl(version, request.build_absolute_uri(request.path)), content_type=XML)
    part = str(asked["xsd"] or PARTS[0]) if "xsd" in asked else ""
    if part in PARTS:
        return HttpResponse(wsdl.xsd(version, part), content_type=XML)
    fault = refuse("operation-not-available", "Ask for ?wsdl, or send a SOAP message by POST.")
    return HttpResponse(soap.write_fault(fault), content_type=XML, status=405, headers={"Allow": "GET, POST"})
