"""The procedure table: what is shipped, how the house changes it, and several consignments where it lets them."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from tests.cast import NOON, issued

from wildgate.apps.balances import procedures
from wildgate.apps.balances.asking import Notice, WriteOff
from wildgate.apps.balances.models import Balance, Outage, ProcedureRow
from wildgate.apps.balances.outages import announce, end, reconcile
from wildgate.apps.balances.selectors import outage_now
from wildgate.apps.customs import services as border
from wildgate.apps.customs.models import Endorsement
from wildgate.apps.customs.services import writing_off
from wildgate.apps.permits.models import PermitStatus
from wildgate.convention.refusal import Refusal

TODAY = NOON.date()
LATER = NOON + timedelta(hours=3)
SEVERAL = procedures.NewRow("1", "export-permit", "", True, True, True, "export", TODAY, None, "Tariff note 7.")


@pytest.mark.django_db
@pytest.mark.parametrize(("procedure", "kind", "state", "answer"), [
    ("1000", "export-permit", "valid", (True, True, "export")),
    ("4000", "import-permit", "valid", (True, True, "import")),
    ("3151", "re-export-certificate", "valid", (True, True, "export")),
    ("8000", "export-permit", "export-endorsed", (True, False, "")),
    ("8000", "import-permit", "valid", (True, False, "")),
    ("7100", "import-permit", "valid", (True, True, "import")),
    ("2300", "travelling-exhibition-certificate", "partly-used", (True, False, "export")),
    ("5300", "musical-instrument-certificate", "valid", (True, False, "import")),
    ("4000", "export-permit", "valid", None),
    ("1000", "export-permit", "suspended", None),
    ("1000", "export-permit", "export-endorsed", None),
    ("", "export-permit", "valid", None),
    ("9900", "import-permit", "valid", None),
])
def test_what_is_shipped(procedure, kind, state, answer):
    rule = procedures.rule("QM", procedure, kind, state, TODAY)

    assert (rule and (rule.allowed, rule.managed, rule.stage)) == answer


@pytest.mark.django_db
class TestTheHouse:
    def test_two_people_change_it_and_it_ends(self, cast, amina):
        row = procedures.propose(actor=amina, new=SEVERAL, at=NOON)
        assert procedures.rule("QM", "1000", "export-permit", "valid", TODAY).several is False
        assert procedures.confirm(actor=amina, row=row.pk, at=NOON).code == "four-eyes"

        procedures.confirm(actor=cast["nadia"], row=row.pk, at=NOON)

        assert procedures.rule("QM", "1000", "export-permit", "valid", TODAY).several is True
        assert procedures.rule("QM", "1000", "export-permit", "valid", TODAY - timedelta(days=1)).several is False
        procedures.end(actor=amina, row=row.pk, at=NOON + timedelta(days=5))
        assert procedures.rule("QM", "1000", "export-permit", "valid", TODAY + timedelta(days=5)).several is False

    @pytest.mark.parametrize(("change", "code"), [
        ({"procedure": "no!"}, "row-procedure"), ({"kind": "passport"}, "row-kind"), ({"state": "rotten"}, "row-state"),
        ({"why": " "}, "row-why"), ({"end": TODAY - timedelta(days=1)}, "row-end"), ({"stage": ""}, "row-managed"),
        ({"start": TODAY - timedelta(days=1)}, "row-start"),
    ])
    def test_a_row_that_makes_no_sense(self, amina, change, code):
        from dataclasses import replace

        assert procedures.propose(actor=amina, new=replace(SEVERAL, **change), at=NOON).code == code

    def test_customs_officers_look_only(self, jean):
        assert procedures.propose(actor=jean, new=SEVERAL, at=NOON).code == "not-allowed"


@pytest.mark.django_db
def test_a_document_for_several_consignments_is_used_up_by_the_last(cast, jean, amina):
    permit = issued(cast, NOON)
    row = procedures.propose(actor=amina, new=SEVERAL, at=NOON)
    procedures.confirm(actor=cast["nadia"], row=row.pk, at=NOON)
    state = lambda: PermitStatus.objects.get(permit=permit).state  # noqa: E731

    def ship(amount):
        return border.endorse(actor=jean, number=permit.number, stage="export", quantities={"A": str(amount)},
                              port="Kivu-2", transport_document="020-1", at=LATER)

    assert isinstance(ship(500), Endorsement)
    assert state() == "partly-used"
    by_program = writing_off.consume(actor=jean, at=LATER, asked=WriteOff(
        permit.number, block="A", quantity=Decimal(300), reference="D-1", procedure="1000", post="Kivu-2",
        transport_document="020-2"))
    assert by_program.standing.available == 400
    refused = ship(401)
    assert isinstance(refused, Refusal)
    assert refused.code == "exhausted"
    last = ship(400)

    assert (state(), last.turn, last.previous) == ("export-endorsed", 3, by_program.endorsement)
    assert Balance.objects.get().sums.free == 0


@pytest.mark.django_db
def test_an_outage_is_announced_ended_and_reconciled(cast, jean):
    nadia = cast["nadia"]
    assert announce(actor=jean, notice=Notice(False, NOON), at=NOON).code == "not-allowed"
    assert announce(actor=nadia, notice=Notice(True, NOON), at=NOON).code == "outage-not-planned"
    assert announce(actor=nadia, notice=Notice(False, NOON, NOON), at=NOON).code == "outage-reversed"

    found = announce(actor=nadia, notice=Notice(False, NOON, why="Power"), at=NOON)

    assert outage_now("QM", LATER) == found
    assert reconcile(actor=nadia, outage=found.pk, at=LATER).code == "no-such-outage"
    end(actor=nadia, outage=found.pk, at=LATER)
    reconcile(actor=nadia, outage=found.pk, at=LATER + timedelta(hours=1))
    assert Outage.objects.get().reconciled_by_id == nadia.person_id
    assert outage_now("QM", LATER + timedelta(hours=1)) is None
    assert not ProcedureRow.objects.exists()
