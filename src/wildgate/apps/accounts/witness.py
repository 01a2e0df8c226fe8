"""What people change about their own sign-in becomes an event too; a session keeps no full address."""

from __future__ import annotations

from typing import Any

from allauth.account.internal.flows.login import record_authentication
from allauth.account.signals import email_changed, email_confirmed, email_removed, password_changed, password_reset
from allauth.mfa.models import Authenticator
from allauth.mfa.signals import authenticator_added, authenticator_removed, authenticator_reset, authenticator_used
from allauth.socialaccount.signals import social_account_added, social_account_removed
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.signals import user_logged_in
from django.db import transaction
from django.db.models.signals import pre_save
from django.dispatch import receiver
from django.utils import timezone

from wildgate.apps.accounts import throttle
from wildgate.apps.accounts.gate import SECOND_FACTORS, SIGNED_IN_AT
from wildgate.apps.accounts.models import Person
from wildgate.apps.accounts.services import people
from wildgate.apps.accounts.throttle import network
from wildgate.kit import events


def _tell(kind: str, person: Person, **data: str) -> None:
    with transaction.atomic():
        events.append(kind, f"person:{person.pk}", party=settings.PARTY, actor=f"person:{person.pk}",
                      at=timezone.now(), data=data)


@receiver(user_logged_in)
def _begun(request: Any, user: Person, **_: Any) -> None:
    """A sign-in has an end that no use puts off."""
    request.session[SIGNED_IN_AT] = timezone.now().timestamp()


def _others_end(request: Any, person: Person) -> None:
    """Another factor: whatever other browser the person is signed in with must sign in again; this one goes on."""
    people.new_round(person)
    if request is not None and request.user == person:
        update_session_auth_hash(request, person)


@receiver(password_reset)
def _way_out(user: Person, **_: Any) -> None:
    """A new password by mail is the way out that the page of a locked account offers."""
    throttle.forgive(user)


@receiver([password_changed, password_reset])
def _password(user: Person, **_: Any) -> None:
    _tell("password-set", user)


@receiver(authenticator_added)
def _added(request: Any, user: Person, authenticator: Any, **_: Any) -> None:
    _others_end(request, user)
    if request is not None and request.user == user and authenticator.type in SECOND_FACTORS:
        # Making it took a code of the app, or the passkey itself: who has just shown it is not asked for it again.
        record_authentication(request, user, "mfa", type=str(authenticator.type), id=authenticator.pk)
    _tell("second-factor-added", user, type=str(authenticator.type))


@receiver(authenticator_removed)
def _removed(request: Any, user: Person, authenticator: Any, **_: Any) -> None:
    _others_end(request, user)
    _tell("second-factor-removed", user, type=str(authenticator.type))


@receiver(authenticator_reset)
def _codes(request: Any, user: Person, **_: Any) -> None:
    _others_end(request, user)
    _tell("recovery-codes-made", user)


@receiver(authenticator_used)
def _used(user: Person, authenticator: Any, **_: Any) -> None:
    """A recovery code is the last way in: its use is kept, and told to the owner."""
    if authenticator.type == Authenticator.Type.RECOVERY_CODES:
        _tell("recovery-code-used", user)


@receiver(email_confirmed)
def _address_added(email_address: Any, **_: Any) -> None:
    _tell("address-added", email_address.user)


@receiver(email_changed)
def _address_changed(user: Person, from_email_address: Any, to_email_address: Any, **_: Any) -> None:
    if from_email_address != to_email_address:
        _tell("address-changed", user)


@receiver(email_removed)
def _address_removed(user: Person, email_address: Any, **_: Any) -> None:
    if email_address.verified:
        _tell("address-removed", user)


@receiver(social_account_added)
def _linked(request: Any, sociallogin: Any, **_: Any) -> None:
    _others_end(request, sociallogin.user)
    _tell("identity-linked", sociallogin.user)


@receiver(social_account_removed)
def _unlinked(request: Any, socialaccount: Any, **_: Any) -> None:
    _others_end(request, socialaccount.user)
    _tell("identity-unlinked", socialaccount.user)


@receiver(pre_save, sender=UserSession)
def _only_the_network(instance: UserSession, **_: Any) -> None:
    """The list of sessions names the network a browser came from (/24, /48), never its address."""
    instance.ip = network(instance.ip)
