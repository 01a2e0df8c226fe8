"""Certificates that cross many times: out and in by turns, never used up before they end, each crossing sealed."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pypdfium2
import pytest
from django.db import IntegrityError, transaction
from tests.cast import issued, ready

from wildgate.apps.customs import selectors, services
from wildgate.apps.customs.models import Endorsement
from wildgate.apps.permits.models import Application, PermitStatus
from wildgate.apps.permits.services.issuing import save_sealed
from wildgate.convention.refusal import Refusal
from wildgate.convention.vocabulary import DocumentKind
from wildgate.kit import events
from wildgate.message import qr
from wildgate.seal.chain import Link, breaks
from wildgate.seal.token import permit_digest, read_token

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
DAY = timedelta(days=1)


def certificate_of(who: Any, kind: DocumentKind = DocumentKind.EXHIBITION) -> Any:
    """A certificate for several crossings, valid for almost three years."""
    record = issued(who, NOON).record
    application = Application.objects.get(number=ready(who, NOON))
    long = replace(record, number="26QM900001O", kind=kind, valid_until=date(2029, 11, 1))
    with transaction.atomic():
        return save_sealed(long, application)


@pytest.fixture
def certificate(cast):
    return certificate_of(cast)


def cross(jean: Any, permit: Any, stage: str, at: datetime, **more: Any) -> Endorsement | Refusal:
    given = {"port": "QMKIV", "transport_document": "TRUCK 17", **more}
    return services.endorse(actor=jean, number=permit.number, stage=stage, quantities={"A": "1200"}, at=at, **given)


@pytest.mark.django_db
class TestTurns:
    WAYS = [
        ("oio", ["done", "done", "done"]),
        ("oo", ["done", "left-already"]),
        ("i", ["not-left"]),
        ("oii", ["done", "done", "returned-already"]),
        ("ooi", ["done", "left-already", "done"]),
    ]

    @pytest.mark.parametrize(("ways", "expected"), WAYS, ids=[ways for ways, _ in WAYS])
    def test_out_and_in_by_turns(self, jean, certificate, ways, expected):
        outcomes = [cross(jean, certificate, {"o": "export", "i": "import"}[way], NOON + (place + 1) * DAY)
                    for place, way in enumerate(ways)]

        assert [each.code if isinstance(each, Refusal) else "done" for each in outcomes] == expected
        assert events.verify("QM") is None

    def test_the_sentence_asks_the_authority_and_says_where_it_left(self, jean, certificate):
        cross(jean, certificate, "export", NOON + DAY, port="Kivu-2")

        refused = cross(jean, certificate, "export", NOON + 2 * DAY)

        assert refused.reason == (
            "This certificate left at Kivu-2 on 24 November 2026 and no return is written down. Hold the goods and ask "
            "the authority.")

    @pytest.mark.parametrize("kind", [DocumentKind.EXHIBITION, DocumentKind.INSTRUMENT, DocumentKind.OWNERSHIP])
    def test_it_stays_in_use_until_it_ends(self, jean, cast, kind):
        certificate = certificate_of(cast, kind)
        for turn in range(6):
            assert isinstance(cross(jean, certificate, ("export", "import")[turn % 2], NOON + (turn + 1) * DAY),
                              Endorsement)

        assert PermitStatus.objects.get(permit=certificate).state == "partly-used"
        assert cross(jean, certificate, "export", datetime(2029, 11, 2, tzinfo=UTC)).code == "expired"

    def test_the_database_takes_no_second_crossing_of_the_same_turn(self, jean, certificate):
        first = cross(jean, certificate, "export", NOON + DAY)
        copy = {field.attname: getattr(first, field.attname) for field in first._meta.fields if field.name != "id"}

        with pytest.raises(IntegrityError), transaction.atomic():
            Endorsement.objects.create(**copy)

    def test_a_permit_for_one_shipment_still_serves_one(self, jean, cast):
        permit = issued(cast, NOON)
        cross(jean, permit, "export", NOON + DAY)

        assert cross(jean, permit, "import", NOON + 2 * DAY).code == "already-used"


@pytest.mark.django_db
class TestPaper:
    def test_the_crossings_are_one_chain(self, jean, certificate):
        made = [cross(jean, certificate, way, NOON + (turn + 1) * DAY)
                for turn, way in enumerate(("export", "import", "export"))]

        links = [Link(read_token(each.seal).claims, permit_digest(each.seal)) for each in made]
        first = certificate.seals[0]

        assert breaks([(read_token(first).claims, permit_digest(first))], links) == ()
        assert [each.previous for each in made] == ["", made[0].digest, made[1].digest]

    def test_the_stamp_page_is_offered_at_the_desk_and_read_from_print(self, jean, certificate, desk):
        made = [cross(jean, certificate, way, NOON + (turn + 1) * DAY) for turn, way in enumerate(("export", "import"))]

        browser = desk("jean")
        page = browser.get(f"/border/permits/{certificate.number}/").content.decode()
        sheet = browser.get(f"/border/permits/{certificate.number}/crossings.pdf")
        with pypdfium2.PdfDocument(sheet.content) as document:
            codes = qr.read_picture(document[0].render(scale=150 / 72).to_pil())

        assert "Crossings so far" in page
        assert f"{certificate.number}/crossings.pdf" in page
        assert codes == [selectors.label_text(each) for each in made]

    def test_the_next_way_is_offered(self, jean, certificate):
        now = NOON + DAY
        assert selectors.at_border(jean, certificate.number, now).stage == "export"
        cross(jean, certificate, "export", now)

        found = selectors.at_border(jean, certificate.number, now + DAY)
        assert (found.stage, found.may_endorse, len(found.crossings)) == ("import", True, 1)

    def test_a_permit_has_a_label_but_no_stamp_page(self, jean, cast, desk):
        permit = issued(cast, NOON)
        endorsement = cross(jean, permit, "export", NOON + DAY)

        label = desk("jean").get(f"/border/endorsements/{endorsement.digest}/label.pdf")
        with pypdfium2.PdfDocument(label.content) as document:
            codes = qr.read_picture(document[0].render(scale=150 / 72).to_pil())
            words = document[0].get_textpage().get_text_range()

        assert codes == [selectors.label_text(endorsement)]
        assert "Jean" not in words
        assert desk("jean").get(f"/border/permits/{permit.number}/crossings.pdf").status_code == 404


def test_of_four_posts_one_lets_the_circus_out(own_database, at_once):
    from wildgate.site.demo.cast import settle

    who = settle("QM", "Demoland", NOON)
    certificate = certificate_of(who)

    outcomes = at_once(*[lambda n=n: cross(who["jean"], certificate, "export", NOON + DAY, key=f"post-{n}")
                         for n in range(4)])

    assert sorted(type(each).__name__ for each in outcomes) == ["Endorsement"] + ["Refusal"] * 3
    assert {each.code for each in outcomes if isinstance(each, Refusal)} == {"left-already"}
    assert Endorsement.objects.get().turn == 1
