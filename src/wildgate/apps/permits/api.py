"""Is this permit real? The public page's question as an operation for programs: no key, the same verdict, JSON."""

from __future__ import annotations

from datetime import datetime
from functools import cache
from typing import Annotated, Any, Final, Literal

from allauth.account.adapter import get_adapter
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from ninja import Router, Schema
from pydantic import ConfigDict, Field

from wildgate.apps.permits.crowding import crowd
from wildgate.apps.permits.verification import verify
from wildgate.convention.refusal import Refusal
from wildgate.kit import api
from wildgate.seal.verdict import Role

router = Router(tags=["verification"])
LONGEST: Final = 16_000
"""Signs of what is shown: the text of every page of a long permit."""
BODY: Final = 2 * LONGEST
"""Bytes of a message: with the names around the text, and its ends of line as JSON writes them."""


class Anyone:
    """Guards an operation that is open to all: so many calls a minute from one address, and no long message."""

    rule: Final = "anyone, within the number of checks a minute that one network address has"

    def __call__(self, request: HttpRequest) -> bool:
        at: Any = request.at  # type: ignore[attr-defined]
        if crowded := crowd.refuse(address_of(request), at, settings.VERIFY_A_MINUTE):
            raise api.Refused(crowded, wait=60 - at.second)
        if isinstance(body := api.take_body(request, BODY), Refusal):
            raise api.Refused(body)
        return True


def address_of(request: HttpRequest) -> str:
    """Where the request comes from; empty when the server does not tell, as behind a socket file."""
    try:
        return str(_adapter().get_client_ip(request))
    except PermissionDenied:
        return ""


@cache
def _adapter() -> Any:
    """Looked up by its name, which takes longer than what is asked of it."""
    return get_adapter()


class Shown(Schema):
    """What somebody shows."""

    model_config = ConfigDict(extra="forbid")
    code: Annotated[str, Field(min_length=1, max_length=LONGEST)] = Field(
        description="The text of the square code; of a permit with several pages the codes of all, one a line")
    role: Literal["public", "export", "carrier", "import"] = Field(
        "public", description="Who asks: the answer to customs at export is another than that at import")


VERDICT: Final = api.thing(
    genuine=api.YES_NO, state=api.TEXT, answer={"type": "string", "enum": ["accept", "hold", "refuse"]},
    reasons=api.rows(api.ANY), facts=api.ANY, age={"type": ["integer", "null"]},
    lists_as_of={"type": ["string", "null"]}, digest={"type": ["string", "null"]}, faults=api.rows(api.ANY),
    signature={"type": ["object", "null"]}, message_signature={"type": ["object", "null"]},
    register={"type": ["object", "null"]})


@router.post("/verify", auth=Anyone(), operation_id="verify_code", openapi_extra=api.says(VERDICT))
def verify_code(request: HttpRequest, shown: Shown) -> HttpResponse:
    """Is this permit real, and may it be used? Nothing is written down, and who asks is not kept."""
    return told(shown, request.at)  # type: ignore[attr-defined]


def told(shown: Shown, at: datetime) -> HttpResponse:
    """The verdict, or why there is none."""
    found = verify(shown.code.encode(), "", Role(shown.role), at, home=settings.HOME)
    return api.problem(found) if isinstance(found, Refusal) else api.answered(found.as_json())
