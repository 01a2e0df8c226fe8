"""The machine interface at /api/v1/: every app's operations, their description, and one form for every refusal."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterator
from functools import wraps
from typing import Any, Final

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, path
from django.utils.translation import override
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError
from ninja.operation import Operation, PathView
from ninja.parser import Parser

from wildgate.apps.accounts.gate import public
from wildgate.apps.carriers.api import router as carrier
from wildgate.apps.declarations.api import router as declarations
from wildgate.apps.declarations.api_permits import router as permits
from wildgate.apps.exchange.api import router as exchange
from wildgate.apps.exchange.door import Certificate
from wildgate.apps.gateway import door
from wildgate.apps.gateway.api import router as gateway
from wildgate.apps.permits.api import Anyone
from wildgate.apps.permits.api import router as verification
from wildgate.convention.refusal import Refusal, refuse
from wildgate.kit import api as kit
from wildgate.site import unable

log = logging.getLogger(__name__)
PREFIX: Final = "/api/v1"
ABOUT: Final = ("Customs systems, single windows and carriers call these operations with the key of their program: "
                "`Authorization: Bearer wg_...`. Every refusal is problem JSON (RFC 9457) with a stable `code` and one "
                "sentence. Quantities are text or numbers with a decimal point, times are ISO 8601 with an offset.")

NULL: Final = refuse("hidden-signs", "The address holds a null character.")


class Strict(Parser):
    """Bodies of operations that name a schema, read by our own rules."""

    def parse_body(self, request: HttpRequest) -> Any:
        found = kit.read_json(request.body)
        if not isinstance(found, Refusal | dict):  # a number has attributes too, and would pass for an empty object
            found = refuse("not-as-described", "The message is no object.")
        if isinstance(found, Refusal):
            request.unread = found  # type: ignore[attr-defined]
            raise kit.Refused(found)
        return found


api = NinjaAPI(title="Wildgate", version="1.0.0", description=ABOUT, urls_namespace="api", docs_url=None,
               openapi_url=None, parser=Strict())


@api.exception_handler(kit.Refused)
def refused(request: HttpRequest, fault: Any) -> HttpResponse:
    return kit.problem(fault.refusal, wait=fault.wait)


@api.exception_handler(AuthenticationError)
def no_key(request: HttpRequest, fault: Any) -> HttpResponse:
    return kit.problem(door.NO_KEY)


@api.exception_handler(HttpError)
def http_error(request: HttpRequest, fault: Any) -> HttpResponse:
    """The framework's own "no": a body that our parser refused comes this way too."""
    unread = getattr(request, "unread", None)
    if unread is not None:
        return kit.problem(unread)
    return kit.problem(refuse("unreadable", "The message cannot be read."), status=fault.status_code)


@api.exception_handler(Http404)
def not_there(request: HttpRequest, fault: Any) -> HttpResponse:
    return kit.problem(refuse("no-such-thing", "There is no such thing."))


@api.exception_handler(ValidationError)
def invalid(request: HttpRequest, fault: Any) -> HttpResponse:
    """What does not fit the schema: the first fault is the answer, all of them stand in `faults`."""
    faults = [{"code": "not-as-described", "field": field_of(each["loc"]), "reason": f"{each['msg']}."}
              for each in fault.errors[:50]]
    first = faults[0] if faults else {"field": "", "reason": "The message does not fit its description."}
    sentence = f"{first['field']}: {first['reason']}" if first["field"] else first["reason"]
    return kit.problem(Refusal("not-as-described", sentence, field=first["field"] or None), more={"faults": faults})


@api.exception_handler(Exception)
def failed(request: HttpRequest, fault: Any) -> HttpResponse:
    """Our own fault: it is written down here, and the program is told nothing but that. A full disk or a database that
    is away is none: the program comes again later."""
    if (trouble := unable.trouble_of(fault)) is not None:
        return unable.answer(request.path, trouble)
    log.exception("operation %s failed", request.path, exc_info=fault)
    return kit.problem(refuse("internal", "Something failed here; it is written down. Send the message again later."),
                       status=500)


def field_of(place: tuple[Any, ...]) -> str:
    """Where in the message: `items[0].hs`. The framework puts `body` and the parameter's name before it."""
    parts = place[2:] if place[:1] == ("body",) else place[1:]
    out = ""
    for part in parts:
        out += f"[{part}]" if isinstance(part, int) else f".{part}" if out else str(part)
    return out


api.add_router("", gateway)
api.add_router("", verification)
api.add_router("/carrier", carrier)
api.add_router("/declarations", declarations)
api.add_router("/permits", permits)
api.add_router("/exchange", exchange)


def operations() -> Iterator[tuple[str, Operation]]:
    """Every operation with its address."""
    for prefix, view in _views():
        for operation in view.operations:
            yield prefix, operation


def _views() -> Iterator[tuple[str, PathView]]:
    for bound in api._get_bound_routers():
        for route, view in bound.path_operations.items():
            yield f"{PREFIX}{bound.prefix}{route}".replace("//", "/"), view


def rule_of(operation: Operation) -> str:
    """The access rule of an operation in words; empty when it names none."""
    guards = (each for each in operation.auth_callbacks if isinstance(each, door.Key | Certificate | Anyone))
    return next((each.rule for each in guards), "")


def document() -> dict[str, Any]:
    """The description (OpenAPI 3.1), with the refusals that every operation may answer."""
    found: dict[str, Any] = api.get_openapi_schema(path_prefix=f"{PREFIX}/")
    found["servers"] = [{"url": "/"}]
    found["components"]["schemas"]["Problem"] = dict(kit.FAULT)
    guards = {(route, method): operation.auth_callbacks for route, operation in operations()
              for method in operation.methods}
    for route, methods in found["paths"].items():
        for method, said in methods.items():
            said["responses"] = {str(status): answer for status, answer in _answers(
                said, guards[route, method.upper()][0]).items()}
    return found


def _answers(said: dict[str, Any], guard: object) -> dict[int, Any]:
    """Its own answers, then who may not call; what cannot be read, where there is something to read; our own fault."""
    own = {status: answer for status, answer in said["responses"].items() if "content" in answer}
    places = {each["in"] for each in said.get("parameters", ())}
    counted, closed = isinstance(guard, door.Key | Anyone), not isinstance(guard, Anyone)
    numbers = [*([401, 403] if closed else []), *([400, 413] if said.get("requestBody") else []),
               *([404] if "path" in places else []), *([422] if said.get("requestBody") or places else []),
               *([429] if counted else []), 500, 503]
    found = {**{number: dict(kit.REFUSED) for number in numbers}, **own}
    if closed:
        found[401] = {**found[401], "headers": {"WWW-Authenticate": {"required": True, "schema": {"const": "Bearer"}}}}
    for number in (429, 503):
        if number in found:
            found[number] = {**found[number], "headers": {"Retry-After": {
                "description": "Seconds to wait", "required": True, "schema": {"type": "integer", "minimum": 1}}}}
    return dict(sorted(found.items()))


def _logged(view: Callable[..., HttpResponse], route: str, rule: str) -> Callable[..., HttpResponse]:
    """Every call is counted in its program's log, whatever the answer; sentences are English for programs."""
    @wraps(view)
    def counted(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        with override("en"):
            answer = kit.problem(NULL) if _holds_null(request) else view(request, *args, **kwargs)
            if answer.status_code == 405:
                answer = _not_that_way(answer)
        door.note(request, f"{request.method} {route}", answer.status_code)
        return answer
    counted.access_rule = rule  # type: ignore[attr-defined]
    counted.csrf_exempt = True  # type: ignore[attr-defined]
    return counted


def _holds_null(request: HttpRequest) -> bool:
    """PostgreSQL keeps no text with a null character and fails on it; neither name nor number of ours has one."""
    return "\0" in request.path or any("\0" in value for values in request.GET.lists() for value in values[1])


def _not_that_way(answer: HttpResponse) -> HttpResponse:
    told = kit.problem(refuse("no-such-method", "This address takes %(methods)s.", methods=answer["Allow"]), status=405)
    told["Allow"] = answer["Allow"]
    return told


@public
def openapi(request: HttpRequest) -> HttpResponse:
    """The description that programs read (OpenAPI 3.1)."""
    return kit.answered(document())


@public
def docs(request: HttpRequest) -> HttpResponse:
    """The same description for people: every operation, its rule, its parameters. No script, nothing from elsewhere."""
    return render(request, "site/api.html", {"groups": _groups(), "about": ABOUT.replace("`", "")})


@public
def nowhere(request: HttpRequest, rest: str = "") -> HttpResponse:
    """An address below ours that is no operation: programs get a problem here too, not a page."""
    return kit.problem(refuse("no-such-thing", "There is no such operation. See /api/v1/openapi.json."))


def _groups() -> list[dict[str, Any]]:
    found = document()
    rules = {(route, method): rule_of(operation) for route, operation in operations() for method in operation.methods}
    groups: dict[str, list[dict[str, Any]]] = {}
    for address, methods in found["paths"].items():
        for method, said in methods.items():
            tag = (said.get("tags") or [""])[0]
            groups.setdefault(tag, []).append({
                "id": said["operationId"], "method": method.upper(), "path": address, "summary": said.get("summary"),
                "description": said.get("description", ""), "parameters": said.get("parameters", []),
                "rule": rules.get((address, method.upper()), ""),
                "body": _example(said.get("requestBody"), found)})
    return [{"tag": tag, "operations": rows} for tag, rows in groups.items()]


def _example(body: dict[str, Any] | None, whole: dict[str, Any]) -> list[dict[str, Any]]:
    """The kinds of body that an operation takes, each with its example or the fields of its schema."""
    out = []
    for kind, said in (body or {}).get("content", {}).items():
        schema = said.get("schema", {})
        name = str(schema.get("$ref", "")).rpartition("/")[2]
        found = whole.get("components", {}).get("schemas", {}).get(name, schema)
        example = said.get("example")
        out.append({"kind": kind, "example": example if isinstance(example, str) or example is None
                    else json.dumps(example, indent=1, ensure_ascii=False),
                    "fields": [{"name": field, "needed": field in found.get("required", []),
                                "description": about.get("description", about.get("title", ""))}
                               for field, about in found.get("properties", {}).items()]})
    return out


def _patterns() -> list[URLPattern]:
    found, open_to_all = [], {operation.operation_id for _route, operation in operations()
                              if isinstance(operation.auth_callbacks[0], Anyone)}
    for each in api._get_urls():
        if isinstance(each, URLPattern) and each.name != "api-root":
            rule = "public" if each.name in open_to_all else "key"
            found.append(path(str(each.pattern), _logged(each.callback, str(each.pattern), rule), name=each.name))
    return found


urlpatterns = [path("openapi.json", openapi, name="api-openapi"), path("docs", docs, name="api-docs"), *_patterns(),
               path("<path:rest>", nowhere, name="api-nowhere")]
