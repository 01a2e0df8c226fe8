"""One Party's installation as a program: its exchange door is open, and its people do what a test tells them.

`python -m tests.journeys.party` reads one JSON object a line, `{"do": name, ...}`, and writes one back.
"""

from __future__ import annotations

import json
import os
import sys
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any


def main() -> int:
    import django
    django.setup()
    from django.core.management import call_command
    from django.db import connection

    from wildgate.kit.fresh import make_tables
    if "kit_job" not in connection.introspection.table_names():
        make_tables(connection)
        call_command("migrate", verbosity=0, interactive=False)
    party = Here(int(os.environ["EXCHANGE_PORT"]))
    print(json.dumps(party.open()), flush=True)
    for line in sys.stdin:
        asked = json.loads(line)
        try:
            said = getattr(party, asked.pop("do"))(**asked)
        except Exception as fault:  # noqa: BLE001  (told to the test, which fails)
            said = {"fault": f"{type(fault).__name__}: {fault}"}
        print(json.dumps(said, default=str), flush=True)
    party.shut()
    return 0


class Here:
    """What can be done at one installation."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.door: Any = None
        self.serving: threading.Thread | None = None

    def open(self) -> int:
        """Open the exchange door; its port stays the same."""
        from django.core.wsgi import get_wsgi_application

        from wildgate.site.cli.exchange_door import contexts
        from wildgate.site.exchange_door import Door
        self.door = Door("127.0.0.1", self.port, get_wsgi_application(), contexts())
        self.door.prepare()
        self.port = self.door.bind_addr[1]
        self.serving = threading.Thread(target=self.door.serve, daemon=True)
        self.serving.start()
        return self.port

    def shut(self) -> None:
        self.door.stop()

    def settle(self, at: str, name: str) -> int:
        from django.conf import settings

        from wildgate.site.demo.cast import settle
        return len(settle(settings.PARTY, name, datetime.fromisoformat(at)))

    def agree(self, code: str, authority: str, **way: Any) -> str:
        """Two people agree with another Party or a hub on everything, and take up its authority's certificate."""
        from tests.apps.partners.agreed import agree, done, fingerprint, take_up

        from wildgate.apps.partners.certificates import read
        agree(self._cast, _now(), code, **way)
        if authority:
            der = done(read(authority.encode())).der
            done(take_up(self._cast, _now(), code, authority.encode(), kind="ca", fingerprint=fingerprint(der)))
        return code

    def allow(self, callee: str, caller: str) -> str:
        from tests.apps.partners.agreed import done

        from wildgate.apps.hub import services
        made = done(services.propose(actor=self._cast["sam"], callee=callee, caller=caller, basis="Letter of 2026",
                                     at=_now()))
        return str(done(services.confirm(actor=self._cast["amina"], access=made.pk, at=_now())))

    def issue(self) -> str:
        from tests.cast import _issue
        return str(_issue(self._cast, _now() - timedelta(minutes=2), None).number)

    def export(self, number: str, quantity: str) -> str:
        from tests.apps.partners.agreed import done

        from wildgate.apps.customs import services
        return str(done(services.endorse(
            actor=self._cast["jean"], number=number, stage="export", quantities={"A": quantity}, port="QMHAR",
            transport_document="020-44556677", at=_now())).pk)

    def arrive(self, number: str, quantity: str) -> str:
        """The goods came: the paper is registered from the permit that came over the line, and the import endorsed."""
        from tests.apps.partners.agreed import done

        from wildgate.apps.customs import services
        from wildgate.apps.exchange.models import ForeignCopy
        copy = ForeignCopy.objects.filter(number=number).latest("pk")
        line = copy.facts["lines"][0]
        item = services.Item(origin=line["origin"]["country"], **{
            name: str(line[name]) for name in ("taxon", "appendix", "source", "term", "quantity", "unit")})
        done(services.register_foreign(
            actor=self._cast["jean"], country=copy.issuer, number=number, issued_on=copy.issued_on,
            valid_until=copy.valid_until, kind=copy.kind, exporter_country=copy.issuer, importer_country="QZ",
            purpose="T", lines=[item], at=_now()))
        return str(done(services.endorse_import(
            actor=self._cast["jean"], foreign=(copy.issuer, number, copy.issued_on), import_permit=None,
            quantities={"A": quantity}, port="QZKAP", transport_document="020-44556677", at=_now())).pk)

    def work(self, *, later: bool = False) -> int:
        """The worker does what is due. `later`: as if so much time had passed that everything is due again."""
        from wildgate.apps.exchange.models import Line, Message
        from wildgate.kit import jobs
        from wildgate.kit.models import Job
        done = jobs.run_pending()
        if later:
            Line.objects.update(next_at=None)
            Message.objects.filter(closed_at=None).update(tried_at=_now() - timedelta(hours=1))
            Job.objects.filter(state=Job.State.WAITING, name__in=("exchange.deliver_post", "hub.pass_on")).update(
                run_after=_now() - timedelta(seconds=1))
            done += jobs.run_pending()
        return done

    def fetch(self, issuer: str, number: str) -> Any:
        from wildgate.apps.exchange import asking
        from wildgate.convention.refusal import Refusal
        found = asking.fetch(actor=self._cast["amina"], number=number, issuer=issuer, at=_now())
        return {"refused": found.code, "reason": found.reason} if isinstance(found, Refusal) else {
            "sha256": found.sha256, "facts": found.facts, "state": found.state}

    def body(self, number: str) -> str:
        """A message in line, as it goes out."""
        from wildgate.apps.exchange import outbox
        from wildgate.apps.exchange.adapters.rest import as_json
        from wildgate.apps.exchange.models import Message
        from wildgate.kit import api
        return api.written(as_json(outbox.envelope_of(Message.objects.filter(number=number).earliest("pk")))).decode()

    def signed(self, body: str) -> str:
        from wildgate.kit import forwarded
        return forwarded.sign(Path(os.environ["WILDGATE_HOME"]), body.encode())

    def rows(self, model: str, fields: list[str], **where: Any) -> list[list[Any]]:
        """Rows of a table, the oldest first."""
        from django.apps import apps
        return [list(row) for row in apps.get_model(model).objects.filter(**where).order_by("pk").values_list(*fields)]

    @property
    def _cast(self) -> dict[str, Any]:
        from wildgate.site.demo.cast import actors
        return actors(_now())


def _now() -> datetime:
    return datetime.now(UTC)


if __name__ == "__main__":
    raise SystemExit(main())
