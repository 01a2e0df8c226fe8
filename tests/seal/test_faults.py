"""Each thing that can be wrong with a clock, a list or a key has a sentence of its own, so that nobody must guess."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from tests.seal.world import (
    AT,
    CUSTOMS,
    PERMIT,
    ROOT,
    STATUS,
    STRANGER,
    entry,
    lists,
    resealed,
    token,
    trust,
)

from wildgate.convention.refusal import Refusal
from wildgate.seal.keys import Purpose
from wildgate.seal.status import StatusLists
from wildgate.seal.trust import KeyState, TrustList, build_trust_list, read_successor, read_trust_list
from wildgate.seal.trusted import home_verifier
from wildgate.seal.verdict import Role, Verifier
from wildgate.seal.words import SENTENCES

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
FOREIGN = resealed(lambda claims: claims.update({1: "QZ", 65535: {"status_list": {"idx": 1, "uri": "QZ/27Q3/0"}}}),
                   STRANGER)


def judge(*, key: KeyState = KeyState.ACTIVE, until: object = AT + 700 * DAY, **more: object) -> Verifier:
    found = trust(entry(Purpose.PERMIT, PERMIT, state=key, until=until), entry(Purpose.STATUS, STATUS), at=AT)
    return Verifier(found, lists(**more))


def sealed(at: object = AT, sequence: int = 5, key: object = ROOT) -> bytes:
    return build_trust_list([entry(Purpose.PERMIT, PERMIT)], key=key, at=at, sequence=sequence, operator="QM")


def first_hold(verifier: Verifier, data: bytes, at: object) -> Refusal:
    """The first reason that keeps the officer from accepting."""
    found = verifier.verdict(data, Role.EXPORT, at)
    assert found.answer.value != "accept"
    return next(why for why in found.reasons if why.code not in ("may-endorse", "status-as-of"))


FAULTS: dict[str, Callable[[Path], Refusal]] = {
    "clock-behind": lambda _: first_hold(judge(), token(issued_at=AT - DAY), AT - HOUR),
    "issued-in-future": lambda _: first_hold(judge(), token(issued_at=AT + DAY), AT),
    "trust-expired": lambda _: first_hold(Verifier(trust(), lists(at=AT + 31 * DAY)), token(), AT + 31 * DAY),
    "no-trust-list": home_verifier,
    "status-missing": lambda _: first_hold(Verifier(trust(), StatusLists({})), token(), AT),
    "status-expired": lambda _: first_hold(Verifier(trust(), lists()), token(), AT + 4 * DAY),
    "unknown-party": lambda _: first_hold(judge(), FOREIGN, AT),
    "unknown-key": lambda _: first_hold(judge(), token(STRANGER), AT),
    "key-purpose": lambda _: first_hold(Verifier(trust(), lists()), token(CUSTOMS), AT),
    "key-retired": lambda _: first_hold(judge(key=KeyState.RETIRED, until=AT - HOUR), token(), AT),
    "key-stolen-after": lambda _: first_hold(judge(key=KeyState.COMPROMISED, until=AT - HOUR), token(), AT),
    "key-stolen": lambda _: first_hold(judge(key=KeyState.COMPROMISED), token(), AT),
    "key-stolen-unlisted": lambda _: first_hold(
        judge(key=KeyState.COMPROMISED, digests=[token(lines=2)], at=AT + HOUR), token(), AT + HOUR),
    "not-in-register": lambda _: first_hold(judge(digests=[token(lines=2)], at=AT + HOUR), token(), AT + HOUR),
    "trust-rollback": lambda _: _refused(read_successor(sealed(sequence=4), _held())),
    "trust-root": lambda _: _refused(read_successor(sealed(key=STRANGER, sequence=6), _held())),
}


def _held() -> TrustList:
    found = read_trust_list(sealed(), [ROOT.public])
    assert isinstance(found, TrustList)
    return found


def _refused(found: object) -> Refusal:
    assert isinstance(found, Refusal)
    return found


@pytest.mark.parametrize("code", FAULTS)
def test_a_fault_has_its_code(code, tmp_path):
    found = FAULTS[code](tmp_path)

    assert found.code == code


def test_no_two_faults_share_a_sentence(tmp_path):
    sentences = {code: fault(tmp_path).template for code, fault in FAULTS.items()}

    assert len(set(sentences.values())) == len(sentences)
    assert len(set(SENTENCES.values())) == len(SENTENCES)
    assert all(sentence.endswith((".", "s")) for sentence in sentences.values())
