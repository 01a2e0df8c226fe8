"""A long list counts and shows so many rows, and says when there are others."""

from __future__ import annotations

import pytest

from wildgate.apps.accounts.models import Organisation
from wildgate.kit.long_lists import KeyPaginator

pytestmark = pytest.mark.django_db


@pytest.fixture
def firms():
    for number in range(5):
        Organisation.objects.create(party="QM", name=f"Firm {number}", country="QM")
    return Organisation.objects.filter(party="QM").order_by("-name")


@pytest.mark.parametrize(("most", "count", "over"), [(3, 3, True), (5, 5, False), (9, 5, False)])
def test_no_more_than_the_first_rows_are_counted_and_listed(firms, most, count, over, django_assert_num_queries):
    pages = KeyPaginator(firms, 2, most=most)

    with django_assert_num_queries(1):
        assert (pages.count, pages.over, pages.num_pages) == (count, over, -(-count // 2))
    shown = [firm.name for number in pages.page_range for firm in pages.page(number)]
    assert shown == [f"Firm {number}" for number in (4, 3, 2, 1, 0)][:count]


def test_what_is_counted_already_is_not_counted_again(firms, django_assert_num_queries):
    pages = KeyPaginator(firms, 2, most=3, counted=4)

    with django_assert_num_queries(0):
        assert (pages.count, pages.over) == (3, True)


def test_a_page_beyond_the_last_is_the_last(firms):
    assert [firm.name for firm in KeyPaginator(firms, 2, most=3).get_page(99)] == ["Firm 2"]
