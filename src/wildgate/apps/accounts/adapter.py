"""How sign-in behaves here: accounts are made by an administrator, not by whoever finds the page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest


class ClosedSignup(DefaultAccountAdapter):  # type: ignore[misc]  # allauth ships no types
    """No open registration."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False


def tried_address(request: HttpRequest, credentials: Mapping[str, Any] | None = None) -> str:
    """The address that somebody tries to sign in with: what failures are counted by."""
    found = (credentials or {}).get("email") or request.POST.get("login", "")
    return str(found).strip().lower()[:254]
