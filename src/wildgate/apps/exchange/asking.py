"""Asking another Party for its permit, through whatever service was agreed; what came is kept to the byte."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from wildgate.apps.accounts.access import Action, Actor, require
from wildgate.apps.exchange import copies, outbox
from wildgate.apps.exchange.adapters import adapter_of
from wildgate.apps.exchange.models import ForeignCopy, Line
from wildgate.apps.exchange.talking import Exchange, Talk, of_the_line
from wildgate.apps.exchange.wire import exchange
from wildgate.apps.partners.models import Partner
from wildgate.apps.partners.selectors import partner as partner_of
from wildgate.convention.refusal import Refusal, refuse
from wildgate.kit import events

ASKED = "foreign-permit-asked"
LINE: Exchange = exchange


def fetch(*, actor: Actor, number: str, issuer: str, at: datetime, final: bool = False,
          line: Exchange = LINE) -> ForeignCopy | Refusal:
    """The permit `number` of `issuer`, now, from its own system. Who asked is written down, whatever the answer."""
    if refused := require(actor, Action.FETCH_FOREIGN):
        return refused
    number, issuer = number.strip(), issuer.strip().upper()
    if not number or len(number) > 60 or not number.isprintable():
        return refuse("missing", "Write %(what)s.", what="the number of the permit", field="number")
    partner = reached(issuer)
    if isinstance(partner, Refusal):
        return partner
    with transaction.atomic():
        events.append(ASKED, f"copy:{issuer}/{number}"[:80], party=actor.party, actor=actor.label, at=at)
    got = adapter_of(partner).get(Talk(partner, actor.label, at, line), number, final=final)
    if isinstance(got, Refusal):
        if of_the_line(got):
            Line.objects.filter(pk=outbox.line_of(partner.code).pk).update(failed_at=at, error=got.reason[:200])
        return got
    read = copies.read(got.payload, issuer=issuer, number=number, at=at)
    if isinstance(read, Refusal):
        return read
    with transaction.atomic():
        made = copies.keep(read, issuer=issuer, number=number, partner=partner.code, how=ForeignCopy.How.ASKED,
                           who=actor.label, at=at, state=got.state)
        if got.state:
            copies.note_state(issuer, number, got.state, at)
            made.refresh_from_db()
        Line.objects.filter(pk=outbox.line_of(partner.code).pk).update(good_at=at)
    return made


def reached(code: str) -> Partner | Refusal:
    """The partner behind a country code, if it can be asked at all."""
    found = partner_of(code)
    if found is None:
        return refuse("callee-not-found", "No exchange was agreed with %(country)s.", country=code[:2], field="issuer")
    if found.suspended_at is not None:
        return refuse("partner-suspended", "The exchange with this Party is suspended.")
    return found


def state_of(*, actor: Actor, code: str, at: datetime, line: Exchange = LINE) -> str | Refusal:
    """Does the partner's service run? Its own word."""
    if refused := require(actor, Action.VIEW_EXCHANGE):
        return refused
    partner = reached(code)
    if isinstance(partner, Refusal):
        return partner
    said = adapter_of(partner).state(Talk(partner, actor.label, at, line))
    fields = {"failed_at": at, "error": said.reason[:200]} if isinstance(said, Refusal) else {"good_at": at}
    Line.objects.filter(pk=outbox.line_of(partner.code).pk).update(**fields)
    if not isinstance(said, Refusal):
        outbox.note_seen(partner.code, at)
    return said
