"""`wildgate taxa`: find a taxon by any name, see how it is listed, check a list of names, import downloads."""

from __future__ import annotations

import argparse
import json
import sys
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from wildgate.apps.species.selectors import names_of, search, suggest
from wildgate.convention.agreement import Tally
from wildgate.convention.checks import CONVENTION_BEGAN
from wildgate.convention.listing import Answer, Law, Listed, Listing, NotListed, law
from wildgate.convention.outcome import Warning as Caution
from wildgate.convention.refusal import Refusal
from wildgate.convention.tables import country, term
from wildgate.convention.taxonomy import Unknown
from wildgate.site.cli import home_party, open_without_home

if TYPE_CHECKING:
    from wildgate.apps.species.bulk import Checked
    from wildgate.apps.species.services import FileReport, ImportReport

MOST_SHOWN = 40
MOST_EXAMPLES = 12
Json = dict[str, object]


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    taxa = commands.add_parser("taxa", help="find a taxon; show how it is listed")
    actions = taxa.add_subparsers(title="actions", metavar="ACTION", required=True)
    find = actions.add_parser("search", help="ranked matches for a scientific or common name")
    find.add_argument("text", metavar="TEXT")
    find.add_argument("--limit", type=_limit, default=10, metavar="N", help="at most N matches (10)")
    find.add_argument("--json", action="store_true", help="one JSON document on stdout")
    find.set_defaults(run=run_search, needs_database=False)
    show = actions.add_parser("listing", help="Appendix, annotation and population of a taxon")
    show.add_argument("name", metavar="NAME")
    show.add_argument("--on", type=_day, metavar="DATE", help="the day asked about (YYYY-MM-DD)")
    show.add_argument("--country", type=str.upper, metavar="CC", help="the population: ISO code of its country")
    show.add_argument("--term", type=str.upper, metavar="TTT", help="the specimen: a term code, for example SKI")
    show.add_argument("--json", action="store_true", help="one JSON document on stdout")
    show.set_defaults(run=run_listing, needs_database=False)
    check = actions.add_parser("check", help="each name's accepted name, Appendix and confidence, or: needs a person")
    check.add_argument("file", metavar="FILE", help="a CSV or XLSX spreadsheet of names")
    check.add_argument("--json", action="store_true", help="one JSON document on stdout")
    check.set_defaults(run=run_check, needs_database=False)
    agree = actions.add_parser("agree", help="do the Appendices of trade records agree with ours?")
    agree.add_argument("files", metavar="FILE", nargs="+", type=Path, help="Trade Database downloads (CSV, .gz, .xz)")
    agree.add_argument("--from", dest="first", type=int, default=2001, metavar="YEAR", help="the first year (2001)")
    agree.add_argument("--to", dest="last", type=int, default=2020, metavar="YEAR", help="the last year (2020)")
    agree.add_argument("--least", type=float, default=99.0, metavar="PERCENT", help="exit status 1 below this (99)")
    agree.add_argument("--json", action="store_true", help="one JSON document on stdout")
    agree.set_defaults(run=run_agree, needs_database=False)
    load = actions.add_parser("import", help="take in Checklist and Species+ downloads")
    load.add_argument("files", metavar="FILE", nargs="+", type=Path, help="CSV (also .gz, .xz) or Species+ API JSON")
    load.add_argument("--all-or-nothing", action="store_true", help="one refused row or file rolls everything back")
    load.add_argument("--json", action="store_true", help="one JSON document on stdout")
    load.set_defaults(run=run_import, needs_installation=False)


def run_search(args: argparse.Namespace) -> int:
    """Exit status 0 with matches, 1 without."""
    found = search(args.text, args.limit, party=home_party())
    if args.json:
        print(json.dumps([match.as_json() for match in found], indent=2, ensure_ascii=False))
    elif not found:
        print(f"No taxon found for {args.text!r}.")
    for match in [] if args.json else found:
        appendix = "/".join(match.appendices) or "-"
        known_as = f" = {match.accepted}" if match.accepted != match.name else ""
        via = f"{match.matched_by}: {match.matched}" if match.matched != match.name else match.matched_by
        print(f"{match.score:5.1f}  {appendix:<8}  {match.name}{known_as}  [{match.rank}; {via}]")
        if match.note:
            print(f"       {match.note}")
    return 0 if found else 1


def run_listing(args: argparse.Namespace) -> int:
    """Exit status 0: listed; 1: not listed or unknown; 2: no such country or term, or a day before the Convention."""
    if args.country and country(args.country) is None:
        print(f"There is no country code {args.country}; use ISO 3166-1 alpha-2, for example BW.", file=sys.stderr)
        return 2
    if args.term and term(args.term) is None:
        print(f"There is no term code {args.term}; use a three-letter code, for example SKI.", file=sys.stderr)
        return 2
    if args.on and args.on < CONVENTION_BEGAN:
        print(f"Nothing was listed on {args.on}: the Convention began on {CONVENTION_BEGAN}.", file=sys.stderr)
        return 2
    party = home_party()
    the_law = names_of(party).law
    answer = the_law.listings(args.name, args.country, args.on)
    shape = describe(args.name, answer, args.country, args.term, args.on, the_law, party)
    print(json.dumps(shape, indent=2, ensure_ascii=False) if args.json else _plain(shape))
    return 0 if isinstance(answer, Listed) else 1


def run_check(args: argparse.Namespace) -> int:
    """Exit status 0: every name is decided; 1: some need a person; 2: the file is no list of names."""
    from wildgate.apps.species.bulk import check_names
    from wildgate.apps.species.spreadsheet import LARGEST, read_names
    path = Path(args.file)
    with path.open("rb") as file:
        names = read_names(file.read(LARGEST + 1), path.name)
    if isinstance(names, Refusal):
        print(names.reason, file=sys.stderr)
        return 2
    answers = list(check_names((each.name for each in names), party=home_party()))
    open_ = sum(answer.needs_person for answer in answers)
    if args.json:
        rows = [{"row": each.row, **answer.as_json()} for each, answer in zip(names, answers, strict=True)]
        print(json.dumps({"names": len(rows), "needs_person": open_, "rows": rows}, indent=2, ensure_ascii=False))
    else:
        for each, answer in zip(names, answers, strict=True):
            print(_checked(each.row, answer))
        print(f"{len(answers) - open_} of {len(answers)} names are decided; {open_} need a person.")
    return 1 if open_ else 0


def _checked(row: int, answer: Checked) -> str:
    if answer.needs_person:
        return f"{row:>6}  {answer.asked}: needs a person. {answer.reason}".rstrip()
    listed = f"Appendix {'/'.join(answer.appendices)}" if answer.appendices else "not listed"
    name = answer.asked if answer.accepted == answer.asked else f"{answer.asked} = {answer.accepted}"
    return f"{row:>6}  {name}: {listed} ({answer.confidence:.0%}, {answer.how})"


def run_agree(args: argparse.Namespace) -> int:
    """Exit status 0: the share that agrees reaches `--least`; 1: it does not; 2: a file cannot be read."""
    party = home_party()
    if not party:
        open_without_home()
    from wildgate.apps.reports.agreement import agreement
    the_law = names_of(party).law
    told: list[tuple[str, Tally]] = []
    for path in args.files:
        tally = agreement(path, the_law, range(args.first, args.last + 1))
        if isinstance(tally, Refusal):
            print(f"{path}: {tally.reason}", file=sys.stderr)
            return 2
        told.append((path.name, tally))
    told += [("all files", sum((tally for _, tally in told), Tally()))] if len(told) > 1 else []
    if args.json:
        print(json.dumps([{"file": name, **tally.as_json()} for name, tally in told], indent=2, ensure_ascii=False))
    else:
        print("\n\n".join(_agreement(name, tally) for name, tally in told))
    return 0 if told[-1][1].share * 100 >= args.least else 1


def _agreement(name: str, tally: Tally) -> str:
    """The percentages and, for what does not agree, the explanation with the taxa that it concerns most."""
    alone = tally.agreeing / tally.compared if tally.compared else 0.0
    lines = [f"{name}: {tally.share:.2%} of {tally.compared:,} rows agree ({alone:.2%} with one Appendix, "
             f"{tally.left_open:,} rows are left open and the record's Appendix is among those named)."]
    for sort, rows in sorted(tally.sorts.items(), key=lambda each: -each[1]):
        lines.append(f"  {rows:>9,}  {sort.value}")
        lines += [f"             {count:>7,}  {taxon}: record {recorded}, ours {given}"
                  for (taxon, recorded, given), count in tally.examples_of(sort, MOST_EXAMPLES)]
    return "\n".join(lines)


def run_import(args: argparse.Namespace) -> int:
    """Exit 0: done, bad rows left out and told; 1: rolled back, or a file was refused; 2: no file can be read."""
    from django.conf import settings
    from django.utils import timezone

    from wildgate.apps.species.services import import_files
    bar = sys.stderr.isatty()

    def progress(name: str, rows: int, seconds: float) -> None:
        print(f"{name}: {rows:,} rows, {seconds:.0f} s", end="\r" if bar else "\n", file=sys.stderr, flush=True)

    report = import_files(args.files, party=settings.PARTY, by="operator", at=timezone.now(),
                          all_or_nothing=args.all_or_nothing, progress=progress)
    if bar:
        print(file=sys.stderr)
    unreadable = [f"{file.name}: {file.refusal.reason}" for file in report.files if file.refusal]
    nothing = len(unreadable) == len(report.files)
    if args.json:
        print(json.dumps(report.as_json(), indent=2, ensure_ascii=False))
    elif not nothing:
        print(_imported(report))
    if nothing:
        print("\n".join(unreadable), file=sys.stderr)
        return 2
    return 0 if report.kept and not unreadable else 1


def _imported(report: ImportReport) -> str:
    lines = [line for file in report.files for line in _file_lines(file)]
    if not report.kept:
        lines.append("Nothing was kept: --all-or-nothing was asked for and not everything can be taken in.")
    elif not report.changes and not any(file.refusal for file in report.files):
        lines.append("Everything in it is stored already; nothing changed.")
    return "\n".join(lines)


def _file_lines(file: FileReport) -> list[str]:
    if file.refusal:
        return [f"{file.name}: refused. {file.refusal.reason}"]
    lines = [f"{file.name} ({file.layout}): {file.rows:,} rows in {file.seconds:.1f} s: {file.added:,} added, "
             f"{file.changed:,} changed, {file.unchanged:,} as before, {file.refused:,} refused."]
    spans = [f"{first}" if first == last else f"{first}-{last}" for first, last in file.added_lines[:MOST_SHOWN]]
    if spans:
        lines.append(f"  added, lines {', '.join(spans)}{', ...' if len(file.added_lines) > MOST_SHOWN else ''}")
    lines += [f"  changed, line {line}: {name} ({', '.join(parts)})" for line, name, parts in
              file.changed_rows[:MOST_SHOWN]]
    lines += [f"  refused, line {fault.line}, column {fault.column or '-'}: {fault.reason}" for fault in
              file.faults[:MOST_SHOWN]]
    hidden = max(0, file.changed - MOST_SHOWN), max(0, file.refused - MOST_SHOWN)
    if any(hidden):
        lines.append(f"  and {hidden[0]:,} more changed, {hidden[1]:,} more refused; --json tells 2,000 of each.")
    return lines


def describe(name: str, answer: Answer, population: str | None, term_code: str | None, on: date | None,
             the_law: Law | None = None, party: str = "") -> Json:
    """The answer of `taxa listing` as JSON: `status` is listed, depends, not-listed or unknown."""
    shape: Json = {"name": name, "law": (the_law or law()).date, "on": on.isoformat() if on else None,
                   "country": population, "warnings": [_warning(w) for w in answer.warnings]}
    if isinstance(answer, Unknown):
        return shape | {"status": "unknown", "listed": None, "reason": answer.reason, "appendices": [], "listings": [],
                        "suggestions": list(suggest(name, party=party))}
    shape |= {"accepted": answer.taxon.name, "rank": answer.taxon.rank.value, "kingdom": answer.taxon.kingdom.value,
              "family": answer.taxon.family, "order": answer.taxon.order}
    if isinstance(answer, NotListed):
        return shape | {"status": "not-listed", "listed": False, "reason": answer.reason, "appendices": [],
                        "listings": []}
    wide = next((w.reason for w in answer.warnings if w.code == "name-species"), "")
    within = (the_law or law()).within(answer.taxon.name, on) if wide else []
    return shape | {
        "status": "depends" if answer.ambiguous or wide else "listed", "listed": True,
        "reason": answer.ambiguous or wide,
        "appendices": sorted({e.appendix.value for e in (*answer.listings, *within)}),
        "listings": [_listing(e, population, term_code) for e in answer.listings],
        "reservations": _reservations(the_law or law(), answer, population, on)}


def _reservations(the_law: Law, answer: Listed, country_code: str | None, on: date | None) -> list[Json]:
    """The reservations of the country on the day asked; without a day, those that were never withdrawn."""
    held = the_law.reservations(answer.taxon, country_code, on or date.max) if country_code else ()
    return [{"taxon": row.taxon, "country": row.country, "appendix": row.appendix, "since": row.since.isoformat(),
             "until": row.until.isoformat() if row.until else None, "note": row.note, "origin": row.origin,
             "basis": list(row.basis)} for row in held]


def _dates(entry: dict[str, Any]) -> str:
    """`, since 2005-01-12 (CoP13) until 2017-01-02 (CoP17), certainty K`."""
    parts = [f"{word} {entry[word]}" + (f" ({entry[f'{word}_by']})" if entry[f"{word}_by"] else "")
             for word in ("since", "until") if entry[word]]
    mark = {"": "", "import": ", from the import"}.get(entry["certainty"] or "", f", certainty {entry['certainty']}")
    return f", {' '.join(parts)}{mark}" if parts else ""


def _listing(entry: Listing, population: str | None, term_code: str | None) -> Json:
    shape: Json = {
        "listing": entry.label, "rank": entry.rank.value, "appendix": entry.appendix.value,
        "annotation": entry.annotation, "annotation_text": entry.annotation_text or None,
        "population": entry.note or None, "countries": list(entry.countries),
        "countries_excluded": list(entry.not_countries), "countries_in_part": list(entry.partial),
        "listed_by": list(entry.listed_by), "since": entry.since.isoformat() if entry.since else None,
        "since_by": entry.since_by or None, "until": entry.until.isoformat() if entry.until else None,
        "until_by": entry.until_by or None, "certainty": entry.certainty or None,
        "zero_quotas": [{"annotation": z.annotation, "source": z.source, "purpose": z.purpose,
                         "countries": list(z.countries), "terms": list(z.terms)} for z in entry.zero_quotas]}
    if term_code:
        coverage = entry.covers(term_code, country=population)
        shape["covers"] = {"term": term_code, "answer": coverage.answer.value, "appendix": coverage.appendix.value,
                           "reason": coverage.reason}
    return shape


def _plain(shape: Json) -> str:
    """The same for reading, one fact a line."""
    head = str(shape.get("accepted") or shape["name"])
    if shape.get("accepted") and shape["accepted"] != shape["name"]:
        head += f" (asked: {shape['name']})"
    lines = [f"{head}: {_verdict(shape)}"]
    if shape["reason"]:
        lines.append(f"  {shape['reason']}")
    for entry in shape["listings"]:  # type: ignore[attr-defined]
        lines.append(f"  Appendix {entry['appendix']}: {entry['listing']} ({entry['rank']}){_dates(entry)}")
        facts = (("annotation", _short(entry["annotation"], entry["annotation_text"])),
                 ("population", entry["population"]), ("listed by", " ".join(entry["listed_by"])),
                 ("covers", _covers(entry.get("covers"))))
        lines += [f"    {label}: {text}" for label, text in facts if text]
    for held in shape.get("reservations", ()):  # type: ignore[attr-defined]
        until = f" until {held['until']}" if held["until"] else ""
        note = f": {held['note']}" if held["note"] else ""
        lines.append(f"  Reservation of {held['country']} on {held['taxon']} since {held['since']}{until}{note} "
                     f"({', '.join(held['basis'])}): treated as a State not party for trade in it.")
    if shape.get("suggestions"):
        lines.append(f"  Did you mean: {', '.join(shape['suggestions'])}?")  # type: ignore[arg-type]
    lines += [f"  Warning: {warning['reason']}" for warning in shape["warnings"]]  # type: ignore[attr-defined]
    lines.append(f"  Law: the Appendices of {shape['law']}.")
    return "\n".join(lines)


def _verdict(shape: Json) -> str:
    words = {"listed": "Appendix", "depends": "depends; may be Appendix", "not-listed": "not listed",
             "unknown": "unknown, perhaps listed"}
    return f"{words[str(shape['status'])]} {'/'.join(shape['appendices'])}".strip()  # type: ignore[arg-type]


def _short(code: str | None, text: str | None) -> str:
    text = (text or "").replace("\n", " ")
    return f"{code} {text[:300]}{'...' if len(text) > 300 else ''}" if code else ""


def _covers(coverage: dict[str, str] | None) -> str:
    return f"{coverage['term']}: {coverage['answer']}. {coverage['reason']}" if coverage else ""


def _warning(caution: Caution) -> Json:
    return {"code": caution.code, "reason": caution.reason, "basis": list(caution.basis),
            "unconfirmed": caution.unconfirmed}


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text} is not a day; write it as 2025-03-06") from None


def _limit(text: str) -> int:
    if not text.isascii() or not text.isdigit() or len(text) > 3 or not 1 <= int(text) <= 100:
        raise argparse.ArgumentTypeError("N is a number from 1 to 100")
    return int(text)
