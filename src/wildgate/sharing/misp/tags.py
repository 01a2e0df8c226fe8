"""Markings and gradings as tags of MISP: the taxonomies tlp (2.0), PAP, admiralty-scale, estimative-language and cites.

What none of them has a word for (originator, compartments, sharing groups, whether persons are named) are predicates
of our own taxonomy, so that it survives in any MISP.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final

from wildgate.sharing.bundle import Pap, SharedReport, no_stricter
from wildgate.sharing.grading import Credibility, Grading, Handling, Reliability
from wildgate.sharing.marking import Marking, Tlp

COLOURS: Final = {Tlp.CLEAR: "#ffffff", Tlp.GREEN: "#33ff00", Tlp.AMBER: "#ffc000", Tlp.AMBER_STRICT: "#ffc000",
                  Tlp.RED: "#ff2b2b"}
TLP: Final = {"clear": Tlp.CLEAR, "white": Tlp.CLEAR, "green": Tlp.GREEN, "amber": Tlp.AMBER,
              "amber+strict": Tlp.AMBER_STRICT, "red": Tlp.RED}
"""TLP 2.0, and WHITE as TLP 1 called what is CLEAR now."""
LIKELY: Final = {Credibility.CONFIRMED: "almost-certain", Credibility.PROBABLE: "very-likely",
                 Credibility.POSSIBLE: "roughly-even-chance", Credibility.DOUBTFUL: "unlikely",
                 Credibility.IMPROBABLE: "very-unlikely"}
"""Nearest words of the estimative language; written for readers who know no Admiralty code, never read back."""
SHAPE: Final = re.compile(r'([\w.+-]+):([\w.+-]+)(?:="(.*)")?', re.DOTALL)

Tag = dict[str, object]


@lru_cache(maxsize=1024)
def of_marking(marking: Marking) -> tuple[str, ...]:
    """The names of the tags that say it; persons are never named in a file."""
    names = [f"tlp:{marking.tlp.word.lower()}", f'cites:owner="{marking.owner}"']
    names += [f'cites:compartment="{each}"' for each in sorted(marking.compartments)]
    if marking.groups is not None:
        names += ["cites:limited-to-groups", *(f'cites:sharing-group="{each}"' for each in sorted(marking.groups))]
    return (*names, "cites:nominal") if marking.nominal else tuple(names)


def of_report(report: SharedReport) -> list[str]:
    """The tags of an event: marking, grading, PAP, and the codes of specimens that are no stricter than the report."""
    names = list(of_marking(report.marking))
    if (grading := report.grading) is not None:
        names += [f'admiralty-scale:source-reliability="{grading.source.lower()}"',
                  f'admiralty-scale:information-credibility="{grading.content}"',
                  f'cites:handling="{grading.handling}"']
        if (word := LIKELY.get(grading.content)) is not None:
            names.append(f'estimative-language:likelihood-probability="{word}"')
    if report.pap is not None:
        names.append(f"PAP:{report.pap}")
    told = [each for each in report.specimens if no_stricter(each.marking, report.marking)]
    for predicate in ("appendix", "term", "source", "purpose"):
        found = sorted({value for each in told if (value := getattr(each, predicate))})
        names += [f'cites:{predicate}="{value}"' for value in found]
    return names


@lru_cache(maxsize=4096)
def _tag(name: str) -> tuple[tuple[str, object], ...]:
    word = name.removeprefix("tlp:")
    return (("name", name), ("colour", COLOURS[TLP[word]])) if word in TLP and word != name else (("name", name),)


def tags(names: Iterable[str]) -> list[Tag]:
    """The tags as MISP's JSON has them."""
    return [dict(_tag(name)) for name in names]


@dataclass(slots=True)
class Said:
    """What the tags of one thing say. `unknown`: those that we have no place for."""

    tlp: Tlp | None = None
    owner: str = ""
    compartments: set[str] = field(default_factory=set)
    groups: set[str] = field(default_factory=set)
    limited: bool = False
    nominal: bool = False
    pap: Pap | None = None
    source: str = ""
    content: str = ""
    handling: str = ""
    old: bool = False
    unknown: list[str] = field(default_factory=list)

    def marking(self, otherwise: Marking) -> Marking:
        """The marking said; where no colour is, that of what it lies in, joined with what is said."""
        owner = self.owner or otherwise.owner
        groups = frozenset(self.groups) if self.limited or self.groups else None
        tlp = otherwise.tlp if self.tlp is None else self.tlp
        own = Marking(tlp, owner, frozenset(self.compartments), groups, None, self.nominal)
        return own if self.tlp is not None else own.with_stricter(otherwise)

    @property
    def grading(self) -> Grading | None:
        """Where both halves of the Admiralty code are there."""
        if not (self.source and self.content):
            return None
        return Grading(Reliability(self.source), Credibility(self.content), Handling(self.handling or "P"))


def read_tags(names: Iterable[str]) -> Said:
    """Read the tags of one thing; of several colours the strictest holds."""
    said = Said()
    for name in names:
        _take(said, name)
    return said


def _take(said: Said, name: str) -> None:
    found = SHAPE.fullmatch(name)
    space, predicate, value = (found[1].lower(), found[2].lower(), found[3] or "") if found else ("", "", "")
    if space == "tlp" and predicate in TLP:
        said.tlp = max(said.tlp or Tlp.CLEAR, TLP[predicate])
        said.old = said.old or predicate == "white"
    elif space == "pap" and predicate.replace("white", "clear").upper() in Pap.__members__:
        said.pap = Pap(predicate.replace("white", "clear").upper())
    elif space == "admiralty-scale" and predicate == "source-reliability" and value.upper() in {*Reliability}:
        said.source = value.upper()
    elif space == "admiralty-scale" and predicate == "information-credibility" and value in {*Credibility}:
        said.content = value
    elif space == "cites" and _own(said, predicate, value):
        pass
    elif (space, predicate) != ("estimative-language", "likelihood-probability"):
        said.unknown.append(name)


def _own(said: Said, predicate: str, value: str) -> bool:
    if predicate == "owner":
        said.owner = value
    elif predicate == "compartment":
        said.compartments.add(value)
    elif predicate == "sharing-group":
        said.groups.add(value)
    elif predicate == "limited-to-groups":
        said.limited = True
    elif predicate == "nominal":
        said.nominal = True
    elif predicate == "handling" and value in {*Handling}:
        said.handling = value
    else:  # codes of specimens: the objects say them
        return predicate in ("appendix", "term", "source", "purpose", "taxon")
    return True
