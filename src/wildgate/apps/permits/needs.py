"""What a certificate of Article VII asks for beyond the trade: marks, residence, carnet, registers, itinerary."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

from django.utils.translation import gettext_noop as _

from wildgate.apps.permits import kinds
from wildgate.convention.refusal import Refusal, refuse
from wildgate.convention.vocabulary import Direction

Answers = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Need:
    """An answer that a task cannot do without. `when` looks at the line; None: it is asked of the trade as a whole."""

    tasks: tuple[str, ...]
    field: str
    sentence: str
    basis: tuple[str, ...]
    when: Callable[[Mapping[str, str]], bool] | None = None


def _live(line: Mapping[str, str]) -> bool:
    return line.get("live") == "yes" or line.get("term") == "LIV"


def _always(line: Mapping[str, str]) -> bool:
    return True


NEEDS: Final = (
    Need(("pet-ownership", "personal-effects"), "residence", _("Choose the country where the owner lives."),
         ("Art. VII.3",)),
    Need(("pet-ownership",), "marks", _("Give the mark of the animal: its microchip, ring or tattoo."),
         ("50 CFR 23.44",), _always),
    Need(("musical-instrument",), "description",
         _("Describe the instrument: what it is, its maker, and a serial number or what else tells it apart."),
         ("Res. Conf. 16.8",), _always),
    Need(("travelling-exhibition",), "itinerary", _("Say where the exhibition goes, and when it comes back."),
         ("50 CFR 23.49",)),
    Need(("travelling-exhibition",), "marks", _("Give the marks of the live animals: microchips, rings or tattoos."),
         ("50 CFR 23.49",), _live),
    Need(("sample-collection",), "carnet", _("Give the number of the ATA carnet."), ("50 CFR 23.50",)),
    Need(("sample-collection",), "carnet_until", _("Give the last day of the carnet."), ("50 CFR 23.50",)),
    Need(("scientific-exchange",), "our_register", _("Give the register number of your institution."), ("Art. VII.6",)),
    Need(("scientific-exchange",), "their_register", _("Give the register number of the other institution."),
         ("Art. VII.6",)),
)


def missing(answers: Answers) -> list[Refusal]:
    """Every answer that the task needs and does not have, and a purpose that its certificate does not cover."""
    task = kinds.task_of(answers)
    if task is None:
        return []
    found = [refuse("needed", need.sentence, field=place, basis=need.basis)
             for need in NEEDS if task.code in need.tasks for place in _places(need, answers)]
    purposes = [purpose.value for purpose in task.purposes]
    if purposes and answers.get("purpose") and answers["purpose"] not in purposes:
        found.append(refuse("purpose-not-of-task", "For this, the purpose is %(purposes)s; choose it.",
                            purposes=" or ".join(purposes), field="purpose"))
    day = carnet_ends(answers)
    if task.code == "sample-collection" and answers.get("carnet_until", "").strip() and day is None:
        found.append(refuse("date-wrong", "This is not a date.", field="carnet_until"))
    return found


def _places(need: Need, answers: Answers) -> Iterable[str]:
    """Where the answer is missing."""
    if need.when is None:
        return () if answers.get(need.field, "").strip() else (need.field,)
    return [f"lines[{i}].{need.field}" for i, line in enumerate(answers.get("lines", ()))
            if line.get("taxon") and need.when(line) and not line.get(need.field, "").strip()]


def carnet_ends(answers: Answers) -> date | None:
    """The last day of the ATA carnet."""
    try:
        return date.fromisoformat(answers.get("carnet_until", "").strip()[:10])
    except ValueError:
        return None


def wrong_dates(answers: Answers, on: date) -> Iterable[Refusal]:
    """Dates of other countries' papers: the trade itself does not read them, the permit prints them. A paper that is
    at hand was not issued later than the day `on`; one day is allowed for, since the date there may be ahead of ours.
    """
    ends = carnet_ends(answers)
    if ends is not None and ends < on:
        yield refuse("carnet-over", "The last day of the carnet has passed; give one that is still valid.",
                     field="carnet_until")
    for i, line in enumerate(answers.get("lines", ())):
        for name in ("origin_permit_date", "last_permit_date"):
            if (text := line.get(name, "")) and not _is_date(text):
                yield refuse("date-wrong", "This is not a date.", field=f"lines[{i}].{name}")
            elif text and date.fromisoformat(text) > on + timedelta(days=1):
                yield refuse("date-later", "The date lies in the future; check the year.", field=f"lines[{i}].{name}")
        if answers.get("direction") == Direction.RE_EXPORT.value and line.get("last_permit") and not line.get(
                "last_country"):
            yield refuse("missing", "The country is missing.", field=f"lines[{i}].last_country")


def _is_date(text: str) -> bool:
    try:
        return re.fullmatch(r"\d{4}-\d{2}-\d{2}", text) is not None and bool(date.fromisoformat(text))
    except ValueError:
        return False
