"""The registry that everybody reads, the authority's pages, and what this installation says that it can do."""

from __future__ import annotations

import json
import re
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from tests.apps.partners.agreed import Issuer, agree, done, fingerprint, give_account
from tests.desks import markup, page_text

from wildgate.apps.accounts.models import Person
from wildgate.apps.partners import certificates, registry, selectors, services
from wildgate.apps.partners.capabilities import PROFILES, State, areas, profiles
from wildgate.apps.partners.models import Admission, Officer, Partner, Right
from wildgate.apps.partners.selectors import by_certificate, may
from wildgate.apps.permits.sealing import publish_trust
from wildgate.convention import tables
from wildgate.convention.vocabulary import DocumentKind
from wildgate.seal.keys import Purpose, SigningKey
from wildgate.seal.trust import KeyState, TrustEntry, build_trust_list
from wildgate.seal.trusted import admit
from wildgate.site.demo import scenes_partners
from wildgate.site.demo.cast import PASSWORD

pytestmark = pytest.mark.django_db


@pytest.fixture
def qz(cast, at):
    agree(cast, at, operations=("get",), endpoint="https://qz.example/epix")
    done(services.tell(actor=cast["sam"], code="QZ", at=at, known=services.Known(
        "live", at.date(), "Quartzland Management Authority", "", "Letter of 2026")))
    for name, mailbox, is_open in (("Permit desk", "desk@qz.example", True),
                                   ("Zoology", "j.doe@qz.example", False)):
        done(services.keep_office(actor=cast["sam"], code="QZ", at=at, facts=services.OfficeFacts(
            "management", name, "Quartz City", mailbox=mailbox, open_mailbox=is_open)))
    done(give_account(cast, at, "QZ", "wanda@qz.example", "Wanda Query"))
    return Partner.objects.get(code="QZ")


def test_the_registry_has_every_party_and_says_of_each_what_is_known_and_nothing_of_persons(client, qz, at):
    rows = {row["code"]: row for row in client.get("/parties.json").json()["parties"]}
    parties = {each.code for each in tables.countries() if each.periods and each.is_party_on(at.date())}

    assert parties <= set(rows)
    assert rows["QZ"]["e_permits"] == "live"
    assert rows["QZ"]["addresses"] == {"service": "https://qz.example/epix"}
    assert [each["mailbox"] for each in rows["QZ"]["offices"]] == ["desk@qz.example", None]
    assert rows["FR"]["e_permits"] == "unknown"
    shown = "".join(client.get(path).content.decode() for path in ("/parties.json", "/parties/", "/parties/QZ/"))
    assert [word for word in ("j.doe", "Wanda", "wanda@") if word in shown] == []


def test_our_own_row_is_made_of_our_authorities_and_keys(client, cast, at):
    publish_trust("QM", at)
    row = next(each for each in client.get("/parties.json").json()["parties"] if each["own"])

    assert (row["code"], row["e_permits"], row["signed_by"]) == ("QM", "live", "Demoland Management Authority")
    assert {key["purpose"] for key in row["keys"]} >= {"permit", "status"}
    assert len(row["root_fingerprint"].split()) == 12
    assert row["addresses"]["trust-list"].endswith("/trust.cwt")
    assert "Amina" not in json.dumps(row)


def test_a_partys_keys_are_those_of_the_trust_lists_that_were_compared(client, db, at, settings, tmp_path):
    settings.HOME = tmp_path
    root, key, stolen = (SigningKey.generate() for _ in range(3))
    until = at + timedelta(days=400)
    entries = [TrustEntry("QZ", Purpose.PERMIT, key.public, at, until),
               TrustEntry("QZ", Purpose.STATUS, stolen.public, at, until, KeyState.COMPROMISED, at)]
    data = build_trust_list(entries, key=root, at=at, sequence=1, operator="QZ")
    (tmp_path / "trust").mkdir()
    (tmp_path / "trust" / "QZ.cwt").write_bytes(data)
    assert registry.row("QZ", at).keys == (), "a list that nobody compared says nothing"

    done(admit(tmp_path, data, at, fingerprint=root.public.fingerprint))
    row, page = registry.row("QZ", at), page_text(client.get("/parties/QZ/"))
    assert (row.root, row.in_use) == (root.public.fingerprint, 1)
    assert key.public.fingerprint in page
    assert "Stolen" in page


def test_an_exchange_that_is_suspended_is_not_told_to_everybody(client, cast, qz, at):
    assert "Live service" in page_text(client.get("/parties/QZ/"))
    done(services.suspend(actor=cast["amina"], code="QZ", why="A key was stolen.", at=at))

    shown = page_text(client.get("/parties/QZ/"))
    assert "Live service" not in shown
    assert "uspended" not in shown
    assert registry.row("QZ", at).addresses == ()


def test_a_partys_page_is_found_by_its_code_and_others_are_not(client, cast):
    assert client.get("/parties/QZ", follow=True).status_code == 200
    assert client.get("/parties/FR/").status_code == 200
    assert [client.get(f"/parties/{code}/").status_code for code in ("XX", "QH", "x", "AN")] == [404] * 4
    assert "France" in page_text(client.get("/parties/?q=fran"))
    assert "No such Party" in page_text(client.get("/parties/?q=nowhere"))


def test_sam_writes_it_down_and_amina_confirms_on_their_pages(desk, cast, at):
    sam, amina = desk("sam"), desk("amina")
    assert "Country: Choose the country." in page_text(sam.post("/partners/new/", {"country": ""}))
    assert sam.post("/partners/new/", {"country": "QZ"}).status_code == 302
    way = {"tier": "live", "adapter": "rest", "endpoint": "http://qz.example/", "timeout_seconds": "20"}
    refused = sam.post("/partners/QZ/way/", way)
    assert refused.status_code == 422
    assert "The address must begin with https://" in page_text(refused)
    assert sam.post("/partners/QZ/way/", way | {"endpoint": "https://qz.example/"}).status_code == 302
    right = {"operation": "get", "kinds": ["export-permit"], "since": "2100-01-01", "legal_basis": "Letters"}
    assert sam.post("/partners/QZ/right/", right).status_code == 302
    mine = page_text(sam.get("/partners/QZ/"))
    assert "Take back" in mine
    assert "Confirm " not in mine

    proposed = Right.objects.get()
    link = proposed.partner.links.get()
    for do, row in (("confirm-right", proposed.pk), ("confirm-link", link.pk)):
        assert amina.post("/partners/QZ/deed/", {"do": do, "row": row}).status_code == 302
    shown = page_text(amina.get("/partners/QZ/"))
    assert "Begins later" in shown
    assert "https://qz.example/" in shown
    assert amina.get("/partners/new/").status_code == 403
    assert desk("mario").get("/partners/QZ/").status_code == 403


def test_a_certificate_with_another_fingerprint_is_refused_on_the_page(desk, qz, at):
    leaf = Issuer("QZ", at).issue("QZ")

    def sent(typed: str):
        return desk("sam").post("/partners/QZ/certificate/", {
            "file": SimpleUploadedFile("qz.crt", leaf), "kind": "pin", "fingerprint": typed})

    wrong = sent("00" * 32)
    assert wrong.status_code == 422
    assert "one of the two may be a forgery" in page_text(wrong)
    assert qz.certificates.count() == 0
    assert sent(fingerprint(leaf)).status_code == 302
    kept = qz.certificates.get()
    typed = {"do": "confirm-certificate", "row": kept.pk, "fingerprint": certificates.groups(fingerprint(leaf))}
    desk("sam").post("/partners/QZ/deed/", typed)
    assert certificates.groups(kept.fingerprint) not in page_text(desk("amina").get("/partners/QZ/"))
    assert by_certificate(leaf, at).code == "certificate-unknown"
    desk("amina").post("/partners/QZ/deed/", typed)
    assert by_certificate(leaf, at) == qz


def test_an_account_is_made_when_a_second_person_has_confirmed_it(desk, qz):
    desk("sam").post("/partners/QZ/officer/", {"name": "Quentin Ask", "email": "quentin@qz.example"})
    row = Admission.objects.get(state="proposed").pk
    assert "Quentin Ask" in page_text(desk("amina").get("/partners/QZ/"))

    desk("sam").post("/partners/QZ/deed/", {"do": "confirm-officer", "row": row})
    assert not Person.objects.filter(email="quentin@qz.example").exists()
    desk("amina").post("/partners/QZ/deed/", {"do": "confirm-officer", "row": row})
    assert Person.objects.filter(email="quentin@qz.example").exists()


def test_the_agreed_text_is_on_one_answer_and_on_no_page_after_it(desk, qz):
    given = desk("sam").post("/partners/QZ/deed/", {"do": "give-secret"})
    text = given.context["text"]

    assert given["Cache-Control"] == "no-store"
    assert text in given.content.decode()
    assert text not in desk("sam").get("/partners/QZ/").content.decode()


def test_every_function_links_to_a_screen_or_is_not_in_this_release(client, cast, at):
    found = list(areas(at))

    assert [area.key for area in found] == ["issue", "control", "reporting", "exchange"]
    for line in (line for area in found for line in area.lines):
        assert bool(line.url) is (line.state is not State.PLANNED), line.name
        if line.url:
            assert client.get(line.url).status_code in (200, 302, 404 if line.url == "/trust.cwt" else 200), line.url
    shown = page_text(client.get("/capabilities/"))
    assert {name for name, *_rest in profiles()} == set(PROFILES)
    assert "d22a-draft Partial Provisional" in shown


def test_nobody_is_sent_to_a_screen_that_would_be_refused(client, cast, desk):
    for who in ("ito", "mario", "jean"):
        shown = markup(desk(who).get("/capabilities/").content.decode())
        ways = set(re.findall(r'<th scope="row"[^>]*><a href="([^"]+)"', shown))
        assert len(ways) > 5
        for way in sorted(ways):
            assert desk(who).get(way).status_code in (200, 302, 404 if way == "/trust.cwt" else 200), (who, way)


def test_a_tier_is_on_once_somebody_has_agreed_on_it(cast, at, settings):
    def state(words: str) -> State:
        return next(line.state for area in areas(at) for line in area.lines if words in str(line.name))

    assert state("Tier 3") is State.OFF
    agree(cast, at, operations=())
    assert state("Tier 3") is State.ON
    settings.ROOMS = frozenset({"border"})
    assert (state("Endorse at the border"), state("Work cases"), state("Check a permit")) == (
        State.ON, State.OFF, State.ON)


def test_the_demo_world_has_a_partner_at_every_tier_and_one_behind_a_hub(cast, at):
    scenes_partners.play(cast, at)

    assert dict(Partner.objects.values_list("code", "tier")) == {
        "QZ": "live", "QH": "live", "BW": "live", "NZ": "file", "KE": "account"}
    assert Partner.objects.get(code="BW").through.code == "QH"
    assert Right.objects.filter(state="proposed").count() == 1
    assert [left for _each, left in selectors.ending("QM", at)] == [35]
    abroad = Officer.objects.get()
    assert abroad.person.check_password(PASSWORD)
    assert may(selectors.partner("KE"), "get", DocumentKind.EXPORT_PERMIT, at) is None
