"""Time stamps (RFC 3161): asked for from an authority over HTTP, and judged when a file brings one."""

from __future__ import annotations

import asyncio
import logging
import urllib.error
import urllib.request
from collections.abc import Coroutine, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any, TypeVar

from asn1crypto import cms, pem, tsp, x509
from pyhanko.sign.timestamps import TimeStamper
from pyhanko.sign.validation.generic_cms import validate_tst_signed_data
from pyhanko_certvalidator import ValidationContext

from wildgate.convention.sentence import say
from wildgate.message.signed import BROKEN, Stamp

LONGEST_ANSWER = 100_000
PATIENCE = 5.0
"""Seconds that an authority may take to answer."""
UNKNOWN = say("The time stamp is whole, but its authority is not one that is trusted here.")
STANDS = say("The time stamp holds.")
T = TypeVar("T")


class NoTimeStamp(OSError):
    """The authority gave no usable time stamp. The text says why."""


class _Straight(urllib.request.HTTPRedirectHandler):
    """The operator named one address: whoever answers there may not send this server to another."""

    def redirect_request(self, *_: object) -> None:
        return None


ASK = urllib.request.build_opener(_Straight)


class TimeAuthority(TimeStamper):
    """A time-stamp authority at an address. What it answers is checked before it becomes part of a document.

    `certificates` are those of the authority or of whoever certified it, PEM or DER.
    """

    def __init__(self, url: str, certificates: Sequence[bytes]) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        if not url.startswith(("https://", "http://")):
            raise NoTimeStamp(f"The address of the time-stamp authority is {url!r}; it must begin with https:// or "
                              "http://.")
        self.url = url
        self.anchors = anchors(certificates)

    async def async_request_tsa_response(self, req: tsp.TimeStampReq) -> tsp.TimeStampResp:
        query = urllib.request.Request(self.url, req.dump(), {  # noqa: S310  (the scheme is checked above)
            "Content-Type": "application/timestamp-query", "Accept": "application/timestamp-reply"})
        try:
            with ASK.open(query, timeout=PATIENCE) as answer:
                data = answer.read(LONGEST_ANSWER + 1)
            if len(data) > LONGEST_ANSWER:
                raise NoTimeStamp("The answer of the time-stamp authority is longer than any time stamp.")
            return tsp.TimeStampResp.load(data, strict=True)
        except (OSError, ValueError) as fault:
            raise NoTimeStamp(f"The time-stamp authority does not answer as it should: {fault}") from fault

    async def async_timestamp(self, message_digest: bytes, md_algorithm: str) -> cms.ContentInfo:
        try:
            token = await super().async_timestamp(message_digest, md_algorithm)
            found = await _judged(token, message_digest, self.anchors, None)
        except NoTimeStamp:
            raise
        except (OSError, ValueError, TypeError, KeyError, AttributeError) as fault:
            raise NoTimeStamp(f"The time-stamp authority gave no time stamp: {fault}") from fault
        if not found.sound:
            raise NoTimeStamp(found.sentence)
        return token

    def stamp(self, digest: bytes) -> bytes:
        """A time-stamp token (DER) over a SHA-256. Raises NoTimeStamp."""
        token: bytes = apart(self.async_timestamp(digest, "sha256")).dump()
        return token


def judge_stamp(token: bytes, digest: bytes, trusted: Sequence[x509.Certificate], at: datetime | None) -> Stamp:
    """What a time-stamp token (DER) over `digest` is worth at `at`."""
    try:
        return apart(_judged(cms.ContentInfo.load(token, strict=True), digest, trusted, at))
    except Exception:  # noqa: BLE001  (whatever a parser of a hostile token runs into means the same)
        return Stamp(datetime.fromtimestamp(0, UTC), "", False, BROKEN)


async def _judged(token: cms.ContentInfo, digest: bytes, trusted: Sequence[x509.Certificate],
                  at: datetime | None) -> Stamp:
    context = ValidationContext(trust_roots=list(trusted), moment=at, allow_fetching=False)
    return stamp_of(await validate_tst_signed_data(token["content"], context, lambda _: digest))


def stamp_of(status: Any) -> Stamp:
    """pyHanko's keyword arguments or status of a time stamp in our words."""
    facts = status if isinstance(status, dict) else {name: getattr(status, name) for name in (
        "intact", "valid", "timestamp", "signing_cert", "trust_problem_indic", "validation_path")}
    whole = bool(facts["intact"] and facts["valid"])
    trusted = facts["validation_path"] is not None and facts["trust_problem_indic"] is None
    moment: datetime = facts["timestamp"]
    return Stamp(moment.astimezone(UTC), common_name(facts["signing_cert"]), whole and trusted,
                 BROKEN if not whole else STANDS if trusted else UNKNOWN)


def common_name(certificate: x509.Certificate) -> str:
    return str(certificate.subject.native.get("common_name", certificate.subject.human_friendly))


def anchors(certificates: Sequence[bytes]) -> list[x509.Certificate]:
    """The certificates in PEM files (several in one) or in DER."""
    out: list[x509.Certificate] = []
    for data in filter(None, certificates):
        parts = [der for _, _, der in pem.unarmor(data, multiple=True)] if pem.detect(data) else [data]
        out += [x509.Certificate.load(der) for der in parts]
    return out


def apart(work: Coroutine[Any, Any, T]) -> T:
    """Run in a thread of its own: pyHanko's event loop and one that already runs here do not go together."""
    logging.getLogger("pyhanko").setLevel(logging.CRITICAL)
    logging.getLogger("pyhanko_certvalidator").setLevel(logging.CRITICAL)
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, work).result()
