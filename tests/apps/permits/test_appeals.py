"""A refusal with its letter, and what follows an appeal: decided by somebody new, the books opened again."""

from __future__ import annotations

import pytest
from tests.apps.stock.goods import balance, re_export, released
from tests.cast import SKINS, submitted
from tests.desks import page_text

from wildgate.apps.permits import services
from wildgate.apps.permits.models import Application
from wildgate.kit import events

pytestmark = pytest.mark.django_db


def refused(cast, at, answers=None, language="en"):
    """An application that Amina has refused."""
    number = submitted(cast, at, answers)
    Application.objects.filter(number=number).update(language=language)
    services.take(actor=cast["amina"], case=number, at=at)
    done = services.refuse_case(actor=cast["amina"], case=number, ground="acquisition", reason="No licence was shown.",
                                at=at)
    assert isinstance(done, Application), done
    return number


def appealed(cast, at, answers=None):
    number = refused(cast, at, answers)
    services.appeal(actor=cast["mario"], case=number, text="The licence is enclosed.", at=at)
    return number


def decide(cast, who, number, at, *, granted=True):
    return services.decide_appeal(actor=cast[who], case=number, granted=granted, at=at,
                                  grounds="The licence is genuine.")


def test_the_letter_is_seen_first_and_kept_as_it_went(cast, at, desk):
    number, amina = submitted(cast, at), desk("amina")
    services.take(actor=cast["amina"], case=number, at=at)
    said = {"ground": "acquisition", "reason": "No licence was shown.", "basis": ""}

    seen = amina.post(f"/cases/{number}/refuse/", said)
    before = Application.objects.get(number=number).state
    amina.post(f"/cases/{number}/refuse/", {**said, "sure": "yes"})

    case = Application.objects.get(number=number)
    assert (before, case.state, case.refusal["basis"]) == ("in-review", "refused", "Art. III.2(b), IV.2(b)")
    for word in ("Demoland Management Authority", "Lacuna Hides Ltd", number, "No licence was shown.", "appeal",
                 "obtained lawfully", "1200", "Amina Keita"):
        assert word in case.refusal["letter"]
        assert word in page_text(seen)
    assert case.refusal["letter"].splitlines()[0] in page_text(desk("mario").get(f"/apply/{number}/"))
    assert "1200 skin, Crocodylus novaeguineae" in case.refusal["letter"]


def test_a_letter_names_the_scientific_authority_only_for_what_it_said(cast, at):
    number = submitted(cast, at)
    services.take(actor=cast["amina"], case=number, at=at)
    said = {"actor": cast["amina"], "case": number, "ground": "detriment", "reason": "Too many.", "at": at}

    assert services.refuse_case(**said).code == "not-advised"
    services.ask_opinion(actor=cast["amina"], case=number, at=at)
    services.give_opinion(actor=cast["ito"], case=number, positive=False, text="The stock falls.", at=at)
    assert isinstance(services.refuse_case(**said), Application)


@pytest.mark.parametrize(("language", "direction"), [("fr", "ltr"), ("ar", "rtl")])
def test_the_letter_speaks_the_applicants_language_and_direction(cast, at, desk, language, direction):
    number = refused(cast, at, language=language)

    page = desk("amina").get(f"/cases/{number}/").content.decode()

    assert Application.objects.get(number=number).refusal["language"] == language
    assert f'class="card letter" lang="{language}" dir="{direction}"' in page


@pytest.mark.parametrize(("said", "field"), [
    ({"ground": "acquisition", "reason": " "}, "reason"), ({"reason": "So.", "basis": ""}, "basis"),
    ({"ground": "mood", "reason": "So."}, "ground")])
def test_a_refusal_names_its_ground_reason_and_basis(cast, at, said, field):
    number = submitted(cast, at)
    services.take(actor=cast["amina"], case=number, at=at)

    assert services.refuse_case(actor=cast["amina"], case=number, at=at, **said).field == field


def test_who_refused_does_not_decide_the_appeal_and_the_page_says_why(cast, at, desk):
    number = appealed(cast, at)

    own, page = decide(cast, "amina", number, at), desk("amina").get(f"/cases/{number}/")
    other = desk("bo").get(f"/cases/{number}/")

    assert own.code == "took-part"
    assert "Somebody else decides on the appeal" in page_text(page)
    assert f"/cases/{number}/appeal/" not in page.content.decode()
    assert f"/cases/{number}/appeal/" in other.content.decode()
    assert Application.objects.get(number=number).state == "appealed"


def test_an_upheld_refusal_stays_with_the_grounds(cast, at, desk):
    number = appealed(cast, at)

    undecided = desk("bo").post(f"/cases/{number}/appeal/", {"grounds": "It is forged."})
    desk("bo").post(f"/cases/{number}/appeal/", {"granted": "no", "grounds": "It is forged."})

    case = Application.objects.get(number=number)
    appeal = case.appeals.get()
    assert 'href="#id_granted"' in undecided.content.decode()
    assert (case.state, case.refusal["reason"]) == ("refused", "No licence was shown.")
    assert (appeal.granted, appeal.grounds, appeal.decided_by_id) == (False, "It is forged.", cast["bo"].person_id)


def test_a_granted_appeal_opens_case_and_books_again_and_the_ledger_balances(cast, at):
    entry = released(cast)
    number = appealed(cast, at, re_export("30", entry.number))
    assert balance(entry).free == 40

    case = decide(cast, "bo", number, at)

    assert (case.state, case.refusal, case.officer_id) == ("in-review", None, cast["bo"].person_id)
    assert (balance(entry).reserved, balance(entry).free) == (30, 10)
    services.withdraw(actor=cast["mario"], case=number, at=at)
    assert (balance(entry).reserved, balance(entry).free) == (0, 40)
    assert events.verify("QM") is None


def test_an_appeal_is_not_granted_when_the_goods_are_gone_meanwhile(cast, at):
    entry = released(cast)
    number = appealed(cast, at, re_export("30", entry.number))
    submitted(cast, at, re_export("30", entry.number))

    no = decide(cast, "bo", number, at)

    case = Application.objects.get(number=number)
    assert (no.code, case.state, case.appeals.get().granted) == ("stock-short", "appealed", None)
    assert (balance(entry).reserved, balance(entry).free) == (30, 10)


def test_findings_that_were_made_stay_when_the_case_is_opened_again(cast, at):
    number = submitted(cast, at, SKINS)
    services.take(actor=cast["amina"], case=number, at=at)
    services.record_finding(actor=cast["amina"], case=number, kind="legal-acquisition", made=True, text="Seen.", at=at)
    services.refuse_case(actor=cast["amina"], case=number, reason="No.", basis="Art. IV", at=at)
    services.appeal(actor=cast["mario"], case=number, text="Look again.", at=at)
    before = Application.objects.get(number=number)

    decide(cast, "bo", number, at)

    after = Application.objects.get(number=number)
    assert after.findings.get(kind="legal-acquisition").made is True
    assert after.findings.count() == before.findings.count()
    assert after.ruling["warnings"] == before.ruling["warnings"]
