"""What of the machine is behind an exception: told from how SQLite, PostgreSQL and the system say it, at every door."""

from __future__ import annotations

import errno
import json

import pytest
from django.db import DataError, InterfaceError, InternalError, OperationalError
from django.test import RequestFactory

from wildgate.site import unable
from wildgate.site.api import failed


@pytest.mark.parametrize(("fault", "trouble"), [
    (OperationalError("database or disk is full"), "disk-full"),
    (OperationalError("could not extend file: No space left on device"), "disk-full"),
    (OSError(errno.ENOSPC, "No space left on device"), "disk-full"),
    (OSError(errno.EROFS, "Read-only file system"), "read-only"),
    (OperationalError("attempt to write a readonly database"), "read-only"),
    (InternalError("cannot execute INSERT in a read-only transaction"), "read-only"),
    (OperationalError("connection failed: Connection refused"), "database-away"),
    (InterfaceError("the connection is closed"), "database-away"),
    (OperationalError("database is locked"), "database-busy"),
    (DataError("value too long"), None), (ValueError("ours"), None), (FileNotFoundError(errno.ENOENT, "no"), None)])
def test_the_trouble_is_known_behind_the_exception(fault, trouble):
    outer = RuntimeError("a job failed")
    outer.__cause__ = fault

    assert unable.trouble_of(fault) == unable.trouble_of(outer) == trouble


def test_every_door_says_it_in_its_own_words():
    away = OperationalError("connection failed: Connection refused")
    program = failed(RequestFactory().post("/api/v1/permits/check"), away)
    partner, page, taxii = (unable.answer(path, unable.Trouble.AWAY) for path in ("/epix/v1", "/tip/", "/taxii2/"))

    assert [each.status_code for each in (program, partner, page, taxii)] == [503] * 4
    assert [each["Retry-After"] for each in (program, partner, page, taxii)] == ["30"] * 4
    assert taxii["Content-Type"] == "application/taxii+json;version=2.1"
    assert json.loads(taxii.content)["error_code"] == "database-away"
    assert b'"code":"database-away"' in program.content
    assert b"faultstring" in partner.content
    assert b"does not answer" in page.content
    assert failed(RequestFactory().post("/api/v1/x"), ValueError("ours")).status_code == 500
