"""Emergency rights: short, for a few acts, with an alarm, marked in every event, reviewed by somebody else."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from django.core import mail
from django.db import IntegrityError, transaction
from django.urls import reverse
from tests.cast import issued
from tests.desks import page_text

from wildgate.apps.accounts import jobs, services
from wildgate.apps.accounts.access import RULES, Action, can
from wildgate.apps.accounts.models import Emergency, Person, Role
from wildgate.apps.accounts.reliability import Level
from wildgate.apps.accounts.selectors import actor_of
from wildgate.apps.letters.models import Letter
from wildgate.kit import events
from wildgate.kit import jobs as kit_jobs
from wildgate.kit.models import Event, Job

pytestmark = pytest.mark.django_db
WHY = "Forged permit at the gate, nobody of the authority answers."
OPENS = {Action.SUSPEND, Action.REVOKE_DEVICE, Action.VIEW_OFFENDERS}


def opened(actor, at, minutes=60) -> Emergency:
    made = services.open_emergency(actor=actor, reason=WHY, minutes=minutes, at=at)
    assert isinstance(made, Emergency), made
    return made


def then(actor, at):
    """The actor as a request at that moment sees them."""
    return actor_of(Person.objects.get(pk=actor.person_id), at.date(), at)


def test_it_opens_what_is_listed_and_nothing_else(cast, at):
    permit = issued(cast, at)
    kim = replace(cast["jean"], roles=frozenset({Role.CUSTOMS}))
    urgent = replace(kim, emergency=1)

    more = {action for action in Action if can(urgent, action, None).allowed and not can(kim, action, None).allowed}

    assert more == OPENS - {Action.REVOKE_DEVICE}, "an own device customs revoke anyway"
    assert can(urgent, Action.REVOKE_DEVICE, type("Device", (), {"party": "QM", "officer_id": 0})())
    assert can(urgent, Action.SUSPEND, permit)
    for never in (Action.ISSUE, Action.COUNTERSIGN, Action.WORK_CASE, Action.REINSTATE, Action.OPEN_IDENTITY,
                  Action.WORK_TIP, Action.VIEW_TIPS, Action.OVERRIDE_BALANCE, Action.CONFIRM_RIGHT):
        assert not can(urgent, never, None), never
    trader = replace(cast["mario"], emergency=1)
    assert {a for a in RULES if can(trader, a)} == {a for a in RULES if can(cast["mario"], a)}
    tied = replace(urgent, interests=frozenset({permit.organisation_id}))
    assert not can(tied, Action.SUSPEND, permit), "an emergency is no way around an own interest"


def test_it_ends_by_itself_and_when_the_person_says_so(cast, at):
    opened(cast["jean"], at, minutes=240)

    assert then(cast["jean"], at).emergency
    assert then(cast["jean"], at + timedelta(minutes=239)).emergency
    assert then(cast["jean"], at + timedelta(minutes=240)).emergency is None
    assert then(cast["jean"], at - timedelta(seconds=1)).emergency is None
    assert actor_of(Person.objects.get(pk=cast["jean"].person_id), at.date()).emergency is None
    assert then(cast["amina"], at).emergency is None
    services.end_emergency(actor=cast["jean"], at=at + timedelta(minutes=5))
    assert then(cast["jean"], at + timedelta(minutes=6)).emergency is None
    assert services.end_emergency(actor=cast["jean"], at=at + timedelta(minutes=7)).code == "no-emergency"


@pytest.mark.parametrize(("change", "code"), [
    ({"reason": "urgent"}, "reason-missing"), ({"reason": "x" * 501}, "reason-missing"), ({"minutes": 0}, "too-long"),
    ({"minutes": 241}, "too-long")])
def test_what_opens_nothing(cast, at, change, code):
    assert services.open_emergency(**{"actor": cast["jean"], "reason": WHY, "minutes": 60, "at": at} | change
                                   ).code == code


def test_a_weak_sign_in_a_trader_and_an_auditor_open_none(cast, at):
    weak = replace(cast["jean"], level=Level.PASSWORD)
    codes = [services.open_emergency(actor=actor, reason=WHY, minutes=60, at=at).code
             for actor in (weak, cast["mario"], cast["ana"], cast["sam"], cast["ito"])]

    assert codes == ["level-too-low"] + ["not-allowed"] * 4
    assert not Emergency.objects.exists()


def test_the_database_holds_it_short_and_reviewed_by_another(cast, at):
    made = opened(cast["jean"], at)

    for change in ({"minutes": 241}, {"reason": ""}, {"reviewed_at": at},
                   {"reviewed_at": at, "reviewed_by": cast["jean"].person_id, "justified": True, "findings": "Fine."},
                   {"ended_at": at - timedelta(1)}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Emergency.objects.filter(pk=made.pk).update(**change)


def test_the_alarm_reaches_all_who_look_after_it_by_mail_and_letter(cast, at):
    made = opened(cast["bo"], at)

    for _ in range(2):
        for job in Job.objects.filter(state=Job.State.WAITING, name__in=(
                "accounts.ring", "accounts.mail_alarm", "letters.tell_of")):
            kit_jobs.run(job)

    watch = {actor.person_id for actor in cast.values()
             if actor.has(Role.AUDITOR, Role.ADMINISTRATOR, Role.COUNTERSIGNER)} - {cast["bo"].person_id}
    assert {to for sent in mail.outbox for to in sent.to} == set(
        Person.objects.filter(pk__in=watch).values_list("email", flat=True))
    assert all(f"Emergency right {made.pk} was opened" in sent.subject for sent in mail.outbox)
    assert cast["bo"].name not in str([(sent.subject, sent.body) for sent in mail.outbox])
    assert watch <= set(Letter.objects.filter(kind="emergency-opened").values_list("person_id", flat=True))


def test_somebody_else_reviews_it_and_who_was_not_reviewed_opens_no_other(cast, at):
    made = opened(cast["bo"], at)
    later = at + timedelta(days=3, minutes=1)

    def review(actor, when):
        return services.review_emergency(actor=actor, emergency=made.pk, justified=False, findings="Amina was there.",
                                         at=when)
    assert review(cast["ana"], at).code == "emergency-runs-still"
    assert review(cast["bo"], later).code == "not-allowed"
    assert review(cast["jean"], later).code == "not-allowed"
    assert services.remind("QM", at + timedelta(days=2)) == 0
    jobs.each_day(at=later, party_code="QM")
    assert Event.objects.filter(kind="emergency-unreviewed").count() == 1
    assert services.open_emergency(actor=cast["bo"], reason=WHY, minutes=5, at=later).code == "emergency-unreviewed"
    assert isinstance(review(cast["ana"], later), Emergency)
    assert services.remind("QM", later) == 0
    assert review(cast["ana"], later).code == "emergency-reviewed"
    assert isinstance(services.open_emergency(actor=cast["bo"], reason=WHY, minutes=5, at=later), Emergency)


def test_on_their_pages_and_every_act_meanwhile_carries_the_mark(cast, at, desk):
    permit, jean = issued(cast, at), desk("jean")
    assert jean.post(reverse("permit-suspend", args=[permit.number]), {"reason": "Forged."}).status_code == 403
    assert jean.post("/emergency/", {"reason": "now", "minutes": "60"}).status_code == 422
    assert jean.post("/emergency/", {"reason": WHY, "minutes": "60"}).status_code == 302
    made = Emergency.objects.get()
    assert b"Your emergency right runs" in jean.get("/border/").content
    suspended = jean.post(reverse("permit-suspend", args=[permit.number]), {"reason": "Forged."})
    assert suspended.status_code == 302, page_text(suspended)
    permit.status.refresh_from_db()
    assert permit.status.state == "suspended"
    newest = Event.objects.filter(subject=permit.subject).exclude(kind="read").order_by("-seq")[0]
    assert f'"emergency":{made.pk}' in newest.data
    assert newest.actor == cast["jean"].label
    desk("amina").get("/cases/")
    assert events.MARK.get() is None, "the mark ends with the request"
    assert jean.post(reverse("permit-reinstate", args=[permit.number]), {"reason": "Fine."}).status_code == 403

    assert desk("jean").get("/emergencies/").status_code == 403
    jean.post("/emergency/", {"do": "end"})
    assert b"Your emergency right runs." not in jean.get("/border/").content
    shown = page_text(desk("ana").get("/emergencies/"))
    assert WHY in shown
    assert f"Permit suspended {permit.subject}" in shown
    wrong = desk("ana").post(f"/emergencies/{made.pk}/review/", {f"e{made.pk}-verdict": "yes"})
    assert wrong.status_code == 422
    kept = desk("ana").post(f"/emergencies/{made.pk}/review/", {
        f"e{made.pk}-verdict": "yes", f"e{made.pk}-findings": "It was forged indeed."})
    assert kept.status_code == 302
    assert Emergency.objects.get().justified
