"""Reads of signed annual reports: versions, what was corrected since, what differs between two of them, the due day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from wildgate.apps.reports import selectors
from wildgate.apps.reports.annual_freezing import rows_of
from wildgate.apps.reports.annual_models import AnnualFile, AnnualVersion
from wildgate.convention.report_changes import Change, changes
from wildgate.convention.report_row import Basis, Part

MOST_CORRECTIONS = 200


@dataclass(frozen=True, slots=True)
class Corrected:
    """What customs wrote otherwise after a version was drawn up: the row to send again."""

    at: datetime
    permit: str
    foreign: str
    taxon: str
    term: str
    unit: str
    before: Decimal
    now: Decimal
    why: str


@dataclass(frozen=True, slots=True)
class Standing:
    """Where the report of a year stands: its newest version, the signed one that counts, and how near its day is."""

    year: int
    due: date
    today: date
    versions: tuple[AnnualVersion, ...]

    @property
    def year_text(self) -> str:
        return str(self.year)

    @property
    def newest(self) -> AnnualVersion | None:
        return self.versions[0] if self.versions else None

    @property
    def signed(self) -> AnnualVersion | None:
        return next((each for each in self.versions if each.signed), None)

    @property
    def sent(self) -> AnnualVersion | None:
        return next((each for each in self.versions if each.submitted_on), None)

    @property
    def over(self) -> bool:
        """Whether the year is over, so that the report can be drawn up."""
        return self.today.year > self.year

    @property
    def left(self) -> int:
        """Days until it is due; negative when the day is past."""
        return (self.due - self.today).days

    @property
    def late(self) -> int:
        return max(-self.left, 0)

    @property
    def days(self) -> int:
        """From the end of the year to the day on which the report is due."""
        return max((self.due - date(self.year, 12, 31)).days, 1)

    @property
    def gone(self) -> int:
        return min(max(self.days - self.left, 0), self.days)

    @property
    def stage(self) -> str:
        """One word for the tag: submitted, signed, drawn, returned, late, draft, open (the year goes on)."""
        newest = self.newest
        if newest is not None and newest.waits:
            return "drawn"
        if self.sent is not None:
            return "submitted"
        if self.signed is not None:
            return "signed"
        if self.late:
            return "late"
        return "draft" if self.over else "open"


def standing(party: str, year: int, due: date, today: date) -> Standing:
    """The versions of a year, the newest first, in two queries with their files' facts."""
    found = (AnnualVersion.objects.filter(party=party, report__year=year)
             .select_related("report", "drawn_by", "closed_by").order_by("-number"))
    return Standing(year, due, today, tuple(found))


def version(party: str, year: int, number: int) -> AnnualVersion | None:
    """One version by its number."""
    return AnnualVersion.objects.filter(party=party, report__year=year, number=number).select_related(
        "report", "drawn_by", "closed_by").first()


def files(versions: tuple[AnnualVersion, ...]) -> dict[int, list[AnnualFile]]:
    """What is known of the files of versions, without their bytes."""
    found: dict[int, list[AnnualFile]] = {}
    for file in AnnualFile.objects.filter(version__in=versions).defer("packed").order_by("part"):
        found.setdefault(file.version_id, []).append(file)
    return found


def file(party: str, year: int, number: int, part: str) -> AnnualFile | None:
    """One frozen file."""
    return AnnualFile.objects.filter(version__party=party, version__report__year=year, version__number=number,
                                     part=part).select_related("version").first()


def corrections(found: AnnualVersion) -> list[Corrected]:
    """What customs corrected of the year's trade since a version was drawn up; nothing where permits were counted."""
    if found.basis != Basis.ACTUAL:
        return []
    out = []
    since = selectors.corrections(found.party, found.report.year, found.drawn_at).select_related(
        "line__endorsement__foreign", "line__foreign_line")
    for each in since[:MOST_CORRECTIONS]:
        endorsement, line = each.line.endorsement, each.line.foreign_line or each.line.permit_line
        out.append(Corrected(
            each.at, endorsement.permit.number if endorsement.permit else "",
            endorsement.foreign.number if endorsement.foreign else "", line.taxon if line else "",
            line.term if line else "", line.unit if line else "", each.before, each.quantity, each.why))
    return out


def differences(old: AnnualVersion, new: AnnualVersion | None) -> list[tuple[Part, Change]]:
    """Row by row between two versions, or between a version and the draft as it stands now."""
    out: list[tuple[Part, Change]] = []
    kept = {(each.version_id, each.part): each
            for each in AnnualFile.objects.filter(version__in=[each for each in (old, new) if each is not None])}
    for part in Part:
        after = (rows_of(kept[new.pk, part.value]) if new is not None
                 else selectors.rows(old.party, old.report.year, part, Basis(old.basis)))
        out += [(part, each) for each in changes(rows_of(kept[old.pk, part.value]), after)]
    return out
