"""Imports are told to the Management Authority once a day: in one file, by mail and machine notice, with a receipt.

An import goes out in exactly one file, whatever worker runs twice or dies in between. A mail may come twice then, with
the same file and the same link.
"""

from __future__ import annotations

import hashlib
import hmac
from datetime import datetime, timedelta
from typing import Final

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override

from wildgate.apps.accounts.access import Action, Actor, require
from wildgate.apps.duties import files, selectors
from wildgate.apps.duties.matrix import BY_CODE, IMPORTS, Way
from wildgate.apps.duties.models import Relay, Relayed
from wildgate.apps.duties.services.receiving import received_by_link
from wildgate.apps.duties.services.telling import give
from wildgate.convention.refusal import Refusal, refuse
from wildgate.kit import events, jobs

RELAYED, MAILED = "imports-relayed", "relay-mailed"
HOUR: Final = 16
"""UTC, a house value: then the imports of the day go out."""
MOST_IN_ONE: Final = 2000
LEASE: Final = timedelta(minutes=4)


def plan(party: str, at: datetime) -> None:
    """Ask for the file of this evening. Asked again, it is the same file. Inside a transaction."""
    due = at.replace(hour=HOUR, minute=0, second=0, microsecond=0)
    due = due if at < due else due + timedelta(days=1)
    jobs.enqueue("duties.relay_day", due.date().isoformat(), party=party, at=due, party_code=party)


def relay_now(*, actor: Actor, at: datetime) -> Relay | Refusal:
    """An officer does not wait for the evening."""
    if refused := require(actor, Action.RELAY_IMPORTS):
        return refused
    made = relay(actor.party, by=actor.label, at=at)
    return made or refuse("nothing-to-relay", "There is no import that was not sent, or this row of the matrix is off.")


def relay(party: str, *, by: str, at: datetime) -> Relay | None:
    """Put every import that was in no file yet into one; None: there is none, or it was agreed not to tell."""
    agreed = selectors.agreed(party, BY_CODE[IMPORTS], at.date())
    if not agreed.on:
        return None
    with transaction.atomic():
        events.lock_head(party)  # one file at a time: the second finds nothing left
        imports = list(selectors.unrelayed(party)[:MOST_IN_ONE])
        if not imports:
            return None
        lines = files.lines_of(imports)
        table = files.as_table(lines)
        made = Relay.objects.create(
            party=party, day=at.date(), rows=len(imports), table=table, made_at=at, address=agreed.address,
            message=files.as_message(lines, party=party, day=at.date()),
            digest=hashlib.sha256(table.encode()).hexdigest())
        Relayed.objects.bulk_create([Relayed(relay=made, endorsement=each) for each in imports])
        told = events.append(RELAYED, made.subject, party=party, actor=by, at=at,
                             data={"rows": made.rows, "digest": made.digest})
        made.notice = next((notice for notice in give(told, at=at) if notice.row == IMPORTS), None)
        made.link = hashed(token_of(made))
        made.save(update_fields=["notice", "link"])
        if made.address and agreed.by(Way.MAIL):
            jobs.enqueue("duties.mail_relay", made.subject, party=party, at=at, relay=made.pk)
        if selectors.unrelayed(party).exists():
            jobs.enqueue("duties.relay_day", f"more:{made.pk}", party=party, at=at, party_code=party)
    return made


def mail(key: int, *, at: datetime) -> bool:
    """Mail one file. False: it went out already, or another worker has it in hands."""
    with transaction.atomic():
        found = Relay.objects.select_for_update().filter(pk=key, mailed_at=None).first()
        if found is None:
            return False
        if found.sending_until is not None and at < found.sending_until:
            jobs.enqueue("duties.mail_relay", found.subject, party=found.party, at=found.sending_until, relay=key)
            return False
        found.sending_until, found.tries = at + LEASE, found.tries + 1
        found.save(update_fields=["sending_until", "tries"])
    try:
        compose(found).send()
    except OSError:  # smtplib's faults are OSErrors too: the job waits and tries again, and is dead in the end
        Relay.objects.filter(pk=key).update(sending_until=None)
        raise
    with transaction.atomic():
        Relay.objects.filter(pk=key).update(mailed_at=at, sending_until=None)
        events.append(MAILED, found.subject, party=found.party, actor=events.SYSTEM, at=at,
                      data={"digest": found.digest})
    return True


def compose(relay: Relay) -> EmailMessage:
    """The mail: how many imports, the link that says it arrived, and both forms of the file."""
    name = f"imports-{relay.party}-{relay.day.isoformat()}-{relay.pk}"
    link = settings.BASE_URL + reverse("relay-link", args=[token_of(relay)])
    with override(settings.LANGUAGE_CODE):
        subject = _("Imports let in by customs: file %(number)s of %(day)s") % {
            "number": relay.pk, "day": relay.day.isoformat()}
        text = _("%(rows)s imports are in the attached file. Say here that you have received it: %(link)s") % {
            "rows": relay.rows, "link": link}
    host = settings.BASE_URL.partition("://")[2].partition(":")[0].partition("/")[0] or "localhost"
    message = EmailMessage(f"Wildgate: {subject}", f"{text}\n\nSHA-256 {relay.digest}\n", to=[relay.address], headers={
        "Message-ID": f"<wildgate-{name}@{host}>", "Auto-Submitted": "auto-generated"})
    message.attach(f"{name}.csv", relay.table.encode(), "text/csv")
    message.attach(f"{name}.xml", relay.message.encode(), "application/xml")
    return message


def receive_by_link(token: str, *, at: datetime) -> Relay | Refusal:
    """The Management Authority says that the file arrived, by the link of the mail; once."""
    with transaction.atomic():
        found = by_link(token)
        if found is None or found.notice is None:
            return refuse("link-gone", "This link is not known or no longer works: ask the authority that sent it.")
        received_by_link(found.notice, at)
    return found


def by_link(token: str) -> Relay | None:
    return Relay.objects.select_related("notice").filter(link=hashed(token)).first()


def token_of(relay: Relay) -> str:
    """The same for every try of one mail; it is not in the database."""
    return hmac.new(settings.SECRET_KEY.encode(), f"wildgate relay {relay.party} {relay.pk} {relay.digest}".encode(),
                    hashlib.sha256).hexdigest()


def hashed(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
