"""The checklist: each point green or open by the facts, what may be passed over, and what never may."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from django.utils.translation import override
from tests.apps.houserules.house import entered
from tests.cast import SKINS, submitted
from tests.desks import page_text

from wildgate.apps.accounts.models import Organisation, Post
from wildgate.apps.permits import checklist, services
from wildgate.apps.permits.checklist import LABELS, OVERRIDABLE, Facts, Mark, Point
from wildgate.apps.permits.models import Application, Finding, Override
from wildgate.apps.permits.outlook import Outlook
from wildgate.apps.permits.quota_cards import QuotaCard
from wildgate.apps.quotas.services import NewQuota, register
from wildgate.convention.refusal import Refusal, refuse
from wildgate.kit.models import Event

APPENDIX_I = {**SKINS, "purpose": "Z", "lines": [
    {"taxon": "Gorilla gorilla", "term": "LIV", "quantity": "1", "unit": "NAR", "source": "W", "origin": "QM",
     "live": "yes"}]}
IN_ORDER = Facts(
    outlook=Outlook("export-permit", date(2027, 1, 1)), findings=(("legal-acquisition", "m", True, ("Art. IV.2(b)",)),),
    consulted=1, unanswered=0, questions=0, charge=None, papers=(), has_papers=False, forbidden=None, quotas=(),
    kept=False, stock_wanted=False, stock=(), registration=None, conflict=None, form="printed-qr")
NO = refuse("x", "No.", basis=("Art. I",))
FULL = QuotaCard("Varanus salvator", ("SKI",), 2027, "NAR", Decimal(500), Decimal(0), Decimal(460), Decimal(41))


def marks(facts: Facts) -> dict[str, Mark]:
    return {point.code: point.mark for point in checklist.points(facts)}


def opened(**changes: object) -> set[str]:
    return {code for code, mark in marks(replace(IN_ORDER, **changes)).items() if mark is Mark.OPEN}


def test_all_in_order_leaves_nothing_open_and_says_what_is_not_asked():
    assert checklist.unsettled(checklist.points(IN_ORDER)) is None
    assert {code for code, mark in marks(IN_ORDER).items() if mark is Mark.OFF} == {"fee", "documents", "quota",
                                                                                    "stock"}


@pytest.mark.parametrize(("changes", "point"), [
    ({"outlook": NO}, "law"), ({"findings": (("x", "m", None, ()),)}, "findings"),
    ({"findings": (("x", "m", False, ()),)}, "findings"), ({"unanswered": 1}, "opinions"),
    ({"questions": 1}, "questions"), ({"papers": (("A copy is missing.", ("Art. III.2(d)",)),)}, "documents"),
    ({"forbidden": NO}, "quota"),
    ({"quotas": (FULL,)}, "quota"), ({"stock_wanted": True}, "stock"), ({"registration": NO}, "registration"),
    ({"conflict": NO}, "conflict"),
])
def test_each_fact_opens_its_own_point_and_no_other(changes, point):
    assert opened(**changes) == {point}


def test_the_last_of_a_quota_is_room_enough():
    assert opened(quotas=(replace(FULL, this=Decimal(40)),)) == set()


def test_law_findings_quota_and_ones_own_interest_are_never_passed_over():
    assert {point.code for point in checklist.points(IN_ORDER) if not point.overridable} == {
        "law", "findings", "opinions", "quota", "conflict", "partner-form"} == set(checklist.LABELS) - OVERRIDABLE


pytestmark = pytest.mark.django_db


def taken(cast, at, answers):
    """A case in review with every finding made."""
    number = submitted(cast, at, answers)
    services.take(actor=cast["amina"], case=number, at=at)
    Finding.objects.filter(application__number=number).update(made=True)
    return number


def test_an_appendix_i_export_waits_for_the_import_permit_or_an_officers_reason(cast, at, desk):
    number, amina = taken(cast, at, APPENDIX_I), desk("amina")
    refused = services.approve(actor=cast["amina"], case=number, at=at)
    empty = amina.post(f"/cases/{number}/points/documents/", {"reason": " "})
    done = amina.post(f"/cases/{number}/points/documents/", {"reason": "The original was shown at the counter."})
    page = amina.get(f"/cases/{number}/")

    assert (refused.code, refused.basis) == ("checklist-open", ("Art. III.2(d)",))
    assert 'href="#id_override-documents"' in empty.content.decode()
    assert done.status_code == 302
    assert "The original was shown at the counter." in page_text(page)
    event = Event.objects.get(kind="override")
    assert json.loads(event.data)["point"] == "documents"
    assert "counter" not in event.data
    assert isinstance(services.approve(actor=cast["amina"], case=number, at=at), Application)


def test_a_full_quota_stops_approval_and_cannot_be_passed_over(cast, at):
    number = taken(cast, at, SKINS)
    register(actor=cast["amina"], at=at, new=NewQuota(
        country="QM", taxon="Crocodylus novaeguineae", amount=Decimal(1199), start=date(at.year, 1, 1),
        end=date(at.year, 12, 31), terms=("SKI",), sources=("W",)))

    approved = services.approve(actor=cast["amina"], case=number, at=at)
    passed = services.override(actor=cast["amina"], case=number, point="quota", reason="Please.", at=at)

    assert (approved.code, passed.code) == ("quota-full", "never-overridden")
    assert not Override.objects.exists()


@pytest.mark.parametrize("point", ["registration", "nonsense", "law"])
def test_a_point_that_is_not_open_is_not_passed_over(cast, at, point):
    number = taken(cast, at, SKINS)

    no = services.override(actor=cast["amina"], case=number, point=point, reason="So.", at=at)

    assert no.code == "point-not-open"


def test_nobody_decides_for_a_firm_in_which_they_hold_or_held_a_post(cast, at, desk):
    number = taken(cast, at, SKINS)
    firm = Application.objects.get(number=number).organisation
    Post.objects.create(party="QM", person_id=cast["amina"].person_id, role="trader", organisation=firm,
                        until=date(2020, 1, 1))

    outcomes = [services.approve(actor=cast["amina"], case=number, at=at),
                services.refuse_case(actor=cast["amina"], case=number, reason="No.", basis="Art. I", at=at),
                services.assign(actor=cast["bo"], cases=[number], to=cast["amina"].person_id, at=at).kept[0][1]]
    page = desk("amina").get(f"/cases/{number}/")

    assert [outcome.code for outcome in outcomes] == ["conflict-of-interest"] * 3
    assert "Another officer must decide" in page_text(page)
    assert f"/cases/{number}/approve/" not in page.content.decode()
    assert isinstance(services.approve(actor=cast["bo"], case=number, at=at), Application)


def test_a_post_in_a_firm_that_acts_for_the_applicant_counts_as_well(cast, at):
    from wildgate.apps.accounts.models import Mandate

    number = taken(cast, at, SKINS)
    firm = Application.objects.get(number=number).organisation
    agent = Organisation.objects.exclude(pk=firm.pk).first()
    Post.objects.create(party="QM", person_id=cast["amina"].person_id, role="trader", organisation=agent,
                        until=date(2020, 1, 1))
    assert isinstance(services.ask(actor=cast["amina"], case=number, text="Which tags?", at=at), Application)
    services.answer(actor=cast["mario"], case=number, text="These.", at=at)
    Mandate.objects.create(party="QM", client=firm, agent=agent, since=at.date(), given_by_id=cast["mario"].person_id,
                           given_at=at)

    refused = services.approve(actor=cast["amina"], case=number, at=at)

    assert isinstance(refused, Refusal)
    assert refused.code == "conflict-of-interest"


def test_sentences_of_the_library_are_ticked_and_printed(cast, at, desk):
    entered(cast, "condition", {"name": "tags", "texts": {"en": "Each skin carries its tag."}, "groups": ["Reptilia"]})
    entered(cast, "condition", {"name": "orchids", "texts": {"en": "In flasks only."}, "groups": ["Plantae"]})
    number = taken(cast, at, SKINS)

    page = desk("amina").get(f"/cases/{number}/")
    unknown = services.approve(actor=cast["amina"], case=number, picked=["orchids"], at=at)
    desk("amina").post(f"/cases/{number}/approve/", {"picked": ["tags"], "conditions": "In one consignment."})

    assert [each.key for each in page.context["library"]] == ["tags"]
    assert unknown.code == "no-such-condition"
    assert Application.objects.get(number=number).conditions == "Each skin carries its tag.\nIn one consignment."


def test_the_issue_page_says_when_a_partner_takes_paper_only(cast, at, desk):
    from tests.cast import ready

    entered(cast, "partner-form", {"country": "QZ", "form": "security-paper"})
    number = ready(cast, at)
    page = desk("amina").get(f"/cases/{number}/issue/")

    assert "Print it on security paper: it takes no other form." in page_text(page)


@pytest.mark.parametrize("language", ["fr", "es"])
def test_every_point_is_named_in_the_language_of_the_page(language):
    with override(language):
        named = {code: Point(code, Mark.OPEN).label for code in LABELS}

    assert [code for code, label in named.items() if label == LABELS[code]] == []
