"""Making and changing tables: as the owner where one is named, and the rights of the serving role anew after it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pkgutil import iter_modules
from typing import Any, Final

from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.db import connection, connections
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.recorder import MigrationRecorder

from wildgate.kit.fresh import make_tables
from wildgate.site import env
from wildgate.site.database import rights
from wildgate.site.upgrading import locking

NOT_ALLOWED: Final = (
    "{count} changes of tables are not made yet, and the role {role} may make none. Stop the service, run `wildgate "
    "database migrate` with WILDGATE_OWNER_URL set to the owner's address, and start it again.")


def bring_up_to_date(*, held: bool = False) -> int:
    """Make what tables are missing; how many changes were made. Raises SystemExit where this role may make none.

    One process does it, however many start at once; `held`: the caller is alone with the tables already.
    """
    if not waiting():
        return 0
    with nullcontext() if held else locking.alone(settings.HOME, wait=True):
        return _make(waiting())


def _make(left: int) -> int:
    if not left:
        return 0
    if not env.text("WILDGATE_OWNER_URL"):
        if not rights.may_make_tables(connection):
            raise SystemExit(NOT_ALLOWED.format(count=left, role=connection.settings_dict["USER"]))
        _migrate()
        return left
    role = serving_role()
    with as_owner():
        _migrate()
        if role:
            grant(role)
    return left


def waiting() -> int:
    """How many changes of tables this program has that the database has not.

    Every command asks. Where the database knows all names, the changes themselves need not be loaded, which takes
    longer than all the rest of the answer.
    """
    if _named() <= set(MigrationRecorder(connection).applied_migrations()):
        return 0
    found = MigrationExecutor(connection)
    return len(found.migration_plan(found.loader.graph.leaf_nodes()))


def _named() -> set[tuple[str, str]]:
    """The changes that lie in the folders of the applications, by application and name."""
    return {(config.label, found.name) for config in apps.get_app_configs()
            for found in iter_modules([f"{config.path}/migrations"]) if not found.ispkg and found.name[0] not in "_~"}


def _migrate() -> None:
    make_tables(connection)
    call_command("migrate", verbosity=0, interactive=False)


def serving_role() -> str:
    """The role of DATABASE_URL where it is not the owner's own; empty where one role does everything."""
    here: dict[str, Any] = connections.settings["default"]
    owner = env.database(env.text("WILDGATE_OWNER_URL"), settings.HOME, durable=True)
    return str(here["USER"]) if here.get("USER") and here["USER"] != owner.get("USER") else ""


@contextmanager
def as_owner() -> Iterator[None]:
    """Within, this process works in the database as WILDGATE_OWNER_URL says, which must be the same database."""
    kept, own = connections.settings["default"], connections["default"]
    named = env.database(env.text("WILDGATE_OWNER_URL"), settings.HOME, durable=True, name="WILDGATE_OWNER_URL")
    if named["NAME"] != kept["NAME"]:
        raise SystemExit(f"WILDGATE_OWNER_URL names the database {named['NAME']}, DATABASE_URL {kept['NAME']}: "
                         "they must name the same one.")
    connections.settings["default"] = {**kept, **named}
    del connections["default"]
    try:
        yield
    finally:
        connections["default"].close()
        connections.settings["default"] = kept
        connections["default"] = own


def grant(role: str) -> int:
    """Give the application's role its rights, as the owner; how many statements. The role must be there."""
    name = str(connection.settings_dict["NAME"])
    todo = list(rights.statements(role, name, rights.tables(connection)))
    with connection.cursor() as cursor:
        cursor.execute("BEGIN")
        for statement in todo:
            cursor.execute(statement)
        cursor.execute("COMMIT")
    return len(todo)


def make_role(role: str, password: str) -> bool:
    """Make the application's role where it is not there yet; whether it was made. The server gets its password as a
    SCRAM verifier, so that the word itself stands in no log."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role])
        if cursor.fetchone():
            return False
        secret = ""
        if password:
            line = connection.connection.pgconn
            secret = line.encrypt_password(password.encode(), role.encode(), b"scram-sha-256").decode()
        cursor.execute(rights.creation(role, secret))
    return True
