"""Capturing: forms, lists, saved pages and web archives become evidence and listings, and nothing is fetched."""

from __future__ import annotations

import gzip
import io
import json
import socket

import pytest
from django.db import DatabaseError, connection, transaction
from tests.apps.market.offers import BASIS, COMB, PARROT, captured, handed_in
from tests.databases import as_owner
from tests.message.clock import Clock, serving
from warcio.archiveiterator import ArchiveIterator
from warcio.warcwriter import WARCWriter

from wildgate.apps.intelligence.models import Alert
from wildgate.apps.intelligence.selectors import keys_of
from wildgate.apps.market import store
from wildgate.apps.market.addresses import canonical
from wildgate.apps.market.archives import LARGEST_RATIO
from wildgate.apps.market.models import Capture, Evidence, Listing, ListingImage, ListingLink, Seller, SellerName
from wildgate.apps.market.pages import read_page
from wildgate.apps.market.seen import covered, seen
from wildgate.apps.market.services import evidence as proving
from wildgate.apps.market.services import sellers
from wildgate.apps.market.services.capturing import capture
from wildgate.apps.market.services.importing import hand_in
from wildgate.apps.market.services.screening import screen
from wildgate.convention.refusal import Refusal
from wildgate.kit import events
from wildgate.kit.jobs import run_pending
from wildgate.kit.models import Event, Job
from wildgate.site.demo.cast import settle

pytestmark = pytest.mark.django_db

PRODUCT = {"@context": "https://schema.org", "@graph": [{"@type": ["Product", "Thing"], "name": COMB, "sku": "77",
           "description": "Old stock, ships worldwide.", "offers": {
               "@type": "Offer", "price": "1.250,50", "priceCurrency": "EUR", "seller": {"name": "Reef Treasures"}}}]}


def page(body: str = "", head: str = "") -> bytes:
    return f"<!doctype html><html><head>{head}</head><body>{body}</body></html>".encode()


@pytest.mark.parametrize(("typed", "wanted"), [
    ("HTTP://www.Shop.example:80/item/5?utm_source=x&b=2&a=1&fbclid=z#top", "https://shop.example/item/5?a=1&b=2"),
    ("shop.example/item/5/?a=1&b=2", "https://shop.example/item/5?a=1&b=2"),
    ("https://user:secret@shop.example/", "https://shop.example/"),
])
def test_one_page_has_one_address(typed, wanted):
    assert canonical(typed).url == wanted


@pytest.mark.parametrize("typed", ["javascript:alert(1)", "file:///etc/passwd", "https://", "not an address", "http://[::1"])
def test_what_is_no_address_of_the_web_is_none(typed):
    assert canonical(typed) is None


def test_a_host_in_foreign_letters_says_what_it_looks_like_and_is_no_registered_platform():
    found = canonical("https://shоp.example/1")  # the o is Cyrillic

    assert found.host != "shop.example" and found.host.startswith("xn--")
    assert found.looks_like == "shop.example"
    assert canonical("https://shop.example/1").looks_like == ""


def test_a_typed_listing_becomes_evidence_an_archive_and_an_event(ines, at):
    row = captured(ines, at, COMB, "No papers.", url="https://shop.example/1?utm_medium=a", price=40.0, currency="eur")

    evidence = Evidence.objects.get()
    raw = store.get("QM", evidence.sha256)
    told = json.loads(Event.objects.get(kind="market-captured").data)
    assert json.loads(raw)["title"] == COMB and evidence.legal_basis == BASIS and evidence.authority
    assert (told["sha256"], told["archive"]) == (evidence.sha256, evidence.archive)
    records = list(ArchiveIterator(io.BytesIO(store.get("QM", evidence.archive))))
    assert [record.rec_type for record in records] == ["warcinfo", "resource"]
    assert (row.url, row.currency, row.captured.digest) == ("https://shop.example/1", "EUR", row.captured.digest)


def test_nothing_is_captured_without_a_legal_basis_or_a_right(ines, ana, at):
    listing = seen(COMB)

    without = capture(actor=ines, listing=listing, legal_basis=" ", at=at)
    auditor = capture(actor=ana, listing=listing, legal_basis=BASIS, at=at)

    assert (without.code, auditor.code) == ("no-legal-basis", "not-allowed")
    assert not Evidence.objects.exists()


def test_the_same_address_seen_twice_is_one_listing_with_two_captures(ines, at):
    first = captured(ines, at, COMB, url="https://shop.example/1?utm_source=a")
    second = captured(ines, at, COMB + ", cheaper", url="https://shop.example/1?utm_source=b")

    assert first.pk == second.pk and Capture.objects.filter(listing=first).count() == 2
    assert Listing.objects.get().title.endswith("cheaper")


def test_two_people_who_capture_one_page_at_once_make_one_listing(own_database, at_once, at):
    who = settle("QM", "Demoland", at)

    numbers = at_once(*(lambda name=name: captured(who[name], at, COMB, url="https://shop.example/1").number
                        for name in ("ines", "amina")))

    assert len(set(numbers)) == 1 and Capture.objects.count() == 2 and Evidence.objects.count() == 2
    assert events.verify("QM") is None


def test_offers_of_one_taxon_that_are_read_at_once_are_one_alert(own_database, at_once, at):
    ines = settle("QM", "Demoland", at)["ines"]
    rows = [captured(ines, at, COMB, url=f"https://shop.example/{each}") for each in range(6)]

    at_once(*(lambda capture=row.captured_id: screen(capture, at) for row in rows))

    alert = Alert.objects.get()
    assert (alert.title, alert.appendix) == ("Offered online: Eretmochelys imbricata (6)", "I")
    assert sorted(keys_of(alert)) == sorted(row.number for row in rows)
    assert events.verify("QM") is None


def test_a_list_is_taken_row_by_row_and_bad_rows_are_named(ines, at):
    rows = (f'id,text,price,url,seller,quantity,date\n1,"{COMB}",40,https://shop.example/1,Reef,3,2016-05-01\n'
            '2,,1,,,,\n3,Wooden spoon,cheap,,,,\n4,Steel pot,9,,,,\n')

    upload = handed_in(ines, at, "found.csv", rows.encode())

    assert (upload.state, upload.report["new"], upload.report["bad"]) == ("done", 2, 2)
    assert [(each["line"], each["values"]) for each in upload.report["faults"]] == [(3, {}), (4, {"cell": "cheap"})]
    row = Listing.objects.get(url="https://shop.example/1")
    assert (row.quantity, row.offered_on.isoformat(), row.seller.name.text) == (3.0, "2016-05-01", "Reef")
    assert Evidence.objects.get().how == "list" and Job.objects.filter(name="market.screen").count() == 2


def test_a_row_with_a_day_that_no_offer_can_have_is_named_and_not_taken(ines, at):
    rows = f"id,text,date\n1,{COMB},2999-05-01\n2,Parrot,1989-12-31\n3,Skin,{at.date()}\n"

    upload = handed_in(ines, at, "found.csv", rows.encode())

    assert (upload.report["new"], upload.report["bad"]) == (1, 2)
    assert [(each["line"], each["reason"]) for each in upload.report["faults"]] == [
        (2, "The date lies in the future; check the year."), (3, "The date lies before 1990; check the year.")]
    assert Listing.objects.get().offered_on == at.date()


def test_a_page_that_says_a_day_that_no_offer_can_have_is_taken_without_it(ines, at):
    for day in ("0001-01-01", "2999-05-01"):
        product = {**PRODUCT["@graph"][0], "datePublished": day}
        script = f'<script type="application/ld+json">{json.dumps(product)}</script>'
        handed_in(ines, at, "page.html", page("<h1>Other words</h1>", script), url=f"https://shop.example/{day}")

    assert [each.offered_on for each in Listing.objects.all()] == [None, None]


def test_a_json_array_and_json_lines_are_lists_too(ines, at):
    array = handed_in(ines, at, "a.json", json.dumps([{"text": COMB, "id": 1}, 5]).encode())
    lines = handed_in(ines, at, "a.jsonl", json.dumps({"text": PARROT}).encode() + b"\n{bad\n")

    assert (array.report["new"], array.report["bad"]) == (1, 1)
    assert (lines.report["new"], lines.report["bad"]) == (1, 1)


@pytest.mark.parametrize("data", [
    b"id,text\n1," + b"x" * 2_000_000 + b"\n", b"[" * 100_000, b"price\n5\n",
    gzip.compress(b"id,text\n1,a", mtime=0)[:-6]])
def test_a_list_that_cannot_be_read_keeps_nothing(ines, at, data):
    name = "x.csv.gz" if data.startswith(b"\x1f\x8b") else "x.csv"

    upload = handed_in(ines, at, name, data)

    assert upload.state == "refused" and upload.report["refusal"]["reason"]
    assert not Evidence.objects.exists() and not Listing.objects.exists()


def test_what_is_no_listing_file_is_refused_at_the_door(ines, at):
    refused = hand_in(actor=ines, parts=[b"\x89PNG\r\n\0\0\0"], name="a.csv", legal_basis=BASIS, at=at)

    assert isinstance(refused, Refusal) and refused.code == "file-kind"


def test_a_saved_page_says_what_it_offers_in_json_ld(ines, at):
    script = f'<script type="application/ld+json">{json.dumps(PRODUCT)}</script>'

    handed_in(ines, at, "page.html", page("<h1>Other words</h1>", script), url="https://shop.example/77?gclid=1")

    row = Listing.objects.get()
    assert (row.title, row.price, row.currency, row.outside_id) == (COMB, 1250.5, "EUR", "77")
    assert row.url == "https://shop.example/77" and SellerName.objects.get().text == "Reef Treasures"
    assert Evidence.objects.get().archive


def test_a_page_without_json_ld_gives_its_title_and_the_words_that_a_reader_sees(monkeypatch):
    monkeypatch.setattr(socket, "socket", None)
    body = ('<h1>Ivory &lt;b&gt;box</h1><script>alert("run")</script><p>Carved</p><style>p{}</style>'
            '<img src="http://127.0.0.1:9/x.png"><noscript>hidden</noscript>')

    (found,) = read_page(page(body, '<link rel="stylesheet" href="http://127.0.0.1:9/a.css">'), "https://shop.example/1")

    assert found.title == "Ivory <b>box"
    assert "Carved" in found.text and "alert" not in found.text and "hidden" not in found.text


@pytest.mark.parametrize("data", [
    page("<div>" * 100_000 + "deep"), b"<html>" + b"<p>x" * 300_000,
    page(head='<script type="application/ld+json">' + "[" * 200_000 + "</script>"),
    page(head='<script type="application/ld+json">{"@type":"Product","name":{"a":["b"]}}</script>'),
    b"<!DOCTYPE x [<!ENTITY a 'aaaa'><!ENTITY b '&a;&a;&a;&a;'>]><p>&b;&b;</p>", b"<", b"<\xff\xfe\0\0"])
def test_hostile_pages_give_an_answer_and_no_crash(data):
    found = read_page(data, "")

    assert isinstance(found, Refusal) or (len(found) == 1 and len(found[0].text) <= 20_000)


def archive_of(*records: tuple[str, str, bytes], status: str = "200 OK") -> bytes:
    from warcio.statusandheaders import StatusAndHeaders
    out = io.BytesIO()
    writer = WARCWriter(out, gzip=True)
    for url, media, data in records:
        headers = StatusAndHeaders(status, [("Content-Type", media)], protocol="HTTP/1.1")
        writer.write_record(writer.create_warc_record(url, "response", payload=io.BytesIO(data), http_headers=headers))
    return out.getvalue()


def test_a_web_archive_gives_the_listings_of_its_pages(ines, at):
    data = archive_of(("https://shop.example/1", "text/html", page(f"<h1>{COMB}</h1>")),
                      ("https://shop.example/2", "text/html; charset=utf-8", page(f"<h1>{PARROT}</h1>")),
                      ("https://shop.example/a.js", "text/javascript", b"alert(1)"))

    upload = handed_in(ines, at, "saved.warc.gz", data)

    assert upload.state == "done" and upload.report["new"] == 2
    assert sorted(Listing.objects.values_list("title", flat=True)) == sorted([COMB, PARROT])
    assert store.get("QM", Evidence.objects.get().sha256) == data


def test_pictures_that_a_page_names_are_compared_after_it_was_taken_in_and_its_logos_are_not(ines, at):
    from PIL import Image, ImageDraw
    files = []
    for size in ((320, 240), (160, 120)):
        image, out = Image.new("RGB", (320, 240), "white"), io.BytesIO()
        for step in range(9):
            ImageDraw.Draw(image).rectangle([step * 31, step * 19, step * 31 + 40, step * 19 + 70],
                                            fill=(step * 28, 0, 90))
        image.resize(size).save(out, "PNG")
        files.append(out.getvalue())
    for number, file in enumerate(files, 1):
        url = f"https://shop{number}.example/1"
        handed_in(ines, at, "saved.warc.gz", archive_of(
            (url, "text/html", page(f"<h1>{COMB} {'one' * number}</h1>",
                                    f'<meta property="og:image" content="{number}.png">'
                                    '<meta property="og:image" content="/broken.png">')),
            (f"https://shop{number}.example/{number}.png", "image/png", file),
            (f"https://shop{number}.example/broken.png", "image/png", b"\x89PNG nothing more %d" % number),
            (f"https://shop{number}.example/logo.png", "image/png", files[0])))

    run_pending()

    assert ListingImage.objects.exclude(looks="").count() == 2 and ListingImage.objects.count() == 4
    assert ListingLink.objects.filter(kind="image").count() == 1


@pytest.mark.parametrize("data", [
    gzip.compress(b"WARC/1.0\r\n" + b"\0" * (6_000_000 * LARGEST_RATIO // 100), mtime=0),
    gzip.compress(b"WARC/1.0\r\nbroken", mtime=0),
    b"WARC/1.0\r\nWARC-Type: response\r\nContent-Length: 99999999999\r\n\r\nshort",
    archive_of(("https://shop.example/1", "text/html", b"<p>gone"), status="404 Not Found")])
def test_a_hostile_or_empty_archive_is_refused_and_keeps_nothing(ines, at, data):
    upload = handed_in(ines, at, "bomb.warc.gz", data)

    assert upload.state == "refused" and not Evidence.objects.exists()


def test_the_database_refuses_to_change_or_delete_evidence(ines, at):
    captured(ines, at, COMB)

    for table in ("market_evidence", "market_capture"):
        for change in (f"UPDATE {table} SET at = at", f"DELETE FROM {table}"):
            with (as_owner(), pytest.raises(DatabaseError, match="append-only"), transaction.atomic(),
                  connection.cursor() as cursor):
                cursor.execute(change)


def test_one_flipped_byte_is_found_and_so_is_a_missing_file(ines, at):
    captured(ines, at, COMB)
    row = Evidence.objects.get()
    before = proving.verify(row)

    path = store.place("QM", row.sha256)
    data = bytearray(path.read_bytes())
    data[3] ^= 1
    path.chmod(0o600)
    path.write_bytes(data)
    changed = {proof.code: proof.holds for proof in proving.verify(row)}
    path.unlink()
    gone = {proof.code: proof.holds for proof in proving.verify(row)}

    assert proving.stands(before) and {proof.code: proof.holds for proof in before} == {
        "file": True, "archive": True, "chain": True, "stamp": None}
    assert changed["file"] is False and changed["archive"] is True
    assert gone["file"] is False


def test_a_row_that_was_changed_together_with_its_file_is_found_by_its_event(ines, at):
    captured(ines, at, COMB)
    row = Evidence.objects.get()

    row.sha256 = store.put("QM", b"something else")  # a row that somebody changed with the file

    assert {proof.code: proof.holds for proof in proving.verify(row)}["chain"] is False


def test_without_a_time_stamp_authority_nothing_is_stamped_and_that_is_said(ines, at, settings):
    settings.TSA_URL = ""
    captured(ines, at, COMB)

    proving.stamp(Evidence.objects.get().pk, at)

    assert not Job.objects.filter(name="market.stamp").exists()
    assert proving.verify(Evidence.objects.get())[-1].says == "Not time-stamped."


def test_a_time_stamp_is_put_on_the_digest_and_proves_it(ines, at, settings):
    clock = Clock(at=at)
    with serving(clock) as url:
        settings.TSA_URL, settings.TSA_CERTIFICATES = url, (clock.certificate,)
        captured(ines, at, COMB)
        row = Evidence.objects.get()
        assert Job.objects.filter(name="market.stamp", key=row.number).exists()
        proving.stamp(row.pk, at)
        proving.stamp(row.pk, at)

    proofs = {proof.code: proof for proof in proving.verify(row)}
    assert proofs["stamp"].holds is True and proofs["stamp"].says.startswith("The time stamp holds.")
    row.sha256 = store.put("QM", b"something else")
    assert {proof.code: proof.holds for proof in proving.verify(row)}["stamp"] is False


def tables_with(text: str) -> set[str]:
    """The tables of the database in which a text stands anywhere."""
    found = set()
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')
            if any(text.lower() in str(cell).lower() for row in cursor.fetchall() for cell in row):
                found.add(table)
    return found


def test_a_seller_stands_in_clear_in_one_table_only_and_is_read_with_an_event(ines, amina, at):
    row = captured(ines, at, f"{COMB} by Quillonbrook", "Write to quill@reef.example or +44 7700 900123, 26QM000031E",
                   seller="Quillonbrook", url="https://shop.example/1")

    name = sellers.see(actor=ines, listing=row.number, reason="Case of the reef.", at=at)
    refused = sellers.see(actor=amina, listing=row.number, reason="Curious.", at=at)
    silent = sellers.see(actor=ines, listing=row.number, reason=" ", at=at)

    assert name == "Quillonbrook" and (refused.code, silent.code) == ("not-allowed", "seller-reason")
    assert tables_with("Quillonbrook") == {"market_sellername"}
    assert tables_with("quill@reef") == set() and tables_with("7700 900123") == set()
    assert tables_with("26QM000031E") == {"market_listing"}
    assert [event.actor for event in Event.objects.filter(kind="seller-seen")] == [ines.label]


def test_covered_words_keep_every_other_word_in_its_place():
    text = "Tusk. WhatsApp: 0770 090 0123 or @tuskman, permit 583412/01"

    hidden = covered(text)

    assert len(hidden) == len(text) and hidden.index("permit") == text.index("permit")
    assert "0770" not in hidden and "tuskman" not in hidden and hidden.endswith("permit 583412/01")


def test_names_are_forgotten_in_time_and_texts_too_unless_a_case_needs_them(ines, at):
    from datetime import timedelta
    kept = captured(ines, at, COMB, seller="Kept Seller", url="https://shop.example/1")
    gone = captured(ines, at, PARROT, seller="Other Seller", url="https://shop.example/2")
    Listing.objects.filter(pk=kept.pk).update(state="case")
    later = at + timedelta(days=6 * 365)

    sellers.forget_names(later)
    proving.remove_old("QM", later)
    proving.erase_texts("QM", later)

    assert list(SellerName.objects.values_list("text", flat=True)) == ["Kept Seller"]
    gone.refresh_from_db()
    kept.refresh_from_db()
    assert (gone.title, kept.title) == ("–", COMB)
    held = {row.captures.get().listing_id: row for row in Evidence.objects.all()}
    assert store.get("QM", held[kept.pk].sha256) and store.get("QM", held[gone.pk].sha256) is None
    assert proving.stands(proving.verify(held[gone.pk])) and events.verify("QM") is None


def test_a_person_who_asks_gets_all_that_is_kept_under_the_name(ines, at):
    captured(ines, at, COMB, "mail reef@mail.example", seller="Reef", platform="Shop", url="https://shop.example/1")

    told = sellers.export_subject(actor=ines, platform_id=None, platform="Shop", name="reef ", at=at)
    nobody = sellers.export_subject(actor=ines, platform_id=None, platform="Shop", name="Other", at=at)

    assert told["name"] == "Reef" and [each["title"] for each in told["listings"]] == [COMB]
    assert told["ways_to_reach"] == ["mail"] and nobody.code == "no-such-seller"
    assert told["seller"] == Seller.objects.get().key
