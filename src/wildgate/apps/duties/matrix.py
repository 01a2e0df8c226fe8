"""Who must tell whom: the rows of the notification matrix, and what holds for each until both sides agree otherwise.

A row stands for a duty between two authorities: of which events the other one hears, under which condition, and within
how many working hours it says that it has received the notice. Hours and switches are house values: they are shown as
such and changed by two people, from a day on (`models.Term`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import Enum
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from wildgate.apps.accounts.models import Role
from wildgate.convention.lifecycle import PermitAct as A
from wildgate.convention.lifecycle import Step as S


class Side(Enum):
    """The two authorities of an agreement."""

    AUTHORITY = "management"
    CUSTOMS = "customs"


class Only(Enum):
    """When a row speaks of an event at all."""

    ALWAYS = "always"
    APPENDIX_I = "appendix-one"
    HANDED_IN = "handed-in"
    """An application that the authority had seen: a draft that is given up is nobody's news."""
    ONE_RECORD = "one-record"
    """An import on a foreign paper and on our permit at once is one act: told of the permit."""
    OF_CUSTOMS = "of-customs"
    OF_AUTHORITY = "of-authority"
    """An alert goes to the other side, not to the one that raised it."""


class Way(Enum):
    """How a notice reaches the other side."""

    LETTER = "letter"
    MAIL = "mail"
    WEBHOOK = "webhook"


SIDES: Final[Mapping[Side, Any]] = {Side.AUTHORITY: _("Management Authority"), Side.CUSTOMS: _("Customs")}
ROLES: Final[Mapping[Side, tuple[Role, ...]]] = {
    Side.AUTHORITY: (Role.OFFICER, Role.COUNTERSIGNER), Side.CUSTOMS: (Role.CUSTOMS, Role.SUPERVISOR)}
"""Who on each side may be told, and may say that a notice was received."""
ABOVE: Final[Mapping[Side, Role]] = {Side.AUTHORITY: Role.COUNTERSIGNER, Side.CUSTOMS: Role.SUPERVISOR}
"""Who hears, once, of a notice that nobody has received in time."""
ONLY_WORDS: Final[Mapping[Only, Any]] = {
    Only.ALWAYS: _("always"), Only.APPENDIX_I: _("when a line is in Appendix I"),
    Only.HANDED_IN: _("when it had been submitted"), Only.ONE_RECORD: _("once for each act"),
    Only.OF_CUSTOMS: _("when customs raised it"), Only.OF_AUTHORITY: _("when the Management Authority raised it"),
}
WAY_WORDS: Final[Mapping[Way, Any]] = {
    Way.LETTER: _("Inbox"), Way.MAIL: _("E-mail"), Way.WEBHOOK: _("Machine notice")}


@dataclass(frozen=True, slots=True)
class Duty:
    """One row: `sender` tells `receiver` of events of these `kinds`, where `only` holds. `hours`: to say so."""

    code: str
    sender: Side
    receiver: Side
    kinds: tuple[str, ...]
    what: Any
    hours: int
    only: Only = Only.ALWAYS

    @property
    def letter(self) -> str:
        """The kind of the letter that is written of it."""
        return f"duty-{self.code}"

    @property
    def default(self) -> Agreed:
        return Agreed(roles=tuple(role.value for role in ROLES[self.receiver]), hours=self.hours)


@dataclass(frozen=True, slots=True)
class Agreed:
    """What holds for a row on a day. No `hours`: no receipt is asked for. `stations` narrow customs officers."""

    on: bool = True
    ways: tuple[str, ...] = tuple(way.value for way in Way)
    roles: tuple[str, ...] = ()
    stations: tuple[str, ...] = ()
    hours: int | None = None
    address: str = ""
    since: date | None = None
    """None: as shipped, a house value that nobody has changed."""

    def by(self, way: Way) -> bool:
        return self.on and way.value in self.ways


M, C = Side.AUTHORITY, Side.CUSTOMS
IMPORTS: Final = "imports-relayed"
MATRIX: Final[tuple[Duty, ...]] = (
    Duty("permit-issued", M, C, (A.ISSUED.value,), _("A permit was issued"), 4, Only.APPENDIX_I),
    Duty("application-refused", M, C, (S.REFUSE.value,), _("An application was refused"), 8),
    Duty("application-withdrawn", M, C, (S.WITHDRAW.value,), _("An application was withdrawn"), 8, Only.HANDED_IN),
    Duty("refusal-lifted", M, C, (S.REOPEN.value,), _("A refusal was lifted after an appeal"), 8),
    Duty("permit-cancelled", M, C, (A.CANCELLED.value, A.RETURNED.value),
         _("A permit was cancelled or given back unused"), 2),
    Duty("permit-lost", M, C, (A.LOST.value,), _("A permit was reported lost or stolen"), 2),
    Duty("permit-suspended", M, C, (A.SUSPENDED.value,), _("A permit was suspended"), 2),
    Duty("permit-reinstated", M, C, (A.REINSTATED.value,), _("A suspended permit is valid again"), 4),
    Duty("permit-replaced", M, C, (A.REPLACED.value,), _("A permit was replaced by another"), 4),
    Duty("permit-used", C, M, (A.EXPORT_ENDORSED.value, A.IMPORT_ENDORSED.value, A.CROSSING_ENDORSED.value,
                               A.ENDORSEMENT_WITHDRAWN.value),
         _("A permit was used, or its endorsement withdrawn: what really moved"), 24, Only.ONE_RECORD),
    Duty("quantity-differs", C, M, ("quantity-differs",), _("The quantity differs from the permit"), 8),
    Duty("endorsement-missing", C, M, ("endorsement-missing",),
         _("A foreign permit came without the export endorsement"), 8),
    Duty("paper-rejected", C, M, ("paper-rejected",), _("A permit was not accepted at the border"), 4),
    Duty("goods-held", C, M, ("declaration-held", "parcel-held"), _("A consignment or parcel is held"), 8),
    Duty("goods-seized", C, M, ("seized",), _("Specimens were seized"), 4),
    Duty(IMPORTS, C, M, ("imports-relayed",), _("The imports of the day, as a file"), 24),
    Duty("balance-overridden", C, M, ("balance-overridden",), _("More was let through than a permit had left"), 2),
    Duty("double-use", C, M, ("double-use",), _("A permit was used twice"), 2),
    Duty("alert-from-customs", C, M, ("alert",), _("An alert of customs"), 2, Only.OF_CUSTOMS),
    Duty("alert-to-customs", M, C, ("alert",), _("An alert of the Management Authority"), 2, Only.OF_AUTHORITY),
)
"""The notification matrix of the workshop of December 2020 on electronic permits and customs (Annex 4), row by row."""

BY_CODE: Final[Mapping[str, Duty]] = {duty.code: duty for duty in MATRIX}
KINDS: Final = tuple(dict.fromkeys(kind for duty in MATRIX for kind in duty.kinds))


def rows_of(kind: str) -> tuple[Duty, ...]:
    """The rows that speak of events of this kind."""
    return tuple(duty for duty in MATRIX if kind in duty.kinds)
