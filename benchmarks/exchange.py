"""`exchange.round_trip`: exchanges a second between two installations on this machine, end to end.

One exchange is a message pushed over mutual TLS, read, judged, written down and acknowledged in the durable database of
the other side; its question beside it is a permit asked for by SOAP and read. Both ends run here, on the same cores.
"""

from __future__ import annotations

import http.client
import json
import tempfile
import time
import uuid
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from benchmarks.measure import Peer, Result

PUSHES, QUESTIONS, SHAKES = 60, 60, 40


def round_trip() -> Result:
    """Messages on one connection, as an outbox sends them; beside it the handshake alone, which a new line costs."""
    from tests.certificates import Authority
    from tests.journeys.test_across_borders import Party
    at = datetime.now(UTC)
    place = Path(tempfile.mkdtemp(prefix="wildgate-bench-exchange-"))
    sides = {code: Party(code, _home(place / code), Authority(code, at - timedelta(days=2)), durable=True)
             for code in ("QM", "QZ")}
    for side in sides.values():
        side.start()
    try:
        for side in sides.values():
            side.ready()
        qm, qz = sides["QM"], sides["QZ"]
        for near, far in ((qm, qz), (qz, qm)):
            near.do("settle", at=(at - timedelta(days=1)).isoformat(), name=near.code)
            near.do("agree", code=far.code, **far.way)
        number = qm.do("issue")
        qm.do("work")
        return _measured(qm, qz, number)
    finally:
        for side in sides.values():
            side.end()


def _home(folder: Path) -> Path:
    """A home with its tables, copied from the empty one of this run where it still is empty: migrating takes long."""
    from django.db import connection

    from wildgate.site.demo.cast import is_settled
    folder.mkdir()
    if not is_settled():
        with connection.cursor() as cursor:
            cursor.execute("VACUUM INTO %s", [str(folder / "wildgate.sqlite3")])
    return folder


def _measured(qm: Any, qz: Any, number: str) -> Result:
    from wildgate.kit import tls
    from wildgate.message.soap import Call, write_call
    context = tls.client_context(qm.home, qz.authority.pem)
    began = time.perf_counter()
    for _ in range(SHAKES):
        fresh = http.client.HTTPSConnection("127.0.0.1", qz.port, context=context)
        fresh.connect()
        fresh.close()
    shakes = SHAKES / (time.perf_counter() - began)
    line = http.client.HTTPSConnection("127.0.0.1", qz.port, context=context)
    body = json.loads(qm.do("body", number=number))
    sent = [json.dumps(body | {"id": str(uuid.uuid4()), "kind": "status", "body": "", "sequence": place + 10,
                               "data": {"state": "valid"}}).encode() for place in range(PUSHES)]
    pushed = _rate(line, "/api/v1/exchange/messages", sent, "application/json", b'"accepted')
    other = http.client.HTTPSConnection("127.0.0.1", qm.port, context=tls.client_context(qz.home, qm.authority.pem))
    question = write_call(Call("v2", "GetNonFinalCitesCertificate", number, "", "QM"))
    asked = _rate(other, "/epix/v2", [question] * QUESTIONS, "text/xml", b"CITESEPermit")
    return Result("exchange.round_trip", pushed, "1/s", (Peer("TLS handshakes on the same door", shakes, "1/s"),),
                  detail={"permits asked for and answered by SOAP, 1/s": round(asked, 1)})


def _rate(line: http.client.HTTPSConnection, path: str, bodies: list[bytes], kind: str, good: bytes) -> float:
    """Exchanges a second on one connection, after one that warms it up; every answer is looked at."""
    began = 0.0
    for place, body in enumerate(bodies):
        if place == 1:
            began = time.perf_counter()
        line.request("POST", path, body, {"Content-Type": kind})
        said = line.getresponse().read()
        if good not in said:
            raise RuntimeError(said[:300].decode(errors="replace"))
    return (len(bodies) - 1) / (time.perf_counter() - began)


BENCHES = {"exchange.round_trip": round_trip}
