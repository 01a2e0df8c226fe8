"""A permit and the labels on it: they belong together, or a sentence says where the chain breaks."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from itertools import permutations
from typing import Any

import pytest
from tests.seal.world import (
    AT,
    CUSTOMS,
    PERMIT,
    STATUS,
    STRANGER,
    entry,
    lists,
    token,
    trust,
)

from wildgate.convention.vocabulary import DocumentKind
from wildgate.seal.chain import Link, breaks, read_with
from wildgate.seal.endorsement import Endorsement, Stage
from wildgate.seal.keys import Purpose, SigningKey
from wildgate.seal.status import StatusLists
from wildgate.seal.token import permit_digest, read_token, seal_endorsement
from wildgate.seal.verdict import Answer, Role, Verifier

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
FOREIGN = SigningKey.generate()
KEYS = (entry(Purpose.PERMIT, PERMIT), entry(Purpose.ENDORSEMENT, CUSTOMS), entry(Purpose.STATUS, STATUS),
        entry(Purpose.ENDORSEMENT, FOREIGN, "QZ"))
OTHER = token(number="QM-E-2027-00032")
GUITAR = token(kind=DocumentKind.INSTRUMENT, valid_until=date(2030, 3, 1))
EXPORT = Endorsement("QM", "QM-E-2027-00031", permit_digest(token()), Stage.EXPORT, "QMKIV", (Decimal(1150),),
                     AT + HOUR, "020-44556677")


def link(before: Link | None = None, **changed: Any) -> Link:
    facts = {"previous": before.digest if before else None, **changed}
    sealed = seal_endorsement(replace(EXPORT, **facts), FOREIGN if changed.get("party") == "QZ" else CUSTOMS)
    return Link(read_token(sealed).claims, permit_digest(sealed))


def pages(*tokens: bytes) -> list[tuple[Any, bytes]]:
    return [(read_token(one).claims, permit_digest(one)) for one in tokens]


def codes(tokens: Any, *links: Link) -> list[str]:
    found = [[why.code for why in breaks(pages(*tokens), order)] for order in permutations(links)]
    assert all(one == found[0] for one in found), "the order of the labels matters"
    return found[0]


ONE = link()
ARRIVAL = link(ONE, party="QZ", stage=Stage.IMPORT, locode="QZBAS", at=AT + DAY)


class TestWhole:
    def test_a_permit_without_labels(self):
        assert codes([token()]) == []

    def test_an_export(self):
        # ECDSA signs the same claims anew with the same digest: what was signed is the name, not the signature.
        assert codes([token()], ONE) == []

    def test_an_export_and_the_import_abroad(self):
        assert codes([token()], ONE, ARRIVAL) == []

    def test_the_same_label_read_twice_is_one(self):
        assert [why.code for why in breaks(pages(token()), [ONE, ONE])] == []

    def test_the_guitar_goes_out_and_in_and_out(self):
        out = link(**(of := {"permit_digest": permit_digest(GUITAR), "quantities": (Decimal(1),)}))
        back = link(out, **of, stage=Stage.IMPORT, at=AT + DAY)
        again = link(back, **of, at=AT + 2 * DAY)
        abroad = link(out, **of, party="QZ", stage=Stage.IMPORT, at=AT + 2 * HOUR)

        assert codes([GUITAR], out, back, again, abroad) == []


def broken() -> dict[str, tuple[tuple[Link, ...], str]]:
    second = link(ONE, at=AT + 2 * HOUR, quantities=(Decimal(10),))
    return {
        "of another permit": ((link(permit_digest=permit_digest(OTHER)),), "chain-other-permit"),
        "of another number": ((link(number="QM-E-2027-00099"),), "chain-other-permit"),
        "a label is missing": ((link(link(at=AT + 2 * HOUR), at=AT + 3 * HOUR, stage=Stage.IMPORT, party="QZ"),),
                               "chain-gap"),
        "two first ones": ((ONE, link(party="QZ", stage=Stage.IMPORT, at=AT + DAY)), "chain-gap"),
        "more than permitted": ((link(quantities=(Decimal(1201),)),), "chain-too-much-left"),
        "more arrived than left": ((ONE, link(ONE, party="QZ", stage=Stage.IMPORT, quantities=(Decimal(1151),),
                                              at=AT + DAY)), "chain-more-arrived"),
        "exported twice": ((ONE, second), "chain-double-export"),
        "twice in sum too much": ((ONE, link(ONE, quantities=(Decimal(100),), at=AT + 2 * HOUR)),
                                  "chain-too-much-left"),
        "dated before the one it follows": ((ONE, link(ONE, party="QZ", stage=Stage.IMPORT, at=AT + HOUR / 2)),
                                            "chain-dates"),
        "before the issue": ((link(at=AT - HOUR),), "chain-before-issue"),
        "after the last day": ((link(at=AT + 300 * DAY),), "chain-after-expiry"),
        "export endorsed abroad": ((link(party="QZ"),), "chain-not-exporter"),
        "two follow on one": ((ONE, ARRIVAL, link(ONE, party="QZ", stage=Stage.TRANSIT, at=AT + 2 * DAY)),
                              "chain-fork"),
    }


@pytest.mark.parametrize("name", broken())
def test_a_break_is_named(name):
    links, code = broken()[name]

    found = codes([token()], *links)

    assert code in found


def test_a_guitar_that_left_twice():
    of = {"permit_digest": permit_digest(GUITAR), "quantities": (Decimal(1),)}
    out = link(**of)

    assert codes([GUITAR], out, link(out, **of, at=AT + DAY)) == ["chain-same-way"]


def test_the_sentence_says_how_much():
    [why] = breaks(pages(token()), [link(quantities=(Decimal(7200),))])

    assert why.reason == "7200 left on line 1 but 1200 are permitted."


class TestOffline:
    """The importing country reads permit and label; it has an old status list, or none."""

    def judged(self, label: bytes | None = None, *, state: int = 0, role: Role = Role.IMPORT, lists_at: Any = AT,
               at: Any = AT + 2 * HOUR, permit: bytes | None = None) -> Any:
        status = StatusLists({}) if state < 0 else lists(state, at=lists_at)
        verifier = Verifier(trust(*KEYS), status)
        code = permit or token()
        sealed = label or seal_endorsement(EXPORT, CUSTOMS)
        return read_with(verifier, [code], [sealed], verifier.verdict(code, role, at), role, at)[0]

    @pytest.mark.parametrize("state", [0, -1])
    def test_the_label_answers_what_the_list_leaves_open(self, state):
        verdict = self.judged(state=state)

        assert verdict.answer is Answer.ACCEPT
        assert verdict.reasons[0].code == "endorsed-on-label"
        assert "Endorsed at export by QM at QMKIV on 11:00 UTC on 3 March 2027" in verdict.reasons[0].reason

    @pytest.mark.parametrize("state", [1, 2, 3, 14, 15])
    def test_it_does_not_answer_a_refusal(self, state):
        assert self.judged(state=state).answer is Answer.REFUSE

    def test_it_answers_the_importing_country_only(self):
        assert self.judged(state=-1, role=Role.EXPORT).answer is Answer.HOLD

    def test_an_import_label_is_no_export_label(self):
        label = seal_endorsement(replace(EXPORT, stage=Stage.IMPORT), CUSTOMS)

        assert self.judged(label).answer is Answer.HOLD

    def test_a_label_by_nobody_known_is_refused(self):
        verdict = self.judged(seal_endorsement(EXPORT, STRANGER))

        assert (verdict.answer, verdict.reasons[0].code) == (Answer.REFUSE, "chain-label")

    def test_a_label_of_another_permit_is_refused(self):
        label = seal_endorsement(replace(EXPORT, permit_digest=permit_digest(OTHER)), CUSTOMS)

        assert self.judged(label).reasons[0].code == "chain-other-permit"
        assert self.judged(label).answer is Answer.REFUSE

    def test_a_missing_label_is_held(self):
        label = seal_endorsement(replace(EXPORT, previous=bytes(32)), CUSTOMS)

        assert self.judged(label).answer is Answer.HOLD

    def test_a_forged_permit_stays_forged(self):
        forged = token(STRANGER)

        assert not self.judged(permit=forged).genuine
