"""An officer's day: two on one case, a second click, a page that stayed open, words in the reader's language."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.utils.translation import override
from tests.apps.houserules.house import entered
from tests.cast import SKINS, issued, ready, submitted
from tests.desks import page_text

from wildgate.apps.permits import services, whereabouts
from wildgate.apps.permits.models import Application, Finding, Opinion, Permit
from wildgate.apps.permits.wording import state_word

pytestmark = pytest.mark.django_db
KIND = "legal-acquisition"


def taken(cast, at):
    number = submitted(cast, at)
    services.take(actor=cast["amina"], case=number, at=at)
    return number


def finding(number):
    return Finding.objects.get(application__number=number, kind=KIND)


def test_who_comes_second_is_told_where_the_case_stands_and_who_brought_it_there(cast, at, desk):
    number = taken(cast, at)

    late = desk("bo").post(f"/cases/{number}/take/")

    assert late.status_code == 422
    assert "The case stands at “In review”. Last: Review began, Amina Keita" in page_text(late)
    desk("amina").post(f"/cases/{number}/ask-opinion/")
    told = page_text(desk("amina").post(f"/cases/{number}/approve/", headers={"accept-language": "fr"}))
    assert "with-scientist" not in told
    with override("fr"):
        assert str(state_word("with-scientist").label) in told


def test_a_finding_that_somebody_else_wrote_meanwhile_is_not_written_over(cast, at, desk):
    number = taken(cast, at)
    amina, bo = desk("amina"), desk("bo")
    seen = finding(number).version
    form = {"made": "no", "note": "The licence ended in May.", "seen": seen}
    assert amina.post(f"/cases/{number}/findings/{KIND}/", form).status_code == 302

    over = bo.post(f"/cases/{number}/findings/{KIND}/", {"made": "yes", "note": "Licence seen.", "seen": seen})

    assert over.status_code == 422
    assert "Amina Keita wrote on this finding after you opened the page" in page_text(over)
    assert 'value="Licence seen."' in over.content.decode()
    assert (finding(number).made, finding(number).note) == (False, "The licence ended in May.")
    again = {"made": "yes", "note": "Renewed in June.", "seen": finding(number).version}
    assert bo.post(f"/cases/{number}/findings/{KIND}/", again).status_code == 302
    assert finding(number).made is True


@pytest.mark.parametrize("typed", [
    {"made": "yes", "note": " "}, {"made": "no", "note": ""}, {"made": "maybe", "note": "Seen."}, {"note": "Seen."},
    {"made": "yes", "note": "x" * 1001},
])
def test_a_finding_needs_an_answer_and_its_grounds_and_is_never_cut(cast, at, desk, typed):
    number = taken(cast, at)

    answer = desk("amina").post(f"/cases/{number}/findings/{KIND}/", typed)

    assert answer.status_code == 422
    assert f'href="#id_note-{KIND}"' in answer.content.decode()
    assert finding(number).made is None


def test_what_the_books_answer_needs_no_words(cast, at, desk):
    number = taken(cast, at)
    Finding.objects.filter(application__number=number, kind="quota").update(made=None, note="")
    assert Finding.objects.filter(application__number=number, kind="quota", made=None).exists()

    assert desk("amina").post(f"/cases/{number}/findings/quota/", {"made": "yes", "note": ""}).status_code == 302


def test_an_approval_with_an_open_finding_names_the_finding(cast, at, desk):
    number = taken(cast, at)

    told = page_text(desk("amina").post(f"/cases/{number}/approve/"))

    first = Finding.objects.filter(application__number=number).order_by("pk").first()
    assert f"The finding {first.kind}" not in told
    assert "is still open: it must be made first." in told


def test_conditions_of_the_scientific_authority_are_never_cut(cast, at, desk):
    number = taken(cast, at)
    services.ask_opinion(actor=cast["amina"], case=number, at=at)
    long = {"positive": "yes", "text": "Fine.", "conditions": "c" * 2001}

    answer = desk("ito").post(f"/science/{number}/", long)

    assert answer.status_code == 422
    assert "Shorten the conditions: 2001 characters, of at most 2000." in page_text(answer)
    assert not Opinion.objects.exists()
    assert desk("ito").post(f"/science/{number}/", {**long, "conditions": "c" * 2000}).status_code == 302


def test_the_scientific_authority_reads_purpose_consignee_and_what_the_applicant_answered(cast, at, desk):
    number = taken(cast, at)
    services.ask(actor=cast["amina"], case=number, text="From which river?", at=at)
    services.answer(actor=cast["mario"], case=number, text="The Upper Sepik.", at=at)
    services.ask_opinion(actor=cast["amina"], case=number, at=at)

    told = page_text(desk("ito").get(f"/science/{number}/"))

    for words in ("Commercial", SKINS["other_name"], "From which river?", "The Upper Sepik."):
        assert words in told


def test_pressing_issue_twice_makes_one_permit_and_no_alarm(cast, at, desk):
    number = ready(cast, at)
    amina = desk("amina")
    first = amina.post(f"/cases/{number}/issue/", {"form": "printed-qr"})
    assert first.status_code == 302

    second = amina.post(f"/cases/{number}/issue/", {"form": "printed-qr"}, follow=True)

    assert second.redirect_chain == [(f"/cases/{number}/", 302)]
    assert f"Permit {Permit.objects.get().number} is issued." in page_text(second)
    assert "Something needs to be put right" not in page_text(second)


def test_a_case_that_replaces_a_permit_which_ended_meanwhile_says_so_and_cannot_be_approved(cast, at, desk):
    permit = issued(cast, at)
    case = services.replace(actor=cast["amina"], number=permit.number, why="spoilt", reason="Torn.", at=at)
    services.cancel(actor=cast["bo"], number=permit.number, reason="Wrong firm.", at=at)
    amina = desk("amina")

    page = page_text(amina.get(f"/cases/{case.number}/"))

    why = f"Permit {permit.number} stands at “Cancelled”: no other one can take its place."
    assert why in page
    assert "Approve for countersigning" not in page
    assert why in page_text(amina.post(f"/cases/{case.number}/approve/"))


def test_no_letter_is_shown_where_no_refusal_is_possible(cast, at, desk):
    number = taken(cast, at)
    services.ask_opinion(actor=cast["amina"], case=number, at=at)
    services.give_opinion(actor=cast["ito"], case=number, positive=True, text="Fine.", at=at)
    services.ask(actor=cast["amina"], case=number, text="Which tags?", at=at)
    services.withdraw(actor=cast["mario"], case=number, at=at)

    answer = desk("amina").post(f"/cases/{number}/refuse/", {"ground": "acquisition", "reason": "None shown."})

    assert answer.status_code == 422
    assert "The case stands at “Withdrawn”." in page_text(answer)


def test_a_second_act_on_a_permit_says_once_where_it_stands(cast, at, desk):
    permit = issued(cast, at)
    services.suspend(actor=cast["amina"], number=permit.number, reason="A doubt.", at=at)

    told = page_text(desk("amina").post(f"/cases/permits/{permit.number}/suspend/", {"reason": "A doubt."}))

    assert told.count("This cannot be done. The permit stands at “Suspended”.") == 1
    assert "the permit is suspended" not in told


def test_nobody_is_told_that_nothing_was_handed_on_as_if_it_were_done(cast, at, desk):
    answer = desk("amina").post("/cases/many/", {"deed": "assign", "to": cast["bo"].person_id, "case": ["QM-A-1"]},
                                follow=True)

    assert "0 cases were handed on" not in page_text(answer)
    assert "There is no application QM-A-1." in page_text(answer)


@pytest.mark.parametrize("to", ["²", "٣", "", "x", "99999999999999"])
def test_an_officer_that_no_form_of_ours_names_is_refused(cast, at, desk, to):
    number = taken(cast, at)

    answer = desk("amina").post(f"/cases/{number}/assign/", {"to": to})

    assert answer.status_code == 422
    assert "Choose somebody who works on cases here." in page_text(answer)


def test_a_sign_that_no_database_keeps_is_left_out_of_a_text(cast, at, desk):
    number = taken(cast, at)

    assert desk("amina").post(f"/cases/{number}/ask/", {"question": "Which\x00 tags?"}).status_code == 302
    assert Application.objects.get(number=number).questions.get().text == "Which tags?"


def test_an_appeal_runs_against_no_promised_day_and_a_granted_one_gets_a_new_day(cast, at, desk):
    entered(cast, "service-time", {"days": 3})
    number = taken(cast, at)
    services.refuse_case(actor=cast["amina"], case=number, ground="acquisition", reason="None shown.", at=at)
    services.appeal(actor=cast["mario"], case=number, text="Here it is.", at=at)
    Application.objects.filter(number=number).update(due_on=at.date() - timedelta(days=30))
    bo = desk("bo")
    assert not re.search(r"working days? late", page_text(bo.get(f"/cases/{number}/")))
    assert not bo.get("/cases/?tab=late").context["rows"]

    services.decide_appeal(actor=cast["bo"], case=number, granted=True, grounds="Shown now.", at=at)

    assert Application.objects.get(number=number).due_on > at.date()


def test_the_next_case_is_the_one_due_first_that_this_officer_can_move_on(cast, at, desk):
    new, mine, decided = submitted(cast, at), taken(cast, at), ready(cast, at)
    amina, bo = desk("amina"), desk("bo")

    def after(who, number):
        return who.get(f"/cases/next/?after={number}").headers["Location"]

    assert f'href="/cases/next/?after={mine}"' in amina.get(f"/cases/{mine}/").content.decode()
    assert {after(amina, mine), after(amina, new)} <= {f"/cases/{each}/" for each in (new, mine, decided)}
    assert after(amina, new) == f"/cases/{mine}/"
    assert after(bo, new) == f"/cases/{decided}/"
    Application.objects.exclude(number=new).update(state="withdrawn")
    assert after(amina, new) == "/cases/"


def test_the_queue_says_how_much_of_what(cast, at, desk):
    submitted(cast, at)

    assert re.search(r"1,200 +skin", page_text(desk("amina").get("/cases/")), re.IGNORECASE)


def test_rights_and_rules_of_the_house_are_named_not_coded(cast, at, desk):
    number = taken(cast, at)
    Application.objects.filter(number=number).update(state="approved", decided_by=cast["amina"].person_id)

    told = page_text(desk("amina").get(f"/cases/{number}/"))

    assert "It takes the role" not in told
    assert "It takes another role: Countersigning officer." in told


def test_a_silent_applicant_does_not_lock_a_case(cast, at, desk):
    number = taken(cast, at)
    services.ask(actor=cast["amina"], case=number, text="Which farm bred them?", at=at)
    later = at + timedelta(days=60)

    page = page_text(desk("amina").get(f"/cases/{number}/"))
    refused = services.refuse_case(actor=cast["amina"], case=number, reason="We asked and had no answer.",
                                   ground="incomplete", at=later)

    assert "Refuse with reasons" in page
    assert refused.state == "refused"
    late = services.answer(actor=cast["mario"], case=number, text="The farm at Kivu.", at=later)
    assert (late.code, late.reason) == ("wrong-state", "This cannot be done now. The case stands at “Refused”.")
    assert 'name="answer"' not in desk("mario").get(f"/apply/{number}/").content.decode()


def test_a_trader_who_is_asked_is_not_told_that_the_authority_is_late(cast, at):
    number = taken(cast, at)
    services.ask(actor=cast["amina"], case=number, text="Which farm bred them?", at=at)
    case = Application.objects.get(number=number)

    told = whereabouts.of(case, None, at + timedelta(days=400))

    assert (told.promised, told.late) == (None, False)
