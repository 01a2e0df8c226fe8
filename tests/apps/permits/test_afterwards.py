"""After the decision: lost, given back, varied, replaced, copied, appealed; each may be sent twice and counts once."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from tests.cast import SKINS, issued, submitted
from tests.desks import page_text

from wildgate.apps.accounts.models import Organisation
from wildgate.apps.permits import services
from wildgate.apps.permits.models import Application, Permit
from wildgate.apps.quotas import services as quotas
from wildgate.apps.quotas.models import Quota, QuotaBalance
from wildgate.apps.quotas.services import NewQuota
from wildgate.convention.refusal import Refusal
from wildgate.kit.models import Event, Job

MARKED = {**SKINS, "lines": [{**SKINS["lines"][0], "marks": "QM-1\nQM-2", "quantity": "2"}]}
LOST = {"on": "2026-03-10", "place": "Courier depot, Quartz City", "police": "QC-17/2026",
        "words": "The van was broken into."}


@pytest.fixture
def permit(cast: Any, at: Any) -> Permit:
    found: Permit = issued(cast, at, MARKED)
    return found


def refused(cast: Any, at: Any) -> str:
    number = submitted(cast, at)
    services.take(actor=cast["amina"], case=number, at=at)
    done = services.refuse_case(actor=cast["amina"], case=number, reason="No proof of origin.", basis="Art. IV.2(b)",
                                at=at)
    assert not isinstance(done, Refusal), done
    return number


def test_a_lost_permit_ends_at_once_and_another_can_be_asked_for(permit: Permit, desk: Any) -> None:
    client, page = desk("mario"), f"/permits/{permit.number}/"
    before = page_text(client.get(page))
    assert "Permit to print (PDF)" in before
    assert "Label for the parcel" in before

    assert client.post(f"{page}lost/", LOST)["Location"] == page
    assert client.post(f"{page}lost/", LOST).status_code == 302
    told, = Event.objects.filter(subject=permit.subject, kind="permit-lost")

    permit.status.refresh_from_db()
    assert permit.status.state == "lost"
    assert Job.objects.filter(name__endswith="publish_status", key=permit.shard).exists()
    assert "QC-17" not in told.data
    assert "Courier" not in told.data
    assert "QC-17/2026" in told.note.text
    text = page_text(client.get(page))
    assert "Reported lost" in text
    assert "Ask for a replacement" in text
    assert "Permit to print (PDF)" not in text
    assert "Label for the parcel" not in text
    assert client.get(f"{page}label.pdf").status_code == 404
    first, second = (client.post(f"{page}replacement/")["Location"] for _ in range(2))
    draft = Application.objects.get(number=first.split("/")[2])
    assert first == second
    assert (draft.replaces_id, draft.replacing) == (permit.pk, "lost")
    assert draft.answers["lines"] == MARKED["lines"]


FAULTY = (
    ({**LOST, "on": ""}, "on", "year-month-day"), ({**LOST, "on": "10.3."}, "on", "year-month-day"),
    ({**LOST, "on": "2199-01-01"}, "on", "in the future"), ({**LOST, "place": " "}, "place", "Say where it was lost"),
    ({**LOST, "words": "x" * 1001}, "words", "shorten it"),
)


def test_a_report_with_a_fault_keeps_what_was_typed(permit: Permit, desk: Any) -> None:
    for given, field, sentence in FAULTY:
        answer = desk("mario").post(f"/permits/{permit.number}/lost/", given)
        page = answer.content.decode()

        assert answer.status_code == 422, given
        assert f'href="#id_{field}"' in page
        assert sentence in page_text(answer)
        assert all(text.strip() in page for text in given.values())
    permit.status.refresh_from_db()
    assert permit.status.state == "valid"


def test_what_is_given_back_unused_flows_back_into_the_quota(cast: Any, at: Any, desk: Any) -> None:
    new = NewQuota("QM", "Crocodylus novaeguineae", Decimal(100), date(at.year, 1, 1), date(at.year, 12, 31))
    made = quotas.register(actor=cast["amina"], new=new, at=at)
    assert isinstance(made, Quota), made
    permit = issued(cast, at, MARKED)
    balance = QuotaBalance.objects.get(quota=made)
    assert (balance.bound, balance.balance.free) == (Decimal(2), Decimal(98))

    for _ in range(2):
        desk("mario").post(f"/permits/{permit.number}/return/", {"words": "The buyer withdrew."})

    balance.refresh_from_db()
    permit.status.refresh_from_db()
    assert (balance.bound, balance.used, balance.balance.free) == (Decimal(0), Decimal(0), Decimal(100))
    assert permit.status.state == "cancelled"
    assert Event.objects.filter(subject=permit.subject, kind="permit-returned").count() == 1


def test_a_permit_that_was_used_is_not_given_back(cast: Any, permit: Permit, at: Any) -> None:
    permit.status.state = "export-endorsed"
    permit.status.save()
    outcome = services.return_unused(actor=cast["mario"], number=permit.number, at=at)

    assert isinstance(outcome, Refusal)
    assert outcome.code == "wrong-permit-state"
    assert outcome.reason == "This cannot be done. The permit stands at “Used for export”."


def test_nobody_else_touches_the_permit(permit: Permit, desk: Any) -> None:
    other = Organisation.objects.exclude(pk=permit.organisation_id).first()
    posts = desk("mario") and Organisation.objects.get(pk=permit.organisation_id).posts
    posts.update(organisation=other)
    for deed in ("lost", "return", "variation", "replacement"):
        theirs = desk("mario").post(f"/permits/{permit.number}/{deed}/", LOST)
        official = desk("amina").post(f"/permits/{permit.number}/{deed}/", LOST)
        assert (theirs.status_code, official.status_code) == (404, 403), deed
    permit.status.refresh_from_db()
    assert permit.status.state == "valid"


def test_a_variation_begins_with_the_answers_of_the_permit(permit: Permit, desk: Any) -> None:
    first, second = (desk("mario").post(f"/permits/{permit.number}/variation/")["Location"] for _ in range(2))
    draft = Application.objects.get(number=first.split("/")[2])

    assert first == second
    assert (draft.replaces_id, draft.replacing, draft.answers["lines"]) == (permit.pk, "variation", MARKED["lines"])
    assert f"In place of permit {permit.number}" in page_text(desk("mario").get(first))
    page = page_text(desk("mario").get(f"/permits/{permit.number}/"))
    assert draft.number in page
    assert "Ask for a variation" not in page


def test_a_copy_has_the_answers_but_not_the_marks(permit: Permit, desk: Any) -> None:
    page = f"/apply/{permit.application.number}/copy/"
    first, second = (desk("mario").post(page)["Location"] for _ in range(2))
    draft = Application.objects.get(number=first.split("/")[2])

    assert first == second
    assert draft.replaces is None
    assert draft.answers == {**MARKED, "lines": [{**SKINS["lines"][0], "quantity": "2"}]}


def test_a_refusal_is_appealed_once_and_in_time(cast: Any, at: Any, desk: Any) -> None:
    number, client = refused(cast, at), desk("mario")
    assert "You may appeal" in page_text(client.get(f"/apply/{number}/"))
    empty = client.post(f"/apply/{number}/appeal/", {"text": " "})
    assert empty.status_code == 422
    assert 'href="#id_text"' in empty.content.decode()

    for _ in range(2):
        assert client.post(f"/apply/{number}/appeal/", {"text": "The invoice was attached."}).status_code == 302

    case = Application.objects.get(number=number)
    lodged, = case.appeals.all()
    assert case.state == "appealed"
    assert (lodged.refused_by_id, lodged.refusal["reason"]) == (cast["amina"].person_id, "No proof of origin.")
    assert "The invoice was attached." in page_text(client.get(f"/apply/{number}/"))


def test_an_appeal_comes_too_late_or_a_second_time(cast: Any, at: Any, settings: Any) -> None:
    number = refused(cast, at)
    late = services.appeal(actor=cast["mario"], case=number, text="Again.", at=at + timedelta(days=31))
    assert isinstance(late, Refusal)
    assert late.code == "appeal-late"
    settings.APPEAL_DAYS = 31
    services.appeal(actor=cast["mario"], case=number, text="Again.", at=at + timedelta(days=31))
    case = Application.objects.get(number=number)
    case.appeals.update(decided_at=at, granted=False)
    Application.objects.filter(pk=case.pk).update(state="refused")

    again = services.appeal(actor=cast["mario"], case=number, text="Once more.", at=at)
    assert isinstance(again, Refusal)
    assert again.code == "appealed-once"
