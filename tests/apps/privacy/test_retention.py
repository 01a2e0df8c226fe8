"""Retention: by rule only, never below the floor, two people for a change, counted and logged without names."""

from __future__ import annotations

import json
from datetime import date, timedelta

import pytest
from tests.apps.privacy.steps import MAIL, NAME, PHONE, draft, erased, everywhere, handed_in, person_of, zebulon
from tests.cast import issued

from wildgate.apps.houserules import services as house
from wildgate.apps.houserules.models import Rule
from wildgate.apps.letters.models import Letter
from wildgate.apps.permits.models import Permit
from wildgate.apps.privacy import retaining
from wildgate.apps.privacy.services import retention
from wildgate.kit import events, notes
from wildgate.kit.models import Event

pytestmark = pytest.mark.django_db


def years_later(at, years):
    return at.replace(month=2, day=28, year=at.year + years)


def set_rule(cast, at, record, years):
    made = house.propose(actor=cast["amina"], kind="retention", given={"record": record, "years": years}, at=at)
    assert isinstance(made, Rule), made
    done = house.confirm(actor=cast["bo"], rules=[made.pk], at=at)
    assert isinstance(done, list), done
    return done[0]


@pytest.mark.parametrize("record", ["refused", "letter", "account", "lead", "request"])
def test_nothing_goes_below_the_floor(cast, at, record):
    for years in ("1", "4"):
        refused = house.propose(actor=cast["amina"], kind="retention", given={"record": record, "years": years}, at=at)
        assert refused[0].code == "below-the-floor"
    Rule.objects.create(party="QM", kind="retention", key=record, value={"record": record, "years": 1}, digest="x",
                        since=at.date(), state="confirmed", proposed_by_id=cast["amina"].person_id, proposed_at=at,
                        decided_by_id=cast["bo"].person_id, decided_at=at)
    rule = next(each for each in retaining.rules("QM", at.date()) if each.code == record)
    assert rule.years == 5  # whatever stands in the table


def test_switzerland_refusals_thirty_years_permits_never(cast, at):
    who = zebulon(at)
    case, permit = handed_in(who, at), issued(cast, at)
    set_rule(cast, at, "refused", "30")

    assert retention.run("QM", years_later(at, 29)).get("refused") is None
    case.refresh_from_db()
    assert case.answers
    assert retention.run("QM", years_later(at, 32))["refused"] == 1
    retention.run("QM", years_later(at, 300))
    assert Permit.objects.get().record_json == permit.record_json


def test_a_rule_of_nought_years_keeps_for_ever(cast, at):
    handed_in(zebulon(at), at)
    set_rule(cast, at, "refused", "0")

    assert retention.run("QM", years_later(at, 300)).get("refused") is None


def test_an_old_case_is_emptied_and_the_erased_holder_goes_with_it(cast, at, settings, tmp_path,
                                                                    django_capture_on_commit_callbacks):
    settings.HOME = tmp_path
    who = zebulon(at)
    handed_in(who, at)
    erased(cast, who, at)
    assert "permits_application" in everywhere(NAME)

    with django_capture_on_commit_callbacks(execute=True):
        retention.run("QM", years_later(at, 11))

    left = everywhere(NAME, MAIL, PHONE)
    assert set(left) <= {"privacy_subjectrequest"}, left
    assert (events.verify("QM"), notes.verify("QM")) == (None, None)


def test_batches_are_events_with_counts_and_no_names(cast, at, monkeypatch):
    monkeypatch.setattr(retention, "BATCH", 2)
    who = zebulon(at)
    for number in range(5):
        Letter.objects.create(party="QM", person=person_of(who), cause=str(number), kind="fee-paid", who="firm",
                              subject="", at=at, params={"number": NAME})
    before = Letter.objects.count()
    expected = next(each for each in retaining.dry_run("QM", years_later(at, 6).date()) if each.rule.code == "letter")
    assert (expected.count, Letter.objects.count()) == (before, before)

    assert retention.run("QM", years_later(at, 6))["letter"] == before

    told = [json.loads(data) for data in Event.objects.filter(kind="retention-deleted", subject="retention:letter")
            .values_list("data", flat=True)]
    assert sum(each["count"] for each in told) == before
    assert len(told) == (before + 1) // 2
    assert set(told[0]) == {"before", "count", "held", "years"}
    assert retention.run("QM", years_later(at, 6)) == {}


def test_closed_accounts_go_and_those_of_officials_stay(cast, at):
    who = zebulon(at)
    draft(who, at)
    for person in (person_of(who), type(person_of(who)).objects.get(pk=cast["jean"].person_id)):
        person.is_active, person.last_login = False, at
        person.save()

    assert retention.run("QM", years_later(at, 4)).get("account") is None
    assert retention.run("QM", years_later(at, 6))["account"] == 1

    assert person_of(who).name.startswith("erased person")
    assert person_of(cast["jean"]).name == cast["jean"].name


def test_years_back_from_a_leap_day():
    assert retaining.back(date(2032, 2, 29), 5) == date(2027, 2, 28)
    assert retaining.ahead(date(2028, 2, 29), 10) == date(2038, 2, 28)


def test_the_page_says_what_would_go_and_deletes_nothing(cast, at, desk):
    draft(zebulon(at), at)
    day = at.date() + timedelta(days=800)

    page = desk("ana").get("/privacy/desk/rules/", {"day": day.isoformat()}).content.decode()

    row = page[page.index("Drafts never handed in"):]
    assert '">1</td>' in row[:row.index("</tr>")]
    assert "House value" in row[:row.index("</tr>")]
    assert "never fewer than 5" in page
    assert not Event.objects.filter(kind="retention-deleted").exists()


def test_pages_of_an_emptied_case_say_so_and_offer_nothing_that_is_gone(cast, at, desk, client):
    who = zebulon(at)
    number = handed_in(who, at).number
    client.force_login(person_of(who))

    def pages():
        return [each.get(f"/{room}/{number}/").content.decode() for each, room in ((desk("ana"), "cases"),
                                                                                 (client, "apply"))]

    told = ["by the Appendices of", "Use these answers for a new application"]
    for page, words in zip(pages(), told, strict=True):
        assert words in page
        assert "The details were deleted" not in page

    retention.run("QM", years_later(at, 11))

    for page, words in zip(pages(), told, strict=True):
        assert words not in page
        assert "The details were deleted" in page
        assert "Withdrawn" in page
