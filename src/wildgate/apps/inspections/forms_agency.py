"""What customs ask another agency, and what its people type about each line, read once at the door."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext as _

from wildgate.apps.inspections import forms
from wildgate.apps.inspections.selectors.agencies import Row
from wildgate.apps.inspections.services.asking_agencies import Told
from wildgate.convention.permit import plain

NAMES = ("quantity", "unit", "in_order", "remark")
ASKS = ("agency", "question", "due_at", "note")


def answer_lines(data: QueryDict, places: Iterable[int]) -> dict[int, Told]:
    """What was typed for each line."""
    return {place: Told(**_typed(data, place)) for place in places}


def _typed(data: QueryDict, place: int) -> dict[str, str]:
    return {name: str(data.get(f"{name}-{place}", "")).strip()[:400] for name in NAMES}


def first_words(row: Row, data: QueryDict | None) -> dict[str, str]:
    """What stands in the inputs of a line: what was typed; before that the agency's own answer, else what customs
    verified, else what another agency did. Whether it is in order nobody says for the agency."""
    if data:
        return _typed(data, row.position)
    if row.own is not None:
        return {"quantity": plain(row.own.quantity), "unit": row.own.unit, "remark": row.own.remark,
                "in_order": "yes" if row.own.in_order else "no"}
    if row.ours is not None:
        return {"quantity": plain(row.ours), "unit": row.unit}
    newest = row.others[-1] if row.others else None
    return {"quantity": plain(newest.quantity), "unit": newest.unit} if newest else {"unit": row.unit}


def asked(data: QueryDict) -> dict[str, Any]:
    """What customs ask; a time that cannot be read is none."""
    given = {name: str(data.get(f"ask_{name}", ""))[:600] for name in ASKS}
    return {**given, "due_at": moment(given["due_at"])}


def moment(text: str) -> datetime | None:
    """A time in UTC."""
    try:
        found = forms.moment(_("By when")).clean(text)
    except ValidationError:
        return None
    return found if isinstance(found, datetime) else None
