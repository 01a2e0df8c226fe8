"""A country of its own: makes its tables, an authority, a person and keys, and serves its pages. Started by a test."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from wsgiref.simple_server import WSGIRequestHandler, make_server


class Quiet(WSGIRequestHandler):
    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Nothing: a pipe that nobody reads would fill."""


def main(port: int) -> None:
    from wildgate.site.cli import open_home
    open_home(None, migrate=True)
    from django.conf import settings

    from wildgate.apps.accounts import services
    from wildgate.apps.permits import sealing
    now = datetime.now(UTC)
    services.add_person(party=settings.PARTY, email=f"head@{settings.PARTY.lower()}.example",
                        name=f"Head of {settings.PARTY}", password=None, by="system", at=now)
    sealing.keys().create(settings.PARTY, now)
    sealing.refresh(now)
    from wildgate.site.wsgi import application
    with make_server("127.0.0.1", port, application, handler_class=Quiet) as server:
        print("ready", flush=True)
        server.serve_forever()


if __name__ == "__main__":
    main(int(sys.argv[1]))
