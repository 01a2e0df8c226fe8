"""The calls of a customs single window on our permits: match, check, reserve, consume, give back, amend, withdraw,
override, record, list, outage (after Implementing Regulation (EU) 2024/2145). Each is done once, however often sent."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Annotated, Any, Final, Literal

from django.http import HttpRequest, HttpResponse
from ninja import Router, Schema
from pydantic import AfterValidator, AwareDatetime, BeforeValidator, ConfigDict, Field, StrictBool

from wildgate.apps.accounts.models import Role
from wildgate.apps.balances.asking import Documents, Notice, Outcome, Record, Search, WriteOff
from wildgate.apps.customs.services import writing_off
from wildgate.apps.customs.services.consuming import consume_each
from wildgate.apps.gateway.door import Key
from wildgate.apps.permits.for_systems import as_data
from wildgate.apps.permits.selectors import permit
from wildgate.convention.lifecycle import PermitState
from wildgate.convention.refusal import Refusal, refuse
from wildgate.kit import api, events

router = Router(tags=["permits"])
KEY: Final = Key(Role.CUSTOMS_SYSTEM)
Text = Annotated[str, Field(max_length=200)]
Code = Annotated[str, Field(max_length=40)]
Whole = Annotated[int, Field(strict=True, ge=1, le=32_000)]
Quantity = Annotated[Decimal, Field(ge=0, max_digits=20, decimal_places=6)]


def _as_said(value: Any) -> Any:
    """Only text is a day or a time: a bare number would be read as seconds."""
    if isinstance(value, str) and value[:1].isdigit() and "-" in value:
        return value
    raise ValueError("a day or time is text such as 2027-03-31")


def _on_the_calendar(value: datetime) -> datetime:
    """In UTC it must still be a time that can be written: years 1 and 9999 end there for some offsets."""
    try:
        return value.astimezone(UTC) and value
    except OverflowError:
        raise ValueError("the time is beyond the calendar") from None


Day = Annotated[date, BeforeValidator(_as_said)]
Moment = Annotated[AwareDatetime, BeforeValidator(_as_said), AfterValidator(_on_the_calendar)]
LINE: Final = api.thing(**dict.fromkeys(("block", "taxon", "term", "unit", "authorised", "reserved", "consumed",
                                         "overridden", "available"), api.TEXT))
OUTCOME: Final = api.thing(
    {"stage": api.TEXT, "line": LINE, "quantity": api.TEXT, "movement": api.WHOLE, "reserved_until": api.MOMENT,
     "endorsement": api.TEXT}, call=api.TEXT, number=api.TEXT, kind=api.TEXT, state=api.TEXT, valid_until=api.DAY,
    quantity_managed=api.YES_NO, repeated=api.YES_NO)
SAYS: Final = api.says(OUTCOME)
LISTED: Final = api.says(api.thing(documents=api.rows(OUTCOME), page=api.WHOLE, pages=api.WHOLE, total=api.WHOLE))


class Strict(Schema):
    """Names that nobody knows are refused: a slip of the pen must not change what is asked."""

    model_config = ConfigDict(extra="forbid")


class Asked(Strict):
    """One item of one version of a declaration against one line of one permit."""

    number: Code = Field(description="Number of the permit; spaces, strokes and case do not matter")
    country: Code = Field("", description="Country that issued it; ours when empty")
    issued_on: Day | None = Field(None, description="Day of issue")
    block: Code | None = Field(None, description="Line of the permit (A, B ...); empty: the only one that fits")
    taxon: Text = Field("", description="Scientific name")
    term: Code = Field("", description="CITES term")
    quantity: Quantity | None = Field(None, description="Quantity as text or number")
    unit: Code = Field("", description="CITES unit; that of the permit when empty")
    reference: Annotated[str, Field(max_length=70)] = Field(
        "", description="Number of the declaration; only a question needs none")
    item: Whole = Field(1, description="Item of the declaration")
    version: Whole = Field(1, description="Version of the declaration, from 1")
    procedure: Code = Field("", description="Customs procedure, such as 1000")
    post: Annotated[str, Field(max_length=60)] = Field("", description="Border post")
    transport_document: Annotated[str, Field(max_length=48)] = Field("", description="Air waybill, bill of lading")
    packages: Whole | None = Field(None, description="Number of packages")
    exporter: Text = Field("", description="Exporter as declared; compared when given")
    importer: Text = Field("", description="Importer as declared; compared when given")
    destination: Code = Field("", description="Country of destination; compared when given")

    def write_off(self) -> WriteOff:
        return WriteOff(**{name: getattr(self, name) for name in Asked.model_fields})


class Batch(Strict):
    """Items that were released, in the order in which they are to be written off."""

    calls: list[Asked] = Field(min_length=1, max_length=500, description="Up to 500, each as for a single one")


class Overriding(Asked):
    """A write-off against the ledger's answer."""

    reason: Annotated[str, Field(max_length=500)] = Field("", description="Why")
    authority: Text = Field("", description="Which authority was asked")


class Recording(Strict):
    """Data that a sector law wants from customs beside a write-off."""

    reference: Annotated[str, Field(max_length=70)]
    item: Whole = 1
    number: Code
    data: dict[Code, Text] = Field(default_factory=dict, max_length=30)


class Searching(Strict):
    """Parameters of a list of documents."""

    state: Code = Field("", description="Any when empty", json_schema_extra={"enum": ["", *PermitState]})
    kind: Code = ""
    country: Code = ""
    since: Moment | None = None
    valid_on: Day | None = None
    numbers: list[Code] = Field(default_factory=list, max_length=500)
    page: Whole = 1


class Announcing(Strict):
    """An outage: planned or not, from when, until when where that is known."""

    planned: StrictBool
    begins_at: Moment
    ends_at: Moment | None = None
    why: Annotated[str, Field(max_length=500)] = ""


def _called(request: HttpRequest, call: Callable[..., Any], asked: object, **more: Any) -> HttpResponse:
    at: datetime = request.at  # type: ignore[attr-defined]
    outcome = call(actor=request.actor, asked=asked, at=at, **more)  # type: ignore[attr-defined]
    if isinstance(outcome, Refusal):
        return api.problem(outcome)
    if isinstance(outcome, Outcome):
        return api.answered(outcome.as_json())
    if isinstance(outcome, Documents):
        return api.answered({"documents": [each.as_json() for each in outcome.found], "page": outcome.page,
                             "pages": outcome.pages, "total": outcome.total})
    return api.answered({"announced": outcome})


@router.post("/match", auth=KEY, operation_id="match", openapi_extra=SAYS)
def match(request: HttpRequest, asked: Asked) -> HttpResponse:
    """May this permit be used for this customs procedure, and are quantities counted? Nothing is written."""
    return _called(request, writing_off.match, asked.write_off())


@router.post("/check", auth=KEY, operation_id="check", openapi_extra=SAYS)
def check(request: HttpRequest, asked: Asked) -> HttpResponse:
    """Is the permit there, usable, and enough? A declaration that checked a permit is told by a notice when the permit
    is suspended, cancelled, replaced or corrected, as long as the declaration is open."""
    return _called(request, writing_off.check, asked.write_off())


@router.post("/reserve", auth=KEY, operation_id="reserve", openapi_extra=SAYS)
def reserve(request: HttpRequest, asked: Asked) -> HttpResponse:
    """The declaration was accepted: set its quantity aside. What nobody releases comes back by itself."""
    return _called(request, writing_off.reserve, asked.write_off())


@router.post("/consume", auth=KEY, operation_id="consume", openapi_extra=SAYS)
def consume(request: HttpRequest, asked: Asked) -> HttpResponse:
    """The goods were released or left: the real quantity is written off, and the permit endorsed."""
    return _called(request, writing_off.consume, asked.write_off())


@router.post("/consume/batch", auth=KEY, operation_id="consume_batch", openapi_extra=api.says(api.thing(
    answers=api.rows({"anyOf": [OUTCOME, {"$ref": "#/components/schemas/Problem"}]}))))
def consume_batch(request: HttpRequest, asked: Batch) -> HttpResponse:
    """Release up to 500 items in one message. Each is answered by itself, in the order of the message, as `consume`
    answers it; one that is refused does not hold the others. Sent again, it is answered again."""
    request.things = len(asked.calls)  # type: ignore[attr-defined]
    found = consume_each(actor=request.actor, at=request.at,  # type: ignore[attr-defined]
                         asked=[each.write_off() for each in asked.calls])
    return api.answered({"answers": [api.problem_said(each) if isinstance(each, Refusal) else each.as_json()
                                     for each in found]})


@router.post("/give-back", auth=KEY, operation_id="give_back", openapi_extra=SAYS)
def give_back(request: HttpRequest, asked: Asked) -> HttpResponse:
    """The goods were not released: what was set aside is free again."""
    return _called(request, writing_off.give_back, asked.write_off())


@router.post("/amend", auth=KEY, operation_id="amend_write_off", openapi_extra=SAYS)
def amend(request: HttpRequest, asked: Asked) -> HttpResponse:
    """The declaration was corrected after release: what was written off becomes this quantity."""
    return _called(request, writing_off.amend, asked.write_off())


@router.post("/withdraw", auth=KEY, operation_id="withdraw_write_off", openapi_extra=SAYS)
def withdraw(request: HttpRequest, asked: Asked) -> HttpResponse:
    """The declaration was invalidated after release: what was written off is free again."""
    return _called(request, writing_off.withdraw, asked.write_off())


@router.post("/override", auth=KEY, operation_id="override", openapi_extra=SAYS)
def override(request: HttpRequest, asked: Overriding) -> HttpResponse:
    """Write off against the ledger's answer. It takes a customs supervisor, who does it at the desk: a program is
    answered not-allowed, and its officers are sent there."""
    return _called(request, writing_off.override, asked.write_off(), reason=asked.reason, authority=asked.authority)


@router.post("/record", auth=KEY, operation_id="record", openapi_extra=SAYS)
def record(request: HttpRequest, asked: Recording) -> HttpResponse:
    """Enter what a sector law wants from customs beside a write-off; a later entry takes its place."""
    return _called(request, writing_off.record, Record(asked.reference, asked.item, asked.number, dict(asked.data)))


@router.post("/list", auth=KEY, operation_id="list_permits", openapi_extra=LISTED)
def list_permits(request: HttpRequest, asked: Searching) -> HttpResponse:
    """Permits by state, kind, country, day of validity or change, a page at a time; no names and addresses."""
    return _called(request, writing_off.list_documents, Search(
        asked.state, asked.kind, asked.country, asked.since, asked.valid_on, tuple(asked.numbers), asked.page))


@router.post("/outage", auth=KEY, operation_id="outage", openapi_extra=api.says(api.thing(announced=api.WHOLE)))
def outage(request: HttpRequest, asked: Announcing) -> HttpResponse:
    """Announce that your system is or will be out of reach. Officers see it, other programs are told by a notice."""
    return _called(request, writing_off.outage, Notice(asked.planned, asked.begins_at, asked.ends_at, asked.why))


@router.get("/{number}/{form}", auth=KEY, operation_id="permit_data", openapi_extra=api.says(api.ANY))
def permit_data(request: HttpRequest, number: str, form: Literal["lpco", "one-record", "uncefact"]) -> HttpResponse:
    """One permit in the words of another system: a single window's answer (`lpco`, without names), IATA ONE Record
    (`one-record`, with the boxes that it could not carry), or JSON by the names of UN/CEFACT (`uncefact`)."""
    actor, at = request.actor, request.at  # type: ignore[attr-defined]
    found = permit(actor, number[:40])
    if found is None:
        return api.problem(refuse("no-such-thing", "There is no permit with this number that you may see."))
    events.note_read(found.subject, party=found.party, actor=actor.label, at=at)
    return api.answered(as_data(found, form, at.date()))
