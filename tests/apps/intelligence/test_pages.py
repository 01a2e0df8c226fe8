"""The pages of the intelligence space: what each reader gets, what a denied one gets, what the desk costs."""

from __future__ import annotations

import csv
import io
import re
from datetime import timedelta

import pytest
from django.urls import reverse
from tests.apps.inspections.goods import seized
from tests.apps.intelligence.people import group, let_in
from tests.apps.intelligence.test_services import AMBER, GREEN, STRICT, filed
from tests.desks import NOT_ALLOWED, page_text

from wildgate.apps.accounts.models import Authority
from wildgate.apps.intelligence import selectors, services
from wildgate.apps.intelligence.clearance import INTEGRITY, SOURCES
from wildgate.apps.intelligence.files import targets
from wildgate.apps.intelligence.models import Alert, Case, Contributor, HandOver, Question, Report, SharingGroup
from wildgate.apps.reports import illegal
from wildgate.convention.refusal import Refusal
from wildgate.kit.models import Event
from wildgate.sharing.marking import Marking, Tlp

pytestmark = pytest.mark.django_db
DESK = "/intelligence/"


@pytest.fixture
def members(cast, at):
    group("twix", at)
    let_in(cast, "ines", at, groups=["twix"])
    let_in(cast, "amina", at, groups=["twix"])
    let_in(cast, "tomas", at)
    return cast


def bare(answer):
    """A page without what changes from one answer to the next."""
    return re.sub(r'(nonce|csrfmiddlewaretoken" value)="[^"]+"', "", answer.content.decode())


def test_a_stranger_to_the_space_sees_whom_to_ask_and_nothing_else(members, desk, at):
    made = filed(members["ines"], at, title="Cubs in a garage")

    pages = [page_text(desk("ito").get(path)) for path in (DESK, f"{DESK}reports/{made.number}/", f"{DESK}cases/",
                                                           f"{DESK}contacts/", f"{DESK}alerts/1/")]

    assert len(set(pages)) == 1 and "How to become a contributor" in pages[0] and "Ines Duarte" in pages[0]
    assert "Cubs" not in pages[0] and made.number not in pages[0]
    assert desk("mario").get(DESK).status_code == NOT_ALLOWED


def test_groups_and_compartments_are_told_by_their_names_on_a_report_and_with_a_target(members, desk, at):
    SharingGroup.objects.filter(code="twix").update(name="Officers of the northern quays")
    made = filed(members["ines"], at, Marking(Tlp.AMBER, "", groups=frozenset({"twix"})))
    targets.propose(actor=members["ana"], code="north", name="North", kind="misp", tlp=Tlp.AMBER, nominal=False,
                    compartments=(), groups=("twix",), at=at)

    report, kept = (page_text(desk(name).get(path)) for name, path in (
        ("ines", f"{DESK}reports/{made.number}/"), ("ana", reverse("intelligence-targets"))))

    assert "Sharing groups Officers of the northern quays" in report
    assert "without persons · Officers of the northern quays" in kept


def test_a_sanitised_report_takes_the_purpose_only_as_its_writer_lets_it_go(members, desk, at):
    made = filed(members["ines"], at, STRICT, about=services.About(purpose="Arrest of Karl Egg", legal_basis="Act, 14"))
    ines, page = desk("ines"), f"{DESK}reports/{made.number}/sanitise/"

    shown = ines.get(page).content.decode()
    for words in ({"purpose": "Watch the night flights", "legal_basis": "Act, 14"}, {}):
        ines.post(page, {"title": "Eggs in vests", "text": "A courier.", "tlp": "1", **words})

    assert "Arrest of Karl Egg" in shown
    assert [(each.purpose, each.legal_basis) for each in Report.objects.exclude(pk=made.pk).order_by("pk")] == [
        ("Watch the night flights", "Act, 14"), ("", "")]


def test_a_line_that_names_nothing_is_told_by_its_place_and_what_was_typed_stays(members, desk):
    ines = desk("ines")

    def sent(lines: str) -> str:
        answer = ines.post(f"{DESK}reports/new/", {
            "title": "Eggs", "kind": "information", "text": "A courier.", "entities": lines, "tlp": "1",
            "handling": "P", "retain_days": "30"})
        assert lines.splitlines()[-1] in answer.content.decode()
        return page_text(answer)

    assert "Entry 2 begins with none of the kinds" in sent("phone: 1234\n\nnonsense\nperson: Karl")
    assert "Entry 3: write after the colon" in sent("phone: 1234\nperson: Karl\nplace:")
    assert not Report.objects.exists()


@pytest.mark.parametrize("path", ["reports/{}/", "reports/{}/comment/", "reports/{}/marking/", "cases/{}/"])
def test_a_denied_page_is_the_page_that_is_not_there_byte_for_byte(members, desk, at, path):
    hidden = filed(members["ines"], at, STRICT).number
    if path.startswith("cases"):
        opened = services.open_case(actor=members["ines"], title="Cubs", marking=STRICT, at=at)
        assert isinstance(opened, Case)
        hidden = opened.number
    missing = hidden[:-3] + ("222" if hidden[-3:] != "222" else "333")
    tomas = desk("tomas")

    denied, absent = (tomas.get(DESK + path.format(number)) for number in (hidden, missing))

    assert (denied.status_code, absent.status_code) == (404, 404)
    assert bare(denied).replace(hidden, "N") == bare(absent).replace(missing, "N")
    assert {name for name in denied.headers if denied.headers[name] != absent.headers.get(name)} <= {
        "Content-Security-Policy", "X-Request-ID"}
    assert desk("ines").get(DESK + path.format(hidden)).status_code == 200


def test_the_desk_shows_what_is_marked_for_its_reader_and_counts_nothing_else(members, desk, at):
    filed(members["ines"], at, GREEN, title="Open to all")
    filed(members["ines"], at, STRICT, title="Police only")
    filed(members["ines"], at, Marking(Tlp.RED, "", named=frozenset({members["tomas"].person_id})), title="Named only")
    services.raise_alert(actor=None, party="QM", kind="x", appendix="II", title="Corals", subject_kind="",
                         subject_key="", marking=GREEN, at=at)
    services.raise_alert(actor=None, party="QM", kind="x", appendix="I", title="Tigers", subject_kind="",
                         subject_key="", marking=GREEN, at=at - timedelta(days=1))

    ines, amina, tomas = (page_text(desk(name).get(DESK)) for name in ("ines", "amina", "tomas"))

    assert "Open to all" in ines and "Police only" in ines and "Open to all" in amina and "Open to all" in tomas
    assert "Police only" not in amina + tomas
    assert "Named only" not in ines + amina + tomas and "Opens with a reason" in tomas
    assert "Opens with a reason" not in amina
    assert tomas.index("Tigers") < tomas.index("Corals")


def test_the_desk_costs_the_same_however_much_there_is(members, desk, at, django_assert_max_num_queries):
    def more(count):
        for n in range(count):
            made = filed(members["ines"], at, Marking(Tlp.AMBER, "", groups=frozenset({"twix"})), title=f"Report {n}")
            services.raise_alert(actor=None, party="QM", kind="x", appendix="I", title=f"Alert {n}", subject_kind="",
                                 subject_key="", marking=GREEN, at=at)
            services.hand_over(actor=members["ines"], number=made.number, appendix="",
                               to_authority=min(members["amina"].authorities), at=at)
            services.ask(actor=members["ines"], what="question", number=made.number, text="Known?",
                         to_authority=min(members["amina"].authorities), due_at=at + timedelta(days=9), at=at)
    amina = desk("amina")
    amina.get(DESK)
    more(4)

    with django_assert_max_num_queries(17):
        text = page_text(amina.get(DESK))

    assert "Report 3" in text and "Alert 3" in text and "Overdue" not in text


def test_a_report_is_filed_on_the_page_and_each_look_is_an_event(members, desk, at):
    ines = desk("ines")
    given = {"title": "Cubs offered", "kind": "information", "text": "Three cubs.", "source": "B", "content": "2",
             "handling": "P", "tlp": "2", "groups": ["twix"], "entities": "phone: +49 30 1\ntaxon: Panthera tigris",
             "retain_days": "30"}

    wrong = ines.post(f"{DESK}reports/new/", {**given, "entities": "boat: Nadia", "content": ""})
    done = ines.post(f"{DESK}reports/new/", given)
    made = Report.objects.get()
    page = page_text(desk("amina").get(f"{DESK}reports/{made.number}/"))

    assert wrong.status_code == 422 and "Grade both, or neither." in page_text(wrong)
    assert done.status_code == 302 and done["Location"] == f"{DESK}reports/{made.number}/"
    assert "Three cubs." in page and "B2" in page and "1BP" in page and "+49 30 1" in page and "TLP:AMBER" in page
    assert desk("tomas").get(f"{DESK}reports/{made.number}/").status_code == 404
    read = Event.objects.filter(kind="read", subject=made.subject)
    assert [event.actor for event in read] == [members["amina"].label]


def test_red_asks_for_a_reason_first(members, desk, at):
    made = filed(members["ines"], at, Marking(Tlp.RED, "", named=frozenset({members["tomas"].person_id})),
                 title="The raid")
    tomas, address = desk("tomas"), f"{DESK}reports/{made.number}/"

    asked = page_text(tomas.get(address))
    empty = tomas.post(address, {"reason": ""})
    tomas.post(address, {"reason": "I lead the raid."})

    assert "Why do you open it?" in asked and "raid" not in asked.replace("Why do you open it?", "")
    assert empty.status_code == 422
    assert "The raid" in page_text(tomas.get(address))
    assert Event.objects.get(kind="red-reason-given", subject=made.subject).note.text == "I lead the raid."
    assert desk("ines").get(f"{address}version/").status_code == 302
    warned = services.raise_alert(actor=members["ines"], party="QM", kind="x", appendix="I", title="Go now",
                                  subject_kind="", subject_key="", marking=made.mark.value, at=at)
    assert "Go now" not in page_text(tomas.get(f"{DESK}alerts/{warned.pk}/")) + page_text(tomas.get(DESK))
    tomas.post(f"{DESK}alerts/{warned.pk}/", {"reason": "I lead the raid."})
    assert "Go now" in page_text(tomas.get(f"{DESK}alerts/{warned.pk}/"))


def test_a_withheld_part_leaves_no_trace_on_the_page(members, desk, at):
    made = filed(members["ines"], at)
    before = bare(desk("tomas").get(f"{DESK}reports/{made.number}/"))

    services.add_part(actor=members["ines"], number=made.number, text="The garage is in Mill Lane.", marking=STRICT,
                      at=at, entities=[services.NewEntity("address", "4 Mill Lane")])
    services.comment(actor=members["ines"], number=made.number, text="I know that lane.", at=at)

    assert bare(desk("tomas").get(f"{DESK}reports/{made.number}/")) == before
    assert "Mill Lane" in page_text(desk("ines").get(f"{DESK}reports/{made.number}/"))


def test_permit_officers_see_neither_integrity_nor_where_a_tip_came_from(members, cast, desk, at):
    let_in(cast, "ana", at, compartments=[INTEGRITY, SOURCES])
    row = Contributor.objects.get(person_id=cast["amina"].person_id, ended_at=None)
    row.compartments.set(Contributor.objects.get(person_id=cast["ana"].person_id).compartments.all())
    walled = services.file_report(actor=cast["ana"], party="QM", origin="own", origin_key="", title="An official",
                                  text="Took money.", grading=None, at=at,
                                  marking=Marking(Tlp.GREEN, "", compartments=frozenset({INTEGRITY})))
    tip = services.file_report(actor=None, party="QM", origin="tip", origin_key="tip-77", title="A call", text="Heard.",
                               grading=None, marking=GREEN, at=at)
    assert isinstance(walled, Report) and isinstance(tip, Report)

    for name, sees in (("amina", False), ("ana", True)):
        assert (desk(name).get(f"{DESK}reports/{walled.number}/").status_code == 200) is sees
        assert ("tip-77" in desk(name).get(f"{DESK}reports/{tip.number}/").content.decode()) is sees
        found = desk(name).post(f"{DESK}search/", {"q": "official"})
        assert ("An official" in page_text(found)) is sees
        assert (f"{int(sees)} report" in page_text(found)) is True


def test_a_search_stands_in_no_address(members, desk, at):
    filed(members["ines"], at, entities=[services.NewEntity("phone", "+49 30 123")])

    found = desk("tomas").post(f"{DESK}search/", {"q": "+49 123"})

    assert "1 report found" in page_text(found) and "Cubs offered" in page_text(found)
    assert desk("tomas").get(f"{DESK}search/?q=cubs").status_code == 405
    assert Event.objects.filter(kind="intelligence-searched").count() == 1


def test_a_hand_over_offers_the_other_side_only(members, desk, at):
    made = filed(members["ines"], at)

    page = desk("ines").get(f"{DESK}reports/{made.number}/hand-over/").content.decode()

    offered = {int(key) for key in re.findall(r'<option value="(\d+)"', page)}
    kinds = set(Authority.objects.filter(pk__in=offered).values_list("kind", flat=True))
    assert kinds == {"management"}


def test_every_deed_has_its_form_and_is_done(members, desk, at):
    made = filed(members["ines"], at)
    address = f"{DESK}reports/{made.number}"
    ines, amina = desk("ines"), desk("amina")
    authority = min(members["amina"].authorities)
    due = (at + timedelta(days=9)).strftime("%Y-%m-%dT%H:%M")
    case = services.open_case(actor=members["ines"], title="Cubs", marking=AMBER, at=at)
    assert isinstance(case, Case)
    deeds = {
        "comment": {"text": "Same van."}, "opinion": {"kind": "agree", "estimate": "likely", "text": "Fits."},
        "sighting": {"kind": "+", "seen_at": at.strftime("%Y-%m-%dT%H:%M"), "text": "Again."},
        "question": {"text": "Known?", "to_authority": authority, "due_at": due},
        "tasking": {"text": "Look it up.", "to_authority": authority, "due_at": due},
        "hand-over": {"to_authority": authority, "appendix": "I"},
        "version": {"title": "Cubs sold", "text": "Sold.", "handling": "P", "reason": "New call."},
        "part": {"text": "Mill Lane.", "tlp": "3"}, "case": {"case": case.number},
        "keep": {"until": (at + timedelta(days=99)).date().isoformat(), "reason": "Trial."},
        "marking": {"tlp": "1", "reason": "Persons are named.", "nominal": "on"},
    }

    for act, given in deeds.items():
        if act in ("question", "part", "marking", "version"):
            assert ines.get(f"{address}/{act}/").status_code == 200, act
            assert ines.post(f"{address}/{act}/", {"none": "1"}).status_code == 422, act
        assert ines.post(f"{address}/{act}/", given).status_code == 302, act

    text = page_text(ines.get(f"{address}/"))
    assert all(word in text for word in ("Same van.", "Likely", "Again.", "Known?", "Look it up.", "Cubs sold",
                                         "Mill Lane.", case.number, "Waits to be acknowledged"))
    question, handed = Question.objects.get(), HandOver.objects.get()
    assert amina.post(f"{DESK}asked/question/{question.pk}/", {"text": "Yes."}).status_code == 302
    for act in ("acknowledge", "accept"):
        amina.post(f"{DESK}hand-overs/{handed.pk}/{act}/")
    handed.refresh_from_db()
    assert handed.state == "accepted" and "Yes." in page_text(ines.get(f"{address}/"))
    assert Alert.objects.get().appendix == "I"
    assert page_text(amina.get(f"{DESK}alerts/{Alert.objects.get().pk}/")).count(made.number) == 1
    part = selectors.visible_parts(members["ines"], made, at).get()
    child = ines.post(f"{address}/sanitise/", {"title": "For all", "text": "", "parts_taken": [part.pk], "tlp": "1"})
    page = page_text(amina.get(child["Location"]))
    assert "Mill Lane." in page and made.number not in page
    assert child["Location"].split("/")[-2] in page_text(ines.get(f"{address}/"))


def test_contributors_are_proposed_and_confirmed_on_their_page(cast, desk, at):
    ana, nadia = desk("ana"), desk("nadia")
    last = at + timedelta(days=20)
    ana.post(f"{DESK}contributors/propose/", {
        "email": "ines@police.example", "authority": min(cast["ines"].authorities), "clearance": "2",
        "until": last.date().isoformat()})
    row = Contributor.objects.get()

    own = ana.post(f"{DESK}contributors/{row.pk}/confirm/", follow=True)
    nadia.post(f"{DESK}contributors/{row.pk}/confirm/")

    assert "Nobody confirms themselves or whom they proposed" in own.content.decode()
    text = page_text(nadia.get(f"{DESK}contributors/"))
    assert "Ines Duarte" in text and "Check again" in text
    assert desk("ines").get(DESK).status_code == 200 and "New report" in page_text(desk("ines").get(DESK))
    nadia.post(f"{DESK}contributors/{row.pk}/end/")
    assert "How to become a contributor" in page_text(desk("ines").get(DESK))
    assert desk("ito").get(f"{DESK}contributors/").status_code == NOT_ALLOWED


def test_contact_points_are_kept_checked_and_taken_out(members, desk, at):
    nadia, tomas = desk("nadia"), desk("tomas")
    given = {"of": "qz", "kind": "enforcement", "name": "Quartz Police", "function": "Wildlife desk",
             "email": "desk@quartz.example", "languages": "en, fr", "channel": "I-24/7"}

    wrong = nadia.post(f"{DESK}contacts/new/", {**given, "of": "1"})
    nadia.post(f"{DESK}contacts/new/", given)
    file = tomas.get(f"{DESK}contacts.csv")

    assert wrong.status_code == 422
    assert "Quartz Police" in page_text(tomas.get(f"{DESK}contacts/"))
    rows = list(csv.DictReader(io.StringIO(file.content.decode("utf-8-sig"))))
    assert [(row["party"], row["channel"]) for row in rows] == [("QZ", "I-24/7")]
    assert Event.objects.filter(kind="intelligence-exported", actor=members["tomas"].label).count() == 1
    assert "How to become a contributor" in page_text(desk("ito").get(f"{DESK}contacts.csv"))
    assert tomas.post(f"{DESK}contacts/new/", given).status_code == NOT_ALLOWED


def test_a_case_links_a_seizure_and_neither_seizure_nor_report_tells_of_it(members, cast, desk, at):
    let_in(cast, "ana", at, compartments=[SOURCES])
    ana = desk("ana")
    ana.post(f"{DESK}cases/new/", {"title": "Cubs", "tlp": "1"})
    case = Case.objects.get()
    made = services.file_report(actor=None, party="QM", origin="tip", origin_key="tip-77", title="A call",
                                text="Heard.", grading=None, marking=GREEN, case=case.number, at=at)
    assert isinstance(made, Report)

    ana.post(f"{DESK}cases/{case.number}/", {"kind": "tip", "key": "tip-77"})
    missing = ana.post(f"{DESK}cases/{case.number}/", {"kind": "seizure", "key": "QM-S-1"})

    assert missing.status_code == 422 and "There is no such thing" in page_text(missing)
    assert "tip-77" in page_text(ana.get(f"{DESK}cases/{case.number}/"))
    tomas = desk("tomas").get(f"{DESK}cases/{case.number}/")
    assert "A call" in page_text(tomas) and "tip" not in page_text(tomas).lower().replace("multiple", "")


def test_the_illegal_trade_report_never_shows_where_a_seizure_came_from(members, cast, at):
    let_in(cast, "ana", at, compartments=[SOURCES])
    opened = services.open_case(actor=cast["ana"], title="Cubs", marking=GREEN, at=at)
    assert isinstance(opened, Case)
    found = seized(cast, at)
    before = [str(row) for row in illegal.rows("QM", at.year)]
    services.file_report(actor=None, party="QM", origin="tip", origin_key="tip-77", title="A call", text="Heard.",
                         grading=None, marking=GREEN, case=opened.number, at=at)

    services.link(actor=cast["ana"], case=opened.number, kind="tip", key="tip-77", at=at)
    linked = services.link(actor=cast["ana"], case=opened.number, kind="seizure", key=found.number, at=at)

    assert not isinstance(linked, Refusal) and before
    assert [str(row) for row in illegal.rows("QM", at.year)] == before
