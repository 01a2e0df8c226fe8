"""One authority asks another about a permit: the question, the mail, the link, the register's answer."""

from __future__ import annotations

import html
import re
from datetime import timedelta
from decimal import Decimal

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as some
from tests.cast import NOON, issued, submitted
from tests.desks import page_text

from wildgate.apps.confirmations import selectors, services
from wildgate.apps.confirmations.models import Question
from wildgate.apps.confirmations.points import (
    FIVE,
    NOT_OURS,
    Answer,
    Held,
    Say,
    Stated,
    compared,
    from_register,
    read_answer,
    read_lines,
)
from wildgate.apps.permits import services as permits
from wildgate.convention.refusal import Refusal
from wildgate.kit import events
from wildgate.kit.models import Event

COPY = "Crocodylus novaeguineae | SKI | 1200 | NAR"
ALL_YES = {point.value: "yes" for point in FIVE}


def copy(number: str = "26QZ000123E", lines: str = COPY, valid_until: str = "") -> services.Copy:
    found = services.read_copy(number, "2026-03-01", valid_until, lines)
    assert isinstance(found, services.Copy)
    return found


def asked(who, at, **more) -> tuple[Question, str]:
    done = services.ask(actor=who["amina"], other="QZ", copy=copy(), contact="ma@qz.example", at=at, **more)
    assert isinstance(done, tuple), done
    return done


class TestLines:
    @pytest.mark.parametrize(("text", "code"), [
        ("Crocodylus novaeguineae, SKI, 12", "line-shape"), ("A b | SKI | twelve | NAR", "line-quantity"),
        ("A b | XXX | 12 | NAR", "line-code"), ("A b | SKI | 12 | QQQ", "line-code"),
        ("\n".join([COPY] * 51), "too-many-lines"),
    ])
    def test_what_cannot_be_read_is_named(self, text, code):
        found = read_lines(text)

        assert isinstance(found, Refusal)
        assert (found.code, found.field) == (code, "lines")

    @given(some.text(max_size=200))
    def test_no_text_breaks_it(self, text):
        assert isinstance(read_lines(text), Refusal | tuple)

    def test_a_line_goes_to_one_line_of_the_register_only(self):
        line = Stated("A b", "SKI", "5", "NAR")
        held = [Held("A b", "SKI", Decimal(5), "NAR")]

        assert compared([line], held) == ()
        assert compared([line, line], held) == (f"{line} ≠ –",)


class TestRegister:
    @given(state=some.sampled_from(["valid", "used", "cancelled", "replaced", "lost", "suspended", "expired"]),
           days=some.integers(-3, 3), more=some.integers(-2, 2))
    def test_valid_is_said_only_of_what_may_be_used_today(self, state, days, more):
        until = NOON.date() + timedelta(days=days)
        found = from_register([Stated("A b", "SKI", str(5 + more), "NAR")], [Held("A b", "SKI", Decimal(5), "NAR")],
                              on=NOON.date(), state=state, valid_until=until, copy_until=None)

        assert (found.points["valid"] == "yes") is (state == "valid" and days >= 0)
        assert (found.points["quantities"] == "yes") is (more == 0)
        assert found.good is (state == "valid" and days >= 0 and more == 0)

    def test_another_last_day_on_the_copy_is_an_alteration(self, at):
        day = at.date()
        found = from_register([], [], on=day, state="valid", valid_until=day, copy_until=day + timedelta(days=30))

        assert found.points["unaltered"] == "no"


def test_every_point_must_be_answered():
    for point in FIVE:
        left_out = {name: said for name, said in ALL_YES.items() if name != point.value}
        found = read_answer(left_out, "")
        assert isinstance(found, Refusal)
        assert found.field == point.value


@pytest.mark.django_db
def test_a_question_stands_in_the_history_of_its_case_and_is_due_in_ten_working_days(cast, at):
    case = submitted(cast, at)

    question, _ = asked(cast, at, case=case)

    assert [event.kind for event in events.of(f"application:{case}", party="QM")][-1] == "confirmation-asked"
    assert question.due_on >= at.date() + timedelta(days=12)
    assert selectors.overdue(cast["amina"], question.due_on) == 0
    assert selectors.overdue(cast["amina"], question.due_on + timedelta(days=1)) == 1


@pytest.mark.django_db
def test_only_officers_ask(cast, at):
    for name in ("mario", "ito", "jean", "ana"):
        refused = services.ask(actor=cast[name], other="QZ", copy=copy(), contact="", at=at)
        assert isinstance(refused, Refusal)
        assert refused.code == "not-allowed"


@pytest.mark.django_db
@pytest.mark.parametrize("language", ["en", "fr", "es", "xx"])
def test_the_mail_holds_every_fact_the_five_questions_and_the_link(cast, at, language):
    question, token = asked(cast, at)

    subject, text = selectors.mail(question, language, f"https://ma.example/{token}")

    assert "26QZ000123E" in subject
    for part in (COPY, "2026-03-01", question.due_on.isoformat(), token):
        assert part in text
    assert text.count("\n- ") == len(FIVE)
    assert "Amina" not in text


@pytest.mark.django_db
class TestLink:
    def test_the_other_authority_answers_once_without_an_account(self, cast, at, settings):
        question, token = asked(cast, at)
        door = Client()
        first = door.get(f"/confirmations/answer/{token}/")
        open_point = door.post(f"/confirmations/answer/{token}/", {**ALL_YES, "valid": ""})
        done = door.post(f"/confirmations/answer/{token}/", {**ALL_YES, "unused": "no", "note": "Used on 3 March."})
        again = door.post(f"/confirmations/answer/{token}/", ALL_YES)

        assert COPY in page_text(first)
        assert first["Referrer-Policy"] == "same-origin"  # "no-referrer": browsers post from Origin: null, refused
        assert (open_point.status_code, done.status_code, again.status_code) == (422, 302, 422)
        question.refresh_from_db()
        assert question.points["unused"] == "no"
        assert question.answered_by is None
        assert Event.objects.filter(kind="confirmation-answered").get().actor == "link"

    def test_another_token_and_an_old_one_are_gone(self, cast, at):
        _, token = asked(cast, at - timedelta(days=services.LINK_DAYS + 2))

        assert Client().get(f"/confirmations/answer/{token}/").status_code == 410
        assert Client().get(f"/confirmations/answer/{token[:-1]}/").status_code == 410

    def test_the_token_is_kept_nowhere_in_the_clear(self, cast, at):
        _, token = asked(cast, at)

        assert token not in str(list(Question.objects.values()))
        assert token not in str(list(Event.objects.values()))


@pytest.mark.django_db
class TestOurPermit:
    def received(self, cast, at, number, lines=COPY, valid_until="") -> Question:
        done = services.receive(actor=cast["amina"], other="QZ", contact="", at=at, copy=services.Copy(
            number, None, None, copy(lines=lines).lines))
        assert isinstance(done, Question)
        return done

    def test_a_true_copy_is_confirmed(self, cast, at):
        permit = issued(cast, at)

        assert services.draft_answer(self.received(cast, at, permit.number), at.date()).good

    def test_an_altered_quantity_is_told_with_the_register_s(self, cast, at):
        permit = issued(cast, at)
        question = self.received(cast, at, permit.number, COPY.replace("1200", "12000"))

        found = services.draft_answer(question, at.date())

        assert found.points["quantities"] == Say.NO
        assert found.differences == (f"{COPY.replace('1200', '12000')} ≠ 1200",)

    def test_a_cancelled_permit_is_not_valid_and_an_unknown_number_not_ours(self, cast, at):
        permit = issued(cast, at)
        permits.cancel(actor=cast["amina"], number=permit.number, reason="Wrong importer.", at=at)

        assert services.draft_answer(self.received(cast, at, permit.number), at.date()).points["valid"] == Say.NO
        assert services.draft_answer(self.received(cast, at, "26QM999999E"), at.date()) == NOT_OURS

    def test_the_answer_stands_in_the_permit_s_history(self, cast, at):
        permit = issued(cast, at)
        question = self.received(cast, at, permit.number)

        services.answer(actor=cast["bo"], number=question.number, answer=Answer(ALL_YES), at=at)
        twice = services.answer(actor=cast["bo"], number=question.number, answer=Answer(ALL_YES), at=at)

        assert [event.kind for event in events.of(permit.subject, party="QM")][-2:] == [
            "confirmation-received", "confirmation-answered"]
        assert isinstance(twice, Refusal)


@pytest.mark.django_db
class TestPages:
    def test_an_officer_asks_from_a_case_and_has_the_mail_with_its_link(self, cast, at, desk):
        case = submitted(cast, at, {
            "direction": "re-export", "purpose": "T", "other_country": "CH", "other_name": "Orlo SA",
            "other_address": "1 Quai, Geneva", "lines": [{
                "taxon": "Alligator mississippiensis", "term": "LPS", "quantity": "10", "unit": "NAR", "source": "W",
                "origin": "US", "origin_permit": "26US123456/9", "origin_permit_date": "2026-01-05"}]})
        permits.take(actor=cast["amina"], case=case, at=at)
        way = re.search(r"/confirmations/ask/[?]case=[^\"]+", desk("amina").get(f"/cases/{case}/").content.decode())
        assert way
        form = desk("amina").get(html.unescape(way[0]))
        assert "Alligator mississippiensis | LPS | 10 | NAR" in form.content.decode()

        answer = desk("amina").post("/confirmations/ask/", {
            "other": "US", "permit_number": "26US123456/9", "issued_on": "2026-01-05", "case": case,
            "lines": "Alligator mississippiensis | LPS | 10 | NAR", "contact": "ma@us.example"}, follow=True)

        link = re.search(r"/confirmations/answer/([\w-]{43})/", answer.content.decode())
        assert link
        assert Client().get(link[0]).status_code == 200
        assert link[0] not in desk("bo").get(answer.redirect_chain[-1][0]).content.decode()

    def test_what_is_wrong_is_said_at_its_field_and_nothing_is_lost(self, cast, desk):
        answer = desk("amina").post("/confirmations/ask/", {"other": "QZ", "permit_number": "7", "lines": "junk"})

        assert answer.status_code == 422
        assert "Line 1 must read" in page_text(answer)
        assert "junk" in answer.content.decode()

    def test_the_list_costs_the_same_however_long(self, cast, at, desk, django_assert_max_num_queries):
        asked(cast, at)
        desk("amina").get("/confirmations/")
        for _ in range(20):
            asked(cast, at)

        with django_assert_max_num_queries(8):
            page = desk("amina").get("/confirmations/")

        assert page.content.decode().count("row-link") == 21
