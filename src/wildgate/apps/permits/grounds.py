"""The grounds on which an application is refused: a sentence for the letter and its legal basis, to choose from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, slots=True)
class Ground:
    """One ground. `sentence` stands in the letter, in the applicant's language."""

    code: str
    sentence: Any
    basis: str


ADVISED_AGAINST: Final = "detriment"
"""The ground that only the Scientific Authority's own word can bear."""
GROUNDS: Final[Mapping[str, Ground]] = {ground.code: ground for ground in (
    Ground(ADVISED_AGAINST,
           _("The Scientific Authority advised that this trade would harm the survival of the species."),
           "Art. III.2(a), IV.2(a)"),
    Ground("acquisition", _("It was not shown that the specimens were obtained lawfully."), "Art. III.2(b), IV.2(b)"),
    Ground("commercial", _("The specimens would be used for primarily commercial purposes."),
           "Art. III.3(c), Res. Conf. 5.10"),
    Ground("import-permit", _("No import permit has been granted by the country of destination."), "Art. III.2(d)"),
    Ground("first-import", _("It was not shown that the specimens came into the country under the Convention."),
           "Art. III.4(a), IV.5(a)"),
    Ground("transport", _("It is not ensured that the live specimens travel without risk of injury or cruelty."),
           "Art. III.2(c), IV.2(c)"),
    Ground("housing", _("The recipient is not equipped to house and care for the live specimens."), "Art. III.3(b)"),
    Ground("breeding", _("It was not shown that the specimens were bred in captivity or artificially propagated."),
           "Art. VII.4, VII.5, Res. Conf. 10.16"),
    Ground("quota", _("The export quota for these specimens is used up."), "Res. Conf. 14.7"),
    Ground("suspension", _("Trade in these specimens with this country is suspended."), "Res. Conf. 14.3"),
    Ground("incomplete", _("The application stayed incomplete although we asked."), "Res. Conf. 12.3"),
    Ground("untrue", _("The application holds statements that are not true."), "Res. Conf. 11.3, Res. Conf. 12.3"),
)}
"""What is none of these is written by the officer, with its basis."""


def ground_name(code: str) -> str:
    """A ground in words; the basis that an officer wrote in its place stays as written."""
    return str(GROUNDS[code].sentence) if code in GROUNDS else code
