"""What every program may ask about itself: who it is here, its log, its notices."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Any, Final

from django.http import HttpRequest, HttpResponse
from ninja import Router, Schema
from pydantic import Field, StrictInt

from wildgate.apps.gateway import selectors, services
from wildgate.apps.gateway.door import Key
from wildgate.kit import api

router = Router(tags=["program"])
MOST_DAYS = 366
Days = Annotated[int, Field(ge=1, le=MOST_DAYS)]
After = Annotated[int, Field(ge=0, le=2**62)]


COUNTS: Final = {"calls": api.WHOLE, "things": api.WHOLE}
PROGRAM: Final = api.thing(program=api.TEXT, role=api.TEXT, party=api.TEXT, daily_quota=api.WHOLE,
                           per_minute=api.WHOLE, left_today=api.WHOLE)
LOG: Final = api.thing(until=api.DAY, days=api.rows(api.thing(
    day=api.DAY, taken=api.WHOLE, refused=api.WHOLE, **COUNTS,
    by_answer=api.rows(api.thing(operation=api.TEXT, status=api.WHOLE, **COUNTS)))), **{"from": api.DAY})
NOTICES: Final = api.thing(more=api.YES_NO, notices=api.rows(api.thing(
    seq=api.WHOLE, kind=api.TEXT, subject=api.TEXT, at=api.MOMENT, data=api.ANY)))


class Got(Schema):
    """Up to which notice the program has everything."""

    until: StrictInt = Field(ge=0, le=2**62, description="The greatest `seq` that you have stored.")


@router.get("/program", auth=Key(), operation_id="program", openapi_extra=api.says(PROGRAM))
def program(request: HttpRequest) -> HttpResponse:
    """Who your key belongs to, and what it may still call today."""
    found: Any = request.program  # type: ignore[attr-defined]
    day = request.at.date()  # type: ignore[attr-defined]
    return api.answered({"program": found.name, "role": found.role, "party": found.party,
                         "daily_quota": found.daily_quota, "per_minute": found.per_minute,
                         "left_today": selectors.left_today(found, day)})


@router.get("/log", auth=Key(), operation_id="log", openapi_extra=api.says(LOG))
def log(request: HttpRequest, days: Days = 31) -> HttpResponse:
    """Your calls by day, operation and answer: the same figures that the administrator sees."""
    found: Any = request.program  # type: ignore[attr-defined]
    day = request.at.date()  # type: ignore[attr-defined]
    return api.answered({"from": day - timedelta(days=days - 1), "until": day, "days": [
        {"day": each.day, "calls": each.calls, "taken": each.taken, "refused": each.refused, "things": each.things,
         "by_answer": [{"operation": row.operation, "status": row.status, "calls": row.calls, "things": row.things}
                       for row in each.rows]}
        for each in selectors.log(found, until=day, days=days)]})


@router.get("/notices", auth=Key(), operation_id="notices", openapi_extra=api.says(NOTICES))
def notices(request: HttpRequest, after: After = 0) -> HttpResponse:
    """What you are to be told, oldest first, until you confirm it: a permit that a declaration of yours rests on was
    suspended, cancelled, replaced or corrected; an outage. Ask again with the greatest `seq` while `more` is true."""
    found: Any = request.program  # type: ignore[attr-defined]
    rows = selectors.notices(found, after)
    return api.answered({"notices": [{"seq": each.pk, "kind": each.kind, "subject": each.subject, "at": each.at,
                                      "data": each.data} for each in rows],
                         "more": len(rows) == selectors.MOST_NOTICES})


@router.post("/notices/acknowledge", auth=Key(), operation_id="acknowledge",
             openapi_extra=api.says(api.thing(acknowledged=api.WHOLE)))
def acknowledge(request: HttpRequest, got: Got) -> HttpResponse:
    """Confirm what you have stored; it is not given again."""
    found: Any = request.program  # type: ignore[attr-defined]
    at = request.at  # type: ignore[attr-defined]
    return api.answered({"acknowledged": services.acknowledge(program=found, until=got.until, at=at)})
