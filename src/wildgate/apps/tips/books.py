"""What letters find here: a tip, for whoever may see it, and its page at the desk."""

from __future__ import annotations

from wildgate.apps.accounts.access import Action
from wildgate.apps.letters.subjects import Book, by, keep
from wildgate.apps.tips.models import Tip


def open_books() -> None:
    """Say so to the room below, once, when the house is opened."""
    keep("tip", Book(Tip, "number", by(Action.VIEW_TIPS), {"": ("tip-desk-tip", "number")}))
