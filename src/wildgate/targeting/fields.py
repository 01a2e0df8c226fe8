"""The facts that a profile may speak of: their names, kinds and meaning.

One table. Whoever assesses a consignment gives a value for each field, or none where it is not known: a comparison with
something unknown is never true. There is no field for the nationality or ethnicity of a person, so none can be written.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import Enum
from typing import Final


class Kind(Enum):
    """What a field holds."""

    TEXT = "text"
    NUMBER = "number"
    YES_NO = "yes-no"
    SET = "set"


SHORT: Final = {"declaration.direction": "direction", "item.appendix": "Appendix"}
"""Of fields whose meaning is nothing but the list of their values."""
PARTS: Final = ("live.dead_rate", "office.share", "rate.", "trade.source_shift", "model.score")
"""Shares that are a part of a whole, by the beginning of their names. All others are one quantity against another, such
as what is declared against what is left: they pass 100 % where something is wrong."""
MOST_POINTS: Final = Decimal(100)
MOST_TIMES_WHOLE: Final = Decimal(10)
"""House value: a threshold beyond 1000 % is a slip of the pen."""
Value = str | Decimal | float | int | bool | frozenset[str] | None


@dataclass(frozen=True, slots=True)
class Field:
    """One fact. `unit` of a number: `share` 0 to 1, `days`, `months`, `kg`, `times`, `points`, or nothing."""

    name: str
    kind: Kind
    meaning: str
    unit: str = ""

    @property
    def said(self) -> str:
        """The meaning as a reason begins with it: without the list of values that stands there for who writes rules."""
        return SHORT.get(self.name) or self.meaning.partition(":")[0]

    @property
    def is_bounded(self) -> bool:
        """Is there a number that the fact itself cannot pass: a part of a whole, or points?"""
        return self.unit == "points" or (self.unit == "share" and self.name.startswith(PARTS))

    @property
    def most(self) -> Decimal | None:
        """The greatest number that a threshold can be; None where there is none."""
        if self.unit == "share":
            return Decimal(1) if self.is_bounded else MOST_TIMES_WHOLE
        return MOST_POINTS if self.unit == "points" else None


def _table(*rows: tuple[str, str, str] | tuple[str, str, str, str]) -> dict[str, Field]:
    return {row[0]: Field(row[0], Kind(row[1]), row[2], row[3] if len(row) > 3 else "") for row in rows}


FIELDS: Final[dict[str, Field]] = _table(
    ("declaration.direction", "text", "export, re-export, import or transit"),
    ("declaration.procedure", "text", "code of the customs procedure"),
    ("declaration.mode", "text", "mode of transport: air, sea, road, rail, post"),
    ("declaration.post", "text", "the border post"),
    ("declaration.departure", "text", "country of departure"),
    ("declaration.destination", "text", "country of destination"),
    ("declaration.route", "set", "countries on the way"),
    ("declaration.free_zones", "number", "free zones on the way"),
    ("declaration.illogical_route", "yes-no", "the route passes a country that is on no way between its ends"),
    ("declaration.express", "yes-no", "express or postal consignment"),
    ("declaration.hours_before", "number", "hours between the declaration and the movement"),
    ("declaration.split", "number", "consignments of these parties and this taxon in seven days"),
    ("declaration.changed", "set", "what was changed after the first version: consignee, route, destination"),
    ("declaration.missing_data", "yes-no", "data that were due in advance are missing"),
    ("item.hs", "text", "six digits of the customs code"),
    ("item.chapter", "text", "two digits of the customs code"),
    ("item.taxon", "text", "accepted name of the taxon"),
    ("item.rank", "text", "rank of the name that was declared"),
    ("item.appendix", "text", "I, II, III or nothing"),
    ("item.term", "text", "CITES term"),
    ("item.unit", "text", "CITES unit"),
    ("item.quantity", "number", "declared quantity"),
    ("item.net_mass", "number", "declared net mass", "kg"),
    ("item.value", "number", "declared value"),
    ("item.source", "text", "source code"),
    ("item.purpose", "text", "purpose code"),
    ("item.origin", "text", "country of origin"),
    ("item.live", "yes-no", "live specimens"),
    ("item.listed", "yes-no", "the taxon or the customs code is listed"),
    ("item.mixed_genus", "yes-no", "a genus of which only some species are listed, named without a species"),
    ("item.has_permit", "yes-no", "a permit number is given"),
    ("item.not_cites", "yes-no", "it is claimed that the goods are not listed"),
    ("item.words", "set", "listed taxa and trade words found in the description"),
    ("item.generic", "yes-no", "the description says little: gift, toys, plastic craft, sample"),
    ("item.code_fits", "text", "the customs code fits taxon and term"),
    ("item.weight_ratio", "number", "mass of one unit against what is usual", "times"),
    ("item.value_ratio", "number", "value of one unit against what is usual", "times"),
    ("item.quantity_ratio", "number", "quantity against the usual one of the taxon and term", "times"),
    ("permit.known", "yes-no", "the permit stands in the issuer's register"),
    ("permit.state", "text", "state of the permit"),
    ("permit.expired", "yes-no", "its last day is over"),
    ("permit.validity", "number", "its validity from issue", "months"),
    ("permit.endorsed", "yes-no", "the exporting customs endorsed it with quantities"),
    ("permit.retrospective", "yes-no", "issued after the goods had left"),
    ("permit.differs", "set", "what the permit and the declaration say differently"),
    ("permit.altered", "yes-no", "its print or seal differs from the issuer's record"),
    ("permit.seen_before", "yes-no", "its number was presented before"),
    ("permit.share", "number", "declared quantity against what is left on the permit", "share"),
    ("permit.rejected", "yes-no", "its number was rejected before"),
    ("quota.share", "number", "quota used with this consignment", "share"),
    ("quota.zero", "yes-no", "the quota is zero"),
    ("quota.days_left", "number", "days until the quota's year ends", "days"),
    ("suspension.in_force", "yes-no", "a suspension or a stricter measure holds"),
    ("suspension.review", "yes-no", "the taxon and country are in a review of significant trade"),
    ("source.rise", "number", "this year's volume against the mean of the five before", "times"),
    ("source.codes_differ", "yes-no", "exporter and importer give different source codes"),
    ("source.facility_known", "yes-no", "the breeding operation is in the register"),
    ("source.registered", "yes-no", "the operation is registered for Appendix I"),
    ("source.output_share", "number", "this year's output against what the operation can breed", "share"),
    ("source.range_state", "yes-no", "the country of origin is a range State"),
    ("reexport.traceable", "yes-no", "the import behind a re-export is found"),
    ("reexport.share", "number", "re-exported so far against what came in", "share"),
    ("party.first_trade", "yes-no", "the first consignment of this party here"),
    ("party.first_of_taxon", "yes-no", "the first consignment of this taxon by this party"),
    ("party.idle", "number", "days since the last consignment of this party", "days"),
    ("party.shared_address", "yes-no", "shares an address or telephone with somebody who offended"),
    ("party.offence", "yes-no", "an offence is on record for the organisation"),
    ("party.watched", "number", "best agreement with a name on a watch list", "points"),
    ("party.exemptions", "number", "personal-effects exemptions claimed in a year"),
    ("party.trophies", "number", "hunting trophies in a year"),
    ("party.inspected", "number", "inspections so far"),
    ("party.clean", "number", "inspections in a row without a finding"),
    ("party.trusted", "yes-no", "in the trusted-trader lane"),
    ("live.statement", "yes-no", "the transport statement for live animals is there"),
    ("live.dead_rate", "number", "dead on arrival so far", "share"),
    ("cargo.contraband", "yes-no", "other contraband was found with it or announced"),
    ("cargo.wildlife_kinds", "number", "different listed taxa in one consignment"),
    ("office.share", "number", "part of this trader's consignments that one office cleared", "share"),
    ("intelligence.points", "number", "points of intelligence in force, by its grade; negative lowers", "points"),
    ("rate.lane", "number", "smoothed part of findings on this lane", "share"),
    ("rate.code", "number", "smoothed part of findings for this customs code", "share"),
    ("rate.taxon", "number", "smoothed part of findings for this taxon", "share"),
    ("rate.exporter", "number", "smoothed part of findings for this exporter", "share"),
    ("rate.importer", "number", "smoothed part of findings for this importer", "share"),
    ("trade.rise", "number", "the newest trade in the trade records against what earlier years let one expect",
     "times"),
    ("trade.source_shift", "number", "by so much this source's part of the trade records rose in place of wild ones, "
                                     "surely", "share"),
    ("trade.captive", "yes-no", "the trade records show more bred ones than known parents can have raised"),
    ("trade.new_route", "yes-no", "a new route of this taxon in the trade records"),
    ("trade.quota", "number", "part of the published quota that reports say was taken", "share"),
    ("trade.gap", "number", "importers report so many times what the exporter reports", "times"),
    ("trade.signals", "number", "signals in the trade records that speak of this trade"),
    ("model.score", "number", "the model's score", "share"),
)
