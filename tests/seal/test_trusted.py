"""Trust lists side by side: taken after a comparison of fingerprints, never a step back, each for its own Parties."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.seal.world import AT, PERMIT, ROOT, STATUS, STRANGER, entry, lists, token

from wildgate.convention.refusal import Refusal
from wildgate.seal.keys import Purpose, SigningKey
from wildgate.seal.trust import KeyState, TrustEntry, build_trust_list
from wildgate.seal.trusted import admit, archive, disagreements, held, home_verifier, in_force
from wildgate.seal.verdict import Role, Verifier

DAY = timedelta(days=1)
THEIRS, NEXT, THEIR_KEY = (SigningKey.generate() for _ in range(3))


def partner(*entries: TrustEntry, key: SigningKey = THEIRS, **more: Any) -> bytes:
    found = entries or (entry(Purpose.PERMIT, THEIR_KEY, "QZ"),)
    return build_trust_list(found, **{"key": key, "at": AT, "sequence": 5, "operator": "QZ"} | more)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    own = build_trust_list([entry(Purpose.PERMIT, PERMIT), entry(Purpose.STATUS, STATUS)], key=ROOT, at=AT, sequence=1,
                           operator="QM")
    (tmp_path / "trust.cwt").write_bytes(own)
    return tmp_path


def take(home: Path, data: bytes, fingerprint: str = "", at: Any = AT, **more: Any) -> str:
    found = admit(home, data, at, fingerprint=fingerprint, **more)
    return found.code if isinstance(found, Refusal) else "taken"


def test_a_partners_list_is_taken_after_its_fingerprint_was_compared(home):
    asked = admit(home, partner(), AT)
    assert isinstance(asked, Refusal)
    assert asked.code == "trust-fingerprint-needed"
    assert THEIRS.public.fingerprint in asked.reason

    assert take(home, partner(), STRANGER.public.fingerprint) == "trust-fingerprint"
    assert not (home / "trust" / "QZ.cwt").exists()
    assert take(home, partner(), THEIRS.public.fingerprint.replace(" ", "-")) == "taken"
    assert [(each.keeper, each.own, each.speaks_for) for each in held(home)] == [
        ("QM", True, ("*",)), ("QZ", False, ("QZ",))]


def test_a_fingerprint_is_twelve_groups_of_five_digits_or_the_whole_thumbprint():
    groups = ROOT.public.fingerprint.split()

    assert [len(group) for group in groups] == [5] * 12
    assert ROOT.public.is_called(ROOT.public.thumbprint.hex().upper())
    assert not ROOT.public.is_called(" ".join(groups[:11]))
    assert not ROOT.public.is_called("")


def test_the_lists_that_follow_need_no_telephone(home):
    take(home, partner(), THEIRS.public.fingerprint)

    assert take(home, partner(sequence=6, next_root=NEXT.public)) == "taken"
    assert take(home, partner(sequence=7, key=NEXT)) == "taken"
    assert take(home, partner(sequence=8, key=THEIRS)) == "trust-fingerprint-needed"
    assert take(home, partner(sequence=8, key=STRANGER)) == "trust-fingerprint-needed"


@pytest.mark.parametrize("removed", [False, True])
def test_a_step_back_is_refused_even_with_the_right_fingerprint_and_after_the_file_is_gone(home, removed):
    take(home, partner(sequence=6), THEIRS.public.fingerprint)
    if removed:
        (home / "trust" / "QZ.cwt").unlink()

    assert take(home, partner(sequence=5), THEIRS.public.fingerprint) == "trust-rollback"


def test_a_list_that_ended_or_is_of_tomorrow_is_refused(home):
    spoken = THEIRS.public.fingerprint

    assert take(home, partner(), spoken, AT + 31 * DAY) == "trust-ended"
    assert take(home, partner(), spoken, AT - DAY) == "trust-early"


def test_a_list_speaks_for_its_keeper_only(home):
    spoken = THEIRS.public.fingerprint
    mixed = partner(entry(Purpose.PERMIT, THEIR_KEY, "QZ"), entry(Purpose.PERMIT, STRANGER, "QM"))

    assert take(home, mixed, spoken) == "trust-speaks-for"
    assert take(home, partner(operator="CITES"), spoken) == "trust-speaks-for"
    assert take(home, partner(operator="CITES"), spoken, speaks_for=("QZ", "QX")) == "taken"
    assert take(home, partner(operator="World"), spoken, speaks_for=("*",)) == "taken"
    assert take(home, partner(operator="../x"), spoken, speaks_for=("*",)) == "trust-operator"
    assert take(home, partner(operator="QM"), spoken) == "trust-own"


def test_a_list_that_gives_our_key_to_somebody_else_is_refused(home):
    stealing = partner(entry(Purpose.PERMIT, PERMIT, "QZ"))

    assert take(home, stealing, THEIRS.public.fingerprint) == "trust-disputed"


def test_a_file_put_there_by_hand_is_not_used(home):
    (home / "trust").mkdir()
    (home / "trust" / "QZ.cwt").write_bytes(partner())
    assert [each.problem.code for each in held(home) if each.problem] == ["trust-not-compared"]

    take(home, partner(), THEIRS.public.fingerprint)
    (home / "trust" / "QZ.cwt").write_bytes(partner(key=STRANGER))
    assert [each.problem.code for each in held(home) if each.problem] == ["trust-not-compared"]
    assert len(home_verifier(home).keys.lists) == 1


def test_a_damaged_partners_list_leaves_the_others_at_work(home):
    take(home, partner(), THEIRS.public.fingerprint)
    (home / "trust" / "QZ.cwt").write_bytes(b"damaged")

    assert [source.operator for source in home_verifier(home).keys.lists] == ["QM"]
    (home / "trust.cwt").write_bytes(b"damaged too")
    assert home_verifier(home).code == "trust-list"


def test_permits_of_both_are_judged_side_by_side_and_a_new_list_counts_at_once(home):
    foreign = token(THEIR_KEY)
    assert home_verifier(home).verdict(foreign, Role.EXPORT, AT).reasons[0].code == "unknown-key"

    take(home, partner(), THEIRS.public.fingerprint)
    after = home_verifier(home).verdict(foreign, Role.EXPORT, AT).reasons[0].code
    assert after == "key-party"  # the key is known now, and it is not Demoland's


def test_lists_that_disagree_are_told_and_nothing_is_accepted_unasked(home):
    world = partner(entry(Purpose.PERMIT, STRANGER, "QM"), operator="World")
    assert take(home, world, THEIRS.public.fingerprint, speaks_for=("*",)) == "taken"

    found = Verifier([each.list for each in held(home)], lists()).verdict(token(STRANGER), Role.EXPORT, AT)
    assert found.answer.value == "hold"
    assert "trust-not-own" in [why.code for why in found.reasons]
    assert len(disagreements(home)) == 1
    assert "World" in disagreements(home)[0]


def test_the_strictest_word_on_a_key_counts_across_keepers(home):
    world = partner(entry(Purpose.PERMIT, PERMIT, state=KeyState.COMPROMISED), operator="World")
    take(home, world, THEIRS.public.fingerprint, speaks_for=("*",))

    assert home_verifier(home).verdict(token(), Role.EXPORT, AT).reasons[0].code == "key-stolen"


def test_the_list_of_a_past_day_is_kept(home):
    for days in (0, 10, 20):
        archive(home, partner(at=AT + days * DAY, sequence=5 + days))
    archive(home, partner(at=AT + 10 * DAY, sequence=15))

    assert in_force(home, "QZ", AT - DAY) is None
    assert in_force(home, "QZ", AT + 9 * DAY).sequence == 5
    assert in_force(home, "QZ", AT + 10 * DAY).sequence == 15
    assert in_force(home, "QZ", AT + 99 * DAY).sequence == 25
    assert in_force(home, "Q", AT + 99 * DAY) is None
    newest = max((home / "trust" / "archive").iterdir())
    newest.write_bytes(partner(at=AT + 20 * DAY, sequence=25, key=STRANGER))
    assert in_force(home, "QZ", AT + 99 * DAY).sequence == 15
