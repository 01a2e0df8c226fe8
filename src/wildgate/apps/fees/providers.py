"""The payment port: what a payment provider must be able to do, and the test provider of the demo world.

A provider gets a payment that was begun and answers with the address to which the payer is sent. Later it tells what
came of it, in a message that `confirm` reads: it must prove that it comes from the provider, or it is refused.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Protocol
from urllib.parse import urlencode

from django.conf import settings
from django.urls import reverse

from wildgate.apps.fees.models import Payment
from wildgate.convention.refusal import Refusal, refuse


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a provider says of one payment."""

    reference: str
    amount: Decimal
    currency: str
    paid: bool


class Provider(Protocol):
    """One way to pay."""

    name: str

    def start(self, payment: Payment, return_url: str) -> str:
        """Where the payer is sent. The provider sends them back to `return_url`."""
        ...

    def confirm(self, payload: Mapping[str, str]) -> Outcome | Refusal:
        """What the provider's message says, once it is proven to be the provider's."""
        ...


class TestProvider:
    """A page of this site that plays the bank. In the demo world and in tests only: no money moves."""

    name = "test"
    fields = ("reference", "amount", "currency", "outcome")

    def start(self, payment: Payment, return_url: str) -> str:
        return f"{reverse('fees-bank')}?{urlencode({'reference': payment.reference, 'back': return_url})}"

    def message(self, payment: Payment, *, paid: bool) -> dict[str, str]:
        """The bank's message about a payment, signed."""
        payload = {"reference": payment.reference, "amount": str(payment.amount), "currency": payment.currency,
                   "outcome": "paid" if paid else "not-paid"}
        return {**payload, "mac": self._mac(payload)}

    def confirm(self, payload: Mapping[str, str]) -> Outcome | Refusal:
        if not hmac.compare_digest(self._mac(payload).encode(), str(payload.get("mac", "")).encode()):
            return refuse("not-the-provider", "The message is not from the payment provider, or was changed.")
        try:
            amount = Decimal(payload["amount"])
        except InvalidOperation:
            return refuse("not-the-provider", "The message is not from the payment provider, or was changed.")
        return Outcome(payload["reference"], amount, payload["currency"], payload["outcome"] == "paid")

    def _mac(self, payload: Mapping[str, str]) -> str:
        """Over name and value of every field, each on a line of its own: no two messages have the same text."""
        text = "\n".join(f"{name}={payload.get(name, '')!r}" for name in self.fields)
        key = hashlib.sha256(b"wildgate/fees/test-provider/" + settings.SECRET_KEY.encode()).digest()
        return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()


def offered() -> dict[str, Provider]:
    """The providers of this installation by name; without any, fees are paid at the counter."""
    return {TestProvider.name: TestProvider()} if settings.DEMO else {}
