"""Results of inspections from before this installation come in from a file: all of it or nothing, and once.

They count in rates, in the history of firms and in what a model learns from, like results that were recorded here. No
lane is made up for them: they stand in no figure of lanes, in no draw and in no trial of a profile.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from django.db import transaction

from wildgate.apps.accounts.access import Action, Actor, require
from wildgate.apps.risk.facts import Batch
from wildgate.apps.risk.facts.batch import Keys, at_home
from wildgate.apps.risk.models import Assessment, DrawnBy, Known, Result, Seen
from wildgate.apps.risk.past import Fault, Told, fault, read
from wildgate.apps.risk.rows import seen
from wildgate.apps.risk.services.trust import OFFENCE, lose
from wildgate.apps.species.registry import law_of
from wildgate.convention.refusal import Refusal, refuse
from wildgate.kit import events
from wildgate.targeting.consignment import Consignment, Trader

IMPORTED, SUBJECT = "results-imported", "risk-results"
CHUNK = 500
_KEY = re.compile(r"[0-9a-f]{32}")


@dataclass(slots=True)
class Brought:
    """What an import did, in consignments; with faults nothing was written."""

    digest: str
    items: int = 0
    added: int = 0
    changed: int = 0
    unchanged: int = 0
    faults: list[Fault] = field(default_factory=list)
    ignored: tuple[str, ...] = ()

    def as_json(self) -> dict[str, object]:
        return {"digest": self.digest, "items": self.items, "added": self.added, "changed": self.changed,
                "unchanged": self.unchanged, "faults": [each.as_json() for each in self.faults],
                "ignored_columns": list(self.ignored)}


def import_results(*, actor: Actor, path: Path, at: datetime) -> Brought | Refusal:
    """Take in a file as the risk manager."""
    return require(actor, Action.TRAIN_MODEL) or bring_in(path, party=actor.party, by=actor.label, at=at)


def bring_in(path: Path, *, party: str, by: str, at: datetime) -> Brought | Refusal:
    """Take in a file. The same file again changes nothing; a corrected one replaces the consignments that differ."""
    past = read(path, party, at.date())
    if isinstance(past, Refusal):
        return past
    done = Brought(past.digest, sum(len(each.outcomes) for each in past.told.values()), faults=past.faults,
                   ignored=past.ignored)
    with transaction.atomic():
        events.lock_head(party)
        held = _held(party, list(past.told))
        done.faults += [no for reference, row in held.items() if (no := _clash(past.told[reference], row))]
        done.faults.sort(key=lambda each: each.line)
        if done.faults:
            return done
        new = [each for each in past.told.values()
               if (row := held.get(each.said.reference)) is None or row.digest != each.digest]
        old = [held[each.said.reference].pk for each in new if each.said.reference in held]
        done.added, done.changed = len(new) - len(old), len(old)
        done.unchanged = len(past.told) - len(new)
        if new:
            for some in _parts(old):
                Assessment.objects.filter(pk__in=some, imported=True).delete()
            offenders = _keep(party, new, by, at)
            lose(party, offenders, why=OFFENCE, at=at, by=by)
            events.append(IMPORTED, SUBJECT, party=party, actor=by, at=at, data={
                "file": done.digest, "items": done.items, "added": done.added, "changed": done.changed})
    return done


def held_count(party: str) -> int:
    """So many imported results are held."""
    return Result.objects.filter(party=party, assessment__imported=True).count()


def _held(party: str, references: list[str]) -> dict[str, Assessment]:
    """What is known already of these references; what was imported before goes before what was assessed here."""
    rows = (row for some in _parts(references)
            for row in Assessment.objects.filter(party=party, reference__in=some).order_by("-version"))
    return {row.reference: row for row in rows}


def _clash(told: Told, row: Assessment) -> Fault | None:
    if not row.imported:
        return fault(told.row, refuse("assessed-here", "This consignment was assessed here: its result is recorded "
                                      "with its inspection.", field="reference"))
    if row.digest == told.digest:
        return None
    lost = set(Seen.objects.filter(assessment=row).values_list("number", flat=True)) - set(told.outcomes)
    return fault(told.row, refuse("items-lost", "An earlier file told of item %(item)s of this reference too: one file "
                                  "holds all items of a reference.", item=min(lost), field="item")) if lost else None


def _keep(party: str, told: list[Told], by: str, at: datetime) -> set[str]:
    """Write the rows; the keys of the firms whose goods were not in order."""
    batch = Batch(party, at, law_of(party), [each.said for each in told])
    batch.keys |= {each.said.reference: _keys(each.said, batch.keys[each.said.reference]) for each in told}
    rows = Assessment.objects.bulk_create([_row(each) for each in told], batch_size=CHUNK)
    items = [_item(batch, row, each, number) for row, each in zip(rows, told, strict=True) for number in each.outcomes]
    Seen.objects.bulk_create(items, batch_size=CHUNK)
    said = {row.pk: each.said for row, each in zip(rows, told, strict=True)}
    Known.objects.bulk_create([Known(seen=each, facts=_facts(said[each.assessment_id])) for each in items],
                              batch_size=CHUNK)
    Result.objects.bulk_create([
        Result(party=party, assessment_id=each.assessment_id, item=each.number, outcome=each.outcome,
               finding=bool(each.finding), by=by, at=each.at) for each in items], batch_size=CHUNK)
    return {each.trader for each in items if each.finding}


def _row(told: Told) -> Assessment:
    """The consignment without a lane: version 0, never the newest, so that no desk and no figure shows it."""
    said = told.said
    bad = [outcome for outcome in told.outcomes.values() if outcome != Result.Outcome.CLEAN]
    return Assessment(
        party=said.party, reference=said.reference, version=0, newest=False, imported=True, digest=told.digest,
        direction=said.direction, post=said.post[:60], day=said.lodged_at.date(), lodged_at=said.lodged_at,
        at=said.lodged_at, lane="", drawn_by=DrawnBy.NOTHING, result=bad[0] if bad else Result.Outcome.CLEAN,
        finding=bool(bad), result_at=said.lodged_at)


def _item(batch: Batch, row: Assessment, told: Told, number: int) -> Seen:
    item = next(each for each in told.said.items if each.number == number)
    made = seen(batch, row, told.said, item)
    made.at, made.outcome = row.at, told.outcomes[number].value
    made.finding = told.outcomes[number] != Result.Outcome.CLEAN
    return made


def _keys(said: Consignment, usual: Keys) -> Keys:
    """Firms by name or number become keys; a key that this installation gave out already stays one."""
    def own(trader: Trader, key: str) -> str:
        return trader.identifier if _KEY.fullmatch(trader.identifier) else key
    return Keys(own(said.exporter, usual.exporter), own(said.importer, usual.importer),
                own(at_home(said), usual.trader), usual.address)


def _facts(said: Consignment) -> dict[str, str]:
    """What a model reads beside the item."""
    told = {"declaration.mode": said.mode, "declaration.departure": said.departure,
            "declaration.destination": said.destination}
    return {name: value for name, value in told.items() if value}


def _parts(values: list[Any]) -> Iterable[list[Any]]:
    return (values[start:start + CHUNK] for start in range(0, len(values), CHUNK))
