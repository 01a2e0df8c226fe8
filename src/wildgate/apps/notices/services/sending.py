"""Sending a notice: a second person reads it and sends it, by the site's mail or as a file for the platform's form."""

from __future__ import annotations

import hashlib
import json
from datetime import datetime, timedelta
from typing import Final

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.mail import EmailMessage
from django.core.validators import validate_email
from django.db import transaction

from wildgate.apps.accounts.access import Action, Actor, require
from wildgate.apps.notices import wording
from wildgate.apps.notices.models import Notice, ReCheck, tasks
from wildgate.apps.notices.services.drafting import NO_NOTICE, REGULATION, locked, still_draft
from wildgate.apps.platforms import selectors as platforms
from wildgate.convention.refusal import Refusal, refuse
from wildgate.kit import events, jobs

SENT, MAILED = "platform-notice-sent", "platform-notice-mailed"
MAIL: Final = "notices.mail_notice"
LEASE: Final = timedelta(minutes=4)


def send(*, actor: Actor, number: str, way: str, good_faith: bool, at: datetime) -> Notice | Refusal:
    """Send what another person drafted. From here on its words are fixed under a SHA-256."""
    if refused := require(actor, Action.NOTIFY_PLATFORM):
        return refused
    if way not in Notice.Way.values:
        return refuse("notice-way", "Choose how the notice goes out.", field="way")
    if not good_faith:
        return refuse("notice-good-faith", "Confirm in good faith that the notice is accurate and complete.",
                      field="good_faith", basis=REGULATION)
    with transaction.atomic():
        found = locked(actor.party, number)
        if found is None:
            return NO_NOTICE
        if refused := still_draft(found):
            return refused
        if found.drafted_by_id == actor.own_id:
            return refuse("notice-own", "Whoever drafted a notice does not send it: another person reads it first.",
                          basis=("House rule: four eyes",))
        to = _mailbox(found) if way == Notice.Way.MAIL else ""
        if isinstance(to, Refusal):
            return to
        found.state, found.sent_by_id, found.sent_at = Notice.State.SENT, actor.own_id, at
        found.way, found.sent_to, found.title, found.body = way, to, wording.title(found), wording.text(found)
        found.digest = hashlib.sha256(found.body.encode()).hexdigest()
        found.save()
        events.append(SENT, found.subject, party=found.party, actor=actor.label, at=at,
                      data={"way": way, "digest": found.digest, "listing": found.listing})
        if way == Notice.Way.MAIL:
            jobs.enqueue(MAIL, found.number, party=found.party, at=at, party_code=found.party, number=found.number)
        else:
            _out(found, at)
    return found


def _mailbox(found: Notice) -> str | Refusal:
    """Where the platform takes notices by mail, as the register has it."""
    platform = platforms.platforms(found.party).filter(pk=found.platform_id).first()
    contact = platforms.contact_of(platform) if platform else None
    try:
        validate_email(contact.to if contact else "")
    except ValidationError:
        return refuse("notice-no-mailbox", "The register has no e-mail address for notices of this platform: write it "
                      "there, or take the notice as a file.", field="way")
    return contact.to if contact else ""


def _out(found: Notice, at: datetime) -> None:
    """It left the house: the clocks of the re-checks begin."""
    found.out_at, found.sending_until, found.fault = at, None, ""
    found.save(update_fields=["out_at", "sending_until", "fault"])
    ReCheck.objects.bulk_create(tasks(found, at), ignore_conflicts=True)


def mail(party: str, number: str, *, at: datetime) -> bool:
    """Mail one notice. False: it went out already, or another worker has it in hands."""
    with transaction.atomic():
        found = Notice.objects.select_for_update().filter(party=party, number=number, way=Notice.Way.MAIL,
                                                          out_at=None).exclude(sent_at=None).first()
        if found is None:
            return False
        if found.sending_until is not None and at < found.sending_until:
            jobs.enqueue(MAIL, number, party=party, at=found.sending_until, party_code=party, number=number)
            return False
        found.sending_until = at + LEASE
        found.save(update_fields=["sending_until"])
    try:
        compose(found).send()
    except OSError as fault:  # smtplib's faults are OSErrors too: the job waits and tries again, and is dead in the end
        Notice.objects.filter(pk=found.pk).update(sending_until=None, fault=type(fault).__name__)
        raise
    with transaction.atomic():
        _out(found, at)
        events.append(MAILED, found.subject, party=party, actor=events.SYSTEM, at=at, data={"digest": found.digest})
    return True


def compose(found: Notice) -> EmailMessage:
    """The mail: the notice as it was fixed, its fields for a program, and nothing else."""
    host = settings.BASE_URL.partition("://")[2].partition(":")[0].partition("/")[0] or "localhost"
    message = EmailMessage(found.title, found.body, to=[found.sent_to], reply_to=[found.notifier_email], headers={
        "Message-ID": f"<wildgate-{found.number}-{found.digest[:12]}@{host}>"})
    message.attach(f"{found.number}.json", as_json(found), "application/json")
    return message


def as_json(found: Notice) -> str:
    """The notice for a platform's program, with the SHA-256 of its text."""
    return json.dumps({**wording.fields(found), "sha256": found.digest}, ensure_ascii=False, indent=1)
