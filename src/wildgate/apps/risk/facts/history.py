"""Facts out of risk control's own rows: what a party, a taxon, a lane did before, and how often something was found."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.db import connection
from django.db.models import Avg, Count, F, Max, Q, Sum
from django.db.models.functions import ExtractYear

from wildgate.apps.customs.models import EndorsementLine
from wildgate.apps.risk.facts.batch import Batch, Facts
from wildgate.apps.risk.facts.declared import LIVE, each
from wildgate.apps.risk.models import Assessment, Seen, Trusted
from wildgate.apps.risk.rows import code_of, lane_of
from wildgate.targeting.consignment import Consignment, Item

WEEK, YEAR = timedelta(days=7), timedelta(days=365)
FEWEST = 10
"""So many rows make something usual; with fewer nobody knows what is (house value)."""
STRENGTH = 20
"""A rate leans on that of the random sample as if that stood on so many inspections (house value)."""
FIRST_GUESS, GUESSED_FROM = 1, 30
"""What the random sample is taken to have shown before it has shown anything (house values)."""
YEARS_BEFORE = 5
SAMPLE = """SELECT '', '', COUNT(*), SUM(CASE WHEN seen.finding THEN 1 ELSE 0 END) FROM risk_seen seen
JOIN risk_assessment drawn ON drawn.id = seen.assessment_id AND drawn.sampled
WHERE seen.party = %s AND seen.at < %s AND seen.newest AND seen.finding IS NOT NULL"""
RATE = """SELECT '{name}', {name}, COUNT(*), SUM(CASE WHEN finding THEN 1 ELSE 0 END) FROM risk_seen
WHERE party = %s AND at < %s AND newest AND finding IS NOT NULL AND {name} IN ({keys}) GROUP BY {name}"""
USUAL = 400
"""So many of the last rows of a taxon say what is usual."""


class History:
    """The groups `party`, `rate`, `office`, of `item` and `source` what is usual, and `declaration.split`."""

    def __init__(self, batch: Batch) -> None:
        self.batch = batch
        self.rows = Seen.objects.filter(party=batch.party, newest=True, at__lt=batch.at)
        own = list(Assessment.objects.filter(party=batch.party, newest=True,
                                             reference__in=[said.reference for said in batch.consignments])
                   .values_list("pk", flat=True))
        if own:  # an earlier version of the same declaration is no history
            self.rows = self.rows.exclude(assessment__in=own)
        self.traders = {keys.trader for keys in batch.keys.values() if keys.trader}
        self.taxa = {batch.name(item) for _, item in batch.items() if item.taxon}
        self._parties()
        self._usual()
        self._rates()
        self._neighbours()

    def of(self, said: Consignment, item: Item) -> Facts:
        keys, taxon = self.batch.keys[said.reference], self.batch.name(item)
        return {**self._party(said, keys.trader, taxon), **self._ratios(item, taxon), **self._rate(said, item, taxon),
                "source.rise": self._rise(item, taxon),
                "live.dead_rate": self.dead.get(taxon) if item.term == LIVE else None,
                "party.shared_address": bool(self.offenders_at.get(keys.address, set()) - {keys.trader})
                if keys.address else None}

    def _parties(self) -> None:
        rows, now = self.rows.filter(trader__in=self.traders), self.batch.at
        trophy = Q(term="TRO") | Q(purpose="H")
        self.party = {row["trader"]: row for row in rows.values("trader").annotate(
            n=Count("assessment", distinct=True), last=Max("at"), inspected=Count("finding"),
            bad=Count("pk", filter=Q(finding=True)), since_bad=Max("at", filter=Q(finding=True)),
            exempt=Count("pk", filter=Q(exempt=True, at__gt=now - YEAR)),
            trophies=Count("pk", filter=trophy & Q(at__gt=now - YEAR)))} if self.traders else {}
        self.with_taxon = {(row["trader"], row["taxon"]): row for row in rows.filter(taxon__in=self.taxa).values(
            "trader", "taxon").annotate(n=Count("pk"), week=Count("assessment", distinct=True,
                                                                  filter=Q(at__gt=now - WEEK)))
                           } if self.traders and self.taxa else {}
        self.clean: dict[str, int] = defaultdict(int)
        ended: set[str] = set()
        for trader, bad in (rows.exclude(finding=None).order_by("-at").values_list("trader", "finding")[:5000]
                            if self.traders else ()):
            if bad:
                ended.add(trader)
            elif trader not in ended:
                self.clean[trader] += 1
        self.office: dict[tuple[str, str], int] = {}
        if self.traders:
            self.office = {(row["trader"], row["post"]): row["n"] for row in rows.exclude(post="").values(
                "trader", "post").annotate(n=Count("assessment", distinct=True))}
        self.trusted = set(Trusted.objects.filter(party=self.batch.party, lost_at=None, trader__in=self.traders)
                           .values_list("trader", flat=True))

    def _party(self, said: Consignment, trader: str, taxon: str) -> Facts:
        if not trader:
            return {}
        known, about = self.party.get(trader), self.with_taxon.get((trader, taxon))
        n, here = (known["n"] if known else 0), self.office.get((trader, said.post), 0)
        return {
            "party.first_trade": not n, "party.first_of_taxon": about is None if taxon else None,
            "party.idle": (self.batch.at - known["last"]).days if known else None,
            "party.offence": bool(known and known["bad"]), "party.inspected": known["inspected"] if known else 0,
            "party.clean": self.clean.get(trader, 0), "party.trusted": trader in self.trusted,
            "party.exemptions": known["exempt"] if known else 0, "party.trophies": known["trophies"] if known else 0,
            "declaration.split": (about["week"] if about else 0) + 1 if taxon else None,
            "office.share": here / n if n >= FEWEST and said.post else None}

    def _usual(self) -> None:
        last = self.rows.filter(taxon__in=self.taxa).order_by("-at").values("pk")[:USUAL * max(1, len(self.taxa))]
        rows = self.rows.filter(pk__in=last)
        self.usual = {(row["taxon"], row["term"], row["unit"]): row for row in rows.filter(quantity__gt=0).values(
            "taxon", "term", "unit").annotate(
                n=Count("pk"), usual=Avg("quantity"), mass=Avg(F("net_mass") / F("quantity")),
                worth=Avg(F("value") / F("quantity")))} if self.taxa else {}
        by_year = self.rows.filter(taxon__in=self.taxa, at__year__gte=self.batch.at.year - YEARS_BEFORE).annotate(
            year=ExtractYear("at")).values_list("taxon", "source", "unit", "year").annotate(
            n=Sum("quantity")) if self.taxa else ()
        self.volume = {(taxon, source, unit, year): n or 0 for taxon, source, unit, year, n in by_year}
        dead = (EndorsementLine.objects.filter(foreign_line__foreign__party=self.batch.party,
                                               foreign_line__taxon__in=self.taxa, foreign_line__term=LIVE,
                                               quantity__gt=0)
                .values_list("foreign_line__taxon").annotate(dead=Sum("dead_on_arrival"), n=Sum("quantity"))
                ) if self.taxa and any(item.term == LIVE for _, item in self.batch.items()) else ()
        self.dead = {taxon: (gone or 0) / n for taxon, gone, n in dead}

    def _ratios(self, item: Item, taxon: str) -> Facts:
        usual = self.usual.get((taxon, item.term, item.unit))
        if usual is None or usual["n"] < FEWEST:
            return {}
        mass, worth = each(item)
        return {"item.quantity_ratio": _over(item.quantity, usual["usual"]),
                "item.weight_ratio": _over(mass, usual["mass"]), "item.value_ratio": _over(worth, usual["worth"])}

    def _rise(self, item: Item, taxon: str) -> float | None:
        year = self.batch.at.year
        before = [float(self.volume[key]) for past in range(1, YEARS_BEFORE + 1)
                  if (key := (taxon, item.source, item.unit, year - past)) in self.volume]
        now = float(self.volume.get((taxon, item.source, item.unit, year), 0)) + float(item.quantity or 0)
        mean = sum(before) / len(before) if before else 0
        return now / mean if mean else None

    def _rates(self) -> None:
        """Parts of findings among inspected items, leaning on that of the random sample: it alone is not chosen."""
        wanted: dict[str, set[str]] = {"exporter": set(), "importer": set(), "taxon": set(self.taxa), "code": set(),
                                       "lane_key": set()}
        for said, item in self.batch.items():
            keys = self.batch.keys[said.reference]
            wanted["exporter"].add(keys.exporter)
            wanted["importer"].add(keys.importer)
            wanted["code"].add(code_of(item))
            wanted["lane_key"].add(lane_of(self.batch, said, item))
        self.rates: dict[str, dict[str, float]] = defaultdict(dict)
        counted = self._counted({name: sorted(values - {""}) for name, values in wanted.items()})
        sample = next(((n, bad) for name, _, n, bad in counted if not name), (0, 0))
        base = (sample[1] + FIRST_GUESS) / (sample[0] + GUESSED_FROM)
        for name, value, n, bad in counted:
            if name:
                self.rates[name][value] = (bad + STRENGTH * base) / (n + STRENGTH)

    def _counted(self, wanted: dict[str, list[str]]) -> list[tuple[str, str, int, int]]:
        """Inspected items and findings of each wanted value, and of the random sample under no name: one statement,
        because every declaration asks it."""
        at = connection.ops.adapt_datetimefield_value(self.batch.at)
        parts, values = [SAMPLE], [self.batch.party, at]
        for name, keys in wanted.items():
            if keys:
                parts.append(RATE.format(name=name, keys=", ".join(["%s"] * len(keys))))
                values += [self.batch.party, at, *keys]
        with connection.cursor() as cursor:
            cursor.execute(" UNION ALL ".join(parts), values)
            return [(name, value, int(n), int(bad or 0)) for name, value, n, bad in cursor.fetchall()]

    def _rate(self, said: Consignment, item: Item, taxon: str) -> Facts:
        keys = self.batch.keys[said.reference]
        asked = {"lane": ("lane_key", lane_of(self.batch, said, item)), "code": ("code", code_of(item)),
                 "taxon": ("taxon", taxon), "exporter": ("exporter", keys.exporter),
                 "importer": ("importer", keys.importer)}
        return {f"rate.{name}": self.rates[column].get(value) for name, (column, value) in asked.items()}

    def _neighbours(self) -> None:
        addresses = {keys.address for keys in self.batch.keys.values() if keys.address}
        self.offenders_at: dict[str, set[str]] = defaultdict(set)
        found: Iterable[Any] = (self.rows.filter(finding=True, address__in=addresses).values_list("address", "trader")
                                .distinct()) if addresses else ()
        for address, trader in found:
            self.offenders_at[address].add(trader)


def _over(value: Decimal | None, usual: Decimal | float | None) -> float | None:
    return float(value) / float(usual) if value is not None and usual else None

