"""Two people complete at the same second, and long random sequences: never more than was approved."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from django.db.models import F
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.apps.simplified import orchids
from tests.cast import NOON
from tests.databases import as_owner

from wildgate.apps.permits.models import Permit
from wildgate.apps.simplified import selectors, services
from wildgate.apps.simplified.models import Certificate, MasterLine
from wildgate.convention.simplified import Allowance, PaperState

D = Decimal


@pytest.fixture
def settled(own_database):
    from wildgate.site.demo.cast import settle
    return settle("QM", "Demoland", NOON)


def test_the_last_of_the_allowance_goes_to_one_of_two(settled, at_once):
    line = Allowance(("Dendrobium",), "LIV", "NAR", "A", "QM", D(40), D(40))
    papers = orchids.given(settled, 2, lines=(line,))

    outcomes = at_once(*[lambda paper=paper: services.complete(
        actor=settled["mario"], number=paper.number, filled=orchids.filled(30), at=NOON) for paper in papers])

    refused = [one for one in outcomes if not isinstance(one, Permit)]
    assert [[each.code for each in one] for one in refused] == [["beyond-master"]]
    assert MasterLine.objects.get().drawn == 30 and Permit.objects.count() == 1


def test_one_certificate_completed_twice_at_once_is_one_permit(settled, at_once):
    paper, = orchids.given(settled)

    outcomes = at_once(*[lambda: services.complete(actor=settled["mario"], number=paper.number,
                                                   filled=orchids.filled(7), at=NOON) for _ in range(3)])

    assert sum(isinstance(one, Permit) for one in outcomes) == 1 == Permit.objects.count()
    assert MasterLine.objects.get().drawn == 7


def test_the_database_itself_refuses_more_than_was_approved(cast):
    orchids.approved(cast)

    with as_owner(), pytest.raises(IntegrityError), transaction.atomic():
        MasterLine.objects.update(drawn=F("amount") + 1)


@given(deeds=st.lists(st.tuples(st.sampled_from(["complete", "return", "unused"]), st.integers(1, 60)), max_size=9))
@settings(max_examples=4, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@pytest.mark.django_db
def test_whatever_happens_the_ledger_leads_to_the_balance(cast, deeds):
    with transaction.atomic():
        orchids.given(cast, 5)
        for deed, quantity in deeds:
            paper = Certificate.objects.filter(state=PaperState.GIVEN.value).first()
            if deed == "unused":
                services.give_back(list(Certificate.objects.filter(state=PaperState.COMPLETED.value)), actor="system",
                                   at=NOON)
            elif paper and deed == "complete":
                services.complete(actor=cast["mario"], number=paper.number, filled=orchids.filled(quantity), at=NOON)
            elif paper:
                services.hand_back(actor=cast["mario"], number=paper.number, at=NOON)
            line = MasterLine.objects.get()
            assert selectors.agrees(line) and 0 <= line.drawn <= line.amount
        assert Permit.objects.count() == Certificate.objects.filter(state=PaperState.COMPLETED.value).count()
        transaction.set_rollback(True)
