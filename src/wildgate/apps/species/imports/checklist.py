"""The two wide CSV layouts: the Checklist of CITES Species (27 to 33 columns) and the Species+ listings download."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from wildgate.apps.species.imports import cells, checks
from wildgate.apps.species.imports.checks import BadCell
from wildgate.apps.species.imports.rows import Core, Entry, Fault, Name, Range, Row
from wildgate.apps.species.models import TaxonRange
from wildgate.convention.sentence import Sentence, say

HOW = TaxonRange.Certainty
CERTAINTIES = {
    "NativeDistributionFullNames": HOW.NATIVE, "Introduced_Distribution": HOW.INTRODUCED,
    "Introduced(?)_Distribution": HOW.INTRODUCED_PERHAPS, "Reintroduced_Distribution": HOW.REINTRODUCED,
    "Extinct_Distribution": HOW.EXTINCT, "Extinct(?)_Distribution": HOW.EXTINCT_PERHAPS,
    "Distribution_Uncertain": HOW.UNCERTAIN,
}
COMMON = {"EnglishNames": "en", "SpanishNames": "es", "FrenchNames": "fr"}
CHECKLIST = {"id": "TaxonId", "name": "FullName", "author": "AuthorYear", "rank": "RankName",
             "listing": "CurrentListing"}
LISTINGS = {"id": "Id", "name": "Scientific Name", "author": "Author", "rank": "Rank", "listing": "Listing"}
NEEDED = ("id", "name", "rank", "listing")
WIDEST = 60

Cells = dict[str, str]
Numbered = Iterable[tuple[int, list[str]]]


def layout_of(columns: list[str]) -> dict[str, str] | None:
    """The headings of the layout that a header row belongs to."""
    for layout in (CHECKLIST, LISTINGS):
        if {layout[part] for part in NEEDED} | {"Kingdom"} <= set(columns):
            return layout
    return None


def read(columns: list[str], lines: Numbered) -> Iterator[Row | Fault]:
    """A row for each taxon, a fault for each line that cannot be one."""
    layout = layout_of(columns) or CHECKLIST
    found = _each(columns, lines, layout)
    yield from _merged(found, layout["id"]) if layout is LISTINGS else _once(found, layout["id"])


def _each(columns: list[str], lines: Numbered, layout: dict[str, str]) -> Iterator[Row | Fault]:
    width = len(columns)
    for line, values in lines:
        if len(values) != width:
            at = columns[min(len(values), width) - 1]
            yield Fault(line, at, "wrong-width", say(
                "The row has %(cells)s cells where the header has %(width)s: it breaks off after %(column)s."
                if len(values) < width else
                "The row has %(cells)s cells where the header has %(width)s: it runs on after %(column)s.",
                cells=len(values), width=width, column=at))
            continue
        try:
            yield _row(line, dict(zip(columns, values, strict=True)), layout)
        except BadCell as bad:
            yield Fault(line, bad.column, bad.code, bad.reason)


def _row(line: int, raw: Cells, layout: dict[str, str]) -> Row:
    row = {column: checks.sound(column, value) if value else value for column, value in raw.items()}
    number = checks.number(layout["id"], row[layout["id"]])
    core = _core(row, layout)
    covers = {COMMON[column] for column in COMMON if column in row}
    covers |= {"synonym"} if "SynonymsWithAuthors" in row else set()
    return Row(line, number, core, frozenset(covers), _names(row), _ranges(row), _entries(row, core, layout))


def _core(row: Cells, layout: dict[str, str]) -> Core:
    rank = checks.one_of(layout["rank"], row[layout["rank"]].upper(), checks.RANKS)
    kingdom = checks.one_of("Kingdom", row["Kingdom"], checks.KINGDOMS)
    name = checks.name(layout["name"], row[layout["name"]])
    genus = checks.group("Genus", row.get("Genus", ""))
    below = rank in ("SPECIES", "SUBSPECIES", "VARIETY")
    if (below or rank == "GENUS") and genus and not name.startswith(genus):
        raise BadCell("Genus", "names-differ", _differ("Genus", genus, layout["name"], name))
    species = cells.one_line(row.get("Species", ""))
    if below and species and species.casefold() not in name.casefold():
        raise BadCell("Species", "names-differ", _differ("Species", species, layout["name"], name))
    group = {column: checks.group(column, row.get(column, "")) for column in ("Phylum", "Class", "Order", "Family")}
    return Core(name, cells.one_line(row.get(layout["author"], ""))[:250], rank.lower(), kingdom, group["Phylum"],
                group["Class"], group["Order"], group["Family"],
                genus or (name.split()[0] if below or rank == "GENUS" else ""),
                standard=checks.yes_or_no("CitesAccepted", row.get("CitesAccepted", "")),
                appendices=checks.listing(layout["listing"], row[layout["listing"]]))


def _differ(column: str, value: str, other: str, name: str) -> Sentence:
    return say("%(column)s is %(value)s but %(other)s is %(name)s; are the columns shifted?", column=column,
               value=checks.show(value), other=other, name=checks.show(name))


def _names(row: Cells) -> frozenset[Name]:
    found: set[Name] = {("synonym", "", name, author)
                        for name, author in cells.synonyms(row.get("SynonymsWithAuthors", ""))}
    for column, language in COMMON.items():
        found |= {("common", language, name, "") for name in cells.common_names(row.get(column, ""))}
    return frozenset(found)


def _ranges(row: Cells) -> frozenset[Range] | None:
    """Range States with how sure each is; the names in the other columns are read by those beside the codes."""
    if "All_DistributionISOCodes" not in row:
        return None
    codes = [checks.country("All_DistributionISOCodes", code) for code in cells.codes(row["All_DistributionISOCodes"])]
    names = cells.places(row.get("All_DistributionFullNames", ""))
    if names and len(names) != len(codes):
        raise BadCell("All_DistributionFullNames", "lists-differ", say(
            "All_DistributionFullNames names %(names)s places but All_DistributionISOCodes has %(codes)s codes.",
            names=len(names), codes=len(codes)))
    code_of = dict(zip(names, codes, strict=False))
    found: set[Range] = set()
    for column, certainty in CERTAINTIES.items():
        for place in cells.places(row.get(column, "")):
            if place not in code_of:
                raise BadCell(column, "unknown-place", say(
                    "%(column)s names %(place)s, which All_DistributionFullNames does not.", column=column,
                    place=checks.show(place)))
            found.add((code_of[place], str(certainty)))
    told = {code for code, _ in found}
    return frozenset(found | {(code, str(HOW.PRESENT)) for code in codes if code not in told})


def _entries(row: Cells, core: Core, layout: dict[str, str]) -> frozenset[Entry]:
    """Today's listings: one for each Appendix of the summary, with its note, symbol and the entry it rests on."""
    if layout is LISTINGS:
        notes, annotations = cells.by_appendix(row.get("Full note", "")), dict[str, str]()
        symbol, wording = "", cells.plain(row.get("# Full note", ""))
        party = row.get("Party", "").strip()
        wide = cells.one_line(row.get("Listed under", ""))[:80]
    else:
        notes = cells.by_appendix(row.get("FullAnnotationEnglish", ""))
        annotations = dict(cells.by_appendix(row.get("#Annotation", "")))
        symbol, wording, party = cells.one_line(row.get("#AnnotationSymbol", ""))[:8], "", ""
        wide = cells.under(row.get("AnnotationEnglish", ""))
    if party and layout is LISTINGS:
        checks.country("Party", party)
    listed = [part for part in core.appendices.split("/") if part not in ("", "NC")]
    found = set()
    for appendix in listed:
        own = [note for where, note in notes if where == appendix] or [""]
        told = annotations.get(appendix, wording)
        marked = symbol if told or len(listed) == 1 else ""
        for note in own:
            found.add(Entry("current", appendix, listed_by=party if appendix == "III" else "",
                            under="" if wide == core.name else wide, symbol=marked, annotation=told, note=note))
    return frozenset(found)


def _once(found: Iterable[Row | Fault], column: str) -> Iterator[Row | Fault]:
    """A Checklist names each taxon once; a second row of the same number is refused."""
    first: dict[str, int] = {}
    for row in found:
        if isinstance(row, Row):
            if row.source_id in first:
                yield _again(row, column, first[row.source_id])
                continue
            first[row.source_id] = row.line
        yield row


def _again(row: Row, column: str, line: int) -> Fault:
    return Fault(row.line, column, "duplicate", say("%(column)s %(number)s stands in line %(line)s already.",
                                                    column=column, number=row.source_id, line=line))


def _merged(found: Iterable[Row | Fault], column: str) -> Iterator[Row | Fault]:
    """A Species+ download may give a split listing a row for each part: same number, same name."""
    rows: dict[str, Row] = {}
    for row in found:
        if isinstance(row, Fault):
            yield row
            continue
        old = rows.get(row.source_id)
        if old is None or old.core is None or row.core is None:
            rows[row.source_id] = row
        elif old.core.name != row.core.name or old.entries == row.entries:
            yield _again(row, column, old.line)
        else:
            rows[row.source_id] = _both(old, old.core, row, row.core)
    yield from rows.values()


def _both(old: Row, core: Core, row: Row, other: Core) -> Row:
    parts = dict.fromkeys([*core.appendices.split("/"), *other.appendices.split("/")])
    summary = "/".join(sorted(filter(None, parts), key=("I", "II", "III", "NC").index))
    return replace(old, core=replace(core, appendices=summary), entries=(old.entries or frozenset()) |
                   (row.entries or frozenset()), more_lines=(*old.more_lines, row.line))
