"""What was agreed for each row on a day, the notices an actor may see, and what one is about."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from django.db.models import F, QuerySet

from wildgate.apps.accounts.access import Action, Actor, can
from wildgate.apps.accounts.models import Role
from wildgate.apps.balances.selectors import overridden
from wildgate.apps.customs.models import Endorsement, EndorsementLine, ForeignPermit
from wildgate.apps.duties.conditions import applies
from wildgate.apps.duties.matrix import MATRIX, ROLES, Agreed, Duty, Side
from wildgate.apps.duties.models import Alert, Incident, Notice, Relay, Term
from wildgate.apps.letters.notices import Who
from wildgate.apps.letters.subjects import link_of, sees, things
from wildgate.apps.permits.models import Application, Permit
from wildgate.convention.lifecycle import PermitAct
from wildgate.kit.models import Event

READERS = (*ROLES[Side.AUTHORITY], *ROLES[Side.CUSTOMS], Role.AUDITOR)
"""Notices tell of refused applications and of seizures: who only keeps the installation does not read them."""


@dataclass(frozen=True, slots=True)
class Row:
    """A row of the matrix as it stands, and the change of it that waits for a second person."""

    duty: Duty
    agreed: Agreed
    waiting: Term | None = None


def agreed(party: str, duty: Duty, on: date) -> Agreed:
    """What holds for one row on a day: the last that was confirmed to begin by then, else what was shipped."""
    term = (Term.objects.filter(party=party, row=duty.code, state=Term.State.CONFIRMED, since__lte=on)
            .order_by("-since", "-decided_at", "-pk").first())
    return term.agreed if term is not None else duty.default


def in_force(party: str, on: date) -> dict[str, Agreed]:
    """What holds for every row on a day, in one query."""
    terms = (Term.objects.filter(party=party, state=Term.State.CONFIRMED, since__lte=on)
             .order_by("since", "decided_at", "pk"))
    return {**{duty.code: duty.default for duty in MATRIX}, **{term.row: term.agreed for term in terms}}


def matrix(actor: Actor, on: date) -> list[Row]:
    """The whole matrix; empty for who may not see it."""
    if not can(actor, Action.VIEW_DUTIES):
        return []
    holds = in_force(actor.party, on)
    waits = {term.row: term for term in Term.objects.filter(party=actor.party, state=Term.State.PROPOSED)
             .select_related("proposed_by")}
    return [Row(duty, holds[duty.code], waits.get(duty.code)) for duty in MATRIX]


def history(actor: Actor, row: str) -> list[Term]:
    """Every change of a row that was decided, the newest first."""
    if not can(actor, Action.VIEW_DUTIES):
        return []
    return list(Term.objects.filter(party=actor.party, row=row).exclude(state=Term.State.PROPOSED)
                .select_related("proposed_by", "decided_by").order_by("-decided_at", "-pk")[:50])


def reads_notices(actor: Actor) -> bool:
    return can(actor, Action.VIEW_DUTIES).allowed and actor.has(*READERS)


def notices(actor: Actor, show: str = "", *, at: datetime) -> QuerySet[Notice]:
    """Those that wait for a receipt, the earliest due first; `overdue`: past their time; `all`: all, newest first."""
    if not reads_notices(actor):
        return Notice.objects.none()
    found = Notice.objects.filter(party=actor.party).select_related("received_by")
    if show == "all":
        return found.order_by("-pk")
    found = found.filter(received_at=None, due_at__isnull=False).order_by("due_at", "pk")
    return found.filter(due_at__lt=at) if show == "overdue" else found


def notice(actor: Actor, key: int) -> Notice | None:
    if not reads_notices(actor):
        return None
    return Notice.objects.filter(party=actor.party, pk=key).select_related("received_by").first()


def may_receive(actor: Actor, found: Notice) -> bool:
    """Whether it is this actor's to say that the notice was received."""
    return can(actor, Action.ACKNOWLEDGE).allowed and actor.has(*ROLES[found.duty.receiver])


@dataclass(frozen=True, slots=True)
class Sought:
    """Which imports of the log are asked for."""

    since: date | None = None
    until: date | None = None
    country: str = ""
    post: str = ""
    unsent: bool = False


@dataclass(frozen=True, slots=True)
class Goods:
    """A line of what a notice is about: of a permit what it permits, and `moved` what customs counted of it."""

    block: str
    taxon: str
    term: str
    quantity: Any
    unit: str
    appendix: str = ""
    moved: EndorsementLine | None = None


@dataclass(frozen=True, slots=True)
class About:
    """What a notice is about, cut down to what the reader may see: the thing itself, and the page of it."""

    thing: Any
    url: str
    lines: tuple[Goods, ...] = ()
    overridden: tuple[Any, ...] = ()

    @property
    def counted(self) -> bool:
        """Does it tell what moved beside what the paper permits?"""
        return any(line.moved is not None for line in self.lines)


def about(actor: Actor, found: Notice) -> About:
    """The subject of a notice. Of an application the other side sees what it is for, on this page and nowhere else."""
    thing = things(found.party, [found.about]).get(found.about)
    open_to = thing is not None and sees(actor, Who.OFFICERS.value, found.about, thing)
    let = overridden(thing, found.happened_at) if open_to and isinstance(thing, Permit) else ()
    url = link_of(found.about, Who.OFFICERS.value, thing) if open_to else ""
    return About(thing, url, _lines(thing, found), tuple(let))


def _lines(thing: Any, found: Notice) -> tuple[Goods, ...]:
    """What goods it is about: taxon, term, quantity, unit, and the Appendix where it is fixed."""
    if isinstance(thing, Application):
        return tuple(Goods("", line.get("taxon", ""), line.get("term", ""), line.get("quantity", ""),
                           line.get("unit", ""))
                     for line in (thing.trade or {}).get("lines", thing.answers.get("lines", [])))
    if isinstance(thing, Permit | ForeignPermit):
        return _counted(thing, found, tuple(
            Goods(line.block, line.taxon, line.term, line.quantity, line.unit, line.appendix)
            for line in thing.lines.all()))
    return ()


def _counted(paper: Permit | ForeignPermit, found: Notice, lines: tuple[Goods, ...]) -> tuple[Goods, ...]:
    """The lines with what customs counted of them, where the notice tells of an endorsement."""
    event = Event.objects.filter(party=found.party, seq=found.seq).exclude(
        kind=PermitAct.ENDORSEMENT_WITHDRAWN.value).first()
    digest = json.loads(event.data).get("endorsement") if event is not None else None
    if not digest:
        return lines
    side = "permit_line" if isinstance(paper, Permit) else "foreign_line"
    moved = {getattr(each, side).block: each for each in EndorsementLine.objects.filter(
        endorsement__party=found.party, endorsement__digest=digest, **{f"{side}__isnull": False}).select_related(side)}
    return tuple(replace(line, moved=moved.get(line.block)) for line in lines)


def unrelayed(party: str) -> QuerySet[Endorsement]:
    """The imports on foreign papers that went out in no file yet, oldest first. It does not ask who reads."""
    return _imports(party).filter(relayed=None).order_by("pk")


def imports(actor: Actor, asked: Sought) -> QuerySet[Endorsement]:
    """The log of imports, newest first; none for who may not see it."""
    if not can(actor, Action.VIEW_DUTIES):
        return Endorsement.objects.none()
    found = _imports(actor.party).order_by("-at", "-pk")
    if asked.since:
        found = found.filter(at__date__gte=asked.since)
    if asked.until:
        found = found.filter(at__date__lte=asked.until)
    if asked.country:
        found = found.filter(foreign__exporter_country=asked.country)
    if asked.post:
        found = found.filter(port__iexact=asked.post)
    return found.filter(relayed=None) if asked.unsent else found


def relays(actor: Actor, limit: int = 10) -> list[Relay]:
    """The newest files of imports."""
    if not can(actor, Action.VIEW_DUTIES):
        return []
    return list(Relay.objects.filter(party=actor.party).select_related("notice__received_by")
                .defer("table", "message").order_by("-pk")[:limit])


def relay(actor: Actor, key: int) -> Relay | None:
    if not can(actor, Action.VIEW_DUTIES):
        return None
    return Relay.objects.filter(party=actor.party, pk=key).select_related("notice__received_by").first()


def alerts(actor: Actor) -> QuerySet[Alert]:
    """What the authorities warned each other of, the newest first."""
    if not reads_notices(actor):
        return Alert.objects.none()
    return Alert.objects.filter(party=actor.party).select_related("raised_by").order_by("-raised_at", "-pk")


def incidents(actor: Actor) -> QuerySet[Incident]:
    """Duties of data protection: open ones first, the earliest due on top."""
    if not can(actor, Action.VIEW_DUTIES):
        return Incident.objects.none()
    found = Incident.objects.filter(party=actor.party).select_related("opened_by", "done_by")
    return found.order_by(F("done_at").desc(nulls_first=True), "due_at", "pk")


def _imports(party: str) -> QuerySet[Endorsement]:
    found = Endorsement.objects.filter(party=party, stage=Endorsement.Stage.IMPORT, foreign__isnull=False)
    return found.select_related("foreign", "permit", "relayed").prefetch_related("lines__foreign_line")


def untold(party: str, events: Iterable[Event] | None = None) -> list[Event]:
    """Events of Appendix I permits issued, of refusals and withdrawals, that nobody was told of though the row is on.

    There must be none: the notice is asked for in the transaction of the event.
    """
    missing = []
    for duty in MATRIX:
        found = Event.objects.filter(party=party, kind__in=duty.kinds) if events is None else [
            each for each in events if each.kind in duty.kinds]
        told = set(Notice.objects.filter(party=party, row=duty.code).values_list("seq", flat=True))
        about_them = things(party, [each.subject for each in found])
        missing += [each for each in found if each.seq not in told and agreed(party, duty, each.at.date()).on
                    and applies(duty.only, about_them.get(each.subject))]
    return missing
