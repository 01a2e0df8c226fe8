"""Every write about fees: charge, receive, waive, pay back. What is to be paid comes from the tariff of the day."""

from __future__ import annotations

import secrets
from collections.abc import Collection
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import transaction

from wildgate.apps.accounts.access import Action, Actor, require
from wildgate.apps.fees.models import Charge, Payment
from wildgate.apps.fees.providers import Outcome
from wildgate.apps.fees.selectors import owed
from wildgate.apps.fees.tariff import Bill, bill
from wildgate.apps.houserules import selectors as house
from wildgate.apps.houserules.kinds import Tariff
from wildgate.apps.houserules.money import figure
from wildgate.apps.houserules.reading import MOST_MONEY, places
from wildgate.convention.refusal import Refusal, refuse
from wildgate.kit import events

RECEIPT = "receipt"
BASIS = ("House rule: fees",)
LONGEST_REASON, LONGEST_REFERENCE = 500, 80
S = Charge.State


def charge(application_subject: str, *, party: str, organisation_id: int, kind: str, lines: int, actor: Actor,
           at: datetime, extras: Collection[str] = (),
           tariff: tuple[int, Tariff] | None = None) -> Charge | Refusal | None:
    """Charge an application for a document of `kind` by the tariff of the day. None where there is no tariff.

    `tariff`, with the key of its entry, is given for what has a fee of its own.

    Asked again, the charge that stands is the answer: an application is charged once. Call with the application locked.
    """
    with transaction.atomic():
        standing = Charge.objects.filter(party=party, subject=application_subject).first()
        if standing is not None:
            return standing
        found = tariff or house.tariff(party, kind, at.date())
        if found is None:
            return None
        key, valid = found
        asked = bill(valid, lines=lines, extras=extras)
        if asked.amount > MOST_MONEY:
            return refuse("fee-too-high", "The tariff gives an amount that cannot be charged: ask the authority.",
                          basis=BASIS)
        made = Charge.objects.create(
            party=party, subject=application_subject, organisation_id=organisation_id, amount=asked.amount,
            currency=asked.currency, items=_items(asked), tariffs=[key], made_at=at,
            state=S.DUE if asked.amount else S.PAID, settled_at=None if asked.amount else at)
        _tell("fee-charged", made, actor, at, amount=made.amount, currency=made.currency, tariff=key)
    return made


def receive(*, actor: Actor, charge: int, reference: str, amount: Decimal, currency: str, paid_on: date,
            at: datetime) -> Charge | Refusal:
    """An officer records a receipt: its number, the amount and the day. A number counts once."""
    if refused := require(actor, Action.RECORD_RECEIPT):
        return refused
    with transaction.atomic():
        found = _locked(actor.party, charge)
        if isinstance(found, Refusal):
            return found
        reference = reference.strip()
        if refused := (require(actor, Action.RECORD_RECEIPT, found) or _day(found, paid_on, at) or _not_due(found)
                       or _receipt(found.party, reference)):
            return refused
        if (amount, currency) != (found.amount, found.currency):
            return _other_amount(amount, currency, found)
        payment = Payment(party=found.party, charge=found, provider=RECEIPT, reference=reference, amount=amount,
                          currency=currency, person_id=actor.own_id)
        return _book(found, payment, actor, at, paid_on=paid_on)


def start(*, actor: Actor, charge: int, provider: str, at: datetime) -> Payment | Refusal:
    """The holder begins to pay through a provider; the payment counts once the provider confirms it."""
    if refused := require(actor, Action.PAY_FEE):
        return refused
    with transaction.atomic():
        found = _locked(actor.party, charge)
        if isinstance(found, Refusal):
            return found
        if refused := require(actor, Action.PAY_FEE, found) or _not_due(found):
            return refused
        return Payment.objects.create(
            party=found.party, charge=found, provider=provider, reference=secrets.token_hex(12), person_id=actor.own_id,
            state=Payment.State.STARTED, amount=found.amount, currency=found.currency, at=at)


def confirm(*, provider: str, outcome: Outcome, at: datetime) -> Charge | Refusal:
    """A provider says what came of a payment that was begun. Told twice, it is the same; told otherwise, it is refused.

    What is received though nothing is due any more is kept as such: it is owed back.
    """
    with transaction.atomic():
        begun = Payment.objects.filter(provider=provider, reference=outcome.reference).first()
        if begun is None:
            return refuse("no-such-payment", "No such payment was begun here.", basis=BASIS)
        found = Charge.objects.select_for_update().get(pk=begun.charge_id)
        begun.refresh_from_db()
        if (outcome.amount, outcome.currency) != (begun.amount, begun.currency):
            return _other_amount(outcome.amount, outcome.currency, found)
        if begun.state != Payment.State.STARTED.value:
            told_paid = begun.state != Payment.State.FAILED.value
            return found if outcome.paid == told_paid else refuse(
                "payment-over", "This payment has ended already, and otherwise.", basis=BASIS)
        by = Actor(label=f"provider:{provider}", name=provider, party=found.party)
        if not outcome.paid:
            begun.state, begun.at = Payment.State.FAILED, at
            begun.save(update_fields=["state", "at"])
            return found
        return _book(found, begun, by, at, paid_on=at.date())


def _book(found: Charge, payment: Payment, actor: Actor, at: datetime, *, paid_on: date) -> Charge:
    due = found.state == S.DUE.value
    payment.state = Payment.State.CONFIRMED if due else Payment.State.SURPLUS
    payment.paid_on, payment.at = paid_on, at
    payment.save()
    if due:
        found.state, found.settled_at = S.PAID, at
        found.save(update_fields=["state", "settled_at"])
    _tell("fee-paid" if due else "fee-paid-twice", found, actor, at, provider=payment.provider, amount=payment.amount,
          currency=payment.currency)
    return found


def waive(*, actor: Actor, charge: int, reason: str, at: datetime) -> Charge | Refusal:
    """Let somebody off a fee that is due, with the reason."""
    if refused := require(actor, Action.WAIVE_FEE):
        return refused
    if not 0 < len(reason := reason.strip()) <= LONGEST_REASON:
        return refuse("reason-missing", "Give the reason, in at most %(most)s characters.", most=LONGEST_REASON,
                      field="reason")
    with transaction.atomic():
        found = _locked(actor.party, charge)
        if isinstance(found, Refusal):
            return found
        if refused := require(actor, Action.WAIVE_FEE, found):
            return refused
        if refused := _not_due(found):
            return refused
        _end(found, S.WAIVED, at, reason)
        _tell("fee-waived", found, actor, at, note=reason)
    return found


def let_go(application_subject: str, *, party: str, actor: Actor, at: datetime) -> None:
    """An application was withdrawn before its review began: what is due falls away, what was paid is owed back.

    The money is not moved here: the accountant pays it back, and an officer records it with `refund`.
    """
    with transaction.atomic():
        found = Charge.objects.select_for_update().filter(party=party, subject=application_subject).first()
        after = {S.DUE.value: S.DROPPED, S.PAID.value: S.OWED}.get(found.state) if found and found.amount else None
        if found is not None and after is not None:
            _end(found, after, at)
            _tell("fee-refund-due" if after is S.OWED else "fee-dropped", found, actor, at)


def refund(*, actor: Actor, charge: int, reference: str, paid_on: date, at: datetime) -> Charge | Refusal:
    """Record that what was owed back was paid back, all of it."""
    if refused := require(actor, Action.RECORD_RECEIPT):
        return refused
    with transaction.atomic():
        found = _locked(actor.party, charge)
        if isinstance(found, Refusal):
            return found
        reference = reference.strip()
        if refused := (require(actor, Action.RECORD_RECEIPT, found) or _day(found, paid_on, at)
                       or _receipt(found.party, reference)):
            return refused
        amount = owed(found)
        if not amount:
            return refuse("nothing-owed", "Nothing is to be paid back here.", basis=BASIS)
        Payment.objects.create(party=found.party, charge=found, provider=RECEIPT, reference=reference,
                               way=Payment.Way.OUT, state=Payment.State.CONFIRMED, amount=amount,
                               currency=found.currency, paid_on=paid_on, person_id=actor.own_id, at=at)
        if found.state == S.OWED.value:
            _end(found, S.REFUNDED, at, found.reason)
        _tell("fee-refunded", found, actor, at, amount=amount, currency=found.currency)
    return found


def plain(charge: Charge | Payment) -> str:
    """The amount with the decimals of its currency."""
    return f"{charge.amount:.{places(charge.currency)}f}"


def _locked(party: str, key: int) -> Charge | Refusal:
    found = Charge.objects.select_for_update().filter(party=party, pk=key).first()
    return found or refuse("no-such-fee", "There is no such fee.")


def _day(found: Charge, paid_on: date, at: datetime) -> Refusal | None:
    if not found.made_at.date() <= paid_on <= at.date():
        return refuse("paid-on-wrong", "The day of payment lies between the day of the charge and today.",
                      field="paid_on")
    return None


def _not_due(found: Charge) -> Refusal | None:
    if found.state == S.DUE.value:
        return None
    return refuse("not-due", "Nothing is to be paid here any more.", basis=BASIS)


def _receipt(party: str, reference: str) -> Refusal | None:
    """A receipt has a number, and the number counts once."""
    if not 0 < len(reference) <= LONGEST_REFERENCE:
        return refuse("reference-wrong", "Give the number of the receipt, in at most %(most)s characters.",
                      most=LONGEST_REFERENCE, field="reference", basis=BASIS)
    if Payment.objects.filter(party=party, provider=RECEIPT, reference=reference).exists():
        return refuse("receipt-known", "The receipt %(reference)s is recorded already.", reference=reference,
                      field="reference", basis=BASIS)
    return None


def _other_amount(amount: Decimal, currency: str, found: Charge) -> Refusal:
    return refuse("amount-wrong", "%(given)s %(currency)s is not what is to be paid: %(asked)s %(asked_in)s.",
                  given=figure(amount, currency), currency=currency, asked=figure(found.amount, found.currency),
                  asked_in=found.currency, field="amount", basis=BASIS)


def _end(found: Charge, state: Charge.State, at: datetime, reason: str = "") -> None:
    found.state, found.settled_at, found.reason = state, at, reason
    found.save(update_fields=["state", "settled_at", "reason"])


def _items(asked: Bill) -> list[dict[str, Any]]:
    return [{"what": item.what, "number": item.number, "each": str(item.each), "amount": str(item.amount)}
            for item in asked.items]


def _tell(kind: str, found: Charge, actor: Actor, at: datetime, note: str = "", **data: object) -> None:
    """The event stands at the application: its story tells what it cost and when it was paid."""
    events.append(kind, found.subject, party=found.party, actor=actor.label, at=at, note=note,
                  data={name: str(value) for name, value in data.items()})
