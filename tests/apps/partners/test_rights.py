"""What may be granted at all, and when a right holds: pure."""

from __future__ import annotations

from datetime import date, timedelta

from wildgate.apps.accounts.access import Action
from wildgate.apps.partners.rights import KINDS, SOAP, Granted, Operation, ask, operation_of
from wildgate.convention.vocabulary import DocumentKind, FindingKind

DAY = date(2027, 3, 3)
EVERYTHING = tuple(Granted(each.value, frozenset(KINDS), DAY, None) for each in Operation)
INSIDE = ("application", "applications", "opinion", "opinions", "refusal", "refusals", "risk", "risk-score", "score",
          "draft", "case", "audit", "person", "seizure", "offender", "", "*", "GetApplication", "get ", "GET")
"""Names under which somebody might try to get at what stays in the house."""


def test_a_partner_with_every_right_gets_nothing_that_is_no_issued_document():
    names = [*INSIDE, *(each.name for each in Action), *(each.value for each in Action),
             *(each.value for each in FindingKind)]

    assert [name for name in names if operation_of(name) is not None] == []
    assert {ask(EVERYTHING, name, None, DAY).code for name in names} == {"right-never"}


def test_without_a_right_nothing_may_be_asked_and_with_all_of_them_every_issued_document():
    every = [(operation.value, kind) for operation in Operation for kind in DocumentKind]

    assert {ask((), operation, kind, DAY).code for operation, kind in every} == {"right-none"}
    assert [pair for pair in every if ask(EVERYTHING, *pair, DAY) is not None] == []


def test_the_names_of_the_soap_service_are_the_same_rights():
    right = (Granted("final", frozenset({"export-permit"}), DAY, None),)

    assert ask(right, "GetFinalCitesCertificate", DocumentKind.EXPORT_PERMIT, DAY) is None
    assert ask(right, "GetNonFinalCitesCertificate", DocumentKind.EXPORT_PERMIT, DAY).code == "right-none"
    assert set(SOAP.values()) == {Operation.GET, Operation.FINAL, Operation.CONFIRM, Operation.STATE}


def test_a_right_is_for_its_kinds_and_for_its_days_both_included():
    until = DAY + timedelta(days=9)
    right = (Granted("get", frozenset({"export-permit"}), DAY, until),)

    def on(day: date, kind: DocumentKind | None = DocumentKind.EXPORT_PERMIT) -> str:
        refused = ask(right, "get", kind, day)
        return refused.code if refused else "yes"

    assert [on(DAY - timedelta(days=1)), on(DAY), on(until), on(until + timedelta(days=1))] == [
        "right-not-yet", "yes", "yes", "right-ended"]
    assert on(DAY, DocumentKind.IMPORT_PERMIT) == "right-kind"
    assert on(DAY, None) == "yes"


def test_to_ask_whether_the_service_runs_is_of_no_document():
    assert ask((Granted("state", frozenset(), DAY, None),), "ServiceState", None, DAY) is None
