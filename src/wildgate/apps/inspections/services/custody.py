"""Hand-overs: who gave seized specimens to whom. Rows are only added; each digest also stands in the event chain."""

from __future__ import annotations

import json
from datetime import UTC, datetime

from django.db import transaction

from wildgate.apps.accounts.access import Action, Actor, can, require
from wildgate.apps.inspections import chain, words
from wildgate.apps.inspections.chain import Fault, HandOver
from wildgate.apps.inspections.codes import Method
from wildgate.apps.inspections.models import Custody, Disposal, Seizure
from wildgate.convention.refusal import Refusal, refuse
from wildgate.kit import events
from wildgate.kit.models import Event

HANDED = "custody-handed"


def hand_over(*, actor: Actor, number: str, giver: str, taker: str, place: str, when: datetime, condition: str,
              at: datetime, seal: str = "", to_authority: bool = False) -> Custody | Refusal:
    """Write down a hand-over. Only whoever has the goods can give them."""
    fault = words.first_refusal(
        words.text(giver, "giver", "who gives", 120), words.text(taker, "taker", "who takes", 120),
        words.text(place, "place", "where", 120), words.text(condition, "condition", "the condition", 300),
        words.text(seal, "seal", "the seal", 40, needed=False))
    if fault:
        return fault
    with transaction.atomic():
        found = Seizure.objects.select_for_update().filter(party=actor.party, number=number).first()
        if found is None or not can(actor, Action.VIEW_SEIZURES, found):
            return refuse("no-such-seizure", "There is no such seizure, or you may not see it.")
        if not can(actor, Action.DISPOSE, found) and (refused := require(actor, Action.SEIZE, found)):
            return refused
        last, now = found.custody.order_by("-seq").first(), holder(found)
        if found.gone:
            return refuse("nothing-held", "Everything of this seizure was disposed of: nobody holds it any more.")
        if now and chain.folded(giver) != chain.folded(now):
            return refuse("not-the-holder", "%(giver)s does not have these specimens: %(holder)s has.",
                          giver=words.tidy(giver), holder=now, field="giver")
        if chain.folded(giver) == chain.folded(taker):
            return refuse("same-holder", "Nobody hands specimens over to themselves: name who takes them.",
                          field="taker")
        if when > at or (last is not None and when < last.at):
            return refuse("bad-time", "The hand-over lies after the one before it and not in the future.", field="when")
        return add_hand_over(actor, found, giver=words.tidy(giver), taker=words.tidy(taker), place=words.tidy(place),
                             when=when, condition=words.tidy(condition), seal=words.tidy(seal), at=at,
                             to_authority=to_authority)


def holder(seizure: Seizure) -> str:
    """Who has what was not disposed of; empty where nothing was written down."""
    last = seizure.custody.filter(lines__isnull=True).order_by("-seq").first()
    return last.taker if last is not None else ""


def dispose(actor: Actor, seizure: Seizure, disposal: Disposal, at: datetime) -> Custody:
    """These lines leave custody as was decided; a store that takes everything holds it. Inside a transaction that holds
    the seizure."""
    whole = disposal.method == Method.STORED and len(disposal.lines) == seizure.lines.count()
    return add_hand_over(actor, seizure, giver=holder(seizure), taker=disposal.to, place=disposal.to, when=at,
                         condition=disposal.method, seal="", at=at, lines=None if whole else disposal.lines)


def add_hand_over(actor: Actor, seizure: Seizure, *, giver: str, taker: str, place: str, when: datetime,
                  condition: str, seal: str, at: datetime, to_authority: bool = False,
                  lines: list[int] | None = None) -> Custody:
    """The next link. Inside a transaction that holds the seizure."""
    last = seizure.custody.order_by("-seq").first()
    moment = when.astimezone(UTC).replace(microsecond=0)
    row = HandOver(seizure.number, last.seq + 1 if last else 1, giver, taker, place, moment, condition, seal,
                   to_authority, last.digest if last else chain.START,
                   lines=None if lines is None else tuple(lines))
    made = Custody.objects.create(
        seizure=seizure, seq=row.seq, giver=giver, taker=taker, place=place, at=moment, condition=condition, seal=seal,
        to_authority=to_authority, lines=lines, by_id=actor.own_id, written_at=at, previous=row.previous,
        digest=chain.digest_of(row))
    if to_authority and seizure.handed_over_at is None:
        seizure.handed_over_at = moment
        seizure.save(update_fields=["handed_over_at"])
    events.append(HANDED, seizure.subject, party=seizure.party, actor=actor.label, at=at,
                  data={"seq": made.seq, "digest": made.digest, "to_authority": to_authority,
                        **({} if lines is None else {"lines": lines})})
    return made


def faults_of(seizure: Seizure) -> list[Fault]:
    """Where the custody of these specimens does not hold: against its own links and against the event chain."""
    rows = [HandOver(seizure.number, row.seq, row.giver, row.taker, row.place, row.at, row.condition, row.seal,
                     row.to_authority, row.previous, row.digest,
                     None if row.lines is None else tuple(row.lines)) for row in seizure.custody.order_by("seq")]
    told = (Event.objects.filter(party=seizure.party, subject=seizure.subject, kind=HANDED).order_by("seq")
            .values_list("data", flat=True))
    return chain.faults(rows, [str(json.loads(data)["digest"]) for data in told])
