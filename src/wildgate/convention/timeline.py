"""An imported listing history becomes a timeline: what the taxon was, from one change to the next."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from wildgate.convention.history import Change
from wildgate.convention.vocabulary import Appendix, Kingdom


@dataclass(frozen=True, slots=True)
class Move:
    """One row of a history: on `day` the taxon was added to `appendix` or taken from it, by `party` in Appendix III.

    `current`: the source says that the row still holds.
    """

    appendix: Appendix
    day: date
    added: bool
    party: str = ""
    current: bool = False


def timeline(taxon: str, kingdom: Kingdom, moves: Iterable[Move], origin: str) -> tuple[Change, ...]:
    """The changes of a taxon by its imported history.

    A row that adds to I or II takes the taxon out of the one other Appendix it stood in: sources write a transfer as
    one row. Where it stood in two (a listing split by population) the other part stays until a row takes it away.
    """
    changes: list[Change] = []
    was: frozenset[Appendix] = frozenset()
    by: tuple[str, ...] = ()
    for day, becomes, parties in _states(moves):
        if becomes != was:
            changes.append(Change(taxon, kingdom, tuple(sorted(was)), tuple(sorted(becomes)), day, listed_by=by,
                                  basis=origin, certainty="import"))
        was, by = becomes, parties
    return tuple(changes)


def _states(moves: Iterable[Move]) -> Iterator[tuple[date, frozenset[Appendix], tuple[str, ...]]]:
    """The Appendices and the Parties of Appendix III after each day of change."""
    standing: set[Appendix] = set()
    lasting: set[Appendix] = set()
    parties: set[str] = set()
    for day, rows in groupby(sorted(moves, key=lambda move: move.day), key=lambda move: move.day):
        told = list(rows)
        third = [move for move in told if move.appendix is Appendix.III]
        added = {move.appendix for move in told if move.added} - {Appendix.III}
        gone = {move.appendix for move in told if not move.added} - added
        if added:
            kept = standing if len(standing) > 1 else standing & lasting
            standing, parties = added | (kept - gone), set()
        else:
            standing = standing - gone
        parties = (parties | {move.party for move in third if move.added}) - {
            move.party for move in third if not move.added}
        lasting |= {move.appendix for move in told if move.added and move.current}
        yield day, frozenset(standing | ({Appendix.III} if parties else set())), tuple(sorted(parties))
