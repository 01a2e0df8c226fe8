"""What a migration after a release may not do while the former release still serves, and what to do instead.

During an upgrade, and after a step back, programs of two releases work in one database. So a release adds, the next one
takes away. A line `# allowed: RULE: reason` in the migration's file says why one does it all the same: that upgrade is
done with the service stopped, and `wildgate upgrade` says so.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from django.db import migrations, models
from django.db.migrations import Migration
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState

from wildgate.kit import guards
from wildgate.site.upgrading.releases import Release, plan_of

BIG: Final = frozenset({
    "kit.event", "kit.eventnote", "kit.job", "letters.letter", "letters.mail", "permits.application", "permits.permit",
    "permits.permitline", "permits.permitstatus", "permits.storedruling", "permits.finding", "permits.casetaxon",
    "customs.endorsement", "customs.endorsementline", "balances.movement", "quotas.quotaentry", "stock.stockentry",
    "declarations.declaration", "declarations.declareditem", "declarations.declaredmessage", "exchange.message",
    "exchange.entry", "exchange.received", "risk.assessment", "risk.score", "carriers.parcel", "market.capture",
    "market.listing", "species.taxon", "species.taxonname", "species.taxonlisting", "species.taxonrange",
    "gateway.notice", "gateway.calllog", "signals.signal", "intelligence.entity", "intelligence.relation",
})
"""Tables that grow with the work: a lock on them for the time of a scan stops the counter."""
DO: Final = {
    "drop-column": "Stop reading it in this release, and drop it in the one after.",
    "drop-table": "Stop reading it in this release, and drop it in the one after.",
    "rename": "Add a new one, write both, read the new one in the next release, and drop the old one after that.",
    "not-null": "Give it a db_default, or null=True and fill it in a job.",
    "narrower": "Add a check in the program, mend the rows in a job, and narrow the column in the next release.",
    "type": "Add a new column, write both, and read the new one in the next release.",
    "constraint": "Use gently.AddConstraint (NOT VALID, then VALIDATE) so that the table is not locked for a scan.",
    "unique": "See in this release that no program writes twins, and make it unique in the next one.",
    "index": "Use gently.AddIndex: on PostgreSQL it is built while people work.",
    "guard": "The former release does this itself: add the guard in the release after the one that stopped doing it.",
    "code": "Fill rows in a job, in pieces; a migration holds them all until it ends.",
    "sql": "Say in a migration operation what it does, so that it can be looked at.",
    "guard-lost": "Drop the guard before, and make it again after, in the same migration.",
    "changed": "A released migration stays as it was: put the change into a new one.",
}
ALLOWED: Final = re.compile(r"#\s*allowed:\s*([a-z-]+):\s*(\S.{9,})")


@dataclass(frozen=True, slots=True)
class Finding:
    """One step that is not safe beside the former release. `allowed` is the reason in the file, if there is one."""

    migration: str
    rule: str
    says: str
    allowed: str = ""

    @property
    def do(self) -> str:
        return DO[self.rule]

    def __str__(self) -> str:
        return f"{self.migration}: {self.rule}: {self.says} {self.do}"


def findings(loader: MigrationLoader, released: Release) -> list[Finding]:
    """Everything in the migrations after `released` that breaks a rule, allowed or not."""
    before = {(each.app_label, each.name) for each in plan_of(loader, released.last)}
    later = [each for each in plan_of(loader, loader.graph.leaf_nodes())
             if (each.app_label, each.name) not in before and each.__module__.startswith("wildgate.")]
    return judged(loader.project_state(list(released.last)), later)


def judged(state: ProjectState, later: Iterable[Migration]) -> list[Finding]:
    """Walk the migrations from the state of the release on."""
    old = frozenset(state.models)
    found = []
    for migration in later:
        allowed = _allowed(migration)
        name = f"{migration.app_label}.{migration.name}"
        for place, step in enumerate(migration.operations):
            told = [*_of(step, migration.app_label, state, old),
                    *_guard_lost(step, migration.app_label, migration.operations[place + 1:])]
            found += [Finding(name, rule, says, allowed.get(rule, "")) for rule, says in told]
            step.state_forwards(migration.app_label, state)
    return found


def _guard_lost(step: Any, app: str, later: Iterable[Operation]) -> Iterator[tuple[str, str]]:
    """SQLite makes a table anew for some changes, and its triggers are gone with the old one."""
    table = f"{app}_{getattr(step, 'model_name', '')}".lower()
    field = getattr(step, "field", None)
    anew = isinstance(step, migrations.AlterField | migrations.RemoveField | migrations.AddConstraint) or (
        isinstance(step, migrations.AddField) and not isinstance(field, models.ManyToManyField)
        and field is not None and (not field.null or field.has_default() or field.unique))
    again = any(isinstance(each, migrations.RunPython) and each.code.__module__ == guards.__name__ for each in later)
    if anew and not again and table in guards.guarded() | guards.ledgers():
        yield "guard-lost", f"SQLite makes {table} anew, and the guard of its rows is gone."


def _allowed(migration: Migration) -> dict[str, str]:
    """The reasons that the migration's file gives, by rule."""
    file = getattr(sys.modules.get(migration.__module__), "__file__", "")
    return allowed_in(Path(str(file)).read_text(encoding="utf-8")) if file else {}


def allowed_in(text: str) -> dict[str, str]:
    return {rule: reason.strip() for rule, reason in ALLOWED.findall(text)}


def _of(step: Operation, app: str, state: ProjectState, old: frozenset[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    """Rule and sentence for one operation. What came after the release is not read by its programs: anything goes."""
    if isinstance(step, migrations.SeparateDatabaseAndState):
        for each in step.database_operations:
            yield from _of(each, app, state, old)
        return
    if isinstance(step, migrations.RunSQL):
        yield "sql", "It runs SQL of its own."
        return
    if isinstance(step, migrations.RunPython):
        yield from _code(step)
        return
    model = str(getattr(step, "model_name", "") or getattr(step, "old_name", "") or getattr(step, "name", "")).lower()
    if (app, model) not in old or getattr(step, "gentle", False):
        return
    for kind, judge in RULES:
        if isinstance(step, kind):
            yield from judge(step, f"{app}.{model}", state)


def _code(step: migrations.RunPython) -> Iterator[tuple[str, str]]:
    if step.code.__module__ != guards.__name__:
        yield "code", "It runs a program over rows."
    elif not str(getattr(step.code, "__qualname__", "")).startswith(guards.append_only.__name__):
        yield "guard", "It makes the database do or refuse something of itself."


def _drop_field(step: Any, model: str, state: ProjectState) -> Iterator[tuple[str, str]]:
    yield "drop-column", f"{model}.{step.name} goes, and the former release reads it."


def _drop_model(step: Any, model: str, state: ProjectState) -> Iterator[tuple[str, str]]:
    yield "drop-table", f"{model} goes, and the former release reads it."


def _rename(step: Any, model: str, state: ProjectState) -> Iterator[tuple[str, str]]:
    yield "rename", f"{model} or a column of it gets another name, and the former release uses the old one."


def _add_field(step: Any, model: str, state: ProjectState) -> Iterator[tuple[str, str]]:
    field = step.field
    if isinstance(field, models.ManyToManyField):
        return
    if not field.null and not field.has_db_default():
        yield "not-null", f"{model}.{step.name} must be given, and the former release does not know it."
    if field.unique:
        yield "unique", f"{model}.{step.name} is unique."
    elif model in BIG and (field.db_index or field.remote_field is not None):
        yield "index", f"{model} is big, and {step.name} is indexed under a lock."


def _alter_field(step: Any, model: str, state: ProjectState) -> Iterator[tuple[str, str]]:
    app, _, name = model.partition(".")
    was, new = state.models[app, name].fields[step.name], step.field
    if was.get_internal_type() != new.get_internal_type():
        yield "type", f"{model}.{step.name} changes from {was.get_internal_type()} to {new.get_internal_type()}."
    if was.null and not new.null and not new.has_db_default():
        yield "not-null", f"{model}.{step.name} must be given from now on."
    for limit in ("max_length", "max_digits", "decimal_places"):
        if (getattr(new, limit, None) or 0) < (getattr(was, limit, None) or 0):
            yield "narrower", f"{model}.{step.name} takes less than before."
    if new.unique and not was.unique:
        yield "unique", f"{model}.{step.name} becomes unique."
    elif model in BIG and new.db_index and not was.db_index:
        yield "index", f"{model} is big, and {step.name} is indexed under a lock."


def _constraint(step: Any, model: str, state: ProjectState) -> Iterator[tuple[str, str]]:
    if isinstance(step.constraint, models.UniqueConstraint):
        yield "unique", f"{model} gets {step.constraint.name}; the former release may break it."
    elif model in BIG:
        yield "constraint", f"{model} is big, and {step.constraint.name} looks at every row under a lock."


def _index(step: Any, model: str, state: ProjectState) -> Iterator[tuple[str, str]]:
    if model in BIG:
        yield "index", f"{model} is big, and {step.index.name} is built under a lock."


def _together(step: Any, model: str, state: ProjectState) -> Iterator[tuple[str, str]]:
    if step.option_value:
        yield "unique", f"{model} becomes unique together; the former release may break it."


RULES: Final[tuple[tuple[type[Operation], Callable[[Any, str, ProjectState], Iterator[tuple[str, str]]]], ...]] = (
    (migrations.RemoveField, _drop_field), (migrations.DeleteModel, _drop_model),
    (migrations.RenameField, _rename), (migrations.RenameModel, _rename), (migrations.AlterModelTable, _rename),
    (migrations.AddField, _add_field), (migrations.AlterField, _alter_field),
    (migrations.AddConstraint, _constraint), (migrations.AddIndex, _index), (migrations.AlterUniqueTogether, _together),
)
