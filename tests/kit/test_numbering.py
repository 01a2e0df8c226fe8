"""Numbers: gapless per Party, series and year, whatever happens at once."""

from __future__ import annotations

import pytest
from django.db import transaction

from wildgate.kit.numbering import next_number


def take(year: int = 2026) -> int:
    with transaction.atomic():
        return next_number("QM", "permit", year)


@pytest.mark.django_db
def test_each_year_starts_at_one():
    assert [take(2026), take(2026), take(2027)] == [1, 2, 1]


@pytest.mark.django_db
def test_a_rolled_back_number_is_given_again():
    @transaction.atomic
    def rolled_back():
        next_number("QM", "permit", 2026)
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        rolled_back()

    assert take() == 1


def test_fifty_at_once_get_one_to_fifty(own_database, at_once):
    assert sorted(at_once(*[take] * 50)) == list(range(1, 51))
