"""An amendment as text of the special conditions: the one form that v2 has for it, written and read back."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date

from wildgate.message.profile import Amendment

FORM = re.compile(r"Amendment: version ([^;\n]{1,80}); previous version ([^;\n]{0,80}); date (\d{4}-\d\d-\d\d); "
                  r"reason: (.{0,2000})", re.DOTALL)


def as_text(amendment: Amendment) -> str:
    """Semicolons and line breaks part the fields, so version numbers go without them."""
    version, previous = (re.sub(r"[;\n]", ",", each) for each in (amendment.version, amendment.previous))
    return (f"Amendment: version {version}; previous version {previous}; date {amendment.on.isoformat()}; "
            f"reason: {amendment.reason}")


def from_text(text: str) -> Amendment | None:
    """The amendment that a text of box 5 is, if it is one."""
    if (found := FORM.fullmatch(text)) is None:
        return None
    try:
        return Amendment(found[1], found[2], date.fromisoformat(found[3]), found[4])
    except ValueError:
        return None


def apart(texts: Iterable[tuple[str, bool]]) -> tuple[list[str], Amendment | None]:
    """The texts of box 5 without the amendment, and the amendment. Each text says whether it may be one."""
    conditions, amendment = [], None
    for text, may_be in texts:
        found = from_text(text) if may_be and amendment is None else None
        if found is None:
            conditions.append(text)
        else:
            amendment = found
    return conditions, amendment
