"""Drawing on a permit that another system counts: set aside there before we endorse, written off after our commit.

Each step is a row before it is a call, so whatever falls over in between, a job finds the row and goes on: what was set
aside for an act that never happened is given back, what we endorsed is written off however long the register is away.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final

from django.db import transaction

from wildgate.apps.accounts.access import Action, Actor, require
from wildgate.apps.customs import elsewhere
from wildgate.apps.customs.elsewhere import Call, Said
from wildgate.apps.customs.models import Endorsement, ForeignClaim, ForeignLine, ForeignPermit, RegisterDraw
from wildgate.apps.permits.services.moving import written
from wildgate.convention.permit import plain
from wildgate.convention.refusal import Refusal, refuse
from wildgate.convention.sentence import say
from wildgate.kit import events, jobs

JOB: Final = "customs.settle_draws"
WAITS: Final = (timedelta(seconds=30), timedelta(minutes=2), timedelta(minutes=10), timedelta(minutes=30),
                timedelta(hours=1))
"""How long a call without an answer rests; after the last of them always as long as that."""
PATIENCE: Final = timedelta(days=14)
"""House value: what was not confirmed in this time waits for a person."""
FORGOTTEN: Final = timedelta(minutes=15)
"""What was set aside for an act at the border is given back when nothing was endorsed in this time (house value)."""
BY_ITEMS: Final = "items"
"""In place of a reference: the items of the declaration have drawn already."""
BASIS: Final = ("Res. Conf. 12.3",)
Meant, State = RegisterDraw.Meant, RegisterDraw.State
Amounts = Iterable[tuple[int, ForeignLine, Decimal]]


def reference_of(paper: ForeignPermit, key: str) -> str:
    """One for each act: the same form sent again draws nothing twice."""
    digest = hashlib.sha256(f"{paper.subject} {key or secrets.token_hex(16)}".encode()).hexdigest()
    return f"{paper.party}-{digest[:24].upper()}"


def reserve(paper: ForeignPermit, reference: str, moved: Amounts, at: datetime) -> Refusal | None:
    """Set all of it aside there, or none: the register's refusal. No answer is no refusal."""
    with transaction.atomic():
        rows = _mean(paper, reference, Meant.RESERVE, moved, at)
        wake(paper, reference, at + FORGOTTEN)
    for row in rows:
        answer = _call(row, at)
        if answer.said is Said.REFUSED and answer.why is not None:
            let_go(paper, reference, at)
            return answer.why
        if answer.said is Said.UNKNOWN:
            break  # nor will the next line be answered: the officer does not wait for each
    return None


def _mean(paper: ForeignPermit, reference: str, meant: str, moved: Amounts, at: datetime, procedure: str = "",
          endorsement: Endorsement | None = None) -> list[RegisterDraw]:
    """Write down what the register should have. What it was asked before is asked under a newer version."""
    before = {row.item: row for row in RegisterDraw.objects.select_for_update(of=("self",)).filter(
        foreign=paper, reference=reference)}
    rows = []
    for item, line, quantity in moved:
        if quantity <= 0:
            continue
        row = before.get(item) or RegisterDraw(party=paper.party, foreign=paper, reference=reference, item=item,
                                               version=0)
        if row.version and (row.meant, row.quantity, row.line_id) == (meant, quantity, line.pk):
            rows.append(row)
            continue
        row.line, row.quantity, row.procedure, row.endorsement = line, quantity, procedure[:20], endorsement
        _turn(row, meant, at)
        rows.append(row)
    return rows


def _turn(row: RegisterDraw, meant: str, at: datetime) -> None:
    row.held = meant == Meant.CONSUME and (row.held or (row.meant, row.state) == (Meant.RESERVE, State.COUNTED))
    row.meant, row.version, row.state, row.meant_at = meant, row.version + 1, State.WAITING, at
    row.tries, row.code, row.said, row.answered_at = 0, "", "", None
    row.save()


def mean_item(paper: ForeignPermit, reference: str, meant: str, item: tuple[int, ForeignLine, Decimal], at: datetime,
              procedure: str = "") -> None:
    """An item of a declaration, in the transaction that decides it here: the register learns of it after the commit."""
    if elsewhere.counted(paper.party, paper.country):
        _mean(paper, reference, meant, [item], at, procedure)
        wake(paper, reference, at)


def refused_there(paper: ForeignPermit, reference: str, item: int) -> Refusal | None:
    """Why the register did not set this item aside: then it is not released here."""
    row = RegisterDraw.objects.filter(foreign=paper, reference=reference, item=item, meant=Meant.RESERVE,
                              state=State.REFUSED).first()
    if row is None:
        return None
    return refuse(row.code or "register-refused", "The register of %(country)s refused: %(said)s",
                  country=paper.country, said=row.said, basis=BASIS)


def consume(endorsement: Endorsement, paper: ForeignPermit, moved: Amounts, reference: str, at: datetime) -> None:
    """In the transaction of the endorsement: the register is told after the commit, until it has counted it."""
    if reference == BY_ITEMS or not elsewhere.counted(paper.party, paper.country):
        return
    reference = reference or reference_of(paper, endorsement.key or endorsement.digest)
    _mean(paper, reference, Meant.CONSUME, moved, at, endorsement=endorsement)
    wake(paper, reference, at)


def let_go(paper: ForeignPermit, reference: str, at: datetime, *, only_before: datetime | None = None) -> None:
    """Give back what is set aside there for an act that was not done. What was endorsed stays."""
    with transaction.atomic():
        rows = list(RegisterDraw.objects.select_for_update(of=("self",)).filter(
            foreign=paper, reference=reference, meant=Meant.RESERVE))
        rows = [row for row in rows if only_before is None or row.meant_at <= only_before]
        for row in rows:
            if row.state == State.REFUSED:  # nothing is set aside
                row.meant, row.state = Meant.GIVE_BACK, State.COUNTED
                row.save(update_fields=["meant", "state"])
            else:
                _turn(row, Meant.GIVE_BACK, at)
        if rows:
            wake(paper, reference, at)


def wake(paper: ForeignPermit, reference: str, at: datetime) -> None:
    jobs.enqueue(JOB, f"{paper.pk} {reference}", party=paper.party, at=at, paper=paper.pk, reference=reference)


def settle(paper: int, reference: str, at: datetime) -> None:
    """Tell the register what it should have. Run again, the same calls are the same calls there."""
    found = ForeignPermit.objects.get(pk=paper)
    at_border = not ForeignClaim.objects.filter(foreign=found, reference=reference).exists()
    if at_border:  # items of declarations run out by a clock of their own
        let_go(found, reference, at, only_before=at - FORGOTTEN)
    rows = RegisterDraw.objects.select_related("foreign", "line").filter(
        foreign=found, reference=reference, state=State.WAITING).order_by("item")
    left = [row for row in rows if _call(row, at).said is Said.UNKNOWN and not _give_up(row, at)]
    young = at_border and RegisterDraw.objects.filter(foreign=found, reference=reference, meant=Meant.RESERVE,
                                              state__in=(State.WAITING, State.COUNTED)).exists()
    if left or young:
        tries = max((row.tries for row in left), default=0)
        with transaction.atomic():
            wake(found, reference, at + (WAITS[min(tries, len(WAITS) - 1)] if left else FORGOTTEN))


def _call(row: RegisterDraw, at: datetime) -> elsewhere.Answer:
    answer = elsewhere.ask(row.party, Call(row.meant), row.drawn, at)
    code, said = (answer.why.code, answer.why.values.get("said", answer.why.reason)) if answer.why else ("", "")
    with transaction.atomic():
        row.note_answer({Said.COUNTED: State.COUNTED, Said.REFUSED: State.REFUSED}.get(answer.said, State.WAITING),
                        at, code, said)
        if answer.said is Said.REFUSED and row.meant != Meant.RESERVE:
            _tell("register-refused", row, at, code=code)
    return answer


def _give_up(row: RegisterDraw, at: datetime) -> bool:
    """After two weeks a person asks the authority."""
    if at - row.meant_at <= PATIENCE:
        return False
    with transaction.atomic():
        same = RegisterDraw.objects.filter(pk=row.pk, state=State.WAITING, version=row.version)
        if same.update(state=State.GIVEN_UP):
            _tell("register-silent", row, at)
    return True


def _tell(kind: str, row: RegisterDraw, at: datetime, *, who: str = events.SYSTEM, note: str = "",
          **data: object) -> None:
    events.append(kind, row.foreign.subject, party=row.party, actor=who, at=at, note=note, data={
        "draw": row.pk, "meant": row.meant, "block": row.line.block, "quantity": plain(row.quantity), **data})


def close_draw(*, actor: Actor, draw: int, again: bool, note: str, at: datetime) -> RegisterDraw | Refusal:
    """Ask the register again, or write down how it was settled with the authority that keeps it."""
    if refused := require(actor, Action.VIEW_DOUBLE_USE):
        return refused
    kept = "" if again else written(note, field="note", what=say("what was agreed"), longest=500)
    if isinstance(kept, Refusal):
        return kept
    with transaction.atomic():
        row = (RegisterDraw.objects.select_for_update(of=("self",)).select_related("foreign", "line")
               .filter(party=actor.party, pk=draw).first())
        if row is None or not row.open:
            return refuse("no-such-draw", "There is nothing open about this any more.")
        if again:
            if row.state != State.WAITING:
                _turn(row, row.meant, at)
            wake(row.foreign, row.reference, at)
            return row
        row.state, row.settled_by_id, row.note, row.answered_at = State.SETTLED, actor.own_id, kept, at
        row.save(update_fields=["state", "settled_by", "note", "answered_at"])
        _tell("register-settled", row, at, who=actor.label, note=kept)
    return row


def on_condition(endorsement: Endorsement) -> Refusal | None:
    """That the register of the permit's Party has not confirmed what was endorsed: it holds on condition."""
    paper = endorsement.foreign
    if paper is None or not any(
            row.open and not (row.held and row.state == State.WAITING) for row in endorsement.draws.all()):
        return None
    return refuse("on-condition", "The register of %(country)s, which counts this permit, has not confirmed the "
                  "quantity yet. The import is endorsed on condition: the register is asked until it answers, and what "
                  "it refuses is on the list of open draws.", country=paper.country, basis=BASIS)

