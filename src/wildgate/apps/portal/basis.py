"""The texts of the Convention that submissions answer to, by version. What was not read for this table says so."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any, Final

from django.utils.translation import gettext_lazy as _


class Known(Enum):
    """How the text of a version is known here."""

    READ = "read"
    QUOTED = "quoted"
    TOLD = "told"


SAYS: Final[Mapping[Known, Any]] = {
    Known.READ: _("The text was read for this form."),
    Known.QUOTED: _("The text is known from quotations only; the original was not read for this form."),
    Known.TOLD: _("The text was not read for this form; that it exists is known from other texts. Check it before you "
                  "cite it."),
}


@dataclass(frozen=True, slots=True)
class Basis:
    """A version of a Decision or Resolution. `name` is written alike in every language."""

    code: str
    name: str
    known: Known
    source: str

    @property
    def says(self) -> Any:
        return SAYS[self.known]


VERSIONS: Final = {each.code: each for each in (
    Basis("dec-15-57", "Decision 15.57", Known.READ, "cites.org/eng/dec/valid16/208"),
    Basis("dec-16-62", "Decision 16.62", Known.READ, "cites.org/eng/dec/valid16/208"),
    Basis("conf-11-3-cop16", "Resolution Conf. 11.3 (Rev. CoP16)", Known.QUOTED,
          "quoted by a Scientific Authority, 2014"),
    Basis("conf-11-3-cop17", "Resolution Conf. 11.3 (Rev. CoP17)", Known.TOLD, "CoP17 Doc. 29"),
    Basis("conf-11-3-cop18", "Resolution Conf. 11.3 (Rev. CoP18)", Known.TOLD, "general knowledge"),
    Basis("conf-11-3-cop19", "Resolution Conf. 11.3 (Rev. CoP19)", Known.TOLD, "Decisions 19.104 to 19.106"),
)}
