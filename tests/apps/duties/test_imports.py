"""A country that starts with customs only: imports logged on one page and told to the authority, each exactly once."""

from __future__ import annotations

import csv
import io
from datetime import timedelta
from xml.etree import ElementTree

import pytest
from django.core import mail
from django.test import Client
from tests.apps.duties.steps import agree, chain, notices
from tests.apps.letters.post import run
from tests.cast import NOON
from tests.desks import page_text

from wildgate.apps.customs.models import Endorsement, ForeignPermit
from wildgate.apps.duties import selectors
from wildgate.apps.duties.files import NAMESPACE
from wildgate.apps.duties.models import Relay, Relayed
from wildgate.apps.duties.services import relaying
from wildgate.apps.permits.models import Application, Permit
from wildgate.apps.species.spreadsheet import read_rows
from wildgate.kit import events, jobs
from wildgate.kit.models import Job

pytestmark = pytest.mark.django_db
TODAY = NOON.date()
MA = "registry@ma.example"


def typed(number: str = "26QZ0007", appendix: str = "II", taxon: str = "Python bivittatus", **more) -> dict[str, str]:
    return {
        "count": "2", "country": "QZ", "number": number, "kind": "export-permit", "exporter_country": "QZ",
        "issued_on": (TODAY - timedelta(days=9)).isoformat(), "valid_until": (TODAY + timedelta(days=90)).isoformat(),
        "purpose": "T", "lines-0-taxon": taxon, "lines-0-appendix": appendix, "lines-0-source": "W",
        "lines-0-term": "SKI", "lines-0-quantity": "300", "lines-0-unit": "NAR", "lines-0-origin": "QZ",
        "lines-1-unit": "NAR", "port": "Kivu-2", "transport_document": "020-44556677", **more}


def logged(desk, **more) -> None:
    answer = desk("jean").post("/duties/imports/new/", typed(**more))
    assert answer.status_code == 302, page_text(answer)


def test_an_import_is_logged_on_one_page_with_no_permit_module_in_use(cast, desk):
    logged(desk, **{"lines-0-arrived": "290"})
    logged(desk, number="26QZ0008", appendix="I", taxon="Panthera tigris", import_permit="MA/2026/17")

    assert (Application.objects.count(), Permit.objects.count(), Endorsement.objects.count()) == (0, 0, 2)
    text = page_text(desk("amina").get("/duties/imports/"))
    assert "Python bivittatus 290" in text
    assert "26QZ0008" not in page_text(desk("jean").get("/duties/imports/?country=BR"))
    table = desk("jean").get("/duties/imports/?as=csv").content.decode()
    rows = list(csv.DictReader(io.StringIO(table)))
    assert [(row["permit"], row["permitted"], row["arrived"], row["import_permit"]) for row in rows] == [
        ("26QZ0008", "300", "300", "MA/2026/17"), ("26QZ0007", "300", "290", "")]
    sheet = read_rows(desk("jean").get("/duties/imports/?as=xlsx").content, "imports.xlsx")
    assert [cells for _, cells in sheet] == [list(rows[0]), *(list(row.values()) for row in rows)]


def test_what_is_wrong_is_said_and_nothing_is_kept(cast, desk):
    wrong = (({"lines-0-arrived": "301"}, "301"), ({"appendix": "I", "taxon": "Panthera tigris"}, "import permit"),
             ({"lines-0-term": "ZZZ"}, "term"), ({"port": ""}, "required"))
    for more, words in wrong:
        answer = desk("jean").post("/duties/imports/new/", typed(**more))
        assert (answer.status_code, words in page_text(answer)) == (422, True), page_text(answer)[:600]
    assert (ForeignPermit.objects.count(), Endorsement.objects.count()) == (0, 0)
    logged(desk)
    again = desk("jean").post("/duties/imports/new/", typed())
    assert "already used" in page_text(again)
    assert desk("amina").get("/duties/imports/new/").status_code == 403
    assert desk("mario").get("/duties/imports/").status_code == 403


def test_the_evening_mails_one_file_and_the_link_says_that_it_arrived(cast, desk):
    agree(cast, "imports-relayed", address=MA)
    logged(desk)
    logged(desk, number="26QZ0009")
    run()
    assert Relay.objects.count() == 0
    mail.outbox.clear()
    job = Job.objects.get(name="duties.relay_day")
    run(at=job.run_after)
    relaying.relay("QM", by=events.SYSTEM, at=NOON)
    relay = Relay.objects.get()
    assert relaying.mail(relay.pk, at=NOON + timedelta(days=2)) is False

    sent, = [each for each in mail.outbox if each.to == [MA]]
    names = [attached[0].rpartition(".")[2] for attached in sent.attachments]
    assert (relay.rows, Relayed.objects.count(), names) == (2, 2, ["csv", "xml"])
    root = ElementTree.fromstring(sent.attachments[1][1])
    assert [each.get("permit") for each in root.iter(f"{{{NAMESPACE}}}Import")] == ["26QZ0007", "26QZ0009"]
    assert selectors.unrelayed("QM").count() == 0

    link = sent.body.partition("8000")[2].split()[0]
    stranger = Client()
    assert "2 imports" in page_text(stranger.get(link))
    stranger.post(link)
    stranger.post(link)
    notice, = notices("imports-relayed")
    assert (notice.received_how, chain(notice.subject)) == ("link", ["notice-given", "notice-received"])
    assert Client().get("/duties/received/guessed/").status_code == 410
    logged(desk, number="26QZ0010")
    run()
    run(at=Job.objects.get(name="duties.relay_day").run_after)
    assert sorted(Relay.objects.values_list("rows", flat=True)) == [1, 2]


def test_a_mail_server_that_is_down_loses_nothing_and_doubles_nothing(cast, desk, settings):
    agree(cast, "imports-relayed", address=MA)
    logged(desk)
    relay = relaying.relay("QM", by=events.SYSTEM, at=NOON)
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9
    run()
    waits = Job.objects.get(name="duties.mail_relay")
    assert (waits.state, Relay.objects.get().mailed_at, Relay.objects.get().tries) == ("waiting", None, 1)

    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    mail.outbox = []
    run(at=waits.run_after)
    assert len([each for each in mail.outbox if each.to == [MA]]) == 1
    assert chain(relay.subject) == ["imports-relayed", "relay-mailed"]


def test_nothing_goes_out_while_the_row_is_off_and_all_of_it_later(cast, desk):
    agree(cast, "imports-relayed", on=False)
    logged(desk)
    assert relaying.relay("QM", by=events.SYSTEM, at=NOON) is None
    assert "row of the matrix is off" in page_text(desk("jean").post("/duties/imports/send/", follow=True))
    agree(cast, "imports-relayed")
    desk("jean").post("/duties/imports/send/")
    jobs.run_pending()
    assert Relay.objects.get().rows == 1
    page = page_text(desk("amina").get(f"/duties/files/{Relay.objects.get().pk}/"))
    assert "1 import, made on" in page


def test_the_log_takes_the_same_queries_however_long(cast, desk, django_assert_num_queries):
    logged(desk)
    desk("jean").get("/duties/imports/")
    with django_assert_num_queries(9):
        desk("jean").get("/duties/imports/")
    for serial in range(3):
        logged(desk, number=f"26QZ1{serial}")
    with django_assert_num_queries(9):
        desk("jean").get("/duties/imports/")
