"""An advert as it is judged: what its seller wrote and asks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

LONGEST_TITLE, LONGEST_DESCRIPTION = 500, 4_000
"""So much of a text is judged; nobody sells in the part after it."""


@dataclass(frozen=True, slots=True)
class Advert:
    """One online listing. `line` is where it stood in its file."""

    id: str
    title: str
    description: str = ""
    price: float | None = None
    currency: str = ""
    location: str = ""
    on: date | None = None
    line: int = 0

    @property
    def judged(self) -> tuple[str, str]:
        """Title and description, as far as they are judged."""
        return self.title[:LONGEST_TITLE], self.description[:LONGEST_DESCRIPTION]
