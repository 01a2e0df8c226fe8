"""The kept figures are what happened: counted on event by event or anew, they are the same rows."""

from __future__ import annotations

import json
from argparse import Namespace
from collections import Counter
from datetime import timedelta
from decimal import Decimal

import pytest
from tests.apps.permits.test_replacing import gone
from tests.cast import SKINS, issued, ready, submitted
from tests.remembering import remembered

from wildgate.apps.customs import services as customs
from wildgate.apps.figures import advice, counting, selectors
from wildgate.apps.figures.models import Case, Mark, Month, Traded
from wildgate.apps.figures.periods import Asked, period_of
from wildgate.apps.houserules.working_days import Calendar
from wildgate.apps.permits import services
from wildgate.apps.permits.models import Application, Permit
from wildgate.convention.refusal import Refusal
from wildgate.kit import events
from wildgate.site.cli import figures

pytestmark = pytest.mark.django_db
FEW = {**SKINS, "lines": [{**SKINS["lines"][0], "quantity": "40"}]}


def kept() -> dict[str, list]:
    """All figures as plain rows."""
    return {model.__name__: sorted((row for row in model.objects.values_list(*(
        field.attname for field in model._meta.fields if field.name != "id"))), key=repr)
        for model in (Case, Month, Traded)}


def rejected(cast, at, *, ground: str = "Art. IV.2(a)") -> str:
    number = submitted(cast, at, FEW)
    done = [services.take(actor=cast["amina"], case=number, at=at),
            services.refuse_case(actor=cast["amina"], case=number, reason="No proof.", basis=ground,
                                 at=at + timedelta(days=7))]
    assert not [each for each in done if isinstance(each, Refusal)], done
    return number


@pytest.fixture
def busy_weeks(cast, at):
    """Three permits (endorsed, cancelled, unused), a refusal, a withdrawal and a case that waits for the applicant."""
    used, fresh = json.loads(remembered("busy weeks", (cast, at), lambda: _busy_weeks(cast, at)))
    return Permit.objects.get(pk=used), Permit.objects.get(pk=fresh)


def _busy_weeks(cast, at):
    begin = at - timedelta(days=28)
    number = ready(cast, begin)
    used = services.issue(actor=cast["amina"], case=number, at=begin + timedelta(days=14))
    dead, fresh = issued(cast, begin, FEW), issued(cast, begin, FEW)
    assert isinstance(used, Permit), used
    out = customs.endorse(actor=cast["jean"], number=used.number, stage="export", quantities={"A": "1150"},
                          port="Kivu-2", transport_document="020-44556677", at=begin + timedelta(days=15))
    assert not isinstance(out, Refusal), out
    counting.catch_up("QM", at)
    assert not isinstance(services.cancel(actor=cast["amina"], number=dead.number, reason="Wrong.", at=at), Refusal)
    rejected(cast, begin)
    gone, asked = submitted(cast, begin, FEW), submitted(cast, begin, FEW)
    services.withdraw(actor=cast["mario"], case=gone, at=begin)
    services.take(actor=cast["amina"], case=asked, at=begin)
    services.ask(actor=cast["amina"], case=asked, text="Which tags?", at=begin)
    Application.objects.filter(number=asked).update(due_on=begin.date() + timedelta(days=3))
    return json.dumps([used.pk, fresh.pk])


def test_counting_on_and_counting_anew_lead_to_the_same_rows(busy_weeks, at):
    assert counting.catch_up("QM", at, most=3) == 3
    while counting.catch_up("QM", at, most=3):
        pass
    counted = kept()

    assert counting.catch_up("QM", at) == 0
    assert counting.rebuild("QM", at) == 6
    assert kept() == counted
    assert Mark.objects.get().seq == events.count("QM")
    counting.rebuild("QM", at)
    assert kept() == counted


def test_the_command_counts_anew_and_says_what(busy_weeks, at, capsys):
    assert figures.run(Namespace(verb="rebuild", json=True)) == 0
    assert json.loads(capsys.readouterr().out)["counted"] == 6
    assert figures.run(Namespace(verb="count", json=False)) == 0
    assert capsys.readouterr().out.startswith("0 events counted")


def test_what_was_counted_is_what_happened(busy_weeks, at, cast):
    counting.rebuild("QM", at)
    found = selectors.service("QM", Asked(period_of("", at.date())))
    waits = selectors.backlog("QM", Asked(period_of("", at.date())), at.date())
    begin = (at - timedelta(days=28)).date()

    whole = found.whole
    assert (whole.received, whole.issued, whole.refused, whole.withdrawn) == (6, 3, 1, 1)
    week = Calendar().between(begin, begin + timedelta(days=7))
    assert whole.spread == Counter({0: 2, week: 1, 2 * week: 1})
    assert (whole.median, whole.slow) == (0, 2 * week)
    assert whole.grounds == Counter({"Art. IV.2(a)": 1})
    assert set(found.groups) == {"Reptilia"}
    assert waits.total == 1
    assert waits.turns["applicant"] == [0, 0, 1, 0, 0, 0]
    assert selectors.in_force("QM", Asked(period_of("", at.date())), at.date()) == {"export-endorsed": 1, "valid": 1}
    row, = Traded.objects.all()
    assert (row.taxon, row.lines, row.issued, row.exported) == (
        "Crocodylus novaeguineae", 2, Decimal(1240), Decimal("1150"))


def test_goods_that_left_before_their_permit_count_as_exported_until_it_is_cancelled(cast, at):
    def exported():
        counting.catch_up("QM", at)
        counted = kept()
        counting.rebuild("QM", at)
        assert kept() == counted
        row, = Traded.objects.all()
        return row.lines, row.issued, row.exported

    first, second = gone(cast, at, FEW), gone(cast, at, FEW)
    assert exported() == (2, 80, 80)
    done = services.cancel(actor=cast["amina"], number=second.number, reason="Wrong.", at=at)
    assert not isinstance(done, Refusal), done
    assert exported() == (1, 40, 40)
    assert advice.traded("QM", first.issued_at.year, "NAR").get().exported == 40


def test_a_reopened_refusal_is_open_again(cast, at):
    begin = at - timedelta(days=10)
    number = rejected(cast, begin)
    counting.catch_up("QM", at)
    assert Case.objects.get().outcome == "refused"
    asked = services.appeal(actor=cast["mario"], case=number, text="The proof came.", at=at)
    assert not isinstance(asked, Refusal), asked
    counting.catch_up("QM", at)
    assert Case.objects.get().outcome == "refused"

    done = services.decide_appeal(actor=cast["bo"], case=number, granted=True, grounds="Proof seen.", at=at)

    assert not isinstance(done, Refusal), done
    counting.catch_up("QM", at)
    assert (Case.objects.get().outcome, Case.objects.get().closed_on) == ("", None)
    assert sum(month.refused for month in Month.objects.all()) == 0


def test_promises_are_measured_in_working_days(cast, at):
    begin = at - timedelta(days=10)
    number = rejected(cast, begin)
    day = begin.date()
    for due, late in ((day + timedelta(days=7), 0), (day + timedelta(days=6), None), (day, 1)):
        Application.objects.filter(number=number).update(due_on=due)
        counting.rebuild("QM", at)
        tally = selectors.service("QM", Asked(period_of("", at.date()))).whole
        expected = late if late is not None else int(
            Calendar().between(day, due) < Calendar().between(day, day + timedelta(days=7)))
        assert tally.late == expected
        assert tally.kept == 1 - expected
        assert tally.promise == Calendar().between(day, due)


def test_a_question_narrows_cases_and_backlog_alike(busy_weeks, at):
    counting.rebuild("QM", at)
    for query, received in (({"direction": "export"}, 6), ({"direction": "import"}, 0), ({"appendix": "II"}, 6),
                            ({"appendix": "I"}, 0), ({"team": "team:99"}, 0), ({"team": "office:Nowhere"}, 0),
                            ({"team": "x", "direction": "y", "appendix": "IX"}, 6)):
        asked = Asked.of(query, at.date())
        assert selectors.service("QM", asked).whole.received == received, query
        assert selectors.backlog("QM", asked, at.date()).total == (1 if received else 0), query


def test_negative_opinions_are_followed_and_nothing_leaves_against_one(cast, at):
    begin = at - timedelta(days=3)
    numbers = [submitted(cast, begin, FEW) for _ in range(2)]
    for number in numbers:
        services.take(actor=cast["amina"], case=number, at=begin)
        services.ask_opinion(actor=cast["amina"], case=number, at=begin)
        done = services.give_opinion(actor=cast["ito"], case=number, positive=False, text="Too many.", at=begin)
        assert not isinstance(done, Refusal), done
    assert isinstance(services.approve(actor=cast["amina"], case=numbers[0], at=at), Refusal)
    services.refuse_case(actor=cast["amina"], case=numbers[0], reason="Advice.", basis="Art. IV.2(a)", at=at)

    found = advice.against("QM")

    assert (found.followed, found.open, found.issued, found.exported) == (1, 1, 0, 0)
    permit = issued(cast, at, FEW)
    permit.application.opinions.update(positive=False)
    assert (advice.against("QM").issued, advice.against("QM").numbers) == (1, (permit.number,))


@pytest.mark.parametrize(("counts", "median", "slow"), [
    ({}, None, None), ({4: 1}, 4, 4), ({1: 5, 2: 5}, 1, 2), ({1: 9, 30: 1}, 1, 1), ({1: 89, 30: 11}, 1, 30)])
def test_quantiles_are_values_that_came(counts, median, slow):
    assert selectors.quantile(Counter(counts), 50) == median
    assert selectors.quantile(Counter(counts), 90) == slow
