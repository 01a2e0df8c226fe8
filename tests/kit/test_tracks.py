"""One track from the request through its jobs to the log and to the partner."""

from __future__ import annotations

import json
import logging
import sys

import pytest
from django.db import transaction
from django.test import Client

from wildgate.kit import jobs, tracks
from wildgate.kit.models import Job

PROXY = "proxy-gave-this-1"


@pytest.mark.parametrize(("behind", "given", "kept"), [
    (True, PROXY, True), (False, PROXY, False), (True, "x", False), (True, "a b c d e f g\nInjected: yes", False),
])
def test_a_name_is_taken_from_a_trusted_proxy_only_and_only_if_it_is_one(db, settings, behind, given, kept):
    settings.BEHIND_PROXY = behind

    told = Client(headers={tracks.HEADER: given}).get("/healthz").headers[tracks.HEADER]

    assert (told == given) is kept
    assert len(told) >= 8


def test_two_requests_have_two_names(db):
    assert Client().get("/healthz")[tracks.HEADER] != Client().get("/healthz")[tracks.HEADER]


def test_a_job_goes_on_the_track_that_asked_for_it_and_so_does_what_it_asks_for(db, at):
    seen: list[str] = []

    @jobs.job
    def second(at):
        seen.append(tracks.current())

    @jobs.job
    def first(at):
        seen.append(tracks.current())
        jobs.enqueue(second, "b", party="QM", at=at)

    with transaction.atomic(), tracks.on("track-of-a-request"):
        jobs.enqueue(first, "a", party="QM", at=at)
    jobs.run_pending()

    assert seen == ["track-of-a-request"] * 2
    assert tracks.current() == ""
    assert not Job.objects.exists()


def test_a_log_line_is_one_object_that_names_the_fault_and_no_value():
    try:
        raise ValueError("Mario Ferro, 12 Tannery Road")
    except ValueError:
        record = logging.LogRecord("wildgate.x", logging.ERROR, __file__, 1, "it failed: %s", ("once",), sys.exc_info())
    with tracks.on("track-1"):
        tracks.Tracked().filter(record)

    line = json.loads(tracks.AsJson().format(record))

    assert (line["level"], line["from"], line["says"], line["track"], line["failed"]) == (
        "error", "wildgate.x", "it failed: once", "track-1", "ValueError")
    assert "Mario" not in json.dumps(line)


def test_what_is_refused_is_one_line_without_a_traceback():
    try:
        raise PermissionError("no")
    except PermissionError:
        record = logging.LogRecord("django", logging.WARNING, __file__, 1, "Forbidden: /border/", (), sys.exc_info())

    assert tracks.Tracked().filter(record)

    assert logging.Formatter().format(record) == "Forbidden: /border/"


def test_no_stranger_fills_the_log(db, settings):
    settings.ALLOWED_HOSTS = ["permits.example"]
    lines: list[str] = []
    handler = logging.Handler()
    handler.addFilter(tracks.Tracked())
    handler.emit = lambda record: lines.append(f"{record.levelname} {logging.Formatter().format(record)}")
    heard = logging.getLogger("django")
    heard.addHandler(handler)
    try:
        Client().get("/", headers={"Host": "evil.example"})
        Client().get("/" + "a" * 50_000, headers={"Host": "permits.example"})
    finally:
        heard.removeHandler(handler)

    assert len(lines) == 2
    assert lines[0].startswith("WARNING Invalid HTTP_HOST header")
    assert lines[1].startswith("WARNING Not Found: /aaa")
    assert all("\n" not in line and len(line) < 1_100 for line in lines)
