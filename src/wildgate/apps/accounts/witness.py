"""What people change about their own sign-in becomes an event too; a session keeps no full address."""

from __future__ import annotations

from typing import Any

from allauth.account.signals import password_changed, password_reset
from allauth.mfa.signals import authenticator_added, authenticator_removed, authenticator_reset
from allauth.socialaccount.signals import social_account_added, social_account_removed
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.db import transaction
from django.db.models.signals import pre_save
from django.dispatch import receiver
from django.utils import timezone

from wildgate.apps.accounts.models import Person
from wildgate.apps.accounts.throttle import network
from wildgate.kit import events


def _tell(kind: str, person: Person, **data: str) -> None:
    with transaction.atomic():
        events.append(kind, f"person:{person.pk}", party=settings.PARTY, actor=f"person:{person.pk}",
                      at=timezone.now(), data=data)


@receiver([password_changed, password_reset])
def _password(user: Person, **_: Any) -> None:
    _tell("password-set", user)


@receiver(authenticator_added)
def _added(user: Person, authenticator: Any, **_: Any) -> None:
    _tell("second-factor-added", user, type=str(authenticator.type))


@receiver(authenticator_removed)
def _removed(user: Person, authenticator: Any, **_: Any) -> None:
    _tell("second-factor-removed", user, type=str(authenticator.type))


@receiver(authenticator_reset)
def _codes(user: Person, **_: Any) -> None:
    _tell("recovery-codes-made", user)


@receiver(social_account_added)
def _linked(sociallogin: Any, **_: Any) -> None:
    _tell("identity-linked", sociallogin.user)


@receiver(social_account_removed)
def _unlinked(socialaccount: Any, **_: Any) -> None:
    _tell("identity-unlinked", socialaccount.user)


@receiver(pre_save, sender=UserSession)
def _only_the_network(instance: UserSession, **_: Any) -> None:
    """The list of sessions names the network a browser came from (/24, /48), never its address."""
    instance.ip = network(instance.ip)
