"""The book of stock: what leaves again was brought in lawfully, and not more of it (Art. IV.5(a); boxes 12, 12a)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal

from django.conf import settings

from wildgate.apps.accounts.access import Actor
from wildgate.apps.permits.models import Application, Permit
from wildgate.apps.permits.records import block
from wildgate.apps.stock import drawing
from wildgate.apps.stock.drawing import Holder
from wildgate.apps.stock.ledger import LEDGER
from wildgate.convention.lifecycle import ENDED, PermitAct
from wildgate.convention.permit import PermitLine, PermitRecord
from wildgate.convention.products import rules_for
from wildgate.convention.refusal import Refusal
from wildgate.convention.stock import Ask, Draw
from wildgate.convention.trade import Trade
from wildgate.convention.vocabulary import Direction
from wildgate.kit.national import national

OUTWARD = (Direction.EXPORT, Direction.RE_EXPORT)


def refuses(application: Application, trade: Trade) -> tuple[Refusal, ...]:
    """No free stock for a line that draws from it, or a product whose last day has passed."""
    draws = planned(application, trade)
    faults = [draw for draw in draws if isinstance(draw, Refusal)]
    return tuple(faults) or overdue(application, trade, [draw for draw in draws if isinstance(draw, Draw)])


def opened(application: Application, trade: Trade, *, at: datetime) -> None:
    """Put the stock aside until the application ends: nobody else can ask for it meanwhile."""
    draws = [draw for draw in planned(application, trade) if isinstance(draw, Draw)]
    if draws:
        drawing.put_aside(_holder(application), draws, actor=f"organisation:{application.organisation_id}", at=at)


def bind(application: Application, trade: Trade, record: PermitRecord, *, actor: Actor,
         at: datetime) -> PermitRecord | Refusal:
    """Draw what the lines take, and carry the origin of the stock into boxes 12, 12a and 12b."""
    draws: list[Draw] = []
    for draw in planned(application, trade):
        if isinstance(draw, Refusal):
            return draw
        draws.append(draw)
    for late in overdue(application, trade, draws):
        return late
    until = _last_day(application, trade, draws, record.valid_until)
    if refused := drawing.bind(_holder(application), draws, until=until, actor=actor.label, at=at):
        return refused
    drawn = {draw.block: draw for draw in draws}
    return replace(record, valid_until=until, lines=tuple(
        _carried(line, drawn[line.block]) if line.block in drawn else line for line in record.lines))


def settle(permit: Permit, act: PermitAct, moved: Mapping[str, Decimal], *, actor: Actor, at: datetime) -> None:
    """What left is used, the rest is in stock again. A replaced permit's part stays bound for the one after it."""
    subject = permit.application.subject
    if act is PermitAct.EXPORT_ENDORSED:
        drawing.use(party=permit.party, subject=subject, moved=moved, actor=actor.label, at=at)
    elif act in ENDED:
        drawing.give_back(subject=subject, why=act.value.removeprefix("permit-"), actor=actor.label, at=at)


def release(application: Application, why: str, *, actor: Actor, at: datetime) -> None:
    drawing.give_back(subject=application.subject, why=why, actor=actor.label, at=at)


def pass_on(permit: Permit, heir: Application, *, actor: Actor, at: datetime) -> None:
    LEDGER.pass_on(permit.application.subject, heir.subject, actor=actor.label, at=at)


def planned(application: Application, trade: Trade) -> tuple[Draw, ...] | tuple[Refusal, ...]:
    """Which entry each line draws from. A re-export must draw from stock where WILDGATE_STOCK says `required`; any
    other line that leaves draws when it names an entry."""
    if trade.direction not in OUTWARD:
        return ()
    demanded = settings.STOCK == "required" and trade.direction is Direction.RE_EXPORT
    return drawing.plan(_holder(application), asks(application, trade), application.law, demanded=demanded)


def asks(application: Application, trade: Trade) -> list[Ask]:
    """The lines as the stock looks at them."""
    return [Ask(i, block(i), line.taxon, line.term, line.quantity, line.unit, line.source.value, line.origin,
                given.get("origin_permit", ""), given.get("stock", ""))
            for i, (line, given) in enumerate(zip(trade.lines, application.answers["lines"], strict=True))]


def overdue(application: Application, trade: Trade, draws: Sequence[Draw]) -> tuple[Refusal, ...]:
    """Products that a dated rule no longer lets leave (caviar: 18 months)."""
    here = national(application.law)
    found = [rule.refuses(_permit_day(application, i, draws), trade.on, line=i, taxon=line.taxon,
                          confirmed=here.confirmed)
             for i, line in enumerate(trade.lines)
             for rule in rules_for(line.taxon, line.term, trade.direction, trade.on, application.law,
                                   not_accepted=here.not_accepted)]
    return tuple(one for one in found if one is not None)


def _last_day(application: Application, trade: Trade, draws: Sequence[Draw], until: date) -> date:
    """The certificate ends with the first product in it whose last day comes earlier."""
    here = national(application.law)
    days = [rule.last_day(day) for i, line in enumerate(trade.lines)
            for rule in rules_for(line.taxon, line.term, trade.direction, trade.on, application.law,
                                  not_accepted=here.not_accepted)
            if (day := _permit_day(application, i, draws)) is not None]
    return min([until, *days])


def _permit_day(application: Application, place: int, draws: Sequence[Draw]) -> date | None:
    """The day of issue of the permit of origin: of the stock that the line draws from, else as it was typed."""
    for draw in draws:
        if draw.block == block(place) and draw.stock.origin.issued_on:
            return draw.stock.origin.issued_on
    try:
        return date.fromisoformat(application.answers["lines"][place].get("origin_permit_date", ""))
    except ValueError:
        return None


def _carried(line: PermitLine, draw: Draw) -> PermitLine:
    """The line with the papers of its stock; what the entry does not know stays as it was typed."""
    stock = draw.stock
    origin = replace(stock.origin, number=stock.origin.number or line.origin.number,
                     issued_on=stock.origin.issued_on or line.origin.issued_on)
    acquired = line.acquired or (stock.acquired if line.source.value == "O" else None)
    return replace(line, origin=origin, last_re_export=stock.last or line.last_re_export, acquired=acquired)


def _holder(application: Application) -> Holder:
    return Holder(application.party, application.organisation_id, application.subject)
