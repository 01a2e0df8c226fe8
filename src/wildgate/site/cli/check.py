"""`wildgate check FILE`: what does this trade need? A trade as JSON in, the ruling out."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path

from wildgate.apps.species.selectors import suggesting
from wildgate.convention.fields import LARGEST_JSON, read_json
from wildgate.convention.intake import parse_trade
from wildgate.convention.listing import Law, law
from wildgate.convention.outcome import Document, Ruling
from wildgate.convention.refusal import Refusal
from wildgate.convention.ruling import ruling_json
from wildgate.convention.vocabulary import Outcome
from wildgate.kit.national import ruled
from wildgate.site.cli import home_party

NO = 1
NOT_A_RULING = 2
_ANSWERS = {
    Outcome.REFUSE: "Refused.",
    Outcome.CONDITIONAL: "It depends: ask the authority.",
    Outcome.ALLOW: "Allowed, with these documents.",
    Outcome.NO_DOCUMENT: "No CITES document is needed.",
}


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = commands.add_parser("check", help="say which documents a trade needs, or why it may not be")
    parser.add_argument("file", metavar="FILE", help="a trade as JSON; - reads standard input")
    parser.add_argument("--json", action="store_true", help="one JSON document on stdout")
    parser.set_defaults(run=run, needs_database=False)


def run(args: argparse.Namespace) -> int:
    data = read_json(_bytes(args.file))
    if isinstance(data, Refusal):
        return _errors((data,), as_json=args.json)
    party = home_party()
    the_law = _law_of(party)
    trade = parse_trade(data, the_law, suggest=suggesting(party) if party else None)
    if isinstance(trade, tuple):
        return _errors(trade, as_json=args.json)
    ruling = ruled(trade, the_law)
    if args.json:
        print(json.dumps(ruling_json(ruling), ensure_ascii=False, indent=2))
    else:
        print("\n".join(_summary(ruling)))
    return NO if ruling.decision is Outcome.REFUSE else 0


def _law_of(party: str) -> Law:
    """The law of the home Party with its imports; the shipped law where there is no home."""
    if not party:
        return law()
    from wildgate.apps.species.registry import law_of
    return law_of(party)


def _bytes(name: str) -> bytes:
    """At most one byte more than is allowed, so that a larger file is refused without being read."""
    if name == "-":
        return sys.stdin.buffer.read(LARGEST_JSON + 1)
    with Path(name).open("rb") as file:
        return file.read(LARGEST_JSON + 1)


def _errors(refusals: Sequence[Refusal], *, as_json: bool) -> int:
    if as_json:
        rows = [
            {"field": no.field or "", "code": no.code, "reason": no.reason, "suggestions": list(no.suggestions)}
            for no in refusals
        ]
        print(json.dumps({"errors": rows}, ensure_ascii=False, indent=2))
    for no in refusals:
        hint = f" Perhaps: {', '.join(no.suggestions)}." if no.suggestions else ""
        print(f"{no.field + ': ' if no.field else ''}{no.reason}{hint}", file=sys.stderr)
    return NOT_A_RULING


def _summary(ruling: Ruling) -> list[str]:
    out = [_ANSWERS[ruling.decision], f"By the listings of {ruling.law}."]
    for line in ruling.lines:
        where = f"Appendix {line.appendix} ({line.listing})" if line.appendix else "not in the Appendices"
        out.append(f"- {line.accepted}: {where}; rule {line.rule or 'none'}; {line.decision}")
    out += _block("Refused because", [f"{no.reason} ({'; '.join(no.basis)})" for no in ruling.refusals])
    out += _block("Documents", [_document(document) for document in ruling.documents])
    out += _block(
        "The authorities must find",
        [f"{found.kind} by the {found.by} ({'; '.join(found.basis)})" for found in ruling.findings],
    )
    marks = {True: " Unconfirmed.", False: ""}
    return out + _block(
        "Look at",
        [f"{told.reason}{marks[told.unconfirmed]} ({'; '.join(told.basis) or 'no basis'})" for told in ruling.warnings],
    )


def _document(document: Document) -> str:
    others = "".join(f" or {kind}" for kind in document.alternatives)
    return f"{document.kind}{others}, issued by {document.issued_by}, {document.when} ({'; '.join(document.basis)})"


def _block(heading: str, lines: list[str]) -> list[str]:
    return ["", f"{heading}:", *(f"- {line}" for line in lines)] if lines else []
