"""Mail to people who cannot read messages inside yet: links to finish a registration, to join, to set a password.

Subject lines name nobody. A mail goes out in the language of who reads it, not of who caused it, where that is known. A
mail that cannot be sent is logged without its address; the sender may ask again.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from smtplib import SMTPException
from typing import Any, Final

from allauth.account.adapter import get_adapter
from allauth.account.forms import ResetPasswordForm, default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.conf import settings
from django.core.mail import send_mail
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from wildgate.apps.accounts.models import Person

log = logging.getLogger(__name__)
_tongues: Final[list[Callable[[Person], str]]] = []


def languages_from(source: Callable[[Person], str]) -> None:
    """Which language somebody is written to in: `letters` keeps it, lies above, and says here how to ask."""
    _tongues[:] = [source]


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
    """An administrator opened the account or reset it: not in the administrator's language."""
    _send(email, _("Set your password"), "password", language=settings.LANGUAGE_CODE, link=_link(token))


def forgotten(email: str, language: str) -> None:
    """Somebody forgot the password, or has no account, or a closed one: the address alone is told which.

    `language` is that of the page, for who has none of their own. Raises OSError or SMTPException when the mail cannot
    be sent.
    """
    form = ResetPasswordForm({"email": email})
    people = form.users if form.is_valid() else []
    with translation.override(_language(people[0] if people else _person(email), language)):
        for person in people:
            key = f"{user_pk_to_url_str(person)}-{default_token_generator.make_token(person)}"
            path = reverse("account_reset_password_from_key", kwargs={"uidb36": "UID", "key": "KEY"})
            url = settings.BASE_URL + path.replace("UID-KEY", key)
            _of_allauth("password_reset_key", email, password_reset_url=url)
        if not people:
            _of_allauth("closed_account" if _person(email) else "unknown_account", email, base_url=settings.BASE_URL)


def alarm(email: str, number: int) -> None:
    """Somebody opened an emergency right. Raises OSError or SMTPException when the mail cannot be sent."""
    with translation.override(_language(_person(email), settings.LANGUAGE_CODE)):
        text = render_to_string("accounts/mail/alarm.txt", {
            "number": number, "party": settings.PARTY, "link": f"{settings.BASE_URL}{reverse('emergencies')}"})
        subject = _("Emergency right %(number)s was opened") % {"number": number}
    send_mail(f"Wildgate: {subject}", text, None, [email])


def _link(token: str) -> str:
    return f"{settings.BASE_URL}{reverse('mailed-link', args=[token])}"


def _person(email: str) -> Person | None:
    return Person.objects.filter(email__iexact=email).first()


def _language(person: Person | None, otherwise: str) -> str:
    """That of this account, where somebody ever signed in with it or chose one; else `otherwise`."""
    found = next((language(person) for language in _tongues), "") if person is not None else ""
    return next((each for each in (found, otherwise) if each in dict(settings.LANGUAGES)), settings.LANGUAGE_CODE)


def _of_allauth(name: str, email: str, **values: Any) -> None:
    get_adapter().render_mail(f"account/email/{name}", email, values).send()


def _send(email: str, subject: Any, name: str, *, language: str = "", **values: str) -> None:
    """`language`: for who has none of their own; empty: that of the page whose button was pressed."""
    with translation.override(_language(_person(email), language or translation.get_language() or "")):
        text = render_to_string(f"accounts/mail/{name}.txt", {**values, "party": settings.PARTY})
        subject = f"Wildgate: {subject}"
    try:
        send_mail(subject, text, None, [email])
    except (SMTPException, OSError) as fault:
        log.warning("a mail (%s) could not be sent: %s", name, type(fault).__name__)
