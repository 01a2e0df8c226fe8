"""Changes of the Appendices that the shipped law does not hold yet: known from reports, they warn and never rule."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from wildgate.convention.outcome import Warning as Caution
from wildgate.convention.outcome import doubt
from wildgate.convention.tables import read_facts
from wildgate.convention.taxonomy import Taxon, Taxonomy


@dataclass(frozen=True, slots=True)
class Change:
    """One reported change: the taxon, what was decided, the day it takes effect and how well it is known (B, C)."""

    taxon: str
    what: str
    appendix: str
    in_force: date
    certainty: str


class Changes:
    """The reported changes by the taxa they touch."""

    def __init__(self, taxonomy: Taxonomy) -> None:
        self._at: dict[str, list[Change]] = {}
        self._below: dict[str, list[Change]] = {}
        for change in _read():
            self._at.setdefault(change.taxon, []).append(change)
            taxon = taxonomy.resolve(change.taxon)
            for name in taxon.lineage[1:] if isinstance(taxon, Taxon) else ():
                self._below.setdefault(name, []).append(change)

    def on_taxon(self, taxon: Taxon, on: date | None) -> tuple[Caution, ...]:
        """The caution for changes of the taxon, of a taxon it belongs to, or of one within it."""
        found = [c for name in (taxon.name, taxon.asked, *taxon.lineage) for c in self._at.get(name, ())]
        found += self._below.get(taxon.name, [])
        return _caution([c for c in dict.fromkeys(found) if on is None or on >= c.in_force])

    def on_name(self, name: str, on: date | None) -> tuple[Caution, ...]:
        """The same for a name that could not be placed."""
        words = name.split()
        keys = {" ".join(words[:n]) for n in range(1, len(words) + 1)}
        return _caution([c for key in sorted(keys) for c in self._at.get(key, ()) if on is None or on >= c.in_force])

    def lists(self, taxon: Taxon, on: date | None) -> bool:
        """Was the taxon, or one it belongs to, reported as included by that day?"""
        return any(c.appendix != "none" and (on is None or on >= c.in_force)
                   for name in taxon.lineage for c in (*self._at.get(name, ()), *(
                       self._below.get(name, ()) if name == taxon.name else ())))


def _caution(changes: list[Change]) -> tuple[Caution, ...]:
    if not changes:
        return ()
    told = "; ".join(f"{c.taxon}: {c.what}, certainty {c.certainty}" for c in changes[:3])
    more = f" +{len(changes) - 3}" if len(changes) > 3 else ""
    return (doubt(
        "check-appendices", "The Appendices changed on 5 March 2026 and this taxon is on the secondary list of changes "
        "(%(changes)s); check the Appendices.", ("Art. XV.1(c)",), unconfirmed=True, changes=f"{told}{more}"),)


def _read() -> list[Change]:
    return [Change(taxon, r["change"], r["appendix"], date.fromisoformat(r["in_force"]), r["certainty"])
            for r in read_facts("amendments") for taxon in r["taxa"].split(";")]
