"""Declarations for tests: Mario's skins with a permit, and changes to them."""

from __future__ import annotations

import copy
from itertools import count
from typing import Any

from wildgate.apps.declarations import services
from wildgate.apps.declarations.examples import ONE
from wildgate.apps.declarations.services import Incoming, Taken
from wildgate.kit.api import written

_numbers = count(1)


def skins(permit: str = "", /, **changes: Any) -> dict[str, Any]:
    """The example with a reference and message number of its own; `item` changes its item."""
    form = copy.deepcopy(ONE)
    number = next(_numbers)
    form |= {"message_id": f"m-{number}", "reference": f"D-{number}"}
    form["items"][0]["permits"] = [{"number": permit, "country": "QM"}] if permit else []
    form["items"][0] |= changes.pop("item", {})
    return {name: value for name, value in (form | changes).items() if value is not None}


def take(actor: Any, form: Any, at: Any, kind: str = "json", **how: Any) -> Taken:
    body = form if isinstance(form, bytes) else form.encode() if isinstance(form, str) else written(form)
    taken = services.take(actor=actor, incoming=Incoming(kind, body, **how), at=at)
    assert isinstance(taken, Taken), taken
    return taken


def codes(taken: Taken) -> list[str]:
    assert not taken.refused, taken.body
    return list(taken.body["codes"])
