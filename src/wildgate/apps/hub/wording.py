"""The hub's words."""

from __future__ import annotations

from typing import Any, Final

from django.utils.translation import gettext_lazy as _

STATES: Final[dict[str, Any]] = {
    "up": _("Answers"), "down": _("Does not answer"), "suspended": _("Suspended"), "silent": _("Not heard of"),
}
PASSAGES: Final[dict[str, str]] = {"waiting": "hold", "delivered": "ok", "refused": "no", "dead": "no"}
"""Tones."""
OPERATIONS: Final[dict[str, Any]] = {
    "issued": _("Permit issued"), "endorsed": _("Endorsed by customs"), "cancelled": _("Cancelled"),
    "replaced": _("Replaced"), "confirmed": _("Quantities confirmed"), "status": _("Change of status"),
    "GetNonFinalCitesCertificate": _("Asked for a permit"), "GetFinalCitesCertificate": _("Asked for a used permit"),
    "ConfirmQuantities": _("Quantities confirmed"), "ServiceState": _("Asked whether the service runs"),
}
