"""The verdict: may this permit be relied on, by this reader, now? Reached offline from a code and signed lists."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final

from wildgate.convention.refusal import Refusal
from wildgate.convention.sentence import say
from wildgate.seal.claims import PermitClaims
from wildgate.seal.companion import Companion, Paper
from wildgate.seal.endorsement import Endorsement
from wildgate.seal.envelope import COSE_SIGN1, Envelope, Kind, open_envelope
from wildgate.seal.facts import companion_facts, endorsement_facts, note_facts, permit_facts, spoken
from wildgate.seal.keys import Purpose
from wildgate.seal.note import Note
from wildgate.seal.status import Freshness, StatusAnswer, StatusLists
from wildgate.seal.text import LONGEST_TEXT, from_text
from wildgate.seal.token import Token, read_claims
from wildgate.seal.trust import Keyring, KeyState, Moments, TrustEntry, TrustList
from wildgate.seal.words import Answer, Role, answer_to, reason

__all__ = ["Answer", "Role", "Verdict", "Verifier"]

SLACK_SECONDS: Final = 300
UNKNOWN: Final = "unknown"
_PURPOSES: Final = {int(Kind.PERMIT): Purpose.PERMIT, int(Kind.ENDORSEMENT): Purpose.ENDORSEMENT,
                    int(Kind.NOTE): Purpose.NOTE, int(Kind.COMPANION): Purpose.PERMIT}
_TOO_LATE: Final = {KeyState.ACTIVE: "key-time", KeyState.RETIRED: "key-retired",
                    KeyState.COMPROMISED: "key-stolen-after"}
_FOR: Final = {Purpose.PERMIT: say("permits"), Purpose.ENDORSEMENT: say("endorsements"), Purpose.NOTE: say("notes")}


@dataclass(frozen=True, slots=True)
class Verdict:
    """The answer to one code.

    `genuine`: a Party's key for this purpose signed it and nothing disproves that. `state` is the permit's state in
    words ("valid", "exported", "expired", "unknown" ...), "endorsement" for an endorsement. `facts` are what
    the code says, to show and compare; empty when nothing in it can be believed. `lists_as_of` is when the status list
    was signed and `age_seconds` how long ago that was; `digest` is the permit digest, 32 bytes.
    """

    genuine: bool
    state: str
    answer: Answer
    reasons: tuple[Refusal, ...]
    facts: dict[str, Any] = field(default_factory=dict)
    lists_as_of: datetime | None = None
    age_seconds: int | None = None
    digest: bytes | None = None

    def as_json(self) -> dict[str, Any]:
        """The form that the command and the API print; `age` is in seconds, null when no list was used."""
        return {
            "genuine": self.genuine, "state": self.state, "answer": self.answer.value,
            "reasons": [why.as_json() for why in self.reasons], "facts": self.facts, "age": self.age_seconds,
            "lists_as_of": self.lists_as_of.isoformat().replace("+00:00", "Z") if self.lists_as_of else None,
            "digest": self.digest.hex() if self.digest else None,
        }


class Verifier:
    """Holds trust lists and status lists, and answers for codes. No network; safe to share between threads."""

    def __init__(self, trust: TrustList | Sequence[TrustList], status: StatusLists | None = None) -> None:
        self.keys = Keyring(trust)
        self.status = status
        self._newest = max((source.issued_at.timestamp() for source in self.keys.lists), default=0.0)

    def verdict(self, data: str | bytes, role: Role, at: datetime) -> Verdict:
        """The verdict on a scanned text, or on a token's bytes, for `role` at `at` (aware)."""
        token = data if isinstance(data, bytes) and data[:1] == bytes((COSE_SIGN1,)) else from_text(_as_text(data))
        envelope = token if isinstance(token, Refusal) else open_envelope(token)
        if isinstance(envelope, Refusal):
            return _refused(envelope)
        trusted = self._trusted(envelope)
        if isinstance(trusted, Refusal):
            return _refused(trusted)
        entry, read = trusted
        now, moments = at.timestamp(), self.keys.moments[entry.kid]
        if late := self._out_of_time(read.claims, entry, moments, now):
            return _refused(late)
        notes = self._notes(moments, now)
        if self.keys.conflicts and (doubt := self.keys.conflicts.get(entry.kid)):
            notes.append((Answer.HOLD, doubt))
        if isinstance(read.claims, Endorsement):
            return _endorsed(read, read.claims, entry, notes)
        if isinstance(read.claims, Note):
            return _noted(read, read.claims, entry, now, notes)
        if isinstance(read.claims, Companion):
            return self._beside(read, read.claims, entry, role, now, notes)
        return self._permit(read, read.claims, entry, role, now, notes)

    def _trusted(self, envelope: Envelope) -> tuple[TrustEntry, Token] | Refusal:
        """The key that speaks for this code, and its claims: the signature is checked before they are read."""
        kind = envelope.header.kind
        purpose = _PURPOSES.get(kind) if isinstance(kind, int) else None
        if purpose is None:
            return reason("wrong-kind")
        found = self.keys.find(envelope.header.kid)
        if found is None:
            return self._stranger(envelope)
        entry, _source = found
        if entry.purpose is not purpose:
            return reason("key-purpose", what=_FOR[purpose])
        if entry.key.alg is not envelope.header.alg:
            return reason("key-algorithm")
        if not envelope.verified_by(entry.key):
            return reason("signature")
        token = read_claims(envelope)
        if isinstance(token, Refusal):
            return token
        if token.claims.party != entry.party:
            return reason("key-party", owner=entry.party, party=token.claims.party)
        return entry, token

    def _stranger(self, envelope: Envelope) -> Refusal:
        token = read_claims(envelope)
        if isinstance(token, Refusal):
            return token
        party = token.claims.party
        known = any(entry.party == party for source in self.keys.lists for entry in source.entries)
        return reason("unknown-key" if known else "unknown-party", party=party)

    def _notes(self, moments: Moments, now: float) -> list[tuple[Answer, Refusal]]:
        """What the age of the trust list and the clock do to the answer."""
        if self._newest > now + SLACK_SECONDS:
            return [(Answer.HOLD, reason("clock-behind", date=spoken(self._newest)))]
        if now > moments.expires:
            return [(Answer.HOLD, reason("trust-expired", date=spoken(moments.expires)))]
        if now > moments.fresh_until:
            return [(Answer.ACCEPT, reason("trust-as-of", date=spoken(moments.listed)))]
        return []

    def _out_of_time(self, claims: PermitClaims | Endorsement | Note | Companion, entry: TrustEntry, moments: Moments,
                     now: float) -> Refusal | None:
        """Dated outside the life of its key, or in the future by more than a clock may be wrong.

        A list that was signed later than now proves that the clock is behind: then now says nothing about a date.
        """
        if isinstance(claims, PermitClaims | Companion):
            issued: float = claims.issued_at
        else:
            issued = (claims.issued_at if isinstance(claims, Note) else claims.at).timestamp()
        if not moments.since <= issued <= moments.until:
            late = issued > moments.until
            return reason(_TOO_LATE[entry.state] if late else "key-time", date=spoken(issued), party=entry.party)
        if issued > now + SLACK_SECONDS and not self._behind(claims, now):
            return reason("issued-in-future", date=spoken(issued))
        return None

    def _behind(self, claims: PermitClaims | Endorsement | Note | Companion, now: float) -> bool:
        signed = self._newest
        if isinstance(claims, PermitClaims | Companion):
            signed = max(signed, self._status(claims, now).as_of or 0)
        return signed > now + SLACK_SECONDS

    def _permit(self, token: Token, claims: PermitClaims, entry: TrustEntry, role: Role, now: float,
                notes: list[tuple[Answer, Refusal]]) -> Verdict:
        facts, digest = permit_facts(claims), token.digest
        listed = self._registered(claims, digest)
        if entry.state is KeyState.COMPROMISED:
            if listed is None:
                return _unproven(reason("key-stolen", party=claims.party), notes, facts, digest)
            if not listed:
                return _refused(reason("key-stolen-unlisted", party=claims.party), facts, digest)
            notes.append((Answer.ACCEPT, reason("key-stolen-listed", party=claims.party)))
        if listed is False:
            return _refused(reason("not-in-register", party=claims.party), facts, digest)
        status = self._status(claims, now)
        as_of = datetime.fromtimestamp(status.as_of, UTC) if status.as_of is not None else None
        age = max(0, int(now - status.as_of)) if status.as_of is not None else None
        if now > claims.expires_at:
            state, rulings = "expired", [(Answer.REFUSE, reason("expired", date=facts["valid_until"]))]
        else:
            state, rulings = _judge(claims, status, role, now, claims.most_uses)
        told = {why.code for _, why in rulings}
        rulings += [note for note in notes if note[1].code not in told] + self._remarks(claims)
        answers = [answer for answer, _ in rulings]
        answer = Answer.REFUSE if Answer.REFUSE in answers else Answer.HOLD if Answer.HOLD in answers else Answer.ACCEPT
        return Verdict(True, state, answer, tuple([why for _, why in rulings]), facts, as_of, age, digest)

    def _beside(self, token: Token, companion: Companion, entry: TrustEntry, role: Role, now: float,
                notes: list[tuple[Answer, Refusal]]) -> Verdict:
        """A label tells of its permit but never stands for it; a blank is nothing until it is completed."""
        facts = companion_facts(companion)
        if entry.state is KeyState.COMPROMISED:
            return _unproven(reason("key-stolen", party=companion.party), notes, facts, token.digest)
        if companion.paper is Paper.BLANK:
            ended = (reason("expired", date=facts["valid_until"]),) if now > companion.expires_at else ()
            whys = (reason("incomplete", number=companion.number), *ended)
            return Verdict(True, "incomplete", Answer.REFUSE, whys, facts, digest=token.digest)
        status = self._status(companion, now)
        as_of = datetime.fromtimestamp(status.as_of, UTC) if status.as_of is not None else None
        age = max(0, int(now - status.as_of)) if status.as_of is not None else None
        if now > companion.expires_at:
            state, rulings = "expired", [(Answer.REFUSE, reason("expired", date=facts["valid_until"]))]
        else:
            state, rulings = _judge(companion, status, role, now)
        grave = [pair for pair in rulings if pair[0] is not Answer.ACCEPT]
        answer = Answer.REFUSE if any(pair[0] is Answer.REFUSE for pair in grave) else Answer.HOLD
        reasons = (reason("label", number=companion.number), *(why for _, why in (*grave, *notes)))
        return Verdict(True, state, answer, reasons, facts, as_of, age, token.digest)

    def _registered(self, claims: PermitClaims, digest: bytes) -> bool | None:
        """Whether the Party's register of issued permits has this one; None when no register can tell.

        The register is signed by the Party's status key, so a thief of its permit key cannot enter anything. A forger
        chooses the date: a forgery dated after the register at hand is not known to be one until the next register.
        """
        register = self.status.digests(claims.status_uri, self.keys) if self.status else None
        if register is None:
            return None
        if register.holds(claims.status_index, claims.page, digest):
            return True
        return None if register.issued_at <= claims.issued_at else False

    def _status(self, claims: PermitClaims | Companion, now: float) -> StatusAnswer:
        if self.status is None:
            return StatusAnswer(None, Freshness.MISSING)
        return self.status.lookup(claims.party, claims.status_uri, claims.status_index, now, self.keys)

    def _remarks(self, claims: PermitClaims) -> list[tuple[Answer, Refusal]]:
        remarks = []
        if claims.pages > 1:
            remarks.append((Answer.ACCEPT, reason("scan-every-page", page=claims.page, pages=claims.pages)))
        if claims.newer:
            remarks.append((Answer.ACCEPT, reason("newer-profile")))
        party = self.keys.party(claims.party)
        if party and party.advisory:
            remarks.append((Answer.ACCEPT, reason("advisory", text=party.advisory)))
        return remarks


def _judge(claims: PermitClaims | Companion, status: StatusAnswer, role: Role, now: float,
           most_uses: int | None = None) -> tuple[str, list[tuple[Answer, Refusal]]]:
    """The state and what it means to `role`, as far as the list at hand can tell."""
    if status.problem:
        return UNKNOWN, [(Answer.HOLD, reason("status-missing", party=claims.party)), (Answer.HOLD, status.problem)]
    if status.as_of is None:
        return UNKNOWN, [(Answer.HOLD, reason("status-missing", party=claims.party))]
    doubt = _doubt(claims, status, now)
    if status.state is None or doubt:
        return UNKNOWN, [(Answer.HOLD, reason(doubt or "status-newer", date=spoken(status.as_of)))]
    rulings = [answer_to(role, status.state, claims.kind, most_uses)]
    if status.freshness is Freshness.STALE:
        rulings.append((Answer.ACCEPT, reason("status-as-of", date=spoken(status.as_of))))
    return status.state.word, rulings


def _doubt(claims: PermitClaims | Companion, status: StatusAnswer, now: float) -> str:
    """Why a list that could be read says nothing about this permit; empty when it does."""
    as_of = status.as_of or 0
    if as_of > now + SLACK_SECONDS:
        return "clock-behind"
    if status.freshness is Freshness.EXPIRED:
        return "status-expired"
    return "status-older" if as_of < claims.issued_at and isinstance(claims, PermitClaims) else ""


def _endorsed(token: Token, endorsement: Endorsement, entry: TrustEntry,
              notes: list[tuple[Answer, Refusal]]) -> Verdict:
    facts = endorsement_facts(endorsement)
    if entry.state is KeyState.COMPROMISED:
        return _unproven(reason("key-stolen-endorsement", party=endorsement.party), notes, facts, token.digest)
    answer = Answer.HOLD if any(answer is Answer.HOLD for answer, _ in notes) else Answer.ACCEPT
    reasons = (reason("endorsement", party=endorsement.party), *(why for _, why in notes))
    return Verdict(True, "endorsement", answer, reasons, facts, digest=token.digest)


def _noted(token: Token, note: Note, entry: TrustEntry, now: float, notes: list[tuple[Answer, Refusal]]) -> Verdict:
    """A note stands until its last day. It bounds what a later listing can spoil: only the authority's own page tells
    whether the listing changed before that day."""
    facts = note_facts(note)
    if entry.state is KeyState.COMPROMISED:
        return _unproven(reason("key-stolen-note", party=note.party), notes, facts, token.digest)
    if now > note.expires_at.timestamp():
        why = reason("expired", date=facts["valid_until"])
        return Verdict(True, "expired", Answer.REFUSE, (why,), facts, digest=token.digest)
    answer = Answer.HOLD if any(answer is Answer.HOLD for answer, _ in notes) else Answer.ACCEPT
    told = reason("note", party=note.party, law=facts["law"])
    return Verdict(True, "valid", answer, (told, *(why for _, why in notes)), facts, digest=token.digest)


def _refused(why: Refusal, facts: dict[str, Any] | None = None, digest: bytes | None = None) -> Verdict:
    """Disproved; but what cannot be checked here, for want of any key of its Party, is to be asked about."""
    answer = Answer.HOLD if why.code == "unknown-party" else Answer.REFUSE
    return Verdict(False, UNKNOWN, answer, (why,), facts or {}, digest=digest)


def _unproven(why: Refusal, notes: list[tuple[Answer, Refusal]], facts: dict[str, Any], digest: bytes) -> Verdict:
    """Neither genuine nor forged, as far as anybody can tell here: whoever stole a key signs as well as its owner."""
    return Verdict(False, UNKNOWN, Answer.HOLD, (why, *(note for _, note in notes)), facts, digest=digest)


def _as_text(data: str | bytes) -> str:
    """Bytes that are not a token may be a text file; foreign bytes become marks that no code contains."""
    return data if isinstance(data, str) else data[:LONGEST_TEXT * 4].decode(errors="replace")
