"""A partner connected in one go: proposed together, confirmed together, and each right a row of its own."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from tests.apps.partners.agreed import Issuer, done, fingerprint
from tests.desks import page_text

from wildgate.apps.partners import certificates, services
from wildgate.apps.partners.models import Certificate, Link, Partner, Proposal, Right
from wildgate.apps.partners.rights import Operation
from wildgate.apps.partners.selectors import by_certificate, may
from wildgate.convention.refusal import Refusal
from wildgate.convention.vocabulary import DocumentKind
from wildgate.kit.models import Event

pytestmark = pytest.mark.django_db
WAITS = Proposal.State.PROPOSED


@pytest.fixture
def qz(cast, at):
    return done(services.add_partner(actor=cast["sam"], code="QZ", at=at))


@pytest.fixture
def leaf(at):
    return Issuer("QZ", at).issue("QZ")


def plan(leaf: bytes, **other):
    way = {"tier": "live", "adapter": "rest", "endpoint": "https://qz.example/api/v1/exchange", "through": ""}
    return replace(services.Plan(way, "both", "Letters of 2026", leaf, fingerprint(leaf), True), **other)


def seen(**other):
    found = {"link": Link.objects.get(state=WAITS).pk, "certificate": Certificate.objects.get().pk,
             "rights": tuple(Right.objects.filter(state=WAITS).values_list("pk", flat=True))}
    return services.Seen(**{**found, **other})


def test_what_was_proposed_in_one_go_is_confirmed_in_one_and_every_right_has_its_own_event(cast, at, qz, leaf):
    done(services.connect(actor=cast["sam"], code="QZ", plan=plan(leaf), at=at))
    assert may(qz, "get", DocumentKind.EXPORT_PERMIT, at).code == "right-none"
    assert by_certificate(leaf, at).code == "certificate-unknown"

    done(services.confirm_all(actor=cast["amina"], code="QZ", seen=seen(fingerprint=fingerprint(leaf)), at=at))

    assert by_certificate(leaf, at) == qz
    told = [json.loads(each)["operation"] for each in Event.objects.filter(
        kind="partner-right-confirmed").values_list("data", flat=True)]
    assert sorted(told) == sorted(each.value for each in Operation)
    reached = Partner.objects.get(pk=qz.pk)
    assert (reached.tier, reached.endpoint) == ("live", "https://qz.example/api/v1/exchange")
    assert certificates.read(reached.server_ca.encode()).fingerprint == fingerprint(leaf)


@pytest.mark.parametrize(("other", "code"), [
    ({"fingerprint": "00" * 32}, "fingerprint"), ({"legal_basis": " "}, "basis-missing"),
    ({"usual": "everything"}, "no-such-usual"), ({"way": {"tier": "live", "adapter": "rest"}}, "endpoint-missing")])
def test_where_one_part_is_refused_nothing_is_proposed(cast, at, qz, leaf, other, code):
    assert services.connect(actor=cast["sam"], code="QZ", plan=plan(leaf, **other), at=at).code == code

    assert [kind.objects.count() for kind in (Link, Right, Certificate)] == [0, 0, 0]
    assert not Event.objects.filter(kind__endswith="-proposed").exists()


def test_only_what_the_second_person_had_read_is_confirmed_and_all_of_it_or_nothing(cast, at, qz, leaf):
    done(services.connect(actor=cast["sam"], code="QZ", plan=plan(leaf, usual="none"), at=at))

    def right(code: str) -> Right:
        return done(services.propose_rights(actor=cast["sam"], code=code, operations=["get"], at=at, since=at.date(),
                                            kinds=["export-permit"], legal_basis="Letters"))[0]

    done(services.add_partner(actor=cast["sam"], code="FR", at=at))
    first, later, foreign = right("QZ"), right("QZ"), right("FR")

    def confirmed(who: str, **other) -> str:
        answer = services.confirm_all(actor=cast[who], code="QZ", at=at, seen=seen(**{
            "rights": (first.pk,), "fingerprint": fingerprint(leaf), **other}))
        return answer.code if isinstance(answer, Refusal) else "done"

    assert confirmed("sam") == confirmed("ana") == "not-allowed"
    assert confirmed("amina", fingerprint="00" * 32) == "fingerprint"
    assert confirmed("amina", rights=(first.pk, foreign.pk)) == "not-waiting"
    assert not Right.objects.exclude(state=WAITS).exists()
    assert confirmed("amina") == "done"
    assert list(Right.objects.filter(state=WAITS).order_by("pk")) == [later, foreign]


def test_who_exports_to_us_asks_for_import_permits_only(cast, at, qz, leaf):
    done(services.connect(actor=cast["sam"], code="QZ", plan=plan(leaf, usual="exports"), at=at))
    done(services.confirm_all(actor=cast["amina"], code="QZ", seen=seen(fingerprint=fingerprint(leaf)), at=at))

    assert may(qz, "get", DocumentKind.IMPORT_PERMIT, at) is None
    assert may(qz, "get", DocumentKind.EXPORT_PERMIT, at).code == "right-kind"
    assert may(qz, "confirm", DocumentKind.EXPORT_PERMIT, at).code == "right-none"


def test_sam_connects_on_one_page_and_amina_confirms_with_one_button(desk, qz, leaf):
    sam, amina = desk("sam"), desk("amina")
    form = {"adapter": "rest", "endpoint": "http://qz.example/", "usual": "imports", "legal_basis": "Letters",
            "fingerprint": fingerprint(leaf), "also_server": "on"}
    assert "Its address is not written down" in page_text(sam.get("/partners/QZ/"))
    Partner.objects.update(adapter="email")
    assert sam.get("/partners/QZ/connect/").context["form"]["adapter"].value() == "rest", "an offer that is in the list"
    for usual, asked in (("imports", True), ("none", False)):
        page = page_text(sam.post("/partners/QZ/connect/", {**form, "usual": usual, "legal_basis": ""}))
        assert ("Write the legal basis" in page) is asked
    refused = sam.post("/partners/QZ/connect/", {**form, "file": SimpleUploadedFile("qz.cer", leaf)})
    assert "The address must begin with https://" in page_text(refused)
    kept = refused.context["form"]["text"].value()
    assert kept == certificates.pem(leaf).decode(), "the file is not asked for again"
    again = {**form, "text": kept, "endpoint": "https://qz.example/"}
    assert sam.post("/partners/QZ/connect/", again).status_code == 302

    assert "Confirm all of it" not in page_text(sam.get("/partners/QZ/"))
    page = amina.get("/partners/QZ/")
    assert "Confirm all of it" in page_text(page)
    assert certificates.groups(fingerprint(leaf))[:9] not in page_text(page), "typed as it is read out, not copied"
    mine = page.context["mine"]
    amina.post("/partners/QZ/deed/", {
        "do": "confirm-all", "link": mine["link"].pk, "right": [each.pk for each, *_words in mine["rights"]],
        "certificate": mine["certificate"].pk, "fingerprint": certificates.groups(fingerprint(leaf))})
    assert Right.objects.filter(state="confirmed").count() == 5
    shown = page_text(amina.get("/partners/QZ/"))
    assert "Waits for you" not in shown
    assert "Its address is not written down" not in shown
    assert f"Certificate taken up {certificates.short(fingerprint(leaf))}" in shown


def test_several_rights_are_proposed_on_one_form_or_none_of_them(desk, qz):
    form = {"operation": ["get", "final", "state"], "kinds": ["export-permit"], "since": "2100-01-01",
            "legal_basis": "Letters"}
    assert "Choose at least one kind" in page_text(desk("sam").post("/partners/QZ/right/", {**form, "kinds": []}))
    assert Right.objects.count() == 0
    desk("sam").post("/partners/QZ/right/", form)

    assert {each.operation: each.kinds for each in Right.objects.all()} == {
        "get": ["export-permit"], "final": ["export-permit"], "state": []}
