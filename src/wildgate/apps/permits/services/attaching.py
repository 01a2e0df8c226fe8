"""Documents with an application: taken in apart from all else, judged by their bytes, handed out as downloads."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Final

from django.db import transaction

from wildgate.apps.accounts.access import Action, Actor, require
from wildgate.apps.permits.models import Application, Attachment
from wildgate.apps.permits.services.moving import locked, not_now
from wildgate.convention.lifecycle import CaseState
from wildgate.convention.refusal import Refusal, refuse
from wildgate.kit import events
from wildgate.kit.uploads import services as files

LARGEST: Final = 10_000_000
MOST: Final = 20
LONGEST_NOTE: Final = 200
OPEN: Final = (CaseState.DRAFT, CaseState.ASKED)
"""States in which the applicant adds and takes out documents."""
PDF, JPEG, PNG = "application-pdf", "application-jpeg", "application-png"
TYPES: Final = {PDF: "application/pdf", JPEG: "image/jpeg", PNG: "image/png"}
ENDINGS: Final = {PDF: (".pdf",), JPEG: (".jpg", ".jpeg"), PNG: (".png",)}
ACTIVE: Final = (b"/JavaScript", b"/JS ", b"/JS(", b"/Launch", b"/RichMedia")
HEAD, TAIL = 1024, 2048


def attach(*, actor: Actor, case: str, kind: str, name: str, parts: Iterable[bytes], at: datetime,
           note: str = "") -> Attachment | Refusal:
    """Add a document while the application is a draft or the authority asks. The same file twice is one document."""
    if kind not in Attachment.Kind.values:
        return refuse("missing", "Choose what kind of document it is.", field="kind")
    if len(note.strip()) > LONGEST_NOTE:
        return refuse("too-long", "This is %(length)s characters long; shorten it to %(longest)s.",
                      length=len(note.strip()), longest=LONGEST_NOTE, field="note")
    with transaction.atomic():
        application = _open(actor, case)
        if isinstance(application, Refusal):
            return application
        kept = application.attachments.filter(removed_at=None)
        if kept.count() >= MOST:
            return refuse("too-many", "An application takes up to %(most)s documents; take one out first.", most=MOST,
                          field="file")
        upload = files.keep(parts, name, judge=judged, largest=LARGEST, party=actor.party, by=actor.label, at=at,
                            choices={"application": application.number})
        if isinstance(upload, Refusal):
            return upload
        twin = kept.select_related("upload").filter(upload__digest=upload.digest, kind=kind).first()
        if twin is not None:
            files.forget(upload.pk)
            upload.delete()
            return twin
        made = Attachment.objects.create(application=application, upload=upload, kind=kind, note=note.strip(),
                                         added_by_id=actor.own_id, added_at=at)
        events.append("attachment-added", application.subject, party=application.party, actor=actor.label, at=at,
                      data={"attachment": made.pk, "kind": kind, "digest": upload.digest})
    return made


def detach(*, actor: Actor, case: str, attachment: int, at: datetime) -> Application | Refusal:
    """Take a document out. It stays on file, marked as taken out: what the authority may have read does not vanish."""
    with transaction.atomic():
        application = _open(actor, case)
        if isinstance(application, Refusal):
            return application
        found = application.attachments.filter(pk=attachment).first()
        if found is None:
            return refuse("no-such-document", "The application has no such document.", field="file")
        if found.removed_at is None:
            found.removed_at = at
            found.save(update_fields=["removed_at"])
            events.append("attachment-removed", application.subject, party=application.party, actor=actor.label, at=at,
                          data={"attachment": found.pk})
    return application


def _open(actor: Actor, case: str) -> Application | Refusal:
    application = locked(actor.party, case)
    if isinstance(application, Refusal):
        return application
    if refused := require(actor, Action.EDIT_APPLICATION, application):
        return refused
    if application.case_state not in OPEN:
        return not_now(application)
    return application


def judged(file: Path) -> str | Refusal:
    """What the file is by its bytes: PDF, JPEG or PNG, under a name that says so, with nothing in it that runs."""
    data = file.read_bytes()
    head, tail = data[:HEAD], data[-TAIL:]
    if head.startswith(b"%PDF-") and b"%%EOF" in tail:
        kind = PDF
    elif head.startswith(b"\xff\xd8\xff") and b"\xff\xd9" in tail:
        kind = JPEG
    elif head.startswith(b"\x89PNG\r\n\x1a\n") and head[12:16] == b"IHDR" and b"IEND" in tail:
        kind = PNG
    else:
        return refuse("not-a-document", "%(name)s is no PDF, JPEG or PNG file, or is cut off.", name=file.name,
                      field="file")
    if not file.name.lower().endswith(ENDINGS[kind]):
        return refuse("wrong-name", "%(name)s is not what its name says; save it again under the right ending.",
                      name=file.name, field="file")
    if kind == PDF and any(word in data for word in ACTIVE):
        return refuse("active-document", "%(name)s holds a program; print it to a plain PDF and send "
                      "that.", name=file.name, field="file")
    return kind
