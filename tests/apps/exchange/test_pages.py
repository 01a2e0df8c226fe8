"""The pages of the exchange, and another Party's permit where people work: at a case and at the border."""

from __future__ import annotations

from typing import Any

import pytest
from tests.apps.exchange.test_two_parties import ITEM, arrive, deliver, export, states, tell
from tests.apps.exchange.two import two
from tests.cast import issued
from tests.desks import page_text

from wildgate.apps.customs import services as customs
from wildgate.apps.exchange import comparing, copies, outbox
from wildgate.apps.exchange.at_work import arrived
from wildgate.apps.exchange.models import Difference, Entry, ForeignCopy, Message
from wildgate.apps.permits import documents
from wildgate.apps.permits.abroad import Wanted

pytestmark = pytest.mark.django_db


def test_an_officer_sees_the_post_and_decides_about_what_was_not_delivered(cast, at, desk):
    qm, qz = two(cast, at)
    permit = issued(cast, at)
    tell(qm, at)
    Message.objects.filter(party="QM").update(state="dead", error="No mailbox.")
    message = Message.objects.get(party="QM")
    amina = desk("amina")

    assert "1 message was not delivered" in page_text(amina.get("/exchange/"))
    assert permit.number in page_text(amina.get("/exchange/undelivered/"))
    assert amina.post(f"/exchange/messages/{message.key}/give-up/", {"why": ""}).status_code == 422
    amina.post(f"/exchange/messages/{message.key}/again/")
    assert states(qm) == ["queued"]
    deliver(qm, qz, at)

    assert "Accepted" in page_text(amina.get(f"/exchange/messages/{message.key}/"))
    entry = Entry.objects.filter(party="QM", message=message.key).first()
    assert "as it was when it passed" in (told := page_text(amina.get(f"/exchange/log/{entry.pk}/")))
    assert "Outcome Sent" in told, "what became of it is told in words"
    assert amina.get(f"/exchange/log/{entry.pk}/body/").content.startswith(b"{")
    assert "Works" in page_text(amina.get("/exchange/partners/"))
    assert desk("jean").get("/exchange/").status_code == 403


def test_a_try_of_the_line_comes_back_to_the_partners_page_with_a_sentence(cast, at, desk):
    two(cast, at)
    amina = desk("amina")

    tried = amina.post("/exchange/partners/QZ/state/", {"next": "/partners/QZ/"})
    assert tried.url == "/partners/QZ/"
    assert "qz.example is a name for examples: nobody answers there." in page_text(amina.get(tried.url))
    assert amina.post("/exchange/partners/QZ/state/", {"next": "https://evil.example/"}).url == "/exchange/partners/"


def test_a_difference_is_shown_and_closed_with_what_was_found(cast, at, desk):
    qm, qz = two(cast, at)
    permit = issued(cast, at)
    export(qm, permit, at)
    arrive(qz, permit, at, "1148")
    tell(qz, at)
    deliver(qz, qm, at)
    amina = desk("amina")
    found = Difference.objects.get(party="QM")

    text = page_text(amina.get("/exchange/differences/"))
    assert all(each in text for each in (permit.number, "1,150", "1,148", "2 NAR"))
    assert desk("jean").post(f"/exchange/differences/{found.pk}/", {"why": "x"}).status_code == 422
    amina.post(f"/exchange/differences/{found.pk}/", {"why": "Two skins were damaged on the way."})
    found.refresh_from_db()
    assert (found.state, found.ours, found.theirs) == ("closed", 1150, 1148)


def test_the_border_sees_what_differs_from_what_the_issuer_says(cast, at, desk):
    qm, qz = two(cast, at)
    permit = issued(cast, at)
    read = copies.read(documents.read(permit, "xml"), issuer="QM", number=permit.number, at=at)
    with qz.at_home():
        copy = copies.keep(read, issuer="QM", number=permit.number, partner="QM", how=ForeignCopy.How.ASKED, who="x",
                           at=at)
    paper = customs.register_foreign(
        actor=cast["jean"], country="QZ", number=permit.number, issued_on=permit.issued_at.date(),
        valid_until=permit.valid_until, kind="export-permit", exporter_country="QZ", importer_country="QM",
        purpose="T", lines=[customs.Item(**ITEM | {"quantity": "1300", "origin": "QZ"})], at=at)
    ForeignCopy.objects.filter(pk=copy.pk).update(party="QM", issuer="QZ")
    url = f"/border/foreign/QZ/{permit.number}/{paper.issued_on.isoformat()}/"

    text = page_text(desk("jean").get(url))

    assert "4 facts differ from what its own authority says" in text
    assert "1200 NAR" in text
    assert "1300 NAR" in text
    shown = page_text(desk("jean").get(f"/exchange/copies/{copy.pk}/"))
    assert all(each in shown for each in ("Beside the paper", "State not told", "Crocodylus novaeguineae"))
    assert desk("jean").get(f"/exchange/copies/{copy.pk}/message.xml").content == documents.read(permit, "xml")
    copies.note_state("QZ", permit.number, "cancelled", at)
    assert "must not be used" in page_text(desk("jean").get(url))
    refused = customs.endorse_import(
        actor=cast["jean"], foreign=("QZ", permit.number, paper.issued_on), import_permit=None, at=at,
        quantities={"A": "1200"}, port="QMHAR", transport_document="020-44556677")
    assert refused.code == "issuer-stopped"


def test_an_import_permit_counts_only_when_its_authority_sent_it_for_these_goods(cast, at):
    lines = [{"taxon": "Panthera onca", "term": "TRO", "quantity": "1", "unit": "NAR"}]
    facts = {"exporter": {"country": "QM"}, "importer": {"country": "QZ"}, "kind": "import-permit", "lines": lines}
    wanted = Wanted("QZ", kind="import-permit", facts={"exporter": "QM", "importer": "QZ", "lines": lines})
    copy = ForeignCopy.objects.create(
        party="QM", issuer="QZ", number="Z-1", kind="import-permit", version="v2", sha256="0" * 64, facts=facts,
        valid_until=at.date(), state_at=at, sound=True, partner="QZ", how="sent", got_at=at, got_by="partner:QZ")

    def holds(**change: Any) -> bool:
        ForeignCopy.objects.filter(pk=copy.pk).update(**change)
        return arrived("QM", wanted, at.date())

    assert holds()
    assert not holds(sound=False)
    assert not holds(sound=True, state="cancelled")
    assert not holds(state="valid", facts=facts | {"lines": [lines[0] | {"quantity": "2"}]})
    assert not holds(facts=facts | {"importer": {"country": "QX"}})


def test_facts_are_compared_by_block_and_by_goods():
    issuer = {"kind": "export-permit", "lines": [
        {"block": "A", "taxon": "Python regius", "term": "LIV", "quantity": "1.5", "unit": "KGM"},
        {"block": "B", "taxon": "Boa constrictor", "term": "SKI", "quantity": "3", "unit": "NAR"}]}
    here = {"kind": "export-permit", "lines": [
        {"taxon": "Python regius", "term": "LIV", "quantity": "1500", "unit": "GRM"}]}

    rows = comparing.rows(issuer, here)

    assert [(row.block, row.what, row.same) for row in rows] == [
        ("B", "line", False), ("", "kind", True), ("A", "taxon", True), ("A", "term", True), ("A", "quantity", True)]


def test_a_package_by_mail_proves_itself(cast, at, mailoutbox, tmp_path):
    import io
    import zipfile

    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.x509 import load_pem_x509_certificate

    from wildgate.apps.partners.models import Office, Partner
    qm, _qz = two(cast, at, adapter="email")
    Office.objects.create(partner=Partner.objects.get(party="QM"), kind="technical", name="Desk",
                          mailbox="desk@qz.example")
    permit = issued(cast, at)
    tell(qm, at)
    outbox.deliver("QZ", at=at)

    name, data, _type = mailoutbox[0].attachments[0]
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        files = {each: archive.read(each) for each in archive.namelist()}
    key = load_pem_x509_certificate(files["certificate.pem"]).public_key()
    key.verify(files["sha256.txt.sig"], files["sha256.txt"], ec.ECDSA(hashes.SHA256()))
    assert files[f"{permit.number}.xml"] == documents.read(permit, "xml")
    assert Message.objects.get(party="QM").state == "sent"
    assert outbox.deliver("QZ", at=at) == 0
    assert len(mailoutbox) == 1


def test_an_officer_of_a_party_without_a_system_sees_the_same_permit(cast, at, desk):
    from tests.apps.partners.agreed import agree, done, give_account

    from wildgate.apps.accounts.models import Role
    from wildgate.apps.accounts.selectors import actor_of
    agree(cast, at, "KE", tier="account", adapter="web", endpoint="", operations=("get",), kinds=("export-permit",))
    officer = done(give_account(cast, at, "KE", "query@abroad.example", "Wanjiru"))
    cast["wanjiru"] = actor_of(officer.person, at.date())
    permit = issued(cast, at)
    wanjiru = desk("wanjiru")

    text = page_text(wanjiru.post("/exchange/lookup/", {"number": permit.number}))
    signed = wanjiru.post(f"/exchange/lookup/{permit.number}/xml/").content
    unknown = wanjiru.post("/exchange/lookup/", {"number": "26QM999999E"})

    assert cast["wanjiru"].has(Role.FOREIGN)
    assert all(each in text for each in ("1200 NAR", "Crocodylus novaeguineae", "Issued, not yet presented"))
    assert signed == documents.read(permit, "xml")
    assert "no permit with this number that you may see" in page_text(unknown)
    assert {each.who for each in Entry.objects.filter(way="in")} == {cast["wanjiru"].label}
    assert desk("amina").get("/exchange/lookup/").status_code == 403


def test_an_appendix_i_case_waits_for_the_import_permit_and_reads_it(cast, at, desk):
    from tests.apps.partners.agreed import agree
    from tests.cast import SKINS, submitted

    from wildgate.apps.permits import checklist
    from wildgate.apps.permits.models import Application
    agree(cast, at)
    line = {"taxon": "Panthera onca", "term": "TRO", "quantity": "1", "unit": "NAR", "source": "W", "origin": "QM"}
    number = submitted(cast, at, {**SKINS, "purpose": "H", "lines": [line]})
    case, amina = Application.objects.get(number=number), desk("amina")

    def papers() -> bool:
        return checklist.facts_of(case, cast["amina"], at).has_papers

    assert "It did not come yet" in page_text(amina.get(f"/cases/{number}/"))
    assert not papers()
    ForeignCopy.objects.create(
        party="QM", issuer="QZ", number="Z-1", kind="import-permit", version="v2", sha256="0" * 64, state="valid",
        valid_until=at.date(), state_at=at, sound=True, partner="QZ", how="sent", got_at=at, got_by="partner:QZ",
        facts={"exporter": {"country": "QM"}, "importer": {"country": "QZ"}, "kind": "import-permit",
               "lines": [line | {"block": "A", "appendix": "I"}]})

    text = page_text(amina.get(f"/cases/{number}/"))
    assert "It came from its own authority and says the same" in text
    assert papers()
    assert case.findings.filter(kind="import-permit-granted", made=None).exists()
