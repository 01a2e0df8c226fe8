"""Notes of internal control: raised by what happened, seen and cleared only by auditors whom they do not concern."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from tests.cast import SKINS, issued, ready, submitted
from tests.desks import NOT_ALLOWED, page_text

from wildgate.apps.accounts.access import Action, can
from wildgate.apps.accounts.models import Authority, Person, Post, Role
from wildgate.apps.controls import raising, selectors, services
from wildgate.apps.controls.models import Limits, Note
from wildgate.apps.houserules.models import Member, Team
from wildgate.apps.permits import services as permits
from wildgate.apps.permits.models import Application, Permit
from wildgate.convention.refusal import Refusal
from wildgate.kit import events, jobs
from wildgate.kit.models import Event, Job

pytestmark = pytest.mark.django_db
PARROTS = {**SKINS, "direction": "export", "lines": [
    {"taxon": "Crocodylus novaeguineae", "term": "SKI", "quantity": "5", "unit": "NAR", "source": "W",
     "origin": "QM"}]}


@pytest.fixture
def at() -> datetime:
    """A Wednesday's noon."""
    now = datetime.now(UTC).replace(hour=12, minute=0, second=0, microsecond=0)
    return now - timedelta(days=(now.weekday() - 2) % 7 or 7)


def noted(*kinds: str) -> list[str]:
    """The kinds of notes after the jobs of this app have run."""
    for job in Job.objects.filter(name__startswith="controls."):
        jobs.run(job)
    assert not Job.objects.filter(name__startswith="controls.").exclude(last_error="").exists()
    return sorted(Note.objects.filter(kind__in=kinds or Note.Kind.values).values_list("kind", flat=True))


def test_an_issue_out_of_hours_is_noted_once(cast, at):
    issued(cast, at)
    assert noted("out-of-hours") == []
    event = Event.objects.get(kind="permit-issued")
    saturday = at - timedelta(days=4)

    for when, kinds in ((at.replace(hour=7), set()), (at.replace(hour=18, minute=59), set()),
                        (at.replace(hour=6, minute=59), {"out-of-hours"}), (saturday, {"out-of-hours"}),
                        (at.replace(hour=19), {"out-of-hours"})):
        event.at = when
        assert {note.kind for note in raising.look_at_issue(event)} == kinds
    assert Note.objects.count() == 1


def test_hours_are_those_of_the_authoritys_own_clock(cast, at, ana):
    Limits.objects.create(party="QM", zone="Pacific/Auckland", set_by_id=ana.person_id, set_at=at - timedelta(days=9))

    issued(cast, at)

    assert noted("out-of-hours") == ["out-of-hours"]


def test_people_of_one_unit_above_the_limits_are_noted_and_people_of_two_are_not(cast, at, amina, bo):
    permit = issued(cast, at)
    assert noted("one-unit") == []
    event = Event.objects.get(kind="permit-issued")

    assert raising.above_limits(permit, Limits(party="QM", set_at=at)) == {}
    assert raising.one_unit("QM", [amina.person_id, bo.person_id])
    for name, actor in (("North", amina), ("South", bo)):
        Member.objects.create(team=Team.objects.create(party="QM", name=name), person_id=actor.person_id)
    assert not raising.one_unit("QM", [amina.person_id, bo.person_id])
    assert raising.one_unit("QM", [amina.person_id])
    assert raising.acting(permit.application, event.actor) == sorted([amina.person_id, bo.person_id])


def test_a_large_share_of_a_quota_by_one_unit_is_noted(cast, at, amina):
    from datetime import date
    from decimal import Decimal

    from wildgate.apps.quotas import services as quotas
    quotas.register(actor=amina, at=at, new=quotas.NewQuota(
        country="QM", taxon="Crocodylus novaeguineae", amount=Decimal(4000), start=date(at.year, 1, 1),
        end=date(at.year, 12, 31), terms=("SKI",), sources=("W",)))

    issued(cast, at)
    issued(cast, at, PARROTS)

    assert noted("one-unit") == ["one-unit"]
    assert Note.objects.get(kind="one-unit").facts["percent"] == 30


@pytest.fixture
def one_of_two_units(cast, at, ana):
    """Two units, Amina and Bo both in the first; goods of 5,000 and more need both."""
    north = Team.objects.create(party="QM", name="North")
    Team.objects.create(party="QM", name="South")
    for name in ("amina", "bo"):
        Member.objects.create(team=north, person_id=cast[name].person_id)
    Limits.objects.create(party="QM", value=5000, appendix_one=False, set_by_id=ana.person_id,
                          set_at=at - timedelta(days=9))


@pytest.mark.parametrize(("value", "refused"), [("5000", True), ("12 500.50", True), ("4999.99", False), ("", False)])
def test_dear_goods_need_people_of_two_units(cast, at, amina, one_of_two_units, value, refused):
    number = ready(cast, at, {**SKINS, "declared_value": value})

    outcome = permits.issue(actor=amina, case=number, at=at)

    assert isinstance(outcome, Refusal) == refused
    assert Permit.objects.count() == int(not refused)
    if refused:
        assert (outcome.code, outcome.field) == ("two-units", "explained")
        assert not Event.objects.filter(kind="permit-issued").exists()
        Member.objects.filter(person_id=cast["bo"].person_id).update(team=Team.objects.get(name="South"))
        assert isinstance(permits.issue(actor=amina, case=number, at=at), Permit)


def test_an_explanation_issues_it_and_goes_to_internal_control(desk, cast, at, one_of_two_units):
    path = f"/cases/{ready(cast, at, {**SKINS, 'declared_value': '9000'})}/issue/"

    refused = desk("amina").post(path)
    done = desk("amina").post(path, {"explained": "The aircraft leaves tonight."})

    assert refused.status_code == 422
    assert 'href="#id_explained"' in refused.content.decode()
    assert done.status_code == 302
    assert Event.objects.get(kind="override").note.text == "The aircraft leaves tonight."
    assert noted("override", "one-unit") == ["one-unit", "override"]
    assert Note.objects.get(kind="one-unit").facts == {"value": "9000"}


def test_a_value_that_is_no_number_is_asked_for_again(cast, at):
    draft = permits.start(actor=cast["mario"], organisation=min(cast["mario"].organisations), at=at)
    permits.save_answers(actor=cast["mario"], case=draft.number, answers={**SKINS, "declared_value": "much"}, at=at)

    refused = permits.submit(actor=cast["mario"], case=draft.number, at=at)

    assert "declared_value" in {each.field for each in refused}


def test_replacements_in_series_are_noted_by_firm_and_days(cast, at):
    permit = issued(cast, at)
    for days in (1, 3):
        other = issued(cast, at - timedelta(days=days))
        Application.objects.filter(pk=other.application_id).update(replaces=permit)
    Application.objects.filter(pk=permit.application_id).update(replaces=permit)
    permit = Permit.objects.select_related("application").get(pk=permit.pk)
    limits = Limits(party="QM", set_at=at)

    assert raising.reissues(permit, at, limits) == 3
    assert raising.reissues(permit, at, Limits(party="QM", set_at=at, reissue_days=2)) == 2
    event = Event.objects.get(kind="permit-issued", subject=permit.subject)
    assert {note.kind for note in raising.look_at_issue(event)} == {"serial-reissue"}
    assert len(raising.look_at_issue(event)) == Note.objects.filter(seq=event.seq).count() == 1


def test_a_change_after_the_opinion_is_noted_and_the_ordinary_way_is_not(cast, at, amina, ito):
    ready(cast, at)
    assert noted("edited-after-opinion") == []
    number = submitted(cast, at)
    permits.take(actor=amina, case=number, at=at)
    kind = Application.objects.get(number=number).findings.exclude(by="scientific-authority").first().kind
    permits.record_finding(actor=amina, case=number, kind=kind, made=False, text="Not seen.", at=at)
    permits.ask_opinion(actor=amina, case=number, at=at)
    permits.give_opinion(actor=ito, case=number, positive=True, text="Far below growth.", at=at)
    assert noted("edited-after-opinion") == []

    permits.record_finding(actor=amina, case=number, kind=kind, made=True, text="Now seen.", at=at)

    assert noted("edited-after-opinion") == ["edited-after-opinion"]
    assert Note.objects.get().facts == {"change": "finding", "finding": kind}
    assert amina.person_id in Note.objects.get().concerned


def a_note(amina, at, kind="override") -> Note:
    return Note.objects.create(party="QM", kind=kind, subject="application:X", seq=1, concerned=[amina.person_id],
                               happened_at=at, raised_at=at)


def test_an_override_is_noted_with_its_officer(cast, at, amina):
    from django.db import transaction
    number = submitted(cast, at)
    with transaction.atomic():
        events.append("override", f"application:{number}", party="QM", actor=amina.label, at=at,
                      data={"point": "quota"}, note="Told by telephone.")

    assert noted("override") == ["override"]
    assert Note.objects.get().facts == {"point": "quota"}
    assert Note.objects.get().concerned == [amina.person_id]


def test_only_an_auditor_whom_it_does_not_concern_sees_and_clears_a_note(cast, at, amina, ana):
    note = a_note(amina, at)
    both = replace(amina, roles=amina.roles | {Role.AUDITOR})

    for actor in (*cast.values(), both):
        sees = actor.person_id == ana.person_id
        assert bool(can(actor, Action.VIEW_CONTROLS, note)) == sees
        assert (note in selectors.notes(actor)) == sees
        assert (selectors.note(actor, note.pk) == note) == sees
        if not sees:
            assert services.clear(actor=actor, note=note.pk, reason="Fine.", at=at).code == "no-such-note"
    assert services.clear(actor=ana, note=note.pk, reason=" ", at=at).field == "reason"
    assert not isinstance(services.clear(actor=ana, note=note.pk, reason="Approved by the minister.", at=at), Refusal)
    assert services.clear(actor=ana, note=note.pk, reason="Again.", at=at).code == "note-cleared"
    told = Event.objects.get(kind="control-cleared")
    assert (told.actor, told.note.text) == (ana.label, "Approved by the minister.")
    assert "minister" not in told.data


@pytest.mark.parametrize("tab", ["", "?tab=cleared"])
def test_the_list_costs_the_same_however_long(desk, cast, at, amina, ana, tab, django_assert_num_queries):
    cleared = {"cleared_at": at, "cleared_by_id": ana.person_id, "reason": "Seen."} if tab else {}
    for more in (1, 60):
        Note.objects.bulk_create([
            Note(party="QM", kind="override", subject=f"application:{more}-{n}", seq=more * 100 + n, happened_at=at,
                 concerned=[amina.person_id], raised_at=at, **cleared) for n in range(more)])
        desk("ana").get("/controls/" + tab)
        with django_assert_num_queries(8):
            assert desk("ana").get("/controls/" + tab).status_code == 200


def test_the_pages_are_the_auditors_alone_and_an_auditor_concerned_finds_nothing(desk, cast, at, amina):
    note = a_note(amina, at)
    assert {name for name in cast if desk(name).get("/controls/").status_code != NOT_ALLOWED} == {"ana"}
    Post.objects.create(party="QM", person_id=amina.person_id, role=Role.AUDITOR,
                        authority=Authority.objects.filter(kind=Authority.Kind.OVERSIGHT).first())

    assert "A rule was passed over" in page_text(desk("ana").get("/controls/")).partition("All")[2]
    assert f"/controls/{note.pk}/" not in desk("amina").get("/controls/").content.decode()
    assert desk("amina").get(f"/controls/{note.pk}/").status_code == 404
    assert desk("amina").post(f"/controls/{note.pk}/", {"reason": "Mine."}).status_code == 404
    assert desk("ana").post(f"/controls/{note.pk}/", {"reason": ""}).status_code == 422
    assert desk("ana").post(f"/controls/{note.pk}/", {"reason": "Looked at."}).url == "/controls/"
    assert Person.objects.get(pk=cast["ana"].person_id) == Note.objects.get().cleared_by


def test_limits_are_kept_by_version_and_wrong_ones_are_told(desk, at):
    page = "/controls/limits/"
    good = {"opens": 8, "closes": 17, "zone": "Africa/Nairobi", "reissues": 2, "reissue_days": 30, "quota_percent": 10,
            "sample_percent": "7.5", "sample_days": 30}

    assert desk("ana").post(page, {**good, "closes": 8}).status_code == 422
    assert desk("ana").post(page, {**good, "zone": "Mars/Olympus"}).status_code == 422
    assert desk("amina").post(page, good).status_code == NOT_ALLOWED
    assert desk("ana").post(page, good).url == "/controls/"
    kept = Limits.objects.get()
    assert (kept.opens, kept.zone, kept.appendix_one) == (8, "Africa/Nairobi", False)
    assert Event.objects.filter(kind="control-limits-set").count() == 1
