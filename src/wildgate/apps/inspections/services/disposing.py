"""What becomes of seized specimens: proposed, decided by somebody else, carried out (Art. VIII.4, Res. Conf. 17.8)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from django.db import transaction

from wildgate.apps.accounts.access import Action, Actor, require
from wildgate.apps.inspections import words
from wildgate.apps.inspections.codes import Method
from wildgate.apps.inspections.models import Disposal, SeizedLine, Seizure
from wildgate.apps.inspections.services.custody import dispose
from wildgate.apps.inspections.services.seizing import locked_seizure
from wildgate.convention.refusal import Refusal, refuse
from wildgate.convention.vocabulary import Appendix
from wildgate.kit import events

BASIS = ("Art. VIII.4", "Res. Conf. 17.8")
OPEN = (Disposal.State.PROPOSED, Disposal.State.DECIDED, Disposal.State.DONE)


@dataclass(frozen=True, slots=True)
class Allowed:
    """What a way of disposal is open to. `consult`: the State of export is heard first; `law`: a provision is named."""

    live: bool
    dead: bool
    appendix_one: bool = True
    consult: bool = False
    law: bool = False


METHODS: Final = {
    Method.RETURNED: Allowed(live=True, dead=True, consult=True),
    Method.RESCUE: Allowed(live=True, dead=False, consult=True),
    Method.EDUCATION: Allowed(live=True, dead=True),
    Method.DESTROYED: Allowed(live=False, dead=True),
    Method.SOLD: Allowed(live=False, dead=True, appendix_one=False, law=True),
    Method.EUTHANASIA: Allowed(live=True, dead=False, law=True),
    Method.STORED: Allowed(live=False, dead=True),
}


@dataclass(frozen=True, slots=True)
class Proposal:
    """What an officer proposes for lines of a seizure."""

    lines: tuple[int, ...]
    method: str
    to: str
    why: str
    consulted: str = ""
    consulted_on: date | None = None
    provision: str = ""


def propose(*, actor: Actor, number: str, proposal: Proposal, at: datetime) -> Disposal | Refusal:
    """Propose what becomes of these lines; somebody else decides."""
    with transaction.atomic():
        found = locked_seizure(actor, number)
        if isinstance(found, Refusal):
            return found
        if refused := require(actor, Action.DISPOSE, found):
            return refused
        lines = list(found.lines.filter(position__in=proposal.lines))
        refused = _unfit(found, lines, proposal, at) or _taken(found, lines)
        if refused:
            return refused
        made = Disposal.objects.create(
            seizure=found, lines=[line.position for line in lines], method=proposal.method,
            to=words.tidy(proposal.to), why=words.tidy(proposal.why), consulted=proposal.consulted.strip().upper(),
            consulted_on=proposal.consulted_on, provision=words.tidy(proposal.provision),
            proposed_by_id=actor.own_id, proposed_at=at)
        events.append("disposal-proposed", found.subject, party=found.party, actor=actor.label, at=at,
                      note=made.why, data=_said(made))
    return made


def _unfit(found: Seizure, lines: Sequence[SeizedLine], said: Proposal, at: datetime) -> Refusal | None:
    if not lines or len(lines) != len(set(said.lines)):
        return refuse("missing", "Choose the specimens that this is about.", field="lines")
    if said.method not in Method.values:
        return refuse("missing", "Choose what becomes of the specimens.", field="method")
    fault = words.first_refusal(
        words.text(said.to, "to", "who receives them, or where it is done", 120),
        words.text(said.why, "why", "why", 1000), words.country(said.consulted, "consulted"),
        words.text(said.provision, "provision", "the provision of law", 200, needed=METHODS[Method(said.method)].law))
    return fault or _unlawful(found, lines, said, METHODS[Method(said.method)], at)


def _unlawful(found: Seizure, lines: Sequence[SeizedLine], said: Proposal, allowed: Allowed,
              at: datetime) -> Refusal | None:
    if not allowed.appendix_one and any(line.appendix == Appendix.I.value for line in lines):
        return refuse("never-sold", "Appendix I specimens are never sold.", field="method", basis=BASIS)
    if not allowed.live and any(_alive(line) for line in lines):
        return refuse("not-for-live", "This is not done with live specimens: return them, or find a rescue centre.",
                      field="method", basis=BASIS)
    if not allowed.dead and not all(_alive(line) for line in lines):
        return refuse("for-live-only", "This is for live specimens only.", field="method", basis=BASIS)
    back = said.method == Method.RETURNED.value  # to a State: to which one is asked even where the origin is not known
    if allowed.consult and (back or found.origin not in ("", "XX")):
        if not said.consulted.strip() or said.consulted_on is None:
            return refuse("not-consulted", "Consult the State of export first, and write down which and when.",
                          field="consulted", basis=("Art. VIII.4(b)",))
        if said.consulted_on > at.date():
            return refuse("in-the-future", "The consultation lies in the future.", field="consulted_on")
    return None


def _alive(line: SeizedLine) -> bool:
    return line.live > 0 or line.term == "LIV"


def _taken(found: Seizure, lines: Sequence[SeizedLine]) -> Refusal | None:
    taken = {position for kept in found.disposals.filter(state__in=OPEN).values_list("lines", flat=True)
             for position in kept}
    both = [line.position for line in lines if line.position in taken]
    if both:
        return refuse("disposed-already", "Line %(line)s has a proposal or decision already.", line=both[0],
                      field="lines")
    return None


def decide(*, actor: Actor, disposal: int, agreed: bool, at: datetime, why: str = "") -> Disposal | Refusal:
    """A second officer agrees or refuses. Nobody decides on their own proposal."""
    with transaction.atomic():
        found = _locked(actor, disposal)
        if isinstance(found, Refusal):
            return found
        if found.proposed_by_id == actor.own_id:
            return refuse("four-eyes", "Nobody decides on their own proposal.", basis=("House rule: four eyes",))
        if found.state != Disposal.State.PROPOSED:
            return refuse("decided-already", "This was decided already.")
        reason = words.text(why, "why", "why not", 1000, needed=not agreed)
        if isinstance(reason, Refusal):
            return reason
        found.state = Disposal.State.DECIDED if agreed else Disposal.State.REFUSED
        found.decided_by_id, found.decided_at = actor.own_id, at
        found.save(update_fields=["state", "decided_by", "decided_at"])
        events.append("disposal-decided" if agreed else "disposal-refused", found.seizure.subject, party=actor.party,
                      actor=actor.label, at=at, note=reason, data=_said(found))
        _advance(found.seizure)
    return found


def carry_out(*, actor: Actor, disposal: int, at: datetime) -> Disposal | Refusal:
    """It was done as decided: the specimens leave custody."""
    with transaction.atomic():
        found = _locked(actor, disposal)
        if isinstance(found, Refusal):
            return found
        if found.state != Disposal.State.DECIDED:
            return refuse("not-decided", "Only what was decided is carried out.")
        found.state, found.done_at = Disposal.State.DONE, at
        found.save(update_fields=["state", "done_at"])
        dispose(actor, found.seizure, found, at)
        events.append("disposed", found.seizure.subject, party=actor.party, actor=actor.label, at=at, data=_said(found))
        _advance(found.seizure)
    return found


def _locked(actor: Actor, key: int) -> Disposal | Refusal:
    found = Disposal.objects.filter(pk=key, seizure__party=actor.party).select_related("seizure").first()
    if found is None:
        return refuse("no-such-disposal", "There is no such proposal, or you may not see it.")
    seizure = locked_seizure(actor, found.seizure.number)
    if isinstance(seizure, Refusal):
        return seizure
    if refused := require(actor, Action.DISPOSE, seizure):
        return refused
    found.refresh_from_db()
    found.seizure = seizure
    return found


def _advance(seizure: Seizure) -> None:
    """The seizure is decided when every line is, and disposed of when everything was done."""
    positions = set(seizure.lines.values_list("position", flat=True))
    done = {place for kept in seizure.disposals.filter(state=Disposal.State.DONE).values_list("lines", flat=True)
            for place in kept}
    settled = done | {place for kept in seizure.disposals.filter(state=Disposal.State.DECIDED)
                      .values_list("lines", flat=True) for place in kept}
    State = Seizure.State
    seizure.state = State.DISPOSED if done >= positions else State.DECIDED if settled >= positions else State.HELD
    seizure.save(update_fields=["state"])


def _said(disposal: Disposal) -> dict[str, object]:
    return {"disposal": disposal.pk, "lines": disposal.lines, "method": disposal.method,
            "consulted": disposal.consulted}
