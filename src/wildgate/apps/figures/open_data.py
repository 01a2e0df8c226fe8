"""The public statistics as open data: a catalogue, each data set as JSON and CSV, their schema, and a feed of news.

Texts stand in every language of the site, so an address has one content for everybody, and one entity tag.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final
from xml.etree import ElementTree

from django.conf import settings
from django.urls import reverse
from django.utils.translation import override

from wildgate.apps.figures.data_sets import DATA_SETS, NUMBER, TEXT, WHOLE, DataSet
from wildgate.apps.figures.files import harmless
from wildgate.apps.figures.models import Publication
from wildgate.apps.figures.suppression import LEAST

LICENCE: Final = {"name": "CC-BY-4.0", "url": "https://creativecommons.org/licenses/by/4.0/"}
VERSION: Final = 1
"""The version of the form of these documents; it changes when a field does."""
ATOM: Final = "http://www.w3.org/2005/Atom"
IN_THE_FEED: Final = 50
WITHHELD: Final = (f"null: a number of 1 to {LEAST - 1}, one from which such a number could be worked out, or a median "
                   f"of fewer than {LEAST}")


def everywhere(words: Any) -> dict[str, str]:
    """A text in every language of the site."""
    told = {}
    for code, _name in settings.LANGUAGES:
        with override(code):
            told[code] = str(words)
    return told


def newest(found: Iterable[Publication]) -> list[Publication]:
    """Of each period the last version, in the order of periods."""
    last: dict[tuple[str, str], Publication] = {}
    for each in found:
        known = last.get((each.data_set, each.period))
        if known is None or known.version < each.version:
            last[each.data_set, each.period] = each
    return [last[key] for key in sorted(last)]


def catalogue(found: Sequence[Publication], party_name: str) -> dict[str, Any]:
    """What there is, where, since when, and how it may be used."""
    kept = newest(found)
    return {
        "schema": _link(reverse("statistics-schema")), "version": VERSION, "licence": LICENCE, "withheld": WITHHELD,
        "publisher": {"code": settings.PARTY, "name": party_name}, "feed": _link(reverse("statistics-feed")),
        "updated": _time(max((each.at for each in found), default=None)),
        "dataSets": [_entry(each, [row for row in kept if row.data_set == each.name]) for each in DATA_SETS.values()]}


def _entry(each: DataSet, kept: Sequence[Publication]) -> dict[str, Any]:
    return {**_head(each), "updated": _time(max((row.at for row in kept), default=None)),
            "publications": [{**_told(row), "url": _link(_address(row))} for row in kept],
            "files": {"json": _link(reverse("statistics-json", args=[each.name])),
                      "csv": _link(reverse("statistics-csv", args=[each.name]))}}


def document(each: DataSet, found: Sequence[Publication]) -> dict[str, Any]:
    """A data set with the rows of these publications."""
    return {"schema": _link(reverse("statistics-schema")), "version": VERSION, "licence": LICENCE,
            "withheld": WITHHELD, "party": settings.PARTY, **_head(each),
            "publications": [{**_told(row), "rows": row.rows} for row in found]}


def _head(each: DataSet) -> dict[str, Any]:
    return {"name": each.name, "title": everywhere(each.title), "description": everywhere(each.words),
            "every": each.every, "snapshot": each.snapshot,
            "fields": [{"name": field.name, "type": field.type, "title": everywhere(field.words)}
                       for field in each.fields]}


def _told(row: Publication) -> dict[str, Any]:
    return {"period": row.period, "version": row.version, "published": _time(row.at), "digest": row.digest,
            "why": row.why}


def table(each: DataSet, found: Iterable[Publication]) -> str:
    """The same as CSV: an empty cell is a withheld number."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(["period", "version", "published", *(field.name for field in each.fields)])
    for row in found:
        for cells in row.rows:
            writer.writerow([row.period, row.version, row.at.date().isoformat(),
                             *(_cell(cells.get(field.name)) for field in each.fields)])
    return out.getvalue()


def _cell(value: Any) -> str:
    return "" if value is None else harmless(value) if isinstance(value, str) else str(value)


def feed(found: Sequence[Publication], party_name: str) -> bytes:
    """The newest publications as Atom (RFC 4287), the latest first."""
    ElementTree.register_namespace("", ATOM)
    root = ElementTree.Element(f"{{{ATOM}}}feed")
    latest = sorted(found, key=lambda each: (each.at, each.period, each.data_set, each.version), reverse=True)
    here = _link(reverse("statistics-feed"))
    updated = _time(latest[0].at) if latest else "1975-07-01T00:00:00+00:00"
    for name, text in (("id", here), ("title", f"{party_name}: CITES permit statistics"), ("updated", updated),
                       ("rights", f"{LICENCE['name']} {LICENCE['url']}")):
        ElementTree.SubElement(root, f"{{{ATOM}}}{name}").text = text
    author = ElementTree.SubElement(root, f"{{{ATOM}}}author")
    ElementTree.SubElement(author, f"{{{ATOM}}}name").text = party_name
    for rel, href in (("self", here), ("alternate", _link(reverse("statistics")))):
        ElementTree.SubElement(root, f"{{{ATOM}}}link", {"rel": rel, "href": href})
    for each in latest[:IN_THE_FEED]:
        _add_entry(root, each)
    told: bytes = ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)
    return told


def _add_entry(root: ElementTree.Element, each: Publication) -> None:
    entry, address = ElementTree.SubElement(root, f"{{{ATOM}}}entry"), _link(_address(each))
    with override("en"):
        title = str(DATA_SETS[each.data_set].title)
    version = f" (version {each.version})" if each.version > 1 else ""
    for name, text in (("id", address), ("title", f"{title}, {each.period}{version}"), ("updated", _time(each.at)),
                       ("summary", each.why or f"SHA-256 {each.digest}")):
        ElementTree.SubElement(entry, f"{{{ATOM}}}{name}").text = text
    ElementTree.SubElement(entry, f"{{{ATOM}}}link", {"rel": "alternate", "type": "application/json", "href": address})


def schema() -> dict[str, Any]:
    """JSON Schema (2020-12) of the catalogue and of each data set, made from the same table of fields."""
    text: dict[str, Any] = {"type": "string"}
    told = {"period": {"type": "string", "pattern": "^[0-9]{4}-(0[1-9]|1[0-2]|Q[1-4])$"},
            "version": {"type": "integer", "minimum": 1}, "published": text,
            "digest": {"type": "string", "pattern": "^[0-9a-f]{64}$"}, "why": text}
    languages = _object({code: text for code, _name in settings.LANGUAGES})
    head = {"name": text, "title": languages, "description": languages, "every": {"enum": ["month", "quarter"]},
            "snapshot": {"type": "boolean"},
            "fields": _list(_object({"name": text, "type": {"enum": [TEXT, WHOLE, NUMBER]}, "title": languages}))}
    licence = _object({"name": text, "url": text})
    common = {"schema": text, "version": {"const": VERSION}, "licence": licence, "withheld": text}
    entry = _object({**head, "updated": {"type": ["string", "null"]},
                     "publications": _list(_object({**told, "url": text})),
                     "files": _object({"json": text, "csv": text})})
    whole = _object({**common, "publisher": _object({"code": text, "name": text}), "feed": text,
                     "updated": {"type": ["string", "null"]}, "dataSets": _list(entry)})
    sets = {each.name: _object({**common, "party": text, **head, "name": {"const": each.name},
                                "publications": _list(_object({**told, "rows": _list(_row(each))}))})
            for each in DATA_SETS.values()}
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "$id": _link(reverse("statistics-schema")),
            "title": "CITES permit statistics", "$defs": {"catalogue": whole, **sets},
            "oneOf": [{"$ref": f"#/$defs/{name}"} for name in ("catalogue", *sets)]}


def _row(each: DataSet) -> dict[str, Any]:
    return _object({field.name: {"type": "string"} if field.type == TEXT
                    else {"type": [field.type, "null"]} for field in each.fields})


def _object(properties: Mapping[str, Any]) -> dict[str, Any]:
    return {"type": "object", "properties": dict(properties), "required": list(properties),
            "additionalProperties": False}


def _list(items: Mapping[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": dict(items)}


def _address(row: Publication) -> str:
    return reverse("statistics-version", args=[row.data_set, row.period, row.version])


def _link(path: str) -> str:
    return f"{settings.BASE_URL}{path}"


def _time(at: datetime | None) -> Any:
    return at.astimezone(UTC).isoformat(timespec="seconds") if at else None
