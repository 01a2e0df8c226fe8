"""The form in which a permit is issued: picked from what the other country takes, and refused where it would not be."""

from __future__ import annotations

import json

import pytest
from tests.apps.houserules.house import entered
from tests.cast import issued, ready
from tests.desks import markup, page_text

from wildgate.apps.permits import services
from wildgate.apps.permits.models import LegalForm, Permit
from wildgate.kit.models import Event

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(("taken", "form", "code"), [
    ("security-paper", "electronic", "form-not-taken"), ("security-paper", "printed-qr", "form-not-taken"),
    ("printed-qr", "electronic", "form-not-taken"), ("", "electronic", "form-not-taken"),
    ("", "by-word", "no-such-form"),
])
def test_a_form_that_the_other_country_does_not_take_is_refused(cast, at, taken, form, code):
    if taken:
        entered(cast, "partner-form", {"country": "QZ", "form": taken})

    refused = services.issue(actor=cast["amina"], case=ready(cast, at), form=form, at=at)

    assert (refused.code, refused.field) == (code, "form")
    assert not Permit.objects.exists()


@pytest.mark.parametrize(("taken", "form", "kept"), [
    ("", "", "printed-qr"), ("electronic", "", "electronic"), ("security-paper", "", "security-paper"),
    ("electronic", "security-paper", "security-paper"), ("", "security-paper", "security-paper")])
def test_the_issue_picks_what_is_taken_and_keeps_what_was_chosen(cast, at, taken, form, kept):
    if taken:
        entered(cast, "partner-form", {"country": "QZ", "form": taken})

    permit = services.issue(actor=cast["amina"], case=ready(cast, at), form=form, at=at)

    row = LegalForm.objects.get(permit=permit)
    assert (row.form, row.taken) == (kept, taken)
    assert json.loads(Event.objects.get(kind="permit-issued").data)["form"] == kept


def test_the_issue_page_picks_warns_and_keeps_the_choice_after_a_refusal(cast, at, desk):
    entered(cast, "partner-form", {"country": "QZ", "form": "security-paper"})
    path = f"/cases/{ready(cast, at)}/issue/"

    first = desk("amina").get(path)
    refused = desk("amina").post(path, {"form": "electronic"})
    done = desk("amina").post(path, {"form": "security-paper"})

    assert 'value="security-paper" id="id_form_2" checked' in markup(first.content.decode())
    assert page_text(first).count("Not taken there: it would be refused.") == 2
    assert refused.status_code == 422
    assert "QZ takes permits on security paper only" in page_text(refused)
    assert 'href="#id_form"' in refused.content.decode()
    assert done.status_code == 302


def test_the_permits_page_names_its_form(cast, at, desk):
    permit = issued(cast, at)

    assert "Form: Print with the sealed code" in page_text(desk("mario").get(f"/permits/{permit.number}/"))
