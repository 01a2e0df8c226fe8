"""The authority's answer to an appeal: the refusal stands, or the case is opened again, by somebody new to it."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from wildgate.apps.accounts.access import Action, Actor
from wildgate.apps.permits import answers as form
from wildgate.apps.permits import books, kinds, searching
from wildgate.apps.permits.books import findings as standing
from wildgate.apps.permits.models import Application
from wildgate.apps.permits.services import routing, rulings
from wildgate.apps.permits.services.drafting import acceptable, open_findings
from wildgate.apps.permits.services.moving import admitted, move, written
from wildgate.convention.lifecycle import Step
from wildgate.convention.refusal import Refusal, refuse
from wildgate.convention.sentence import say
from wildgate.convention.trade import Trade
from wildgate.kit.models import Event
from wildgate.kit.national import ruled

BASIS = ("House rule: appeals",)


def decide_appeal(*, actor: Actor, case: str, granted: bool, grounds: str, at: datetime) -> Application | Refusal:
    """Decide on the open appeal, with grounds. Granted: the case is reviewed again, held against every book anew."""
    kept = written(grounds, field="grounds", what=say("the grounds of the decision"), longest=4000)
    if isinstance(kept, Refusal):
        return kept
    step = Step.REOPEN if granted else Step.UPHOLD
    with transaction.atomic():
        found = admitted(actor, Action.WORK_CASE, case, step)
        if isinstance(found, Refusal):
            return found
        application, after = found
        if refused := took_part(actor, application):
            return refused
        appeal = application.appeals.select_for_update(of=("self",)).filter(decided_at=None).order_by("pk").first()
        if appeal is None:
            return refuse("no-appeal", "No appeal waits for a decision.", basis=BASIS)
        if granted and (refused := _opened_again(application, at)):
            transaction.set_rollback(True)
            return refused
        appeal.decided_by_id, appeal.decided_at, appeal.granted, appeal.grounds = actor.own_id, at, granted, kept
        appeal.save()
        if granted:
            application.refusal = None
            application.decided_by_id = application.countersigned_by_id = None
            application.officer_id = actor.person_id
            routing.route(application, at)
        return move(application, after, step, actor=actor, at=at, note=kept[:2000])


def took_part(actor: Actor, application: Application) -> Refusal | None:
    """Neither who refused nor who countersigned decides; the chain knows who they were."""
    own = (application.decided_by_id, application.countersigned_by_id)
    steps = [Step.REFUSE.value, Step.APPROVE.value, Step.COUNTERSIGN.value]
    if actor.person_id in own or Event.objects.filter(
            party=application.party, subject=application.subject, kind__in=steps, actor=actor.label).exists():
        return refuse("took-part", "You took part in the decision: somebody else must decide on the appeal.",
                      basis=BASIS)
    return None


def _opened_again(application: Application, at: datetime) -> Refusal | None:
    """Ask the law and the books as at submission; findings that were made stay, new ones are opened."""
    trade = form.trade_of(application.answers, home=application.party, on=at.date(), law=application.law)
    if not isinstance(trade, Trade):
        return trade[0]
    ruling = ruled(trade, application.law)
    wanted = kinds.wanted_of(application.answers)
    if faults := acceptable(ruling, application.party, wanted) or books.refuses(application, trade):
        return faults[0]
    application.ruling = rulings.worked_with(ruling)
    open_findings(application, ruling)
    searching.note_taxa(application)
    books.opened(application, trade, at=at)
    standing.refresh(application, at)
    return None
