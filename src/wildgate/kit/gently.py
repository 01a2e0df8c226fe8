"""Migration operations for big tables: people go on working while they run, on PostgreSQL.

SQLite has one writer at a time anyway, and does the same in one go. A migration that uses these has `atomic = False`.
"""

from __future__ import annotations

from typing import Any

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import ProjectState


class AddIndex(migrations.AddIndex):
    """An index that is built beside the work (CREATE INDEX CONCURRENTLY)."""

    gentle = True

    def database_forwards(self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: ProjectState,
                          to_state: ProjectState) -> None:
        editor: Any = schema_editor
        if editor.connection.vendor != "postgresql":
            return super().database_forwards(app_label, schema_editor, from_state, to_state)
        editor.add_index(to_state.apps.get_model(app_label, self.model_name), self.index, concurrently=True)
        return None


class AddConstraint(migrations.AddConstraint):
    """A check that holds for new rows at once (NOT VALID), and is then proved for the old ones beside the work."""

    gentle = True

    def database_forwards(self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: ProjectState,
                          to_state: ProjectState) -> None:
        editor: Any = schema_editor
        if editor.connection.vendor != "postgresql":
            return super().database_forwards(app_label, schema_editor, from_state, to_state)
        model = to_state.apps.get_model(app_label, self.model_name)
        table = editor.quote_name(model._meta.db_table)
        editor.execute(f"{self.constraint.create_sql(model, editor)} NOT VALID", params=None)
        editor.execute(f"ALTER TABLE {table} VALIDATE CONSTRAINT {editor.quote_name(self.constraint.name)}")
        return None
