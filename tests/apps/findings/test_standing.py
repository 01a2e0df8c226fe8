"""Dr Ito's standing opinions at work (S18): they attach themselves, stop what exceeds them, and stay readable."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from tests.cast import NOON, SKINS, submitted
from tests.databases import as_owner
from tests.desks import NOT_ALLOWED, page_text
from tests.remembering import remembered

from wildgate.apps.accounts.access import Actor
from wildgate.apps.customs import services as customs
from wildgate.apps.findings import selectors, services
from wildgate.apps.findings.models import Standing, StandingBalance, StandingEntry, StandingVersion
from wildgate.apps.findings.services import NewStanding
from wildgate.apps.permits import services as permits
from wildgate.apps.permits import standing
from wildgate.apps.permits.models import Application, Finding, Permit
from wildgate.apps.permits.standing import Effect, Preview
from wildgate.apps.species.registry import law_of
from wildgate.convention.listing import law
from wildgate.convention.refusal import Refusal
from wildgate.kit import events, jobs
from wildgate.kit.models import Event

D = Decimal
YEAR = NOON.year
BARK = NewStanding(
    kind="non-detriment", taxon="Prunus africana", terms=("BAR",), sources=("W",), region="North", plans=("NP-12",),
    amount=D(180), unit="TON", start=date(YEAR, 1, 1), review=date(2028, 12, 31),
    text="Inventory of 2025: growth allows 180 tonnes of dry bark a year.",
    factors={"harvest": "Two quarters of the bark, every eighth year.", "management": "Plan NP-12."},
    references=("Inventory North, 2025",), conditions="Bark of plan NP-12 only.")
AIR_PLANT = NewStanding(kind="artificially-propagated", taxon="Tillandsia xerographica", sources=("A",),
                        start=date(YEAR, 1, 1), end=NOON.date(), text="All nurseries of the country were visited.")


def given(ito: Actor, new: NewStanding = BARK) -> StandingVersion:
    row = services.give(actor=ito, new=new, law=law(), at=NOON)
    assert isinstance(row, StandingVersion), row
    return row


def changed(ito: Actor, new: NewStanding, number: str = "SO-1", at: datetime = NOON) -> StandingVersion:
    row = services.change(actor=ito, number=number, new=new, why="New inventory.", law=law(), at=at)
    assert isinstance(row, StandingVersion), row
    return row


def but(new: NewStanding, **fields: Any) -> NewStanding:
    from dataclasses import replace
    return replace(new, **fields)


def bark(kilos: str = "30000", plan: str = "NP-12", region: str = "North") -> dict[str, Any]:
    """Mario's export of bark."""
    return {**SKINS, "lines": [{"taxon": "Prunus africana", "term": "BAR", "quantity": kilos, "unit": "KGM",
                                "source": "W", "origin": "QM", "plan": plan, "region": region}]}


def air_plants() -> dict[str, Any]:
    return {**SKINS, "lines": [{"taxon": "Tillandsia xerographica", "term": "LIV", "quantity": "500", "unit": "NAR",
                                "source": "A", "origin": "QM", "live": "yes"}]}


def handed_in(cast: dict[str, Actor], answers: dict[str, Any], at: datetime = NOON) -> Any:
    mario = cast["mario"]
    draft = permits.start(actor=mario, organisation=min(mario.organisations), at=at)
    assert isinstance(draft, Application)
    permits.save_answers(actor=mario, case=draft.number, answers=answers, at=at)
    return permits.submit(actor=mario, case=draft.number, at=at)


def decided(cast: dict[str, Actor], number: str, at: datetime = NOON) -> str:
    """Reviewed, approved and countersigned without asking Dr Ito for this case."""
    return str(remembered("decided", (cast, number, at), lambda: _decided(cast, number, at)))


def _decided(cast: dict[str, Actor], number: str, at: datetime) -> str:
    steps: list[Any] = [permits.take(actor=cast["amina"], case=number, at=at)]
    kinds = Finding.objects.filter(application__number=number, made=None).exclude(by="scientific-authority")
    steps += [permits.record_finding(actor=cast["amina"], case=number, kind=kind, made=True, text="Seen.", at=at)
              for kind in kinds.values_list("kind", flat=True)]
    steps += [permits.approve(actor=cast["amina"], case=number, at=at),
              permits.countersign(actor=cast["bo"], case=number, at=at)]
    assert not [step for step in steps if isinstance(step, Refusal)], steps
    return number


def issue(cast: dict[str, Actor], number: str, at: datetime = NOON) -> Any:
    return permits.issue(actor=cast["amina"], case=number, at=at)


def bark_permit(cast: dict[str, Actor], kilos: str = "30000") -> Permit:
    number = decided(cast, submitted(cast, NOON, bark(kilos)))
    return Permit.objects.get(pk=remembered("bark", (cast, number), lambda: _issued(cast, number)))


def _issued(cast: dict[str, Actor], number: str) -> int:
    permit = issue(cast, number)
    assert isinstance(permit, Permit), permit
    return permit.pk


def finding(number: str, kind: str = "non-detriment") -> Finding:
    return Finding.objects.get(application__number=number, kind=kind)


def taken(number: str = "SO-1") -> tuple[Decimal, Decimal]:
    row = StandingBalance.objects.get(standing__number=number, start=date(YEAR, 1, 1))
    assert selectors.agrees(row)
    return row.bound, row.used


def reason(outcome: Any) -> str:
    no = outcome[0] if isinstance(outcome, tuple) else outcome
    assert isinstance(no, Refusal), no
    return no.reason


def test_dr_ito_s_two_opinions_from_the_word_to_the_border(cast):
    """S18, in one go: the checks of the scenario in their order."""
    given(cast["ito"])
    given(cast["ito"], AIR_PLANT)

    number = submitted(cast, NOON, bark())
    assert finding(number).made is True
    assert [rest.version.standing.number for rest in finding(number).rests.all()] == ["SO-1"]
    permit = issue(cast, decided(cast, number))
    assert "Bark of plan NP-12 only." in permit.record.special_conditions
    assert taken() == (D(30), D(0))

    assert "outside SO-1" in reason(handed_in(cast, bark(plan="NP-13")))
    assert "Give the management plan" in reason(handed_in(cast, bark(plan="")))
    assert "Give the region" in reason(handed_in(cast, bark(region="")))
    too_much = handed_in(cast, bark("150000.001"))
    assert "150 left of the 180 t" in reason(too_much)
    assert too_much[0].field == "lines[0].quantity"

    plants = submitted(cast, NOON, air_plants())
    assert finding(plants, "artificially-propagated").made is True
    assert isinstance(issue(cast, decided(cast, plants)), Permit)
    late = handed_in(cast, air_plants(), NOON + timedelta(days=1))
    assert finding(late.number, "artificially-propagated").made is None
    assert late.ruling["warnings"][-1]["code"] == "standing-ended"

    changed(cast["ito"], but(BARK, plans=("NP-20",), text="NP-12 is worked out."))
    basis, = standing.bases(permit.application, NOON.date())[finding(number).pk]
    assert (basis.version.version, basis.version.text) == (1, BARK.text)
    assert basis.changed

    assert isinstance(permits.issue(actor=cast["ito"], case=number, at=NOON), Refusal)
    assert reason(services.change(actor=cast["amina"], number="SO-1", new=BARK, why="Mine.", law=law(), at=NOON)
                  ).startswith("You may not give or change a standing opinion")

    moved = customs.endorse(actor=cast["jean"], number=permit.number, stage="export", port="QMKV2", at=NOON,
                            transport_document="1", quantities={"A": "28500"})
    assert not isinstance(moved, Refusal), moved
    assert taken() == (D(0), D("28.5"))
    assert events.verify("QM") is None


def test_a_region_without_a_finding_is_asked_of_the_authority(cast):
    given(cast["ito"])

    assert finding(submitted(cast, NOON, bark(region="South"))).made is None


@pytest.mark.parametrize(("last", "ok"), [(NOON.date(), True), (NOON.date() - timedelta(days=1), False)])
def test_the_last_day_is_included(cast, last, ok):
    given(cast["ito"], but(BARK, end=last, review=None))

    assert (finding(submitted(cast, NOON, bark())).made is True) is ok


def test_a_finding_that_ended_between_decision_and_issue_stops_the_issue_and_dr_ito_is_asked(cast):
    given(cast["ito"], but(BARK, end=NOON.date(), review=None))
    number, later = decided(cast, submitted(cast, NOON, bark())), NOON + timedelta(days=1)

    assert reason(issue(cast, number, later)) == (
        f"SO-1 of the Scientific Authority ended on {NOON.date()}: send the case back to review and ask the authority "
        "for its finding.")
    permits.send_back(actor=cast["bo"], case=number, text="SO-1 has ended.", at=later)
    assert finding(number).made is None
    assert isinstance(permits.approve(actor=cast["amina"], case=number, at=later), Refusal)

    permits.ask_opinion(actor=cast["amina"], case=number, at=later)
    permits.give_opinion(actor=cast["ito"], case=number, positive=True, text="For this one, yes.", at=later)
    permits.approve(actor=cast["amina"], case=number, at=later)
    permits.countersign(actor=cast["bo"], case=number, at=later)
    assert isinstance(issue(cast, number, later), Permit)


def test_a_changed_opinion_stops_an_approved_case_it_no_longer_covers_and_passes_one_it_does(cast):
    given(cast["ito"])
    number = decided(cast, submitted(cast, NOON, bark()))

    changed(cast["ito"], but(BARK, plans=("NP-20",)))
    assert "outside SO-1" in reason(issue(cast, number))
    changed(cast["ito"], but(BARK, conditions="Other words."))
    assert "was changed or withdrawn" in reason(issue(cast, number))
    changed(cast["ito"], but(BARK, amount=D(100)))

    permit = issue(cast, number)
    assert isinstance(permit, Permit)
    assert finding(number).rests.get().version.version == 4


def test_a_case_under_review_learns_of_a_new_a_changed_and_a_withdrawn_opinion(cast):
    number = submitted(cast, NOON, bark())
    given(cast["ito"])
    jobs.run_pending()
    assert finding(number).made is True

    changed(cast["ito"], but(BARK, plans=("NP-20",)))
    jobs.run_pending()
    assert finding(number).made is None

    changed(cast["ito"], BARK)
    jobs.run_pending()
    assert finding(number).made is True
    assert isinstance(services.withdraw(actor=cast["ito"], number="SO-1", why="Fire.", at=NOON), StandingVersion)
    jobs.run_pending()
    assert finding(number).made is None
    assert not finding(number).rests.exists()


def test_a_negative_opinion_refuses_what_it_covers_and_its_author_changes_it(cast):
    given(cast["ito"], but(BARK, positive=False, amount=None, plans=(), region=""))

    no = handed_in(cast, bark())
    assert no[0].code == "standing-negative"
    changed(cast["ito"], BARK)
    assert isinstance(handed_in(cast, bark()), Application)


def test_advice_against_leaves_the_management_authority_to_decide(cast):
    given(cast["ito"], but(AIR_PLANT, positive=False))
    number = submitted(cast, NOON, air_plants())

    assert finding(number, "artificially-propagated").made is False
    permits.take(actor=cast["amina"], case=number, at=NOON)
    assert isinstance(permits.approve(actor=cast["amina"], case=number, at=NOON), Refusal)
    permits.record_finding(actor=cast["amina"], case=number, kind="artificially-propagated", made=True,
                           text="The nursery was visited since.", at=NOON)
    assert isinstance(permits.approve(actor=cast["amina"], case=number, at=NOON), Application)


def test_officers_let_legal_acquisition_stand_and_dr_ito_cannot(cast):
    lawful = but(BARK, kind="legal-acquisition", plans=(), amount=None, region="", conditions="")

    assert isinstance(services.give(actor=cast["ito"], new=lawful, law=law(), at=NOON), tuple)
    given(cast["amina"], lawful)
    given(cast["ito"])
    number = submitted(cast, NOON, bark())
    assert finding(number, "legal-acquisition").made is finding(number).made is True
    assert isinstance(services.withdraw(actor=cast["ito"], number="SO-1", why="No.", at=NOON), tuple)
    assert isinstance(issue(cast, decided(cast, number)), Permit)
    assert taken("SO-1") == (D(30), D(0))


def test_cancelling_and_expiry_give_back_what_was_bound(cast):
    given(cast["ito"])
    one, two = bark_permit(cast), bark_permit(cast)
    assert taken() == (D(60), D(0))

    permits.cancel(actor=cast["amina"], number=one.number, reason="Wrong firm.", at=NOON)
    assert taken() == (D(30), D(0))
    assert services.return_expired(party="QM", on=two.valid_until, at=NOON) == 0
    assert services.return_expired(party="QM", on=two.valid_until + timedelta(days=1), at=NOON) == 1
    assert taken() == (D(0), D(0))
    assert services.return_expired(party="QM", on=two.valid_until + timedelta(days=1), at=NOON) == 0


def test_a_limit_lowered_below_what_is_granted_leaves_no_room_even_when_some_comes_back(cast):
    given(cast["ito"])
    one, _ = bark_permit(cast, "60000"), bark_permit(cast, "60000")
    changed(cast["ito"], but(BARK, amount=D(100)))
    row = StandingBalance.objects.get()
    assert (row.room, row.taken) == (D(120), D(120))

    permits.cancel(actor=cast["amina"], number=one.number, reason="Wrong firm.", at=NOON)

    row.refresh_from_db()
    assert (row.room, row.taken) == (D(100), D(60))
    assert "40 left of the 100 t" in reason(handed_in(cast, bark("40001")))
    assert isinstance(handed_in(cast, bark("40000")), Application)


def test_two_lines_of_one_permit_share_the_limit_and_a_refused_issue_takes_nothing(cast):
    given(cast["ito"], but(BARK, amount=D(50), period="permit"))
    two = bark()
    two["lines"] = [*two["lines"], {**two["lines"][0], "quantity": "20001"}]

    assert "on one permit" in reason(handed_in(cast, two))
    assert not StandingEntry.objects.exists()


def test_without_a_limit_what_is_granted_is_counted_all_the_same(cast):
    given(cast["ito"], but(BARK, amount=None))

    bark_permit(cast, "900000")

    assert taken() == (D(900), D(0))


PREVIEW_QUERIES = 9


def who_is_hit(ito: Actor, new: NewStanding | None, number: str = "SO-1") -> Preview:
    found = standing.preview(actor=ito, new=new, number=number, law=law_of("QM"), at=NOON)
    assert isinstance(found, Preview), found
    return found


def test_the_preview_tells_who_is_hit_and_writes_nothing(cast):
    given(cast["ito"])
    permit = bark_permit(cast, "120000")
    open_case, other = submitted(cast, NOON, bark("20000")), submitted(cast, NOON, bark("30000", region="South"))
    before = {model: list(model.objects.order_by("pk").values()) for model in (
        Standing, StandingVersion, StandingBalance, StandingEntry, Finding, Application, Event)}

    with CaptureQueriesContext(connection, ) as asked:
        narrower = who_is_hit(cast["ito"], but(BARK, plans=("NP-20",), amount=D(100)))
    wider = who_is_hit(cast["ito"], but(BARK, plans=(), region=""))
    none = who_is_hit(cast["ito"], None)
    smaller = who_is_hit(cast["ito"], but(BARK, amount=D(130)))

    assert [(hit.case.number, hit.effect) for hit in narrower.cases] == [(open_case, Effect.STOPPED)]
    assert [hit.permit.number for hit in narrower.permits] == [permit.number]
    assert (narrower.taken, narrower.limit, narrower.over) == (D(120), D(100), D(20))
    assert [(hit.case.number, hit.effect) for hit in wider.cases] == [(other, Effect.COVERED)]
    assert (wider.permits, wider.waiting) == ((), D(50))
    assert [hit.effect for hit in (*none.cases, *none.permits)] == [Effect.OPEN, Effect.OPEN]
    assert [hit.refusal.code for hit in smaller.cases] == ["standing-exceeded"]
    assert not [query["sql"] for query in asked if not query["sql"].lstrip().startswith("SELECT")]
    assert before == {model: list(model.objects.order_by("pk").values()) for model in before}


def test_the_preview_asks_the_database_as_often_for_many_cases_as_for_few(cast):
    given(cast["ito"])
    bark_permit(cast)
    counts = []
    for _ in range(2):
        submitted(cast, NOON, bark("1000"))
        bark_permit(cast, "1000")
        with CaptureQueriesContext(connection) as asked:
            who_is_hit(cast["ito"], but(BARK, plans=("NP-20",)))
        counts.append(len(asked))

    assert counts == [PREVIEW_QUERIES, PREVIEW_QUERIES]


def test_a_new_opinion_can_be_previewed_and_takes_no_number(cast):
    number = submitted(cast, NOON, bark())

    found = who_is_hit(cast["ito"], BARK, number="")

    assert [(hit.case.number, hit.effect) for hit in found.cases] == [(number, Effect.COVERED)]
    assert given(cast["ito"]).standing.number == "SO-1"


@pytest.mark.parametrize(("fields", "field"), [
    ({"taxon": "Nothing here"}, "taxon"), ({"text": " "}, "text"), ({"unit": "XXX"}, "unit"),
    ({"terms": ("ZZZ",)}, "terms"), ({"sources": ("Q",)}, "sources"), ({"amount": D(0)}, "amount"),
    ({"amount": D("0.0000001")}, "amount"), ({"end": date(YEAR - 1, 1, 1)}, "end"), ({"start": None}, "start"),
    ({"review": date(YEAR - 1, 1, 1)}, "review"), ({"positive": False}, "amount"),
    ({"kind": "humane-transport"}, "kind"),
    ({"plans": ("x" * 61,)}, "plans"), ({"factors": {"weather": "x"}}, "factors")])
def test_what_cannot_stand_is_refused_by_field(cast, fields, field):
    outcome = services.give(actor=cast["ito"], new=but(BARK, **fields), law=law(), at=NOON)

    assert isinstance(outcome, tuple)
    assert field in {no.field for no in outcome}
    assert not Standing.objects.exists()


def test_a_change_keeps_kind_and_counted_unit_and_says_why(cast):
    given(cast["ito"])
    bark_permit(cast)

    def fields(new: NewStanding, why: str = "New.") -> set[str | None]:
        outcome = services.change(actor=cast["ito"], number="SO-1", new=new, why=why, law=law(), at=NOON)
        assert isinstance(outcome, tuple)
        return {no.field for no in outcome}
    assert fields(but(BARK, kind="suitable-housing")) == {"kind"}
    assert fields(but(BARK, unit="KGM")) == {"unit"}
    assert fields(BARK, " ") == {"why"}


def test_a_version_begins_on_its_first_day(cast):
    given(cast["ito"])
    tomorrow = NOON.date() + timedelta(days=1)
    changed(cast["ito"], but(BARK, start=tomorrow, plans=("NP-20",)))

    assert isinstance(handed_in(cast, bark()), Application)
    assert "outside SO-1" in reason(handed_in(cast, bark(), NOON + timedelta(days=1)))


def test_the_database_keeps_versions_and_ledger_and_refuses_to_overdraw(cast):
    given(cast["ito"])
    bark_permit(cast)
    for model in (StandingVersion, StandingEntry):
        with as_owner(), pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            connection.cursor().execute(f"DELETE FROM {model._meta.db_table}")
        with as_owner(), pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            model.objects.update(why="Rewritten.")
    with pytest.raises(IntegrityError), transaction.atomic():
        StandingBalance.objects.update(bound=D(181))


def test_reviews_that_are_due_are_listed(cast):
    given(cast["ito"])
    given(cast["ito"], but(BARK, region="South", review=NOON.date() + timedelta(days=90)))
    given(cast["ito"], but(BARK, region="East", review=NOON.date() + timedelta(days=91)))

    due = selectors.for_review(selectors.figures("QM", NOON.date()), NOON.date())

    assert [each.version.standing.number for each in due] == ["SO-2"]


def test_the_pages_of_a_standing_opinion(cast, desk):
    """Give it by form after seeing who is hit; an officer reads it on the case and cannot touch it."""
    number = submitted(cast, NOON, bark())
    ito, amina = desk("ito"), desk("amina")
    typed = {"kind": "non-detriment", "positive": "yes", "taxon": "Prunus africana", "terms": "BAR", "sources": ["W"],
             "region": "North", "plans": "NP-12", "amount": "180", "unit": "TON", "period": "year",
             "start": f"{YEAR}-01-01", "review": "2028-12-31", "text": "Inventory of 2025.",
             "factor_harvest": "Two quarters."}

    assert ito.post("/standing/give/", {**typed, "taxon": "Nothing here", "do": "preview"}).status_code == 422
    hit = ito.post("/standing/give/", {**typed, "do": "preview"})
    assert number in page_text(hit)
    assert "Nothing is saved yet" in page_text(hit)
    assert not Standing.objects.exists()
    assert ito.post("/standing/give/", {**typed, "do": "give"}).status_code == 302
    jobs.run_pending()

    assert "By standing opinion SO-1 of Dr Ito" in page_text(amina.get(f"/cases/{number}/"))
    assert "0 of 180 t used" in page_text(ito.get(f"/science/{number}/"))
    assert "Two quarters." in page_text(amina.get("/standing/SO-1/"))
    assert "SO-1" in page_text(amina.get("/standing/"))
    for path in ("/standing/SO-1/change/", "/standing/SO-1/withdraw/"):
        assert amina.get(path).status_code == NOT_ALLOWED
        assert amina.post(path, {**typed, "do": "give", "why": "Mine."}).status_code == NOT_ALLOWED
    assert desk("mario").get("/standing/").status_code == NOT_ALLOWED
    assert desk("ana").get("/standing/SO-1/").status_code == 200
    assert desk("ana").get("/standing/give/").status_code == NOT_ALLOWED

    assert 'value="180"' in ito.get("/standing/SO-1/change/").content.decode()
    assert ito.post("/standing/SO-1/change/", {**typed, "do": "give"}).status_code == 422
    assert ito.post("/standing/SO-1/change/", {**typed, "plans": "NP-20", "why": "Worked out.", "do": "give"}
                    ).status_code == 302
    assert ito.post("/standing/SO-1/withdraw/", {"why": ""}).status_code == 422
    assert ito.post("/standing/SO-1/withdraw/", {"why": "Fire."}).status_code == 302
    assert "Withdrawn" in page_text(ito.get("/standing/SO-1/"))


def test_the_trader_reads_at_submit_why_a_line_is_stopped(cast, desk):
    given(cast["ito"])
    mario = cast["mario"]
    draft = permits.start(actor=mario, organisation=min(mario.organisations), at=NOON)
    permits.save_answers(actor=mario, case=draft.number, answers=bark(plan="NP-13"), at=NOON)

    page = desk("mario").post(f"/apply/{draft.number}/check/", {"declared": "yes"})

    assert page.status_code == 422
    assert "Management plan NP-13 is outside SO-1 of the Scientific Authority" in page_text(page)
    assert "Management plan" in desk("mario").get(f"/apply/{draft.number}/details-1/").content.decode()
