"""The arithmetic of a permit line: nothing beyond what is authorised, and every history folds to its balance."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from wildgate.convention import writeoff
from wildgate.convention.refusal import Refusal
from wildgate.convention.writeoff import Balance, Grounds, Kind, Movement, Share

GROUNDS = Grounds("person:7", "The goods spoil.", "Director of customs, by telephone")
TWELVE = Balance(authorised=Decimal(1200))


def done(at: Balance, own: Share, moves: writeoff.Moves | Refusal) -> tuple[Balance, Share]:
    assert not isinstance(moves, Refusal), moves
    for move in moves:
        at, own = at.after(move), own.after(move)
    return at, own


def test_what_was_set_aside_is_written_off_and_the_rest_comes_back():
    at, own = done(TWELVE, Share(), writeoff.reserve(TWELVE, Share(), Decimal(1200)))

    at, own = done(at, own, writeoff.consume(at, own, Decimal(1150)))

    assert (at.reserved, at.consumed, at.free) == (0, 1150, 50)
    assert own == Share(Decimal(0), Decimal(1150))


def test_too_much_is_refused_with_all_numbers():
    at, _ = done(TWELVE, Share(), writeoff.reserve(TWELVE, Share(), Decimal(1150)))

    refused = writeoff.reserve(at, Share(), Decimal(100), block="A")

    assert isinstance(refused, Refusal)
    assert refused.code == "exhausted"
    assert refused.reason == ("50 of 1200 are left on line A: 0 written off, 1150 set aside. 100 cannot be taken.")


def test_a_newer_version_replaces_what_was_set_aside_before():
    at, own = done(TWELVE, Share(), writeoff.reserve(TWELVE, Share(), Decimal(1100)))

    moves = writeoff.reserve(at, own, Decimal(1200))

    assert moves == (Movement(Kind.RESERVED, Decimal(100)),)
    assert done(at, own, moves)[0].reserved == 1200
    assert writeoff.reserve(at, own, Decimal(900)) == (Movement(Kind.RELEASED_BACK, Decimal(200)),)


def test_the_same_version_again_keeps_its_place_on_a_line_that_an_override_filled():
    at, own = done(TWELVE, Share(), writeoff.reserve(TWELVE, Share(), Decimal(100)))
    at, _ = done(at, Share(), writeoff.override(at, Share(), Decimal(1150), GROUNDS))

    at, own = done(at, own, writeoff.reserve(at, own, Decimal(100)))

    assert (at.overridden, at.free, own.reserved) == (50, 0, 100)


def test_a_correction_after_release_goes_both_ways():
    at, own = done(TWELVE, Share(), writeoff.consume(TWELVE, Share(), Decimal(1150)))

    down, less = done(at, own, writeoff.amend(at, own, Decimal(900)))
    up, more = done(at, own, writeoff.amend(at, own, Decimal(1200)))
    gone, none = done(at, own, writeoff.withdraw(at, own))

    assert (down.free, up.free, gone.free) == (300, 0, 1200)
    assert (less.consumed, more.consumed, none.consumed) == (900, 1200, 0)
    assert writeoff.amend(at, own, Decimal(1201)).code == "exhausted"


@pytest.mark.parametrize(("moves", "code"), [
    (writeoff.give_back(TWELVE, Share()), "nothing-reserved"),
    (writeoff.withdraw(TWELVE, Share()), "nothing-written-off"),
    (writeoff.amend(TWELVE, Share(), Decimal(1)), "nothing-written-off"),
    (writeoff.consume(TWELVE, Share(consumed=Decimal(1)), Decimal(1)), "already-released"),
    (writeoff.reserve(TWELVE, Share(consumed=Decimal(1)), Decimal(1)), "already-released"),
    (writeoff.reserve(TWELVE, Share(), Decimal(0)), "quantity-missing"),
    (writeoff.override(TWELVE, Share(), Decimal(1), Grounds("person:7", " ", "Director")), "override-without-grounds"),
])
def test_what_cannot_be_done_is_said(moves, code):
    assert isinstance(moves, Refusal)
    assert moves.code == code


def test_an_override_lets_more_pass_and_shrinks_with_what_needed_it():
    at, own = done(TWELVE, Share(), writeoff.override(TWELVE, Share(), Decimal(1300), GROUNDS))
    assert (at.overridden, at.consumed, at.free) == (100, 1300, 0)

    at, own = done(at, own, writeoff.amend(at, own, Decimal(1250)))
    assert (at.overridden, at.free) == (50, 0)

    at, own = done(at, own, writeoff.withdraw(at, own))
    assert (at.overridden, at.free) == (0, 1200)


def test_a_movement_that_cannot_have_happened_is_an_error():
    for move in (Movement(Kind.RESERVED, Decimal(1201)), Movement(Kind.RELEASED_BACK, Decimal(1)),
                 Movement(Kind.OVERRIDE, Decimal(1)), Movement(Kind.CONSUMED, Decimal(1), held=Decimal(2))):
        with pytest.raises(ValueError, match=r"."):
            TWELVE.after(move)


CALLS = ("reserve", "consume", "give_back", "amend", "withdraw", "override")
AMOUNT = some.one_of(some.integers(1, 150).map(Decimal), some.sampled_from((40, 60, 99, 100, 101)).map(Decimal),
                     some.decimals("0.000001", 150, places=6))
"""Whole amounts near the limit beside fractions: fractions alone are mostly so small that nothing is ever exhausted."""
HISTORY = some.lists(some.tuples(some.sampled_from(CALLS), some.integers(0, 2), AMOUNT), max_size=25)


@given(HISTORY)
@settings(max_examples=120)
def test_no_history_takes_more_than_is_authorised_or_overridden(history):
    book = [Movement(Kind.AUTHORISED, Decimal(100))]
    at, shares = writeoff.fold(book), [Share(), Share(), Share()]
    overridden = False
    for call, who, amount in history:
        own = shares[who]
        if call in ("give_back", "withdraw"):
            moves = getattr(writeoff, call)(at, own)
        elif call == "override" and not own.consumed:
            moves = writeoff.override(at, own, amount, GROUNDS)
        elif call == "override":
            continue
        else:
            moves = getattr(writeoff, call)(at, own, amount)
        if isinstance(moves, Refusal):
            continue
        overridden = overridden or call == "override"
        at, shares[who] = done(at, own, moves)
        book.extend(moves)

        assert at.taken <= at.authorised + at.overridden
        assert overridden or at.taken <= 100
        assert at.overridden == 0 or at.taken >= at.authorised
    assert writeoff.fold(book) == at
    assert (at.reserved, at.consumed) == (sum(each.reserved for each in shares), sum(each.consumed for each in shares))
