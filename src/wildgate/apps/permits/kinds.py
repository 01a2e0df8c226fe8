"""What an applicant may want to do, in plain words: the first question, and what follows from each answer to it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from wildgate.convention.vocabulary import Direction, DocumentKind, Purpose, Source

ONCE, CERTIFIED, OFTEN, BETWEEN = "once", "certified", "often", "between"
GROUP_WORDS: Final[Mapping[str, Any]] = {
    ONCE: _("Move specimens once"),
    CERTIFIED: _("Export what was bred, propagated or is old"),
    OFTEN: _("Cross borders several times and come back"),
    BETWEEN: _("Between museums and institutions"),
}


@dataclass(frozen=True, slots=True)
class Task:
    """One answer to "What do you want to do?".

    `certificate` is the trade's own field; `wanted` the document asked for where the law leaves a choice. `purposes`
    are those it can be for (empty: any). `line` is what a new line begins with. `own` says that nobody else receives
    the specimens; `personal` that they are personal effects.
    """

    code: str
    group: str
    label: Any
    hint: Any
    direction: Direction
    certificate: str = ""
    wanted: DocumentKind | None = None
    purposes: tuple[Purpose, ...] = ()
    line: Mapping[str, str] = field(default_factory=dict)
    own: bool = False
    personal: bool = False


_D, _P, _K = Direction, Purpose, DocumentKind
_TASKS: Final = (
    Task(_D.EXPORT.value, ONCE, _("Export"), _("The specimens leave for another country, and come from here."),
         _D.EXPORT),
    Task(_D.RE_EXPORT.value, ONCE, _("Re-export"), _("The specimens were imported before and leave again."),
         _D.RE_EXPORT),
    Task(_D.IMPORT.value, ONCE, _("Import"), _("The specimens come here from another country."), _D.IMPORT),
    Task(_D.FROM_THE_SEA.value, ONCE, _("Introduction from the sea"),
         _("The specimens were taken in waters of no State and are landed here."), _D.FROM_THE_SEA,
         line={"source": Source.HIGH_SEAS.value, "origin": "ZZ"}),
    Task("personal-effects", ONCE, _("Take personal things with me"),
         _("Souvenirs, clothing or household goods of your own, which you carry or move with. Many need no permit."),
         _D.EXPORT, purposes=(_P.PERSONAL,), own=True, personal=True),
    Task("pre-convention", CERTIFIED, _("Export an antique or old specimen"),
         _("It was acquired before the Convention applied to the species: a pre-Convention certificate."),
         _D.EXPORT, wanted=_K.PRE_CONVENTION, line={"source": Source.PRE_CONVENTION.value}),
    Task("captive-bred", CERTIFIED, _("Export animals bred in captivity"), _("With a certificate of captive breeding."),
         _D.EXPORT, wanted=_K.CAPTIVE_BRED, line={"source": Source.CAPTIVE_BRED.value}),
    Task("artificially-propagated", CERTIFIED, _("Export plants that were artificially propagated"),
         _("With a certificate of artificial propagation."), _D.EXPORT, wanted=_K.PROPAGATED,
         line={"source": Source.PROPAGATED.value}),
    Task("certificate-of-origin", CERTIFIED, _("Export a species that another country protects"),
         _("It stands in Appendix III for another country: a certificate of origin says that it comes from here."),
         _D.EXPORT, wanted=_K.ORIGIN),
    Task("pet-ownership", OFTEN, _("Travel with my pet"),
         _("A live animal of your own that travels with you: a certificate of ownership for up to three years."),
         _D.EXPORT, certificate="pet-ownership", wanted=_K.OWNERSHIP, purposes=(_P.PERSONAL,), own=True,
         line={"term": "LIV", "quantity": "1", "unit": "NAR", "live": "yes"}),
    Task("musical-instrument", OFTEN, _("Travel with a musical instrument"),
         _("For playing, not for sale: a certificate for up to three years."),
         _D.EXPORT, certificate="musical-instrument", wanted=_K.INSTRUMENT,
         purposes=(_P.PERSONAL, _P.EXHIBITION), own=True, line={"quantity": "1", "unit": "NAR"}),
    Task("travelling-exhibition", OFTEN, _("Tour with an exhibition, a circus or a menagerie"),
         _("A certificate for up to three years and many crossings."),
         _D.EXPORT, certificate="travelling-exhibition", wanted=_K.EXHIBITION, purposes=(_P.EXHIBITION,), own=True),
    Task("sample-collection", OFTEN, _("Show samples abroad under an ATA carnet"),
         _("Samples that are shown, not sold, and come back: six months, and not beyond the carnet."),
         _D.EXPORT, certificate="sample-collection", wanted=_K.SAMPLES,
         purposes=(_P.COMMERCIAL, _P.EXHIBITION), own=True),
    Task("scientific-exchange", BETWEEN, _("Lend, give or exchange specimens between registered institutions"),
         _("Preserved specimens or live plants, not for sale: a label instead of permits."),
         _D.EXPORT, certificate="scientific-exchange", wanted=_K.SCIENTIFIC_LABEL, purposes=(_P.SCIENTIFIC,)),
)
TASKS: Final[Mapping[str, Task]] = {task.code: task for task in _TASKS}
DIRECTIONS: Final = frozenset(direction.value for direction in Direction)


def task_of(answers: Mapping[str, Any]) -> Task | None:
    """What the applicant wants to do; None before that is said."""
    return TASKS.get(str(answers.get("task") or answers.get("direction") or ""))


def chosen(code: str) -> dict[str, str]:
    """The answers that follow from the first question. What no form of ours offers is kept as it came."""
    task = TASKS.get(code)
    if task is None:
        return {"direction": code, "task": ""}
    found = {"direction": task.direction.value, "task": "" if code in DIRECTIONS else code}
    return {**found, "purpose": task.purposes[0].value} if len(task.purposes) == 1 else found


def wanted_of(answers: Mapping[str, Any]) -> DocumentKind | None:
    """The document that the applicant asks for, where the task names one."""
    task = task_of(answers)
    return task.wanted if task else None


def goes_along(answers: Mapping[str, Any]) -> bool:
    """Whether the holder is the importer as well: the specimens travel with their owner."""
    task = task_of(answers)
    return task is not None and task.own
