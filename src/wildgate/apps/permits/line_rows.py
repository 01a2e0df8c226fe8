"""The lines of a long application, one row each, with the ruling that each falls under."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Final

from django.urls import reverse
from django.utils.translation import gettext as _

from wildgate.apps.permits import wording
from wildgate.apps.permits.forms.details import details
from wildgate.apps.permits.models import Application
from wildgate.apps.permits.wording import Word
from wildgate.convention.outcome import LineRuling

MANY: Final = 10
"""With more lines than this, an application is read back as a table."""
OPEN: Final = "hold"


@dataclass(frozen=True, slots=True)
class Alike:
    """Lines (counted from 1) that the law answers with one and the same ruling; `ruling` is that of the first."""

    numbers: tuple[int, ...]
    ruling: LineRuling

    @property
    def told(self) -> str:
        """Which lines, in words."""
        if len(self.numbers) == 1:
            return _("Line %(line)s") % {"line": self.numbers[0]}
        return _("Lines %(lines)s") % {"lines": spans(self.numbers)}


@dataclass(frozen=True, slots=True)
class LineRow:
    """All that was answered about a line. `more` has what only some lines are asked; `word` and `group` are the ruling
    in a word and the place (from 1) of the `Alike` that tells its reasons, 0 where there is none."""

    number: int
    url: str
    taxon: str
    term: str
    quantity: str
    source: str
    origin: str
    more: str
    word: Word | None
    group: int


def long(case: Application) -> bool:
    """Whether the lines are read back as a table."""
    return len(case.answers.get("lines", ())) > MANY


def rows_of(case: Application, groups: Sequence[Alike] | None = None) -> list[LineRow]:
    """The lines of a long application; `groups` are the rulings on a draft, which can still be changed."""
    if not long(case):
        return []
    ruled = {number: place for place, group in enumerate(groups or (), 1) for number in group.numbers}
    words = [wording.outcome_word(group.ruling.decision) for group in groups or ()]
    incomplete, found = Word(_("Incomplete"), OPEN), []
    for number, line in enumerate(case.answers["lines"], 1):
        place = ruled.get(number, 0)
        unit = line.get("unit", "")
        more = [f"{each.label}{_(':')} {', '.join(each.shown.split(chr(10)))}"
                for each in details(number - 1, line, case.answers, case.party).inputs if each.value]
        if line.get("stock"):
            more.insert(0, f"{_('Taken from your stock')}{_(':')} {line['stock']}")
        if line.get("live") == "yes":
            more.insert(0, _("The specimens are alive"))
        found.append(LineRow(
            number, "" if groups is None else reverse("application-step", args=[case.number, f"line-{number}"]),
            line.get("taxon", ""), wording.term_name(line.get("term", "")),
            " ".join(filter(None, (line.get("quantity", ""), "" if unit == "NAR" else wording.unit_name(unit)))),
            line.get("source", ""), line.get("origin", "") or case.party, " · ".join(more),
            None if groups is None else words[place - 1] if place else incomplete, place))
    return found


def spans(numbers: Sequence[int]) -> str:
    """Numbers in order, runs as "1–5"."""
    runs = ([number for _place, number in run] for _gap, run in groupby(
        enumerate(numbers), key=lambda pair: pair[1] - pair[0]))
    return ", ".join(str(run[0]) if len(run) == 1 else f"{run[0]}–{run[-1]}" for run in runs)
