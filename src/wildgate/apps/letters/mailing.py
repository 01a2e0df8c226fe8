"""Letters by e-mail: gathered for one person, claimed by one worker, sent, and noted as sent.

Who wants mail at once gets one at most every half minute: what comes meanwhile goes into the next one together. Before
a worker sends it claims the row, so that two never send the same. When it dies after sending and before it could note
so, nobody knows whether the mail went out: it is sent once more, and only once (`Mail.unclear`). The identifier of the
message stays the same, so that a mail program may show the two as one.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from smtplib import SMTPRecipientsRefused, SMTPResponseException, SMTPSenderRefused

from django.core.mail import EmailMultiAlternatives, get_connection
from django.db import transaction
from django.db.models import QuerySet

from wildgate.apps.accounts.models import Person
from wildgate.apps.letters import wording
from wildgate.apps.letters.models import Letter, Mail, Preference
from wildgate.apps.letters.planning import GATHER, alone_for
from wildgate.apps.letters.selectors import readable
from wildgate.apps.letters.services.telling import tell_administrators
from wildgate.kit import jobs

PAUSE = timedelta(seconds=30)
"""Between two mails to one person."""
MOST_A_MINUTE = 120
"""So many mails of this installation in a minute; what is more waits."""
A_MINUTE = timedelta(minutes=1)
MOST_IN_ONE = 50
LEASE = timedelta(minutes=4)
"""A mail that has been on its way for longer: its worker has died. Shorter than the lease of a job."""
TRIES = 8
By, State = Preference.By, Mail.State
SEND = "letters.send_mail"


def gather(party: str, person: int, *, at: datetime) -> Mail | None:
    """Put what the person has not read and was not mailed into a mail; None: nothing, or not yet."""
    with transaction.atomic():
        alone_for(person)
        if not _unsent(party, person).exists():
            return None
        last = Mail.objects.filter(party=party, person=person, digest=False).order_by("-made_at").first()
        if last is not None and at < last.made_at + PAUSE:
            jobs.enqueue(GATHER, f"person:{person}", party=party, at=last.made_at + PAUSE, party_code=party,
                         person=person)
            return None
        return _put_together(party, person, at=at, digest=False)


def gather_daily(party: str, *, at: datetime) -> list[Mail]:
    """One mail for each person who wants it daily and has something unread."""
    wanting = Preference.objects.filter(mail=By.DAILY).values_list("person_id", flat=True)
    waiting = Letter.objects.filter(party=party, person__in=wanting, read_at=None, mail=None, silent=False)
    made = []
    for person in sorted(set(waiting.values_list("person_id", flat=True))):
        with transaction.atomic():
            alone_for(person)
            if _unsent(party, person).exists():
                made.append(_put_together(party, person, at=at, digest=True))
    return made


def _unsent(party: str, person: int) -> QuerySet[Letter]:
    return Letter.objects.filter(party=party, person=person, read_at=None, mail=None, silent=False)


def _put_together(party: str, person: int, *, at: datetime, digest: bool) -> Mail:
    mail = Mail.objects.create(party=party, person_id=person, digest=digest, made_at=at)
    _unsent(party, person).update(mail=mail)
    jobs.enqueue(SEND, f"mail:{mail.pk}", party=party, at=at, party_code=party, mail=mail.pk)
    return mail


def send(key: int, *, at: datetime) -> Mail | None:
    """Send one mail, once. None: another worker has it, it is done, or too many went out this minute."""
    mail = _claimed(key, at)
    if mail is None:
        return None
    message = compose(mail, at)
    if message is None:
        return _end(mail, State.DROPPED, at)
    connection = get_connection()
    try:
        connection.open()
    except OSError as fault:  # smtplib's faults are OSErrors too; nothing was sent
        return _again(mail, fault, at)
    try:
        connection.send_messages([message])
    except (SMTPResponseException, SMTPRecipientsRefused, SMTPSenderRefused) as fault:
        return _again(mail, fault, at)
    except OSError as fault:
        mail.unclear += 1
        return _again(mail, fault, at)
    finally:
        connection.close()
    return _end(mail, State.SENT, at)


def _claimed(key: int, at: datetime) -> Mail | None:
    """The mail, taken under a lease by this worker alone."""
    with transaction.atomic():
        mail = Mail.objects.select_for_update().filter(pk=key).first()
        if mail is None or mail.state not in (State.WAITING, State.SENDING):
            return None
        if mail.state == State.SENDING:
            if mail.claimed_at is not None and at < mail.claimed_at + LEASE:
                _later(mail, mail.claimed_at + LEASE)
                return None
            mail.unclear += 1
            if mail.unclear > 1:
                _give_up(mail, "nobody knows whether it was sent, twice", at)
                return None
        elif _must_wait(mail, at):
            _later(mail, at + A_MINUTE)
            return None
        mail.state, mail.claimed_at, mail.tries = State.SENDING, at, mail.tries + 1
        mail.save(update_fields=["state", "claimed_at", "tries", "unclear"])
        return mail


def _must_wait(mail: Mail, at: datetime) -> bool:
    """Too many went out this minute, or the server could not be reached for another mail: workers have more to do."""
    if Mail.objects.filter(sent_at__gt=at - A_MINUTE).count() >= MOST_A_MINUTE:
        return True
    tried = Mail.objects.filter(party=mail.party, state=State.WAITING, claimed_at__gt=at - A_MINUTE)
    return tried.exclude(pk=mail.pk).exclude(error="").exclude(error__contains=" ").exists()


def compose(mail: Mail, at: datetime) -> EmailMultiAlternatives | None:
    """The mail in the reader's language, with what they may still see and have not read; None when nothing is left."""
    person = Person.objects.filter(pk=mail.person_id, is_active=True).first()
    letters = readable(person, mail.letters.filter(read_at=None).order_by("-pk")[:MOST_IN_ONE], at) if person else []
    if not person or not letters:
        return None
    subject, text, html = wording.mail(person, letters, mail)
    message = EmailMultiAlternatives(subject, text, to=[person.email], headers={
        "Message-ID": wording.message_id(mail), "Auto-Submitted": "auto-generated"})
    message.attach_alternative(html, "text/html")
    return message


def _again(mail: Mail, fault: Exception, at: datetime) -> Mail:
    """Try later, longer each time. A refusal for good, the last try, or a second doubtful one ends it."""
    codes = [fault.smtp_code] if isinstance(fault, SMTPResponseException) else []
    if isinstance(fault, SMTPRecipientsRefused):
        codes = [code for code, _ in fault.recipients.values()]
    said = " ".join([type(fault).__name__, *map(str, codes)])  # with a code the server was there and said no
    for_good = isinstance(fault, SMTPRecipientsRefused) and all(code >= 500 for code in codes)
    with transaction.atomic():
        if for_good or mail.tries >= TRIES or mail.unclear > 1:
            _give_up(mail, said, at)
        else:
            mail.state, mail.error = State.WAITING, said
            mail.save(update_fields=["state", "error", "unclear"])
            _later(mail, at + timedelta(minutes=2 ** (mail.tries - 1)))
    return mail


def _give_up(mail: Mail, said: str, at: datetime) -> None:
    mail.state, mail.error = State.FAILED, said[:200]
    mail.save(update_fields=["state", "error", "unclear"])
    tell_administrators("mail-failed", f"mail:{mail.pk}", {}, at=at, party=mail.party, key=f"mail:{mail.pk}")


def _end(mail: Mail, state: Mail.State, at: datetime) -> Mail:
    mail.state, mail.sent_at, mail.error = state, at if state is State.SENT else None, ""
    with transaction.atomic():
        mail.save(update_fields=["state", "sent_at", "error"])
        if state is State.SENT:
            mail.letters.update(mailed_at=at)
    return mail


def _later(mail: Mail, at: datetime) -> None:
    jobs.enqueue(SEND, f"mail:{mail.pk}", party=mail.party, at=at, party_code=mail.party, mail=mail.pk)


def retry(mail: Mail, *, at: datetime) -> None:
    """Begin again with a mail that failed. Inside a transaction."""
    mail.state, mail.tries, mail.unclear, mail.error = State.WAITING, 0, 0, ""
    mail.save(update_fields=["state", "tries", "unclear", "error"])
    _later(mail, at)
