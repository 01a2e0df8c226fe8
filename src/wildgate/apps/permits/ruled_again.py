"""Is a stored ruling reproduced by the law of its day? Asked by an auditor years later, for one case or for all."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from django.db.models import Q, QuerySet

from wildgate.apps.permits.models import StoredRuling
from wildgate.convention.lifecycle import PermitAct, Step
from wildgate.convention.refusal import Refusal, refuse
from wildgate.kit import editions
from wildgate.kit.models import Event
from wildgate.kit.ruled_again import ruled_again, same_program

KIND = {Step.SUBMIT.value: Step.SUBMIT.value, Step.ISSUE.value: PermitAct.ISSUED.value}
"""The event that names the ruling of a step."""
CHUNK = 500


@dataclass(frozen=True, slots=True)
class Again:
    """A stored ruling beside the one made now. `fault` says why there is none, or that the stored one was altered.

    `same_program`: the installed program is the one that ruled; with another one, differences may be the program's.
    """

    number: str
    step: str
    on: str
    edition: str
    same_program: bool
    differences: tuple[tuple[str, Any, Any], ...] = ()
    fault: Refusal | None = None

    @property
    def same(self) -> bool:
        return self.fault is None and not self.differences

    def as_json(self) -> dict[str, Any]:
        return {"number": self.number, "step": self.step, "on": self.on, "edition": self.edition, "same": self.same,
                "same_program": self.same_program, "fault": self.fault.reason if self.fault else None,
                "differences": [{"field": field, "stored": stored, "again": again}
                                for field, stored, again in self.differences]}


def stored_rulings(party: str, numbers: Sequence[str]) -> QuerySet[StoredRuling]:
    """The stored rulings of these applications or permits; of all without a number."""
    found = StoredRuling.objects.filter(party=party).select_related("application")
    if numbers:
        found = found.filter(Q(application__number__in=numbers) | Q(application__permit__number__in=numbers))
    return found.order_by("edition_id", "pk")


def reproduce(found: Iterable[StoredRuling], *, own_program: bool = False) -> Iterator[Again]:
    """Rule on each once more. Give them in the order of their editions: each edition is unpacked and started once."""
    for edition, group in groupby(found, key=lambda stored: stored.edition_id):
        for rows in _chunks(group):
            yield from _by(edition, rows, own_program)


def _by(digest: str, rows: Sequence[StoredRuling], own_program: bool) -> Iterator[Again]:
    edition = editions.unpack(digest)
    same = own_program or (not isinstance(edition, Refusal) and same_program(edition))
    answers = edition if isinstance(edition, Refusal) else ruled_again(
        edition, [json.loads(stored.trade_json) for stored in rows], own_program=own_program)
    named = _named(rows)
    for place, stored in enumerate(rows):
        number, on = stored.application.number, json.loads(stored.trade_json)["on"]
        if isinstance(answers, Refusal):
            yield Again(number, stored.step, on, digest, same, fault=answers)
            continue
        differences = tuple(_differences(stored.ruling, answers[place], ""))
        fault = None if named.get((number, stored.step)) == stored.digest else _altered(stored)
        yield Again(number, stored.step, on, digest, same, differences, fault)


def _named(rows: Sequence[StoredRuling]) -> dict[tuple[str, str], str]:
    """The digest of each ruling as the event chain has it, by application and step."""
    party = rows[0].party
    permits = {f"permit:{permit.number}/{permit.issued_at.date().isoformat()}": stored.application.number
               for stored in rows if (permit := getattr(stored.application, "permit", None)) is not None}
    subjects = {stored.application.subject: stored.application.number for stored in rows} | permits
    found = Event.objects.filter(party=party, kind__in=KIND.values(), subject__in=subjects)
    steps = {kind: step for step, kind in KIND.items()}
    return {(subjects[event.subject], steps[event.kind]): json.loads(event.data).get("ruling", "") for event in found}


def _altered(stored: StoredRuling) -> Refusal:
    return refuse("ruling-altered", "The stored ruling of %(number)s (%(step)s) is not the one that its event names: "
                  "it was changed after it was stored.", number=stored.application.number, step=stored.step)


def _differences(stored: Any, again: Any, field: str) -> Iterator[tuple[str, Any, Any]]:
    """Where two answers differ: the field with its place, what is stored, what comes out now."""
    if isinstance(stored, dict) and isinstance(again, dict):
        for key in dict.fromkeys((*stored, *again)):
            yield from _differences(stored.get(key), again.get(key), f"{field}.{key}" if field else key)
    elif isinstance(stored, list) and isinstance(again, list) and len(stored) == len(again):
        for place, pair in enumerate(zip(stored, again, strict=True)):
            yield from _differences(*pair, f"{field}[{place}]")
    elif stored != again:
        yield field, stored, again


def _chunks(rows: Iterable[StoredRuling]) -> Iterator[list[StoredRuling]]:
    kept: list[StoredRuling] = []
    for row in rows:
        kept.append(row)
        if len(kept) == CHUNK:
            yield kept
            kept = []
    if kept:
        yield kept
