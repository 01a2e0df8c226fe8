"""What happens at the border is told to those whose part it is, with a page that they may see."""

from __future__ import annotations

import pytest
from tests.apps.duties.steps import happens
from tests.apps.letters.post import kinds, told
from tests.cast import issued

from wildgate.apps.balances.models import Outage
from wildgate.apps.carriers.models import Handover
from wildgate.apps.inspections.models import Request, Seizure
from wildgate.apps.letters import selectors
from wildgate.apps.letters.border import BORDER
from wildgate.apps.letters.subjects import BOOKS, split

pytestmark = pytest.mark.django_db


def test_every_subject_of_the_border_has_a_book_and_papers_are_known_by_their_number():
    assert {"declaration", "inspection", "seizure", "identification", "parcel", "profile", "program", "outage",
            "notice", "relay", "foreign"} <= set(BOOKS)
    assert split("foreign:QZ/26/0007-E/2026-01-05") == ("foreign", "26/0007-E")
    assert split("permit:26QM000001E/2026-01-05") == ("permit", "26QM000001E")


def test_an_outage_and_an_override_are_told_at_the_border(cast, at):
    outage = Outage.objects.create(party="QM", planned=True, begins_at=at, announced_by_id=cast["sam"].person_id,
                                   announced_at=at)
    permit = issued(cast, at)
    happens("outage-announced", outage.subject, cast["sam"].label)
    happens("balance-overridden", permit.subject, cast["jean"].label)

    assert told(cast["jean"]) == ["A system will not be reachable"]
    assert told(cast["nadia"]) == ["A system will not be reachable",
                                   f"Permit {permit.number}: more was let through than was left"]
    assert kinds(cast["amina"])[-1] == "duty-balance-overridden"
    assert selectors.shown(cast["jean"], selectors.inbox(cast["jean"]))[0].url == f"/border/outages/{outage.pk}/"


def test_what_has_no_book_or_was_never_there_reaches_nobody(cast):
    for row in BORDER:
        if not row.marks:
            happens(row.kind, "seizure:none-such", "system")
    assert kinds(cast["ines"]) == kinds(cast["nadia"])[:0] == []


def test_models_of_the_books_have_what_the_table_asks_for():
    for model, names in ((Request, ("expert_id", "asked_by_id", "number")), (Handover, ("organisation_id", "key")),
                         (Seizure, ("number", "party"))):
        assert not [name for name in names if not hasattr(model, name)]
