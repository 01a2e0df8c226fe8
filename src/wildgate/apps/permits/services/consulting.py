"""The Scientific Authorities' word on a case: who is asked about which lines, and each one's answer (Art. IX.1(b))."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from wildgate.apps.accounts.access import Action, Actor
from wildgate.apps.accounts.models import Authority
from wildgate.apps.houserules import selectors as house
from wildgate.apps.houserules.calendar import after_working_days
from wildgate.apps.houserules.kinds import Remit
from wildgate.apps.permits.models import Application, Consultation, Finding, Opinion, RestsOn
from wildgate.apps.permits.selectors import live_ruling
from wildgate.apps.permits.services.casework import SCIENTIFIC
from wildgate.apps.permits.services.moving import admitted, move, within, written
from wildgate.apps.permits.services.routing import groups_of, lineages
from wildgate.convention.lifecycle import CaseState, Step
from wildgate.convention.outcome import Ruling
from wildgate.convention.refusal import Refusal, refuse
from wildgate.convention.sentence import say
from wildgate.kit import events


@dataclass(frozen=True, slots=True)
class Wanted:
    """One line as the remits look at it, with the kinds of finding that the law wants of a Scientific Authority."""

    position: int
    groups: frozenset[str]
    term: str
    kinds: frozenset[str]


def shares(lines: Iterable[Wanted], remits: Collection[Remit], otherwise: int | None) -> dict[int, list[int]]:
    """The positions that each authority is asked about. A line in nobody's remit goes to `otherwise`. Pure."""
    lines = list(lines)
    asked = [line for line in lines if line.kinds] or lines
    out: dict[int, list[int]] = {}
    for line in asked:
        remit = house.remit_for(remits, line.groups, line.term)
        authority = remit.authority if remit else otherwise
        if authority is not None:
            out.setdefault(authority, []).append(line.position)
    return out


def wanted(application: Application, on: date) -> list[Wanted]:
    """The lines of the case, with what the law wants of the Scientific Authority for each."""
    ruling = live_ruling(application, on)
    by_line = ([frozenset(one.kind.value for one in line.findings if one.by.value == SCIENTIFIC)
                for line in ruling.lines] if isinstance(ruling, Ruling) else [])
    terms = [line["term"] for line in (application.trade or {}).get("lines", ())]
    return [Wanted(i, groups, terms[i] if i < len(terms) else "", by_line[i] if i < len(by_line) else frozenset())
            for i, groups in enumerate(lineages(application))]


def consult(*, actor: Actor, case: str, at: datetime) -> Application | Refusal:
    """Send the case to the Scientific Authorities whose remit its lines are; each has a clock of its own."""
    with transaction.atomic():
        found = admitted(actor, Action.WORK_CASE, case, Step.ASK_OPINION)
        if isinstance(found, Refusal):
            return found
        application, on = found[0], at.date()
        known = list(Authority.objects.filter(party=application.party, kind=Authority.Kind.SCIENTIFIC)
                     .order_by("pk").values_list("pk", flat=True))
        remits = [each for each in house.remits(application.party, on) if each.authority in known]
        asked = shares(wanted(application, on), remits, known[0] if known else None)
        if not asked:
            return refuse("no-scientific-authority", "No Scientific Authority is set up that could be asked.",
                          basis=("Art. IX.1(b)",))
        days = house.opinion_days(application.party, groups=groups_of(application), perishable=application.perishable,
                                  on=on)
        due = after_working_days(application.party, on, days)
        Consultation.objects.bulk_create([
            Consultation(application=application, authority_id=authority, positions=positions, due_on=due,
                         asked_by_id=actor.own_id, asked_at=at) for authority, positions in sorted(asked.items())])
        move(*found, Step.ASK_OPINION, actor=actor, at=at)
        for authority, positions in sorted(asked.items()):
            events.append("consulted", application.subject, party=application.party, actor=actor.label, at=at,
                          data={"authority": authority, "lines": len(positions)})
    return application


def give_opinion(*, actor: Actor, case: str, positive: bool, text: str, conditions: str = "",
                 at: datetime) -> Application | Refusal:
    """One Scientific Authority's word. With the last one the findings that are theirs are settled and the case returns.

    Officers cannot change it. A finding is made only when everybody who was asked about it agrees.
    """
    kept = written(text, field="text", what=say("the grounds of the opinion"), longest=4000)
    asked = within(conditions, field="conditions", what=say("the conditions"), longest=2000)
    if isinstance(kept, Refusal):
        return kept
    if isinstance(asked, Refusal):
        return asked
    with transaction.atomic():
        found = admitted(actor, Action.GIVE_OPINION, case, Step.GIVE_OPINION)
        if isinstance(found, Refusal):
            return found
        application, after = found
        rounds = list(application.consultations.select_for_update(of=("self",)).order_by("pk"))
        waiting = [each for each in rounds if each.opinion_id is None]
        own = next((each for each in waiting if each.authority_id in actor.authorities), None)
        if waiting and own is None:
            return refuse("not-asked", "Your authority is not asked for an opinion on this case, or gave it already.")
        opinion = Opinion.objects.create(
            application=application, positive=positive, text=kept, conditions=asked, at=at,
            person_id=actor.own_id, authority_id=own.authority_id if own else None)
        if own is not None:
            own.opinion = opinion
            own.save(update_fields=["opinion"])
        still = len(waiting) - 1
        if still > 0:
            after = CaseState.WITH_SCIENTIST
        else:
            _settle(application, rounds, opinion, at)
        told = {"positive": positive, **({"authority": own.authority_id, "waiting": still} if own else {})}
        return move(application, after, Step.GIVE_OPINION, actor=actor, at=at, data=told)


def _settle(application: Application, rounds: list[Consultation], opinion: Opinion, at: datetime) -> None:
    """Everybody answered: each finding of the Scientific Authority is made when all who were asked about it agree."""
    last = [each for each in rounds if each.asked_at == rounds[-1].asked_at] if rounds else []
    said = {each.pk: each.opinion.positive if each.opinion else opinion.positive for each in last}
    lines: Mapping[str, set[int]] = {}
    if len(last) > 1:
        lines = _lines_by_kind(application, at.date())
    for finding in application.findings.filter(by=SCIENTIFIC):
        about = [each for each in last if lines.get(finding.kind, set()) & set(each.positions)] or last
        _make(finding, all(said[each.pk] for each in about) if about else opinion.positive, opinion.person_id, at)


def _lines_by_kind(application: Application, on: date) -> dict[str, set[int]]:
    out: dict[str, set[int]] = {}
    for line in wanted(application, on):
        for kind in line.kinds:
            out.setdefault(kind, set()).add(line.position)
    return out


def _make(finding: Finding, made: bool, person: int, at: datetime) -> None:
    RestsOn.objects.filter(finding=finding).delete()
    finding.made, finding.note, finding.person_id, finding.at = made, "", person, at
    finding.save(update_fields=["made", "note", "person", "at"])
