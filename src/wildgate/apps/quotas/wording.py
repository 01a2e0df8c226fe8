"""What people read for the codes of quotas, their ledger and suspensions."""

from __future__ import annotations

from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from wildgate.convention.quota import Entry, QuotaKind
from wildgate.convention.suspension import Effect, Way

KIND_WORDS: Final[dict[str, Any]] = {
    QuotaKind.NATIONAL.value: _("Set by the Party"),
    QuotaKind.CONFERENCE.value: _("Set by the Conference of the Parties"),
    QuotaKind.COMMITTEE.value: _("Set by a committee"), QuotaKind.LISTING.value: _("Set by the listing itself")}
ENTRY_WORDS: Final[dict[str, Any]] = {
    Entry.RESERVE.value: _("Put aside"), Entry.BIND.value: _("Bound"), Entry.USE.value: _("Used"),
    Entry.RETURN.value: _("Given back")}
WHY_WORDS: Final[dict[str, Any]] = {
    "endorsed": _("customs counted"), "cancelled": _("permit cancelled"), "returned": _("permit given back"),
    "expired": _("permit expired"),
    "replaced": _("replaced by a newer line"), "late": _("counted late"), "withdrawn": _("application withdrawn"),
    "refused": _("application refused")}
EFFECT_WORDS: Final[dict[str, Any]] = {
    Effect.REFUSE.value: _("Refuses"), Effect.ASK.value: _("An officer judges"), Effect.EXEMPT.value: _("Exempts")}
EFFECT_TONES: Final[dict[str, str]] = {
    Effect.REFUSE.value: "no", Effect.ASK.value: "hold", Effect.EXEMPT.value: "ok"}
WAY_WORDS: Final[dict[str, Any]] = {
    Way.EXPORTS.value: _("Exports from there"), Way.IMPORTS.value: _("Imports to there"),
    Way.BOTH.value: _("Both ways")}
REGISTERS: Final[dict[str, Any]] = {
    "taxa": _("Names and listings"), "quotas": _("Quotas"), "suspensions": _("Suspensions"),
    "checklist": _("Checklist"), "reservations": _("Reservations"),
    "species-listings": _("Species+ listings"), "listing-history": _("Listing history"),
    "api": _("Species+ API")}
