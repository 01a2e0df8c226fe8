"""A flood from one address is told to wait; a border post, a proxy and the next minute are not."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from wildgate.apps.permits.crowding import Crowd

AT = datetime(2027, 3, 3, 10, 0, 30, tzinfo=UTC)


def asked(crowd: Crowd, address: str, times: int, *, at: datetime = AT, most: int = 3) -> int:
    """How many of so many checks are answered."""
    return sum(crowd.refuse(address, at, most) is None for _ in range(times))


@pytest.mark.parametrize(("address", "answered"), [
    ("192.0.2.7", 3), ("2001:db8::7", 3), ("::ffff:192.0.2.7", 3), ("127.0.0.1", 9), ("::1", 9),
    ("::ffff:127.0.0.1", 9), ("", 9), ("unknown", 9)])
def test_so_many_checks_a_minute_for_one_address(address: str, answered: int) -> None:
    crowd = Crowd()

    assert asked(crowd, address, 9) == answered
    assert asked(crowd, "198.51.100.1", 3) == 3
    assert asked(crowd, address, 3, at=AT + timedelta(seconds=30)) == 3
    assert asked(Crowd(), address, 9, most=0) == 9


def test_a_subscriber_who_changes_the_address_within_the_household_stays_one() -> None:
    crowd = Crowd()

    assert sum(asked(crowd, f"2001:db8::{end:x}", 1) for end in range(9)) == 3
    assert asked(crowd, "2001:db8:0:1::1", 3) == 3


def test_no_address_is_kept_and_the_same_one_has_another_name_in_the_next_minute() -> None:
    crowd, names = Crowd(), []
    for minute in range(2):
        asked(crowd, "192.0.2.7", 1, at=AT + timedelta(minutes=minute))
        names += list(crowd._checks)

    assert len(set(names)) == 2
    assert not any(b"\xc0\x00\x02\x07" in name or b"192.0.2.7" in name for name in names)
