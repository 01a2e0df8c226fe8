"""What every page shows around its content: the Party, the law's date, the ways to go."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import SimpleLazyObject
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from wildgate.apps.accounts.access import Action, Actor, can
from wildgate.convention import tables
from wildgate.convention.listing import law


@dataclass(frozen=True, slots=True)
class Way:
    """One entry of the main navigation."""

    label: Any
    url: str
    current: bool


WAYS: tuple[tuple[str, Any, Action | None], ...] = (
    ("trader", _("My applications"), Action.APPLY),
    ("stock", _("My stock"), Action.HOLD_STOCK),
    ("cases", _("Cases"), Action.VIEW_CASES),
    ("stock-declarations", _("Stock"), Action.RELEASE_STOCK),
    ("science", _("Opinions"), Action.VIEW_SCIENCE),
    ("standing-findings", _("Findings"), Action.VIEW_STANDING),
    ("border", _("Border"), Action.ENDORSE),
    ("permits", _("Permits"), Action.VIEW_PERMITS),
    ("double-uses", _("Double use"), Action.CLOSE_DOUBLE_USE),
    ("devices", _("Devices"), Action.REVOKE_DEVICE),
    ("printing", _("Printing"), Action.CONFIRM_SPOILT),
    ("paper", _("Paper"), Action.VIEW_PAPER),
    ("species", _("Species"), Action.CHECK_NAMES),
    ("quotas", _("Quotas"), Action.VIEW_QUOTAS),
    ("registers", _("Registers"), Action.VIEW_REGISTERS),
    ("specimens", _("My specimens"), Action.KEEP_SPECIMENS),
    ("reports", _("Reports"), Action.VIEW_REPORTS),
    ("audit", _("Audit"), Action.VIEW_AUDIT),
    ("verify", _("Verify a permit"), None),
)


def shell(request: HttpRequest) -> dict[str, Any]:
    """The `shell` of every template, worked out only when a template asks."""
    return {"shell": SimpleLazyObject(lambda: _shell(request))}


def _shell(request: HttpRequest) -> dict[str, Any]:
    actor: Actor | None = getattr(request, "actor", None)
    country = tables.country(settings.PARTY)
    language = (get_language() or "en")[:2]
    return {
        "party": settings.PARTY,
        "party_name": settings.PARTY_NAME or (country.name(language) if country else settings.PARTY),
        "law_date": law().date,
        "nav": _ways(request, actor) if actor is not None else [],
        "demo": settings.DEMO,
        "languages": settings.LANGUAGES,
        "actor": actor,
    }


def _ways(request: HttpRequest, actor: Actor) -> list[Way]:
    ways = []
    for name, label, action in WAYS:
        if action is None or (actor.person_id is not None and can(actor, action)):
            url = reverse(name)
            ways.append(Way(label, url, request.path.startswith(url)))
    return ways
