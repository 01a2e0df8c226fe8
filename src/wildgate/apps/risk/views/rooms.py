"""The rooms of risk control, for the tabs of their pages."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from wildgate.apps.accounts.access import Action, Actor, can

ROOMS = (
    ("risk", _("Lanes"), Action.VIEW_LANES), ("risk-profiles", _("Profiles"), Action.VIEW_PROFILES),
    ("risk-lists", _("Watch list"), Action.KEEP_WATCH_LISTS),
    ("risk-intelligence", _("Intelligence"), Action.KEEP_INTELLIGENCE),
    ("risk-figures", _("Figures"), Action.VIEW_RISK_FIGURES), ("risk-models", _("Models"), Action.VIEW_PROFILES),
    ("risk-trusted", _("Trusted traders"), Action.VIEW_PROFILES), ("risk-seeds", _("Random draw"), Action.VIEW_LANES),
)


def rooms(actor: Actor, here: str) -> list[dict[str, object]]:
    """Those that the actor may enter."""
    return [{"label": label, "url": reverse(name), "current": name == here}
            for name, label, action in ROOMS if can(actor, action)]
