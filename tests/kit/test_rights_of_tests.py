"""On PostgreSQL a test has the rights of an installation that serves, no more and no fewer; the owner is asked for."""

from __future__ import annotations

from contextlib import suppress

from django.db import DatabaseError, connection, transaction
from tests.databases import as_owner
from tests.postgres import SERVING

from wildgate.site.database import rights


def due() -> rights.Standing | None:
    return rights.Standing(SERVING, False, {}, {}) if connection.vendor == "postgresql" else None


def test_a_test_works_with_the_rights_of_service(db):
    assert rights.standing(connection) == due()


def test_so_do_its_threads_and_programs(own_database, at_once):
    assert at_once(lambda: rights.standing(connection)) == [due()]
    if own_database:
        import psycopg
        with psycopg.connect(own_database) as line:
            assert line.execute("SELECT session_user").fetchone() == (SERVING,)


def test_the_owner_works_where_it_is_asked_for_and_no_longer(db):
    here = rights.standing(connection)
    with as_owner():
        within = rights.standing(connection)
    assert here == rights.standing(connection)
    assert within is None or (within.owns and rights.EVENTS in within.too_much)

    with suppress(DatabaseError), transaction.atomic(), as_owner(), connection.cursor() as cursor:
        cursor.execute("SELECT nothing FROM nowhere")
    assert here == rights.standing(connection)
