"""The trader's pages: nothing typed is lost, every fault has its sentence and field, other firms' cases are hidden."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

import pytest
from django.test import Client
from tests.cast import SKINS, issued, submitted
from tests.remembering import remembered

from wildgate.apps.accounts.models import Organisation, Person
from wildgate.apps.permits import services
from wildgate.apps.permits.models import Application

LINE = {
    "taxon": "Crocodylus novaeguineae",
    "term": "SKI",
    "quantity": "1200",
    "unit": "NAR",
    "source": "W",
    "origin": "QM",
}


class Later:
    """Mario's browser, signed in when it is first used: until then a case's way is like everybody's, and remembered."""

    def __init__(self, desk: Any) -> None:
        self.desk = desk

    def __getattr__(self, name: str) -> Any:
        return getattr(self.desk("mario"), name)


@pytest.fixture
def trader(desk: Any) -> Any:
    return Later(desk)


def draft(mario: Any, at: datetime, answers: dict[str, Any] | None = None) -> str:
    number: str = remembered("draft", (mario, at, answers), lambda: _draft(mario, at, answers))
    return number


def _draft(mario: Any, at: datetime, answers: dict[str, Any] | None) -> str:
    case = services.start(actor=mario, organisation=min(mario.organisations), at=at)
    assert isinstance(case, Application)
    if answers:
        services.save_answers(actor=mario, case=case.number, answers=answers, at=at)
    return case.number


def foreign(mario: Any, at: datetime) -> str:
    """An application of another firm."""
    number = draft(mario, at, SKINS)
    Application.objects.filter(number=number).update(
        organisation=Organisation.objects.exclude(pk__in=mario.organisations).first()
    )
    return number


def text(answer: Any) -> str:
    """The page in one line, without its token, which differs from answer to answer."""
    return re.sub(r"\s+", " ", re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", answer.content.decode()))


@pytest.mark.parametrize("path", ["", "check/", "submitted/", "withdraw/", "route/", "line-1/", "lines/1/remove/"])
def test_another_firms_application_looks_like_none(trader: Client, mario: Any, at: datetime, path: str) -> None:
    theirs = trader.get(f"/apply/{foreign(mario, at)}/{path}")
    nobodys = trader.get(f"/apply/QM-A-2026-999999/{path}")

    assert theirs.status_code == nobodys.status_code == 404
    assert re.sub(r"QM-A-\d+-\d+", "", text(theirs)) == re.sub(r"QM-A-\d+-\d+", "", text(nobodys))


@pytest.mark.parametrize(
    "path", ["answer/", "withdraw/", "route/", "route/law/", "lines/add/", "lines/1/remove/", "check/"]
)
def test_another_firms_application_cannot_be_changed(trader: Client, mario: Any, at: datetime, path: str) -> None:
    number = foreign(mario, at)

    assert trader.post(f"/apply/{number}/{path}", {"purpose": "Z", "answer": "x", "declared": "yes"}).status_code == 404
    assert Application.objects.get(number=number).answers == SKINS


@pytest.mark.parametrize(
    "path",
    [
        "/apply/",
        "/apply/QM-A-2026-000001/",
        "/apply/QM-A-2026-000001/route/",
        "/permits/",
        "/permits/26QM000001E/",
        "/permits/26QM000001E/pdf",
        "/species/find/",
    ],
)
def test_a_stranger_is_asked_to_sign_in(db: Any, client: Client, path: str) -> None:
    answer = client.get(path)

    assert answer.status_code == 302
    assert answer["Location"].startswith("/accounts/login/?next=")


def test_officers_do_not_apply(desk: Any, mario: Any, at: datetime) -> None:
    assert desk("amina").get(f"/apply/{draft(mario, at)}/").status_code == 403


def test_from_start_to_confirmation_without_scripts(trader: Client, mario: Any) -> None:
    organisation = min(mario.organisations)
    first = trader.post("/apply/", {"organisation": organisation})
    base = first["Location"].removesuffix("route/")

    steps = [
        ("route/", {"direction": "export", "purpose": "T"}),
        (
            "other-party/",
            {"other_country": "QZ", "other_name": "Quartz Leather Co", "other_address": "5 Basalt Street"},
        ),
        ("line-1/", LINE),
        ("details-1/", {"marks": "QM-1\nQM-2"}),
        ("transport/", {}),
    ]
    for (here, given), (following, _) in zip(steps, [*steps[1:], ("check/", {})], strict=True):
        assert trader.get(base + here).status_code == 200
        assert trader.post(base + here, given)["Location"] == base + following
    assert "Crocodylus novaeguineae" in text(trader.get(base + "check/"))
    assert trader.post(base + "check/", {"declared": "yes"})["Location"] == base + "submitted/"

    number = base.split("/")[2]
    assert number in text(trader.get(base + "submitted/"))
    kept = Application.objects.get(number=number)
    assert (kept.state, kept.answers["lines"][0]["marks"]) == ("submitted", "QM-1\nQM-2")


FAULTS = [
    ("route/", {"purpose": "T"}, "direction", "Choose what you want to do."),
    ("route/", {"direction": "export"}, "purpose", "Choose the purpose of the trade."),
    ("other-party/", {"other_name": "A", "other_address": "B"}, "other_country", "Choose the country."),
    (
        "other-party/",
        {"other_country": "QM", "other_name": "A", "other_address": "B"},
        "other_country",
        "Choose another country",
    ),
    ("other-party/", {"other_country": "QZ", "other_address": "B"}, "other_name", "Give the name"),
    ("other-party/", {"other_country": "QZ", "other_name": "A"}, "other_address", "Give the address"),
    (
        "other-party/",
        {"other_country": "QZ", "other_name": "A" * 161, "other_address": "B"},
        "other_name",
        "at most 160 characters",
    ),
    ("line-1/", {**LINE, "taxon": ""}, "taxon", "Give the species."),
    ("line-1/", {**LINE, "taxon": "Crocodylus novaeguinae"}, "taxon", "Did you mean another name?"),
    ("line-1/", {**LINE, "taxon": "unicorn"}, "taxon", "perhaps listed under another name"),
    ("line-1/", {**LINE, "term": ""}, "term", "Choose what the specimens are."),
    ("line-1/", {**LINE, "quantity": ""}, "quantity", "Give the quantity."),
    ("line-1/", {**LINE, "quantity": "1,200"}, "quantity", "write 1200 or 1.2."),
    ("line-1/", {**LINE, "quantity": "0"}, "quantity", "greater than zero"),
    ("line-1/", {**LINE, "quantity": "-3"}, "quantity", "greater than zero"),
    ("line-1/", {**LINE, "quantity": "many"}, "quantity", "not a number"),
    ("line-1/", {**LINE, "unit": ""}, "unit", "Choose the unit."),
    ("line-1/", {**LINE, "unit": "LTR"}, "unit", "not measured in LTR"),
    ("line-1/", {**LINE, "source": ""}, "source", "Choose where the specimens come from."),
    ("line-1/", {**LINE, "source": "A"}, "source", "not for animals"),
    ("line-1/", {**LINE, "origin": "QQ"}, "origin", "not a country code"),
    ("details-1/", {"origin_permit_date": "3.3.2024"}, "origin_permit_date", "year-month-day"),
    ("details-1/", {"description": "x" * 301}, "description", "at most 300 characters"),
]


@pytest.mark.parametrize(("step", "given", "field", "sentence"), FAULTS)
def test_a_fault_is_told_beside_its_field_and_nothing_is_lost(
    trader: Client, mario: Any, at: datetime, step: str, given: dict[str, str], field: str, sentence: str
) -> None:
    number = draft(mario, at, {"direction": "export", "purpose": "T", "lines": [{**LINE, "origin": "QZ"}]})
    answer = trader.post(f"/apply/{number}/{step}", given)
    page = text(answer)

    assert answer.status_code == 422
    assert f'<p class="error" id="id_{field}_error">' in page
    assert re.search(rf'<a href="#id_{field}(_0)?">[^<]*{re.escape(sentence)}', page), page[:3000]
    assert 'aria-invalid="true"' in page or field == "direction"
    for value in given.values():
        assert not value or value.replace("\n", " ") in page


@pytest.mark.parametrize("step", ["line-1/", "details-1/", "other-party/"])
def test_what_is_wrong_is_saved_all_the_same(trader: Client, mario: Any, at: datetime, step: str) -> None:
    given = {
        "line-1/": {**LINE, "quantity": "a few"},
        "details-1/": {"origin_permit_date": "soon"},
        "other-party/": {"other_name": "Only a name"},
    }[step]
    number = draft(mario, at, {"direction": "export", "purpose": "T", "lines": [{**LINE, "origin": "QZ"}]})

    assert trader.post(f"/apply/{number}/{step}", given).status_code == 422
    kept = Application.objects.get(number=number).answers
    kept = kept if step == "other-party/" else kept["lines"][0]
    assert {name: kept[name] for name in given} == given


def test_a_line_keeps_its_details_when_its_first_page_changes(trader: Client, mario: Any, at: datetime) -> None:
    number = draft(mario, at, {**SKINS, "lines": [{**LINE, "marks": "QM-1"}, {**LINE, "quantity": "7"}]})
    trader.post(f"/apply/{number}/line-1/", {**LINE, "quantity": "5"})

    first, second = Application.objects.get(number=number).answers["lines"]
    assert (first["quantity"], first["marks"], second["quantity"]) == ("5", "QM-1", "7")


def test_a_species_is_found_and_chosen_without_scripts(trader: Client, mario: Any, at: datetime) -> None:
    number = draft(mario, at, SKINS)
    asked = {**LINE, "taxon": "new guinea crocodil"}
    found = text(trader.post(f"/apply/{number}/line-1/", {**asked, "do": "find"}))
    assert re.search(r'<input type="radio" name="pick"[^>]*value="Crocodylus novaeguineae"', found)

    trader.post(f"/apply/{number}/line-1/", {**asked, "searched": asked["taxon"], "pick": "Crocodylus novaeguineae"})
    assert Application.objects.get(number=number).answers["lines"][0]["taxon"] == "Crocodylus novaeguineae"


def test_a_choice_counts_only_for_the_text_that_was_searched(trader: Client, mario: Any, at: datetime) -> None:
    number = draft(mario, at, SKINS)
    trader.post(
        f"/apply/{number}/line-1/",
        {**LINE, "taxon": "Python reticulatus", "searched": "crocodile", "pick": "Crocodylus porosus"},
    )

    assert Application.objects.get(number=number).answers["lines"][0]["taxon"] == "Python reticulatus"


def test_a_likely_slip_is_asked_about_once(trader: Client, mario: Any, at: datetime) -> None:
    number, slip = draft(mario, at, SKINS), {**LINE, "taxon": "Crocodylus novaeguinae"}
    asked = text(trader.post(f"/apply/{number}/line-1/", slip))
    assert 'value="Crocodylus novaeguineae"' in asked

    assert trader.post(f"/apply/{number}/line-1/", {**slip, "searched": slip["taxon"]}).status_code == 302


def test_what_only_some_sources_need_is_asked_only_then(trader: Client, mario: Any, at: datetime) -> None:
    def asked(**line: str) -> set[str]:
        number = draft(mario, at, {**SKINS, "direction": line.pop("direction", "export"), "lines": [{**LINE, **line}]})
        return set(
            re.findall(r'<(?:input|select|textarea)[^>]* name="(\w+)"', text(trader.get(f"/apply/{number}/details-1/")))
        )

    harvest = {"region", "plan"}
    plain = {"csrfmiddlewaretoken", "description", "marks", "next", "tab", "version", *harvest}
    assert asked() - plain == set()
    assert harvest <= asked()
    assert not harvest & asked(origin="QZ")
    assert asked(source="O") - plain == {"second_source", "acquired"}
    assert asked(source="I") - plain == {"second_source"}
    assert asked(source="D") - plain == {"operation"}
    assert asked(origin="QZ") - plain == {"origin_permit", "origin_permit_date"}
    assert asked(direction="re-export") - plain == {"last_country", "last_permit", "last_permit_date"}


def test_the_panel_saves_and_tells_what_the_law_asks(trader: Client, mario: Any, at: datetime) -> None:
    number = draft(mario, at, {**SKINS, "lines": [{}]})
    page = text(trader.post(f"/apply/{number}/line-1/law/", LINE))

    assert Application.objects.get(number=number).answers["lines"][0]["quantity"] == "1200"
    for words in (
        "Can be granted",
        "Export permit from Demoland",
        "Art. IV.2",
        "the Scientific Authority decides",
        "Crocodylia spp.",
        "6 March 2025",
    ):
        assert words in page


def test_the_panel_rules_on_complete_lines_and_tells_the_open_one(trader: Client, mario: Any, at: datetime) -> None:
    number = draft(mario, at, {**SKINS, "lines": [LINE, {"taxon": "Panthera leo"}]})
    page = text(trader.get(f"/apply/{number}/line-2/"))

    assert "Line 2 is not complete yet" in page
    assert "Export permit from Demoland" in page
    assert "Panthera leo" in page


def test_what_the_law_refuses_cannot_be_submitted(trader: Client, mario: Any, at: datetime) -> None:
    number = draft(mario, at, {**SKINS, "lines": [{**LINE, "taxon": "Panthera tigris"}]})
    page = text(trader.get(f"/apply/{number}/check/"))

    assert "May not be" in page
    assert "Submit the application" not in page
    assert trader.post(f"/apply/{number}/check/", {"declared": "yes"}).status_code == 422
    assert Application.objects.get(number=number).state == "draft"


def test_the_declaration_is_needed(trader: Client, mario: Any, at: datetime) -> None:
    number = draft(mario, at, SKINS)
    answer = trader.post(f"/apply/{number}/check/", {})

    assert answer.status_code == 422
    assert '<a href="#id_declared">Confirm that your answers are true and complete.</a>' in text(answer)


def test_lines_are_added_and_removed(trader: Client, mario: Any, at: datetime) -> None:
    number = draft(mario, at, SKINS)
    assert trader.post(f"/apply/{number}/lines/add/")["Location"] == f"/apply/{number}/line-2/"
    trader.post(f"/apply/{number}/line-2/", {**LINE, "quantity": "9"})
    assert "Remove line 1?" in text(trader.get(f"/apply/{number}/lines/1/remove/"))
    trader.post(f"/apply/{number}/lines/1/remove/")

    assert [line["quantity"] for line in Application.objects.get(number=number).answers["lines"]] == ["9"]
    assert trader.get(f"/apply/{number}/line-2/").status_code == 404
    assert trader.post(f"/apply/{number}/lines/2/remove/").status_code == 404


def test_a_submitted_application_is_not_edited(trader: Client, cast: dict[str, Any], at: datetime) -> None:
    number = submitted(cast, at)
    before = Application.objects.get(number=number).answers

    assert trader.post(f"/apply/{number}/route/", {"direction": "import"})["Location"] == f"/apply/{number}/"
    trader.post(f"/apply/{number}/route/law/", {"direction": "import"})
    trader.post(f"/apply/{number}/lines/add/")
    assert Application.objects.get(number=number).answers == before


def test_the_status_page_says_whose_turn_it_is_and_takes_the_answer(
    trader: Client, cast: dict[str, Any], at: datetime
) -> None:
    number = submitted(cast, at)
    assert "The authority&#x27;s turn" in text(trader.get(f"/apply/{number}/"))
    services.take(actor=cast["amina"], case=number, at=at)
    services.ask(actor=cast["amina"], case=number, text="Which farm?", at=at)
    page = text(trader.get(f"/apply/{number}/"))
    assert "Your turn: answer" in page
    assert "Which farm?" in page

    empty = trader.post(f"/apply/{number}/answer/", {"answer": " "})
    assert empty.status_code == 422
    assert '<a href="#id_answer">Write your answer.</a>' in text(empty)
    long = trader.post(f"/apply/{number}/answer/", {"answer": "y" * 2001})
    assert "y" * 2001 in text(long)
    trader.post(f"/apply/{number}/answer/", {"answer": "Lagoon farm."})
    assert "Lagoon farm." in text(trader.get(f"/apply/{number}/"))
    assert Application.objects.get(number=number).state == "in-review"


def test_a_refusal_shows_reason_and_basis(trader: Client, cast: dict[str, Any], at: datetime) -> None:
    number = submitted(cast, at)
    services.take(actor=cast["amina"], case=number, at=at)
    services.refuse_case(actor=cast["amina"], case=number, reason="No proof of origin.", basis="Art. IV.2(b)", at=at)
    page = text(trader.get(f"/apply/{number}/"))

    assert "No proof of origin." in page
    assert "Art. IV.2(b)" in page
    assert "Withdraw this application" not in page


def test_withdrawing_is_asked_once_more(trader: Client, cast: dict[str, Any], at: datetime) -> None:
    number = submitted(cast, at)
    trader.get(f"/apply/{number}/withdraw/")
    assert Application.objects.get(number=number).state == "submitted"
    trader.post(f"/apply/{number}/withdraw/")
    assert Application.objects.get(number=number).state == "withdrawn"


def test_what_officers_write_to_each_other_stays_with_them(trader: Client, cast: dict[str, Any], at: datetime) -> None:
    from tests.cast import ready

    number = ready(cast, at)
    services.send_back(actor=cast["bo"], case=number, text="I do not trust this firm.", at=at)

    assert "I do not trust this firm." not in text(trader.get(f"/apply/{number}/"))


def test_only_ones_own_organisation_can_be_applied_for(trader: Client, mario: Any) -> None:
    other = Organisation.objects.exclude(pk__in=mario.organisations).first()
    assert other is not None
    for given in (str(other.pk), "999999", "x", "", "9" * 40):
        assert trader.post("/apply/", {"organisation": given}).status_code == 422
    assert not Application.objects.exists()


def test_my_applications_cost_the_same_however_many(
    trader: Client, cast: dict[str, Any], mario: Any, at: datetime, django_assert_num_queries: Any
) -> None:
    for size in (1, 3):
        for _ in range(size):
            draft(mario, at, SKINS)
            issued(cast, at)
        get = trader.get  # signs in
        with django_assert_num_queries(12):  # one is the law of the Party, once for all drafts
            assert get("/apply/").status_code == 200


def test_permits_and_permit_page_cost_the_same_however_many(
    trader: Client, cast: dict[str, Any], at: datetime, django_assert_num_queries: Any
) -> None:
    for size in (1, 3):
        for _ in range(size):
            permit = issued(cast, at, {**SKINS, "lines": [LINE] * size})
        get = trader.get  # signs in
        with django_assert_num_queries(9):  # the keys of the page first, then its rows
            assert get("/permits/").status_code == 200
        with django_assert_num_queries(13):  # four: fetches of the file, prints, the office, offices to choose from
            assert trader.get(f"/permits/{permit.number}/").status_code == 200


def test_a_draft_says_what_is_missing(trader: Client, mario: Any, at: datetime) -> None:
    draft(mario, at, {"direction": "export"})
    assert "parts are missing" in text(trader.get("/apply/"))


def test_a_permit_of_another_firm_looks_like_none(
    trader: Client, cast: dict[str, Any], mario: Any, at: datetime
) -> None:
    permit = issued(cast, at)
    other = Organisation.objects.exclude(pk__in=mario.organisations).first()
    Person.objects.get(pk=mario.person_id).posts.update(organisation=other)
    theirs, nobodys = trader.get(f"/permits/{permit.number}/"), trader.get("/permits/26QM999999E/")

    assert theirs.status_code == nobodys.status_code == 404
    assert text(theirs).replace(permit.number, "") == text(nobodys).replace("26QM999999E", "")
    assert trader.get(f"/permits/{permit.number}/pdf").status_code == 404
    assert permit.number not in text(trader.get("/permits/"))


@pytest.mark.parametrize(
    ("form", "kind", "start"),
    [
        ("pdf", "application/pdf", b"%PDF-"),
        ("xml", "application/xml", b"<?xml"),
        ("png", "image/png", b"\x89PNG"),
        ("txt", "text/plain; charset=utf-8", b"http"),
    ],
)
def test_documents_come_with_their_type_and_name(
    trader: Client, cast: dict[str, Any], at: datetime, form: str, kind: str, start: bytes
) -> None:
    permit = issued(cast, at)
    answer = trader.get(f"/permits/{permit.number}/{form}")

    assert answer["Content-Type"] == kind
    assert f'filename="{permit.number}.{form}"' in answer["Content-Disposition"]
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer.content.startswith(start)
    assert trader.get(f"/permits/{permit.number}/doc").status_code == 404


def test_that_an_official_read_a_permit_is_an_event(
    desk: Any, trader: Client, cast: dict[str, Any], at: datetime
) -> None:
    from wildgate.kit.models import Event

    permit = issued(cast, at)
    trader.get(f"/permits/{permit.number}/")
    assert not Event.objects.filter(kind="read", subject=permit.subject).exists()
    desk("jean").get(f"/permits/{permit.number}/")
    assert [event.actor for event in Event.objects.filter(kind="read", subject=permit.subject)] == [cast["jean"].label]


def test_permits_are_found_by_number_and_species(trader: Client, cast: dict[str, Any], at: datetime) -> None:
    permit = issued(cast, at)
    for sought in (permit.number[-6:], "novaeguineae"):
        assert permit.number in text(trader.get("/permits/", {"q": sought}))
    for sought in ("nothing like it", "\x00", "%"):
        assert trader.get("/permits/", {"q": sought}).status_code == 200
    assert "No permit found" in text(trader.get("/permits/", {"q": "nothing like it"}))


@pytest.mark.parametrize(("typed", "kept"), [("١٢٠٠", "1200"), ("1 200", "1200"), ("1.200,00", "1200")])
def test_a_quantity_may_be_typed_in_the_digits_of_the_reader(trader: Client, mario: Any, at: datetime, typed: str,
                                                              kept: str) -> None:
    number = draft(mario, at, SKINS)

    answer = trader.post(f"/apply/{number}/line-1/", {**LINE, "quantity": typed})

    assert answer["Location"] == f"/apply/{number}/details-1/"
    assert Application.objects.get(number=number).answers["lines"][0]["quantity"] == kept


@pytest.mark.parametrize("typed", ["1,200", "1.200"])
def test_a_quantity_with_two_meanings_is_asked_about(trader: Client, mario: Any, at: datetime, typed: str) -> None:
    number = draft(mario, at, SKINS)

    answer = trader.post(f"/apply/{number}/line-1/", {**LINE, "quantity": typed})

    assert answer.status_code == 422
    assert "write 1200 or 1.2." in text(answer)


@pytest.mark.parametrize(("step", "name", "typed"), [
    ("line-1", "quantity", "1.200,5"), ("transport", "declared_value", "1 234,567"),
    ("details-1", "origin_permit_date", "٣١-١٢-٢٠٩٩")])
def test_beside_a_fault_stands_what_was_typed(trader: Client, mario: Any, at: datetime, step: str, name: str,
                                              typed: str) -> None:
    number = draft(mario, at, {**SKINS, "lines": [{**SKINS["lines"][0], "origin": "US"}]})

    answer = trader.post(f"/apply/{number}/{step}/", {**LINE, "origin": "US", name: typed})

    assert answer.status_code == 422
    assert f'value="{typed}"' in answer.content.decode()


def test_the_declared_value_and_the_days_too(trader: Client, mario: Any, at: datetime) -> None:
    number = draft(mario, at, {**SKINS, "direction": "re-export",
                               "lines": [{**SKINS["lines"][0], "source": "W", "origin": "US"}]})

    value = trader.post(f"/apply/{number}/transport/", {"declared_value": "1 234,50"})
    day = trader.post(f"/apply/{number}/details-1/", {"origin_permit": "US1", "origin_permit_date": "٢٠٢٠-٠٢-٠٣"})

    assert value.status_code == day.status_code == 302
    answers = Application.objects.get(number=number).answers
    assert answers["declared_value"] == "1234.5"
    assert answers["lines"][0]["origin_permit_date"] == "2020-02-03"


def test_a_foreign_permit_of_the_future_is_told_at_its_field(trader: Client, mario: Any, at: datetime) -> None:
    number = draft(mario, at, {**SKINS, "direction": "re-export",
                               "lines": [{**SKINS["lines"][0], "source": "W", "origin": "US"}]})

    answer = trader.post(f"/apply/{number}/details-1/", {"origin_permit": "US1", "origin_permit_date": "2199-01-01"})

    assert answer.status_code == 422
    assert 'id="id_origin_permit_date_error"' in text(answer)
    assert "The date lies in the future" in text(answer)


def test_a_carnet_that_has_ended_is_told_at_its_field(trader: Client, mario: Any, at: datetime) -> None:
    number = draft(mario, at, {"direction": "export", "task": "sample-collection", "purpose": "T"})

    answer = trader.post(f"/apply/{number}/other-party/", {
        "other_country": "QZ", "carnet": "QM/1", "carnet_until": "2020-01-01"})

    assert answer.status_code == 422
    assert 'id="id_carnet_until_error"' in text(answer)


def test_an_import_that_needs_nothing_from_here_says_so_and_leads_out(trader: Client, mario: Any, at: datetime) -> None:
    frogs = {"taxon": "Dendrobates tinctorius", "term": "LIV", "quantity": "6", "unit": "NAR", "source": "C",
             "origin": "QZ", "live": "yes"}
    number = draft(mario, at, {"direction": "import", "purpose": "P", "other_country": "QZ", "other_name": "Frogs Ltd",
                               "other_address": "1 Pond Street", "lines": [frogs]})

    page = text(trader.get(f"/apply/{number}/check/"))

    assert "No permit of this authority is needed" in page
    assert "There is nothing to apply for here" in page
    assert f'href="/apply/{number}/withdraw/"' in page
    for wrong in ("Can be granted", "It cannot be submitted as it stands", "No fee is charged"):
        assert wrong not in page
    assert "No permit of this authority is needed: discard the draft." in text(trader.get("/apply/"))


def test_a_name_that_nobody_knows_is_told_in_plain_words(trader: Client, mario: Any, at: datetime) -> None:
    answer = text(trader.post(f"/apply/{draft(mario, at, SKINS)}/line-1/", {**LINE, "taxon": "Xyzzy foo"}))

    assert "We do not know this name; the species is perhaps listed under another name." in answer
    assert "shipped tables" not in answer.split('<aside')[0]
