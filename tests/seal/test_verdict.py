"""The verdict: role by state, and every doubt in its own sentence."""

from __future__ import annotations

from datetime import UTC, date, timedelta
from decimal import Decimal

import pytest
from tests.seal.world import (
    AT,
    CUSTOMS,
    INDEX,
    PERMIT,
    STATUS,
    STRANGER,
    URI,
    entry,
    lists,
    record,
    resealed,
    token,
    trust,
    verifier,
)

from wildgate.convention.vocabulary import DocumentKind
from wildgate.seal.companion import Companion, Paper
from wildgate.seal.endorsement import Endorsement, Stage
from wildgate.seal.envelope import Kind, open_envelope, seal
from wildgate.seal.keys import Purpose
from wildgate.seal.status import State, StatusLists
from wildgate.seal.token import permit_digest, seal_companion, seal_endorsement, seal_permit
from wildgate.seal.trust import KeyState, PartyEntry
from wildgate.seal.verdict import Role, Verifier

A, H, R = "accept", "hold", "refuse"
TABLE = {  # export officer, carrier, import officer, public
    State.VALID: (A, A, H, A), State.EXPORTED: (R, A, A, A), State.PARTLY_USED: (H, H, H, A),
    State.USED: (R, R, R, R), State.CANCELLED: (R, R, R, R), State.SUSPENDED: (R, R, R, R),
    State.REPLACED: (R, R, R, R), State.LOST: (R, R, R, R)}
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


def said(judge: Verifier, data=None, role=Role.EXPORT, at=AT):
    """The answer, whether it is genuine, the state, and the first reason's code."""
    found = judge.verdict(data or token(), role, at)
    return found.answer.value, found.genuine, found.state, found.reasons[0].code


def codes(judge: Verifier, data=None, role=Role.EXPORT, at=AT):
    return {why.code for why in judge.verdict(data or token(), role, at).reasons}


@pytest.mark.parametrize("state", list(State))
@pytest.mark.parametrize("role", list(Role))
def test_role_by_state(state, role):
    found = verifier(state).verdict(token(), role, AT)

    assert found.answer.value == TABLE[state][list(Role).index(role)]
    assert (found.genuine, found.state, found.age_seconds) == (True, state.word, 0)


@pytest.mark.parametrize("state", list(State))
@pytest.mark.parametrize("role", list(Role))
def test_expiry_overrides_every_state(state, role):
    late = record().expires_at + timedelta(seconds=1)
    judge = Verifier(trust(at=late), lists(state, at=late))

    assert said(judge, role=role, at=late) == (R, True, "expired", "expired")
    assert said(Verifier(trust(at=late), lists(0, at=late)), at=record().expires_at)[0] == A


def test_an_import_permit_is_used_on_arrival_without_an_export_endorsement():
    data = token(kind=DocumentKind.IMPORT_PERMIT)

    assert said(verifier(State.VALID), data, Role.IMPORT) == (A, True, "valid", "may-close")
    assert said(verifier(State.USED), data, Role.IMPORT)[0] == R


def test_a_stale_list_keeps_its_answer_and_tells_its_age():
    found = verifier(State.VALID).verdict(token(), Role.EXPORT, AT + 20 * MINUTE)

    assert (found.answer.value, found.state, found.age_seconds) == (A, "valid", 1200)
    assert "Status as of 10:00 UTC on 3 March 2027." in [why.reason for why in found.reasons]


def test_an_expired_or_missing_list_means_hold():
    old = Verifier(trust(at=AT + 4 * DAY), lists())

    assert said(old, at=AT + 4 * DAY) == (H, True, "unknown", "status-expired")
    assert said(Verifier(trust(), StatusLists({}))) == (H, True, "unknown", "status-missing")
    assert said(Verifier(trust())) == (H, True, "unknown", "status-missing")
    assert said(Verifier(trust(), StatusLists({f"{URI}.cwt": b"damaged"}))) == (H, True, "unknown", "status-missing")


def test_a_list_older_than_the_permit_says_nothing_about_it():
    assert said(Verifier(trust(), lists(State.CANCELLED, at=AT - MINUTE))) == (H, True, "unknown", "status-older")
    assert said(Verifier(trust(), lists(State.VALID, at=AT - MINUTE))) == (H, True, "unknown", "status-older")


def test_forged_codes_each_get_their_sentence():
    judge = verifier()

    assert said(judge, token(STRANGER)) == (R, False, "unknown", "unknown-key")
    assert said(judge, resealed(lambda claims: claims.update({
        1: "QZ", 65535: {"status_list": {"idx": 1, "uri": "QZ/27Q3/0"}}}), STRANGER)) == (
            H, False, "unknown", "unknown-party")
    assert said(judge, resealed(lambda claims: claims.update({
        1: "QZ", 65535: {"status_list": {"idx": 1, "uri": "QZ/27Q3/0"}}})))[3] == "key-party"
    assert said(judge, token(CUSTOMS))[3] == "key-purpose"
    assert said(judge, token(STATUS))[3] == "key-purpose"
    opened = open_envelope(token())
    assert said(judge, seal(opened.payload, Kind.ENDORSEMENT, PERMIT))[3] == "key-purpose"
    assert said(judge, seal(opened.payload, Kind.TRUST_LIST, PERMIT))[3] == "wrong-kind"
    assert said(judge, seal(opened.payload, 65099, PERMIT))[3] == "wrong-kind"
    flipped = token()[:-1] + bytes((token()[-1] ^ 1,))
    assert said(judge, flipped)[3] == "signature"
    assert judge.verdict(flipped, Role.PUBLIC, AT).facts == {}


def test_the_algorithm_is_that_of_the_key():
    data = token().replace(b"\xa3\x01\x26\x04", b"\xa3\x01\x27\x04", 1)

    assert said(verifier(), data)[3] == "key-algorithm"


def test_the_future_and_the_life_of_a_key():
    assert said(verifier(), at=AT - 4 * MINUTE)[0] == A
    assert said(Verifier(trust(at=AT - HOUR), lists(at=AT - HOUR)), at=AT - 6 * MINUTE) == (
        R, False, "unknown", "issued-in-future")
    for early, late in ((AT + HOUR, AT + DAY), (AT - DAY, AT - HOUR)):
        judge = Verifier(trust(entry(Purpose.PERMIT, PERMIT, since=early, until=late), entry(Purpose.STATUS, STATUS)),
                         lists())
        assert said(judge) == (R, False, "unknown", "key-time")


def test_a_clock_behind_the_signed_lists_never_says_accept():
    early = token(issued_at=AT - DAY)

    assert said(Verifier(trust(), lists()), early, at=AT - HOUR)[:3] == (H, True, "unknown")
    assert "clock-behind" in codes(Verifier(trust(), lists(at=AT - 2 * HOUR)), early, at=AT - HOUR)
    assert said(Verifier(trust(), lists(at=AT - 2 * HOUR)), early, at=AT - HOUR)[0] == H


def test_a_clock_that_a_list_proves_to_be_behind_makes_no_permit_a_forgery():
    old = AT - 2 * HOUR
    for judge in (Verifier(trust(), lists()), Verifier(trust(at=old), lists()), Verifier(trust(), lists(at=old))):
        found = judge.verdict(token(), Role.EXPORT, AT - HOUR)
        assert (found.answer.value, found.genuine, found.state) == (H, True, "unknown")
        assert [why.code for why in found.reasons].count("clock-behind") == 1


def test_a_retired_key_still_speaks_for_its_permits():
    retired = entry(Purpose.PERMIT, PERMIT, state=KeyState.RETIRED)

    assert said(Verifier(trust(retired, entry(Purpose.STATUS, STATUS)), lists()))[:2] == (A, True)


def test_a_stolen_key_counts_only_with_the_register():
    stolen = trust(entry(Purpose.PERMIT, PERMIT, state=KeyState.COMPROMISED, compromised_since=AT),
                   entry(Purpose.STATUS, STATUS))

    register, other = [token()], [token(number="QM-E-2027-00001")]
    for role, answer in zip(Role, TABLE[State.VALID], strict=True):
        assert said(Verifier(stolen, lists()), role=role) == (H, False, "unknown", "key-stolen")
        assert said(Verifier(stolen, lists(digests=register)), role=role)[:3] == (answer, True, "valid")
        assert "key-stolen-listed" in codes(Verifier(stolen, lists(digests=register)), role=role)
        assert said(Verifier(stolen, lists(digests=other, at=AT + MINUTE)), role=role, at=AT + MINUTE) == (
            R, False, "unknown", "key-stolen-unlisted")


def test_a_forger_who_dates_after_the_register_at_hand_gains_a_question_and_no_more():
    stolen = trust(entry(Purpose.PERMIT, PERMIT, state=KeyState.COMPROMISED, compromised_since=AT - DAY),
                   entry(Purpose.STATUS, STATUS))
    judge = Verifier(stolen, lists(digests=[token(lines=2)]))

    forged = token(number="QM-E-2027-00666", issued_at=AT + 2 * MINUTE)
    assert said(judge, forged, at=AT + 3 * MINUTE) == (H, False, "unknown", "key-stolen")
    backdated = token(number="QM-E-2027-00666", issued_at=AT - 10 * DAY, valid_until=date(2027, 8, 1))
    assert said(judge, backdated, at=AT + 3 * MINUTE) == (R, False, "unknown", "key-stolen-unlisted")


def test_a_key_out_of_use_signs_nothing_new():
    late = token(issued_at=AT + HOUR)
    for state, code in ((KeyState.ACTIVE, "key-time"), (KeyState.RETIRED, "key-retired"),
                        (KeyState.COMPROMISED, "key-stolen-after")):
        judge = Verifier(trust(entry(Purpose.PERMIT, PERMIT, state=state, until=AT), entry(Purpose.STATUS, STATUS)),
                         lists(digests=[token()]))
        assert said(judge, late, at=AT + 2 * HOUR) == (R, False, "unknown", code)
        assert said(judge)[:2] == (A, True)


def test_the_strictest_of_several_trust_lists_counts():
    stolen = trust(entry(Purpose.PERMIT, PERMIT, state=KeyState.COMPROMISED))

    for order in ([trust(), stolen], [stolen, trust()]):
        assert said(Verifier(order, lists()))[3] == "key-stolen"


def test_a_permit_that_the_register_does_not_have_is_refused():
    judge = verifier(State.VALID, digests=[token(lines=2)], at=AT + MINUTE)

    assert said(judge, at=AT + MINUTE) == (R, False, "unknown", "not-in-register")
    assert said(verifier(State.VALID, digests=[token()]))[:2] == (A, True)
    late = token(issued_at=AT + 2 * MINUTE)
    assert said(judge, late, at=AT + 2 * MINUTE) == (H, True, "unknown", "status-older")


def test_annex_pages_are_in_the_register_too():
    pages = seal_permit(record(6), PERMIT, status_uri=URI, status_index=INDEX)
    judge = verifier(State.VALID, digests=pages, at=AT + MINUTE)

    assert [said(judge, page, at=AT + MINUTE)[:2] for page in pages] == [(A, True), (A, True)]
    assert "scan-every-page" in codes(judge, pages[1], at=AT + MINUTE)
    forged = seal_permit(record(7), PERMIT, status_uri=URI, status_index=INDEX)[1]
    assert said(judge, forged, at=AT + MINUTE)[3] == "not-in-register"


def test_the_age_of_the_trust_list_is_told():
    aged = Verifier(trust(), lists(at=AT + 2 * DAY))
    ended = Verifier(trust(), lists(at=AT + 31 * DAY))

    assert said(aged, at=AT + 2 * DAY)[0] == A
    assert "trust-as-of" in codes(aged, at=AT + 2 * DAY)
    assert said(ended, at=AT + 31 * DAY)[:3] == (H, True, "valid")
    assert "trust-expired" in codes(ended, at=AT + 31 * DAY)


def test_an_advisory_is_told_and_decides_nothing():
    warned = trust(parties=[PartyEntry("QM", advisory="The Standing Committee recommends to suspend trade in ...")])

    assert said(Verifier(warned, lists()))[0] == A
    assert "advisory" in codes(Verifier(warned, lists()))


def test_the_verdict_as_json():
    found = verifier(State.EXPORTED).verdict(token(), Role.IMPORT, AT + MINUTE).as_json()

    assert {key: found[key] for key in ("genuine", "state", "answer", "age", "digest")} == {
        "genuine": True, "state": "exported", "answer": "accept", "age": 60, "digest": permit_digest(token()).hex()}
    facts = found["facts"]
    assert (facts["number"], facts["party"], facts["kind"]) == ("QM-E-2027-00031", "QM", "export-permit")
    assert (facts["issued"], facts["valid_until"]) == ("2027-03-03T10:00:00Z", "2027-09-02")
    assert facts["lines"] == [{"taxon": "Crocodylus novaeguineae", "appendix": "II", "source": "C", "term": "SKI",
                               "quantity": "1200", "unit": "NAR", "origin": "QM"}]
    assert facts["exporter"] == {"name": "Lacuna Hides Ltd", "country": "QM"}


def test_an_endorsement_gets_a_verdict_of_its_own():
    label = seal_endorsement(Endorsement("QM", "QM-E-2027-00031", permit_digest(token()), Stage.EXPORT, "QMKV2",
                                         (Decimal(1150),), AT, "020-44556677", 12), CUSTOMS)
    found = verifier().verdict(label, Role.IMPORT, AT)

    assert (found.genuine, found.state, found.answer.value) == (True, "endorsement", A)
    assert (found.facts["stage"], found.facts["quantities"], found.facts["endorsed"]) == (
        "export", ["1150"], AT.astimezone(UTC).isoformat().replace("+00:00", "Z"))
    stolen = trust(entry(Purpose.ENDORSEMENT, CUSTOMS, state=KeyState.COMPROMISED))
    assert said(Verifier(stolen), label) == (H, False, "unknown", "key-stolen-endorsement")
    assert said(Verifier(trust(entry(Purpose.PERMIT, CUSTOMS))), label)[3] == "key-purpose"


def test_a_permit_of_a_day_is_good_to_its_last_second():
    data = token(valid_until=date(2027, 3, 3))
    last = record(valid_until=date(2027, 3, 3)).expires_at

    assert said(Verifier(trust(), lists(at=last)), data, at=last)[0] == A
    assert said(Verifier(trust(), lists(at=last)), data, at=last + timedelta(seconds=1))[2] == "expired"


def test_a_blank_whose_time_is_over_says_so_offline_too():
    blank = seal_companion(Companion("QM", int(AT.timestamp()), int((AT + DAY).timestamp()), Paper.BLANK,
                                     "27QM000044R", 2), PERMIT)

    for at, reasons in ((AT + HOUR, {"incomplete"}), (AT + 2 * DAY, {"incomplete", "expired"})):
        assert said(verifier(), blank, at=at)[:3] == (R, True, "incomplete")
        assert codes(verifier(), blank, at=at) == reasons
