"""What changed in how a person signs in, said by e-mail at once, whatever mail they want otherwise: who reads it and
did not do it knows that somebody else has the account.

It goes to every address that the person has confirmed, so that whoever makes an address of their own the main one does
not silence it. It may come twice, when a worker died or one of several addresses was not taken at once.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Iterable, Mapping
from datetime import datetime
from smtplib import SMTPException, SMTPRecipientsRefused
from typing import Any, Final

from allauth.account.models import EmailAddress
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from wildgate.apps.accounts.models import Person
from wildgate.apps.letters import wording
from wildgate.apps.letters.models import person_key
from wildgate.kit.models import Event

log = logging.getLogger(__name__)

SAID: Final[Mapping[str, Any]] = {
    "password-set": gettext_lazy("Your account for electronic CITES permits has a new password."),
    "second-factor-added:totp": gettext_lazy("An authenticator app was added to your account."),
    "second-factor-added:webauthn": gettext_lazy("A passkey was added to your account."),
    "second-factor-removed:totp": gettext_lazy("The authenticator app was removed from your account."),
    "second-factor-removed:webauthn": gettext_lazy("A passkey was removed from your account."),
    "recovery-codes-made": gettext_lazy("Your account has new recovery codes. The old ones no longer work."),
    "recovery-code-used": gettext_lazy("One of your recovery codes was used. It does not work again."),
    "address-added": gettext_lazy("A further e-mail address was confirmed for your account."),
    "address-changed": gettext_lazy("You sign in to your account with another e-mail address now."),
    "address-removed": gettext_lazy("An e-mail address was removed from your account."),
    "identity-linked": gettext_lazy("Your account can be opened with a national identity now."),
    "identity-unlinked": gettext_lazy("Your account is no longer opened with the national identity."),
    "sign-in-reset": gettext_lazy("An administrator reset the sign-in of your account. Another e-mail has a link to "
                                  "set a new password."),
    "second-factor-reset": gettext_lazy("An administrator removed the authenticator app, the passkeys and the recovery "
                                        "codes of your account."),
}
"""By kind of event, and by kind of second factor. Recovery codes that come or go with a factor are not in it."""
KINDS: Final = tuple(dict.fromkeys(key.partition(":")[0] for key in SAID))
REMOVED: Final = "address-removed"
FOR_GOOD: Final = 500
"""From this answer of a mail server on there is no sense in asking again."""


def warn(*, subject: str, seq: int, at: datetime) -> None:
    """The mail about an event. A server that does not answer is asked again by the job."""
    event = Event.objects.filter(subject=subject, seq=seq).first()
    person = Person.objects.filter(pk=person_key(subject) or 0, is_active=True).first()
    if event is None or person is None:
        return
    factor = json.loads(event.data).get("type", "")
    said = SAID.get(f"{event.kind}:{factor}" if factor else event.kind)
    if said is not None:
        confirmed = EmailAddress.objects.filter(user=person, verified=True).values_list("email", flat=True)
        _send(person, {person.email, *confirmed}, said, event.at)


def warn_removed(person: Person, address: str, at: datetime) -> None:
    """The mail to an address that is no longer the person's: nothing keeps it for a job."""
    try:
        _send(person, [address], SAID[REMOVED], at)
    except (SMTPException, OSError) as fault:
        log.warning("a mail (%s) could not be sent: %s", REMOVED, type(fault).__name__)


def _send(person: Person, addresses: Iterable[str], said: Any, at: datetime) -> None:
    with translation.override(wording.language_of(person, [])):
        subject = "Wildgate: " + _("Your sign-in has changed")
        text = render_to_string("letters/warning.txt", {
            "name": person.name, "said": said, "at": at, "sender": wording.sender(),
            "link": wording.absolute(reverse("account_reset_password"))})
    later: SMTPRecipientsRefused | None = None
    for address in sorted(addresses):
        try:
            EmailMessage(subject, text, to=[address], headers={"Auto-Submitted": "auto-generated"}).send()
        except SMTPRecipientsRefused as fault:
            if all(code >= FOR_GOOD for code, _said in fault.recipients.values()):
                log.warning("a mail about a sign-in was refused for good")
            else:
                later = fault
    if later is not None:
        raise later
