"""The pages of figures: whose they are, what they cost, what their files bring."""

from __future__ import annotations

import csv
import io
from collections import Counter
from datetime import date, timedelta
from decimal import Decimal

import pytest
from tests.cast import issued, submitted
from tests.desks import NOT_ALLOWED, page_text

from wildgate.apps.accounts.models import Role
from wildgate.apps.customs import services as customs
from wildgate.apps.figures import counting, files, public_page, service_page
from wildgate.apps.figures.models import Case, Mark, Month, Traded
from wildgate.apps.figures.periods import choices, period_of
from wildgate.apps.figures.selectors import Tally
from wildgate.apps.findings.models import Standing, StandingBalance, StandingVersion
from wildgate.kit.charts import Table

DIRECTORS = {Role.COUNTERSIGNER, Role.AUDITOR, Role.ADMINISTRATOR}
TODAY = date(2027, 3, 31)


def rows_of(answer) -> list[list[str]]:
    return list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))


def a_finding(ito, at, number: int = 1, *, limit: str = "1000", bound: str = "0", used: str = "0") -> Standing:
    made = Standing.objects.create(party="QM", number=f"SO-{number}", kind="non-detriment", by="scientific-authority")
    StandingVersion.objects.create(standing=made, version=1, taxon="Varanus salvator", amount=Decimal(limit),
                                   start=date(at.year, 1, 1), text="Far below growth.", person_id=ito.person_id,
                                   given_at=at)
    StandingBalance.objects.create(standing=made, start=date(at.year, 1, 1), unit="NAR", room=Decimal(limit),
                                   bound=Decimal(bound), used=Decimal(used))
    return made


@pytest.mark.django_db
@pytest.mark.parametrize(("path", "who"), [
    ("/figures/", DIRECTORS), ("/figures/use/tables/permits.csv", DIRECTORS),
    ("/figures/advice/", {*DIRECTORS, Role.SCIENTIST})])
def test_figures_are_for_directors_and_monitoring_for_scientists_too(desk, cast, path, who):
    allowed = {name for name, actor in cast.items() if actor.has(*who)}

    assert {name for name in cast if desk(name).get(path).status_code != NOT_ALLOWED} == allowed
    assert {"mario", "amina", "jean"}.isdisjoint(allowed)


@pytest.mark.django_db
@pytest.mark.parametrize(("path", "queries"), [("/figures/", 11), ("/figures/use/", 14), ("/figures/advice/", 21)])
def test_a_page_costs_the_same_however_much_there_is(desk, cast, at, ito, path, queries, django_assert_max_num_queries):
    ana = desk("ana")
    a_finding(ito, at, bound="990")
    submitted(cast, at)
    Traded.objects.create(party="QM", year=at.year, taxon="A a", appendix="II", term="SKI", unit="NAR", source="W",
                          lines=1, issued=5, exported=4)
    ana.get(path)
    with django_assert_max_num_queries(queries) as first:
        ana.get(path)
    Month.objects.bulk_create([
        Month(party="QM", first=date(at.year, at.month, 1), group=f"G{n}", received=3, issued=2, refused=1,
              spread={str(n): 3}, promised={"9": 3}, grounds={f"Art. {n}": 1}) for n in range(30)])
    Traded.objects.bulk_create([
        Traded(party="QM", year=at.year - n % 3, taxon=f"Taxon {n}", appendix="II", term="SKI", unit="NAR",
               source="W", lines=1, issued=50 + n, exported=n) for n in range(40)])
    for number in range(2, 9):
        a_finding(ito, at, number, bound="950")

    with django_assert_max_num_queries(len(first)):
        assert ana.get(path).status_code == 200


@pytest.mark.django_db
def test_the_monitoring_page_shows_limit_taken_and_actual_exports(desk, cast, at, ito):
    a_finding(ito, at, bound="300", used="620")
    permit = issued(cast, at)
    customs.endorse(actor=cast["jean"], number=permit.number, stage="export", quantities={"A": "1150"}, port="Kivu-2",
                    transport_document="020-44556677", at=at)
    counting.catch_up("QM", at)

    answer = desk("ito").get("/figures/advice/")
    text = page_text(answer)

    assert "920 of 1,000 taken this year (92 %)" in text
    assert "Close to the limit" in text
    assert "No permit stands and nothing left against a negative opinion." in text
    row = rows_of(desk("ito").get(f"/figures/advice/tables/taxa.csv?year={at.year}&unit=NAR"))[1]
    assert row == ["Crocodylus novaeguineae", "II", "SKI", "W", "NAR", "1", "1200", "1150", "95"]
    finding = rows_of(desk("ito").get("/figures/advice/tables/findings.csv"))[1]
    assert finding[6:] == ["1000", "300", "620", "80", "92"]


def test_refusals_are_told_by_their_ground_in_words():
    found = service_page.refusals(Tally(grounds=Counter({"quota": 2, "Art. V": 1})))

    assert found.labels == ("The export quota for these specimens is used up.", "Art. V")
    assert public_page.name_of("ground", "quota") == found.labels[0]


@pytest.mark.django_db
def test_the_directors_files_hold_what_the_page_shows(desk, cast, at):
    submitted(cast, at)
    counting.catch_up("QM", at)

    page = page_text(desk("bo").get("/figures/"))
    received = rows_of(desk("bo").get("/figures/tables/received.csv"))
    groups = rows_of(desk("bo").get("/figures/tables/by-group.csv?appendix=II"))

    assert "1 waiting now" in page or "waiting now 1" in page
    assert sum(int(row[1]) for row in received[1:]) == 1
    assert groups[1][:2] == ["Reptilia", "1"]
    assert len(received) == 13
    assert desk("bo").get("/figures/tables/nonsense.csv").status_code == 404
    assert Case.objects.get().received_on == at.date()


@pytest.mark.django_db
def test_a_visit_shows_what_was_counted_and_counts_nothing_itself(desk, cast, at):
    submitted(cast, at)

    assert "waiting now 0" in (text := page_text(desk("bo").get("/figures/"))) or "0 waiting now" in text
    assert not Mark.objects.exists()


def test_a_file_holds_no_formula():
    text = files.csv_text(Table(("=1+1", "n"), (("@SUM(A1)", "3"), ("Pavo", "-"))))

    assert text.splitlines() == ["'=1+1,n", "'@SUM(A1),3", "Pavo,'-"]


@pytest.mark.parametrize(("code", "first", "last"), [
    ("", date(2026, 4, 1), date(2027, 3, 31)), ("2026", date(2026, 1, 1), date(2026, 12, 31)),
    ("2026-Q4", date(2026, 10, 1), date(2026, 12, 31)), ("2024-02", date(2024, 2, 1), date(2024, 2, 29)),
    ("2026-13", date(2026, 4, 1), date(2027, 3, 31)), ("x'", date(2026, 4, 1), date(2027, 3, 31))])
def test_periods_are_whole_months(code, first, last):
    found = period_of(code, TODAY)

    assert (found.first, found.until) == (first, last)
    assert all((day - timedelta(days=1)).month != day.month for day in found.each())


def test_every_period_to_choose_from_is_read_as_itself():
    for _group, each in choices(TODAY):
        for code, name in each:
            assert (period_of(code, TODAY).code, period_of(code, TODAY).name) == (code, name)
    assert choices(TODAY)[1][1][0] == ("2027-Q1", "Quarter 1 of 2027")
