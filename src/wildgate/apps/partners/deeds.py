"""What one button does on a partner's page: the name that it sends, and the service behind it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from wildgate.apps.accounts.gate import Request
from wildgate.apps.partners import services
from wildgate.apps.partners.models import Partner
from wildgate.apps.partners.services.agreements import MOST_WAITING

Deed = Callable[[Request, Partner], Any]


def _who(request: Request) -> dict[str, Any]:
    return {"actor": request.actor, "at": request.at}


def _number(request: Request, name: str = "row") -> int:
    """The number of the row that is meant; none of ours for what is no number."""
    text = request.POST.get(name, "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 16 else 0


def _seen(request: Request) -> services.Seen:
    """The rows that somebody had before them when they pressed the button."""
    rows = [int(each) for each in request.POST.getlist("right")[:MOST_WAITING] if each.isascii() and each.isdecimal()
            and len(each) < 16]
    return services.Seen(_number(request, "link"), tuple(dict.fromkeys(rows)), _number(request, "certificate"),
                         request.POST.get("fingerprint", "")[:200])


def _why(request: Request) -> str:
    return request.POST.get("why", "")[:500]


DEEDS: Final[Mapping[str, Deed]] = {
    "confirm-all": lambda request, found: services.confirm_all(code=found.code, seen=_seen(request), **_who(request)),
    "confirm-right": lambda request, _: services.confirm_right(right=_number(request), **_who(request)),
    "decline-right": lambda request, _: services.decline_right(right=_number(request), why=_why(request),
                                                               **_who(request)),
    "withdraw-right": lambda request, _: services.withdraw_right(right=_number(request), why=_why(request),
                                                                 **_who(request)),
    "confirm-link": lambda request, _: services.confirm_link(link=_number(request), **_who(request)),
    "decline-link": lambda request, _: services.decline_link(link=_number(request), why=_why(request),
                                                             **_who(request)),
    "suspend": lambda request, found: services.suspend(code=found.code, why=_why(request), **_who(request)),
    "resume": lambda request, found: services.resume(code=found.code, why=_why(request), **_who(request)),
    "revoke": lambda request, found: services.revoke_certificate(
        code=found.code, fingerprint=request.POST.get("fingerprint", "")[:64], **_who(request)),
    "confirm-certificate": lambda request, found: services.confirm_certificate(
        code=found.code, certificate=_number(request), fingerprint=request.POST.get("fingerprint", "")[:200],
        **_who(request)),
    "decline-certificate": lambda request, found: services.decline_certificate(
        code=found.code, certificate=_number(request), **_who(request)),
    "confirm-officer": lambda request, _: services.confirm_officer(admission=_number(request), **_who(request)),
    "decline-officer": lambda request, _: services.decline_officer(admission=_number(request), **_who(request)),
    "give-secret": lambda request, found: services.propose_secret(code=found.code, **_who(request)),
    "take-secret": lambda request, found: services.propose_no_secret(code=found.code, **_who(request)),
    "confirm-secret": lambda request, _: services.confirm_secret(secret=_number(request), **_who(request)),
    "decline-secret": lambda request, _: services.decline_secret(secret=_number(request), **_who(request)),
    "drop-office": lambda request, found: services.drop_office(code=found.code, office=_number(request),
                                                               **_who(request)),
    "end-officer": lambda request, found: services.end_officer(code=found.code, officer=_number(request),
                                                               **_who(request)),
}
