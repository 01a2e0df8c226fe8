"""Where the things of the exchange stand that letters are about: messages, differences, agreements."""

from __future__ import annotations

from wildgate.apps.accounts.access import Action
from wildgate.apps.exchange.models import Difference, Message
from wildgate.apps.letters.subjects import Book, by, keep
from wildgate.apps.partners.models import Partner


def open_books() -> None:
    """Said once, when the house is opened."""
    keep("message", Book(Message, "key", by(Action.VIEW_EXCHANGE), {"": ("exchange-message", "key")}, known="number"))
    keep("difference", Book(Difference, "pk", by(Action.VIEW_DIFFERENCES), {"": ("exchange-difference", "pk")},
                            str.isdecimal, known="number"))
    keep("partner", Book(Partner, "code", by(Action.VIEW_PARTNERS), {"": ("partner", "code")}))
