"""Check that the tables made at once (`wildgate.kit.fresh`) are those that the migrations leave; for SQLite.

Two empty files are filled, one each way, and compared: columns, constraints, indexes, triggers, what is marked as done.
"""

from __future__ import annotations

import os
import re
import sqlite3
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
AT_ONCE = """
from django.db import connection
from wildgate.kit.fresh import make_tables
assert make_tables(connection)
"""
BY_STEPS = """
from django.core.management import call_command
from tools.tables import add_nothing_else
add_nothing_else()
call_command("migrate", verbosity=0, interactive=False)
"""
START = "import django; django.setup()"
Tables = dict[str, list[str]]


def add_nothing_else() -> None:
    """For this process: a step that adds a model, an index or a constraint draws up nothing but what it adds.

    Django draws up every related model anew after each such step, because an older state might still be asked for its
    models. An empty database walks forwards only, and the statements are the same: in a third of the time.
    """
    from django.db.migrations.state import ModelState, ProjectState

    def add_model(self: ProjectState, added: ModelState) -> None:
        key = added.app_label, added.name_lower
        self.models[key] = added
        if self._relations is not None:
            self.resolve_model_relations(key)
        if "apps" in self.__dict__:
            self.apps.render_multiple([added])

    def append(self: ProjectState, app_label: str, model_name: str, option: str, added: object) -> None:
        state = self.models[app_label, model_name]
        state.options[option] = [*state.options[option], added]
        if "apps" in self.__dict__:
            meta = self.apps.get_model(app_label, model_name)._meta
            setattr(meta, option, [*getattr(meta, option), added])

    ProjectState.add_model, ProjectState._append_option = add_model, append


def filled(way: str, home: str) -> Tables:
    """What stands in a database that was filled that way, name by name."""
    env = {**os.environ, "WILDGATE_HOME": home, "DATABASE_URL": "", "DJANGO_SETTINGS_MODULE": "wildgate.site.settings"}
    subprocess.run([sys.executable, "-c", START + way], env=env, cwd=ROOT, check=True)
    with sqlite3.connect(Path(home) / "wildgate.sqlite3") as found:
        rows = found.execute("SELECT type || ' ' || name, sql FROM sqlite_master WHERE sql IS NOT NULL").fetchall()
        done = found.execute("SELECT app || '.' || name FROM django_migrations ORDER BY 1").fetchall()
    return {name: parts(sql) for name, sql in rows} | {"migrations": [name for (name,) in done]}


def parts(sql: str) -> list[str]:
    """The parts of a definition without their order: columns that came later stand last."""
    text = re.sub(r"\s+", " ", sql)
    if not text.startswith("CREATE TABLE"):
        return [text]
    out, depth, part = [], 0, ""
    for letter in text[text.index("(") + 1:text.rindex(")")]:
        depth += {"(": 1, ")": -1}.get(letter, 0)
        if letter == "," and not depth:
            out.append(part.strip())
            part = ""
        else:
            part += letter
    return sorted([*out, part.strip()])


def main() -> int:
    with tempfile.TemporaryDirectory() as one, tempfile.TemporaryDirectory() as other:
        steps, at_once = filled(BY_STEPS, one), filled(AT_ONCE, other)
    wrong = [name for name in sorted(steps | at_once) if steps.get(name) != at_once.get(name)]
    for name in wrong:
        print(f"{name}: by steps {steps.get(name)}, at once {at_once.get(name)}", file=sys.stderr)
    print(f"tables: {len(steps)} definitions, {len(wrong)} of them differ between the two ways of making them")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
