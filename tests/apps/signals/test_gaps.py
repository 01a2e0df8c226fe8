"""The list of differences: of a year's reports, and of permits as soon as the partner told its count."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from wildgate.apps.confirmations.models import Question
from wildgate.apps.exchange.models import Difference
from wildgate.apps.signals import reconciling
from wildgate.apps.signals.models import Gap, GapRun
from wildgate.convention.refusal import Refusal
from wildgate.kit.models import Event

pytestmark = pytest.mark.django_db


def difference(at, *, ours: int = 1150, theirs: int = 1148, **more) -> Difference:
    return Difference.objects.create(**{"party": "QM", "partner": "QZ", "issuer": "QM", "number": "26QM000001E",
                                        "block": "A", "taxon": "Crocodylus novaeguineae", "ours": Decimal(ours),
                                        "theirs": Decimal(theirs), "unit": "NAR", "opened_at": at, **more})


def test_a_years_gaps_keep_what_was_said_and_say_when_the_figures_changed(cast, at, amina, store):
    run = reconciling.count(party="QM", year=2024, by="system", at=at)
    assert isinstance(run, GapRun)
    gap = Gap.objects.get(party="QM", live=False)
    reconciling.mark(actor=amina, key=gap.key, state="explained", reason="Samples were kept.", at=at)

    reconciling.count(party="QM", year=2024, by="system", at=at + timedelta(hours=1))
    gap.refresh_from_db()
    same = gap.moved
    Gap.objects.filter(pk=gap.pk).update(difference=gap.difference - 5)

    gap.refresh_from_db()
    assert (gap.state, gap.reason, same, gap.moved) == ("explained", "Samples were kept.", False, True)
    assert gap.difference == Decimal(-11), "6 of the rows, 5 of the change"
    assert Event.objects.filter(kind="trade-gap-marked", subject=gap.subject).count() == 1


def test_a_partners_count_is_in_the_list_at_once_and_closes_with_the_exchange(cast, at):
    found = difference(at)
    row = reconciling.follow("QM", found.pk, at)
    assert row is not None
    assert (row.exported, row.imported, row.difference, row.direction) == (1150, 1148, -2, "exports")

    found.state, found.closed_at = Difference.State.CLOSED, at
    found.save()
    agreed = reconciling.follow("QM", found.pk, at)
    later = difference(at + timedelta(days=1), theirs=1100)
    again = reconciling.follow("QM", later.pk, at)
    stale = reconciling.follow("QM", found.pk, at)

    assert agreed is not None and agreed.state == "corrected"
    assert again is not None and (again.key, again.state, again.difference) == (row.key, "open", -50)
    assert stale is not None and stale.difference == -50, "an older difference does not come back"


def test_the_partner_is_asked_about_its_own_permit_once_and_never_about_ours(cast, at, amina):
    theirs = reconciling.follow("QM", difference(at, issuer="QZ", number="QZ-E-1", ours=95, theirs=100).pk, at)
    ours = reconciling.follow("QM", difference(at).pk, at)
    assert theirs is not None and ours is not None

    asked = reconciling.ask_partner(actor=amina, key=theirs.key, contact="", at=at)
    twice = reconciling.ask_partner(actor=amina, key=theirs.key, contact="", at=at)
    about_ours = reconciling.ask_partner(actor=amina, key=ours.key, contact="", at=at)

    assert not isinstance(asked, Refusal)
    question = Question.objects.get()
    assert (question.other, question.permit_number, asked[0].question) == ("QZ", "QZ-E-1", question.number)
    assert asked[0].state == "asked"
    assert isinstance(twice, Refusal) and isinstance(about_ours, Refusal)
    assert theirs.exported == 100 and theirs.imported == 95, "of their permit we are the importer"
