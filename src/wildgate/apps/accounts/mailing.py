"""Mail to people who cannot read messages inside yet: links to finish a registration, to join, to set a password.

Subject lines name nobody. A mail that cannot be sent is logged without its address; the sender may ask again.
"""

from __future__ import annotations

import logging
from smtplib import SMTPException

from django.conf import settings
from django.core.mail import send_mail
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _

log = logging.getLogger(__name__)


def finish(email: str, token: str) -> None:
    """Finish a registration."""
    _send(email, _("Finish your registration"), "register", link=_link(token))


def known(email: str) -> None:
    """Somebody typed the address of an account into the registration."""
    _send(email, _("Your account"), "known", link=f"{settings.BASE_URL}{reverse('account_reset_password')}")


def invite(email: str, token: str, organisation: str, by: str) -> None:
    """A colleague invites."""
    _send(email, _("You are invited"), "join", link=_link(token), organisation=organisation, by=by)


def new_password(email: str, token: str) -> None:
    """An administrator opened the account or reset it."""
    _send(email, _("Set your password"), "password", link=_link(token))


def alarm(email: str, number: int) -> None:
    """Somebody opened an emergency right. Raises OSError or SMTPException when the mail cannot be sent."""
    text = render_to_string("accounts/mail/alarm.txt", {
        "number": number, "party": settings.PARTY, "link": f"{settings.BASE_URL}{reverse('emergencies')}"})
    send_mail(f"Wildgate: {_('Emergency right %(number)s was opened') % {'number': number}}", text, None, [email])


def _link(token: str) -> str:
    return f"{settings.BASE_URL}{reverse('mailed-link', args=[token])}"


def _send(email: str, subject: str, name: str, **values: str) -> None:
    text = render_to_string(f"accounts/mail/{name}.txt", {**values, "party": settings.PARTY})
    try:
        send_mail(f"Wildgate: {subject}", text, None, [email])
    except (SMTPException, OSError) as fault:
        log.warning("a mail (%s) could not be sent: %s", name, type(fault).__name__)
