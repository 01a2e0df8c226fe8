"""The decision on a case: pass over a point of the checklist, approve, refuse, countersign, send back."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime

from django.conf import settings
from django.db import transaction

from wildgate.apps.accounts.access import Action, Actor
from wildgate.apps.houserules import selectors as house
from wildgate.apps.permits import checklist, letter
from wildgate.apps.permits.books import findings as standing
from wildgate.apps.permits.grounds import ADVISED_AGAINST, GROUNDS
from wildgate.apps.permits.models import Application, Override, RestsOn
from wildgate.apps.permits.services.casework import SCIENTIFIC
from wildgate.apps.permits.services.moving import admitted, move, under_review, written
from wildgate.apps.permits.services.routing import groups_of
from wildgate.convention.lifecycle import Step
from wildgate.convention.refusal import Refusal, refuse
from wildgate.convention.retrospective import Retrospection, refuses
from wildgate.convention.sentence import say
from wildgate.kit import events

LONGEST_CONDITIONS = 2000


def override(*, actor: Actor, case: str, point: str, reason: str, at: datetime) -> Override | Refusal:
    """Pass over an open point of the checklist, with the reason. The law, its findings and quotas stay as they are."""
    place = f"override-{point}" if point in checklist.LABELS else "override"
    kept = written(reason, field=place, what=say("why the point is passed over"), longest=1000)
    if isinstance(kept, Refusal):
        return kept
    with transaction.atomic():
        application = under_review(actor, case)
        if isinstance(application, Refusal):
            return application
        found = {each.code: each for each in checklist.checked(application, actor, at)}.get(point)
        if found is None or found.settled:
            return refuse("point-not-open", "This point of the checklist is not open.")
        if not found.overridable:
            return refuse("never-overridden", "No officer can pass over this point: %(point)s.",
                          point=say(checklist.LABELS[point]), basis=found.basis)
        made = Override.objects.create(application=application, point=point, reason=kept, person_id=actor.own_id, at=at)
        events.append("override", application.subject, party=application.party, actor=actor.label, at=at,
                      data={"point": point}, note=kept)
    return made


def approve(*, actor: Actor, case: str, conditions: str = "", picked: Collection[str] = (), uniform: bool = False,
            at: datetime) -> Application | Refusal:
    """Decide for the applicant: when every finding is made and the checklist is in order.

    `picked` are keys of the conditions library. `uniform`: decided with many others, so nothing may be passed over.
    """
    if len(conditions) > LONGEST_CONDITIONS:
        return refuse("too-long", "The special conditions are %(length)s characters long; shorten them to 2,000.",
                      length=len(conditions), field="conditions")
    with transaction.atomic():
        found = admitted(actor, Action.WORK_CASE, case, Step.APPROVE)
        if isinstance(found, Refusal):
            return found
        application = found[0]
        standing.refresh(application, at)
        if refused := unmade(application):
            return refused
        points = checklist.checked(application, actor, at)
        if refused := checklist.unsettled(points):
            return refused
        if uniform and any(each.override for each in points):
            return refuse("not-uniform", "A point of its checklist was passed over: decide it by itself.")
        chosen = _picked(application, picked, at.date())
        if isinstance(chosen, Refusal):
            return chosen
        application.conditions = "\n".join(dict.fromkeys(filter(None, [
            *chosen, conditions.strip(), *_scientific_conditions(application), *_standing_conditions(application)])))
        application.decided_by_id = actor.person_id
        return move(*found, Step.APPROVE, actor=actor, at=at)


def unmade(application: Application) -> Refusal | None:
    """The first finding that is still open or was found not to hold."""
    left = [each for each in application.findings.all() if not each.made]
    if not left:
        return None
    finding = min(left, key=lambda each: each.pk)
    if finding.made is False:
        return refuse("finding-not-made",
                      "The finding %(kind)s was found not to hold: refuse the application or review the finding.",
                      kind=finding.kind, basis=tuple(finding.basis))
    who = "Scientific Authority" if finding.by == SCIENTIFIC else "Management Authority"
    return refuse("finding-open", "The finding %(kind)s is still open: the %(who)s must make it first.",
                  kind=finding.kind, who=who, basis=tuple(finding.basis))


def library(application: Application, on: date, language: str = "") -> list[house.Condition]:
    """The sentences that fit the case; in the language of the form where none is asked for."""
    taxa = {line["accepted"] for line in (application.ruling or {}).get("lines", ())}
    return house.conditions_for(application.party, taxa, groups_of(application), application.direction,
                                language or settings.LANGUAGE_CODE[:2], on)


def _picked(application: Application, keys: Collection[str], on: date) -> list[str] | Refusal:
    if not keys:
        return []
    known = {each.key: each.text for each in library(application, on)}
    if unknown := [key for key in keys if key not in known]:
        return refuse("no-such-condition", "The conditions library has no %(name)s for this case any more.",
                      name=unknown[0][:80], field="conditions")
    return [known[key] for key in keys]


def _scientific_conditions(application: Application) -> list[str]:
    """What the Scientific Authorities ask for in the last word of each."""
    last = {each.authority_id: each for each in application.opinions.order_by("at", "pk")}
    return [each.conditions for each in last.values() if each.positive]


def _standing_conditions(application: Application) -> list[str]:
    """What the standing findings of the case ask for, each once."""
    rests = RestsOn.objects.filter(finding__application=application, finding__made=True).exclude(version__conditions="")
    return list(dict.fromkeys(rests.order_by("pk").values_list("version__conditions", flat=True)))


def refuse_case(*, actor: Actor, case: str, reason: str, basis: str = "", ground: str = "",
                at: datetime) -> Application | Refusal:
    """Decide against the applicant, with the ground, the reason and its legal basis; the letter is kept as it went."""
    with transaction.atomic():
        found = admitted(actor, Action.WORK_CASE, case, Step.REFUSE)
        if isinstance(found, Refusal):
            return found
        application = found[0]
        kept = _reasons(application, reason, basis, ground)
        if isinstance(kept, Refusal):
            return kept
        text = letter.refusal_letter(application, ground=ground, reason=kept[0], basis=kept[1], official=actor.name,
                                     at=at)
        application.refusal = {"reason": kept[0], "basis": kept[1], "ground": ground, "letter": text,
                               "language": letter.language_of(application), "on": at.date().isoformat()}
        application.decided_by_id = actor.person_id
        return move(*found, Step.REFUSE, actor=actor, at=at, data={"ground": ground or "other"})


def preview_of(application: Application, *, actor: Actor, reason: str, basis: str, ground: str,
               at: datetime) -> str | Refusal:
    """The letter as it would go."""
    kept = _reasons(application, reason, basis, ground)
    return kept if isinstance(kept, Refusal) else letter.refusal_letter(
        application, ground=ground, reason=kept[0], basis=kept[1], official=actor.name, at=at)


def _reasons(application: Application, reason: str, basis: str, ground: str) -> tuple[str, str] | Refusal:
    if ground and ground not in GROUNDS:
        return refuse("no-such-ground", "Choose a ground of the list, or write reason and basis.", field="ground")
    if ground == ADVISED_AGAINST and not application.findings.filter(by=SCIENTIFIC, made=False).exists():
        return refuse("not-advised", "The Scientific Authority has not advised against this trade: ask for its "
                      "opinion, or choose another ground.", field="ground", basis=("Art. IX.1(b)",))
    kept = written(reason, field="reason", what=say("the reason"))
    named = written(basis or (GROUNDS[ground].basis if ground else ""), field="basis", what=say("the legal basis"),
                    longest=200)
    if isinstance(kept, Refusal):
        return kept
    return named if isinstance(named, Refusal) else (kept, named)


def send_back(*, actor: Actor, case: str, text: str, at: datetime) -> Application | Refusal:
    """The second officer does not agree, or the first thinks again: the case returns to review."""
    kept = written(text, field="text", what=say("why the case goes back"))
    if isinstance(kept, Refusal):
        return kept
    with transaction.atomic():
        found = admitted(actor, Action.SEND_BACK, case, Step.SEND_BACK)
        if isinstance(found, Refusal):
            return found
        found[0].decided_by_id = found[0].countersigned_by_id = None
        standing.refresh(found[0], at)
        return move(*found, Step.SEND_BACK, actor=actor, at=at, note=kept)


def countersign(*, actor: Actor, case: str, at: datetime) -> Application | Refusal:
    """The second pair of eyes; never the officer who decided."""
    with transaction.atomic():
        found = admitted(actor, Action.COUNTERSIGN, case, Step.COUNTERSIGN)
        if isinstance(found, Refusal):
            return found
        found[0].countersigned_by_id = actor.person_id
        return move(*found, Step.COUNTERSIGN, actor=actor, at=at)


def retrospective(*, actor: Actor, case: str, asked: Retrospection, agreed: bool,
                  at: datetime) -> Application | Refusal:
    """Record that the document is issued after the goods left: why, and that both authorities agree."""
    kept = written(asked.reason, field="happened", what=say("what happened"))
    other = written(asked.other, field="other", what=say("who agreed for the other country, and under which reference"),
                    longest=200)
    for fault in (kept, other):
        if isinstance(fault, Refusal):
            return fault
    if not agreed:
        return refuse("retrospective-own-consent", "Say that this authority agrees as well.", field="agreed")
    with transaction.atomic():
        application = under_review(actor, case)
        if isinstance(application, Refusal):
            return application
        if refused := not_in_hindsight(application, asked, at):
            return refused
        application.retrospective = {**asked.as_json(), "by": actor.label, "on": at.date().isoformat()}
        application.changed_at = at
        application.save(update_fields=["retrospective", "changed_at"])
        events.append("retrospective", application.subject, party=application.party, actor=actor.label, at=at,
                      data={"excuse": asked.excuse, "left_on": asked.left_on.isoformat()}, note=str(kept))
    return application


def nothing_left(*, actor: Actor, case: str, at: datetime) -> Application | Refusal:
    """Take back what was recorded by mistake: the goods have not left, the case goes its ordinary way."""
    with transaction.atomic():
        application = under_review(actor, case)
        if isinstance(application, Refusal):
            return application
        if application.retrospective is None:
            return refuse("not-retrospective", "Nothing of the kind is recorded for this case.")
        application.retrospective, application.changed_at = None, at
        application.save(update_fields=["retrospective", "changed_at"])
        events.append("retrospective-withdrawn", application.subject, party=application.party, actor=actor.label, at=at)
    return application


def not_in_hindsight(application: Application, asked: Retrospection, at: datetime) -> Refusal | None:
    """Why this case's document may not be issued retrospectively."""
    lines = (application.ruling or {}).get("lines", ())
    return refuses(asked, appendices=[line["appendix"] for line in lines],
                   purpose=(application.trade or {}).get("purpose"), today=at.date())
