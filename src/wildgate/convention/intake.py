"""Trade at the door: JSON becomes a Trade, or refusals that name the field, the fault and what would pass."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from difflib import get_close_matches
from typing import Any

from wildgate.convention import quantity, tables
from wildgate.convention.checks import CONVENTION_BEGAN
from wildgate.convention.exemptions import CERTIFICATES
from wildgate.convention.fields import LONGEST_NAME, LONGEST_NOTE, Number, Reader, shown
from wildgate.convention.listing import Law
from wildgate.convention.permit import plain
from wildgate.convention.refusal import Refusal, refuse
from wildgate.convention.spelling import two_alphabets
from wildgate.convention.taxonomy import Taxon, Unknown
from wildgate.convention.term_fit import term_fits
from wildgate.convention.trade import Line, Trade
from wildgate.convention.vocabulary import Direction, Purpose, Source

MOST_LINES = 200
LONGEST_NUMBER = 60
LONGEST_REGION = 80
TRADE_KEYS = (
    "direction",
    "on",
    "from",
    "to",
    "purpose",
    "lines",
    "personal_effects",
    "carried_by_owner",
    "certificate",
    "origin_permit",
    "registered_operation",
    "residence",
)
LINE_KEYS = (
    "taxon",
    "term",
    "quantity",
    "unit",
    "source",
    "second_source",
    "origin",
    "live",
    "acquired",
    "origin_permit",
    "operation",
    "note",
    "region",
    "plan",
)
LIVE_TERMS = ("LIV",)
UNTHINKABLE = date(2100, 1, 1)
"""Days from here on are no plan of anybody but a slip of the pen."""

Suggest = Callable[[str], tuple[str, ...]]


def parse_trade(
    data: Any, law: Law, *, suggest: Suggest | None = None, today: date | None = None
) -> Trade | tuple[Refusal, ...]:
    """Read a trade (the contract's shape of `check`) or say everything that is wrong with it.

    `suggest` proposes names for an unknown taxon (default: the law's own). With `today`, a day before it is refused,
    as an application must be; without it any day is ruled on by the law of that day.
    """
    if not isinstance(data, Mapping):
        return (refuse("not-an-object", "A trade is a JSON object with direction, on, from, to, purpose and lines."),)
    refusals: list[Refusal] = []
    reader = Reader(data, "", refusals)
    reader.known(TRADE_KEYS)
    direction = reader.code("direction", Direction, "direction")
    on = reader.day("on", required=True)
    sender = reader.country("from", _exists, suggest_country)
    receiver = reader.country("to", _exists, suggest_country)
    purpose = reader.code("purpose", Purpose, "purpose code")
    lines = _lines(reader, law, suggest or law.suggest, direction, on)
    certificate = _certificate(reader)
    personal, carried = reader.flag("personal_effects"), reader.flag("carried_by_owner")
    origin_permit = reader.text("origin_permit", most=LONGEST_NUMBER)
    operation = reader.text("registered_operation", most=LONGEST_NUMBER)
    residence = reader.country("residence", _exists, suggest_country, required=False)
    if on is not None and not CONVENTION_BEGAN <= on < UNTHINKABLE:
        reader.no("date-outside", "No trade of %(on)s can be ruled on: the Convention began on 1 July 1975, and a day "
                  "after 2099 is a slip of the pen.", "on", on=on)  # fmt: skip
    elif on is not None and today is not None and on < today:
        reader.no("date-past", "The day of the trade must not be in the past.", "on")
    if direction and sender and receiver:
        _route(reader, direction, sender, receiver)
    if refusals or direction is None or on is None or sender is None or receiver is None or purpose is None:
        return tuple(refusals)
    return Trade(direction, on, sender, receiver, purpose, lines, personal, carried, certificate, origin_permit,
                 operation, residence)  # fmt: skip


def _certificate(reader: Reader) -> str | None:
    text = reader.text("certificate")
    if text is not None and text not in CERTIFICATES:
        close = get_close_matches(text, CERTIFICATES, n=2) or tuple(CERTIFICATES)
        reader.no(
            "certificate-unknown", "%(text)s is not a kind of certificate.", "certificate", close, text=shown(text)
        )
    return text


def suggest_country(text: str) -> tuple[str, ...]:
    """Codes of countries whose name is near `text`."""
    by_name = {country.name_en.lower(): country.code for country in tables.countries()}
    return tuple(by_name[name] for name in get_close_matches(text.lower(), by_name, n=3, cutoff=0.75))


def _exists(code: str) -> bool:
    country = tables.country(code)
    return country is not None and country.kind not in ("region", "former")


def _route(reader: Reader, direction: Direction, sender: str, receiver: str) -> None:
    from_the_sea = direction is Direction.FROM_THE_SEA
    for key, code in (("from", sender), ("to", receiver)):
        if (country := tables.country(code)) and country.kind == "special" and code != "ZZ":
            reader.no(
                "country-unknown",
                "The country in %(key)s must be known: %(code)s stands for an origin only.",
                key,
                key=key,
                code=code,
            )
    if receiver == "ZZ":
        reader.no("country-is-sea", "ZZ (the sea outside any State) cannot be a destination.", "to")
    if sender == "ZZ" and not from_the_sea:
        reader.no(
            "country-is-sea",
            "ZZ as sender means an introduction from the sea: set the direction to introduction-from-the-sea.",
            "from",
            ("introduction-from-the-sea",),
        )
    if sender == receiver and not from_the_sea:
        reader.no(
            "same-country",
            "The trade does not cross a border: from and to are both %(code)s, and the Convention does not govern it.",
            "to",
            code=sender,
        )


def _lines(
    reader: Reader, law: Law, suggest: Suggest, direction: Direction | None, on: date | None
) -> tuple[Line, ...]:
    raw = reader.data.get("lines")
    if not isinstance(raw, list) or not raw:
        reader.no("lines-missing", "A trade has at least one line: lines is a list of objects.", "lines")
        return ()
    if len(raw) > MOST_LINES:
        reader.no("lines-too-many", "A trade has at most %(most)s lines.", "lines", most=MOST_LINES)
        return ()
    lines = []
    for number, item in enumerate(raw):
        if not isinstance(item, Mapping):
            reader.no("not-an-object", "A line is a JSON object.", f"lines[{number}]")
            continue
        line = _line(Reader(item, f"lines[{number}].", reader.refusals), law, suggest, direction, on)
        if line is not None:
            lines.append(line)
    return tuple(lines)


def _line(reader: Reader, law: Law, suggest: Suggest, direction: Direction | None, on: date | None) -> Line | None:
    before = len(reader.refusals)
    reader.known(LINE_KEYS)
    taxon = _taxon(reader, law, suggest)
    term = _term(reader)
    unit = _unit(reader)
    amount = _quantity(reader, unit)
    source = reader.code("source", Source, "source code")
    second = reader.code("second_source", Source, "source code", required=False)
    origin = reader.country("origin", _exists, suggest_country)
    live = reader.flag("live") or term in LIVE_TERMS
    acquired = reader.day("acquired")
    if acquired is not None and on is not None and acquired > on:
        reader.no("acquired-later", "The specimen was acquired after the day of the trade.", "acquired")
    _sources(reader, taxon, source, second, origin, direction)
    if term and unit and amount is not None:
        _unit_fits(reader, term, unit, amount)
    if term and taxon and not term_fits(term, taxon):
        reader.no("term-not-of-taxon", "%(term)s is not a term for %(taxon)s.", "term", term=term, taxon=taxon.name)
    if live and term and (known := tables.term(term)) and known.form == "worked":
        reader.no("live-worked", "%(term)s is a worked specimen and cannot be live.", "live", term=term)
    permit, operation = (reader.text(key, most=LONGEST_NUMBER) for key in ("origin_permit", "operation"))
    note = reader.text("note", most=LONGEST_NOTE) or ""
    region = reader.text("region", most=LONGEST_REGION) or ""
    plan = reader.text("plan", most=LONGEST_NUMBER) or ""
    if len(reader.refusals) > before or not (taxon and term and unit and amount and source and origin):
        return None
    return Line(
        str(reader.text("taxon")), term, amount, unit, source, origin, live, acquired, second, permit, operation, note,
        region, plan,
    )


def _taxon(reader: Reader, law: Law, suggest: Suggest) -> Taxon | None:
    name = reader.text("taxon", most=LONGEST_NAME, required=True)
    if name is None:
        return None
    if two_alphabets(name):
        reader.no("taxon-letters", "%(name)s mixes Latin letters with those of another alphabet, which may look alike: "
                  "type the name again.", "taxon", name=shown(name))  # fmt: skip
        return None
    taxon = law.resolve(name)
    listed = law.listings(name)
    if isinstance(listed, Unknown) and "check the spelling" in listed.reason:
        taxon = listed  # a slip of the pen in a known genus: nobody means the unlisted name
    if isinstance(taxon, Unknown):
        reader.no(
            "taxon-unknown",
            "%(name)s is not a name in the tables: it is perhaps listed under another name. %(why)s",
            "taxon",
            suggest(name),
            name=shown(name),
            why=taxon.reason,
        )
        return None
    return taxon


def _term(reader: Reader) -> str | None:
    text = reader.text("term", required=True)
    if text is None:
        return None
    term = tables.term(text.upper() if text.isascii() else text)
    if term is None:
        named = {known.name_en.lower(): known.code for known in tables.terms() if known.current}
        close = [named[name] for name in get_close_matches(text.lower(), named, n=3, cutoff=0.6)]
        code = tables.legacy_term(text)
        reader.no("term-unknown", "%(text)s is not a term code.", "term", [code] if code else close, text=shown(text))
        return None
    if not term.current:
        instead = " or ".join(term.replaced_by)
        reader.no(
            "term-historic",
            "The term %(code)s (%(name)s) is no longer used%(instead)s.",
            "term",
            term.replaced_by,
            code=term.code,
            name=term.name_en,
            instead=f": use {instead}" if instead else ": describe the specimen by a current term",
        )
        return None
    return term.code


def _unit(reader: Reader) -> str | None:
    text = reader.text("unit", required=True)
    if text is None:
        return None
    unit = tables.unit(text.upper() if text.isascii() else text)
    if unit is None or not unit.current:
        legacy = tables.legacy_unit(text)
        reader.no(
            "unit-unknown" if unit is None else "unit-historic",
            "%(text)s is not a current unit%(instead)s.",
            "unit",
            [legacy[0]] if legacy else [known.code for known in tables.units() if known.current],
            text=shown(text),
            instead=f": convert to {legacy[0]} (times {plain(legacy[1])})" if legacy else "",
        )
        return None
    return unit.code


def _quantity(reader: Reader, unit: str | None) -> Decimal | None:
    value = reader.data.get("quantity")
    if value is None:
        reader.no("missing", "%(field)s is missing.", "quantity", field=reader.name("quantity"))
        return None
    # A JSON number with a point or an exponent may have been rounded by whoever wrote it: only whole numbers pass bare.
    bare = isinstance(value, int | Number) and not isinstance(value, bool)
    if (bare and not str(value).lstrip("-").isdecimal()) or not (bare or isinstance(value, str | Decimal)):
        reader.no(
            "quantity-not-a-number", 'The quantity must be a text of digits, for example "1200" or "0.5".', "quantity"
        )
        return None
    amount = quantity.parse_quantity(str(value), field=reader.name("quantity"))
    fault = (
        amount
        if isinstance(amount, Refusal)
        else quantity.check_number(amount, unit or "", field=reader.name("quantity"))
    )
    if fault is not None:
        reader.refusals.append(fault)
    return amount if isinstance(amount, Decimal) and fault is None else None


def _sources(
    reader: Reader,
    taxon: Taxon | None,
    source: Source | None,
    second: Source | None,
    origin: str | None,
    direction: Direction | None,
) -> None:
    for key, code in (("source", source), ("second_source", second)):
        rules = tables.source_rules(code.value) if code else None
        if taxon and code and rules and taxon.kingdom not in rules.kingdoms:
            fit = [
                member.value
                for member in Source
                if (known := tables.source_rules(member.value)) and taxon.kingdom in known.kingdoms
            ]
            reader.no(
                "source-not-of-kingdom",
                "Source %(code)s is not for %(kingdom)s (%(taxon)s).",
                key,
                fit,
                code=code.value,
                kingdom="plants" if taxon.kingdom.value == "Plantae" else "animals",
                taxon=taxon.name,
            )
    if second is not None and source is not None:
        if source not in (Source.CONFISCATED, Source.PRE_CONVENTION):
            reader.no("second-source", "A second source code stands beside I or O only.", "second_source", ("I", "O"))
        elif second in (Source.CONFISCATED, Source.PRE_CONVENTION) and second is source:
            reader.no("second-source", "The second source code must differ from the first.", "second_source")
    if origin == "ZZ" and source is not None and Source.HIGH_SEAS not in (source, second):
        reader.no(
            "origin-sea", "Origin ZZ is for specimens of source X, taken outside the waters of any State.", "origin"
        )
    if direction is Direction.FROM_THE_SEA and source is not None and source is not Source.HIGH_SEAS:
        reader.no("source-not-sea", "An introduction from the sea carries source X.", "source", ("X",))


def _unit_fits(reader: Reader, term: str, unit: str, amount: Decimal) -> None:
    """Refuse a unit that measures another thing than any unit accepted for the term."""
    if tables.term_unit_ok(term, unit) is not False:
        return
    accepted = [known.code for known in tables.units() if known.current and tables.term_unit_ok(term, known.code)]
    if accepted and not any(quantity.convertible(unit, other) for other in accepted):
        reader.no(
            "unit-not-of-term",
            "%(term)s is not measured in %(unit)s: use %(accepted)s.",
            "unit",
            accepted,
            term=term,
            unit=unit,
            accepted=" or ".join(accepted),
        )
