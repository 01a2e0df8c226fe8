"""What readers add to a report: comments, sightings, opinions; and what they ask of each other until a time."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final, TypeVar

from django.db import transaction

from wildgate.apps.accounts.access import Actor
from wildgate.apps.intelligence.clearance import Member
from wildgate.apps.intelligence.models import Comment, Mark, Opinion, Question, Report, Sighting, Tasking
from wildgate.apps.intelligence.models.work import LONGEST_WORDS, About, Asked
from wildgate.apps.intelligence.selectors import member_of, visible_about, visible_parts
from wildgate.apps.intelligence.services.filing import working
from wildgate.apps.intelligence.services.marking import NOT_FOUND, mark_for
from wildgate.apps.intelligence.services.pulses import pulse
from wildgate.apps.intelligence.services.telling import readers, tell
from wildgate.convention.refusal import Refusal, refuse
from wildgate.kit import events
from wildgate.sharing.marking import strictest

A = TypeVar("A", bound=About)
ASKED: Final[dict[str, type[Asked]]] = {"question": Question, "tasking": Tasking}
NEED_TO_KNOW: Final = ("House rule: need to know",)


def inherited(actor: Actor, found: Report, member: Member, at: datetime, *, wide: bool) -> Mark:
    """The mark of what is said about a report: the strictest of all that the writer reads in it.

    `wide`: the writer says that it tells nothing of the stricter parts; then the report's own.
    """
    parts = [] if wide else [part.mark.value for part in visible_parts(actor, found, at, member)]
    held = strictest(found.mark.value, parts)
    return found.mark if held == found.mark.value else mark_for(found.party, held, at)


def _say(model: type[A], actor: Actor, number: str, at: datetime, *, wide: bool, **values: Any) -> A | Refusal:
    with transaction.atomic():
        at_work = working(actor, number, at)
        if isinstance(at_work, Refusal):
            return at_work
        found, member = at_work
        mark = inherited(actor, found, member, at, wide=wide)
        made: A = model._default_manager.create(party=found.party, mark=mark, report=found, by_id=actor.own_id, at=at,
                                                **values)
        events.append(f"report-{model._meta.model_name}", found.subject, party=found.party, actor=actor.label, at=at)
        pulse("said", party=found.party, report=found, at=at, mark=mark)
    return made


def _wordless(text: str, most: int = LONGEST_WORDS) -> Refusal | None:
    if text.strip() and len(text) <= most:
        return None
    return refuse("said-text", "Write something, in at most %(most)s characters.", most=most, field="text")


def comment(*, actor: Actor, number: str, text: str, at: datetime, wide: bool = False) -> Comment | Refusal:
    """Add a comment."""
    return _wordless(text) or _say(Comment, actor, number, at, wide=wide, text=text.strip())


def sight(*, actor: Actor, number: str, kind: str, seen_at: datetime, at: datetime, text: str = "",
          wide: bool = False) -> Sighting | Refusal:
    """Say that it was seen again, was not there, or is over."""
    if kind not in Sighting.Kind.values:
        return refuse("sighting-kind", "Choose what was seen.", field="kind")
    if seen_at > at:
        return refuse("sighting-time", "The time of a sighting has passed.", field="seen_at")
    return _say(Sighting, actor, number, at, wide=wide, kind=kind, seen_at=seen_at, text=text.strip()[:500])


def give_opinion(*, actor: Actor, number: str, kind: str, estimate: str, at: datetime, text: str = "",
                 wide: bool = False) -> Opinion | Refusal:
    """Agree or disagree, in words of estimate."""
    if kind not in Opinion.Kind.values or estimate not in Opinion.Estimate.values:
        return refuse("opinion-kind", "Choose whether you agree, and how likely it is.", field="kind")
    return _say(Opinion, actor, number, at, wide=wide, kind=kind, estimate=estimate, text=text.strip()[:1000])


def ask(*, actor: Actor, what: str, number: str, text: str, to_authority: int, due_at: datetime, at: datetime,
        to_person: int | None = None, wide: bool = False) -> Asked | Refusal:
    """Ask another authority, or one person of it: for information (`question`) or for a deed (`tasking`)."""
    if refused := _wordless(text):
        return refused
    if due_at <= at:
        return refuse("asked-due", "Give a day that lies ahead.", field="due_at")
    with transaction.atomic():
        at_work = working(actor, number, at)
        if isinstance(at_work, Refusal):
            return at_work
        found, member = at_work
        mark = inherited(actor, found, member, at, wide=wide)
        people = None if to_person is None else [to_person]
        if refused := _nobody(found, mark, at, to_authority, people):
            return refused
        made = ASKED[what]._default_manager.create(
            party=found.party, mark=mark, report=found, by_id=actor.own_id, at=at, text=text.strip(),
            to_authority_id=to_authority, to_person_id=to_person, due_at=due_at)
        events.append(f"{what}-asked", made.subject, party=found.party, actor=actor.label, at=at,
                      data={"due": due_at.isoformat(timespec="seconds")})
        pulse("asked", party=found.party, report=found, at=at, mark=mark)
        tell(f"intelligence-{what}", found, mark, at, f"{made.subject}:asked", authority=to_authority, people=people,
             but=actor)
    return made


def _nobody(found: Report, mark: Mark, at: datetime, authority: int, people: list[int] | None) -> Refusal | None:
    """Why nobody there could read it: the report is not marked for them, or only the parts are not."""
    if readers(found.party, mark, at, authority=authority, people=people):
        return None
    if readers(found.party, found.mark, at, authority=authority, people=people):
        return refuse("asked-of-parts", "Nobody there may read the parts with a stricter marking: ask without what "
                      "they say, and tick the box.", field="wide", basis=NEED_TO_KNOW)
    return refuse("asked-nobody", "Nobody there may read this: share it with them first, or make a sanitised report.",
                  field="to_authority", basis=NEED_TO_KNOW)


def answer(*, actor: Actor, what: str, key: int, text: str, at: datetime, declined: bool = False) -> Asked | Refusal:
    """Answer or decline; whoever was asked, or any member of the authority that was."""
    if refused := _wordless(text):
        return refused
    member = member_of(actor, at)
    with transaction.atomic():
        seen = visible_about(ASKED[what], actor, at, member).filter(pk=key).first()
        if seen is None or member is None or seen.report is None:
            return NOT_FOUND
        found = ASKED[what]._default_manager.select_for_update(of=("self",)).select_related("mark").get(pk=key)
        if str(found.to_authority_id) != member.authority or found.to_person_id not in (None, actor.person_id):
            return refuse("asked-another", "Another authority or person was asked.")
        if found.state != Asked.State.OPEN:
            return refuse("asked-over", "It is answered already.")
        found.state = Asked.State.DECLINED if declined else Asked.State.DONE
        found.answer, found.answered_by_id, found.answered_at = text.strip(), actor.own_id, at
        found.save(update_fields=["state", "answer", "answered_by", "answered_at"])
        events.append(f"{what}-{'declined' if declined else 'answered'}", found.subject, party=found.party,
                      actor=actor.label, at=at)
        pulse("answered", party=found.party, report=seen.report, at=at, mark=found.mark)
        tell(f"intelligence-{what}-answered", seen.report, found.mark, at, f"{found.subject}:answered",
             people=[found.by_id] if found.by_id else [])
    return found
