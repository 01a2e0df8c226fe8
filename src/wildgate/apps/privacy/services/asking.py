"""Requests about one's own data: asked, withdrawn or declined, and the copy that is made of them by a job."""

from __future__ import annotations

import hashlib
import io
import json
import os
import shutil
import zipfile
from datetime import datetime, timedelta
from typing import Any, Final

from django.db import transaction
from django.template.loader import render_to_string

from wildgate.apps.accounts.access import Action, Actor, can, require
from wildgate.apps.accounts.models import Person
from wildgate.apps.privacy import gathering
from wildgate.apps.privacy.gathering import Subject
from wildgate.apps.privacy.models import SubjectRequest
from wildgate.apps.privacy.register import PURPOSES, declared
from wildgate.convention.refusal import Refusal, refuse
from wildgate.kit import events, jobs
from wildgate.kit.cleaning import sealing

KEPT: Final = timedelta(days=7)
"""So long a copy can be fetched."""
LONGEST: Final = 500
LONGEST_PROOF: Final = 300
ASKED: Final = "privacy-asked"
MADE: Final = "privacy-copy-made"
FETCHED: Final = "privacy-copy-fetched"
FORGOTTEN: Final = "privacy-copy-forgotten"
DECLINED: Final = "privacy-declined"
State = SubjectRequest.State
Kind = SubjectRequest.Kind


def ask(*, actor: Actor, kind: str, at: datetime) -> SubjectRequest | Refusal:
    """The person asks: for a copy, which a job makes at once, or to be erased, which another person confirms."""
    if refused := require(actor, Action.SIGNED_IN):
        return refused
    return _asked(actor, kind, at, person=Person.objects.get(pk=actor.own_id))


def ask_for(*, actor: Actor, kind: str, email: str, name: str, proof: str, at: datetime) -> SubjectRequest | Refusal:
    """An administrator asks for somebody who proved who they are: by their account's address, else by their name."""
    if refused := require(actor, Action.ANSWER_SUBJECT):
        return refused
    if not proof.strip() or len(proof) > LONGEST_PROOF:
        return refuse("proof-missing", "Say how the person proved who they are, in at most %(most)s characters.",
                      most=LONGEST_PROOF, field="proof")
    person = Person.objects.filter(email=email.strip().lower()).first() if email.strip() else None
    if email.strip() and person is None:
        return refuse("no-such-person", "There is no such person.", field="email")
    if person is None and (kind == Kind.ERASURE or len(name.strip()) < gathering.SHORTEST):
        return refuse("name-too-short", "Without an account only a copy can be made, of a name with %(least)s letters "
                      "or more.", least=gathering.SHORTEST, field="name")
    return _asked(actor, kind, at, person=person, name="" if person else name.strip()[:160], proof=proof.strip())


def _asked(actor: Actor, kind: str, at: datetime, *, person: Person | None, name: str = "",
           proof: str = "") -> SubjectRequest | Refusal:
    if kind not in Kind.values:
        return refuse("no-such-kind", "Choose what it is.", field="kind")
    with transaction.atomic():
        events.lock_head(actor.party)  # two at the same moment: the second is told
        if person is not None and SubjectRequest.objects.filter(party=actor.party, person=person, kind=kind,
                                                                state=State.ASKED).exists():
            return refuse("asked-already", "This was asked for already, and waits.")
        made = SubjectRequest.objects.create(party=actor.party, kind=kind, person=person, name=name, proof=proof,
                                             asked_by_id=actor.own_id, asked_at=at)
        events.append(ASKED, made.subject, party=actor.party, actor=actor.label, at=at,
                      data={"kind": kind, "for-another": made.person_id != actor.person_id})
        if kind == Kind.COPY:
            jobs.enqueue("privacy.make_copy", str(made.pk), party=actor.party, at=at, request=made.pk)
    return made


def decline(*, actor: Actor, request: int, why: str, at: datetime) -> SubjectRequest | Refusal:
    """Take one's own request back, or say no to an erasure with the reason."""
    if not why.strip() or len(why) > LONGEST:
        return refuse("reason-missing", "Say why, in at most %(most)s characters.", most=LONGEST, field="why")
    with transaction.atomic():
        found = waiting(actor, request)
        if isinstance(found, Refusal):
            return found
        own = actor.person_id in (found.asked_by_id, found.person_id)
        if not own and (refused := require(actor, Action.CONFIRM_ERASURE, found)):
            return refused
        found.state, found.decided_by_id, found.decided_at, found.why = State.DECLINED, actor.own_id, at, why.strip()
        found.save(update_fields=["state", "decided_by", "decided_at", "why"])
        events.append(DECLINED, found.subject, party=actor.party, actor=actor.label, at=at, data={"own": own})
    return found


def waiting(actor: Actor, request: int) -> SubjectRequest | Refusal:
    """A request that waits, under its lock, if the actor has to do with it."""
    found = SubjectRequest.objects.select_for_update().filter(party=actor.party, pk=request, state=State.ASKED).first()
    mine = found is not None and actor.person_id in (found.asked_by_id, found.person_id)
    if found is None or not (mine or can(actor, Action.CONFIRM_ERASURE, found)):
        return refuse("no-such-request", "There is no such request, or it was answered already.")
    return found


def subject_of(asked: SubjectRequest) -> Subject:
    """Whom a request is about."""
    if asked.person is not None:
        return Subject.of(asked.party, asked.person)
    return Subject(asked.party, None, (asked.name,))


def make_copy(key: int, at: datetime) -> None:
    """Gather, pack and seal the copy. Run again, it is made already."""
    asked = SubjectRequest.objects.select_related("person").filter(pk=key, kind=Kind.COPY, state=State.ASKED).first()
    if asked is None:
        return
    packed = _packed(asked, at)
    asked.file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = asked.file.with_suffix(".part")
    draft.unlink(missing_ok=True)
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
        out.write(sealing.seal(packed, asked.subject))
    with transaction.atomic():
        found = SubjectRequest.objects.select_for_update().get(pk=key)
        if found.state != State.ASKED:
            draft.unlink(missing_ok=True)
            return
        draft.replace(asked.file)
        found.state, found.until = State.READY, at + KEPT
        found.digest = hashlib.sha256(packed).hexdigest()
        found.save(update_fields=["state", "until", "digest"])
        events.append(MADE, found.subject, party=found.party, actor=events.SYSTEM, at=at,
                      data={"digest": found.digest})
        jobs.enqueue("privacy.forget_copy", str(key), party=found.party, at=found.until, request=key)


def _packed(asked: SubjectRequest, at: datetime) -> bytes:
    """A ZIP: data.json for programs, index.html for people, and the files that the person handed in."""
    subject = subject_of(asked)
    told = answer(subject, at)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("data.json", json.dumps(told, ensure_ascii=False, indent=2, default=str))
        archive.writestr("index.html", render_to_string("privacy/copy.html", {"told": told}))
        for upload in gathering.files_of(subject):
            if upload.file.is_file():
                with upload.file.open("rb") as source, archive.open(f"files/{upload.pk}-{upload.file_name}", "w") as to:
                    shutil.copyfileobj(source, to)
    return packed.getvalue()


def answer(subject: Subject, at: datetime) -> dict[str, Any]:
    """All that is held about the person and may be told, and what is left out with the reason."""
    parts: dict[str, dict[str, Any]] = {}
    for line, rows in gathering.held(subject):
        part = parts.setdefault(line.purpose, {
            "purpose": str(line.what.words), "basis": line.what.basis, "kept": line.what.rule, "records": {}})
        part["records"].setdefault(line.label, []).extend(rows)
    named = [] if subject.person is not None else [
        {"record": each.line.label, "number": each.number, "field": each.name, "words": each.words}
        for each in gathering.mentions(subject, secret=False)]
    left_out = {purpose: str(PURPOSES[purpose].left_out) for purpose in
                dict.fromkeys(line.purpose for line in declared() if line.what.left_out)}
    return {"made_at": at.isoformat(), "party": subject.party, "held": parts, "named_in": named,
            "acts": gathering.acts(subject), "left_out": left_out}


def fetch(*, actor: Actor, request: int, at: datetime) -> tuple[SubjectRequest, bytes] | Refusal:
    """The copy, for the person concerned; one for a person without an account, for the administrator who asked."""
    missing = refuse("no-copy", "There is no such copy, or its seven days are over: ask for a new one.")
    found = SubjectRequest.objects.filter(party=actor.party, pk=request, state=State.READY, until__gt=at).first()
    if found is None or actor.person_id != (found.person_id or found.asked_by_id):
        return missing
    try:
        packed = sealing.unsealed(found.file.read_bytes(), found.subject)
    except FileNotFoundError:
        return missing
    if packed is None or hashlib.sha256(packed).hexdigest() != found.digest:
        return missing
    with transaction.atomic():
        events.append(FETCHED, found.subject, party=found.party, actor=actor.label, at=at)
    return found, packed


def forget_copy(key: int, at: datetime) -> None:
    """The seven days are over: the file goes, the row stays."""
    with transaction.atomic():
        found = SubjectRequest.objects.select_for_update().filter(pk=key, state=State.READY, until__lte=at).first()
        if found is not None:
            found.state = State.OVER
            found.save(update_fields=["state"])
            events.append(FORGOTTEN, found.subject, party=found.party, actor=events.SYSTEM, at=at)
            transaction.on_commit(lambda: found.file.unlink(missing_ok=True))
