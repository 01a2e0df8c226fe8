"""`permits.issue` and `seal.issue`: whole permits a second, beside what signing and typesetting alone would allow."""

from __future__ import annotations

import json
import time
from datetime import UTC, datetime

import typst

from benchmarks.measure import Peer, Result, rate
from benchmarks.seal import openssl, record
from wildgate.message.pdf import write_pdf
from wildgate.message.qr import write_png
from wildgate.message.signature import sign_pdf
from wildgate.message.xml import write_v2
from wildgate.seal.keys import SigningKey
from wildgate.seal.text import to_url
from wildgate.seal.token import seal_permit

BASE = "https://verify.example/verify/"
BARE = (b"#set page(paper: \"a4\")\n#let permit = json(bytes(sys.inputs.permit))\n"
        b"#for (key, value) in permit [*#key* #repr(value) \\ ]\n")


def paper() -> Result:
    """Token, QR, PDF/A-3 with its XML, and the authority's signature, one permit after the other."""
    from django.conf import settings

    from wildgate.apps.permits.documents import signer
    from wildgate.apps.permits.sealing import keys
    keys().create(settings.PARTY, datetime.now(UTC))
    key, permit, (private, certificates) = SigningKey.generate(), record(), signer(settings.PARTY)

    def one() -> bytes:
        tokens = seal_permit(permit, key, status_uri="QM/27Q2/0", status_index=7)
        url = to_url(BASE, tokens[0])
        xml = write_v2(permit, seal_text=url)
        write_png(url)
        return sign_pdf(write_pdf(permit, tokens, base_url=BASE, xml=xml), private, certificates)

    data = json.dumps(permit.as_json())
    bare = rate(lambda: typst.compile(BARE, sys_inputs={"permit": data}), seconds=0.5, rounds=3)
    return Result("seal.issue", rate(one, seconds=0.8, rounds=3), "1/s", (
        Peer("bare typst compile of the same facts", bare, "1/s"), Peer("OpenSSL ES256 sign", openssl()[0], "1/s"),
        Peer("target (50 ms)", 20, "1/s")))


def issue() -> Result:
    """Countersigned applications turned into sealed permits in the durable database, documents included."""
    from tests.cast import ready

    from wildgate.apps.permits import services
    from wildgate.kit import jobs
    from wildgate.site.demo.cast import settle
    at = datetime.now(UTC)
    people = settle("QM", "Demoland", at)
    cases = [ready(people, at) for _ in range(40)]
    jobs.run_pending()
    began = time.perf_counter()
    for case in cases:
        services.issue(actor=people["amina"], case=case, at=at)
    sealed = time.perf_counter()
    jobs.run_pending()
    done = time.perf_counter()
    return Result("permits.issue", len(cases) / (done - began), "1/s",
                  (Peer("OpenSSL ES256 sign", openssl()[0], "1/s"),),
                  {"transactions_per_s": round(len(cases) / (sealed - began), 1),
                   "documents_per_s": round(len(cases) / (done - sealed), 1)})


BENCHES = {"seal.issue": paper, "permits.issue": issue}
