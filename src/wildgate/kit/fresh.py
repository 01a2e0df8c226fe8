"""The tables of an empty database, made at once as the migrations would leave them, and the migrations marked as done.

Django walks every step of the history and draws up all related models anew at each: most of a minute for an empty
database. `make check` compares what both ways leave behind (tools/tables.py).
"""

from __future__ import annotations

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations import Migration, RunPython
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder


def make_tables(connection: BaseDatabaseWrapper) -> bool:
    """Make all tables where there is none; whether it did. `migrate` afterwards finds nothing left but its signals."""
    if connection.introspection.table_names():
        return False
    loader = MigrationLoader(connection)
    plan = _plan(loader)
    apps = loader.project_state().apps
    with connection.schema_editor() as editor:
        for model in apps.get_models():
            if model._meta.managed and not model._meta.proxy and not model._meta.swapped:
                editor.create_model(model)
        for migration in plan:
            for step in migration.operations:
                if isinstance(step, RunPython) and migration.__module__.startswith("wildgate."):
                    step.code(apps, editor)  # guards of tables; what mends older rows finds none
        recorder = MigrationRecorder(connection)
        recorder.ensure_schema()
        for migration in plan:
            recorder.record_applied(migration.app_label, migration.name)
    return True


def _plan(loader: MigrationLoader) -> list[Migration]:
    """Every migration once, each after those that it depends on."""
    order: dict[tuple[str, str], None] = {}
    for leaf in sorted(loader.graph.leaf_nodes()):
        order.update(dict.fromkeys(loader.graph.forwards_plan(leaf)))
    return [loader.graph.nodes[key] for key in order]
