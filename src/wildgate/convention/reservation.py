"""Reservations: a Party that entered one is treated as a State not party for trade in that taxon (Article XXIII.3)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from wildgate.convention.vocabulary import Appendix


@dataclass(frozen=True, slots=True)
class Reservation:
    """A reservation of a State on a taxon. `appendix` None: the source does not tell which listing it was entered for.

    It holds from `since`; `until` is the day of its withdrawal, the first on which it no longer held. `note` may limit
    it ("on behalf of", "only for ...") and must be read; `origin` is the download it comes from.
    """

    taxon: str
    country: str
    since: date
    until: date | None = None
    appendix: Appendix | None = None
    note: str = ""
    origin: str = ""

    def holds(self, on: date) -> bool:
        """Was it held on that day?"""
        return self.since <= on and (self.until is None or on < self.until)

    @property
    def basis(self) -> tuple[str, ...]:
        """The articles: for Appendix III its own paragraph, else that of amendments and that of accession."""
        return ("Art. XVI.2", "Art. XXIII.3") if self.appendix is Appendix.III else ("Art. XV.3", "Art. XXIII.3")
