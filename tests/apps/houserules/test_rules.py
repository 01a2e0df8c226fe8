"""Dated rules: two people change them, what was decided stays, every reader asks for a day."""

from __future__ import annotations

import json
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import DatabaseError, transaction
from tests.apps.houserules.house import TODAY, entered, proposed
from tests.cast import NOON
from tests.databases import as_owner

from wildgate.apps.accounts.models import Authority
from wildgate.apps.houserules import holidays, kinds, selectors, services
from wildgate.apps.houserules.calendar import after_working_days, working_days_between
from wildgate.apps.houserules.kinds import KINDS, ServiceTime, Tariff
from wildgate.apps.houserules.models import Rule
from wildgate.convention.refusal import Refusal
from wildgate.kit.models import Event

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
GIVEN = {
    "holiday": {"day": "2027-12-25", "names": {"en": "Christmas", "ar": "عيد"}},
    "week": {"weekend": ["4", "5"]},
    "service-time": {"days": "10", "group": "aves", "direction": "export", "perishable": True},
    "opinion-time": {"days": "5", "group": "aves", "perishable": True},
    "tariff": {"currency": "QML", "base": "25", "per_line": "2.50", "lines_included": "3", "extras": {"urgent": "10"}},
    "port": {"name": "Kivu-2", "use": "both", "groups": ["Aves"]},
    "partner-form": {"country": "QZ", "form": "security-paper"},
    "remit": {"authority": "1", "groups": ["plantae"], "terms": ["bar"]},
    "condition": {"name": "Tags", "texts": {"fr": "Étiquettes."}, "taxa": ["Crocodylus niloticus"]},
    "text": {"name": "contact", "texts": {"en": "Here."}},
    "overlay": {"name": "eu", "switch": "in-force"},
    "fact": {"fact": "K-history", "stand": "confirmed"},
    "act-level": {"act": "ISSUE", "level": "3"},
    "national": {"currency": "QML", "fee": "12.50", "days": "90"},
    "retention": {"record": "refused", "years": "30"},
}
WRONG = [
    ("holiday", {"day": "25.12.2027", "names": {"en": "Christmas"}}, "day"),
    ("holiday", {"day": "2027-12-25", "names": {}}, "names.en"),
    ("week", {"weekend": ["7"]}, "weekend"), ("week", {"weekend": ["0", "1", "2", "3"]}, "weekend"),
    ("service-time", {"days": "-1"}, "days"), ("service-time", {"days": "3", "group": "Birdies"}, "group"),
    ("opinion-time", {"days": "0"}, "days"),
    ("tariff", {"currency": "eur", "base": "1"}, "currency"), ("tariff", {"currency": "JPY", "base": "0.5"}, "base"),
    ("tariff", {"currency": "EUR", "base": "-1"}, "base"), ("tariff", {"currency": "EUR", "base": "1e9"}, "base"),
    ("tariff", {"currency": "EUR", "base": "1", "extras": {"bribe": "5"}}, "extras.bribe"),
    ("partner-form", {"country": "QQ", "form": "electronic"}, "country"),
    ("partner-form", {"country": "QZ", "form": "by word"}, "form"),
    ("remit", {"authority": "x"}, "authority"), ("remit", {"authority": "1", "terms": ["XYZ"]}, "terms"),
    ("condition", {"name": "", "texts": {"en": "A"}}, "name"), ("text", {"name": "poem", "texts": {"en": "A"}}, "name"),
    ("overlay", {"name": "mine", "switch": "in-force"}, "name"),
    ("overlay", {"name": "mine", "switch": "in-force", "text": "title ="}, "text"),
    ("fact", {"fact": "K-nothing", "stand": "confirmed"}, "fact"),
    ("act-level", {"act": "DANCE", "level": "2"}, "act"), ("act-level", {"act": "ISSUE", "level": "5"}, "level"),
    ("retention", {"record": "permit", "years": "9"}, "record"),
    ("retention", {"record": "refused", "years": "4"}, "years"),
    ("retention", {"record": "letter", "years": "1"}, "years"),
]


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_read_is_the_same_out_of_the_database(kind):
    value = kinds.read(kind, GIVEN[kind])

    assert kinds.kept(kind, json.loads(json.dumps(kinds.as_json(value)))) == value
    assert kinds.read(kind, kinds.as_json(value)) == value


@pytest.mark.parametrize(("kind", "given", "field"), WRONG)
def test_a_fault_names_its_field(kind, given, field):
    faults = kinds.read(kind, given)

    assert isinstance(faults, tuple)
    assert field in {fault.field for fault in faults}


def test_an_entry_takes_effect_when_another_person_confirms_it(cast):
    rule = proposed(cast, "partner-form", GIVEN["partner-form"])
    before = selectors.partner_form("QM", "QZ", TODAY)
    own = services.confirm(actor=cast["amina"], rules=[rule.pk], at=NOON)
    trader = services.confirm(actor=cast["mario"], rules=[rule.pk], at=NOON)
    services.confirm(actor=cast["sam"], rules=[rule.pk], at=NOON)

    assert before is None
    assert (own.code, trader.code) == ("not-allowed", "not-allowed")
    assert selectors.partner_form("QM", "QZ", TODAY) == "security-paper"
    assert selectors.partner_form("QM", "QZ", TODAY - DAY) is None
    assert selectors.partner_form("QZ", "QZ", TODAY) is None


def test_a_change_closes_one_entry_and_opens_the_next_and_the_past_keeps_its_own(cast):
    entered(cast, "service-time", {"days": "10"})
    entered(cast, "service-time", {"days": "5"}, since=TODAY + 10 * DAY)
    entered(cast, "service-time", {"days": "2"}, since=TODAY + 3 * DAY, until=TODAY + 4 * DAY)

    days = {n: selectors.values("QM", ServiceTime, on=TODAY + n * DAY)[0].days for n in (0, 3, 4, 5, 9, 10, 400)}
    assert days == {0: 10, 3: 2, 4: 2, 5: 10, 9: 10, 10: 5, 400: 5}


def test_an_entry_can_be_ended_and_opened_again(cast):
    rule = entered(cast, "partner-form", GIVEN["partner-form"])
    ended = services.propose_end(actor=cast["amina"], rule=rule.pk, at=NOON, since=TODAY + DAY)
    services.confirm(actor=cast["bo"], rules=[ended.pk], at=NOON)
    entered(cast, "partner-form", {"country": "QZ", "form": "electronic"}, since=TODAY + 5 * DAY)

    assert [selectors.partner_form("QM", "QZ", TODAY + n * DAY) for n in (0, 1, 4, 5)] == [
        "security-paper", None, None, "electronic"]


def test_nothing_begins_in_the_past_and_a_late_confirmation_begins_on_its_day(cast):
    past = services.propose(actor=cast["amina"], kind="week", given={"weekend": ["4", "5"]}, at=NOON, since=TODAY - DAY)
    rule = proposed(cast, "week", {"weekend": ["4", "5"]})
    services.confirm(actor=cast["bo"], rules=[rule.pk], at=NOON + 3 * DAY)
    over = proposed(cast, "text", GIVEN["text"], until=TODAY + DAY)
    late = services.confirm(actor=cast["bo"], rules=[over.pk], at=NOON + 3 * DAY)

    assert past[0].field == "since"
    assert Rule.objects.get(pk=rule.pk).since == TODAY + 3 * DAY
    assert late.code == "rule-over"


def test_several_are_confirmed_together_or_none(cast):
    mine = proposed(cast, "port", GIVEN["port"])
    other = services.propose(actor=cast["bo"], kind="port", given={"name": "Port Lacuna", "use": "exit"}, at=NOON)
    refused = services.confirm(actor=cast["bo"], rules=[mine.pk, other.pk], at=NOON)
    done = services.confirm(actor=cast["sam"], rules=[mine.pk, other.pk], at=NOON)
    again = services.confirm(actor=cast["sam"], rules=[mine.pk], at=NOON)

    assert isinstance(refused, Refusal)
    assert len(done) == 2
    assert again.code == "not-waiting"


def test_one_change_of_an_entry_waits_at_a_time_and_may_be_taken_back(cast):
    rule = proposed(cast, "week", {"weekend": ["4", "5"]})
    second = services.propose(actor=cast["bo"], kind="week", given={"weekend": []}, at=NOON)
    silent = services.decline(actor=cast["amina"], rule=rule.pk, why=" ", at=NOON)
    back = services.decline(actor=cast["amina"], rule=rule.pk, why="A slip.", at=NOON)
    third = services.propose(actor=cast["bo"], kind="week", given={"weekend": []}, at=NOON)

    assert second[0].code == "rule-waits"
    assert silent.field == "why"
    assert back.state == "declined"
    assert isinstance(third, Rule)
    assert selectors.calendar_of("QM").weekends == ()


def test_the_database_refuses_to_change_what_was_decided(cast):
    rule = entered(cast, "text", GIVEN["text"])

    for change in (lambda: Rule.objects.filter(pk=rule.pk).update(value={}),
                   lambda: Rule.objects.filter(pk=rule.pk).delete()):
        with as_owner(), pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            change()


def test_the_chain_tells_who_decided_by_digest_and_without_texts(cast):
    rule = entered(cast, "text", {"name": "contact", "texts": {"en": "Ask Dr Secret."}})

    told = list(Event.objects.filter(subject=rule.subject).order_by("seq"))
    assert [(event.kind, event.actor) for event in told] == [
        ("house-rule-proposed", cast["amina"].label), ("house-rule-confirmed", cast["bo"].label)]
    assert json.loads(told[1].data)["digest"] == rule.digest
    assert "Secret" not in told[0].data + told[1].data


@pytest.mark.parametrize("who", ["mario", "ito", "jean", "ana"])
def test_others_propose_nothing(cast, who):
    refused = services.propose(actor=cast[who], kind="week", given={"weekend": []}, at=NOON)

    assert refused[0].code == "not-allowed"


def test_holidays_hold_for_their_day_and_a_struck_one_is_worked(cast):
    friday = TODAY + ((4 - TODAY.weekday()) % 7 + 7) * DAY
    rule = entered(cast, "holiday", {"day": friday.isoformat(), "names": {"en": "Lagoon Day"}})
    assert after_working_days("QM", friday - DAY, 1) == friday + 3 * DAY
    assert working_days_between("QM", friday - DAY, friday) == 0

    struck = services.propose_end(actor=cast["amina"], rule=rule.pk, at=NOON)
    services.confirm(actor=cast["bo"], rules=[struck.pk], at=NOON)
    assert after_working_days("QM", friday - DAY, 1) == friday


def test_a_list_of_holidays_is_taken_whole_or_not_and_knows_what_it_knows(cast):
    rows = holidays.read("day,en,fr\n2027-12-25,Christmas,Noël\n2027-01-01,New Year,\n".encode())
    made = holidays.propose(actor=cast["amina"], rows=rows, at=NOON)
    services.confirm(actor=cast["bo"], rules=[rule.pk for rule in made], at=NOON)
    again = holidays.propose(actor=cast["amina"], rows=rows, at=NOON)
    faults = holidays.read(b"day,en\n2027-12-25,Christmas\n2027-13-01,Never\n2027-12-25,Twice\n")

    assert (len(made), again) == (2, [])
    assert made[0].value["names"] == {"en": "Christmas", "fr": "Noël"}
    assert [fault.values["at"] for fault in faults] == ["3", "4"]
    assert holidays.read(b"date,name\n2027-12-25,Christmas\n")[0].code == "columns-wrong"
    assert holidays.read(b"day,en\n\xff\n")[0].code == "not-csv"


def test_the_nearest_service_time_counts(cast):
    for given in ({"days": "15"}, {"days": "10", "direction": "re-export"}, {"days": "20", "group": "Orchidaceae"},
                  {"days": "12", "group": "Plantae"}, {"days": "2", "perishable": True}):
        entered(cast, "service-time", given)

    def days(direction="export", groups=(), perishable=False):
        due = selectors.promised_on("QM", direction=direction, groups=groups, perishable=perishable, on=TODAY)
        return working_days_between("QM", TODAY, due)

    assert (days(), days("re-export"), days(groups={"Aves", "Animalia"})) == (15, 10, 15)
    assert days("re-export", {"Plantae", "Orchidaceae"}) == 20
    assert days("re-export", {"Plantae"}) == 12
    assert days("re-export", {"Plantae"}, perishable=True) == 2
    assert selectors.promised_on("QM", direction="export", groups=(), perishable=False, on=TODAY - DAY) is None


def test_each_line_has_the_authority_of_its_group_and_term(cast):
    museum, herbarium = Authority.objects.filter(kind="scientific").order_by("pk")
    stranger = services.propose(actor=cast["amina"], kind="remit", given={"authority": "99999"}, at=NOON)
    entered(cast, "remit", {"authority": str(museum.pk)})
    entered(cast, "remit", {"authority": str(museum.pk), "terms": ["LOG"], "groups": ["Plantae"], "part": "timber"})
    entered(cast, "remit", {"authority": str(herbarium.pk), "groups": ["Plantae"]})
    found = selectors.remits("QM", TODAY)

    def asked(groups, term):
        return selectors.remit_for(found, groups, term).authority

    assert stranger[0].field == "authority"
    assert asked({"Animalia", "Aves"}, "LIV") == museum.pk
    assert asked({"Plantae", "Orchidaceae"}, "LIV") == herbarium.pk
    assert asked({"Plantae", "Fabaceae"}, "LOG") == museum.pk


def test_conditions_come_by_taxon_group_direction_and_language(cast):
    entered(cast, "condition", {"name": "Any", "texts": {"en": "Any.", "fr": "Tout."}})
    entered(cast, "condition", {"name": "Birds", "texts": {"fr": "Oiseaux."}, "groups": ["Aves"]})
    entered(cast, "condition", {"name": "Nile", "texts": {"en": "Nile."}, "taxa": ["Crocodylus niloticus"]})
    entered(cast, "condition", {"name": "In", "texts": {"en": "In."}, "direction": "import"})

    def texts(taxa=(), groups=(), direction="export", language="en"):
        return [each.text for each in selectors.conditions_for("QM", taxa, groups, direction, language, TODAY)]

    assert texts() == ["Any."]
    assert texts(["Crocodylus niloticus"]) == ["Nile.", "Any."]
    assert texts(groups={"Aves", "Animalia"}, language="fr") == ["Oiseaux.", "Tout."]
    assert texts(groups={"Aves"}, language="es") == ["Oiseaux.", "Any."]
    assert texts(direction="import") == ["Any.", "In."]


def test_texts_and_tariffs_are_those_of_the_day(cast):
    entered(cast, "text", {"name": "appeal", "texts": {"en": "In 30 days.", "es": "En 30 días."}})
    entered(cast, "tariff", {"currency": "QML", "base": "40"})
    own = entered(cast, "tariff", {"currency": "QML", "base": "20", "document": "import-permit"}, since=TODAY + DAY)

    assert selectors.text_of("QM", "appeal", "es", TODAY) == "En 30 días."
    assert selectors.text_of("QM", "appeal", "ar", TODAY) == "In 30 days."
    assert selectors.text_of("QM", "contact", "en", TODAY) == ""
    assert selectors.tariff("QM", "import-permit", TODAY)[1].base == Decimal(40)
    assert selectors.tariff("QM", "import-permit", TODAY + DAY) == (own.pk, Tariff("QML", Decimal(20),
                                                                                  document="import-permit"))


def test_readers_ask_once_however_many_entries_there_are(cast, django_assert_num_queries):
    for n in range(6):
        entered(cast, "port", {"name": f"Port {n}", "use": "both"})

    with django_assert_num_queries(1):
        assert len(selectors.ports("QM", TODAY)) == 6
    with django_assert_num_queries(1):
        selectors.calendar_of("QM")
    with django_assert_num_queries(1):
        assert selectors.counts("QM", TODAY) == {"port": 6}
