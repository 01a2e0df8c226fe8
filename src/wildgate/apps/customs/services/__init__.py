"""Every write at the border: endorse a permit, now or afterwards, register a foreign one, let an import in."""

from wildgate.apps.customs.services.doubling import acknowledge, close
from wildgate.apps.customs.services.endorsing import endorse
from wildgate.apps.customs.services.enrolling import enrol, revoke
from wildgate.apps.customs.services.importing import endorse_import
from wildgate.apps.customs.services.registering import Item, register_foreign
from wildgate.apps.customs.services.syncing import Sent, sync

__all__ = ["Item", "Sent", "acknowledge", "close", "endorse", "endorse_import", "enrol", "register_foreign", "revoke",
           "sync"]
