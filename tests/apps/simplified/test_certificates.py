"""Certificates signed beforehand: nothing before they are completed, a permit like any other afterwards."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from tests.apps.simplified.orchids import ORLO, approved, drawn_up, filled, found, given, terms
from tests.cast import NOON

from wildgate.apps.permits import sealing
from wildgate.apps.permits.models import Application, Permit
from wildgate.apps.permits.verification import verify
from wildgate.apps.simplified import services
from wildgate.apps.simplified.models import Certificate, Draw, MasterFile, MasterLine
from wildgate.convention.refusal import Refusal
from wildgate.convention.simplified import Allowance, Box, FilledLine
from wildgate.kit import jobs
from wildgate.kit.models import Event
from wildgate.seal.text import to_digits
from wildgate.seal.verdict import Role

D = Decimal


def codes(outcome: object) -> list[str]:
    return [outcome.code] if isinstance(outcome, Refusal) else [each.code for each in outcome]  # type: ignore


@pytest.fixture
def home(cast, settings):
    sealing.publish_trust("QM", NOON)
    return settings.HOME


def shown(home, token: bytes, role: Role = Role.PUBLIC):
    return verify(to_digits(token).encode(), "", role, NOON + timedelta(minutes=1), home=home)


class TestMasterFile:
    def test_nobody_approves_what_they_drew_up_and_never_with_an_open_finding(self, cast):
        master = drawn_up(cast)
        early = services.approve(actor=cast["bo"], number=master.number, at=NOON)
        found(cast, master)

        own = services.approve(actor=cast["amina"], number=master.number, at=NOON)

        assert codes(early) == ["finding-open"] and codes(own) == ["not-allowed"]
        assert services.approve(actor=cast["bo"], number=master.number, at=NOON).state == "approved"

    def test_the_scientists_finding_is_not_the_officers(self, cast):
        leather = Allowance(("Crocodylus novaeguineae",), "SPE", "NAR", "W", "QM", D(5), D(50))
        master = drawn_up(cast, lines=(leather,), purposes=("S",))
        assert master.findings.filter(kind="non-detriment", by="scientific-authority").exists()

        done = services.record_finding(actor=cast["amina"], number=master.number, kind="non-detriment",
                                       by="scientific-authority", made=True, text="Fine.", at=NOON)

        assert codes(done) == ["not-allowed"]

    @pytest.mark.parametrize(("changed", "code"), [
        ({"lines": (Allowance(("Dendrobium nobile",), "LIV", "NAR", "W", "QM", D(4), D(9)),)}, "not-negligible"),
        ({"lines": (Allowance(("Dendrobium nobile",), "LIV", "NAR", "A", "QM", D(9), D(4)),)}, "allowance-order"),
        ({"lines": (Allowance(("Nobodia nobilis",), "LIV", "NAR", "A", "QM", D(4), D(9)),)}, "taxon-unknown"),
        ({"boxes": frozenset({Box.SPECIES, Box.QUANTITY})}, "consignee-open"),
        ({"boxes": frozenset({Box.CONSIGNEE, Box.QUANTITY})}, "species-open"),
        ({"purposes": ("T", "P")}, "purpose-open"), ({"purposes": ()}, "missing"), ({"lines": ()}, "no-lines"),
        ({"until": NOON.date() - timedelta(days=1)}, "until-out-of-range"),
    ])
    def test_terms_that_are_none(self, cast, changed, code):
        made = services.draw_up(actor=cast["amina"], organisation=min(cast["mario"].organisations),
                                terms=terms(**changed), certificates=5, at=NOON)

        assert code in codes(made) and not MasterFile.objects.exists()

    def test_only_an_officer_draws_one_up(self, cast):
        made = services.draw_up(actor=cast["mario"], organisation=min(cast["mario"].organisations), terms=terms(),
                                certificates=5, at=NOON)

        assert codes(made) == ["not-allowed"]


class TestBlank:
    def test_a_blank_says_that_it_is_not_complete_to_everybody(self, cast, home):
        paper, = given(cast)

        answers = {shown(home, bytes.fromhex(paper.token), role).verdict.answer.value for role in Role}
        verdict = shown(home, bytes.fromhex(paper.token)).verdict

        assert answers == {"refuse"} and verdict.state == "incomplete" and verdict.genuine
        assert "Not complete, not usable" in verdict.reasons[0].reason
        assert not Permit.objects.exists() and not Application.objects.exists()

    def test_never_more_than_were_approved_but_one_that_came_back_is_given_again(self, cast, home):
        master = approved(cast, certificates=2)
        papers = services.give_out(actor=cast["amina"], number=master.number, count=2, at=NOON)

        more = services.give_out(actor=cast["amina"], number=master.number, count=1, at=NOON)
        services.hand_back(actor=cast["mario"], number=papers[0].number, at=NOON)

        assert codes(more) == ["beyond-certificates"]
        assert len(services.give_out(actor=cast["amina"], number=master.number, count=1, at=NOON)) == 1
        assert "given this certificate back" in shown(home, bytes.fromhex(papers[0].token)).verdict.reasons[0].reason

    def test_one_that_the_register_never_gave_out_tells_of_a_stolen_key(self, cast, home):
        paper, = given(cast)
        token = bytes.fromhex(paper.token)
        Certificate.objects.all().delete()

        verdict = shown(home, token).verdict

        assert not verdict.genuine and verdict.reasons[0].code == "blank-unknown"

    def test_a_permission_that_ended_leaves_no_paper_to_complete(self, cast, home):
        paper, = given(cast)

        services.end(actor=cast["amina"], number=paper.master.number, reason="The nursery closed.", at=NOON)

        closed = services.complete(actor=cast["mario"], number=paper.number, filled=filled(), at=NOON)
        ended = services.give_out(actor=cast["amina"], number=paper.master.number, count=1, at=NOON)

        assert codes(closed) == ["paper-closed"]
        assert codes(ended) == ["wrong-state"]
        assert closed[0].reason.endswith("The certificate stands at “Void”.")
        assert ended.reason.endswith("The master file stands at “Ended”.")


BEYOND = [
    (filled(41), "beyond-certificate"), (filled(12, "Vanda coerulea"), "taxon-not-approved"),
    (filled(12, ""), "missing"), (filled(purpose="Z"), "purpose-not-allowed"),
    (filled(lines=(FilledLine(0, "Dendrobium nobile"),)), "missing"),
    (filled(lines=(FilledLine(0, "Dendrobium nobile", D(1)),) * 2), "missing"), (filled(lines=()), "missing"),
    (filled(lines=(FilledLine(3, "Dendrobium nobile", D(1)),)), "no-such-line"),
    (filled(lines=(FilledLine(0, "Dendrobium nobile", D(1), "from Brazil"),)), "box-not-yours"),
    (filled(consignee=None), "missing"), (filled(consignee=replace(ORLO, country="QQ")), "country-unknown"),
]


class TestCompletion:
    def test_a_completed_certificate_is_a_permit_like_any_other(self, cast, home):
        paper, = given(cast)

        permit = services.complete(actor=cast["mario"], number=paper.number, filled=filled(), at=NOON)

        jobs.run_pending()
        assert isinstance(permit, Permit), permit
        verdict = shown(home, permit.seals[0], Role.EXPORT).verdict
        assert verdict.genuine and verdict.answer.value == "accept" and permit.number == paper.number
        assert permit.record.official == "Bo Osei" and permit.record.importer.name == "Orlo SA"
        assert permit.valid_until <= paper.master.until
        line = MasterLine.objects.get()
        assert (line.drawn, line.free) == (12, 88)
        assert shown(home, bytes.fromhex(paper.token)).verdict.reasons[0].code == "blank-completed"

    def test_the_chain_tells_of_every_step(self, cast, home):
        paper, = given(cast)

        services.complete(actor=cast["mario"], number=paper.number, filled=filled(), at=NOON)

        kinds = list(Event.objects.order_by("seq").values_list("kind", flat=True))
        assert kinds[-6:-1] == ["start", "submit", "permit-issued", "complete", "presigned-completed"] or \
            kinds[-5:] == ["start", "submit", "permit-issued", "complete", "presigned-completed"]

    def test_nothing_beyond_what_was_approved(self, cast, home):
        paper, = given(cast)

        for what, code in BEYOND:
            done = services.complete(actor=cast["mario"], number=paper.number, filled=what, at=NOON)
            assert code in codes(done), what

        assert not Application.objects.exists() and not Permit.objects.exists()
        assert MasterLine.objects.get().drawn == 0 and Certificate.objects.get().state == "given"

    def test_a_box_that_the_authority_filled_stays_as_it_is(self, cast, home):
        line = Allowance(("Dendrobium nobile",), "LIV", "NAR", "A", "QM", D(10), D(100))
        paper, = given(cast, boxes=frozenset(), consignee=ORLO, lines=(line,))

        other = services.complete(actor=cast["mario"], number=paper.number, at=NOON, filled=filled(
            lines=(FilledLine(0, "Dendrobium nobile", D(9)),), consignee=replace(ORLO, name="Somebody else")))
        permit = services.complete(actor=cast["mario"], number=paper.number, at=NOON,
                                   filled=filled(lines=(FilledLine(0),), consignee=None))

        assert codes(other) == ["box-not-yours", "box-not-yours"]
        assert permit.record.lines[0].quantity == 10 and permit.record.importer.name == "Orlo SA"

    def test_once_only_and_by_the_holder_only(self, cast, home):
        paper, = given(cast)

        officer = services.complete(actor=cast["amina"], number=paper.number, filled=filled(), at=NOON)
        first = services.complete(actor=cast["mario"], number=paper.number, filled=filled(), at=NOON)
        again = services.complete(actor=cast["mario"], number=paper.number, filled=filled(), at=NOON)

        assert codes(officer) == ["not-allowed"] and isinstance(first, Permit) and codes(again) == ["paper-closed"]

    def test_after_the_last_day_nothing_is_completed(self, cast, home):
        paper, = given(cast)

        late = services.complete(actor=cast["mario"], number=paper.number, filled=filled(),
                                 at=NOON + timedelta(days=301))

        assert "master-ended" in codes(late)

    def test_an_unused_permit_gives_back_what_it_drew_once(self, cast, home):
        paper, = given(cast)
        services.complete(actor=cast["mario"], number=paper.number, filled=filled(), at=NOON)
        paper.refresh_from_db()

        done = [services.give_back([paper], actor="system", at=NOON) for _ in range(2)]

        assert done == [1, 0] and MasterLine.objects.get().drawn == 0
        assert list(Draw.objects.order_by("pk").values_list("back", flat=True)) == [False, True]
