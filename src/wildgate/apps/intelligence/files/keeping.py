"""One report of a file as rows: its words, its parts, what it mentions, sightings and opinions."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from uuid import UUID

from wildgate.apps.accounts.access import Actor
from wildgate.apps.intelligence.files.marks import Marks
from wildgate.apps.intelligence.models import Entity, Opinion, Part, Relation, Report, Sighting
from wildgate.apps.intelligence.models.reports import LONGEST_TEXT, LONGEST_TITLE
from wildgate.apps.intelligence.services.filing import LONGEST_VALUE, NewEntity, file_report, mention
from wildgate.convention.refusal import Refusal
from wildgate.sharing.bundle import EntityKind, SharedReport, Specimen
from wildgate.sharing.marking import Marking


def keep(report: SharedReport, *, actor: Actor, key: str, marking: Marking, marks: Marks,
         at: datetime) -> Report | Refusal:
    """File the report with all that lies in it. Inside the caller's transaction."""
    title = " ".join(report.title.split()) or report.number or str(report.uid)
    words = report.text.strip() or title
    if len(title) > LONGEST_TITLE:
        words = f"{title}\n\n{words}"
    made = file_report(actor=actor, party=actor.party, origin=Report.Origin.IMPORT, origin_key=key,
                       title=title[:LONGEST_TITLE], text=words[:LONGEST_TEXT], grading=report.grading, marking=marking,
                       at=at)
    if isinstance(made, Refusal):
        return made
    keeping = _Keeping(made, report, actor, marks, at)
    keeping.part(words[LONGEST_TEXT:], report.marking)
    keeping.rest()
    return made


class _Keeping:
    """What lies in one report, on its way to rows."""

    def __init__(self, row: Report, report: SharedReport, actor: Actor, marks: Marks, at: datetime) -> None:
        self.row, self.report, self.actor, self.marks, self.at = row, report, actor, marks, at

    def rest(self) -> None:
        report = self.report
        if report.pap is not None:
            self.part(f"PAP:{report.pap}", report.marking)
        for part in report.parts:
            self.part("\n\n".join(each for each in (part.title, part.text) if each), part.marking)
        rows = {each.uid: row for each in report.entities
                if (row := self._entity(each.kind, each.value, each.marking)) is not None}
        for value in report.permits:
            self._entity(EntityKind.PERMIT, value, report.marking)
        for value in report.listings:
            self._entity(EntityKind.LISTING, value, report.marking)
        for specimen in report.specimens:
            self._entity(EntityKind.TAXON, specimen.taxon, specimen.marking)
            self.part("; ".join(_details(specimen)), specimen.marking)
        self._relations(rows)
        self._said()

    def part(self, text: str, marking: Marking) -> None:
        """A part, in as many pieces as it takes."""
        for begin in range(0, len(text), LONGEST_TEXT):
            piece = text[begin:begin + LONGEST_TEXT].strip()
            if piece and (mark := self.marks.mark(marking)) is not None:
                Part.objects.create(party=self.row.party, mark=mark, report=self.row, text=piece,
                                    by_id=self.actor.own_id, at=self.at)

    def _entity(self, kind: EntityKind, value: str, marking: Marking) -> Entity | None:
        value = " ".join(value.split())
        if not value:
            return None
        if len(value) > LONGEST_VALUE:
            self.part(f"{kind}: {value}", marking)
            return None
        mark = self.marks.mark(marking)
        if mark is None:
            return None
        mention(self.row, [NewEntity(kind.value, value, marking.nominal)], mark)
        return Entity.objects.get(party=self.row.party, kind=kind.value, value=value)

    def _relations(self, rows: dict[UUID, Entity]) -> None:
        for each in self.report.relations:
            source, target = rows.get(each.source), rows.get(each.target)
            mark = self.marks.mark(each.marking)
            if source is not None and target is not None and mark is not None and each.kind:
                Relation.objects.get_or_create(
                    report=self.row, source=source, target=target, kind=each.kind[:40],
                    defaults={"party": self.row.party, "mark": mark})

    def _said(self) -> None:
        for sighting in self.report.sightings:
            if (mark := self.marks.mark(sighting.marking)) is not None:
                Sighting.objects.create(party=self.row.party, mark=mark, report=self.row, by=None, at=self.at,
                                        kind=sighting.outcome.value, seen_at=sighting.at, text=sighting.text[:500])
        for opinion in self.report.opinions:
            if opinion.estimate not in Opinion.Estimate.values:
                said = (opinion.view.value, opinion.estimate, opinion.text)
                self.part(": ".join(each for each in said if each), opinion.marking)
            elif (mark := self.marks.mark(opinion.marking)) is not None:
                Opinion.objects.create(party=self.row.party, mark=mark, report=self.row, by=None, at=opinion.at,
                                       kind=opinion.view.value, estimate=opinion.estimate, text=opinion.text[:1000])


def _details(each: Specimen) -> Iterator[str]:
    """What a specimen says beyond its name, in words that a reader understands without the file."""
    told = (("Appendix", each.appendix), ("term", each.term),
            ("quantity", "" if each.quantity is None else f"{each.quantity:f} {each.unit}".strip()),
            ("source", each.source), ("purpose", each.purpose), ("permit", each.permit))
    found = [f"{name} {value}" for name, value in told if value]
    if found:
        yield each.taxon
        yield from found
