"""Settings of the tests: a home of their own, a fixed secret, quick passwords, and PostgreSQL where it is asked for."""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

os.environ.update(
    WILDGATE_HOME=tempfile.mkdtemp(prefix="wildgate-test-"), WILDGATE_PARTY="QM",
    WILDGATE_DURABLE="no", WILDGATE_DEMO="no",
    WILDGATE_SECRET_KEY="for the tests only, never elsewhere", WILDGATE_BASE_URL="http://127.0.0.1:8000",
    DATABASE_URL=os.environ.get("TEST_POSTGRES_URL", ""))

from tests.postgres import SERVING

from wildgate.site.settings import *  # noqa: F403

Path(os.environ["WILDGATE_HOME"], "seen").touch()  # tests live in many years: no folder in which one tells the next
if os.environ["DATABASE_URL"]:  # no test has more rights than an installation: tests/databases.py
    DATABASES["default"]["OPTIONS"]["assume_role"] = SERVING  # noqa: F405
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


def _leave(home: str = os.environ["WILDGATE_HOME"], maker: int = os.getpid()) -> None:
    """Nothing stays on the machine. What was forked from here is still at home."""
    if os.getpid() == maker:
        shutil.rmtree(home, ignore_errors=True)


atexit.register(_leave)
