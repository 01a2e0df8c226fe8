"""One verdict on a whole file: the seal of every page, the message, the signature and the printed words must agree."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from wildgate.convention.permit import LINES_ON_A_PAGE, Address, PermitRecord, plain
from wildgate.convention.refusal import Refusal, refuse
from wildgate.convention.sentence import say
from wildgate.message.evidence import Evidence, examine
from wildgate.message.pdf import words as spoken_day
from wildgate.message.profile import Fault
from wildgate.seal.claims import PermitClaims
from wildgate.seal.facts import permit_facts
from wildgate.seal.text import from_text
from wildgate.seal.token import Token, read_token
from wildgate.seal.verdict import Answer, Role, Verdict, Verifier

RANK = {Answer.ACCEPT: 0, Answer.HOLD: 1, Answer.REFUSE: 2}
NO_CODE = {
    "png": "No square code was found in the picture; photograph the code on the permit, sharp and whole.",
    "jpg": "No square code was found in the picture; photograph the code on the permit, sharp and whole.",
    "pdf": "No square code was found on the pages of the PDF; it is not a sealed permit.",
    "xml": "The message carries no seal, so it cannot be checked here; ask the issuing authority.",
    "text": "The text holds no code of a permit.",
}
FOREIGN_PDF = say("The PDF is signed by another Party than the one that issued the permit.")
FOREIGN_MESSAGE = say("The message is signed by another Party than the one that issued the permit.")
EMPTY, NOTHING = say("empty"), say("nothing")
TAXON, TERM, APPENDIX, SOURCE = say("scientific name"), say("term"), say("Appendix"), say("source")
QUANTITY, UNIT, ORIGIN = say("quantity"), say("unit"), say("country of origin")


@dataclass(frozen=True, slots=True)
class Judgement:
    """The verdict on a file and what in the file disagrees with itself or with the seal."""

    verdict: Verdict
    faults: tuple[Fault, ...]
    signature: dict[str, Any] | None = None
    message_signature: dict[str, Any] | None = None

    def as_json(self) -> dict[str, Any]:
        return self.verdict.as_json() | {"faults": [fault.as_json() for fault in self.faults],
                                         "signature": self.signature, "message_signature": self.message_signature}


def judge(evidence: Evidence, verifier: Verifier, role: Role, at: datetime) -> Judgement | Refusal:
    """The verdict for `role` at `at` (aware). A Refusal when there is nothing to judge: no code in the file."""
    if not evidence.texts:
        return refuse("no-code", NO_CODE[evidence.kind])
    texts = [text for text in evidence.texts if isinstance(from_text(text), bytes)] or list(evidence.texts[:1])
    verdicts = [verifier.verdict(text, role, at) for text in texts]
    verdict = _together(verdicts)
    faults = list(evidence.faults)
    if verdict.genuine and verdict.facts.get("kind") != "endorsement":
        faults += compare(evidence, [each.facts for each in verdicts])
    faults += _broken_signature(evidence, verifier, verdict)
    if faults and verdict.genuine:
        why = refuse("altered", "The seal is genuine, but the file was altered: %(what)s", what=faults[0].sentence)
        verdict = replace(verdict, genuine=False, answer=Answer.REFUSE, reasons=(why, *verdict.reasons))
    elif verdict.genuine and (doubt := _doubtful_signature(evidence, verifier, verdict) or _older(evidence)):
        answer = max(verdict.answer, Answer.HOLD, key=RANK.__getitem__)
        verdict = replace(verdict, answer=answer, reasons=(*verdict.reasons, doubt))
    return Judgement(verdict, tuple(faults), *(each.as_json() if each else None for each in (
        evidence.signature, evidence.message_signature)))


def pins_of(verifier: Verifier) -> frozenset[bytes]:
    """The certificates of all Parties in the trust lists, for `examine`."""
    return frozenset(pin for source in verifier.keys.lists for party in source.parties.values()
                     for pin in party.document_pins)


def _pins(verifier: Verifier, verdict: Verdict) -> tuple[bytes, ...]:
    party = verifier.keys.party(str(verdict.facts.get("party", "")))
    return party.document_pins if party else ()


def _broken_signature(evidence: Evidence, verifier: Verifier, verdict: Verdict) -> list[Fault]:
    pins, every = _pins(verifier, verdict), pins_of(verifier)
    faults = []
    for signature, place, foreign in ((evidence.signature, "signature", FOREIGN_PDF),
                                      (evidence.message_signature, "message signature", FOREIGN_MESSAGE)):
        if signature is None or not signature.signed or signature.trust_is_all_that_lacks:
            continue
        if not signature.sound:
            faults.append(Fault(place, "13", signature.sentence))
        elif verdict.genuine and pins and any(each not in pins and each in every for each in signature.certificates):
            faults.append(Fault(place, "13", foreign))
    return faults


def _doubtful_signature(evidence: Evidence, verifier: Verifier, verdict: Verdict) -> Refusal | None:
    """A permit's own PDF (it carries the message) of a Party that signs its documents must bear that signature.

    A message may be unsigned, as all were once; one that somebody signed must be signed by the authority.
    """
    if not _pins(verifier, verdict):
        return None
    signature = evidence.signature
    if signature is not None and not signature.sound and evidence.message is not None:
        return refuse("document-signature", "The seal is genuine, but the PDF is not signed by the authority: rely on "
                                            "what the code says, not on what the page says.")
    signature = evidence.message_signature
    if signature is not None and signature.signed and not signature.sound:
        return refuse("message-signature", "The seal is genuine, but the message is signed by somebody who is not "
                                           "known here: rely on what the code says.")
    return None


def _older(evidence: Evidence) -> Refusal | None:
    """A v1 message cannot carry the whole permit, so its record is never the one that was sealed."""
    if evidence.message is None or evidence.message.version != "v1":
        return None
    return refuse("older-message", "The seal is genuine, but the message is of the older kind, which cannot carry the "
                                   "whole permit: rely on what the code says.")


def _together(verdicts: Sequence[Verdict]) -> Verdict:
    """The strictest of the pages' verdicts; the remark to scan every page goes when every page is there."""
    if len(verdicts) == 1 and verdicts[0].facts.get("pages") == 1:  # nearly always: there is nothing to put together
        return verdicts[0]
    strictest = max(verdicts, key=lambda each: (not each.genuine, RANK[each.answer]))
    permits = [each for each in verdicts if each.genuine and "page" in each.facts]
    first = min(permits, key=lambda each: int(each.facts["page"]), default=None)
    if strictest.genuine and first is not None:
        strictest = first if RANK[first.answer] == RANK[strictest.answer] else strictest
        by_page = {int(each.facts["page"]): each.facts["lines"] for each in permits
                   if each.facts["record_digest"] == first.facts["record_digest"]}  # a page may be shown twice
        lines = [line for page in sorted(by_page) for line in by_page[page]]
        strictest = replace(strictest, facts=strictest.facts | {"lines": lines})
        pages = {each.facts["page"] for each in permits}
        if pages == set(range(1, first.facts["pages"] + 1)):
            strictest = replace(strictest, reasons=tuple(why for why in strictest.reasons
                                                         if why.code != "scan-every-page"))
    return strictest


def beside_its_seals(data: bytes) -> list[Fault]:
    """Where a message says something else than the seals in it do, whoever signed them: no list of keys is asked."""
    evidence = examine(data)
    if isinstance(evidence, Refusal):
        return []
    tokens = [read_token(text) for text in map(from_text, evidence.texts) if isinstance(text, bytes)]
    return compare(evidence, [permit_facts(each.claims) for each in tokens
                              if isinstance(each, Token) and isinstance(each.claims, PermitClaims)])


def compare(evidence: Evidence, sealed: Sequence[dict[str, Any]]) -> list[Fault]:
    """Where the file says something else than the facts of its seals, by box."""
    permits = [facts for facts in sealed if "record_digest" in facts]
    faults: list[Fault] = []
    if len({(facts["record_digest"], facts["number"], facts["party"]) for facts in permits}) > 1:
        faults.append(Fault("seal", "1", say("The file carries the seals of different permits.")))
    record = evidence.record
    if record is None:
        return faults
    for facts in permits:
        found = list(_differences(record, facts))
        if facts["record_digest"] != record.digest.hex() and not found and not _older(evidence):
            found = [Fault("permit", "", say("The message says something else than the permit that was sealed, in a "
                                             "box that the code does not repeat."))]
        faults += found
    missing = set(range(1, len(record.pages) + 1)) - {facts["page"] for facts in permits}
    if missing and permits:
        faults.append(Fault("seal", "", say("The seal of page %(page)s is missing.", page=min(missing))))
    if evidence.page_text.strip():
        faults += _unprinted(record, evidence.page_text)
    return list(dict.fromkeys(faults))


def _differences(record: PermitRecord, facts: dict[str, Any]) -> Iterator[Fault]:
    pairs = [
        ("1", say("number"), record.number, facts["number"]), ("1", say("type"), record.kind.value, facts["kind"]),
        ("2", say("last day of validity"), record.valid_until.isoformat(), facts["valid_until"]),
        ("5a", say("purpose"), record.purpose.value if record.purpose else None, facts["purpose"]),
        ("5b", say("security stamp"), record.security_stamp, facts.get("security_stamp", "")),
        ("6", say("issuing Party"), record.party, facts["party"]),
        ("13", say("time of issue"), record.as_json()["issued_at"], facts["issued"]),
        ("3a", say("country of import"), record.importer.country, facts["importer"]["country"]),
        ("4", say("exporter's country"), record.exporter.country, facts["exporter"]["country"]),
    ]
    for box, who, sealed in (("3", record.importer, facts["importer"]), ("4", record.exporter, facts["exporter"])):
        if not _same_name(who, sealed):
            pairs.append((box, say("name"), who.name, sealed["name"]))
    start = (facts["page"] - 1) * LINES_ON_A_PAGE
    lines = record.lines[start:start + LINES_ON_A_PAGE]
    pairs.append(("7", say("number of blocks"), str(len(lines)), str(len(facts["lines"]))))
    for line, sealed in zip(lines, facts["lines"], strict=False):
        source = line.source.value + (line.second_source.value if line.second_source and line.source.value in "IO"
                                      else "")
        pairs += [(box, say("%(fact)s of block %(block)s", fact=fact, block=line.block), said, sealed[key])
                  for box, fact, said, key in (
            ("7", TAXON, line.taxon, "taxon"), ("9", TERM, line.term, "term"),
            ("10", APPENDIX, line.appendix.value, "appendix"), ("10", SOURCE, source, "source"),
            ("11", QUANTITY, plain(line.quantity), "quantity"), ("11", UNIT, line.unit, "unit"),
            ("12", ORIGIN, line.origin.country, "origin")) if not _same_text(said, sealed[key])]
    for box, fact, said, is_sealed in pairs:
        if said != is_sealed:
            yield Fault(f"box {box}", box, say("The %(fact)s is %(said)s, but %(sealed)s was sealed.", fact=fact,
                                               said=said or EMPTY, sealed=is_sealed or NOTHING))


def _same_text(said: str, sealed: str) -> bool:
    return said == sealed or _cut(said, sealed)


def _same_name(who: Address, sealed: dict[str, Any]) -> bool:
    return sealed["name"] is None or who.name == sealed["name"] or _cut(who.name, sealed["name"])


def _cut(said: str, sealed: str) -> bool:
    """The seal carries long texts cut, in composed letters: what it has must be how the text begins."""
    return len(sealed.encode()) > 40 and unicodedata.normalize("NFC", said).startswith(sealed)


def _unprinted(record: PermitRecord, page_text: str) -> Iterator[Fault]:
    """Values of the message that the pages do not print. Spaces and line breaks do not count."""
    printed = squeezed(page_text)
    wanted = [("1", say("number"), record.number),
              ("2", say("last day of validity"), spoken_day(record.valid_until)),
              ("13", say("date of issue"), spoken_day(record.issued_at.date()))]
    for line in record.lines:
        wanted += [("7", say("%(fact)s of block %(block)s", fact=TAXON, block=line.block), line.taxon),
                   ("11", say("%(fact)s of block %(block)s", fact=QUANTITY, block=line.block),
                    f"{plain(line.quantity)} {line.unit}")]
    for box, fact, value in wanted:
        if value.isascii() and squeezed(value) not in printed:
            yield Fault(f"page, box {box}", box, say("The pages do not print the %(fact)s, %(value)s.", fact=fact,
                                                     value=value))


def squeezed(text: str) -> str:
    """The text without spaces, hyphens and breaks: how the pages of a PDF are compared."""
    return re.sub(r"[\s\u00ad\u200b\ufffe\x02-]+", "", text)
