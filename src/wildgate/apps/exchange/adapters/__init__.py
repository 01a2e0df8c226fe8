"""How each kind of service is spoken to: one class for each, all with the same three operations."""

from __future__ import annotations

from typing import Final

from wildgate.apps.exchange.adapters.base import Acknowledged, Adapter, Envelope, Got
from wildgate.apps.exchange.adapters.email import Email
from wildgate.apps.exchange.adapters.get_document import GetDocument
from wildgate.apps.exchange.adapters.rest import Rest
from wildgate.apps.exchange.adapters.soap import Soap
from wildgate.apps.exchange.adapters.web import Web
from wildgate.apps.partners.models import Partner

ADAPTERS: Final[dict[str, Adapter]] = {
    "soap-v1": Soap("v1"), "soap-v2": Soap("v2"), "get-document": GetDocument(), "rest": Rest(), "email": Email(),
    "web": Web(),
}


def adapter_of(partner: Partner) -> Adapter:
    """What was agreed with the partner, or with the hub that leads to it; one that reaches nobody where nothing was."""
    kind = partner.adapter or (partner.through.adapter if partner.through else "")
    return ADAPTERS.get(kind, ADAPTERS["web"])


__all__ = ["ADAPTERS", "Acknowledged", "Adapter", "Envelope", "Got", "adapter_of"]
