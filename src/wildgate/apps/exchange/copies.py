"""Copies of other Parties' permits: read, judged by their signature, kept with the bytes that came."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from django.conf import settings

from wildgate.apps.exchange import bodies
from wildgate.apps.exchange.models import ForeignCopy
from wildgate.convention.refusal import Refusal, refuse
from wildgate.message.judgement import pins_of
from wildgate.message.signed import Signature
from wildgate.message.xml import Message, read_message
from wildgate.seal.text import from_text
from wildgate.seal.token import permit_digest
from wildgate.seal.trusted import home_verifier

STOPPED: Final = frozenset({"cancelled", "replaced", "lost", "suspended"})
"""States told by the issuer in which a paper must not be accepted."""


@dataclass(frozen=True, slots=True)
class Read:
    """A message as it came: what it says, what is wrong with it, and what its signature is worth here."""

    message: Message
    signature: Signature
    data: bytes

    @property
    def facts(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(json.dumps(self.message.facts, default=str))
        return found | {"seal": seal_of(self.message.seal_text)}

    @property
    def warnings(self) -> list[str]:
        said = [fault.sentence for fault in self.message.faults[:20]]
        return said if self.signature.sound else [self.signature.sentence, *said]


def read(data: bytes, *, issuer: str, number: str, at: datetime) -> Read | Refusal:
    """The permit that was asked for or announced: this number, of this issuer, and not changed after it was signed."""
    found = read_message(data)
    if isinstance(found, Refusal):
        return found
    said = str(found.facts.get("number") or "")
    if said != number:
        return refuse("other-permit", "The partner was asked for %(asked)s and answered with %(number)s.",
                      asked=number, number=said[:60] or "–")
    party = str(found.facts.get("party") or "")
    if party not in ("", issuer):
        return refuse("other-issuer", "The permit says that %(said)s issued it, not %(issuer)s.", said=party[:2],
                      issuer=issuer)
    signature = _signature(data, at)
    if signature.signed and not (signature.sound or signature.trust_is_all_that_lacks):
        return refuse("signature-broken", "The message cannot be relied on: %(why)s", why=signature.sentence)
    return Read(found, signature, data)


def _signature(data: bytes, at: datetime) -> Signature:
    from wildgate.message.xades import check_xml  # takes long to load: only where a message came in
    verifier = home_verifier(settings.HOME)
    pins = frozenset() if isinstance(verifier, Refusal) else pins_of(verifier)
    return check_xml(data, pins=pins, at=at)[0]


def seal_of(text: str) -> str:
    """The digest of the sealed code that a message carries: the same as that of the code on the paper."""
    for line in text.splitlines()[:1]:
        token = from_text(line.strip())
        if isinstance(token, bytes):
            try:
                return permit_digest(token).hex()
            except ValueError:
                return ""
    return ""


def keep(found: Read, *, issuer: str, number: str, partner: str, how: ForeignCopy.How, who: str,
         at: datetime, state: str = "") -> ForeignCopy:
    """Keep the copy with its bytes; the same bytes again are the same copy. `state`: as its issuer told it, if so."""
    facts = found.facts
    sha256 = bodies.put(bodies.COPIES, found.data)
    before = newest(issuer, number)
    known = {"state": before.state, "state_at": before.state_at, "exported": before.exported} if before else {
        "state": state[:20], "state_at": at}
    made, _new = ForeignCopy.objects.get_or_create(
        party=settings.PARTY, issuer=issuer, number=number, sha256=sha256, defaults={
            "issued_on": _day(facts.get("issued_at")), "valid_until": _day(facts.get("valid_until")),
            "kind": str(facts.get("kind") or "")[:40], "version": found.message.version, "facts": facts,
            "signed": (found.signature.signer or found.signature.sentence)[:200], "sound": found.signature.sound,
            "partner": partner, "how": how, "got_at": at, "got_by": who[:40], **known})
    return made


def _day(text: Any) -> date | None:
    try:
        return date.fromisoformat(str(text)[:10])
    except ValueError:
        return None


def newest(issuer: str, number: str) -> ForeignCopy | None:
    """The copy that came last."""
    return ForeignCopy.objects.filter(party=settings.PARTY, issuer=issuer, number=number).order_by("-pk").first()


def note_state(issuer: str, number: str, state: str, at: datetime) -> int:
    """What the issuer says of its permit now, since when by its clock; how many copies it is about.

    Which word is the newer one its sequence tells, never the clocks of two systems.
    """
    return ForeignCopy.objects.filter(party=settings.PARTY, issuer=issuer, number=number).update(
        state=state[:20], state_at=at)


def lines_of(copy: ForeignCopy) -> list[dict[str, Any]]:
    return [line for line in copy.facts.get("lines") or [] if isinstance(line, dict)]


def bytes_of(copy: ForeignCopy) -> bytes | None:
    """The original bytes of a copy."""
    return bodies.get(bodies.COPIES, copy.sha256)
