"""The market desk: whose it is, what it says and hides, what it costs; labels and the models of scopes."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from tests.apps.market.offers import BASIS, COMB, CROC, PARROT, captured, handed_in, read
from tests.desks import NOT_ALLOWED, page_text

from wildgate.apps.accounts.access import Action, can
from wildgate.apps.intelligence.models import Report
from wildgate.apps.market import selectors, services, store
from wildgate.apps.market.models import Evidence, Label, Listing, ScopeModel, SellerName
from wildgate.apps.market.scopes import scope_of
from wildgate.apps.market.services import labelling
from wildgate.kit import jobs
from wildgate.kit.models import Event
from wildgate.screening import model_file
from wildgate.screening.figures import Figures
from wildgate.screening.listing_file import Row, rows
from wildgate.screening.model import LEARNT, RULES, Model, Trained
from wildgate.site.cli import main

pytestmark = pytest.mark.django_db
SCRIPT = "<script>alert(1)</script>"


@pytest.mark.parametrize(("path", "action"), [
    ("/market/", Action.VIEW_MARKET), ("/market/labels/", Action.VIEW_MARKET), ("/market/capture/", Action.CAPTURE),
    ("/market/imports/", Action.CAPTURE), ("/market/labels/labels.csv", Action.WORK_MARKET),
    ("/market/subject/", Action.SEE_SELLERS)])
def test_each_page_is_for_those_whose_rule_says_so(desk, cast, path, action):
    asked = ("mario", "amina", "jean", "nadia", "tomas", "ana", "sam", "ines")

    allowed = {name for name in asked if desk(name).get(path).status_code != NOT_ALLOWED}

    assert allowed == {name for name in asked if can(cast[name], action)}
    assert {"mario", "sam", "jean"}.isdisjoint(allowed) and "ines" in allowed


def test_lists_show_what_the_rule_allows(cast, ines, at):
    row = captured(ines, at, COMB)

    for actor in cast.values():
        assert selectors.visible_to(actor).filter(pk=row.pk).exists() == bool(can(actor, Action.VIEW_MARKET, row))


def test_the_queue_has_the_first_appendix_first_then_what_may_be_of_it(desk, ines, at):
    read(ines, at, CROC)
    read(ines, at, "Elephant ivory carving")
    read(ines, at, COMB)

    text = page_text(desk("ana").get("/market/"))

    assert text.index(COMB) < text.index("Elephant ivory") < text.index(CROC)
    assert "Steel" not in text and page_text(desk("ana").get("/market/?appendix=I&q=comb")).count(COMB) == 1
    assert "No listing is here" in page_text(desk("ana").get("/market/?state=dismissed"))


def test_a_listing_shows_its_words_marked_and_escaped_and_never_the_seller(desk, ines, at):
    row = read(ines, at, f"{COMB} {SCRIPT}", f"</p>{SCRIPT} CITES permit 26QM999999E, @reefman",
               seller="Reef Treasures", url="https://shоp.example/1")  # the o is Cyrillic

    html = desk("ana").get(f"/market/listings/{row.number}/").content.decode()

    assert SCRIPT not in html and "&lt;script&gt;" in html
    assert ">hawksbill turtle</mark>" in html and ">26QM999999E</mark>" in html
    assert "Reef Treasures" not in html and "reefman" not in html and row.seller.short in html
    assert "shop.example" in html and "letters of another script" in html
    assert desk("ana").get("/market/listings/L-2026-999999/").status_code == 404


def test_pages_cost_the_same_however_many_listings_there_are(desk, ines, at, django_assert_max_num_queries):
    ana = desk("ana")
    row = read(ines, at, COMB, seller="Reef")
    ana.get("/market/")
    ana.get(f"/market/listings/{row.number}/")
    Listing.objects.bulk_create(Listing(
        party="QM", number=f"L-{n}", key=f"{n}", title=f"Comb {n}", first_seen=at, last_seen=at, score=0.5,
        seller=row.seller) for n in range(100))

    with django_assert_max_num_queries(11):
        queue = ana.get("/market/")
    with django_assert_max_num_queries(24):
        ana.get(f"/market/listings/{row.number}/")
    with django_assert_max_num_queries(20):
        ana.get("/market/labels/")

    assert "101" in page_text(queue)


def test_a_listing_is_captured_by_form_and_faults_stand_at_their_fields(desk, at):
    ines = desk("ines")
    given = {"title": COMB, "url": "https://shop.example/9?utm_source=x", "price": "40", "currency": "EUR",
             "legal_basis": BASIS}

    done = ines.post("/market/capture/", given)
    bad = ines.post("/market/capture/", {**given, "url": "javascript:alert(1)"})
    empty = ines.post("/market/capture/", {"title": COMB})

    row = Listing.objects.get()
    assert done.status_code == 302 and done.url.endswith(f"{row.number}/") and row.url == "https://shop.example/9"
    others = [ines.post("/market/capture/", {**given, "offered_on": day})
              for day in ("2999-01-01", "0001-01-01", "1989-12-31")]

    assert {bad.status_code, empty.status_code, *(each.status_code for each in others)} == {422}
    assert all('href="#id_offered_on"' in each.content.decode() for each in others) and row.captures.count() == 1
    assert 'href="#id_url"' in bad.content.decode() and 'href="#id_legal_basis"' in empty.content.decode()


def test_a_picture_of_a_form_is_kept_as_evidence_and_by_its_hash(desk, at):
    from PIL import Image, ImageDraw
    image, out = Image.new("RGB", (64, 64), "white"), io.BytesIO()
    ImageDraw.Draw(image).ellipse((5, 9, 50, 60), fill="navy")
    image.save(out, "PNG")

    desk("ines").post("/market/capture/", {"title": COMB, "legal_basis": BASIS,
                                           "picture": SimpleUploadedFile("a.png", out.getvalue())})

    kept = Listing.objects.get().images.get()
    assert len(kept.sha256) == 64 and Evidence.objects.get().archive


@pytest.mark.parametrize("data", [b"no picture at all", b"%PDF-1.7\n%%EOF", b"<svg xmlns='http://www.w3.org/2000/svg'/>",
                                  b"PK\x03\x04", b"MZ\x90\x00"])
def test_a_file_that_is_no_picture_is_kept_nowhere(desk, at, data):
    done = desk("ines").post("/market/capture/", {"title": COMB, "legal_basis": BASIS,
                                                  "picture": SimpleUploadedFile("a.png", data)})

    assert done.status_code == 422 and 'href="#id_picture"' in done.content.decode()
    assert "The file is no picture." in done.content.decode() and not Evidence.objects.exists()


def test_a_picture_that_is_too_large_is_refused_and_never_cut(desk, at):
    large = SimpleUploadedFile("a.png", b"\x89PNG\r\n\x1a\n" + b"0" * 10_000_000)

    done = desk("ines").post("/market/capture/", {"title": COMB, "legal_basis": BASIS, "picture": large})

    assert done.status_code == 422 and 'href="#id_picture"' in done.content.decode() and not Evidence.objects.exists()


def test_what_is_said_after_a_capture_holds_words_and_no_piece_of_the_program(desk, at):
    ines = desk("ines")

    text = page_text(ines.post("/market/capture/", {"title": COMB, "legal_basis": BASIS}, follow=True))

    assert "Captured. It is read in a moment." in text and "Piece(" not in text


def test_a_page_without_a_word_is_no_listing(desk, at):
    ines = desk("ines")
    file = SimpleUploadedFile("saved.html", b"<html><head><script>fill()</script></head><body></body></html>")

    done = ines.post("/market/imports/", {"file": file, "legal_basis": BASIS})

    assert "The page holds no words" in page_text(ines.get(done.url)) and not Listing.objects.exists()


def test_a_file_is_handed_in_by_page_and_tells_its_faults(desk, at):
    ines = desk("ines")
    file = SimpleUploadedFile("found.csv", f'id,text,price\n1,"{COMB}",5\n2,pot,dear\n'.encode())

    done = ines.post("/market/imports/", {"file": file, "legal_basis": BASIS})
    text = page_text(ines.get(done.url))
    other = desk("amina").get(done.url)
    wrong = ines.post("/market/imports/", {"file": SimpleUploadedFile("a.csv", b"\0\0\0"), "legal_basis": BASIS})

    assert "New listings: 1" in text and "line 3" in text
    assert other.status_code == 404 and wrong.status_code == 422


def test_the_sellers_name_is_shown_once_with_a_reason_and_only_to_the_investigator(desk, ines, at):
    row = read(ines, at, COMB, seller="Reef Treasures")
    page = f"/market/listings/{row.number}/seller/"

    shown = desk("ines").post(page, {"reason": "Case of the reef."})
    silent = desk("ines").post(page, {"reason": ""})

    assert "Reef Treasures" in page_text(shown) and shown["Cache-Control"] == "no-store"
    assert silent.status_code == 422 and "Reef Treasures" not in page_text(silent)
    assert desk("amina").post(page, {"reason": "x"}).status_code == NOT_ALLOWED
    assert Event.objects.filter(kind="seller-seen").count() == 1


def test_evidence_is_proved_on_its_page_and_handed_out_as_bytes_only_with_a_reason(desk, ines, at):
    captured(ines, at, COMB)
    row = Evidence.objects.get()
    page = f"/market/evidence/{row.number}/"

    text = page_text(desk("ana").get(page))
    got = desk("ines").post(page, {"reason": "For the court."})

    assert "Stands" in text and "Not time-stamped." in text and BASIS in text
    assert got.content == store.get("QM", row.sha256) and got["Content-Security-Policy"] == "sandbox"
    assert got["Content-Disposition"].startswith("attachment") and got["X-Content-Type-Options"] == "nosniff"
    assert desk("ana").post(page, {"reason": "x"}).status_code == 422
    assert Event.objects.filter(kind="evidence-opened").count() == 1


def test_a_listing_is_sent_put_into_a_case_dismissed_and_taken_up_again_each_with_a_reason(desk, ines, at):
    row = read(ines, at, COMB, seller="Reef Treasures")
    ines_desk, page = desk("ines"), f"/market/listings/{row.number}/deed/"

    refused = ines_desk.post(page, {"deed": "dismiss", "reason": " "})
    ines_desk.post(page, {"deed": "send", "reason": "Looks real."})
    report = Report.objects.get()
    twice = ines_desk.post(page, {"deed": "send", "reason": "Again."})
    ines_desk.post(page, {"deed": "case", "reason": "Same shop as before."})
    row.refresh_from_db()
    state = row.state
    ines_desk.post(page, {"deed": "dismiss", "reason": "A plastic copy."})
    ines_desk.post(page, {"deed": "reopen", "reason": "It was real."})

    row.refresh_from_db()
    assert (refused.status_code, twice.status_code, state, row.state) == (422, 422, "case", "new")
    assert (report.origin, report.origin_key) == ("market", row.number)
    assert "Reef Treasures" not in str(list(Report.objects.values())) + report.current.text
    assert [event.kind for event in Event.objects.filter(subject=row.subject).exclude(kind="read").order_by("seq")] == [
        "listing-alerted", "listing-sent", "listing-case", "listing-dismissed", "listing-reopened"]
    assert desk("ana").post(page, {"deed": "send", "reason": "x"}).status_code == NOT_ALLOWED


def test_labels_are_kept_side_by_side_and_the_next_ones_are_of_several_kinds(desk, ines, at):
    for number in range(4):
        read(ines, at, f"{CROC} belt number {number}")
        read(ines, at, f"Varanus salvator skin wallet {number}")
    first = Listing.objects.order_by("pk")[0]
    page = f"/market/listings/{first.number}/label/"

    desk("ines").post(page, {"answer": "no", "taxon": ""})
    done = desk("amina").post(page, {"answer": "yes", "taxon": "Varanus salvator", "then": "labels"})
    wrong = desk("ines").post(page, {"answer": "perhaps"})
    scope = scope_of("QM", None, first.group, first.language)
    chosen = labelling.next_ones(ines, scope, most=4)

    assert (done.status_code, done.url, wrong.status_code) == (302, "/market/labels/", 422)
    assert list(Label.objects.order_by("pk").values_list("answer", "current")) == [("no", False), ("yes", True)]
    assert first not in chosen and len({"belt" in row.title for row in chosen}) == 2
    assert "rules only" in page_text(desk("ana").get("/market/labels/"))


def test_the_label_file_is_what_training_reads_and_no_spreadsheet_runs_it(desk, ines, at, tmp_path):
    row = read(ines, at, f"=cmd() {COMB}", "mail me: reef@mail.example", seller="Reef", price=4.0)
    services.label(actor=ines, listing=row.number, answer="yes", at=at)
    other = read(ines, at, COMB + " plastic")
    services.label(actor=ines, listing=other.number, answer="unclear", at=at)

    got = desk("ines").get(f"/market/labels/labels.csv?group={row.group}&language={row.language}")

    path = tmp_path / "labels.csv"
    path.write_bytes(got.content)
    (found,) = [each for each in rows(path) if isinstance(each, Row)]
    assert found.cells["text"].startswith("'=cmd()") and found.cells["label"] == "1"
    assert "reef@" not in got.content.decode() and "Reef" not in got.content.decode()


def test_a_model_with_too_few_labels_says_rules_only_and_never_speaks(desk, ines, at):
    row = read(ines, at, COMB)
    few = Model(RULES, Trained("combs", 12, 5, 1, "few-labels", "0" * 64, "names"))
    file = SimpleUploadedFile("combs.model", model_file.save(few))
    page = f"/market/labels/model/?group={row.group}&language={row.language}"

    done = desk("ines").post(page, {"file": file})
    damaged = desk("ines").post(page, {"file": SimpleUploadedFile("x.model", b"PK\x03\x04nonsense")})
    again = read(ines, at, COMB + " blue")

    kept = ScopeModel.objects.get()
    assert (done.status_code, damaged.status_code) == (302, 422)
    assert (kept.learnt, kept.labels, kept.current) == (False, 12, True)
    assert again.screenings.get().by_rules and again.screenings.get().answers["specimen"]["scope"] == "rules"


def test_a_model_that_has_learnt_speaks_in_its_own_scope_only(desk, ines, at):
    row = read(ines, at, COMB, "The comb is in a box for you")
    figures = Figures(120, 60, 0.9, 0.9, 0.91, 0.95, 0.4, 0.03)
    learnt = Model(LEARNT, Trained("combs", 120, 60, 1, "learnt", "0" * 64, "names", figures=figures, rules=figures),
                   bias=-6.0)
    services.register(actor=ines, platform_id=None, group=row.group, language=row.language,
                      content=model_file.save(learnt), at=at)

    inside = read(ines, at, COMB + " blue", "The comb is in a box for you")
    outside = read(ines, at, "Live African grey parrot", "The parrot is in a cage for you")

    assert not inside.screenings.get().by_rules and inside.score < 0.1 and inside.specimen == "real"
    assert outside.screenings.get().by_rules and outside.language == inside.language
    assert "0.910" in page_text(desk("ana").get("/market/labels/"))


def test_what_is_kept_of_a_seller_is_exported_for_who_asks(desk, ines, at):
    captured(ines, at, COMB, seller="Reef Treasures")

    got = desk("ines").post("/market/subject/", {"name": "reef treasures"})
    none = desk("ines").post("/market/subject/", {"name": "Nobody"})

    assert json.loads(got.content)["listings"][0]["title"] == COMB
    assert none.status_code == 422 and "attachment" in got["Content-Disposition"]


def test_sellers_are_tied_by_a_person_with_a_reason(desk, ines, at):
    one = read(ines, at, COMB, seller="A").seller
    two = read(ines, at, CROC, seller="B").seller
    page = f"/market/sellers/{one.short}/"

    done = desk("ines").post(page, {"deed": "merge", "other": two.short, "reason": "One bank account."})
    text = page_text(desk("ana").get(page))
    missing = desk("ines").post(page, {"deed": "merge", "other": "ffff", "reason": "x"})

    assert done.status_code == 302 and two.short in text and "A person put them together" in text
    assert missing.status_code == 422 and desk("ana").get("/market/sellers/zzzzzzzzzz/").status_code == 404


def test_a_listing_seen_again_gone_and_relisted_tells_its_story(ines, at):
    from datetime import timedelta
    old, new = captured(ines, at, COMB), captured(ines, at, PARROT)
    services.seen_again(old, present=False, at=at + timedelta(days=1), by=ines.label)
    services.seen_again(old, present=False, at=at + timedelta(days=2), by=ines.label)
    services.relisted(old, new, at + timedelta(days=2))
    services.relisted(old, new, at + timedelta(days=2))

    row = selectors.listing("QM", old.number)
    assert row.gone_at == at + timedelta(days=1) and row.relisted_as == new
    services.seen_again(row, present=True, at=at + timedelta(days=3), by=ines.label)
    row.refresh_from_db()
    assert row.gone_at is None and row.last_seen == at + timedelta(days=3)
    assert [event.kind for event in Event.objects.filter(subject=old.subject).order_by("seq")] == [
        "listing-gone", "listing-relisted", "listing-back"]


def test_commands_take_a_file_in_and_prove_evidence(cast, tmp_path: Path, capsys, monkeypatch):
    monkeypatch.setattr("wildgate.site.cli.open_home", lambda *_, **__: None)
    from wildgate.apps.accounts.models import Person
    mail = Person.objects.get(pk=cast["ines"].person_id).email
    file = tmp_path / "found.csv"
    file.write_text(f'id,text\n1,"{COMB}"\n')

    taken = main(["market", "import", str(file), "--by", mail, "--basis", BASIS, "--json"])
    told = json.loads(capsys.readouterr().out)
    good = main(["market", "verify", told["evidence"]])
    nobody = main(["market", "import", str(file), "--by", "x@y.example", "--basis", BASIS])
    path = store.place("QM", Evidence.objects.get().sha256)
    path.chmod(0o600)
    path.write_bytes(path.read_bytes() + b" ")
    capsys.readouterr()
    broken = main(["market", "verify", "--json"])

    assert (taken, good, nobody, broken, told["new"]) == (0, 0, 2, 1, 1)
    assert json.loads(capsys.readouterr().out)["evidence"][0]["stands"] is False
    assert not SellerName.objects.exists()


def test_all_jobs_of_a_list_run_and_the_night_asks_for_the_next(ines, at):
    from wildgate.apps.market.jobs import begin, each_night
    handed_in(ines, at, "found.csv", f'id,text\n1,"{COMB}"\n2,"{CROC}"\n'.encode())

    jobs.run_pending()
    begin("QM", at)
    each_night(at=at, party_code="QM")

    assert Listing.objects.filter(screened_at__isnull=False).count() == 2
    assert not jobs.Job.objects.exclude(name="market.each_night").filter(name__startswith="market.").exists()
    assert jobs.Job.objects.filter(name="market.each_night").count() == 1
