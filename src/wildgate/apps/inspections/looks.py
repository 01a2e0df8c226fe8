"""What inspections tell the officer who has a permit in hand: which of its taxa are easily mistaken, and for what."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from wildgate.apps.accounts.access import Action, Actor, can
from wildgate.apps.customs import fits
from wildgate.apps.inspections.selectors.cards import look_alikes_of

if TYPE_CHECKING:
    from wildgate.apps.permits.models import Permit

MOST = 3


@fits.looks
def look_alikes(actor: Actor, permit: Permit, at: datetime) -> list[fits.Look]:
    """For each taxon of the permit what is taken for it, by the cards and by what was found before."""
    if not can(actor, Action.VIEW_CARDS):
        return []
    found = look_alikes_of(permit.party, permit.lines.values_list("taxon", flat=True))
    return [fits.Look(_("%(taxon)s: could it be %(names)s?") % {"taxon": taxon, "names": ", ".join(names[:MOST])},
                      _("Compare with the identification card.")) for taxon, names in sorted(found.items()) if names]
