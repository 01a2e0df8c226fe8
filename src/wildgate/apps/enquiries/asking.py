"""What a page of an enquiry is: its questions with what was answered, and what a posted page came to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from wildgate.apps.enquiries.reading import Goods
from wildgate.apps.enquiries.trip import Enquiry, Item
from wildgate.apps.permits.forms import Input

TRIP, HOW, GOODS, UNDERSTOOD, DETAILS, ANSWER = "trip", "how", "goods", "understood", "details", "answer"
SALE: Final = "sale"
"""The first page of a seller: three questions instead of the pages before `understood`."""
ORDER: Final = (TRIP, HOW, GOODS, UNDERSTOOD)
SELLING: Final = (SALE, UNDERSTOOD)
NAMES: Final[Mapping[str, Any]] = {
    TRIP: _("Your trip"),
    SALE: _("Before you sell"),
    HOW: _("How and why?"),
    GOODS: _("Describe your goods"),
    UNDERSTOOD: _("Did we understand you?"),
    DETAILS: _("Details"),
}
"""What a page is called in the row of steps."""
OTHER, DROP = "other", "drop"
LONGEST_WORDS: Final = 2_000
FURTHEST: Final = timedelta(days=730)
Post = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Question:
    """One kind of goods on the page that asks whether it was understood."""

    goods: Goods
    which: Input
    again: Input
    amount: Input
    unit: Input


@dataclass(frozen=True, slots=True)
class Page:
    """One page: its questions with what was answered, and the faults in that."""

    step: str
    title: Any
    inputs: tuple[Input, ...] = ()
    questions: tuple[Question, ...] = ()
    lead: Any = ""
    item: Item | None = None

    @property
    def errors(self) -> list[tuple[str, str]]:
        """Every fault with the id of its input; with several kinds of goods it says which."""
        found = [(each.id, each.error) for each in self.inputs if each.error]
        for one in self.questions:
            asked = (one.which, one.again, one.amount, one.unit)
            found += [(each.id, f"{one.goods.text}: {each.error}") for each in asked if each.error]
        return found


@dataclass(frozen=True, slots=True)
class Taken:
    """What a posted page came to: the enquiry with its answers, and the faults by the name of the input."""

    enquiry: Enquiry
    faults: dict[str, str] = field(default_factory=dict)
    again: bool = False
    """The page is shown once more although nothing is wrong: a new description was given."""
