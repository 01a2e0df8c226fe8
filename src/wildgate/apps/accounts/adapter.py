"""How sign-in behaves here: nobody makes an account at the door; a registration or an invitation does."""

from __future__ import annotations

from collections.abc import Mapping
from time import time
from typing import Any, Final

from allauth.account import app_settings
from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.authentication import get_authentication_records
from allauth.mfa.adapter import DefaultMFAAdapter
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

WRONG_CODE = _("This code is wrong or was used already. Type the one that the app shows now.")
OTHER_WAYS = {"reauthenticate": _("Use the password"), "mfa_reauthenticate": _("Use a code"),
              "mfa_reauthenticate:webauthn": _("Use the passkey")}
FACTORS: Final = "allauth.mfa"
"""The app whose pages add second factors, take them away, and make recovery codes."""


class ClosedSignup(DefaultAccountAdapter):  # type: ignore[misc]  # allauth ships no types
    """Accounts begin at `/register/` or by a mailed link, never in allauth's own form. What is refused there is said
    in the words of our pages."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "cannot_remove_primary_email": _("This is the address you sign in with. Make another one the main one first."),
        "duplicate_email": _("This e-mail address is already one of yours."),
        "email_password_mismatch": _("The e-mail address or the password is wrong."),
        "email_taken": _("This e-mail address cannot be used here. Give another one."),
        "enter_current_password": _("This is not your current password."),
        "incorrect_code": WRONG_CODE,
        "incorrect_password": _("This is not your password."),
        "max_email_addresses": _("You cannot have more than %d e-mail addresses."),
        "too_many_login_attempts": _("There were too many wrong tries. Wait a quarter of an hour, or ask for a new "
                                     "password by e-mail: then you can try again at once."),
        "unverified_primary_email": _("Open the link that we sent to your main e-mail address first."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """Whether somebody must prove once more to be themselves. Not for their second factors in the five minutes
        after they signed in: an official who came to set one up has just typed the password (OWASP ASVS 3.7.1)."""
        return not (app == FACTORS and _just_signed_in(self.request)) and super().is_reauthentication_required(
            app=app, **kwargs)

    def get_reauthentication_methods(self, user: Any) -> list[dict[str, Any]]:
        """As allauth has them, in the words of the account's pages."""
        return [{**way, "description": OTHER_WAYS.get(way["id"], way["description"])}
                for way in super().get_reauthentication_methods(user)]

    def get_login_stages(self) -> list[str]:
        """As allauth has them, with our word on when a second factor is asked for."""
        ours = {"allauth.mfa.stages.AuthenticateStage": "wildgate.apps.accounts.identity.SecondFactor"}
        return [ours.get(stage, stage) for stage in super().get_login_stages()]


class OurFactors(DefaultMFAAdapter):  # type: ignore[misc]
    """Second factors, with refusals in the words of our pages."""

    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "add_email_blocked": _("Remove the second factor before you add an e-mail address."),
        "incorrect_code": WRONG_CODE,
        "unverified_email": _("Open the link that we sent to your e-mail address before you set up a second factor."),
    }


def _just_signed_in(request: HttpRequest) -> bool:
    """By ways that can be asked for again: an identity from elsewhere is proved there, and says nothing of now."""
    proved = [way["at"] for way in get_authentication_records(request, request.user)
              if way["method"] in ("password", "mfa")]
    return bool(proved) and time() - max(proved) < app_settings.REAUTHENTICATION_TIMEOUT


def tried_address(request: HttpRequest, credentials: Mapping[str, Any] | None = None) -> str:
    """The address that somebody tries to sign in with: what failures are counted by."""
    found = (credentials or {}).get("email") or request.POST.get("login", "")
    return str(found).strip().lower()[:254]
