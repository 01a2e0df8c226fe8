"""`wildgate database roles|migrate`: two roles in PostgreSQL, the owner that makes tables and the one that serves."""

from __future__ import annotations

import argparse
import sys

from wildgate.site import env


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = commands.add_parser("database", help="roles and tables of a PostgreSQL database")
    parser.set_defaults(needs_tables=False, needs_installation=False)
    kinds = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    roles = kinds.add_parser(
        "roles", help="the rights of the role that serves, as SQL; --apply gives them",
        description="Prints what the owner of the database runs so that the role of DATABASE_URL can read and add, but "
                    "change no event, no permit and no table. With --apply it is done as the owner that "
                    "WILDGATE_OWNER_URL names; a role that is missing is made, with the password of DATABASE_URL.")
    roles.add_argument("--apply", action="store_true", help="run it instead of printing it")
    roles.add_argument("--role", help="the role that serves (default: the one of DATABASE_URL)")
    roles.set_defaults(run=run_roles)
    migrate = kinds.add_parser("migrate", help="make and change tables, as the owner that WILDGATE_OWNER_URL names")
    migrate.set_defaults(run=run_migrate)


def run_roles(args: argparse.Namespace) -> int:
    from django.db import connection

    from wildgate.site.database import migrating, rights
    if connection.vendor != "postgresql":
        print("SQLite has no roles: whoever can write the file can write all of it. Name a PostgreSQL database in "
              "DATABASE_URL.", file=sys.stderr)
        return 2
    here = connection.settings_dict
    role = args.role or (here["USER"] if not args.apply else migrating.serving_role())
    if not args.apply:
        print(f"-- As the owner of the database {here['NAME']}. The role, once:\n-- {rights.creation(role)};")
        for statement in rights.statements(role, str(here["NAME"]), rights.tables(connection)):
            print(f"{statement};")
        return 0
    if not env.text("WILDGATE_OWNER_URL") or not role:
        print("Set WILDGATE_OWNER_URL to the address of the owner, and DATABASE_URL to that of another role, which "
              "serves.", file=sys.stderr)
        return 2
    with migrating.as_owner():
        made = migrating.make_role(role, str(here["PASSWORD"]) if role == here["USER"] else "")
        count = migrating.grant(role)
    print(f"The role {role} {'was made and ' if made else ''}has its rights ({count} statements).")
    return 0


def run_migrate(args: argparse.Namespace) -> int:
    from wildgate.site.database import migrating
    made = migrating.bring_up_to_date()
    print(f"{made} changes of tables were made." if made else "All tables are there.")
    return 0
