"""The rules for migrations after a release find what would break the former release, and let the rest pass."""

from __future__ import annotations

from importlib import import_module
from typing import Any

import pytest
from django.db import migrations, models
from django.db.migrations.loader import MigrationLoader

from wildgate.kit import gently
from wildgate.site.upgrading import releases, rules


@pytest.fixture(scope="module")
def state_1_0():
    """The tables of release 1.0, as migrations see them."""
    loader = MigrationLoader(None)
    return loader.project_state(list(releases.release("1.0").last))


def found(state: Any, app: str, *steps: Any) -> list[rules.Finding]:
    migration = migrations.Migration("9999_try", app)
    migration.operations = list(steps)
    return rules.judged(state.clone(), [migration])


TEXT = {"max_length": 10}
LEDGER = import_module("wildgate.apps.stock.migrations.0003_counted").Migration.operations[0]
GUARD = import_module("wildgate.apps.stock.migrations.0002_guards").Migration.operations[0]
CHECK = models.CheckConstraint(condition=models.Q(seq__gt=0), name="seq_counts")
BAD = [
    ("drop-column", "accounts", migrations.RemoveField("person", "name")),
    ("drop-table", "letters", migrations.DeleteModel("Webhook")),
    ("rename", "accounts", migrations.RenameField("organisation", "name", "title")),
    ("rename", "letters", migrations.RenameModel("Webhook", "Hook")),
    ("not-null", "accounts", migrations.AddField("organisation", "colour", models.CharField(default="", **TEXT))),
    ("unique", "accounts", migrations.AddField("organisation", "code",
                                              models.CharField(null=True, unique=True, **TEXT))),
    ("index", "kit", migrations.AddField("event", "code", models.CharField(null=True, db_index=True, **TEXT))),
    ("type", "kit", migrations.AlterField("series", "last", models.CharField(**TEXT))),
    ("narrower", "kit", migrations.AlterField("event", "kind", models.CharField(**TEXT))),
    ("not-null", "kit", migrations.AlterField("job", "lease_until", models.DateTimeField())),
    ("constraint", "kit", migrations.AddConstraint("event", CHECK)),
    ("unique", "accounts", migrations.AddConstraint("organisation",
                                                    models.UniqueConstraint(fields=["name"], name="name_once"))),
    ("index", "permits", migrations.AddIndex("permit", models.Index(fields=["number"], name="permit_try"))),
    ("sql", "kit", migrations.RunSQL("UPDATE kit_event SET kind = ''")),
    ("code", "kit", migrations.RunPython(lambda apps, editor: None)),
    ("guard", "quotas", LEDGER),
    ("drop-column", "kit", migrations.SeparateDatabaseAndState([migrations.RemoveField("job", "track")], [])),
]


@pytest.mark.parametrize(("rule", "app", "step"), BAD, ids=[f"{rule}-{n}" for n, (rule, _app, _step) in enumerate(BAD)])
def test_what_the_former_release_does_not_bear_is_found_with_what_to_do(state_1_0, rule, app, step):
    each, = found(state_1_0, app, step, GUARD)

    assert each.rule == rule
    assert each.do == rules.DO[rule]
    assert "9999_try" in str(each)


def new_table() -> migrations.CreateModel:
    return migrations.CreateModel("Try", [("id", models.BigAutoField(primary_key=True)),
                                          ("name", models.CharField(unique=True, **TEXT))])


GOOD = [
    ("kit", [new_table(), migrations.AddField("try", "code", models.CharField(default="", **TEXT)),
             migrations.AddIndex("try", models.Index(fields=["name"], name="try_name")),
             migrations.RemoveField("try", "name"), migrations.DeleteModel("Try")]),
    ("accounts", [migrations.AddField("organisation", "colour", models.CharField(db_default="", **TEXT))]),
    ("accounts", [migrations.AddField("organisation", "colour", models.CharField(null=True, **TEXT))]),
    ("kit", [migrations.AlterField("job", "key", models.CharField(max_length=400))]),
    ("kit", [migrations.AlterField("event", "kind", models.CharField(max_length=400)), GUARD]),
    ("kit", [gently.AddConstraint("event", CHECK), GUARD]),
    ("permits", [gently.AddIndex("permit", models.Index(fields=["number"], name="permit_try"))]),
    ("kit", [GUARD]),
]


@pytest.mark.parametrize(("app", "steps"), GOOD, ids=range(len(GOOD)))
def test_what_it_does_not_notice_passes(state_1_0, app, steps):
    assert found(state_1_0, app, *steps) == []


def test_a_guard_that_a_new_table_would_lose_is_made_again(state_1_0):
    text = models.CharField(default="", db_default="", max_length=9)
    for step in (migrations.AddField("event", "code", text),
                 migrations.AlterField("event", "kind", models.CharField(max_length=400))):
        each, = found(state_1_0, "kit", step)
        assert (each.rule, "kit_event" in each.says) == ("guard-lost", True)
        assert found(state_1_0, "kit", step, GUARD) == []
    nullable = migrations.AddField("event", "code", models.CharField(null=True, max_length=9))
    assert found(state_1_0, "kit", nullable) == []


def test_a_reason_in_the_file_lets_one_rule_pass_and_a_bare_word_does_not():
    text = "# allowed: rename: nobody reads it since 1.0\n# allowed: index: ok\n"

    assert rules.allowed_in(text) == {"rename": "nobody reads it since 1.0"}


def test_released_migrations_are_as_they_were_and_a_release_is_known_by_them():
    loader, newest = MigrationLoader(None), releases.newest()
    plan = releases.plan_of(loader, newest.last)

    assert releases.digests(plan) == dict(newest.digests)
    assert releases.release_of((each.app_label, each.name) for each in plan) == newest.number
    assert releases.release_of([("kit", "0001_initial")]) == ""
