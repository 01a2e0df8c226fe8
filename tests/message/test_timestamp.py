"""Time stamps from an authority nearby: they prove the time, outlive certificates, and false ones are not taken."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cache

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from tests.message.clock import Clock, serving
from tests.message.papers import BASE, certificate, pin, seals
from tests.message.permits import permit
from tests.message.test_pdf_attacks import CUSTOMS
from tests.message.test_usual import PINS, signed_anew

from wildgate.kit.certificates import issue_document_certificate
from wildgate.message.pdf import write_pdf
from wildgate.message.signature import check_pdf, countersign_pdf, judge_any_pdf, sign_pdf
from wildgate.message.signed import BROKEN, UNTRUSTED
from wildgate.message.timestamp import NoTimeStamp, TimeAuthority
from wildgate.message.usual import usual_signature
from wildgate.message.xades import check_xml, sign_xml, unsigned
from wildgate.message.xml import write_v2

MADE = datetime(2027, 3, 4, 12, 0, tzinfo=UTC)
LATER = datetime(2089, 1, 1, tzinfo=UTC)


@pytest.fixture(scope="module")
def clock() -> Clock:
    return Clock(at=MADE)


@pytest.fixture(scope="module")
def authority(clock: Clock) -> Iterator[TimeAuthority]:
    with serving(clock) as url:
        yield TimeAuthority(url, [clock.certificate])


@cache
def page() -> bytes:
    return write_pdf(permit(), seals(permit()), base_url=BASE, xml=b"<a/>")


def stamped_pdf(authority: TimeAuthority, **more: bool) -> bytes:
    key, mine = certificate()
    return sign_pdf(page(), key, [mine], stamps=authority, **more)


def stamped_xml(authority: TimeAuthority) -> bytes:
    key, mine = certificate()
    return sign_xml(write_v2(permit()), key, [mine], at=MADE, stamps=authority)


def test_a_stamped_pdf_tells_when_it_was_signed(clock: Clock, authority: TimeAuthority) -> None:
    data = stamped_pdf(authority)
    found = check_pdf(data, pins=[pin()], tsa=[clock.certificate], at=LATER)

    assert found.sound and found.stamp
    assert (found.stamp.at, found.stamp.authority, found.stamp.sound) == (MADE, "Demoland Time", True)
    assert found.as_json()["stamp"]["at"] == "2027-03-04T12:00:00+00:00"


def test_a_stamp_of_somebody_unknown_adds_nothing_and_takes_nothing(authority: TimeAuthority) -> None:
    other = Clock("Somebody's time")
    for found in (check_pdf(stamped_pdf(authority), pins=[pin()], tsa=[other.certificate], at=LATER),
                  check_xml(stamped_xml(authority), pins=[pin()], tsa=[other.certificate], at=LATER)[0]):
        assert found.sound and found.stamp
        assert not found.stamp.sound and "not one that is trusted" in found.stamp.sentence


def test_both_judges_of_a_pdf_say_the_same_of_stamps(clock: Clock, authority: TimeAuthority) -> None:
    key, mine = certificate(CUSTOMS)
    alone = stamped_pdf(authority)
    for data in (alone, countersign_pdf(alone, key, [mine], stamps=authority)):
        for times in ([clock.certificate], []):
            found = usual_signature(data, PINS, times, LATER)
            assert found is not None and found.stamp and found.stamp.sound is bool(times)
            assert found == judge_any_pdf(data, pins=PINS, tsa=times, at=LATER)


def test_a_stamp_of_something_else_in_a_pdf_is_noticed(clock: Clock, authority: TimeAuthority) -> None:
    data = signed_anew(stamped_pdf(authority), authority.stamp(hashlib.sha256(b"something else").digest()))

    assert usual_signature(data, PINS, [clock.certificate], LATER) is None
    assert check_pdf(data, pins=PINS, tsa=[clock.certificate], at=LATER).sentence == BROKEN


def test_a_stamp_outlives_the_signers_certificate(clock: Clock, authority: TimeAuthority) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    issued = issue_document_certificate("QM", key.public_key(), MADE, MADE.replace(year=2030))
    chain, roots = [issued.certificate, issued.authority], [issued.authority]
    times = [clock.certificate]

    def sign(data: bytes) -> bytes:
        return key.sign(data, ec.ECDSA(hashes.SHA256()))

    message = write_v2(permit())
    for check, stamped, bare in (
            (check_pdf, sign_pdf(page(), sign, chain, stamps=authority), sign_pdf(page(), sign, chain)),
            (lambda *given, **more: check_xml(*given, **more)[0],
             sign_xml(message, sign, chain, at=MADE, stamps=authority), sign_xml(message, sign, chain, at=MADE))):
        assert check(bare, roots, at=MADE.replace(year=2029)).sound
        assert check(bare, roots, at=LATER).sentence == UNTRUSTED
        assert check(stamped, roots, tsa=times, at=LATER).sound
        assert check(stamped, roots, at=LATER).sentence == UNTRUSTED


def test_a_stamped_message_is_the_same_message(clock: Clock, authority: TimeAuthority) -> None:
    data = stamped_xml(authority)
    found, _ = check_xml(data, pins=[pin()], tsa=[clock.certificate], at=LATER)

    assert found.sound and found.stamp and found.stamp.at == MADE
    assert unsigned(data) == write_v2(permit())


def test_a_stamp_of_another_signature_is_noticed(authority: TimeAuthority) -> None:
    one, other = (data.partition(b"<xades:UnsignedProperties>") for data in (
        stamped_xml(authority), stamped_xml(authority)))
    found, _ = check_xml(one[0] + other[1] + other[2], pins=[pin()], at=LATER)

    assert not found.sound and "time stamp" in found.sentence


def test_an_archived_pdf_ends_with_a_stamp_over_all_of_it_and_customs_may_still_sign(
        clock: Clock, authority: TimeAuthority) -> None:
    data = stamped_pdf(authority, archive=True)
    key, mine = certificate("Demoland Customs")
    endorsed = countersign_pdf(data, key, [mine], stamps=authority)
    roots, times = [certificate()[1], mine], [clock.certificate]

    assert b"/DocTimeStamp" in data and b"/DSS" in data
    assert check_pdf(data, roots, tsa=times, at=LATER).sound
    assert check_pdf(data, roots, at=LATER).sound
    both = check_pdf(endorsed, roots, tsa=times, at=LATER)
    assert (both.sound, len(both.countersigned)) == (True, 1)
    assert not check_pdf(data + b"\n% a remark\n", roots, tsa=times, at=LATER).sound


@pytest.mark.parametrize("spoil", [
    lambda answer: answer[:-9] + bytes(9), lambda answer: b"", lambda answer: b"<html>busy</html>",
    lambda answer: bytes(200_000), lambda answer: answer.replace(b"Demoland Time", b"Somebody else"),
    lambda answer: answer[:200]])
def test_a_false_stamp_is_never_built_in(authority: TimeAuthority, clock: Clock, spoil: object,
                                         monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "spoil", spoil)

    with pytest.raises(NoTimeStamp):
        authority.stamp(bytes(32))


def test_a_replayed_stamp_is_refused(authority: TimeAuthority, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    kept: list[bytes] = []
    monkeypatch.setattr(clock, "spoil", lambda answer: kept[0] if kept else kept.append(answer) or answer)
    authority.stamp(bytes(32))

    with pytest.raises(NoTimeStamp):
        authority.stamp(bytes(32))


def test_an_authority_that_is_down_or_not_trusted_gives_none(authority: TimeAuthority) -> None:
    with pytest.raises(NoTimeStamp, match="does not answer"):
        stamped_pdf(TimeAuthority("http://127.0.0.1:9/", []))
    with pytest.raises(NoTimeStamp, match="not one that is trusted"):
        stamped_xml(TimeAuthority(authority.url, [Clock("Somebody's time").certificate]))
    with pytest.raises(NoTimeStamp, match="must begin with"):
        TimeAuthority("file:///etc/passwd", [])


def test_an_authority_that_sends_us_elsewhere_is_not_followed(authority: TimeAuthority, clock: Clock) -> None:
    with serving(clock, moved_to=authority.url) as url, pytest.raises(NoTimeStamp, match="302"):
        TimeAuthority(url, [clock.certificate]).stamp(bytes(32))
