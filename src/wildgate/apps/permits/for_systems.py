"""A permit as data for other systems: a trade portal's answer (LPCO), air cargo (ONE Record), the names of UN/CEFACT.

Made when asked for and not kept: the sealed message stays the one that counts.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, Final

from wildgate.apps.permits.models import Permit
from wildgate.apps.permits.selectors import state_of
from wildgate.convention.lifecycle import CaseState
from wildgate.message.one_record import one_record
from wildgate.message.plain import consent, uncefact_json


def _lpco(permit: Permit, on: date) -> dict[str, Any]:
    return consent(CaseState(permit.application.state), permit.record, state_of(permit.status, permit.valid_until, on))


def _one_record(permit: Permit, _on: date) -> dict[str, Any]:
    """The objects, and which boxes they have no place for."""
    objects, lost = one_record(permit.record)
    return {"epermit": objects, "notCarried": lost}


FORMS: Final[Mapping[str, Callable[[Permit, date], dict[str, Any]]]] = {
    "lpco": _lpco, "one-record": _one_record, "uncefact": lambda permit, _on: uncefact_json(permit.record)}


def as_data(permit: Permit, form: str, on: date) -> dict[str, Any]:
    """The permit in one of `FORMS`, as it stands on that day."""
    return FORMS[form](permit, on)


def written(data: Mapping[str, Any]) -> bytes:
    """As a file to take along."""
    return json.dumps(data, ensure_ascii=False, indent=1).encode()
