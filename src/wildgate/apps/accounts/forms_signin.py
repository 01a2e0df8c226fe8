"""The sign-in pages of allauth in the words of this house: one word for one thing on every page, in every language."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from allauth.account import forms as account
from allauth.account.adapter import get_adapter
from allauth.mfa.base import forms as mfa
from allauth.mfa.totp import forms as totp
from allauth.mfa.webauthn import forms as webauthn
from django.conf import settings
from django.forms import EmailField
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from wildgate.apps.accounts import throttle
from wildgate.apps.accounts.forms import NO_ADDRESS
from wildgate.apps.accounts.models import Person
from wildgate.apps.accounts.services import forgotten


class OurWords:
    """Labels of the house for the fields of a form that another package made; what it checks stays its own."""

    labels: ClassVar[Mapping[str, Any]] = {}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: Mapping[str, Any] = self.fields  # type: ignore[attr-defined]
        for name, label in self.labels.items():
            fields[name].label = label
            fields[name].widget.attrs.pop("placeholder", None)
            if isinstance(fields[name], EmailField):
                fields[name].error_messages["invalid"] = NO_ADDRESS


NEW_PASSWORD = {"password1": _("New password"), "password2": _("New password once more")}


class AddEmail(OurWords, account.AddEmailForm):  # type: ignore[misc]  # allauth ships no types
    labels = {"email": _("E-mail address")}


class Login(OurWords, account.LoginForm):  # type: ignore[misc]
    labels = {"login": _("E-mail address"), "password": _("Password")}


def refuse_further(what: str, person: Person) -> None:
    """Count a try; after too many wrong ones none is looked at, whatever process it meets or address it has."""
    if throttle.too_many_tries(what, person, timezone.now()):
        raise get_adapter().validation_error("too_many_login_attempts")


class PasswordOnceMore(OurWords, account.ReauthenticateForm):  # type: ignore[misc]
    labels = {"password": _("Password")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password"].help_text = format_html(
            '<a href="{}">{}</a>', reverse("account_reset_password"), _("Forgotten your password?"))

    def clean_password(self) -> str:
        refuse_further(throttle.PASSWORD, self.user)
        password: str = super().clean_password()
        throttle.right(throttle.PASSWORD, self.user)
        return password


class ResetPassword(OurWords, account.ResetPasswordForm):  # type: ignore[misc]
    labels = {"email": _("E-mail address")}

    def save(self, request: Any, **kwargs: Any) -> str:
        """A job writes the mail: a slow mail server holds nobody up, and no time tells who has an account."""
        email: str = self.cleaned_data["email"]
        forgotten.ask(email, party=settings.PARTY, language=get_language() or "", at=request.at)
        return email


class ResetPasswordKey(OurWords, account.ResetPasswordKeyForm):  # type: ignore[misc]
    labels = NEW_PASSWORD


class ChangePassword(OurWords, account.ChangePasswordForm):  # type: ignore[misc]
    labels = {"oldpassword": _("Current password"), **NEW_PASSWORD}

    def clean_oldpassword(self) -> str:
        refuse_further(throttle.PASSWORD, self.user)
        password: str = super().clean_oldpassword()
        throttle.right(throttle.PASSWORD, self.user)
        return password


class SetPassword(OurWords, account.SetPasswordForm):  # type: ignore[misc]
    labels = NEW_PASSWORD


class ActivateTOTP(OurWords, totp.ActivateTOTPForm):  # type: ignore[misc]
    labels = {"code": _("The six digits from the app")}


class Code(OurWords):
    """A code of the second factor: no more wrong ones than eight in a quarter of an hour, and each right one once.
    allauth counts neither for all processes together."""

    labels = {"code": _("Six digits, or a recovery code")}

    def clean_code(self) -> str:
        person, at = self.user, timezone.now()  # type: ignore[attr-defined]
        refuse_further(throttle.CODE, person)
        code: str = super().clean_code()  # type: ignore[misc]
        throttle.right(throttle.CODE, person)
        if throttle.code_served(person, code, at):
            raise get_adapter().validation_error("incorrect_code")
        return code


class Authenticate(Code, mfa.AuthenticateForm):  # type: ignore[misc]
    """After the password."""


class Reauthenticate(Code, mfa.ReauthenticateForm):  # type: ignore[misc]
    """Once more, before the account is changed."""


class EditPasskey(OurWords, webauthn.EditWebAuthnForm):  # type: ignore[misc]
    labels = {"name": _("Name")}
