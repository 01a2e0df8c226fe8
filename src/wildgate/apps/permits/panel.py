"""What the law says to an application that is still being written: on each line that can be ruled on already."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from wildgate.apps.permits import answers as form
from wildgate.apps.permits import kinds, records
from wildgate.apps.permits.line_rows import Alike, spans
from wildgate.apps.permits.models import Application
from wildgate.apps.permits.services.drafting import acceptable
from wildgate.convention.intake import parse_trade
from wildgate.convention.listing import Law, Listed
from wildgate.convention.outcome import LineRuling, Ruling
from wildgate.convention.refusal import Refusal
from wildgate.convention.trade import Trade
from wildgate.convention.vocabulary import DocumentKind
from wildgate.kit.national import ruled


@dataclass(frozen=True, slots=True)
class Panel:
    """`ruling` covers the lines in `ruled` (counted from 1); `open_lines` cannot be ruled on yet.

    `obstacles` say why the application would not be taken although the law allows it; `known` places the species of
    open lines in the Appendices; `law` is the day of the listing data; `instead` the kind of document that the law
    gives where another one was asked for.
    """

    ruling: Ruling | None
    ruled: tuple[tuple[int, LineRuling], ...]
    open_lines: tuple[int, ...]
    obstacles: tuple[Refusal, ...]
    known: tuple[tuple[int, str, tuple[str, ...]], ...]
    law: date
    instead: str = ""

    @property
    def groups(self) -> list[Alike]:
        """The lines ruled on, those with equal rulings together, in the order of their first lines."""
        alike: dict[LineRuling, list[int]] = {}
        for number, line in self.ruled:
            key = replace(line, taxon="", refusals=tuple(replace(each, field=None) for each in line.refusals))
            alike.setdefault(key, []).append(number)
        return [Alike(tuple(numbers), line) for line, numbers in alike.items()]

    @property
    def open_told(self) -> str:
        """Which lines cannot be ruled on yet."""
        return spans(self.open_lines)

    @property
    def nothing_to_issue(self) -> bool:
        """The law asks for papers of other authorities only: the trade may go on, and nothing is applied for here."""
        return any(each.code == "no-home-document" for each in self.obstacles)


def missing_or_wrong(application: Application, on: date) -> tuple[Refusal, ...]:
    """Every fault in the answers; nothing when they are a trade."""
    trade = form.trade_of(application.answers, home=application.party, on=on, law=application.law)
    return () if isinstance(trade, Trade) else trade


def panel_of(application: Application, on: date) -> Panel:
    """Rule on the complete lines of a draft. Lines that lack something are left out, and told."""
    law = application.law
    data = form.trade_json(application.answers, home=application.party, on=on)
    trade = parse_trade(data, law, suggest=_no_names) if data["lines"] else ()
    complete, open_lines = _complete(data, trade)
    if open_lines and complete:
        trade = parse_trade({**data, "lines": [data["lines"][i] for i in complete]}, law, suggest=_no_names)
    ruling = ruled(trade, law) if complete and isinstance(trade, Trade) else None
    lines_ruled = tuple(zip((i + 1 for i in complete), ruling.lines, strict=True)) if ruling else ()
    wanted = kinds.wanted_of(application.answers)
    whole = ruling is not None and not open_lines and not ruling.refusals
    obstacles = acceptable(ruling, application.party, wanted) if ruling is not None and whole else ()
    return Panel(
        ruling,
        lines_ruled,
        tuple(i + 1 for i in open_lines),
        obstacles,
        _known(data, complete if ruling else (), law),
        date.fromisoformat(law.date[:10]),
        _another(ruling, application.party, wanted) if whole and not obstacles else "",
    )


def _another(ruling: Ruling | None, party: str, wanted: DocumentKind | None) -> str:
    """The document that the law gives where the applicant asked for another one."""
    if ruling is None or wanted is None:
        return ""
    kind = records.document_kind(ruling, party, wanted)
    return "" if isinstance(kind, Refusal) or kind is wanted else kind.value


def _complete(data: Mapping[str, Any], read: Trade | tuple[Refusal, ...]) -> tuple[list[int], list[int]]:
    """The places of the lines that have no fault of their own, and of the others."""
    lines = data["lines"]
    faulty = {(fault.field or "").partition("]")[0] for fault in (() if isinstance(read, Trade) else read)}
    wrong = [i for i in range(len(lines)) if f"lines[{i}" in faulty]
    return [i for i in range(len(lines)) if i not in set(wrong)], wrong if lines else [0]


def _known(data: Mapping[str, Any], lines_ruled: Any, law: Law) -> tuple[tuple[int, str, tuple[str, ...]], ...]:
    """For a line that cannot be ruled on yet: where its species stands in the Appendices, when it is known."""
    found = []
    for i, line in enumerate(data["lines"]):
        if i in lines_ruled or not line["taxon"]:
            continue
        answer = law.listings(line["taxon"][:200])
        if isinstance(answer, Listed):
            found.append((i + 1, answer.taxon.name, tuple(sorted({entry.appendix.value for entry in answer.listings}))))
    return tuple(found)


def _no_names(name: str) -> tuple[str, ...]:
    """Suggestions are for the page's own errors; the panel needs none."""
    return ()
