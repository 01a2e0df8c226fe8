"""A notice: drafted by one, sent by another, mailed with nothing of the seller, answered or not."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta

import pytest
from django.core import mail
from django.db import DatabaseError, transaction
from tests.apps.notices.offers import SELLER_WORDS, TOLD, bazaar, drafted, gone_out, offer
from tests.databases import as_owner

from wildgate.apps.notices import jobs, services
from wildgate.apps.notices.models import Answer, Notice, ReCheck
from wildgate.apps.notices.services.sending import compose
from wildgate.convention.refusal import Refusal
from wildgate.kit.jobs import run_pending
from wildgate.kit.models import Event, Job

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def test_a_notice_holds_rule_law_address_evidence_and_notifier(cast, at):
    listing = offer(bazaar(cast, at), at)

    made = drafted(cast, listing, at)

    text = compose(replaced(made)).body
    assert (made.rule_key, made.appendix, made.evidence) == ("live", "II", listing.captured.evidence.sha256)
    for each in (listing.url, "No live animals of protected species.", "Articles II(2), IV and VIII(1)(a)",
                 made.evidence, "Management Authority of Demoland", "cites@demoland.example", "in good faith",
                 "appears to", "It is no finding against anybody", TOLD.explanation):
        assert each in text


def replaced(made: Notice) -> Notice:
    from wildgate.apps.notices import wording
    made.title, made.body = wording.title(made), wording.text(made)
    return made


@pytest.mark.parametrize(("language", "words", "article"), [
    ("fr", "semble illicite", "articles II(1), III"), ("es", "parece ilícito", "artículos II(1), III")])
def test_it_speaks_the_language_of_the_platform(cast, at, language, words, article):
    listing = offer(bazaar(cast, at), at, appendix_today="I/II", taxon="Python")

    made = replaced(drafted(cast, listing, at, language=language))

    assert words in made.title and article in made.body and "IV" in made.body
    assert "appears" not in made.body


@pytest.mark.parametrize(("language", "appendix", "words"), [
    ("en", "I/II/-", "of which some are listed in Appendix I or II of CITES, depending on the species or population."),
    ("en", "II", "specimens of Python, listed in Appendix II of CITES."),
    ("fr", "I/II", "inscrits à l'Annexe I ou II de la CITES, selon l'espèce ou la population."),
    ("es", "II/-", "de los que algunos están incluidos en el Apéndice II de la CITES.")])
def test_a_platform_reads_in_words_which_appendix_it_may_be(cast, at, language, appendix, words):
    listing = offer(bazaar(cast, at), at, appendix_today=appendix, taxon="Python")

    body = replaced(drafted(cast, listing, at, language=language, rule_key="")).body

    assert words in body and "/-" not in body


def test_the_mail_holds_what_the_notice_says_and_nothing_of_the_seller(cast, at):
    listing = offer(bazaar(cast, at), at)
    made = drafted(cast, listing, at)

    services.send(actor=cast["amina"], number=made.number, way="mail", good_faith=True, at=at)
    run_pending()

    sent = mail.outbox[-1]
    fields = json.loads(sent.attachments[0][1])
    whole = sent.subject + sent.body + json.dumps(fields)
    assert sent.to == ["trust@bazaar.example"] and sent.reply_to == ["cites@demoland.example"]
    assert fields["exact_location"] == listing.url and fields["good_faith"] and not fields["verdict"]
    assert fields["own_rule"]["key"] == "live" and listing.captured.evidence.sha256 in whole
    for word in ("Rosa", "555", "tame baby", SELLER_WORDS):
        assert word not in whole
    made.refresh_from_db()
    assert made.out_at is not None and made.body == sent.body and len(made.digest) == 64
    assert [each.due_at - made.out_at for each in made.rechecks.order_by("due_at")] == [DAY, 7 * DAY, 30 * DAY]


def test_clocks_begin_when_the_mail_is_out_and_it_goes_out_once(cast, at):
    made = drafted(cast, offer(bazaar(cast, at), at), at)
    services.send(actor=cast["amina"], number=made.number, way="mail", good_faith=True, at=at)

    before = ReCheck.objects.count()
    first = services.mail("QM", made.number, at=at + timedelta(hours=3))
    second = services.mail("QM", made.number, at=at + timedelta(hours=4))

    assert (before, first, second, len(mail.outbox)) == (0, True, False, 1)
    assert ReCheck.objects.get(after="24h").due_at == at + timedelta(hours=27)


def test_nobody_sends_what_they_drafted_and_the_database_agrees(cast, at):
    made = drafted(cast, offer(bazaar(cast, at), at), at)

    own = services.send(actor=cast["ines"], number=made.number, way="download", good_faith=True, at=at)

    assert isinstance(own, Refusal) and own.code == "notice-own"
    made.sent_by_id = made.drafted_by_id
    with as_owner(), pytest.raises(DatabaseError), transaction.atomic():
        made.save()


def test_whoever_revises_a_draft_is_its_author_and_does_not_send_it(cast, at):
    made = drafted(cast, offer(bazaar(cast, at), at), at)
    services.revise(actor=cast["amina"], number=made.number, told=replace(TOLD, explanation="A live snake."), at=at)

    by_amina = services.send(actor=cast["amina"], number=made.number, way="download", good_faith=True, at=at)
    by_ines = services.send(actor=cast["ines"], number=made.number, way="download", good_faith=True, at=at)

    assert isinstance(by_amina, Refusal) and isinstance(by_ines, Notice)
    assert "A live snake." in by_ines.body


@pytest.mark.parametrize(("change", "listed", "code", "field"), [
    ({"explanation": " "}, {}, "notice-explanation", "explanation"),
    ({"explanation": "Ask rosa@mail.example"}, {}, "notice-names-seller", "explanation"),
    ({"explanation": "The seller has +43 660 123 45 67"}, {}, "notice-names-seller", "explanation"),
    ({"language": "de"}, {}, "notice-language", "language"),
    ({"notifier": ""}, {}, "notice-notifier", "notifier"),
    ({"notifier_email": "cites"}, {}, "notice-notifier-email", "notifier_email"),
    ({"rule_key": "ivory"}, {}, "notice-rule", "rule_key"),
    ({}, {"url": ""}, "notice-no-address", None),
    ({}, {"platform_id": None}, "notice-no-platform", None),
    ({"rule_key": ""}, {"appendix_today": ""}, "notice-not-covered", "not_covered_reason"),
    ({}, {"specimen": "imitation"}, "notice-not-covered", "not_covered_reason"),
    ({}, {"state": "dismissed"}, "notice-not-covered", "not_covered_reason"),
])
def test_what_makes_no_notice_is_refused_at_its_field(cast, at, change, listed, code, field):
    listing = offer(bazaar(cast, at), at, **listed)

    refused = services.draft(actor=cast["ines"], listing=listing.number, told=replace(TOLD, **change), at=at)

    assert isinstance(refused, Refusal) and (refused.code, refused.field) == (code, field)
    assert not Notice.objects.exists()


def test_a_listing_judged_not_covered_is_notified_with_a_reason_only(cast, at):
    listing = offer(bazaar(cast, at), at, specimen="imitation")

    made = drafted(cast, listing, at, not_covered_reason="The bones under the resin are real.")

    assert made.not_covered_reason and "resin" not in replaced(made).body


def test_without_capture_or_with_a_draft_already_there_is_none(cast, at):
    platform = bazaar(cast, at)
    bare, twice = offer(platform, at), offer(platform, at)
    bare.captured = None
    bare.save()
    drafted(cast, twice, at)

    outcomes = [services.draft(actor=cast["amina"], listing=each, told=TOLD, at=at)
                for each in (bare.number, twice.number, "QM-L-none")]

    assert [each.code for each in outcomes] == ["notice-no-evidence", "notice-drafted", "no-such-listing"]


@pytest.mark.parametrize(("way", "faith", "code"), [("pigeon", True, "notice-way"),
                                                    ("download", False, "notice-good-faith"),
                                                    ("mail", True, "notice-no-mailbox")])
def test_sending_is_refused(cast, at, way, faith, code):
    made = drafted(cast, offer(bazaar(cast, at, mailbox=""), at), at)

    refused = services.send(actor=cast["amina"], number=made.number, way=way, good_faith=faith, at=at)

    assert refused.code == code
    assert Notice.objects.get().state == "drafted"


def test_a_sent_notice_is_no_draft_and_its_words_cannot_be_changed(cast, at):
    made = gone_out(cast, offer(bazaar(cast, at), at), at)

    outcomes = [services.revise(actor=cast["ines"], number=made.number, told=TOLD, at=at),
                services.withdraw(actor=cast["ines"], number=made.number, reason="No.", at=at),
                services.send(actor=cast["bo"], number=made.number, way="download", good_faith=True, at=at)]

    assert {each.code for each in outcomes} == {"notice-not-draft"}
    for words in ({"body": "Other words."}, {"digest": "0" * 64}):
        with as_owner(), pytest.raises(DatabaseError), transaction.atomic():
            Notice.objects.filter(pk=made.pk).update(**words)


def test_a_draft_is_withdrawn_with_a_reason(cast, at):
    made = drafted(cast, offer(bazaar(cast, at), at), at)

    no_reason = services.withdraw(actor=cast["amina"], number=made.number, reason=" ", at=at)
    done = services.withdraw(actor=cast["amina"], number=made.number, reason="Sold out.", at=at)

    assert no_reason.code == "notice-reason" and done.state == "withdrawn"
    assert "Sold out" not in Event.objects.get(kind="platform-notice-withdrawn").data


def test_answers_move_the_state_and_stay(cast, at):
    made = gone_out(cast, offer(bazaar(cast, at), at), at)

    def told(kind, days, said=None):
        return services.record_answer(actor=cast["ines"], number=made.number, kind=kind, reference="BZ-7",
                                      said_at=said or at + days * DAY, at=at + days * DAY)

    before, receipt = told("removed", 1, said=at - DAY), told("acknowledged", 1)
    after_receipt = Notice.objects.get().state
    told("kept", 2)
    told("partly", 3)
    late_receipt = told("acknowledged", 4)

    found = Notice.objects.get()
    assert (before.code, late_receipt.code) == ("answer-time", "answer-late")
    assert isinstance(receipt, Answer) and after_receipt == "acknowledged"
    assert (found.state, found.outcome, found.reference) == ("acted", "partly", "BZ-7")
    assert list(found.answers.order_by("pk").values_list("kind", flat=True)) == ["acknowledged", "kept", "partly"]
    with as_owner(), pytest.raises(DatabaseError), transaction.atomic():
        Answer.objects.update(text="Never said.")


def test_a_draft_has_no_answer(cast, at):
    made = drafted(cast, offer(bazaar(cast, at), at), at)

    assert services.record_answer(actor=cast["ines"], number=made.number, kind="kept", said_at=at,
                                  at=at).code == "notice-not-sent"


def test_thirty_days_without_a_word_are_no_answer_and_a_late_one_is_noted(cast, at):
    platform = bazaar(cast, at)
    silent, receipt = gone_out(cast, offer(platform, at), at), gone_out(cast, offer(platform, at), at)
    services.record_answer(actor=cast["ines"], number=receipt.number, kind="acknowledged", said_at=at, at=at)

    early = services.close_silent("QM", at=at + 29 * DAY)
    late = services.close_silent("QM", at=at + 30 * DAY)

    states = dict(Notice.objects.values_list("number", "state"))
    assert (early, late) == (0, 1)
    assert states == {silent.number: "no-answer", receipt.number: "acknowledged"}
    services.record_answer(actor=cast["ines"], number=silent.number, kind="removed", said_at=at + 31 * DAY,
                           at=at + 31 * DAY)
    assert Notice.objects.get(number=silent.number).state == "acted"


def test_each_morning_tells_once_of_each_recheck_and_asks_for_the_next(cast, at):
    gone_out(cast, offer(bazaar(cast, at), at), at)

    told = [jobs.tell_due("QM", at + hours * timedelta(hours=1)) for hours in (23, 25, 26)]
    jobs.each_morning(at=at + 8 * DAY, party_code="QM")

    assert told == [0, 1, 0]
    events = Event.objects.filter(kind="platform-notice-recheck-due").order_by("seq")
    assert [json.loads(each.data)["after"] for each in events] == ["24h", "7d"]
    assert Job.objects.get(name="notices.each_morning").run_after > at + 8 * DAY


def test_two_draft_the_same_listing_at_once_and_there_is_one_draft(cast, at):
    listing = offer(bazaar(cast, at), at)

    outcomes = [services.draft(actor=cast[name], listing=listing.number, told=TOLD, at=at) for name in ("ines", "bo")]

    assert [type(each).__name__ for each in outcomes] == ["Notice", "Refusal"]


def test_only_officers_and_investigators_give_notice_and_nothing_leaves_its_party(cast, at):
    listing = offer(bazaar(cast, at), at)
    made = gone_out(cast, listing, at)

    for name in ("mario", "ito", "jean", "tomas", "nadia", "ana", "sam"):
        refused = services.draft(actor=cast[name], listing=listing.number, told=TOLD, at=at)
        assert refused.code == "not-allowed", name
    stranger = replace(cast["ines"], party="QZ")
    assert services.look(actor=stranger, number=made.number, found="gone", at=at).code == "no-such-notice"


def test_events_hold_no_words_of_the_notice(cast, at):
    made = gone_out(cast, offer(bazaar(cast, at), at), at)

    said = " ".join(Event.objects.filter(subject=made.subject).values_list("data", flat=True))

    assert made.digest in said and made.listing in said
    for word in ("python", "demoland", "bazaar.example", "No live"):
        assert word not in said


@pytest.mark.django_db(transaction=True)
def test_two_who_send_at_once_send_it_once(own_database, at, at_once):
    from wildgate.site.demo.cast import settle
    who = settle("QM", "Demoland", at)
    made = drafted(who, offer(bazaar(who, at), at), at)

    outcomes = at_once(*(lambda name=name: services.send(actor=who[name], number=made.number, way="download",
                                                         good_faith=True, at=at) for name in ("amina", "bo")))

    assert sorted(type(each).__name__ for each in outcomes) == ["Notice", "Refusal"]
    assert ReCheck.objects.count() == 3 and Event.objects.filter(kind="platform-notice-sent").count() == 1
