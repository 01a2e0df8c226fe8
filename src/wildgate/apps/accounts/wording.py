"""The words for people and organisations on a screen: kinds of mandates, states, roles, what is kept of a device."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from wildgate.apps.accounts.models import Authority, Organisation, Role
from wildgate.convention.vocabulary import Direction
from wildgate.convention.vocabulary import DocumentKind as D

MANDATE_KINDS: Final[Mapping[str, Any]] = {
    Direction.EXPORT.value: _("Export"),
    Direction.RE_EXPORT.value: _("Re-export"),
    Direction.IMPORT.value: _("Import"),
    Direction.FROM_THE_SEA.value: _("Introduction from the sea"),
    D.EXHIBITION.value: _("Travelling-exhibition certificate"),
    D.OWNERSHIP.value: _("Certificate of ownership"),
    D.INSTRUMENT.value: _("Musical instrument certificate"),
    D.SAMPLES.value: _("Sample collection certificate"),
    D.SCIENTIFIC_LABEL.value: _("Scientific exchange label"),
}
"""What a mandate may be limited to."""
COVERED_BY: Final[Mapping[str, str]] = {
    D.EXPORT_PERMIT.value: Direction.EXPORT.value, D.ORIGIN.value: Direction.EXPORT.value,
    D.PRE_CONVENTION.value: Direction.EXPORT.value, D.CAPTIVE_BRED.value: Direction.EXPORT.value,
    D.PROPAGATED.value: Direction.EXPORT.value, D.PHYTOSANITARY.value: Direction.EXPORT.value,
    D.RE_EXPORT.value: Direction.RE_EXPORT.value, D.IMPORT_PERMIT.value: Direction.IMPORT.value,
    D.FROM_THE_SEA.value: Direction.FROM_THE_SEA.value,
}
"""A mandate for a direction is one for the papers of that direction."""
ORGANISATION_TAGS: Final[Mapping[str, str]] = {
    Organisation.State.WAITING: "hold", Organisation.State.VERIFIED: "ok", Organisation.State.REFUSED: "no",
}
FITS: Final[Mapping[str, str]] = {
    Role.OFFICER: Authority.Kind.MANAGEMENT, Role.COUNTERSIGNER: Authority.Kind.MANAGEMENT,
    Role.ADMINISTRATOR: Authority.Kind.MANAGEMENT, Role.SCIENTIST: Authority.Kind.SCIENTIFIC,
    Role.CUSTOMS: Authority.Kind.CUSTOMS, Role.AUDITOR: Authority.Kind.OVERSIGHT,
    Role.PRINT_OFFICE: Authority.Kind.PRINTING,
    Role.SUPERVISOR: Authority.Kind.CUSTOMS, Role.RISK_MANAGER: Authority.Kind.CUSTOMS,
    Role.CUSTOMS_SYSTEM: Authority.Kind.CUSTOMS, Role.INVESTIGATOR: Authority.Kind.ENFORCEMENT,
    Role.EXPERT: Authority.Kind.SCIENTIFIC, Role.FOREIGN: Authority.Kind.FOREIGN,
    Role.AGENCY: Authority.Kind.AGENCY,
}
"""The kind of authority in which each role is held."""
BROWSERS: Final = (("Edg", "Edge"), ("OPR", "Opera"), ("SamsungBrowser", "Samsung Internet"), ("Firefox", "Firefox"),
                   ("Chrome", "Chrome"), ("Safari", "Safari"))
SYSTEMS: Final = (("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "Android"), ("Windows", "Windows"),
                  ("Mac OS", "macOS"), ("CrOS", "ChromeOS"), ("Linux", "Linux"))


def device(user_agent: str) -> str:
    """A browser and its system, as a person knows them: `Firefox on Windows`."""
    browser = next((name for mark, name in BROWSERS if re.search(rf"\b{mark}/", user_agent)), "")
    system = next((name for mark, name in SYSTEMS if mark in user_agent), "")
    if browser and system:
        return gettext("%(browser)s on %(system)s") % {"browser": browser, "system": system}
    return browser or system or gettext("Unknown device")


def kinds_of(mandate_kinds: list[str]) -> str:
    """What a mandate is for, in words."""
    return ", ".join(str(MANDATE_KINDS.get(kind, kind)) for kind in mandate_kinds) or gettext("Everything")
