"""A search keeps what people said; each night it is made again only where something changed."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from tests.apps.risk.consignments import export, skins
from tests.cast import issued

from wildgate.apps.customs import services as customs
from wildgate.apps.registers.models import Operation, OperationTaxon
from wildgate.apps.risk.facts import Batch, gather
from wildgate.apps.signals import jobs, own, searching, services
from wildgate.apps.signals.models import OwnValue, Run, Signal
from wildgate.apps.species.registry import law_of
from wildgate.convention.refusal import Refusal
from wildgate.kit.models import Event, Job

pytestmark = pytest.mark.django_db


def searched(at) -> Run:
    return searching.search(party="QM", by="system", at=at)


def facts(at, **more):
    item = skins(taxon="Varanus salvator", **more)
    said = export("R1", at, item)
    return gather(Batch("QM", at, law_of("QM"), [said])).of(said, item)


def test_what_was_said_of_a_signal_stays_when_it_is_found_again_and_when_it_is_gone(cast, at, ito, store):
    first = searched(at)
    row = Signal.objects.get(kind="rise")
    done = services.mark(actor=ito, key=row.key, state="dismissed", reason="Two years' harvest in one.", at=at)
    assert isinstance(done, Signal)

    again = searched(at + timedelta(hours=1))
    services.set_value(actor=ito, name="rise_times", value=50, reason="Only the very large ones.", at=at)
    searched(at + timedelta(hours=2))

    row.refresh_from_db()
    assert (first.found, again.found) == (1, 1)
    assert (row.state, row.reason) == ("dismissed", "Two years' harvest in one.")
    assert row.first_at == at and row.gone_at == at + timedelta(hours=2)
    assert Event.objects.filter(kind="trade-signal-marked", subject=row.subject).count() == 1
    assert "harvest" not in Event.objects.get(kind="trade-signal-marked").data, "free text stays out of the chain"


def test_a_reason_is_asked_for_and_values_have_bounds_and_owners(cast, at, amina, ito, jean, store):
    searched(at)
    key = Signal.objects.get().key

    no_reason = services.mark(actor=ito, key=key, state="looked", reason=" ", at=at)
    not_his = services.mark(actor=jean, key=key, state="watch", reason="", at=at)
    too_much = services.set_value(actor=ito, name="rise_sure", value=100, reason="Never.", at=at)
    not_hers = services.set_value(actor=amina, name="rise_sure", value=95, reason="More.", at=at)

    assert [each.code for each in (no_reason, not_his, too_much, not_hers) if isinstance(each, Refusal)] == [
        "signal-reason", "not-allowed", "signal-value", "not-allowed"]
    assert not OwnValue.objects.exists()


def test_a_night_searches_only_what_changed_and_asks_for_the_next_one(cast, at, ito, store):
    jobs.each_night(at=at, party_code="QM")
    jobs.each_night(at=at + timedelta(days=1), party_code="QM")
    assert Run.objects.count() == 1, "nothing was loaded in between"

    services.set_value(actor=ito, name="rise_sure", value=99, reason="A little more.", at=at)
    jobs.each_night(at=at + timedelta(days=2), party_code="QM")

    assert Run.objects.count() == 2
    assert Job.objects.get(name="signals.each_night").run_after > at + timedelta(days=2)


def test_our_own_exports_are_counted_as_customs_saw_them(cast, at, jean):
    permit = issued(cast, at)
    done = customs.endorse(actor=jean, number=permit.number, stage="export", quantities={"A": "1150"}, port="Kivu-2",
                           transport_document="020-44556677", at=at)
    assert not isinstance(done, Refusal), done

    flow, = own.flows("QM", at.date())

    assert (flow.taxon, flow.group, flow.importer, flow.quantity) == ("Crocodylus novaeguineae", "Reptilia", "QZ", 1150)


def test_an_operation_that_states_no_output_leaves_the_output_open(db):
    made = Operation.objects.create(party="QM", country="QM", number="QM-1", kind="breeding-appendix-I",
                                    name="Farm", state="active", registered_on=date(2020, 1, 1))
    OperationTaxon.objects.create(operation=made, taxon="Varanus salvator", yearly=None)
    OperationTaxon.objects.create(operation=made, taxon="Python regius", yearly=300)

    assert own.outputs("QM") == {("Varanus salvator", "QM"): None, ("Python regius", "QM"): 300}


def test_profiles_hear_of_a_signal_on_its_way_with_its_number_and_of_a_dismissed_one_no_more(cast, at, ito, store):
    assert facts(at)["trade.rise"] is None, "before any search nothing is known"
    searched(at)

    rise = facts(at)["trade.rise"]

    assert rise is not None and 8 < rise < 12
    assert facts(at)["trade.signals"] == 1
    assert facts(at, term="LIV")["trade.rise"] is None, "the signal is about skins"
    services.mark(actor=ito, key=Signal.objects.get().key, state="dismissed", reason="Known.", at=at)
    assert facts(at)["trade.rise"] is None
