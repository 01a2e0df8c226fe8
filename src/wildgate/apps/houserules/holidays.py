"""A list of holidays from a CSV file: every line read, or every fault with its line."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.db import transaction

from wildgate.apps.accounts.access import Action, Actor, require
from wildgate.apps.houserules import kinds, selectors, services
from wildgate.apps.houserules.kinds import Holiday
from wildgate.apps.houserules.models import Rule
from wildgate.apps.houserules.reading import LANGUAGES
from wildgate.convention.refusal import Refusal, refuse

MOST_LINES = 500
LARGEST = 200_000
COLUMNS = ("day", *LANGUAGES)


def read(content: bytes) -> list[dict[str, Any]] | tuple[Refusal, ...]:
    """The holidays of a file in the shape that is proposed, or every fault with its line."""
    if len(content) > LARGEST:
        return (refuse("file-too-large", "The file is larger than %(most)s bytes.", most=LARGEST, field="file"),)
    try:
        rows = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig")), strict=True))
    except (UnicodeDecodeError, csv.Error):
        return (refuse("not-csv", "The file is not CSV in UTF-8: save it as such.", field="file"),)
    if not rows or "day" not in rows[0] or set(rows[0]) - set(COLUMNS):
        return (refuse("columns-wrong", "The first line of the file names the columns: %(columns)s.",
                       columns=", ".join(COLUMNS), field="file"),)
    if len(rows) > MOST_LINES:
        return (refuse("file-too-long", "The file has more than %(most)s lines.", most=MOST_LINES, field="file"),)
    faults: list[Refusal] = []
    found: dict[str, dict[str, Any]] = {}
    for number, row in enumerate(rows, start=2):
        day = (row["day"] or "").strip()
        given: dict[str, Any] = {"day": day,
                 "names": {each: row[each].strip() for each in LANGUAGES if (row.get(each) or "").strip()}}
        value = kinds.read(Holiday.KIND, given)
        if isinstance(value, tuple):
            faults += [_at(number, each) for each in value]
        elif day in found:
            faults.append(_at(number, refuse("day-twice", "The day stands in the file twice.")))
        found[day] = given
    return tuple(faults) if faults else list(found.values())


def propose(*, actor: Actor, rows: list[dict[str, Any]], at: datetime,
            why: str = "") -> list[Rule] | tuple[Refusal, ...]:
    """Propose all holidays of a list that are not known so already; all of them or none."""
    if refused := require(actor, Action.PROPOSE_RULE):
        return (refused,)
    known = {rule.key: rule.digest for rule in selectors.spoken(actor.party, Holiday.KIND)}
    made: list[Rule] = []
    with transaction.atomic():
        for row in rows:
            if known.get(row["day"]) == services.digest_of(Holiday.KIND, row):
                continue
            done = services.propose(actor=actor, kind=Holiday.KIND, given=row, at=at, why=why)
            if isinstance(done, tuple):
                transaction.set_rollback(True)
                return tuple(_at(row["day"], each) for each in done)
            made.append(done)
    return made


def _at(place: object, fault: Refusal) -> Refusal:
    """The fault with the line or day at which it stands."""
    return replace(fault, field="file", reason=f"{place}: {fault.reason}", values={**fault.values, "at": str(place)})
