"""The officers' and the scientist's pages: who may open them, what each state offers, how many queries they cost."""

from __future__ import annotations

import re
from datetime import date, timedelta
from decimal import Decimal

import pytest
from tests.apps.permits.twins import twin
from tests.cast import SKINS, issued, ready, submitted
from tests.desks import NOT_ALLOWED, page_text
from tests.remembering import remembered

from wildgate.apps.permits import services
from wildgate.apps.permits.models import Application, Finding, Permit
from wildgate.apps.quotas.services import NewQuota, register
from wildgate.kit.models import Event

pytestmark = pytest.mark.django_db


@pytest.fixture
def now(at):
    """Yesterday's noon: nothing here depends on the present second, and ways that are alike are remembered."""
    return at


def taken(cast, now, answers=None):
    return remembered("taken", (cast, now, answers), lambda: _taken(cast, now, answers))


def _taken(cast, now, answers):
    number = submitted(cast, now, answers)
    services.take(actor=cast["amina"], case=number, at=now)
    return number


def approved(cast, now):
    return remembered("approved", (cast, now), lambda: _approved(cast, now))


def _approved(cast, now):
    number = _taken(cast, now, None)
    services.ask_opinion(actor=cast["amina"], case=number, at=now)
    services.give_opinion(actor=cast["ito"], case=number, positive=True, text="Harvest is far below growth.", at=now)
    for kind in Finding.objects.filter(application__number=number, made=None).values_list("kind", flat=True):
        services.record_finding(actor=cast["amina"], case=number, kind=kind, made=True, text="Seen.", at=now)
    services.approve(actor=cast["amina"], case=number, at=now)
    return number


def offered(answer):
    """The steps that the page has a form or link for."""
    return set(
        re.findall(
            r'(?:action|href)="/cases/[^"/]+/(take|ask|ask-opinion|approve|refuse|countersign|send-back|issue)/"',
            answer.content.decode(),
        )
    )


def test_a_desk_opens_to_its_own_people_only(desk, cast, now):
    case = f"/cases/{submitted(cast, now)}/"
    answers = {path: {name: desk(name).get(path).status_code for name in cast}
               for path in ("/cases/", "/science/", "/cases/permits/x/cancel/", case)}

    opened = {path: {name for name, status in told.items() if status != NOT_ALLOWED} for path, told in answers.items()}
    assert opened == {
        "/cases/": {"amina", "bo", "ana"}, "/science/": {"ito", "flora"}, "/cases/permits/x/cancel/": {"amina", "bo"},
        case: {"amina", "bo", "ana"}}
    assert set(answers[case].values()) == {200, NOT_ALLOWED}


def test_a_draft_is_no_case_yet(desk, cast, now):
    draft = services.start(actor=cast["mario"], organisation=min(cast["mario"].organisations), at=now)

    assert desk("amina").get(f"/cases/{draft.number}/").status_code == 404


def test_the_queue_counts_every_tab_and_shows_firm_route_and_taxon(desk, cast, now):
    submitted(cast, now)
    taken(cast, now)
    ready(cast, now)

    answer = desk("amina").get("/cases/")

    assert {tab.slug: count for tab, count in answer.context["tabs"] if count} == {
        "new": 1,
        "mine": 1,
        "review": 1,
        "issue": 1,
    }
    assert [row.taxon for row in answer.context["rows"]] == ["Crocodylus novaeguineae"]
    assert "Lacuna Hides Ltd" in page_text(answer)
    assert "Quartzland" in page_text(answer)


@pytest.mark.parametrize(
    ("text", "found"), [("novaeguin", 1), ("lacuna h", 1), ("A-20", 1), ("Varanus", 0), ("%", 1), ("' or 1=1 --", 0)]
)
def test_the_queue_is_searched_by_number_firm_and_taxon(desk, cast, now, text, found):
    submitted(cast, now)

    answer = desk("amina").get("/cases/", {"q": text})

    assert len(answer.context["rows"]) == found
    assert {tab.slug: count for tab, count in answer.context["tabs"]}["new"] == found


def test_many_matches_are_walked_and_few_are_asked_for_by_key_with_the_same_answer(desk, cast, now, monkeypatch):
    from wildgate.apps.permits import searching
    permits = [issued(cast, now) for _ in range(2)]
    numbers = {permits[0].number: 1, permits[0].number[2:]: 1, permits[0].number[:4]: 2}
    taxa = {"novaeguin": 2, "Varanus": 0}

    for most in (400, 0):
        monkeypatch.setattr(searching, "MOST_KEYS", most)
        for text, found in {"lacuna h": 2, "hides ltd": 2, **taxa}.items():
            closed = desk("amina").get("/cases/", {"tab": "closed", "q": text})
            assert len(closed.context["rows"]) == {t.slug: n for t, n in closed.context["tabs"]}["closed"] == found
        for sought, count in {**numbers, **taxa}.items():
            assert len(desk("amina").get("/permits/", {"q": sought}).context["rows"]) == count, (most, sought)
            assert len(desk("mario").get("/permits/", {"q": sought}).context["rows"]) == count, (most, sought)


def test_a_search_that_finds_too_many_lists_the_newest_and_says_so(desk, cast, now, monkeypatch):
    from wildgate.apps.permits import searching
    from wildgate.apps.permits.views import permits as views
    older, newer = issued(cast, now - timedelta(days=1)), issued(cast, now)
    for module in (searching, views):
        monkeypatch.setattr(module, "MOST_FOUND", 1)

    listed = desk("amina").get("/permits/", {"q": "croc"})
    closed = desk("amina").get("/cases/", {"tab": "closed", "q": "croc"})

    assert [permit.number for permit, _state in listed.context["rows"]] == [newer.number]
    assert older.number not in page_text(listed)
    assert [row.case.number for row in closed.context["rows"]] == [newer.application.number]
    assert all("More than 1 match; the newest are listed." in page_text(each) for each in (listed, closed))
    assert "match; the newest" not in page_text(desk("amina").get("/permits/", {"q": newer.number}))


def test_mine_is_only_what_i_took(desk, cast, now):
    taken(cast, now)

    assert len(desk("amina").get("/cases/?tab=mine").context["rows"]) == 1
    assert len(desk("bo").get("/cases/?tab=mine").context["rows"]) == 0
    assert len(desk("bo").get("/cases/?tab=review").context["rows"]) == 1


@pytest.mark.parametrize("tab", ["new", "nonsense"])
def test_the_queue_costs_the_same_however_long_it_is(desk, cast, now, tab, django_assert_num_queries):
    cases = [submitted(cast, now) for _ in range(2)]
    amina = desk("amina")
    amina.get("/cases/")
    with django_assert_num_queries(16):  # names and keys of the search; two counts; keys and rows; teams, officers, ...
        amina.get(f"/cases/?tab={tab}&q=croc")
    for number in range(6):
        twin(cases[0], f"twin-{number}")

    with django_assert_num_queries(16):
        amina.get(f"/cases/?tab={tab}&q=croc")


def test_the_steps_offered_follow_the_state(desk, cast, now):
    number = submitted(cast, now)
    path = f"/cases/{number}/"
    assert offered(desk("amina").get(path)) == {"take"}

    assert desk("amina").post(path + "take/").status_code == 302
    assert offered(desk("amina").get(path)) == {"ask", "ask-opinion", "refuse"}

    desk("amina").post(path + "ask/", {"question": "Which tags?"})
    assert offered(desk("amina").get(path)) == {"refuse"}


def test_approve_is_offered_when_every_finding_is_made(desk, cast, now):
    number = taken(cast, now)
    services.ask_opinion(actor=cast["amina"], case=number, at=now)
    services.give_opinion(actor=cast["ito"], case=number, positive=True, text="Fine.", at=now)
    before = desk("amina").get(f"/cases/{number}/")

    for kind in Finding.objects.filter(application__number=number, made=None).values_list("kind", flat=True):
        desk("amina").post(f"/cases/{number}/findings/{kind}/", {"made": "yes", "note": "Stock book seen."})
    after = desk("amina").get(f"/cases/{number}/")

    assert "approve" not in offered(before)
    assert "is still open" in page_text(before)
    assert "approve" in offered(after)


def test_nobody_countersigns_their_own_decision_and_the_page_says_why(desk, cast, now):
    number = approved(cast, now)
    Application.objects.filter(number=number).update(decided_by=cast["bo"].person_id)

    own, answer = desk("bo").get(f"/cases/{number}/"), desk("bo").post(f"/cases/{number}/countersign/")

    assert offered(own) == {"send-back"}, "the own decision can be taken back"
    assert "Nobody countersigns their own decision." in page_text(own)
    assert answer.status_code == 422
    assert Application.objects.get(number=number).state == "approved"


def test_an_officer_without_the_post_is_told_who_countersigns(desk, cast, now):
    number = approved(cast, now)

    page, answer = desk("amina").get(f"/cases/{number}/"), desk("amina").post(f"/cases/{number}/countersign/")

    assert offered(page) == {"send-back"}, "the own decision can be taken back"
    assert "It takes another role: Countersigning officer." in page_text(page)
    assert answer.status_code == NOT_ALLOWED


def test_an_auditor_reads_and_is_offered_nothing(desk, cast, now):
    number = approved(cast, now)

    page = desk("ana").get(f"/cases/{number}/")

    assert offered(page) == set()
    assert desk("ana").post(f"/cases/{number}/take/").status_code == NOT_ALLOWED


def test_a_refused_step_comes_back_on_top_with_the_field_to_mend_and_what_was_typed(desk, cast, now):
    number = taken(cast, now)

    answer = desk("amina").post(f"/cases/{number}/refuse/", {"reason": "Parents were taken illegally.", "basis": " "})

    assert answer.status_code == 422
    html = answer.content.decode()
    assert "Write the legal basis." in html
    assert 'href="#id_basis"' in html
    assert 'id="id_basis"' in html
    assert "Parents were taken illegally." in html
    assert Application.objects.get(number=number).state == "in-review"


def test_two_officers_at_the_same_case_the_second_is_told(desk, cast, now):
    number = submitted(cast, now)
    desk("amina").post(f"/cases/{number}/take/")

    answer = desk("bo").post(f"/cases/{number}/take/")

    assert answer.status_code == 422
    assert "This cannot be done now" in page_text(answer)
    assert Application.objects.get(number=number).officer_id == cast["amina"].person_id


def test_a_step_needs_a_post(desk, cast, now):
    number = submitted(cast, now)

    assert desk("amina").get(f"/cases/{number}/take/").status_code == 405


def test_issue_says_first_what_it_will_do_and_does_it_on_the_button(desk, cast, now):
    number = ready(cast, now)

    asked = desk("amina").get(f"/cases/{number}/issue/")
    assert Permit.objects.count() == 0
    done = desk("amina").post(f"/cases/{number}/issue/", follow=True)

    permit = Permit.objects.get()
    assert asked.context["outlook"].kind == "export-permit"
    assert asked.context["outlook"].valid_until == permit.valid_until
    assert permit.number in page_text(done)
    desk("amina").post(f"/cases/{number}/issue/")
    assert Permit.objects.count() == 1


def test_a_permit_is_cancelled_with_a_reason_only(desk, cast, now):
    permit = issued(cast, now)
    path = f"/cases/permits/{permit.number}/cancel/"

    empty = desk("amina").post(path, {"reason": "  "})
    done = desk("amina").post(path, {"reason": "Issued to the wrong firm."})
    again = desk("amina").get(path)

    assert (empty.status_code, done.status_code) == (422, 302)
    assert 'href="#id_reason"' in empty.content.decode()
    permit.status.refresh_from_db()
    assert permit.status.state == "cancelled"
    assert "<textarea" not in again.content.decode()


def test_a_look_at_a_case_is_an_event_once(desk, cast, now):
    number = submitted(cast, now)
    amina = desk("amina")

    amina.get(f"/cases/{number}/")
    amina.get(f"/cases/{number}/")

    assert Event.objects.filter(kind="read", subject=f"application:{number}", actor=cast["amina"].label).count() == 1


def test_the_case_page_costs_the_same_however_much_it_shows(desk, cast, now, django_assert_num_queries):
    two = {**SKINS, "lines": SKINS["lines"] * 2}
    first, many = taken(cast, now), taken(cast, now, {**SKINS, "lines": SKINS["lines"] * 9})
    for _ in range(2):
        issued(cast, now, two)
    amina = desk("amina")
    for number in (first, many):
        amina.get(f"/cases/{number}/")

    with django_assert_num_queries(38):  # checklist, people and links beside the law, the books and the history
        amina.get(f"/cases/{first}/")
    with django_assert_num_queries(38):  # checklist, people and links beside the law, the books and the history
        amina.get(f"/cases/{many}/")


def test_the_holders_history_and_similar_cases_stand_beside_the_case(desk, cast, now):
    permit = issued(cast, now)
    lost = issued(cast, now)
    services.cancel(actor=cast["amina"], number=lost.number, reason="Wrong firm.", at=now)
    number = taken(cast, now)

    answer = desk("amina").get(f"/cases/{number}/")

    history = answer.context["history"]
    assert (history.permits, history.cancelled, history.refused) == (2, 1, 0)
    assert {line.permit.number for line in answer.context["similar"]} == {permit.number, lost.number}


def test_the_page_notes_when_the_law_answers_otherwise_today(desk, cast, now):
    number = taken(cast, now)
    assert desk("amina").get(f"/cases/{number}/").context["today"] is None
    case = Application.objects.get(number=number)
    case.ruling["decision"] = "conditional"
    case.save()

    answer = desk("amina").get(f"/cases/{number}/")

    assert answer.context["today"].decision == "allow"


def test_the_scientist_gives_an_opinion_and_cannot_issue(desk, cast, now):
    number = taken(cast, now)
    services.ask_opinion(actor=cast["amina"], case=number, at=now)
    ito, path = desk("ito"), f"/science/{number}/"
    assert [row.case.number for row in ito.get("/science/").context["rows"]] == [number]

    undecided = ito.post(path, {"text": "Good.", "conditions": ""})
    empty = ito.post(path, {"positive": "yes", "text": ""})
    done = ito.post(
        path, {"positive": "yes", "text": "Harvest is far below growth.", "conditions": "Skins above 40 cm only."}
    )

    assert [answer.status_code for answer in (undecided, empty, done)] == [422, 422, 302]
    assert 'href="#id_positive"' in undecided.content.decode()
    assert Application.objects.get(number=number).state == "in-review"
    assert "<form" not in ito.get(path).content.decode().split("<main")[1].split("</main>")[0]
    assert ito.post(f"/cases/{number}/issue/").status_code == NOT_ALLOWED


def test_earlier_opinions_on_the_same_taxon_are_shown(desk, cast, now):
    approved(cast, now)
    number = taken(cast, now)
    services.ask_opinion(actor=cast["amina"], case=number, at=now)

    answer = desk("ito").get(f"/science/{number}/")

    assert [opinion.text for opinion in answer.context["earlier"]] == ["Harvest is far below growth."]


def test_a_name_with_markup_stays_text(desk, cast, now):
    number = taken(cast, now)
    desk("amina").post(f"/cases/{number}/ask/", {"question": "<script>alert(1)</script>"})

    html = desk("amina").get(f"/cases/{number}/").content.decode()

    assert "<script>alert" not in html
    assert "&lt;script&gt;alert" in html


def test_the_case_page_shows_what_the_quota_has_left(desk, cast, now):
    quota = NewQuota(country="QM", taxon="Crocodylus novaeguineae", amount=Decimal(5000), start=date(now.year, 1, 1),
                     end=date(now.year, 12, 31), terms=("SKI",), sources=("W",))
    register(actor=cast["amina"], new=quota, at=now)
    issued(cast, now)
    number = taken(cast, now)

    answer = desk("amina").get(f"/cases/{number}/")

    card, = answer.context["quotas"]
    assert (card.total, card.used, card.bound, card.this) == (5000, 0, 1200, 1200)
    assert "2,600" in page_text(answer)
