"""The portal as open data: a catalogue in pages, each submission with its versions, tables, a schema and a feed."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final
from xml.etree import ElementTree

from django.conf import settings
from django.core.paginator import Page
from django.urls import reverse
from django.utils.translation import override

from wildgate.apps.figures.files import harmless
from wildgate.apps.figures.open_data import ATOM, LICENCE, everywhere
from wildgate.apps.notices.selectors import Compliance
from wildgate.apps.platforms.models import Platform, Policy
from wildgate.apps.portal.basis import VERSIONS, Basis
from wildgate.apps.portal.kinds import KINDS, Type, fields_of
from wildgate.apps.portal.models import Submission, Version

FORM: Final = 1
"""The version of the form of these documents; it changes when a field does."""
ON_A_PAGE: Final = 100
PLATFORMS_ON_A_PAGE: Final = 25
IN_A_FILE: Final = 2_000
IN_THE_FEED: Final = 50
MEASURED: Final = ("listings_reported", "rechecked", "removed_24h", "known_24h", "removed_7d", "known_7d",
                   "removed_30d", "known_30d", "relisted", "searches_run", "since", "until")
"""What was measured of a platform: `known_...` is what `removed_...` is a part of; both 0 where it is too little."""
WITHHELD: Final = "null: a count of 1 to 4, or one from which such a count could be worked out"


def link(path: str) -> str:
    return f"{settings.BASE_URL}{path}"


def moment(at: datetime | None) -> str | None:
    return at.astimezone(UTC).isoformat(timespec="seconds") if at else None


def catalogue(page: Page[Submission], query: str) -> dict[str, Any]:
    """One page of what was found, each with its newest version in full."""
    here = reverse("portal-data")
    before = f"{query}&" if query else ""
    following = f"{link(here)}?{before}page={page.next_page_number()}" if page.has_next() else None
    return {"schema": link(reverse("portal-schema")), "version": FORM, "licence": LICENCE, "withheld": WITHHELD,
            "publisher": settings.PARTY, "feed": link(reverse("portal-feed")),
            "platforms": link(reverse("portal-platforms-json")), "total": page.paginator.count, "next": following,
            "submissions": [entry(each) for each in page]}


def entry(each: Submission) -> dict[str, Any]:
    """A submission as it stands: its newest version, or that it was withdrawn."""
    head = {"number": each.number, "kind": each.kind, "party": each.country, "url": link(address(each)),
            "current": each.current, "translationOf": each.translation_of.number if each.translation_of else None,
            "withdrawn": None}
    if each.withdrawn_at:
        return {**head, "withdrawn": {"at": moment(each.withdrawn_at), "why": each.withdrawn_why}, "published": None}
    return {**head, "published": version(each, each.versions.all()[0])}


def document(each: Submission) -> dict[str, Any]:
    """A submission with all its versions; of a withdrawn one the tombstone only."""
    told = {} if each.withdrawn_at else {"versions": [version(each, row) for row in each.versions.all()]}
    return {"schema": link(reverse("portal-schema")), "version": FORM, "licence": LICENCE, "withheld": WITHHELD,
            "submission": {**entry(each), **told}}


def version(each: Submission, row: Version) -> dict[str, Any]:
    """One version: what stands here never changes."""
    return {"number": row.number, "title": row.title, "language": row.language, "at": moment(row.at),
            "answersTo": _basis(VERSIONS[row.basis]),
            "change": row.change, "digest": row.digest, "url": link(address(each, row.number)), "content": row.content}


def _basis(each: Basis) -> dict[str, str]:
    return {"code": each.code, "name": each.name, "known": each.known.value}


def address(each: Submission, number: int = 0) -> str:
    name, more = ("portal-version", [number]) if number else ("portal-one", [])
    return reverse(name, args=[each.number, *more])


HEAD: Final = ("number", "version", "kind", "party", "language", "title", "published", "answers_to", "first_year",
               "last_year", "digest", "url", "withdrawn", "why_withdrawn")


def table(rows: Iterable[Submission], kind: str = "") -> str:
    """What was found as CSV; of one kind with a column for each of its fields."""
    names = [name for name, field in fields_of(kind).items() if field.public and name != "title"] if kind else []
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow([*HEAD, *names])
    for each in rows:
        row = None if each.withdrawn_at else each.versions.all()[0]
        cells = [each.number, each.current, each.kind, each.country, row.language if row else each.public_language,
                 row.title if row else "", moment(row.at) if row else "", row.basis if row else "",
                 each.first_year if row else "", each.last_year if row else "", row.digest if row else "",
                 link(address(each)), moment(each.withdrawn_at) or "", each.withdrawn_why]
        content = row.content if row else {}
        writer.writerow([harmless(_cell(cell)) for cell in (*cells, *(content.get(name) for name in names))])
    return out.getvalue()


def _cell(value: Any) -> str:
    if isinstance(value, list) and all(isinstance(each, str) for each in value):
        return "; ".join(value)
    if isinstance(value, list | dict):
        return json.dumps(value, ensure_ascii=False)
    return "" if value is None else str(value)


def feed(versions: Sequence[Version], gone: Sequence[Submission], name: str) -> bytes:
    """The newest versions and withdrawals as Atom (RFC 4287), the latest first."""
    ElementTree.register_namespace("", ATOM)
    root = ElementTree.Element(f"{{{ATOM}}}feed")
    entries = [(row.at, _news(row)) for row in versions] + [(each.withdrawn_at, _end(each)) for each in gone
                                                             if each.withdrawn_at]
    entries.sort(key=lambda pair: pair[0], reverse=True)
    here = link(reverse("portal-feed"))
    latest = moment(entries[0][0]) if entries else "1975-07-01T00:00:00+00:00"
    for tag, text in (("id", here), ("title", f"{name}: wildlife trade on the Internet"), ("updated", latest),
                      ("rights", f"{LICENCE['name']} {LICENCE['url']}")):
        ElementTree.SubElement(root, f"{{{ATOM}}}{tag}").text = text
    ElementTree.SubElement(ElementTree.SubElement(root, f"{{{ATOM}}}author"), f"{{{ATOM}}}name").text = name
    for rel, href in (("self", here), ("alternate", link(reverse("portal")))):
        ElementTree.SubElement(root, f"{{{ATOM}}}link", {"rel": rel, "href": href})
    for at, told in entries[:IN_THE_FEED]:
        _write(root, at, told)
    body: bytes = ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)
    return body


def _news(row: Version) -> Mapping[str, str]:
    with override("en"):
        kind = str(KINDS[row.submission.kind].name)
    return {"id": link(address(row.submission, row.number)), "title": row.title, "language": row.language,
            "summary": f"{kind}, {row.submission.country}. {f'Correction: {row.change}' if row.change else ''}".strip()}


def _end(each: Submission) -> Mapping[str, str]:
    return {"id": f"{link(address(each))}#withdrawn", "title": f"{each.number} was withdrawn", "language": "en",
            "summary": each.withdrawn_why}


def _write(root: ElementTree.Element, at: datetime, told: Mapping[str, str]) -> None:
    made = ElementTree.SubElement(root, f"{{{ATOM}}}entry")
    for tag, text in (("id", told["id"]), ("title", told["title"]), ("updated", moment(at)),
                      ("summary", told["summary"])):
        ElementTree.SubElement(made, f"{{{ATOM}}}{tag}").text = text
    made[1].set("{http://www.w3.org/XML/1998/namespace}lang", told["language"])
    ElementTree.SubElement(made, f"{{{ATOM}}}link", {"rel": "alternate", "href": told["id"].partition("#")[0]})


def platform_entry(each: Platform, policies: Sequence[Policy], measured: Compliance | None) -> dict[str, Any]:
    """A platform as everybody may read it: no contact, no captured text, nobody who recorded it."""
    return {"key": each.key, "name": each.name, "kind": each.kind, "home": each.home, "serves": each.serves,
            "state": each.state, "hosts": [row.host for row in each.hosts.all()],
            "url": link(reverse("portal-platform", args=[each.key])),
            "policies": [policy_entry(row) for row in policies],
            "measured": measured and {name: _plain(getattr(measured, name)) for name in MEASURED}}


def policy_entry(row: Policy) -> dict[str, Any]:
    return {"version": row.version, "status": row.status, "code": row.code, "codeName": row.code_name,
            "groups": row.groups, "products": row.products, "evidence": row.evidence, "readOn": _plain(row.captured_on),
            "digest": row.digest, "from": _plain(row.valid_from), "until": _plain(row.valid_to), "source": row.source,
            "certainty": row.certainty, "rules": [rule.as_json() for rule in row.rules.all()]}


def _plain(value: Any) -> Any:
    return value if value is None or isinstance(value, int | str) else value.isoformat()


def platform_table(rows: Iterable[tuple[Platform, Policy | None]]) -> str:
    """The register as CSV: how each platform's code stands today."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(["key", "name", "kind", "home", "hosts", "state", "status", "code", "from", "until", "evidence",
                     "read_on", "certainty", "source", "digest"])
    for each, row in rows:
        told = ["", "", "", "", "", "", "", "", ""] if row is None else [
            row.status, row.code_name or row.code, _plain(row.valid_from), _plain(row.valid_to) or "", row.evidence,
            _plain(row.captured_on) or "", row.certainty, row.source, row.digest]
        hosts = " ".join(host.host for host in each.hosts.all())
        cells = [each.key, each.name, each.kind, each.home, hosts, each.state]
        writer.writerow([harmless(str(cell)) for cell in (*cells, *told)])
    return out.getvalue()


JSON_TYPES: Final[Mapping[Type, Mapping[str, Any]]] = {
    Type.COUNT: {"type": ["integer", "null"]}, Type.COUNTRIES: {"type": "array", "items": {"type": "string"}},
    Type.TAXA: {"type": "array", "items": {"type": "string"}},
    Type.PLATFORMS: {"type": "array", "items": {"type": "string"}}, Type.RULES: {"type": "array"},
    Type.COUNTS: {"type": "object", "required": ["rows", "total"]},
}


def schema() -> dict[str, Any]:
    """JSON Schema (2020-12) of a submission's content by kind, made from the same table of fields."""
    kinds = {}
    for kind in KINDS.values():
        public = [each for each in kind.fields if each.public]
        kinds[kind.code] = {
            "type": "object", "title": everywhere(kind.name)["en"], "additionalProperties": False,
            "required": [each.name for each in public if each.needed],
            "properties": {each.name: {**JSON_TYPES.get(each.type, {"type": "string"}),
                                       "title": everywhere(each.label)["en"]} for each in public}}
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "$id": link(reverse("portal-schema")),
            "title": "Submissions on wildlife trade on the Internet", "$defs": kinds,
            "answersTo": [_basis(each) for each in VERSIONS.values()]}
