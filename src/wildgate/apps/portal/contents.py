"""Between what is typed and what is published: each field becomes a value or a refusal, small counts are withheld."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Final
from urllib.parse import urlsplit

from wildgate.apps.figures.suppression import protect, small
from wildgate.apps.platforms.facts import rules_of, words_of
from wildgate.apps.platforms.reading import policy_of
from wildgate.apps.platforms.selectors import one, platform_of
from wildgate.apps.portal.kinds import KINDS, Field, Type, fields_of
from wildgate.apps.species.figures import number
from wildgate.convention import tables
from wildgate.convention.listing import law
from wildgate.convention.quantity import ambiguous
from wildgate.convention.refusal import Refusal, refuse
from wildgate.convention.taxonomy import Taxon

LINE, TEXT, LONG = 300, 4_000, 60_000
MOST_NAMED = 60
DOI: Final = re.compile(r"10\.\d{4,9}/[^\s\"<>]{1,200}")
NUMBER: Final = re.compile(r"[0-9]+(\.[0-9]+)?")
YEARS: Final = range(1975, 2101)
WEB: Final = "1990-01-01"
"""No trade on the Web is older."""


@dataclass(frozen=True, slots=True)
class Content:
    """A submission read: values by field, and what they are about."""

    values: Mapping[str, Any]
    taxa: tuple[str, ...]
    platforms: tuple[str, ...]
    years: tuple[int, int] | None


def read(kind: str, typed: Mapping[str, str], party: str, on: date | None = None) -> Content | list[Refusal]:
    """The values of a form; or everything that is missing or does not fit, each at its field. `on`: the day on which
    it is written, where what has been is told from what has not."""
    values: dict[str, Any] = {}
    faults: list[Refusal] = []
    for field in KINDS[kind].fields:
        text = typed.get(field.name, "").strip()
        if not text:
            faults += [refuse("portal-missing", "Fill this in.", field=field.name)] if field.needed else []
            continue
        value = READERS[field.type](field, text, party)
        if isinstance(value, Refusal):
            faults.append(value)
        else:
            values[field.name] = value
    faults += [] if faults else _together(kind, values, typed)
    faults += [] if faults or on is None else _not_been(kind, values, on)
    if faults:
        return faults
    platforms = (values["platform"],) if "platform" in values else tuple(values.get("platforms", ()))
    return Content(values, tuple(values.get("taxa", ())), platforms, _years(kind, values))


def _together(kind: str, values: Mapping[str, Any], typed: Mapping[str, str]) -> list[Refusal]:
    """What does not fit between fields."""
    faults = []
    if values.get("begins", "") > values.get("ends", "9999"):
        faults.append(refuse("portal-period", "The last day is before the first one.", field="ends"))
    if kind == "research" and not ("doi" in values or "link" in values):
        faults.append(refuse("portal-research", "Give the DOI, or the web address of the publication.", field="doi"))
    if kind == "research" and values["year"] not in YEARS:
        faults.append(refuse("portal-year", "Write the year with four digits.", field="year"))
    if kind == "trend":
        faults += _interval(values)
        if values["scope_changed"] == "yes" and "scope" not in values:
            faults.append(refuse("portal-scope", "Say what changed in the scope.", field="scope"))
    if kind == "platform-code" and isinstance(policy := policy_of(typed), Refusal):
        faults.append(policy)
    return faults


def _not_been(kind: str, values: Mapping[str, Any], on: date) -> list[Refusal]:
    """Days of what is told as past that have not come yet, or lie before there was any such trade."""
    latest = (on + timedelta(days=1)).isoformat()  # it is tomorrow already somewhere
    told = {name: values[name] for name in KINDS[kind].past if name in values}
    faults = [refuse("portal-future", "The date lies in the future; check the year.", field=name)
              for name, day in told.items() if day > latest]
    faults += [refuse("portal-before", "The date lies before 1990; check the year.", field=name)
               for name, day in told.items() if day < WEB]
    if kind == "research" and values["year"] > on.year + 1:  # early views bear the year of their volume
        faults.append(refuse("portal-future", "The date lies in the future; check the year.", field="year"))
    return faults


def _interval(values: Mapping[str, Any]) -> list[Refusal]:
    told = [Decimal(values[name]) for name in ("low", "estimate", "high") if name in values]
    if told and (len(told) < 3 or sorted(told) != told):
        return [refuse("portal-interval", "An estimate stands between the two ends of its interval: give all three.",
                       field="estimate")]
    return []


def _years(kind: str, values: Mapping[str, Any]) -> tuple[int, int] | None:
    found = [int(values[name][:4]) for name in KINDS[kind].years if name in values]
    found += [values["year"]] if kind == "research" else []
    return (min(found), max(found)) if found else None


def _line(field: Field, text: str, _party: str) -> str | Refusal:
    return " ".join(text.split()) if len(text) <= LINE else _long(field, LINE)


def _text(field: Field, text: str, _party: str) -> str | Refusal:
    most = TEXT if field.public else LONG
    return text.replace("\r\n", "\n") if len(text) <= most else _long(field, most)


def _long(field: Field, most: int) -> Refusal:
    return refuse("portal-long", "It is longer than %(most)s characters.", most=most, field=field.name)


def _web(field: Field, text: str, _party: str) -> str | Refusal:
    try:
        parts = urlsplit(text)
        good = parts.scheme in ("http", "https") and bool(parts.hostname) and not parts.username
    except ValueError:
        good = False
    if not good or len(text) > 500 or len(text.split()) > 1:
        return refuse("portal-web", "Write a web address that begins with https://.", field=field.name)
    return text


def _doi(field: Field, text: str, _party: str) -> str | Refusal:
    bare = re.sub(r"^(?:https?://(?:dx\.)?doi\.org/|doi:\s*)", "", text, flags=re.I)
    return bare.lower() if DOI.fullmatch(bare) else refuse(
        "portal-doi", "A DOI looks like 10.1234/abc.", field=field.name)


def _day(field: Field, text: str, _party: str) -> str | Refusal:
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        return refuse("portal-day", "Write the day like 2026-05-31.", field=field.name)


def _count(field: Field, text: str, _party: str) -> int | Refusal:
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 12 else refuse(
        "portal-count", "Write a whole number.", field=field.name)


def _number(field: Field, text: str, _party: str) -> str | Refusal:
    found = number(text)
    if two := ambiguous(found, field=field.name):
        return two
    if not NUMBER.fullmatch(found) or len(found) > 24 or Decimal(found) > 10**12:
        return refuse("portal-number", "Write a number.", field=field.name)
    return found


def _choice(field: Field, text: str, _party: str) -> str | Refusal:
    return text if text in dict(field.choices) else refuse("portal-choice", "Choose one of the list.", field=field.name)


def _country(field: Field, text: str, _party: str) -> str | Refusal:
    found = _countries(field, text, _party)
    if isinstance(found, Refusal):
        return found
    return found[0] if len(found) == 1 else refuse("portal-country", "Write one country, as its two letters.",
                                                   field=field.name)


def _countries(field: Field, text: str, _party: str) -> list[str] | Refusal:
    codes = words_of(text.upper())
    if wrong := [code for code in codes if tables.country(code) is None]:
        return refuse("no-such-country", "There is no country %(country)s.", country=wrong[0][:20], field=field.name)
    return list(codes)[:MOST_NAMED]


def _taxa(field: Field, text: str, _party: str) -> list[str] | Refusal:
    found: list[str] = []
    for name in (" ".join(line.split()) for line in re.split(r"[\n;,]+", text) if line.strip()):
        placed = law().resolve(name)
        if not isinstance(placed, Taxon):
            near = law().suggest(name)
            return refuse("portal-taxon", "The taxon %(taxon)s is not known.", taxon=name[:80], field=field.name,
                          suggestions=near)
        found.append(placed.name)
    return list(dict.fromkeys(found)) if len(found) <= MOST_NAMED else refuse(
        "portal-many", "Name at most %(most)s.", most=MOST_NAMED, field=field.name)


def _term(field: Field, text: str, _party: str) -> str | Refusal:
    return text.upper() if tables.term(text.upper()) else refuse(
        "portal-term", "There is no term with this code.", field=field.name)


def _platforms(field: Field, text: str, party: str) -> list[str] | Refusal:
    keys = []
    for each in words_of(text)[:MOST_NAMED]:
        found = platform_of(each, party) or one(party, each.lower())
        if found is None:
            return refuse("portal-platform", "The register has no platform %(platform)s: add it under “Platforms” "
                          "first.", platform=each[:80], field=field.name)
        keys.append(found.key)
    return list(dict.fromkeys(keys))


def _platform(field: Field, text: str, party: str) -> str | Refusal:
    found = _platforms(field, text, party)
    if isinstance(found, Refusal):
        return found
    return found[0] if len(found) == 1 else refuse("portal-one-platform", "Name one platform.", field=field.name)


def _counts(field: Field, text: str, _party: str) -> list[dict[str, Any]] | Refusal:
    rows: dict[str, int] = {}
    for line in filter(None, map(str.strip, text.splitlines())):
        name, _bar, count = (part.strip() for part in line.rpartition(";"))
        if not name or name in rows or len(name) > LINE or not (
                count.isascii() and count.isdigit() and len(count) < 13):
            return refuse("portal-counts", "%(line)s is not of the form: what was counted; how many. Each stands once.",
                          line=line[:60], field=field.name)
        rows[name] = int(count)
    return [{"name": name, "count": count} for name, count in rows.items()] if len(rows) <= MOST_NAMED else refuse(
        "portal-many", "Name at most %(most)s.", most=MOST_NAMED, field=field.name)


def _rules(field: Field, text: str, _party: str) -> list[dict[str, Any]] | Refusal:
    found = rules_of(text)
    return found if isinstance(found, Refusal) else [
        {"key": each.key, "text": each.text, "appendices": list(each.appendices), "taxon": each.taxon,
         "term": each.term} for each in found]


READERS: Final[Mapping[Type, Callable[[Field, str, str], Any]]] = {
    Type.LINE: _line, Type.TEXT: _text, Type.WEB: _web, Type.DOI: _doi, Type.DAY: _day, Type.COUNT: _count,
    Type.NUMBER: _number, Type.CHOICE: _choice, Type.COUNTRY: _country, Type.COUNTRIES: _countries, Type.TAXA: _taxa,
    Type.TERM: _term, Type.PLATFORM: _platform, Type.PLATFORMS: _platforms, Type.COUNTS: _counts, Type.RULES: _rules,
}


def published(kind: str, content: Content, earlier: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """The values as everybody may read them. Counts of 1 to 4 become None, and others from which they could be worked
    out; what an `earlier` version withheld stays withheld, so that a correction does not tell it."""
    fields, before = fields_of(kind), list(earlier)
    told: dict[str, Any] = {}
    for name, value in content.values.items():
        if not fields[name].public:
            continue
        if fields[name].type is Type.COUNTS:
            held = {row["name"] for old in before for row in old.get(name, {}).get("rows", ()) if row["count"] is None}
            safe = protect({row["name"]: row["count"] for row in value}, held)
            value = {"rows": [{"name": key, "count": count} for key, count in safe.cells.items()], "total": safe.total}
        elif fields[name].type is Type.COUNT and small(value):
            value = None
        told[name] = value
    return told


def texts(kind: str, content: Content) -> list[tuple[str, str]]:
    """Every text of a person's own words that would be published, with its field."""
    found: list[tuple[str, str]] = []
    for name, field in fields_of(kind).items():
        value = content.values.get(name)
        if not field.public or value is None:
            continue
        if field.type in (Type.LINE, Type.TEXT, Type.WEB):
            found.append((name, str(value)))
        elif field.type is Type.COUNTS:
            found += [(name, row["name"]) for row in value]
        elif field.type is Type.RULES:
            found += [(name, row["text"]) for row in value]
    return found


def plain(text: str) -> str:
    """A text as the search compares it: lower case, no accents."""
    return "".join(each for each in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(each))
