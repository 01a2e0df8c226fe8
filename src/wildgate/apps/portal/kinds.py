"""What Parties tell each other about Internet trade (Decision 15.57, Conf. 11.3): six forms, as a table of fields."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from wildgate.apps.platforms.models import Policy


class Type(Enum):
    """What a field holds; `contents` knows how each is typed and checked."""

    LINE = "line"
    TEXT = "text"
    WEB = "web"
    DOI = "doi"
    DAY = "day"
    COUNT = "count"
    NUMBER = "number"
    CHOICE = "choice"
    COUNTRY = "country"
    COUNTRIES = "countries"
    TAXA = "taxa"
    TERM = "term"
    PLATFORM = "platform"
    PLATFORMS = "platforms"
    COUNTS = "counts"
    RULES = "rules"


@dataclass(frozen=True, slots=True)
class Field:
    """A field of a form. What is not `public` goes to reviewers and to the register only."""

    name: str
    label: Any
    type: Type
    needed: bool = True
    help: Any = ""
    choices: Sequence[tuple[str, Any]] = ()
    public: bool = True


@dataclass(frozen=True, slots=True)
class Kind:
    """A form. `years` names the fields whose days place it in time, `past` those that tell of what has been."""

    code: str
    name: Any
    says: Any
    basis: str
    fields: tuple[Field, ...]
    years: tuple[str, ...] = ()
    past: tuple[str, ...] = ()


TAXA_HELP = _("Scientific names, one a line.")
PLATFORMS_HELP = _("Platforms of the register by their address, one a line. Others go into the text.")
YES_NO: Final = (("yes", _("Yes")), ("no", _("No")))
MODES: Final = (("air", _("Air freight")), ("post", _("Postal mail")), ("courier", _("Express courier")),
                ("sea", _("Sea")),
                ("road", _("Road")), ("rail", _("Rail")), ("passenger", _("Passenger luggage")),
                ("mixed", _("Several ways")))
EVIDENCE: Final = (("seizures", _("Seizures")), ("declarations", _("Declarations and inspections")),
                   ("listings", _("Online listings")), ("other", _("Other")))
UNITS: Final = (("hours", _("hours of search")), ("searches", _("searches")), ("listings", _("listings looked at")))
TITLE = Field("title", _("Title"), Type.LINE)
SPECIES = Field("taxa", _("Species"), Type.TAXA, False, TAXA_HELP)
PLATFORMS = Field("platforms", _("Platforms"), Type.PLATFORMS, False, PLATFORMS_HELP)
FROM, UNTIL = Field("begins", _("Period from"), Type.DAY), Field("ends", _("Period until"), Type.DAY)
LINK = Field("link", _("Web address"), Type.WEB, False, _("Begins with https://. Files are linked, not kept here."))

KINDS: Final = {each.code: each for each in (
    Kind("practice", _("Best practice"), _("What works against illegal Internet trade, for others to take up."),
         "dec-15-57", (
             TITLE, Field("problem", _("What was the problem?"), Type.TEXT),
             Field("done", _("What was done?"), Type.TEXT),
             Field("result", _("What came of it, and how is that known?"), Type.TEXT),
             Field("begins", _("Since"), Type.DAY, False), SPECIES, PLATFORMS, LINK), ("begins",), ("begins",)),
    Kind("platform-code", _("Platform and its code of conduct"),
         _("A platform that signed or published a code. Once published, the register of platforms gets a version."),
         "dec-15-57", (
             TITLE,
             Field("platform", _("Platform"), Type.PLATFORM, True, _("An address of a platform of the register.")),
             Field("status", _("Code of conduct"), Type.CHOICE, choices=Policy.Status.choices),
             Field("code", _("Which code"), Type.CHOICE, False, choices=Policy.Code.choices[1:]),
             Field("code_name", _("Name of the code"), Type.LINE, False),
             Field("groups", _("Species groups in its scope"), Type.LINE, False),
             Field("products", _("Products in its scope"), Type.LINE, False),
             Field("valid_from", _("Holds from"), Type.DAY), Field("valid_to", _("Holds until"), Type.DAY, False),
             Field("rules", _("Rules"), Type.RULES, False,
                   _("One rule a line: key | sentence | Appendices | taxon | term. The last three may be left out. "
                     "Example: ivory | No ivory, of any age. | I, II | Elephantidae | IVC")),
             Field("certainty", _("How it is known"), Type.CHOICE, choices=Policy.Certainty.choices),
             Field("source", _("Where it is known from"), Type.LINE),
             Field("evidence", _("Web address of the evidence"), Type.WEB, False),
             Field("captured_on", _("Read on"), Type.DAY, False),
             Field("captured_text", _("Text as it was read"), Type.TEXT, False, public=False)),
         ("valid_from",), ("captured_on",)),
    Kind("research", _("Published research"), _("Research on Internet use and wildlife crime that can be looked up."),
         "dec-15-57", (
             TITLE, Field("doi", _("DOI"), Type.DOI, False), LINK, Field("year", _("Year of publication"), Type.COUNT),
             Field("method", _("Method"), Type.TEXT), Field("data", _("Data set"), Type.TEXT, False),
             Field("finding", _("Finding"), Type.TEXT), SPECIES, PLATFORMS)),
    Kind("trend", _("Extent and trends"), _("How much is offered on the Internet, counted by a fixed protocol."),
         "dec-15-57", (
             TITLE, FROM, UNTIL, Field("protocol", _("Protocol"), Type.TEXT),
             Field("effort", _("Effort"), Type.NUMBER), Field("effort_unit", _("Unit of effort"), Type.CHOICE,
                                                              choices=UNITS),
             Field("counts", _("What was counted"), Type.COUNTS, True,
                   _("One a line: what was counted; how many. Counts of 1 to 4 are withheld when it is published.")),
             Field("estimate", _("Estimate"), Type.NUMBER, False), Field("low", _("Interval from"), Type.NUMBER, False),
             Field("high", _("Interval to"), Type.NUMBER, False),
             Field("estimates", _("What is estimated, and how"), Type.LINE, False),
             Field("scope_changed", _("Did the scope change since the last report?"), Type.CHOICE, choices=YES_NO),
             Field("scope", _("What changed in the scope"), Type.TEXT, False), SPECIES, PLATFORMS,
             Field("countries", _("Countries"), Type.COUNTRIES, False), LINK), ("begins", "ends"), ("begins", "ends")),
    Kind("route", _("Changes in routes and shipping"), _("New ways, means of transport and hiding places."),
         "dec-15-57", (
             TITLE, Field("taxa", _("Species"), Type.TAXA, True, TAXA_HELP),
             Field("term", _("Term (code)"), Type.TERM, False), Field("origin", _("From"), Type.COUNTRY),
             Field("transit", _("Transit"), Type.COUNTRIES, False), Field("destination", _("To"), Type.COUNTRY),
             Field("mode", _("Transport"), Type.CHOICE, choices=MODES),
             Field("concealment", _("Concealment"), Type.TEXT, False), FROM, UNTIL,
             Field("change", _("What changed?"), Type.TEXT),
             Field("evidence_kind", _("Evidence"), Type.CHOICE, choices=EVIDENCE),
             Field("cases", _("Number of cases"), Type.COUNT, False, _("A number of 1 to 4 is withheld.")),
             PLATFORMS, LINK), ("begins", "ends"), ("begins", "ends")),
    Kind("measures", _("National measures"), _("Law, dedicated unit and mechanism against illegal Internet trade."),
         "conf-11-3-cop19", (
             TITLE, Field("law", _("Law"), Type.TEXT), Field("law_link", _("Web address of the law"), Type.WEB, False),
             Field("begins", _("In force since"), Type.DAY, False),
             Field("has_unit", _("Is there a dedicated unit?"), Type.CHOICE, choices=YES_NO),
             Field("unit", _("The unit and its task"), Type.TEXT, False),
             Field("mechanism", _("How monitoring is coordinated and shared between authorities"), Type.TEXT),
             Field("methods", _("Methods used to evaluate legal Internet trade"), Type.TEXT, False),
             Field("office", _("Office to turn to"), Type.LINE, False, _("The name of an office, never of a person.")),
             LINK), ("begins",)),
)}


def fields_of(kind: str) -> dict[str, Field]:
    return {each.name: each for each in KINDS[kind].fields}
