"""Replies of the Species+ API, as JSON: taxon concepts, CITES legislation of a taxon, distribution of a taxon."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from wildgate.apps.species.imports import cells, checks, history
from wildgate.apps.species.imports.checks import BadCell
from wildgate.apps.species.imports.rows import Core, Entry, Fault, Name, Row
from wildgate.apps.species.models import TaxonRange
from wildgate.convention.sentence import say

LARGEST_JSON = 50_000_000
MOST_PARTS = 5000
TAGS = {"": "native", "extinct": "extinct", "extinct (?)": "extinct?", "introduced": "introduced",
        "introduced (?)": "introduced?", "reintroduced": "reintroduced", "distribution uncertain": "uncertain"}
WHOSE = re.compile(r"/taxon_concepts/(\d+)/")


def read(text: str) -> Iterator[Row | Fault]:
    """The rows of one reply; lines are the numbers of the items in it. The wrapping of a recorder is looked through."""
    try:
        told = json.loads(text)
    except (ValueError, RecursionError) as error:
        line = getattr(error, "lineno", 1)
        yield Fault(line, "", "not-json", say("The file is not whole JSON: it breaks off or is damaged at line "
                                              "%(line)s.", line=line), fatal=True)
        return
    request = str(told.get("request") or "") if isinstance(told, dict) else ""
    body = told.get("response", told) if isinstance(told, dict) else told
    if isinstance(body, dict) and isinstance(body.get("taxon_concepts"), list):
        yield from _taxa(body["taxon_concepts"])
    elif isinstance(body, dict) and isinstance(body.get("cites_listings"), list):
        yield from _legislation(body["cites_listings"])
    elif isinstance(body, list) and all(isinstance(item, dict) and "iso_code2" in item for item in body) and body:
        yield from _distribution(body, request)
    else:
        yield Fault(1, "", "unknown-layout", say("The file is JSON but no Species+ reply with taxon_concepts, "
                                                 "cites_listings or a distribution."), True)


def date_told(text: str) -> str:
    """The day the reply was recorded, where its wrapping says so."""
    found = re.search(r'"recorded_at"\s*:\s*"(\d{4}-\d\d-\d\d)', text[:2000])
    return found[1] if found else ""


def _taxa(items: list[Any]) -> Iterator[Row | Fault]:
    first: dict[str, int] = {}
    for place, item in enumerate(items, 1):
        try:
            row = _taxon(place, item if isinstance(item, dict) else {})
        except BadCell as bad:
            yield Fault(place, f"taxon_concepts[{place - 1}].{bad.column}", bad.code, bad.reason)
            continue
        if row.source_id in first:
            yield Fault(place, f"taxon_concepts[{place - 1}].id", "duplicate", say(
                "%(column)s %(number)s stands in item %(item)s already.", column="id", number=row.source_id,
                item=first[row.source_id]))
            continue
        first[row.source_id] = place
        yield row


def _text(item: dict[str, Any], key: str) -> str:
    value = item.get(key)
    if isinstance(value, (dict, list)):
        raise BadCell(key, "wrong-type", say("%(column)s is not a text.", column=key))
    return checks.sound(key, "" if value is None else str(value))


def _list(item: dict[str, Any], key: str) -> list[dict[str, Any]]:
    value = item.get(key) or []
    if not isinstance(value, list) or not all(isinstance(part, dict) for part in value) or len(value) > MOST_PARTS:
        raise BadCell(key, "wrong-type", say("%(column)s is not a list of at most %(most)s objects.", column=key,
                                             most=MOST_PARTS))
    return value


def _taxon(place: int, item: dict[str, Any]) -> Row:
    number = checks.number("id", _text(item, "id"))
    if item.get("active") is False:
        raise BadCell("active", "inactive", say("%(name)s is no longer in the register.",
                                                name=_text(item, "full_name")))
    rank = checks.one_of("rank", _text(item, "rank").upper(), checks.RANKS).lower()
    name = checks.name("full_name", _text(item, "full_name"))
    given = item.get("higher_taxa")
    above: dict[str, Any] = given if isinstance(given, dict) else {}
    kingdom = checks.one_of("higher_taxa.kingdom", _text(above, "kingdom") or (name if rank == "kingdom" else ""),
                            checks.KINGDOMS)
    phylum, class_name, order_name, family = (
        checks.group(f"higher_taxa.{part}", _text(above, part)) for part in ("phylum", "class", "order", "family"))
    accepted = _text(item, "name_status") in ("", "A")
    into = _list(item, "accepted_names")
    genus = name.split()[0] if rank in ("genus", "species", "subspecies", "variety") else ""
    core = Core(name, cells.one_line(_text(item, "author_year"))[:250], rank, kingdom, phylum, class_name, order_name,
                family, genus, accepted=accepted,
                accepted_source_id=_text(into[0], "id")[:12] if into and not accepted else "",
                appendices=checks.listing("cites_listing", _text(item, "cites_listing")))
    return Row(place, number, core, frozenset({"synonym", "*"}), frozenset(_names(item)),
               entries=frozenset(_current(item, core)))


def _names(item: dict[str, Any]) -> Iterator[Name]:
    for synonym in _list(item, "synonyms"):
        name = cells.one_line(_text(synonym, "full_name"))[:200]
        if cells.SCIENTIFIC.fullmatch(name):
            yield "synonym", "", name, cells.one_line(_text(synonym, "author_year"))[:250]
    for common in _list(item, "common_names"):
        language, name = _text(common, "language").lower(), cells.one_line(_text(common, "name"))[:200]
        if not re.fullmatch(r"[a-z]{2}", language):
            raise BadCell("common_names.language", "unknown-value", say(
                "%(column)s is %(value)s, not two letters.", column="language", value=checks.show(language)))
        if name:
            yield "common", language, name, ""


def _current(item: dict[str, Any], core: Core) -> Iterator[Entry]:
    for row in _list(item, "cites_listings"):
        appendix = checks.listing("cites_listings.appendix", _text(row, "appendix"))
        if appendix == "NC" or not appendix:
            continue
        symbol, wording = history.hash_annotation(row.get("hash_annotation"))
        note = cells.plain(_text(row, "annotation"))
        party = history.party(row.get("party"))
        yield Entry("current", appendix, listed_by=party, under=cells.under(note), symbol=symbol, annotation=wording,
                    note=note, since=checks.day("cites_listings.effective_at", _text(row, "effective_at")),
                    source_id=_text(row, "id")[:12])


def _legislation(items: list[Any]) -> Iterator[Row | Fault]:
    changes: list[history.Change] = []
    for place, item in enumerate(items, 1):
        try:
            changes.append((place, *history.change(item if isinstance(item, dict) else {})))
        except BadCell as bad:
            yield Fault(place, f"cites_listings[{place - 1}].{bad.column}", bad.code, bad.reason)
    yield from history.grouped(changes)


def _distribution(items: list[dict[str, Any]], request: str) -> Iterator[Row | Fault]:
    whose = WHOSE.search(request)
    if whose is None:
        yield Fault(1, "", "no-taxon", say("The distribution does not say whose it is; keep the address of the "
                                           "request in the file, under request."), True)
        return
    found: set[tuple[str, str]] = set()
    for place, item in enumerate(items, 1):
        try:
            code = checks.country("iso_code2", _text(item, "iso_code2"))
            tags = item.get("tags") or [""]
            if not isinstance(tags, (list, str)):
                raise BadCell("tags", "wrong-type", say("%(column)s is no list.", column="tags"))
            found |= {(code, TAGS.get(str(tag).strip().lower(), str(TaxonRange.Certainty.PRESENT))) for tag in tags}
        except BadCell as bad:
            yield Fault(place, f"[{place - 1}].{bad.column}", bad.code, bad.reason)
    yield Row(1, whose[1], ranges=frozenset(found), more_lines=tuple(range(2, len(items) + 1)))
