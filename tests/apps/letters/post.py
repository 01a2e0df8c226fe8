"""Steps and looks that the tests of letters share: what is in an inbox, a server that listens."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Event, Thread
from typing import Any

from tests.cast import NOON

from wildgate.apps.accounts.access import Actor
from wildgate.apps.letters import selectors, wording
from wildgate.apps.letters.models import Letter
from wildgate.convention.refusal import Refusal
from wildgate.kit import jobs
from wildgate.kit.models import Job


def told(actor: Actor) -> list[str]:
    """The titles in somebody's inbox, oldest first, as the page shows them."""
    return [wording.title(each.letter) for each in selectors.shown(actor, selectors.inbox(actor).order_by("pk"))]


def kinds(actor: Actor) -> list[str]:
    return list(Letter.objects.filter(person_id=actor.person_id).order_by("pk").values_list("kind", flat=True))


def run(at: datetime | None = None) -> int:
    """Run what is due; with `at`, first make everything due that is due by then."""
    if at is not None:
        Job.objects.filter(state=Job.State.WAITING, run_after__lte=at).update(run_after=NOON)
    return jobs.run_pending()


def done(outcome: Any) -> Any:
    assert not isinstance(outcome, Refusal), outcome
    return outcome


class Listener:
    """What another system heard, and what it answers: a status, or a function of the request."""

    def __init__(self) -> None:
        self.heard: list[dict[str, Any]] = []
        self.answers: list[Any] = []
        self.release = Event()
        self.url = ""

    def bodies(self) -> list[dict[str, Any]]:
        return [json.loads(each["body"]) for each in self.heard]


@contextmanager
def listening() -> Iterator[Listener]:
    """A real HTTP server on this machine."""
    listener = Listener()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            listener.heard.append({"path": self.path, "body": body, **{k.lower(): v for k, v in self.headers.items()}})
            answer = listener.answers.pop(0) if listener.answers else 200
            if callable(answer):
                answer(self)
                return
            self.send_response(answer)
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            return

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    listener.url = f"http://127.0.0.1:{server.server_port}/hook"
    try:
        yield listener
    finally:
        listener.release.set()
        server.shutdown()
        server.server_close()
