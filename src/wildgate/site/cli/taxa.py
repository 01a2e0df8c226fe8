"""`wildgate taxa`: find a taxon by any name, and see how it is listed."""

from __future__ import annotations

import argparse
import json
import sys
from datetime import date

from wildgate.apps.species.selectors import search, suggest
from wildgate.convention.listing import Answer, Listed, Listing, NotListed, law
from wildgate.convention.outcome import Warning as Caution
from wildgate.convention.tables import country, term
from wildgate.convention.taxonomy import Unknown

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


def run_search(args: argparse.Namespace) -> int:
    """Exit status 0 with matches, 1 without."""
    found = search(args.text, args.limit)
    if args.json:
        print(json.dumps([match.as_json() for match in found], indent=2, ensure_ascii=False))
    elif not found:
        print(f"No taxon found for {args.text!r}.")
    for match in [] if args.json else found:
        appendix = "/".join(match.appendices) or "-"
        known_as = f" = {match.accepted}" if match.accepted != match.name else ""
        via = f"{match.matched_by}: {match.matched}" if match.matched != match.name else match.matched_by
        print(f"{match.score:5.1f}  {appendix:<8}  {match.name}{known_as}  [{match.rank}; {via}]")
    return 0 if found else 1


def run_listing(args: argparse.Namespace) -> int:
    """Exit status 0: listed; 1: not listed or unknown; 2: no such country or term."""
    if args.country and country(args.country) is None:
        print(f"There is no country code {args.country}; use ISO 3166-1 alpha-2, for example BW.", file=sys.stderr)
        return 2
    if args.term and term(args.term) is None:
        print(f"There is no term code {args.term}; use a three-letter code, for example SKI.", file=sys.stderr)
        return 2
    answer = law().listings(args.name, args.country, args.on)
    shape = describe(args.name, answer, args.country, args.term, args.on)
    print(json.dumps(shape, indent=2, ensure_ascii=False) if args.json else _plain(shape))
    return 0 if isinstance(answer, Listed) else 1


def describe(name: str, answer: Answer, population: str | None, term_code: str | None, on: date | None) -> Json:
    """The answer of `taxa listing` as JSON: `status` is listed, depends, not-listed or unknown."""
    shape: Json = {"name": name, "law": law().date, "on": on.isoformat() if on else None, "country": population,
                   "warnings": [_warning(w) for w in answer.warnings]}
    if isinstance(answer, Unknown):
        return shape | {"status": "unknown", "listed": None, "reason": answer.reason, "appendices": [], "listings": [],
                        "suggestions": list(suggest(name))}
    shape |= {"accepted": answer.taxon.name, "rank": answer.taxon.rank.value, "kingdom": answer.taxon.kingdom.value,
              "family": answer.taxon.family, "order": answer.taxon.order}
    if isinstance(answer, NotListed):
        return shape | {"status": "not-listed", "listed": False, "reason": answer.reason, "appendices": [],
                        "listings": []}
    return shape | {
        "status": "depends" if answer.ambiguous else "listed", "listed": True, "reason": answer.ambiguous,
        "appendices": sorted({e.appendix.value for e in answer.listings}),
        "listings": [_listing(e, population, term_code) for e in answer.listings]}


def _listing(entry: Listing, population: str | None, term_code: str | None) -> Json:
    shape: Json = {
        "listing": entry.label, "rank": entry.rank.value, "appendix": entry.appendix.value,
        "annotation": entry.annotation, "annotation_text": entry.annotation_text or None,
        "population": entry.note or None, "countries": list(entry.countries),
        "countries_excluded": list(entry.not_countries), "countries_in_part": list(entry.partial),
        "listed_by": list(entry.listed_by), "since": entry.since.isoformat() if entry.since else None,
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
        since = f", since {entry['since']}" if entry["since"] else ""
        lines.append(f"  Appendix {entry['appendix']}: {entry['listing']} ({entry['rank']}){since}")
        facts = (("annotation", _short(entry["annotation"], entry["annotation_text"])),
                 ("population", entry["population"]), ("listed by", " ".join(entry["listed_by"])),
                 ("covers", _covers(entry.get("covers"))))
        lines += [f"    {label}: {text}" for label, text in facts if text]
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
    if not text.isdigit() or not 1 <= int(text) <= 100:
        raise argparse.ArgumentTypeError("N is a number from 1 to 100")
    return int(text)
