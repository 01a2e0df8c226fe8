"""Issue after the goods have left (Res. Conf. 12.3): never in Appendix I, on few grounds, and both authorities agree.

Such a permit is for goods that are gone: nothing leaves on it any more, and no customs post endorses it for export.

The text of the resolution was not at hand: the grounds are those of national laws that carry it out (50 CFR 23.53), and
an authority confirms them for itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from wildgate.convention.refusal import Refusal, refuse
from wildgate.convention.vocabulary import Appendix, Code, Purpose

BASIS = ("Res. Conf. 12.3",)
SAID: Final = "Issued retrospectively (Res. Conf. 12.3): the specimens left on "
"""How the sentence in box 5 begins; the day follows."""
NOT_SOLD: Final = " The specimens are not to be sold within six months of the day of issue."
"""For personal and household effects (50 CFR 23.53)."""


NO_DAY: Final = (
    refuse("date-wrong", "Write the day on which the goods left as year-month-day, for example 2019-05-31.",
           field="left_on"),
    refuse("date-wrong", "Write the day of the other authority's consent as year-month-day, for example 2019-05-31.",
           field="other_on"))
"""What is said where a form gives no day for the one, and for the other."""


class Excuse(Code):
    """Why no document was there when the goods left."""

    AUTHORITY = "authority-error"
    """The authority's own mistake."""
    MISLED = "misled-by-authority"
    """An official told the trader something wrong."""
    PERSONAL = "personal-effects"
    """An honest mistake with personal or household effects."""


@dataclass(frozen=True, slots=True)
class Retrospection:
    """What is recorded for it. `other` is the consent of the authority of the other country: who gave it, and when."""

    excuse: str
    reason: str
    left_on: date
    other: str
    other_on: date

    def as_json(self) -> dict[str, str]:
        return {"excuse": self.excuse, "reason": self.reason, "left_on": self.left_on.isoformat(),
                "other": self.other, "other_on": self.other_on.isoformat()}

    @classmethod
    def from_json(cls, data: Mapping[str, str]) -> Retrospection:
        return cls(data["excuse"], data["reason"], date.fromisoformat(data["left_on"]), data["other"],
                   date.fromisoformat(data["other_on"]))

    @property
    def words(self) -> str:
        """The sentence in box 5."""
        why = {Excuse.AUTHORITY.value: "an error of the issuing authority",
               Excuse.MISLED.value: "wrong information by an authority",
               Excuse.PERSONAL.value: "an honest error with personal effects"}[self.excuse]
        told = (f"{SAID}{self.left_on.isoformat()} without this document because of {why}. Both Management "
                f"Authorities agree; consent of the other: {self.other}, {self.other_on.isoformat()}.")
        return told + (NOT_SOLD if self.excuse == Excuse.PERSONAL.value else "")


def left_on(special_conditions: str) -> date | None:
    """The day on which the goods of a permit left before it was issued, by its box 5; None for all others."""
    said = next((line for line in special_conditions.splitlines() if line.startswith(SAID)), "")
    try:
        return date.fromisoformat(said[len(SAID):len(SAID) + 10])
    except ValueError:
        return None


def left_before(special_conditions: str) -> Refusal | None:
    """Why nothing leaves on such a permit now; None for all others."""
    day = left_on(special_conditions)
    if day is None:
        return None
    return refuse("left-before-issue", "The goods of this permit left on %(day)s, before it was issued. It is not "
                  "endorsed for export: goods that leave now need a permit of their own.", day=day.isoformat(),
                  basis=BASIS)


def refuses(asked: Retrospection, *, appendices: Iterable[Appendix | str | None], purpose: Purpose | str | None,
            today: date) -> Refusal | None:
    """Why no document may be issued retrospectively."""
    if any(str(appendix) == Appendix.I.value for appendix in appendices if appendix):
        return refuse("retrospective-appendix-i", "Nothing is issued retrospectively for specimens of Appendix I.",
                      basis=BASIS)
    if asked.excuse not in {each.value for each in Excuse}:
        return refuse("retrospective-ground", "Choose why no document was there when the goods left.", basis=BASIS,
                      field="excuse")
    if asked.excuse == Excuse.PERSONAL.value and str(purpose) != Purpose.PERSONAL.value:
        return refuse("retrospective-personal", "This ground is for personal or household effects: the purpose of the "
                      "trade must be P.", basis=BASIS, field="excuse")
    if not asked.other.strip():
        return refuse("retrospective-consent", "Name who of the other country's Management Authority agreed, with "
                      "the reference: without both authorities nothing is issued.", basis=BASIS, field="other")
    if asked.left_on > today or asked.other_on > today:
        return refuse("retrospective-date", "The day lies in the future: goods that have not left need an ordinary "
                      "permit.", basis=BASIS, field="left_on" if asked.left_on > today else "other_on")
    if asked.other_on < asked.left_on:
        return refuse("retrospective-order", "The consent of the other authority is older than the day on which the "
                      "goods left: it follows an inquiry into what happened. Check both days.", basis=BASIS,
                      field="other_on")
    return None
