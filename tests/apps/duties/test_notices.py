"""Who must tell whom: every row fires once, is silent when off, and its receipt stands in the chain."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core import mail
from tests.apps.duties.steps import TIGER, agree, append, chain, happens, notices
from tests.apps.letters.post import done, kinds, listening, run, told
from tests.cast import issued, submitted
from tests.desks import page_text
from tests.remembering import remembered

from wildgate.apps.customs import services as border
from wildgate.apps.duties import selectors, services
from wildgate.apps.duties.matrix import BY_CODE, MATRIX, Side, Way
from wildgate.apps.duties.models import Notice
from wildgate.apps.letters import services as letters
from wildgate.apps.letters.models import Letter, Preference
from wildgate.apps.permits import services as permits
from wildgate.apps.permits.models import Permit
from wildgate.convention.refusal import Refusal
from wildgate.kit import events
from wildgate.kit.models import Event

pytestmark = pytest.mark.django_db


def issued_and_told(cast, at, answers=None):
    """A permit of whose issue everybody has been told."""
    def walk():
        permit = issued(cast, at, answers)
        run()
        return permit.pk
    return Permit.objects.get(pk=remembered("issued and told", (cast, at, answers), walk))


def lost(cast, at):
    """The notice of a permit that was lost."""
    def walk():
        happens("permit-lost", issued(cast, at).subject)
        return notices()[0].pk
    return Notice.objects.get(pk=remembered("lost", (cast, at), walk))


def test_customs_hear_of_an_appendix_one_permit_and_say_that_they_have(cast, at, desk):
    permit = issued_and_told(cast, at, TIGER)

    notice, = notices("permit-issued")
    assert told(cast["jean"]) == told(cast["nadia"]) == [f"Permit {permit.number} for Appendix I was issued"]
    assert not [each for each in kinds(cast["amina"]) if each.startswith("duty-")]
    page = desk("jean").get(f"/duties/notices/{notice.pk}/")
    assert b"Panthera tigris" in page.content
    assert f'href="/permits/{permit.number}/"'.encode() in page.content
    assert desk("jean").get(f"/permits/{permit.number}/").status_code == 200
    assert isinstance(services.receive(actor=cast["amina"], notice=notice.pk, at=at), Refusal)

    desk("jean").post(f"/duties/notices/{notice.pk}/")
    desk("nadia").post(f"/duties/notices/{notice.pk}/")

    notice.refresh_from_db()
    assert notice.received_by_id == cast["jean"].person_id
    assert chain(notice.subject) == ["notice-given", "notice-received"]
    proof = Event.objects.get(subject=notice.subject, kind="notice-received")
    assert (proof.actor, f'"of":{notice.seq}' in proof.data) == (cast["jean"].label, True)
    assert events.verify("QM") is None


def test_every_row_fires_exactly_once_and_not_at_all_when_it_is_off(cast, at):
    subject = issued_and_told(cast, at, TIGER).subject
    Preference.objects.bulk_create([Preference(person_id=who.person_id, mail="never") for who in cast.values()])
    wanted = {(duty.code, kind): append(kind, subject) for duty in MATRIX for kind in duty.kinds}
    run()
    for event in wanted.values():
        assert services.give(event, at=at) == []
    for (row, kind), event in wanted.items():
        duty = BY_CODE[row]
        assert len([each for each in notices(row) if each.seq == event.seq]) == 1, (row, kind)
        reader = cast["jean"] if duty.receiver is Side.CUSTOMS else cast["amina"]
        letter = Letter.objects.get(person_id=reader.person_id, cause=f"event:{event.seq}")
        assert letter.kind == duty.letter
    for duty in MATRIX:
        agree(cast, duty.code, on=False)
    silent = [append(duty.kinds[0], subject).seq for duty in MATRIX]
    run()
    assert not [each for each in notices() if each.seq in silent]
    assert selectors.untold("QM") == []


def test_refusals_and_withdrawals_are_told_and_a_draft_that_is_given_up_is_not(cast, at):
    refused, withdrawn = submitted(cast, at), submitted(cast, at)
    draft = permits.start(actor=cast["mario"], organisation=min(cast["mario"].organisations), at=at)
    done(permits.take(actor=cast["amina"], case=refused, at=at))
    done(permits.refuse_case(actor=cast["amina"], case=refused, reason="No.", basis="Art. IV", at=at))
    for number in (withdrawn, draft.number):
        done(permits.withdraw(actor=cast["mario"], case=number, at=at))
    run()

    assert told(cast["jean"]) == [f"Application {refused} was refused", f"Application {withdrawn} was withdrawn"]
    assert selectors.untold("QM") == []


def test_an_appendix_two_permit_is_not_told_and_its_use_is_told_to_the_authority(cast, at):
    permit = issued_and_told(cast, at)
    assert notices() == []

    happens("export-endorsed", permit.subject, cast["jean"].label)
    notice, = notices()
    assert (notice.row, told(cast["bo"])[-1]) == ("permit-used", f"Permit {permit.number} was used at the border")


def test_the_authority_reads_what_moved_beside_what_was_permitted(cast, at, desk):
    permit = issued_and_told(cast, at)
    done(border.endorse(actor=cast["jean"], number=permit.number, stage="export", quantities={"A": "1150"},
                        port="Kivu-2", transport_document="020-44556676", at=at))
    paper = done(border.register_foreign(
        actor=cast["jean"], country="QZ", number="26QZ000777E", kind="export-permit", issued_on=at.date(),
        valid_until=at.date() + timedelta(days=90), exporter_country="QZ", importer_country="QM", purpose="T",
        lines=[border.Item("Python regius", "II", "C", "LIV", "50", "NAR", "QZ")], at=at))
    done(border.endorse_import(actor=cast["jean"], foreign=(paper.country, paper.number, paper.issued_on),
                               import_permit=None, quantities={"A": "45"}, dead={"A": "5"}, port="Kivu-2",
                               transport_document="020-44556675", at=at))
    run()

    pages = {(row, found.about): page_text(desk("amina").get(f"/duties/notices/{found.pk}/"))
             for row in ("permit-used", "quantity-differs") for found in notices(row)}
    assert all("Permitted Moved" in page for page in pages.values())
    for row in ("permit-used", "quantity-differs"):
        assert "1,200 1,150" in pages[row, permit.subject]
    assert "50 45 5 dead on arrival" in pages["permit-used", paper.subject]
    assert "45 5 dead on arrival" in page_text(desk("amina").get("/duties/imports/"))


def test_ways_roles_and_posts_are_as_agreed(cast, at):
    agree(cast, "permit-lost", ways=(Way.LETTER.value,), roles=("supervisor",))
    agree(cast, "permit-cancelled", ways=(), hours=None)
    agree(cast, "permit-suspended", stations=("Delta-9",))
    permit = issued(cast, at)
    run()
    mail.outbox.clear()
    happens("permit-lost", permit.subject)
    happens("permit-cancelled", permit.subject)
    happens("permit-suspended", permit.subject)

    assert (kinds(cast["nadia"]), kinds(cast["jean"])) == (["duty-permit-lost"], [])
    assert "nadia@customs.example" not in [one for each in mail.outbox for one in each.to]
    assert [(each.row, each.due_at is None) for each in notices()] == [
        ("permit-lost", False), ("permit-cancelled", True), ("permit-suspended", False)]


def test_what_the_system_of_customs_takes_is_received_by_customs_and_by_nobody_else(cast, at, settings):
    settings.WEBHOOK_LOOPBACK = True
    with listening() as theirs, listening() as ministry:
        for listener, side in ((ministry, ""), (theirs, "customs")):
            done(letters.register_webhook(actor=cast["sam"], url=listener.url, kinds=["notice-given"], at=at,
                                          side=side))
        permit = issued(cast, at)
        run()
        happens("permit-lost", permit.subject)
        happens("export-endorsed", permit.subject)

        lost, used = notices()
        assert (lost.received_how, lost.received_by, used.received_at) == ("webhook:2", None, None)
        assert [body["subject"] for body in theirs.bodies()] == [lost.subject, used.subject]
        assert chain(lost.subject) == ["notice-given", "notice-taken"]


def test_what_nobody_receives_in_time_goes_up_once(cast, at):
    notice = lost(cast, at)
    late = notice.due_at + timedelta(minutes=1)

    assert services.escalate(notice.pk, at=notice.due_at - timedelta(minutes=1)) is False
    assert services.escalate(notice.pk, at=late) is True
    assert services.escalate(notice.pk, at=late) is False

    assert kinds(cast["nadia"]) == ["duty-permit-lost", "duty-overdue"]
    assert kinds(cast["jean"]) == ["duty-permit-lost"]
    assert chain(notice.subject) == ["notice-given", "notice-overdue"]
    assert [each.pk for each in selectors.notices(cast["jean"], "overdue", at=late)] == [notice.pk]


def test_a_row_is_changed_by_two_people_and_holds_from_its_day(cast, at):
    duty = MATRIX[0]
    later = at.date() + timedelta(days=3)
    term = done(services.propose(actor=cast["nadia"], row=duty.code, agreed=duty.default, since=later, at=at))
    again = services.propose(actor=cast["amina"], row=duty.code, agreed=duty.default, since=later, at=at)
    own = services.confirm(actor=cast["nadia"], term=term.pk, at=at)
    assert (again.code, own.code) == ("term-waits", "own-proposal")
    done(services.confirm(actor=cast["amina"], term=term.pk, at=at))

    assert selectors.agreed("QM", duty, at.date()).since is None
    assert selectors.agreed("QM", duty, later).since == later
    assert services.propose(actor=cast["mario"], row=duty.code, agreed=duty.default, since=later,
                            at=at).code == "not-allowed"
    assert chain(term.subject) == ["duty-proposed", "duty-confirmed"]


def test_who_has_no_part_in_it_reads_no_notice(cast, at, desk):
    notice = lost(cast, at)
    for name, status in (("mario", 403), ("ito", 403), ("sam", 404), ("ana", 200), ("amina", 200), ("jean", 200)):
        assert desk(name).get(f"/duties/notices/{notice.pk}/").status_code == status, name
    assert desk("ana").post(f"/duties/notices/{notice.pk}/").status_code == 302
    notice.refresh_from_db()
    assert notice.received_at is None


def test_who_is_told_of_an_override_reads_how_much_why_and_who_was_asked(cast, at, desk):
    permit = issued(cast, at)
    border.override_counted(actor=cast["nadia"], number=permit.number, quantities={"A": "1300"}, port="Kivu-2",
                            transport_document="020-1", reason="Live goods would spoil.", authority="Director", at=at)
    run()

    notice, = notices("balance-overridden")
    page = page_text(desk("amina").get(f"/duties/notices/{notice.pk}/"))
    assert "Line A: 100 more than was left. Reason: Live goods would spoil. Authority asked: Director" in page
