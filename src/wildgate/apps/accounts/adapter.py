"""How sign-in behaves here: nobody makes an account at the door; a registration or an invitation does."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest


class ClosedSignup(DefaultAccountAdapter):  # type: ignore[misc]  # allauth ships no types
    """Accounts begin at `/register/` or by a mailed link, never in allauth's own form."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def get_login_stages(self) -> list[str]:
        """As allauth has them, with our word on when a second factor is asked for."""
        ours = {"allauth.mfa.stages.AuthenticateStage": "wildgate.apps.accounts.identity.SecondFactor"}
        return [ours.get(stage, stage) for stage in super().get_login_stages()]


def tried_address(request: HttpRequest, credentials: Mapping[str, Any] | None = None) -> str:
    """The address that somebody tries to sign in with: what failures are counted by."""
    found = (credentials or {}).get("email") or request.POST.get("login", "")
    return str(found).strip().lower()[:254]
