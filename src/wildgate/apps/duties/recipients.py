"""The register of recipients: who is told of what, gathered from what is switched on, so never out of date."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from wildgate.apps.accounts.models import Role
from wildgate.apps.duties import selectors
from wildgate.apps.duties.matrix import MATRIX, SIDES
from wildgate.apps.gateway.models import Program
from wildgate.apps.letters.models import Webhook
from wildgate.apps.permits.wording import EVENT_WORDS, word


@dataclass(frozen=True, slots=True)
class Recipient:
    """Somebody or some system that data goes to: who, what, and on which ground."""

    who: str
    what: tuple[Any, ...]
    ground: str


def register(party: str, on: date) -> list[Recipient]:
    """The authorities by the matrix, the addresses of other systems, and the programs with a key."""
    holds = selectors.in_force(party, on)
    found = []
    for side, name in SIDES.items():
        rows = [duty for duty in MATRIX if duty.receiver is side and holds[duty.code].on]
        roles = sorted({str(Role(role).label) for duty in rows for role in holds[duty.code].roles})
        found.append(Recipient(f"{name}: {', '.join(roles)}", tuple(duty.what for duty in rows),
                               _("Notification matrix")))
        found += [Recipient(holds[duty.code].address, (duty.what,), _("Notification matrix")) for duty in rows
                  if holds[duty.code].address]
    for hook in Webhook.objects.filter(party=party, active=True):
        kinds = tuple(word(EVENT_WORDS, kind) for kind in hook.kinds) or (_("all events that people are told of"),)
        found.append(Recipient(hook.url, kinds, _("Machine notices: kinds, numbers and days, no names")))
    found += [Recipient(program.name, (_("answers to its own calls"),), _("Program with a key"))
              for program in Program.objects.filter(party=party, ended_at=None).order_by("name")]
    return found
