"""A price against the median of captured listings: a question with its basis, never a verdict."""

from __future__ import annotations

import pytest
from django.utils.translation import override
from tests.apps.market.offers import CROC, read

from wildgate.apps.market import prices, wording
from wildgate.apps.market.models import Listing

pytestmark = pytest.mark.django_db
USUAL = (30, 32, 35, 36, 38, 40, 41, 900)
"""Eight sellers; one asks a price of another world, which moves nothing."""


def told(row: Listing) -> list[dict[str, object]]:
    return [each for each in row.screenings.order_by("-pk")[0].answers["legality"] if each["code"].startswith("price-")]


@pytest.fixture
def market(ines, at):
    for number, price in enumerate(USUAL):
        read(ines, at, f"{CROC}, number {number}", price=float(price), currency="EUR", platform="Bazaar",
             outside_id=str(number), seller=f"Seller {number}")


def test_a_price_far_off_the_median_is_a_question(ines, at, market):
    asked = [(36.0, {}, "price-usual", "note"), (380.0, {}, "price-high", "ask"), (4.0, {}, "price-low", "ask"),
             (370.0, {"quantity": 10.0}, "price-usual", "note")]
    for number, (price, more, code, way) in enumerate(asked):  # of one seller, whose other offers count for nothing
        row = read(ines, at, f"{CROC}, mine {number}", price=price, currency="EUR", platform="Bazaar",
                   outside_id=f"x{number}", seller="Me", **more)

        (found,) = told(row)
        assert (found["code"], found["way"]) == (code, way)
        assert found["values"]["median"] == "37"
        assert found["values"]["count"] == "8"
        assert found["basis"]
        with override("en"):
            shown = wording.indicator(found)
        assert "8 other sellers" in shown["says"]
        assert shown["word"] != "Speaks against"


def test_nothing_is_said_where_too_few_others_or_another_currency_is_known(ines, at, market):
    other = read(ines, at, f"{CROC}, in dollars", price=900.0, currency="USD", platform="Bazaar", outside_id="y")
    free = read(ines, at, f"{CROC}, no price", platform="Bazaar", outside_id="z")

    assert told(other) == told(free) == []
    Listing.objects.filter(outside_id="0").update(erased_at=at)
    mine = read(ines, at, f"{CROC}, mine", price=900.0, currency="EUR", platform="Bazaar", outside_id="x", seller="Me")
    assert told(mine) == []


def test_a_seller_with_many_listings_counts_once(ines, at, market):
    for number in range(12):
        read(ines, at, f"{CROC}, lot {number}", price=400.0, currency="EUR", platform="Bazaar",
             outside_id=f"many-{number}", seller="Seller 0")
    row = read(ines, at, f"{CROC}, mine", price=380.0, currency="EUR", platform="Bazaar", outside_id="x", seller="Me")

    found = prices.stand(row, at)

    assert found is not None
    assert (found.code, found.count, found.scope) == (prices.HIGH, 8, "taxon")
