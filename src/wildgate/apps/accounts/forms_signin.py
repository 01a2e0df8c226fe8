"""The sign-in pages of allauth in the words of this house: one word for one thing on every page, in every language."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from allauth.account import forms as account
from allauth.mfa.base import forms as mfa
from allauth.mfa.totp import forms as totp
from django.utils.translation import gettext_lazy as _


class OurWords:
    """Labels of the house for the fields of a form that another package made; what it checks stays its own."""

    labels: ClassVar[Mapping[str, Any]] = {}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: Mapping[str, Any] = self.fields  # type: ignore[attr-defined]
        for name, label in self.labels.items():
            fields[name].label = label
            fields[name].widget.attrs.pop("placeholder", None)


NEW_PASSWORD = {"password1": _("New password"), "password2": _("New password once more")}


class AddEmail(OurWords, account.AddEmailForm):  # type: ignore[misc]  # allauth ships no types
    labels = {"email": _("E-mail address")}


class ResetPassword(OurWords, account.ResetPasswordForm):  # type: ignore[misc]
    labels = {"email": _("E-mail address")}


class ResetPasswordKey(OurWords, account.ResetPasswordKeyForm):  # type: ignore[misc]
    labels = NEW_PASSWORD


class ChangePassword(OurWords, account.ChangePasswordForm):  # type: ignore[misc]
    labels = {"oldpassword": _("Current password"), **NEW_PASSWORD}


class SetPassword(OurWords, account.SetPasswordForm):  # type: ignore[misc]
    labels = NEW_PASSWORD


class ActivateTOTP(OurWords, totp.ActivateTOTPForm):  # type: ignore[misc]
    labels = {"code": _("The six digits from the app")}


class Authenticate(OurWords, mfa.AuthenticateForm):  # type: ignore[misc]
    labels = {"code": _("Six digits, or a recovery code")}


class Reauthenticate(OurWords, mfa.ReauthenticateForm):  # type: ignore[misc]
    labels = {"code": _("Six digits, or a recovery code")}
