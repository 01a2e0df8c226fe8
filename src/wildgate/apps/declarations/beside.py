"""Three columns side by side: what the permit says, what is declared, what was counted at the border."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from wildgate.apps.customs.models import Endorsement, EndorsementLine
from wildgate.apps.declarations import papers
from wildgate.apps.declarations.findings import Finding, Severity
from wildgate.apps.declarations.models import DeclaredPermit
from wildgate.apps.declarations.papers import Paper
from wildgate.apps.permits import wording
from wildgate.apps.species.registry import law_of
from wildgate.convention.permit import plain
from wildgate.kit.sentences import in_words
from wildgate.targeting import comparison
from wildgate.targeting.comparison import LineFacts, PermitFacts
from wildgate.targeting.consignment import Consignment, Item

TONES = {Severity.STOP: "no", Severity.DOUBT: "hold", Severity.NOTE: "info"}


@dataclass(frozen=True, slots=True)
class Row:
    """One box: three values, how bad the difference is, and the sentence for it."""

    label: str
    permit: str
    declared: str
    border: str = ""
    tone: str = ""
    sentence: str = ""


@dataclass(slots=True)
class Beside:
    """One permit of an item beside it."""

    said: str
    paper: Paper | None
    candidates: list[str]
    ours: bool = False
    """The number is one of our own, so our register would know it."""
    facts: PermitFacts | None = None
    rows: list[Row] = field(default_factory=list)
    others: list[tuple[str, str]] = field(default_factory=list)
    """Tone and sentence of what stands in none of the boxes."""


def beside(item: Item, said: Consignment, cited: DeclaredPermit, found: list[Finding], *, at: datetime) -> Beside:
    """The columns of one permit; without a paper only what was said of it."""
    paper = Paper(cited.home, cited.foreign) if cited.home_id or cited.foreign_id else None
    out = Beside(cited.said, paper, list(cited.candidates))
    mine = [each for each in found if each.permit == cited.said]
    if paper is None:
        out.ours = any(each.code == "permit-unknown" for each in mine)
        out.others = [worded(each) for each in mine]
        return out
    out.facts = papers.facts(paper, reference=said.reference, at=at)
    line = comparison.line_for(item, out.facts, place=law_of(said.party).resolve)
    shown = {"taxon", "term", "quantity", "unit", "source", "purpose", "origin", "exporter", "importer", "route",
             "transport", "validity"}
    out.rows = list(_rows(item, said, out.facts, line, _counted(paper, line), mine))
    out.others = [worded(each) for each in mine if each.where not in shown]
    return out


def worded(each: Finding) -> tuple[str, str]:
    """A finding as a tone and a sentence in the reader's language."""
    return TONES[each.severity], in_words(each)


def _counted(paper: Paper, line: LineFacts | None) -> dict[str, str]:
    """What customs wrote down of this line and its consignment, last of all."""
    own: dict[str, Any] = {"permit": paper.home} if paper.home else {"foreign": paper.foreign}
    last = Endorsement.objects.filter(**own).order_by("-pk").first()
    if last is None:
        return {}
    key = "permit_line__block" if paper.home else "foreign_line__block"
    counted = EndorsementLine.objects.filter(endorsement=last, **{key: line.block if line else ""}).first()
    return {"quantity": f"{plain(counted.quantity)} {line.unit}" if counted and line else "", "route": last.port,
            "transport": last.transport_document, "validity": last.at.date().isoformat()}


def _rows(item: Item, said: Consignment, facts: PermitFacts, line: LineFacts | None, counted: dict[str, str],
          found: list[Finding]) -> list[Row]:
    left = " ".join((plain(line.quantity), line.unit, "·", _("left"), plain(line.remaining))) if line else ""
    declared = f"{plain(item.quantity)} {item.unit}" if item.quantity is not None else ""
    source = (line.source + (f"/{line.second_source}" if line.second_source else "")) if line else ""
    boxes = (
        ("taxon", _("Species"), line.taxon if line else "", item.taxon),
        ("term", _("Term"), _named(wording.term_name, line.term if line else ""), _named(wording.term_name, item.term)),
        ("quantity", _("Quantity"), left, declared),
        ("source", _("Source"), source, item.source),
        ("purpose", _("Purpose"), facts.purpose, item.purpose),
        ("origin", _("Origin"), line.origin if line else "", item.origin),
        ("exporter", _("Exporter"), _who(facts.exporter), _who(said.exporter)),
        ("importer", _("Importer"), _who(facts.importer), _who(said.importer)),
        ("route", _("Route"), " → ".join(filter(None, (facts.exporter.country, facts.importer.country))),
         " → ".join(dict.fromkeys(filter(None, (said.departure, *said.route, said.destination))))),
        ("transport", _("Transport document"), facts.transport_document, said.transport_document),
        ("validity", _("Issued and valid until"), f"{facts.issued_on} – {facts.valid_until}",
         said.lodged_at.date().isoformat()))
    return [_row(where, label, ours, theirs, counted.get(where, ""), found) for where, label, ours, theirs in boxes
            if ours or theirs]


def _row(where: str, label: str, ours: str, theirs: str, border: str, found: list[Finding]) -> Row:
    wheres = {where, "unit"} if where == "quantity" else {where}
    mine = [each for each in found if each.where in wheres]
    worst = min(mine, key=lambda each: list(Severity).index(each.severity), default=None)
    return Row(label, ours, theirs, border, TONES[worst.severity] if worst else "",
               " ".join(in_words(each) for each in mine))


def _named(name: Any, code: str) -> str:
    return f"{code} · {name(code)}" if code else ""


def _who(trader: Any) -> str:
    return ", ".join(filter(None, (trader.name, trader.country)))
