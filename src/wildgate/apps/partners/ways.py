"""How a partner is reached, as somebody typed it: read and checked as a whole before two people decide on it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from wildgate.apps.partners import certificates
from wildgate.apps.partners.models import Partner
from wildgate.convention.refusal import Refusal, refuse
from wildgate.kit import outgoing

FIELDS: Final = ("tier", "adapter", "endpoint", "service_namespace", "register", "register_endpoint",
                 "timeout_seconds", "server_ca", "is_hub", "through")
MOST_SECONDS: Final = 120
OVER_THE_WEB: Final = frozenset({Partner.Adapter.SOAP_1.value, Partner.Adapter.SOAP_2.value, Partner.Adapter.REST.value,
                                 Partner.Adapter.GET_DOCUMENT.value})


def of(partner: Partner) -> dict[str, Any]:
    """The partner's way as it is; the hub by its code."""
    found = {name: getattr(partner, name) for name in FIELDS}
    return found | {"through": partner.through.code if partner.through else ""}


def read(partner: Partner, given: Mapping[str, Any]) -> dict[str, Any] | Refusal:
    """The whole way with what is `given`, or the first thing that does not fit."""
    values = of(partner) | {name: given[name] for name in FIELDS if name in given}
    for name in ("endpoint", "service_namespace", "register_endpoint", "server_ca", "through"):
        values[name] = str(values[name] or "").strip()
    values["through"] = values["through"].upper()
    return (_choices(values) or _address(values) or _register(values) or _server(values) or _hub(partner, values)
            or values)


def _choices(values: dict[str, Any]) -> Refusal | None:
    if values["tier"] not in Partner.Tier.values:
        return refuse("no-such-tier", "Choose how far the exchange goes.", field="tier")
    if values["adapter"] not in Partner.Adapter.values:
        return refuse("no-such-adapter", "Choose how its system is spoken to.", field="adapter")
    if values["register"] not in Partner.Register.values:
        return refuse("no-such-register", "Choose who counts the quantities of its permits.", field="register")
    seconds = values["timeout_seconds"]
    if not isinstance(seconds, int) or not 1 <= seconds <= MOST_SECONDS:
        return refuse("timeout", "The partner gets from 1 to %(most)s seconds to answer.", most=MOST_SECONDS,
                      field="timeout_seconds")
    return None


def _address(values: dict[str, Any]) -> Refusal | None:
    text = values["endpoint"]
    if not text:
        if values["adapter"] in OVER_THE_WEB and not values["through"]:
            return refuse("endpoint-missing", "Write the address of the partner's service.", field="endpoint")
        return None
    return _unsafe(text, "endpoint")


def _register(values: dict[str, Any]) -> Refusal | None:
    """A register is asked at an address: its own, or that of the partner's service. A hub passes no such call on."""
    if not values["register"]:
        values["register_endpoint"] = ""
        return None
    if values["register_endpoint"]:
        return _unsafe(values["register_endpoint"], "register_endpoint")
    if values["through"] or not values["endpoint"]:
        return refuse("register-endpoint-missing", "Write the address of the register that counts its permits.",
                      field="register_endpoint")
    return None


def _unsafe(text: str, field: str) -> Refusal | None:
    """An address that this installation may call at all; its name is looked up when it is called. No question in it."""
    found = outgoing.read(text)
    if isinstance(found, Refusal):
        return replace(found, field=field)
    if "?" in found.path:
        return refuse("endpoint-question", "The address must hold no question.", field=field)
    return None


def _server(values: dict[str, Any]) -> Refusal | None:
    if values["server_ca"] and not certificates.readable_chain(values["server_ca"]):
        return refuse("server-ca", "This is not the certificate of an authority, PEM.", field="server_ca")
    return None


def _hub(partner: Partner, values: dict[str, Any]) -> Refusal | None:
    if not values["through"]:
        if not values["is_hub"] and partner.is_hub and partner.members.exists():
            return refuse("hub-in-use", "Other Parties are reached through this hub: change them first.",
                          field="is_hub")
        return None
    if values["is_hub"]:
        return refuse("hub-through-hub", "A hub is reached directly.", field="through")
    hub = Partner.objects.filter(party=partner.party, code=values["through"], is_hub=True).first()
    if hub is None or hub.pk == partner.pk:
        return refuse("no-such-hub", "There is no such hub.", field="through")
    return None


def apply(partner: Partner, values: Mapping[str, Any], at: datetime) -> None:
    """Write the way to the partner's row. Inside a transaction, after `read`."""
    for name in FIELDS:
        if name != "through":
            setattr(partner, name, values[name])
    partner.through = Partner.objects.filter(party=partner.party, code=values["through"], is_hub=True).first()
    partner.changed_at = at
    partner.save()
