"""Erasure: what may go goes in one transaction, what must stay is listed with its rule and the day when it may go.

The person's row stays under a pseudonym, since cases, permits and the chain point to it. The chain itself holds no
names; texts beside it that were about the person go and leave their digest.
"""

from __future__ import annotations

import hashlib
import json
import secrets
import shutil
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any, Final

from allauth.usersessions.models import UserSession
from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet

from wildgate.apps.accounts.access import Action, Actor, require
from wildgate.apps.accounts.models import Organisation, Person, Post
from wildgate.apps.accounts.services import people
from wildgate.apps.permits.models import Application, Attachment
from wildgate.apps.privacy import gathering, retaining
from wildgate.apps.privacy.gathering import Subject
from wildgate.apps.privacy.models import Erasure, SubjectRequest
from wildgate.apps.privacy.register import declared
from wildgate.apps.privacy.services import asking
from wildgate.convention.lifecycle import CaseState
from wildgate.convention.refusal import Refusal, refuse
from wildgate.kit import events, holds, notes
from wildgate.kit.uploads.models import Upload

ERASED: Final = "person-erased"
LIST: Final = "erasures.jsonl"
NOBODY: Final = "erased.invalid"
"""No mail leaves for an address there (RFC 2606)."""
BASIS: Final = ("GDPR Art. 17", "House rule: two people erase")


def confirm(*, actor: Actor, request: int, at: datetime) -> SubjectRequest | Refusal:
    """The second person confirms, and it is done; `kept` of the request lists what stays."""
    with transaction.atomic():
        asked = asking.waiting(actor, request)
        if isinstance(asked, Refusal):
            return asked
        if refused := require(actor, Action.CONFIRM_ERASURE, asked):
            return refused
        if asked.kind != SubjectRequest.Kind.ERASURE or asked.person is None:
            return refuse("no-such-request", "There is no such request, or it was answered already.")
        kept = erase(asked.person, party=actor.party, by=actor.label, at=at)
        if isinstance(kept, Refusal):
            return kept
        asked.state, asked.decided_by_id, asked.decided_at = SubjectRequest.State.DONE, actor.own_id, at
        asked.kept = kept
        asked.save(update_fields=["state", "decided_by", "decided_at", "kept"])
    return asked


def erase(person: Person, *, party: str, by: str, at: datetime, code: str = "") -> list[dict[str, Any]] | Refusal:
    """Erase one person. Call inside a transaction. What stays: a list of what it is, how many, rule, day, numbers."""
    person = Person.objects.select_for_update().get(pk=person.pk)
    subject = Subject.of(party, person)
    events.lock_head(party)  # a hold is set under the same lock
    if refused := refusal_of(subject, at.date()):
        return refused
    proof = proof_of(person)
    code = code or new_code()
    _delete_drafts(subject)
    _end_account(subject, by, at)
    counts = _delete_rows(subject)
    notes.erase(party, list(gathering.notes_about(subject).values_list("event__seq", flat=True)),
                subject=subject.label, actor=by, at=at)
    kept = [*_kept_records(subject, at.date())]
    if not kept:
        _forget_firms(subject, code)
    _forget_files(subject, bool(kept))
    if not _official(person):
        person.name = f"erased person {code}"
    else:
        kept.append(_kept("accounts.person", "account", [person.name], None))
    person.email, person.is_active, person.last_login = f"{code}@{NOBODY}", False, None
    person.set_unusable_password()
    person.save()
    SubjectRequest.objects.filter(person=person, state=SubjectRequest.State.ASKED).update(
        state=SubjectRequest.State.OVER)
    made, _new = Erasure.objects.update_or_create(person=person, defaults={
        "party": party, "code": code, "proof": proof, "at": at})
    events.append(ERASED, subject.label, party=party, actor=by, at=at, data={"code": code, "rows": counts})
    transaction.on_commit(lambda: _write_down(made))
    return [*kept, *_mentioned(subject, kept)]


def refusal_of(subject: Subject, on: date) -> Refusal | None:
    """Why this person may not be erased now."""
    person = subject.person
    if person is None or Erasure.objects.filter(person=person).exists():
        return refuse("no-such-person", "There is no such person.", basis=BASIS)
    things = {subject.label, *subject.cases, *(f"organisation:{each}" for each in subject.firms)}
    if holds.among(subject.party, things):
        return refuse("held", "The law asks that this stays for now. Ask again later.", basis=("GDPR Art. 17(3)",))
    if people.in_force(Post.objects.filter(person=person, authority__isnull=False), on).exists():
        return refuse("in-office", "Whoever holds a post at an authority is not erased: end the posts first.",
                      basis=BASIS)
    return None


def proof_of(person: Person) -> str:
    """Tells after a restore whether a row is still that person: a key may have been given again."""
    return hashlib.sha256(f"{person.pk} {person.joined_at.isoformat()}".encode()).hexdigest()


def new_code() -> str:
    """Four signs by which an erased person is told from others; more when those are used up."""
    for length in (4, 4, 4, 6, 8):
        code = secrets.token_hex(length // 2)
        if not Erasure.objects.filter(code=code).exists():
            return code
    raise RuntimeError("No free code for an erased person was found.")


def _official(person: Person) -> bool:
    """Did the person ever decide for an authority? Then the name belongs to what was decided."""
    return Post.objects.filter(person=person, authority__isnull=False).exists()


def _delete_drafts(subject: Subject) -> None:
    """Drafts that were never handed in, of the person's own: rows, documents and files."""
    drafts = Application.objects.filter(party=subject.party, organisation__in=subject.firms,
                                        state=CaseState.DRAFT.value, submitted_at=None)
    delete_drafts(drafts)


def delete_drafts(drafts: QuerySet[Application]) -> int:
    """Delete drafts with their documents. A transaction is the caller's."""
    keys = list(drafts.filter(rulings=None).values_list("pk", flat=True))
    uploads = list(Attachment.objects.filter(application__in=keys).values_list("upload_id", flat=True))
    Attachment.objects.filter(application__in=keys).delete()
    for upload in Upload.objects.filter(pk__in=uploads):
        _drop(upload.folder)
    Upload.objects.filter(pk__in=uploads).delete()
    Application.objects.filter(pk__in=keys).delete()
    return len(keys)


def _end_account(subject: Subject, by: str, at: datetime) -> None:
    """Sessions end, posts end: from the next request on nothing of the account works."""
    for session in UserSession.objects.filter(user=subject.person):
        session.end()
    for post in people.in_force(Post.objects.filter(person=subject.person), at.date()):
        people.end_at_once(post, by=by, at=at)


def _delete_rows(subject: Subject) -> dict[str, int]:
    """What the register says goes with the person; how many rows of what."""
    counts = {}
    for line in declared():
        rows = gathering.rows_of(line, subject)
        if line.erased == "delete":
            counts[line.label] = rows.delete()[0]
        elif line.erased == "blank":
            counts[line.label] = rows.update(**dict.fromkeys(line.fields, ""))
        elif line.erased == "pseudonym":
            counts[line.label] = rows.update(**{name: f"nobody@{NOBODY}" if name == "email" else "–"
                                                for name in line.fields})
    return {label: count for label, count in counts.items() if count}


def _kept_records(subject: Subject, on: date) -> Iterator[dict[str, Any]]:
    """Cases and permits of the person's own, and what hangs on them, that a rule keeps."""
    for line in declared():
        if line.way[0] != "firm" or line.erased == "delete" or line.label == "accounts.organisation":
            continue
        rows = [row for row in gathering.rows_of(line, subject).order_by("pk") if not _emptied(row)]
        if rows:
            yield _kept(line.label, line.what.rule, [str(getattr(row, "number", "") or row.pk) for row in rows],
                        retaining.may_go(subject.party, line.what.rule, rows, on))


def _emptied(row: Any) -> bool:
    """A case whose time was over says nothing any more."""
    case = row if isinstance(row, Application) else getattr(row, "application", None)
    return isinstance(case, Application) and not case.answers and case.state in retaining.CLOSED


def finish(party: str, at: datetime) -> int:
    """Organisations of erased people whose last case went by its rule: they go now. How many."""
    done = 0
    for made in Erasure.objects.filter(party=party).select_related("person"):
        subject = Subject(party, made.person)
        named = Organisation.objects.filter(pk__in=subject.firms).exclude(name=f"erased person {made.code}")
        if named.exists() and not any(_kept_records(subject, at.date())):
            _forget_firms(subject, made.code)
            done += 1
    return done


def _kept(what: str, rule: str, numbers: list[str], until: date | None) -> dict[str, Any]:
    return {"what": what, "rule": rule, "count": len(numbers), "until": until.isoformat() if until else "",
            "numbers": numbers[:200]}


def _mentioned(subject: Subject, kept: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Other people's records in which the name stands, each with the rule that it is kept by."""
    there = {each["what"] for each in kept}
    found: dict[tuple[str, str], list[str]] = {}
    for each in gathering.mentions(subject):
        if each.line.label not in there:
            found.setdefault((each.line.label, each.line.what.rule), []).append(each.number)
    return [_kept(what, rule, numbers, None) for (what, rule), numbers in found.items()]


def _forget_firms(subject: Subject, code: str) -> None:
    """A private person's organisation with nothing left in it is the person: it becomes a pseudonym too."""
    Organisation.objects.filter(pk__in=subject.firms).update(
        name=f"erased person {code}", address="–", registration_number="", proof="", decision="")


def _forget_files(subject: Subject, stays: bool) -> None:
    """Files that hang on nothing that stays: their bytes and their names."""
    used = Attachment.objects.filter(upload__by=subject.label) if stays else Attachment.objects.none()
    for upload in gathering.files_of(subject).exclude(pk__in=used.values_list("upload_id", flat=True)):
        upload.file_name, upload.choices, upload.report = "erased", {}, {}
        upload.save(update_fields=["file_name", "choices", "report"])
        _drop(upload.folder)
    for asked in SubjectRequest.objects.filter(person=subject.person, state=SubjectRequest.State.READY):
        asked.state = SubjectRequest.State.OVER
        asked.save(update_fields=["state"])
        transaction.on_commit(lambda file=asked.file: file.unlink(missing_ok=True))  # type: ignore[misc]


def _drop(folder: Path) -> None:
    transaction.on_commit(lambda: shutil.rmtree(folder, ignore_errors=True))


def _write_down(made: Erasure) -> None:
    """A line beside the database, without names, by which the erasure is repeated after an old backup is restored."""
    place = Path(settings.HOME) / LIST
    with place.open("a", encoding="utf-8") as out:
        out.write(json.dumps(as_line(made), sort_keys=True) + "\n")


def as_line(made: Erasure) -> dict[str, Any]:
    return {"party": made.party, "person": made.person_id, "code": made.code, "proof": made.proof,
            "at": made.at.isoformat()}


def replay(lines: list[dict[str, Any]], at: datetime) -> tuple[int, list[str]]:
    """Repeat erasures on a restored database: how many were done, and the codes of those that could not be."""
    done, left = 0, []
    for line in lines:
        person = Person.objects.filter(pk=line["person"]).first()
        if person is None or proof_of(person) != line["proof"]:
            continue  # the backup is from before this person came
        if Erasure.objects.filter(person=person).exists():
            continue
        with transaction.atomic():
            kept = erase(person, party=line["party"], by=events.SYSTEM, at=at, code=line["code"])
        if isinstance(kept, Refusal):
            left.append(line["code"])
        else:
            done += 1
    return done, left
