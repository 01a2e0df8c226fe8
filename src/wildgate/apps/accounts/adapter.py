"""How sign-in behaves here: accounts are made by an administrator, not by whoever finds the page."""

from __future__ import annotations

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest


class ClosedSignup(DefaultAccountAdapter):  # type: ignore[misc]  # allauth ships no types
    """No open registration."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False
