"""What people read for the codes of the registers. Codes are kept; words are chosen here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from wildgate.apps.registers.models import Specimen, SpecimenEvent, SpecimenHold
from wildgate.convention import tables
from wildgate.convention.marks import MarkKind
from wildgate.convention.operations import OperationKind, OperationState
from wildgate.convention.vocabulary import Source


@dataclass(frozen=True, slots=True)
class Word:
    """A label and the tone of its tag."""

    label: Any
    tag: str = "off"


K, S, H = OperationKind, Specimen.State, SpecimenEvent.Kind
KINDS: Final[Mapping[str, Any]] = {
    K.BREEDING_I.value: _("Breeding operation, Appendix I animals"),
    K.BREEDING.value: _("Breeding operation"),
    K.NURSERY.value: _("Nursery"),
    K.INSTITUTION.value: _("Scientific institution"),
}
STANDINGS: Final[Mapping[str, Word]] = {
    OperationState.ACTIVE.value: Word(_("Active"), "ok"),
    OperationState.SUSPENDED.value: Word(_("Suspended"), "no"),
    OperationState.WITHDRAWN.value: Word(_("Withdrawn"), "off"),
    "lapsed": Word(_("Lapsed"), "hold"),
    S.ALIVE.value: Word(_("Alive"), "ok"),
    S.DEAD.value: Word(_("Dead"), "off"),
    S.EXPORTED.value: Word(_("Exported"), "info"),
    S.LOST.value: Word(_("Lost"), "no"),
    "confirmed": Word(_("Confirmed"), "ok"),
    "declared": Word(_("Declared"), "hold"),
    "offered": Word(_("Offered"), "hold"),
    SpecimenHold.State.BOUND.value: Word(_("On a permit"), "info"),
    SpecimenHold.State.UNCLEAR.value: Word(_("Perhaps left"), "hold"),
}
SEXES: Final[Mapping[str, Any]] = {
    Specimen.Sex.MALE.value: _("Male"), Specimen.Sex.FEMALE.value: _("Female"),
    Specimen.Sex.UNKNOWN.value: _("Not known"),
}
ACQUIRED: Final[Mapping[str, Any]] = {
    Specimen.Acquired.BRED.value: _("Bred or born here"),
    Specimen.Acquired.BOUGHT.value: _("Taken over from another holder"),
    Specimen.Acquired.IMPORTED.value: _("Imported"),
    Specimen.Acquired.GIVEN.value: _("Given"),
    Specimen.Acquired.TAKEN.value: _("Taken from the wild"),
    Specimen.Acquired.OTHER.value: _("In another way"),
}
MARKS: Final[Mapping[str, Any]] = {
    MarkKind.RING.value: _("Ring"), MarkKind.TRANSPONDER.value: _("Transponder"), MarkKind.TAG.value: _("Tag"),
    MarkKind.OTHER.value: _("Other mark"),
}
EVENTS: Final[Mapping[str, Any]] = {
    "operation-registered": _("Registered"),
    "operation-changed": _("Entry changed"),
    "operation-renewed": _("Renewed"),
    "operation-inspected": _("Inspected"),
    "operation-active": _("Stands again"),
    "operation-suspended": _("Suspended"),
    "operation-withdrawn": _("Withdrawn"),
    H.REGISTERED.value: _("Registered"),
    H.BIRTH.value: _("Born"),
    H.CONFIRMED.value: _("Confirmed by the authority"),
    H.DEATH.value: _("Died"),
    H.LOST.value: _("Lost"),
    H.OFFERED.value: _("Offered to another holder"),
    H.OFFER_WITHDRAWN.value: _("Offer withdrawn"),
    H.ACCEPTED.value: _("Taken over by another holder"),
    H.REFUSED.value: _("Offer refused"),
    H.REMARKED.value: _("Marked anew"),
    H.PERMIT.value: _("Put on a permit"),
    H.RETURNED.value: _("Off the permit again"),
    H.EXPORTED.value: _("Exported"),
    H.CROSSING.value: _("Crossed the border"),
}
SOURCES: Final = tuple(source.value for source in Source if source is not Source.HIGH_SEAS)


def source_choices(language: str) -> list[tuple[str, str]]:
    """Source codes with their names in a language."""
    return [(code, f"{code} · {tables.source_name(code, language)}") for code in SOURCES]
