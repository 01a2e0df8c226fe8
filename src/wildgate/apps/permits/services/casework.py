"""The authorities' side: take a case, ask, consult the Scientific Authority, find, approve or refuse, countersign."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from wildgate.apps.accounts.access import Action, Actor, require
from wildgate.apps.permits.books import findings as standing
from wildgate.apps.permits.models import Application, Finding, Opinion, Question, RestsOn
from wildgate.apps.permits.services.moving import admitted, locked, move, written
from wildgate.convention.lifecycle import CaseState, Step
from wildgate.convention.refusal import Refusal, refuse
from wildgate.convention.vocabulary import By, FindingKind
from wildgate.kit import events

SCIENTIFIC = By.SCIENTIFIC.value


def take(*, actor: Actor, case: str, at: datetime) -> Application | Refusal:
    """Begin the review; the officer who takes a case is shown as working on it."""
    with transaction.atomic():
        found = admitted(actor, Action.WORK_CASE, case, Step.TAKE)
        if isinstance(found, Refusal):
            return found
        found[0].officer_id = actor.person_id
        standing.refresh(found[0], at)
        return move(*found, Step.TAKE, actor=actor, at=at)


def ask(*, actor: Actor, case: str, text: str, at: datetime) -> Application | Refusal:
    """Ask the applicant a question; the case waits for the answer."""
    kept = written(text, field="question", what="your question")
    if isinstance(kept, Refusal):
        return kept
    with transaction.atomic():
        found = admitted(actor, Action.WORK_CASE, case, Step.ASK)
        if isinstance(found, Refusal):
            return found
        Question.objects.create(application=found[0], text=kept, asked_by_id=actor.own_id, asked_at=at)
        return move(*found, Step.ASK, actor=actor, at=at)


def ask_opinion(*, actor: Actor, case: str, at: datetime) -> Application | Refusal:
    """Send the case to the Scientific Authority (Articles III.2(a), IV.2(a))."""
    with transaction.atomic():
        found = admitted(actor, Action.WORK_CASE, case, Step.ASK_OPINION)
        if isinstance(found, Refusal):
            return found
        return move(*found, Step.ASK_OPINION, actor=actor, at=at)


def give_opinion(*, actor: Actor, case: str, positive: bool, text: str, conditions: str = "",
                 at: datetime) -> Application | Refusal:
    """The Scientific Authority's word. It settles every finding that is the SA's to make; officers cannot change it."""
    kept = written(text, field="text", what="the grounds of the opinion", longest=4000)
    if isinstance(kept, Refusal):
        return kept
    with transaction.atomic():
        found = admitted(actor, Action.GIVE_OPINION, case, Step.GIVE_OPINION)
        if isinstance(found, Refusal):
            return found
        application = found[0]
        Opinion.objects.create(application=application, positive=positive, text=kept,
                               conditions=conditions.strip()[:2000], person_id=actor.own_id, at=at)
        RestsOn.objects.filter(finding__application=application, finding__by=SCIENTIFIC).delete()
        application.findings.filter(by=SCIENTIFIC).update(made=positive, person_id=actor.person_id, at=at)
        return move(*found, Step.GIVE_OPINION, actor=actor, at=at, data={"positive": positive})


def record_finding(*, actor: Actor, case: str, kind: str, made: bool, text: str, at: datetime) -> Finding | Refusal:
    """The Management Authority makes one of its findings, or finds that it does not hold."""
    with transaction.atomic():
        application = locked(actor.party, case)
        if isinstance(application, Refusal):
            return application
        if refused := require(actor, Action.WORK_CASE, application):
            return refused
        if application.case_state is not CaseState.IN_REVIEW:
            return refuse("wrong-state", "This cannot be done now: the application is %(state)s.",
                          state=application.state)
        finding = application.findings.exclude(by=SCIENTIFIC).filter(kind=kind).first()
        if finding is None:
            return refuse("no-such-finding", "The ruling asks for no finding %(kind)s from the Management Authority.",
                          kind=kind[:32])
        finding.rests.all().delete()
        finding.made, finding.note, finding.person_id, finding.at = made, text.strip()[:1000], actor.person_id, at
        finding.save()
        events.append("finding", application.subject, party=application.party, actor=actor.label, at=at,
                      data={"kind": kind, "made": made})
    return finding


def approve(*, actor: Actor, case: str, conditions: str = "", at: datetime) -> Application | Refusal:
    """Decide for the applicant: only when every finding that the law asks for has been made."""
    if len(conditions) > 2000:
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
        application.conditions = "\n".join(filter(None, [conditions.strip(), _scientific_conditions(application),
                                                         *_standing_conditions(application)]))
        application.decided_by_id = actor.person_id
        return move(*found, Step.APPROVE, actor=actor, at=at)


def unmade(application: Application) -> Refusal | None:
    """The first finding that is still open or was found not to hold."""
    finding = application.findings.exclude(made=True).order_by("pk").first()
    if finding is None:
        return None
    if finding.made is False:
        return refuse("finding-not-made",
                      "The finding %(kind)s was found not to hold: refuse the application or review the finding.",
                      kind=finding.kind, basis=tuple(finding.basis))
    who = "Scientific Authority" if finding.by == SCIENTIFIC else "Management Authority"
    return refuse("finding-open", "The finding %(kind)s is still open: the %(who)s must make it first.",
                  kind=finding.kind, who=who, basis=tuple(finding.basis))


def _scientific_conditions(application: Application) -> str:
    opinion = application.opinions.order_by("-at").first()
    return opinion.conditions if opinion and opinion.positive else ""


def _standing_conditions(application: Application) -> list[str]:
    """What the standing findings of the case ask for, each once."""
    rests = RestsOn.objects.filter(finding__application=application, finding__made=True).exclude(version__conditions="")
    return list(dict.fromkeys(rests.order_by("pk").values_list("version__conditions", flat=True)))


def refuse_case(*, actor: Actor, case: str, reason: str, basis: str, at: datetime) -> Application | Refusal:
    """Decide against the applicant, with the reason and its legal basis."""
    kept = written(reason, field="reason", what="the reason")
    ground = written(basis, field="basis", what="the legal basis", longest=200)
    for fault in (kept, ground):
        if isinstance(fault, Refusal):
            return fault
    with transaction.atomic():
        found = admitted(actor, Action.WORK_CASE, case, Step.REFUSE)
        if isinstance(found, Refusal):
            return found
        found[0].refusal = {"reason": kept, "basis": ground}
        found[0].decided_by_id = actor.person_id
        return move(*found, Step.REFUSE, actor=actor, at=at)


def send_back(*, actor: Actor, case: str, text: str, at: datetime) -> Application | Refusal:
    """The second officer does not agree: the case returns to review."""
    kept = written(text, field="text", what="why the case goes back")
    if isinstance(kept, Refusal):
        return kept
    with transaction.atomic():
        found = admitted(actor, Action.COUNTERSIGN, case, Step.SEND_BACK)
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


def asks_scientist(application: Application) -> bool:
    """Whether the ruling needs the Scientific Authority at all."""
    findings = application.findings
    return findings.filter(by=SCIENTIFIC).exists() or findings.filter(kind=FindingKind.NON_DETRIMENT.value).exists()
