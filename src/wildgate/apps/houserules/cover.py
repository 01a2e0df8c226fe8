"""Who stands in for whom on a day, and the days on which nobody does."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.translation import gettext as _

from wildgate.apps.accounts.models import Role
from wildgate.apps.houserules.models import Absence
from wildgate.apps.houserules.selectors import absences, serving


@dataclass(frozen=True, slots=True)
class Cover:
    """A day as one officer should know it: the own absence, and the absences in which they stand in."""

    own: Absence | None
    others: tuple[Absence, ...]


def of_today(found: Sequence[Absence], on: date) -> list[Absence]:
    """Those who are away on that day."""
    return [each for each in found if each.since <= on <= each.until]


def absent(party: str, on: date) -> list[Absence]:
    """Who is away on that day."""
    return of_today(absences(party, on), on)


def cover_of(person_id: int, today: Sequence[Absence]) -> Cover:
    """What one officer should know of who is away."""
    return Cover(next((each for each in today if each.person_id == person_id), None),
                 tuple(each for each in today if each.stand_in_id == person_id))


def with_absence(officers: Sequence[tuple[int, str]], today: Sequence[Absence]) -> list[tuple[int, str]]:
    """The choices of a list of officers; of somebody who is away it says so."""
    away = {each.person_id: each for each in today}
    return [(key, _("%(name)s, away: %(stand_in)s stands in") % {"name": name, "stand_in": away[key].stand_in.name}
             if key in away else name) for key, name in officers]


def nobody_countersigns(party: str, on: date) -> bool:
    """Nobody who may countersign is here on that day."""
    return _unsigned(_signers(party, on), absent(party, on), on)


@dataclass(frozen=True, slots=True)
class Gap:
    """What an absence leaves open: the stand-in is away as well; nobody countersigns from a day on."""

    crossed: bool
    unsigned: date | None


def gaps(found: Sequence[Absence], party: str, today: date) -> Mapping[int, Gap]:
    """What each of these absences leaves open, by its key."""
    signers = _signers(party, today)
    return {each.pk: Gap(
        any(other.person_id == each.stand_in_id and other.since <= each.until and each.since <= other.until
            for other in found),
        _first_unsigned(each, signers, found, today) if each.person_id in signers else None) for each in found}


def _first_unsigned(absence: Absence, signers: frozenset[int], found: Sequence[Absence], today: date) -> date | None:
    first = max(absence.since, today)
    days = (first + timedelta(days=i) for i in range((absence.until - first).days + 1))
    return next((day for day in days if _unsigned(signers, found, day)), None)


def _signers(party: str, on: date) -> frozenset[int]:
    return frozenset(key for key, _name in serving(party, on, [Role.COUNTERSIGNER]))


def _unsigned(signers: frozenset[int], found: Sequence[Absence], on: date) -> bool:
    return signers <= {each.person_id for each in of_today(found, on)}
