"""Every write about permits under national law: ask, issue, refuse, cancel. None touches a book of the Convention."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction

from wildgate.apps.accounts.access import Action, Actor, require
from wildgate.apps.accounts.models import Organisation
from wildgate.apps.fees import selectors as fees
from wildgate.apps.fees.models import Charge
from wildgate.apps.fees.services import charge
from wildgate.apps.houserules import selectors as house
from wildgate.apps.houserules.shapes import Tariff
from wildgate.apps.national.models import Item, NationalPermit
from wildgate.apps.national.selectors import unknown_names
from wildgate.apps.species.registry import law_of
from wildgate.convention.listing import Listed
from wildgate.convention.quantity import parse_quantity
from wildgate.convention.refusal import Refusal, refuse
from wildgate.kit import events
from wildgate.kit.numbering import next_number
from wildgate.kit.sentences import word

State = NationalPermit.State
BASIS: Final = ("House rule: permits under national law",)
MOST_LINES: Final = 50
LONGEST: Final = {"name": 160, "what": 80, "quantity": 24, "unit": 24}
LONGEST_WORDS: Final = 1000
SETTLED: Final = (Charge.State.PAID.value, Charge.State.WAIVED.value)


def read_items(text: str, party: str) -> tuple[Item, ...] | Refusal:
    """One line for each kind of specimen: name | what it is | quantity | unit. What the Appendices list is refused."""
    law, found = law_of(party), []
    for number, row in enumerate(filter(None, map(str.strip, text.splitlines())), start=1):
        cells = [cell.strip() for cell in row.split("|")]
        if len(cells) != len(LONGEST) or not all(cells) or any(
                len(cell) > most for cell, most in zip(cells, LONGEST.values(), strict=True)):
            return refuse("line-unclear", "Line %(line)s: write name | what it is | quantity | unit.", line=number,
                          field="lines")
        if isinstance(amount := parse_quantity(cells[2], field="lines"), Refusal):
            return amount
        if isinstance(law.listings(cells[0]), Listed):
            return _listed(number, cells[0])
        found.append(Item(*cells))
    if not 0 < len(found) <= MOST_LINES:
        return refuse("lines-missing", "Give from 1 to %(most)s lines.", most=MOST_LINES, field="lines")
    return tuple(found)


def ask(*, actor: Actor, organisation: int, purpose: str, items: Sequence[Item],
        at: datetime) -> NationalPermit | Refusal:
    """Ask for a permit; the fee of the day is charged with it."""
    held = house.national(actor.party, at.date())
    if held is None:
        return _not_given()
    key, rule = held
    if not 0 < len(purpose := purpose.strip()) <= 300:
        return refuse("missing", "Write what the specimens are for.", field="purpose")
    firm = Organisation.objects.filter(pk=organisation, party=actor.party).first()
    if firm is None:
        return refuse("no-such-organisation", "Choose one of your organisations.", field="organisation")
    with transaction.atomic():
        serial = next_number(actor.party, "national", at.year)
        made = NationalPermit(
            party=actor.party, number=f"{actor.party}-N-{at.year}-{serial:06d}", organisation=firm, purpose=purpose,
            items=[item.as_json() for item in items], asked_by_id=actor.own_id, asked_at=at)
        if refused := require(actor, Action.APPLY, made):
            transaction.set_rollback(True)
            return refused
        made.save()
        asked = charge(made.subject, party=made.party, organisation_id=firm.pk, kind="national", lines=len(items),
                       actor=actor, at=at, tariff=(key, Tariff(rule.currency, rule.fee)))
        if isinstance(asked, Refusal):
            transaction.set_rollback(True)
            return asked
        _tell("national-asked", made, actor, at)
    return made


def issue(*, actor: Actor, number: str, conditions: str = "", looked_up: bool = False,
          at: datetime) -> NationalPermit | Refusal:
    """Issue it, once its fee is settled, for as many days as the house says.

    `looked_up`: the officer made sure that no Appendix lists the names that our law does not know.
    """
    held = house.national(actor.party, at.date())
    if held is None:
        return _not_given()
    with transaction.atomic():
        found = _locked(actor, Action.ISSUE, number, State.ASKED)
        if isinstance(found, Refusal):
            return found
        if len(conditions := conditions.strip()) > LONGEST_WORDS:
            return _too_long(conditions)
        if refused := _not_national(found, looked_up):
            return refused
        owed = fees.charge_of(found.party, found.subject)
        if owed is not None and owed.state not in SETTLED:
            return refuse("fee-due", "The fee is not paid: record the receipt or waive it first.", basis=BASIS)
        found.valid_until = at.date() + timedelta(days=held[1].days)
        return _decide(found, State.ISSUED, conditions, actor, at)


def _not_national(found: NationalPermit, looked_up: bool) -> Refusal | None:
    """What the law of today says of the names: it may have changed since they were asked for, or not know them."""
    law, unknown = law_of(found.party), unknown_names(found)
    for line, item in enumerate(found.lines, start=1):
        if isinstance(law.listings(item.name), Listed):
            return _listed(line, item.name)
    return None if looked_up or not unknown else refuse(
        "name-unknown", "The law that is known here does not know %(names)s. Make sure that no Appendix lists it, and "
        "say so.", names=", ".join(unknown), field="looked_up", basis=BASIS)


def _listed(line: int, name: str) -> Refusal:
    return refuse("cites-listed", "Line %(line)s: %(name)s stands in the Appendices of CITES. Apply for a CITES "
                  "permit.", line=line, name=name, field="lines", basis=("CITES Art. II",))


def refuse_it(*, actor: Actor, number: str, why: str, at: datetime) -> NationalPermit | Refusal:
    """Refuse what was asked for, with the reason."""
    return _end(actor, Action.ISSUE, number, (State.ASKED, State.REFUSED), why, at)


def cancel(*, actor: Actor, number: str, why: str, at: datetime) -> NationalPermit | Refusal:
    """Cancel a permit that was issued, with the reason."""
    return _end(actor, Action.CANCEL, number, (State.ISSUED, State.CANCELLED), why, at)


def _end(actor: Actor, action: Action, number: str, step: tuple[State, State], why: str,
         at: datetime) -> NationalPermit | Refusal:
    if not (why := why.strip()):
        return refuse("missing", "Write the reason.", field="words")
    if len(why) > LONGEST_WORDS:
        return _too_long(why)
    with transaction.atomic():
        found = _locked(actor, action, number, step[0])
        return found if isinstance(found, Refusal) else _decide(found, step[1], why, actor, at)


def _decide(found: NationalPermit, state: State, words: str, actor: Actor, at: datetime) -> NationalPermit:
    found.state, found.words, found.decided_by_id, found.decided_at = state, words, actor.own_id, at
    found.save()
    _tell(f"national-{state.value}", found, actor, at, note=words)
    return found


def _locked(actor: Actor, action: Action, number: str, state: State) -> NationalPermit | Refusal:
    found = (NationalPermit.objects.select_for_update().filter(party=actor.party, number=number).first())
    if found is None:
        return refuse("no-such-permit", "There is no permit %(number)s.", number=number[:24])
    if refused := require(actor, action, found):
        return refused
    if found.state != state:
        return refuse("wrong-state", "This cannot be done now. The application stands at “%(state)s”.",
                      state=word(State(found.state).label))
    return found


def _tell(kind: str, found: NationalPermit, actor: Actor, at: datetime, note: str = "") -> None:
    events.append(kind, found.subject, party=found.party, actor=actor.label, at=at, data={**actor.signed}, note=note)


def _not_given() -> Refusal:
    return refuse("not-given-here", "This authority gives no permits under national law here.", basis=BASIS)


def _too_long(text: str) -> Refusal:
    return refuse("too-long", "The text is %(length)s characters long; shorten it to %(longest)s.", length=len(text),
                  longest=LONGEST_WORDS, field="words")
