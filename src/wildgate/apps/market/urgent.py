"""Appendix I first: what is looked at before everything else."""

from __future__ import annotations

from datetime import date
from typing import Any, Final

from wildgate.screening.gazetteer import Gazetteer
from wildgate.screening.kin import listing_names
from wildgate.screening.reading import Reading, read_listing, standard

SURE, PERHAPS, NOT = 2, 1, 0
FIRST_APPENDIX: Final = "I"


def urgency(reading: Reading) -> int:
    """2: a specimen in Appendix I is offered; 1: it may be one, such as `I/II` of a whole genus; 0: no.

    The Appendix of the offer's day or of today counts: what was uplisted since is looked at as well.
    """
    if not reading.specimen:
        return NOT
    told = (reading.appendix_at, reading.appendix_today)
    if FIRST_APPENDIX in told:
        return SURE
    return PERHAPS if any(FIRST_APPENDIX in each.split("/") for each in told) else NOT


def perhaps_urgent(title: str, text: str, on: date | None, today: date) -> bool:
    """A first look at a listing that comes in, to tell its place in the queue of jobs."""
    return urgency(read_listing(title, text[:4_000], on=on or today, today=today)) > NOT


def gazetteer_of(party: str) -> Gazetteer:
    """The names that are looked for: the shipped ones and those that the Party has imported."""
    from wildgate.apps.species.selectors import names_of

    names = names_of(party)
    if not names.imported:
        return standard()
    return _own(party, names.index.shown, names.index.targets)


_made: dict[str, tuple[Any, Gazetteer]] = {}


def _own(party: str, shown: Any, targets: Any) -> Gazetteer:
    """The Party's own gazetteer, made once for each import: `names_of` gives the same lists until something changes."""
    held = _made.get(party)
    if held is None or held[0] is not shown:
        held = (shown, Gazetteer.with_names(zip(shown, targets, strict=True), base=listing_names()))
        _made[party] = held
    return held[1]
