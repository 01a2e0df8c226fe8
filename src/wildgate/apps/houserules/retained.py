"""Classes of records and how long each is kept: the house's values, and the floor that no rule goes below.

CITES Decision 18.125 and the US-EPIX agreement ask for five years after a permit's end; the rest are house values until
the authority sets its own. The rules are carried out by the room above that deletes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from wildgate.convention.vocabulary import Code

NEVER: Final = 0
"""Years of a rule by which nothing is ever deleted."""
MOST: Final = 150
FLOOR: Final = 5


class Record(Code):
    """A class of records whose years a house sets."""

    REFUSED = "refused"
    DRAFT = "draft"
    LETTER = "letter"
    ACCOUNT = "account"
    LEAD = "lead"
    REQUEST = "request"


@dataclass(frozen=True, slots=True)
class Kept:
    """How long, after what, why. `least`: the floor in years. `house`: no source at hand names these years."""

    words: Any
    after: Any
    years: int
    least: int
    basis: str
    house: bool = True


RULES: Final[Mapping[str, Kept]] = {
    Record.REFUSED.value: Kept(_("Cases refused or withdrawn"), _("the decision"), 10, FLOOR,
                               "CITES Decision 18.125 (five years)"),
    Record.DRAFT.value: Kept(_("Drafts never handed in"), _("the last change"), 1, 1, "GDPR Art. 5(1)(e)"),
    Record.LETTER.value: Kept(_("Letters and e-mails to people"), _("they were written"), 5, FLOOR,
                              "CITES Decision 18.125 (five years)"),
    Record.ACCOUNT.value: Kept(_("Closed accounts of people without office"), _("the last sign-in"), 5, FLOOR,
                               "GDPR Art. 5(1)(e)"),
    Record.LEAD.value: Kept(_("Names in leads from carriers"), _("the decision"), 5, FLOOR, "GDPR Art. 5(1)(e)"),
    Record.REQUEST.value: Kept(_("Requests about personal data"), _("the answer"), 5, FLOOR, "GDPR Art. 5(2)"),
}
FIXED: Final[Mapping[str, Kept]] = {
    "permit": Kept(_("Issued permits, their cases, endorsements and registers"), "", NEVER, FLOOR,
                   "CITES Art. VIII.6; the database refuses to delete them", house=False),
    "chain": Kept(_("The audit chain"), "", NEVER, FLOOR, "CITES Decision 18.125", house=False),
    "message": Kept(_("Bodies of messages between authorities"), _("the permit's last day"), 5, FLOOR,
                    "CITES Decision 18.125", house=False),
    "market": Kept(_("Evidence of offers on the Internet; names of sellers: one year"), _("last seen"), 5, FLOOR,
                   "GDPR Art. 5(1)(e)"),
}
"""What no house rule changes: kept by the rooms that hold them."""
