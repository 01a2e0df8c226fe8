"""Every write at the border: endorse a home permit, register a foreign one, let an import in."""

from wildgate.apps.customs.services.endorsing import endorse
from wildgate.apps.customs.services.importing import endorse_import
from wildgate.apps.customs.services.registering import Item, register_foreign

__all__ = ["Item", "endorse", "endorse_import", "register_foreign"]
