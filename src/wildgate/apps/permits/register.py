"""The authority's own register beside the verdict: what it says of a permit of the home Party, and what differs.

A code proves that the authority's key signed it. Only the register proves that the authority issued it: a code that is
genuine by its key but unknown here tells of a stolen key.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cached_property, lru_cache
from typing import Any, Final

from django.conf import settings
from django.db.models import OuterRef, QuerySet, Subquery

from wildgate.apps.permits.models import Application, Permit
from wildgate.apps.permits.selectors import shown_state
from wildgate.convention import retrospective
from wildgate.convention.lifecycle import PermitState
from wildgate.convention.permit import PermitRecord, plain
from wildgate.convention.refusal import Refusal, refuse
from wildgate.convention.sentence import Sentence, say
from wildgate.kit.prepared import Prepared
from wildgate.message.evidence import Evidence
from wildgate.message.judgement import Judgement
from wildgate.message.judgement import squeezed as _squeezed
from wildgate.message.pdf import words
from wildgate.message.profile import Fault
from wildgate.seal.claims import KIND_NUMBERS, MULTIPLE_USE, OTHER_KIND
from wildgate.seal.status import State
from wildgate.seal.text import from_text
from wildgate.seal.token import permit_digest
from wildgate.seal.verdict import Answer, Role, Verdict
from wildgate.seal.words import answer_to

STATES: Final = {
    PermitState.VALID: State.VALID, PermitState.PARTLY_USED: State.PARTLY_USED, PermitState.EXPORTED: State.EXPORTED,
    PermitState.USED: State.USED, PermitState.SUSPENDED: State.SUSPENDED, PermitState.CANCELLED: State.CANCELLED,
    PermitState.REPLACED: State.REPLACED, PermitState.LOST: State.LOST,
}
BecameOf = Callable[[str, str, bytes], Refusal | None]
_beside: dict[str, BecameOf] = {}
_RANK: Final = {Answer.ACCEPT: 0, Answer.HOLD: 1, Answer.REFUSE: 2}


def beside(kind: str) -> Callable[[BecameOf], BecameOf]:
    """Decorator: what an app above knows of papers of this kind, asked by Party, number and digest of the code."""
    def keep(asked: BecameOf) -> BecameOf:
        _beside[kind] = asked
        return asked
    return keep


@dataclass(frozen=True, slots=True)
class Differing:
    """One fact on which the code, the pages, the attached message and the register do not say the same."""

    box: str
    what: Sentence
    said: Mapping[str, str]

    def as_json(self) -> dict[str, Any]:
        return {"box": self.box, "what": self.what, **self.said}


@dataclass(frozen=True, slots=True)
class Registered(Judgement):
    """A judgement with the register's word. `entry` is None where the register was not asked."""

    entry: Mapping[str, Any] | None = None
    differing: tuple[Differing, ...] = ()

    def as_json(self) -> dict[str, Any]:
        entry = dict(self.entry) | {"differs": [each.as_json() for each in self.differing]} if self.entry else None
        return {**Judgement.as_json(self), "register": entry}


@dataclass(frozen=True)
class _Issued:
    """What the register holds of a permit: read by one statement, for this is asked at every border."""

    number: str
    digest: str
    valid_until: date
    record_json: str
    tokens: list[str]
    state: str
    changed_at: datetime
    heir: str | None

    @cached_property
    def record(self) -> PermitRecord:
        return PermitRecord.from_json(json.loads(self.record_json))

    @property
    def seals(self) -> tuple[bytes, ...]:
        return tuple(bytes.fromhex(token) for token in self.tokens)


def _by_number(party: str, number: str) -> QuerySet[Permit, tuple[Any, ...]]:
    heir = Application.objects.filter(replaces=OuterRef("pk"), permit__isnull=False).values("permit__number")[:1]
    return Permit.objects.filter(party=party, number=number).values_list(
        "number", "digest", "valid_until", "record_json", "tokens", "status__state", "status__changed_at",
        Subquery(heir))


_issued: Final = Prepared(_by_number)


def _with(judgement: Judgement, entry: Mapping[str, Any] | None = None,
          differing: tuple[Differing, ...] = ()) -> Registered:
    return Registered(judgement.verdict, judgement.faults, judgement.signature, judgement.message_signature, entry,
                      differing)


def compared(evidence: Evidence, judgement: Judgement, role: Role, at: datetime) -> Registered:
    """The judgement, corrected by the register of the home Party where the code is one of its own."""
    verdict = judgement.verdict
    facts = verdict.facts
    if not facts or facts.get("party") != settings.PARTY or verdict.digest is None or not _vouched(judgement):
        return _with(judgement)
    kind, number = str(facts.get("kind", "")), str(facts.get("number", ""))
    if kind in _beside:
        return _papers(judgement, _beside[kind](settings.PARTY, number, verdict.digest))
    if kind == "note":
        return _with(judgement)
    permit = next((_Issued(*row) for row in _issued.rows(party=settings.PARTY, number=number)), None)
    if permit is None or not _its_own(permit, kind, facts, evidence, verdict):
        return _unknown(judgement, number, permit is not None)
    entry = _entry(permit, at)
    if kind == "endorsement":
        return _with(judgement, entry)
    differing = tuple(_differing(evidence, facts, permit.record)) if kind != "label" else ()
    told = replace(judgement, verdict=_up_to_date(verdict, permit, entry, role, at, kind == "label"))
    if role is Role.EXPORT and (left := _left_before(permit)):
        verdict = told.verdict
        told = replace(told, verdict=replace(verdict, answer=Answer.REFUSE, reasons=(left, *verdict.reasons)))
    if differing:
        told = _altered(told, differing[0])
    return _with(told, entry, differing)


def _left_before(permit: _Issued) -> Refusal | None:
    """Why nothing leaves on a permit that was issued after its goods had left; None for all others."""
    if retrospective.SAID not in permit.record_json or permit.record.exporter.country != settings.PARTY:
        return None
    return retrospective.left_before(permit.record.special_conditions)


def _vouched(judgement: Judgement) -> bool:
    """Whether the key vouches for the code: also where the file around it was altered."""
    return judgement.verdict.genuine or any(why.code == "altered" for why in judgement.verdict.reasons)


def _papers(judgement: Judgement, became: Refusal | None) -> Registered:
    entry = {"known": became is None or became.code != "blank-unknown", "state": became.code if became else "given"}
    if became is None:
        return _with(judgement, entry)
    verdict = judgement.verdict
    return _with(replace(judgement, verdict=replace(
        verdict, genuine=verdict.genuine and bool(entry["known"]), answer=Answer.REFUSE,
        reasons=(became, *verdict.reasons))), entry)


def _its_own(permit: _Issued, kind: str, facts: Mapping[str, Any], evidence: Evidence, verdict: Verdict) -> bool:
    """Whether the codes are those that were sealed for this permit; a label or endorsement names it by its digest."""
    shown = [found for text in evidence.texts if isinstance(found := from_text(text), bytes)]
    if shown and kind not in _BY_DIGEST and set(permit.seals).issuperset(shown):
        return True
    sealed = {permit_digest(token) for token in permit.seals}
    if kind in _BY_DIGEST:
        return any(digest.hex().startswith(facts["permit_digest"]) for digest in sealed)
    return verdict.digest in sealed and all(_digest(token) in sealed for token in shown)


_BY_DIGEST: Final = frozenset({"label", "endorsement"})


def _digest(token: bytes) -> bytes:
    try:
        return permit_digest(token)
    except ValueError:
        return b""


def _unknown(judgement: Judgement, number: str, known: bool) -> Registered:
    if known:
        why = refuse("register-other", "The register of this authority has another permit under the number %(number)s, "
                     "although the authority's own key signed this code: the key may be stolen. Hold the goods and "
                     "tell the authority at once.", number=number)
    else:
        why = refuse("register-unknown", "The register of this authority has no permit %(number)s, although the "
                     "authority's own key signed this code: the key may be stolen. Hold the goods and tell the "
                     "authority at once.", number=number)
    verdict = judgement.verdict
    return _with(replace(judgement, verdict=replace(
        verdict, genuine=False, state="unknown", answer=Answer.REFUSE, reasons=(why, *verdict.reasons))),
        {"known": False, "number": number})


def _entry(permit: _Issued, at: datetime) -> dict[str, Any]:
    return {
        "known": True, "number": permit.number, "digest": permit.digest,
        "state": shown_state(permit.state, permit.valid_until, at.date()).value,
        "since": permit.changed_at.isoformat(timespec="seconds").replace("+00:00", "Z"),
        "replaced_by": permit.heir, "lines": [_line(line) for line in permit.record.lines],
    }


def _line(line: Any) -> str:
    return f"{line.block}: {plain(line.quantity)} {line.unit} {line.term} {line.taxon}"


def _up_to_date(verdict: Verdict, permit: _Issued, entry: Mapping[str, Any], role: Role, at: datetime,
                label: bool) -> Verdict:
    """The register's state where the list at hand says something else or nothing; never a milder word on a file that
    was altered."""
    now = PermitState(entry["state"])
    if now is PermitState.EXPIRED or STATES[now].word == verdict.state:
        return _heir(verdict, entry)
    kind = KIND_NUMBERS.get(permit.record.kind, OTHER_KIND)
    answer, why = answer_to(role, STATES[now], kind, 0 if permit.record.kind in MULTIPLE_USE else None)
    if label:
        answer = max(answer, Answer.HOLD, key=_RANK.__getitem__)
    told = refuse("register-state", "The register of this authority says so since %(date)s; the status list does not "
                  "have it yet.", date=entry["since"])
    kept = tuple(each for each in verdict.reasons if each.code in _KEPT)
    answer = answer if verdict.genuine else max(answer, verdict.answer, key=_RANK.__getitem__)
    return _heir(replace(verdict, state=STATES[now].word, answer=answer, reasons=(*kept, why, told)), entry)


_KEPT: Final = frozenset({"altered", "label", "scan-every-page", "newer-profile", "advisory", "key-stolen-listed",
                          "document-signature", "message-signature", "trust-as-of"})
"""Reasons that do not come from the status list."""


def _heir(verdict: Verdict, entry: Mapping[str, Any]) -> Verdict:
    if not entry["replaced_by"]:
        return verdict
    why = refuse("register-replaced", "Permit %(number)s takes its place.", number=entry["replaced_by"])
    return replace(verdict, reasons=(*verdict.reasons, why))


def _altered(judgement: Judgement, first: Differing) -> Judgement:
    """A file that differs from the register is altered, whatever its seal says."""
    fault = Fault("register", first.box, say("The register says %(right)s for %(fact)s.",
                                             right=first.said["register"], fact=first.what))
    if judgement.verdict.genuine:
        why = refuse("altered", "The seal is genuine, but the file was altered: %(what)s", what=fault.sentence)
        verdict = replace(judgement.verdict, genuine=False, answer=Answer.REFUSE,
                          reasons=(why, *judgement.verdict.reasons))
        return replace(judgement, verdict=verdict, faults=(*judgement.faults, fault))
    return replace(judgement, faults=(*judgement.faults, fault))


def _differing(evidence: Evidence, facts: Mapping[str, Any], register: PermitRecord) -> Iterator[Differing]:
    """Fact by fact: what the code, the pages, the attached message and the register say, where they do not agree."""
    coded = dict(_of_code(facts))
    written = dict(_of_record(evidence.record)) if evidence.record else {}
    pages = _squeezed(evidence.page_text)
    printed = _printed(register) if pages else {}
    for (box, what), right in _of_record(register):
        said = {"register": right}
        if (box, what) in coded and not _alike(right, coded[box, what]):
            said["code"] = coded[box, what]
        if written and written.get((box, what), "") != right:
            said["message"] = written.get((box, what), "")
        if pages and (box, what) in printed and _squeezed(printed[box, what]) not in pages:
            said["pages"] = NOT_PRINTED
        if len(said) > 1:
            yield Differing(box, what, said)


def _alike(right: str, code: str) -> bool:
    """The code carries long names cut."""
    return right == code or (len(code.encode()) > 40 and right.startswith(code))


Fact = tuple[str, Sentence]
"""A fact of the form: its box, and the words for it."""
NUMBER, KIND, LAST_DAY = ("1", say("number")), ("1", say("type")), ("2", say("last day of validity"))
IMPORTER, TO = ("3", say("importer")), ("3", say("country of the importer"))
EXPORTER, FROM = ("4", say("exporter")), ("4", say("country of the exporter"))
NOT_PRINTED = say("not printed")


def _of_code(facts: Mapping[str, Any]) -> Iterator[tuple[Fact, str]]:
    yield NUMBER, facts["number"]
    yield KIND, facts["kind"]
    yield LAST_DAY, facts["valid_until"]
    for name, country, who in ((IMPORTER, TO, facts["importer"]), (EXPORTER, FROM, facts["exporter"])):
        yield country, who["country"]
        if who["name"] is not None:
            yield name, who["name"]
    start = (facts["page"] - 1) * 4
    for place, line in enumerate(facts["lines"], start=start):
        yield from _line_facts(place, line["taxon"], line["quantity"], line["unit"], line["term"], line["appendix"])


def _of_record(record: PermitRecord) -> Iterator[tuple[Fact, str]]:
    yield NUMBER, record.number
    yield KIND, record.kind.value
    yield LAST_DAY, record.valid_until.isoformat()
    for name, country, who in ((IMPORTER, TO, record.importer), (EXPORTER, FROM, record.exporter)):
        yield country, who.country
        yield name, who.name
    for place, line in enumerate(record.lines):
        yield from _line_facts(place, line.taxon, plain(line.quantity), line.unit, line.term, line.appendix.value)


def _line_facts(place: int, taxon: str, quantity: str, unit: str, term: str,
                appendix: str) -> Iterator[tuple[Fact, str]]:
    yield from zip(_of_line(place + 1), (taxon, term, appendix, f"{quantity} {unit}"), strict=True)


@lru_cache(maxsize=2048)
def _of_line(line: int) -> tuple[Fact, ...]:
    return (("7", say("scientific name of line %(line)s", line=line)), ("9", say("term of line %(line)s", line=line)),
            ("10", say("Appendix of line %(line)s", line=line)), ("11", say("quantity of line %(line)s", line=line)))


def _printed(record: PermitRecord) -> dict[Fact, str]:
    """What the pages print of those facts, as they print it; names in other letters are not looked for."""
    found = {key: value for key, value in _of_record(record)
             if key == NUMBER or key[1].startswith(("scientific name", "quantity"))}
    return {key: value for key, value in found.items() if value.isascii()} | {
        LAST_DAY: words(record.valid_until)}
