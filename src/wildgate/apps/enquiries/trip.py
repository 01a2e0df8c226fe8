"""An enquiry as it is put together page by page: the trip, the way of carrying, the goods. It names nobody."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from wildgate.convention import tables

WAYS: Final = ("luggage", "household", "post", "bought-online")
WHYS: Final = ("personal", "gift", "sale", "other")
LIVES: Final = ("from", "to", "elsewhere")
SOURCES: Final = ("unknown", "wild", "bred")
PERSONAL_WAYS: Final = ("luggage", "household")


@dataclass(frozen=True, slots=True)
class Item:
    """One kind of goods as confirmed. An empty `taxon` with a `thing` is made of neither animal nor plant.

    `acquired` is an ISO day or a year; `origin` a country or XX; `source` one of SOURCES.
    """

    text: str
    taxon: str = ""
    term: str = ""
    quantity: str = ""
    unit: str = "NAR"
    thing: str = ""
    instrument: bool = False
    origin: str = ""
    source: str = ""
    acquired: str = ""

    @property
    def key(self) -> str:
        """The key of the candidate that was chosen."""
        return f"{self.taxon}|{self.term}|{self.thing}" if self.taxon else "none"

    @property
    def acquired_on(self) -> date | None:
        """The day of acquisition; a year alone counts as its last day, the day least in the asker's favour."""
        text = f"{self.acquired}-12-31" if len(self.acquired) == 4 else self.acquired
        try:
            return date.fromisoformat(text)
        except ValueError:
            return None

    @property
    def amount(self) -> Decimal | None:
        try:
            found = Decimal(self.quantity)
        except InvalidOperation:
            return None
        return found if found.is_finite() and 0 < found < Decimal(10) ** 9 else None


@dataclass(frozen=True, slots=True)
class Enquiry:
    """What was answered so far. `id` is a random name of this enquiry, so that its note is made once.

    `words` are the goods as described, one text for each kind. `short` is a seller's, who was asked three things only.
    """

    id: str = ""
    sender: str = ""
    receiver: str = ""
    on: str = ""
    way: str = ""
    why: str = ""
    lives: str = ""
    words: tuple[str, ...] = ()
    items: tuple[Item, ...] = ()
    short: bool = False

    @property
    def day(self) -> date:
        return date.fromisoformat(self.on)

    @property
    def residence(self) -> str | None:
        """Where the asker lives, as the law asks: a third country goes without its name."""
        return {"from": self.sender, "to": self.receiver, "elsewhere": "XX"}.get(self.lives)

    @property
    def carried(self) -> bool:
        return self.way in PERSONAL_WAYS

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    def with_item(self, place: int, **changed: Any) -> Enquiry:
        return replace(
            self, items=tuple(replace(item, **changed) if at == place else item for at, item in enumerate(self.items))
        )


def from_json(data: Mapping[str, Any]) -> Enquiry:
    """The enquiry that `as_json` wrote; the caller vouches for the text (it was signed)."""
    return Enquiry(**{**data, "words": tuple(data["words"]), "items": tuple(Item(**item) for item in data["items"])})


def is_country(code: str) -> bool:
    """Whether goods can be sent from or to it."""
    found = tables.country(code)
    return found is not None and found.kind not in ("region", "former", "special")
