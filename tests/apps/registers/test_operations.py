"""The register of operations: entered, renewed, inspected, suspended, read from a table, asked by an application."""

from __future__ import annotations

import json
from datetime import date, timedelta
from decimal import Decimal

import pytest
from tests.apps.registers.farm import FALCON, TODAY, falcons, operation
from tests.cast import issued, ready, submitted

from wildgate.apps.permits import services as permits
from wildgate.apps.permits.models import Application, Finding, Permit
from wildgate.apps.registers import selectors, services
from wildgate.apps.registers.imports import import_operations
from wildgate.apps.registers.models import Operation, OperationOutput
from wildgate.apps.registers.services import NewOperation
from wildgate.convention.operations import OperationKind, OperationState, Stock
from wildgate.convention.refusal import Refusal
from wildgate.site.cli import main

REGISTERED = "registered-operation"


def refused_by(cast, at, answers):
    """The codes with which an application is refused at submit."""
    draft = permits.start(actor=cast["mario"], organisation=min(cast["mario"].organisations), at=at)
    permits.save_answers(actor=cast["mario"], case=draft.number, answers=answers, at=at)
    done = permits.submit(actor=cast["mario"], case=draft.number, at=at)
    return [each.code for each in done] if isinstance(done, tuple) else []


def test_the_register_answers_for_a_falcon_of_source_d(cast, at):
    operation(cast["amina"])

    case = Application.objects.get(number=submitted(cast, at, falcons()))

    finding = case.findings.get(kind=REGISTERED)
    assert finding.made is True
    assert finding.person is None
    assert "A-QM-501 Falcon House, active, valid until" in finding.note
    assert FALCON in finding.note
    assert case.findings.filter(made=None).exists()


@pytest.mark.parametrize(("answers", "change", "code"), [
    (falcons(number="A-QM-999"), {}, "operation-unknown"),
    (falcons(number=""), {}, "operation-missing"),
    (falcons(taxon="Falco rusticolus"), {}, "operation-taxon"),
    (falcons(), {"valid_until": TODAY - timedelta(days=1)}, "operation-lapsed"),
    (falcons(), {"kind": OperationKind.BREEDING}, "operation-kind"),
    (falcons(), {"state": OperationState.SUSPENDED}, "operation-not-active"),
    (falcons(marks="tags QM-01 to 05"), {}, "tags-miscounted"),
])
def test_what_the_register_refuses_at_entry(cast, at, answers, change, code):
    operation(cast["amina"], **change)

    assert refused_by(cast, at, answers) == [code]


def test_an_operation_abroad_that_we_do_not_know_is_for_a_person(cast, at):
    answers = {**falcons(number="A-AE-7"), "direction": "re-export"}
    answers["lines"][0] |= {"origin": "AE", "last_country": "AE", "last_permit": "24AE000001",
                            "origin_permit": "24AE000001"}

    case = Application.objects.get(number=submitted(cast, at, answers))

    assert case.findings.get(kind=REGISTERED).made is None
    assert any(each["code"] == "operation-unknown" and "Ask the authority of AE" in each["reason"]
               for each in case.ruling["warnings"])


def test_an_output_beyond_what_was_stated_leaves_the_finding_open(cast, at):
    operation(cast["amina"])
    issued(cast, at, falcons(quantity="15"))

    case = Application.objects.get(number=submitted(cast, at, falcons(quantity="6")))

    assert case.findings.get(kind=REGISTERED).made is None
    told = next(each for each in case.ruling["warnings"] if each["code"] == "output-implausible")
    assert "states an output of 20 Falco peregrinus a year; with this line 21 leave" in told["reason"]


def test_two_cases_that_pass_alone_but_not_together_stop_at_the_second_issue(cast, at):
    operation(cast["amina"])
    first, second = (ready(cast, at, falcons(quantity="12")) for _ in range(2))
    Finding.objects.filter(kind=REGISTERED).update(person=None)

    done = permits.issue(actor=cast["amina"], case=first, at=at)
    outgrown = permits.issue(actor=cast["amina"], case=second, at=at)

    assert isinstance(done, Permit)
    assert isinstance(outgrown, Refusal)
    assert outgrown.code == "output-implausible"
    assert OperationOutput.objects.get().quantity == 12


def test_a_suspension_between_decision_and_issue_stops_the_permit(cast, at):
    entry = operation(cast["amina"])
    case = ready(cast, at, falcons())
    services.set_state(actor=cast["bo"], operation=entry.pk, state=OperationState.SUSPENDED, why="Wild birds.", at=at)

    outcome = permits.issue(actor=cast["amina"], case=case, at=at)

    assert isinstance(outcome, Refusal)
    assert outcome.code == "operation-not-active"


def test_a_cancelled_permit_gives_its_output_back(cast, at):
    entry = operation(cast["amina"])
    permit = issued(cast, at, falcons(quantity="15"))

    permits.cancel(actor=cast["amina"], number=permit.number, reason="Wrong bird.", at=at)

    assert OperationOutput.objects.get(operation=entry).state == "returned"
    assert refused_by(cast, at, falcons(quantity="20")) == []


def test_an_expired_permit_gives_its_output_back_once(cast, at):
    operation(cast["amina"])
    permit = issued(cast, at, falcons(quantity="15"))
    after = permit.valid_until + timedelta(days=1)

    returned = [services.return_expired(party="QM", on=day, at=at) for day in (permit.valid_until, after, after)]

    assert returned == [0, 1, 0]


def test_renewal_and_inspection_have_their_order(cast, at):
    entry = operation(cast["amina"])
    amina, key = cast["amina"], entry.pk

    def after(days):
        return TODAY + timedelta(days=days)

    outcomes = [
        services.renew(actor=amina, operation=key, until=after(300), reference="", at=at),
        services.renew(actor=amina, operation=key, until=after(900), reference="N 5", at=at),
        services.inspect(actor=amina, operation=key, on=after(9), following=None, note="", at=at),
        services.inspect(actor=amina, operation=key, on=TODAY, following=TODAY, note="", at=at),
        services.inspect(actor=amina, operation=key, on=TODAY, following=after(365), note="", at=at)]

    assert [getattr(each, "code", "") for each in outcomes] == [
        "renewal-too-short", "", "date-ahead", "inspection-order", ""]
    entry.refresh_from_db()
    assert (entry.valid_until, entry.last_inspection, entry.reference) == (TODAY + timedelta(days=900), TODAY, "N 5")
    assert [each.kind for each in selectors.history_of(entry)] == [
        "operation-inspected", "operation-renewed", "operation-registered"]


def test_withdrawn_is_the_end_and_needs_a_reason(cast, at):
    entry = operation(cast["amina"])

    def to(state, why="Moved away."):
        return services.set_state(actor=cast["amina"], operation=entry.pk, state=state, why=why, at=at)

    assert to(OperationState.WITHDRAWN, why=" ").code == "missing"
    assert isinstance(to(OperationState.WITHDRAWN), Operation)
    assert to(OperationState.ACTIVE).code == "wrong-operation-state"
    assert services.renew(actor=cast["amina"], operation=entry.pk, until=TODAY + timedelta(days=999), reference="",
                          at=at).code == "operation-withdrawn"


@pytest.mark.parametrize(("change", "code"), [
    ({"stock": ()}, "missing"),
    ({"stock": (Stock("7 birds"),)}, "taxon-unknown"),
    ({"stock": (Stock(FALCON), Stock("falco peregrinus"))}, "taxon-twice"),
    ({"stock": (Stock(FALCON, Decimal(-1)),)}, "amount-out-of-range"),
    ({"country": "Q1"}, "country-unknown"),
    ({"valid_until": date(2019, 1, 1)}, "period-reversed"),
    ({"number": "--"}, "missing"),
    ({"organisation": 999}, "no-such-organisation"),
])
def test_an_entry_that_cannot_be(cast, at, change, code):
    new = NewOperation(**{"country": "QM", "number": "1", "kind": OperationKind.BREEDING_I, "name": "X",
                          "registered_on": date(2020, 1, 1), "stock": (Stock(FALCON),), **change})

    refused = services.register_operation(actor=cast["amina"], new=new, at=at)

    assert isinstance(refused, Refusal)
    assert refused.code == code


def test_a_number_stands_once_however_it_is_written(cast, at):
    operation(cast["amina"])
    again = NewOperation("QM", "aqm 501", OperationKind.BREEDING_I, "Other", date(2020, 1, 1), stock=(Stock(FALCON),))

    assert services.register_operation(actor=cast["amina"], new=again, at=at).code == "operation-exists"
    assert services.register_operation(actor=cast["mario"], new=again, at=at).code == "not-allowed"


HEAD = "number,kind,country,name,taxa,registered_on,valid_until,state\n"


def test_a_register_is_read_once_or_again(cast, at, tmp_path):
    table = tmp_path / "register.csv"
    table.write_text(HEAD + 'A-QM-501,breeding-appendix-I,,Falcon House,"Falco peregrinus: 20",2020-01-01,,\n'
                     "A-DE-1,breeding-appendix-I,DE,Falkenhof,Falco rusticolus,2020-01-01,2026-01-01,suspended\n"
                     "P-QM-7,nursery,,Orchids,Paphiopedilum: many,2020-01-01,,\n"
                     "P-QM-8,zoo,,Zoo,Falco peregrinus,2020-01-01,,\n"
                     "a-de-1,breeding-appendix-I,DE,Falkenhof,Falco rusticolus,2020-13-01,,\n")

    first, second = (import_operations([table], party="QM", actor="operator", at=at)[0] for _ in range(2))
    table.write_text(table.read_text().replace("peregrinus: 20", "peregrinus: 25"))
    third = import_operations([table], party="QM", actor="operator", at=at)[0]

    assert (first.added, second.unchanged, third.changed, third.unchanged) == (2, 2, 1, 1)
    assert [(fault.line, fault.column) for fault in first.refused] == [(4, "taxa"), (5, "kind"), (6, "registered_on")]
    assert Operation.objects.get(number="A-QM-501").taxa.get().yearly == 25
    assert Operation.objects.get(number="A-DE-1").state == "suspended"


def test_all_or_nothing_keeps_nothing(cast, at, tmp_path):
    table = tmp_path / "register.csv"
    table.write_text(HEAD + "A-QM-501,breeding-appendix-I,,Falcon House,Falco peregrinus,2020-01-01,,\nX,zoo,,,,,,\n")

    report, = import_operations([table], party="QM", actor="operator", at=at, all_or_nothing=True)

    assert report.undone
    assert not Operation.objects.exists()


def test_the_command_reads_and_lists(own_database, tmp_path, capsys):
    table = tmp_path / "register.csv"
    table.write_text(HEAD + "A-QM-501,breeding-appendix-I,,Falcon House,Falco peregrinus: 20,2020-01-01,2021-01-01,\n")

    assert main(["registers", "import", str(table), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["added"] == 1
    assert main(["registers", "list", "--json"]) == 0
    listed = json.loads(capsys.readouterr().out)["operations"][0]
    assert (listed["number"], listed["state"]) == ("A-QM-501", "lapsed")
    assert listed["taxa"] == [{"taxon": "Falco peregrinus", "yearly": "20"}]
    assert main(["registers", "import", str(tmp_path / "none.csv")]) == 2
