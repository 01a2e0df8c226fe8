"""What the house's rules can say, read once, with a sentence for every fault; the shapes themselves are in `shapes`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import asdict, fields
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_noop

from wildgate.apps.accounts.reliability import ACTS, Level
from wildgate.apps.houserules import reading, retained
from wildgate.apps.houserules.reading import LANGUAGES, spelt
from wildgate.apps.houserules.shapes import ActLevel as ActLevel
from wildgate.apps.houserules.shapes import Condition as Condition
from wildgate.apps.houserules.shapes import Extra as Extra
from wildgate.apps.houserules.shapes import Fact as Fact
from wildgate.apps.houserules.shapes import Form as Form
from wildgate.apps.houserules.shapes import FreeText as FreeText
from wildgate.apps.houserules.shapes import Holiday as Holiday
from wildgate.apps.houserules.shapes import National as National
from wildgate.apps.houserules.shapes import OpinionTime as OpinionTime
from wildgate.apps.houserules.shapes import OverlayChoice as OverlayChoice
from wildgate.apps.houserules.shapes import PartnerForm as PartnerForm
from wildgate.apps.houserules.shapes import Port as Port
from wildgate.apps.houserules.shapes import Remit as Remit
from wildgate.apps.houserules.shapes import Retention as Retention
from wildgate.apps.houserules.shapes import ServiceTime as ServiceTime
from wildgate.apps.houserules.shapes import Stand as Stand
from wildgate.apps.houserules.shapes import Switch as Switch
from wildgate.apps.houserules.shapes import Tariff as Tariff
from wildgate.apps.houserules.shapes import TextKey as TextKey
from wildgate.apps.houserules.shapes import Use as Use
from wildgate.apps.houserules.shapes import Value as Value
from wildgate.apps.houserules.shapes import Week as Week
from wildgate.apps.houserules.working_days import LONGEST_WEEKEND
from wildgate.convention import tables
from wildgate.convention.fields import Reader, shown
from wildgate.convention.overlay import Overlay, load_overlay, shipped_overlays
from wildgate.convention.refusal import Refusal
from wildgate.convention.unconfirmed import unknown_ids
from wildgate.convention.vocabulary import Direction, DocumentKind

LONGEST_OVERLAY = 500_000


def _holiday(r: Reader) -> Any:
    return {"day": r.day("day", required=True), "names": reading.texts(r, "names", most=80)}


def _week(r: Reader) -> Any:
    found = reading.many(r, "weekend", lambda text: int(text) if text in set("0123456") else None,
                         gettext_noop("%(text)s is not a day of the week."))
    if len(found) > LONGEST_WEEKEND:
        r.no("weekend-too-long", "A week has at most %(most)s free days.", "weekend", most=LONGEST_WEEKEND)
    return {"weekend": tuple(sorted(found))}


def _service_time(r: Reader) -> Any:
    return {"days": reading.whole(r, "days", 0, 250), "direction": reading.choice(r, "direction", Direction),
            "document": reading.choice(r, "document", DocumentKind), "group": reading.group(r, "group"),
            "perishable": r.flag("perishable")}


def _opinion_time(r: Reader) -> Any:
    return {"days": reading.whole(r, "days", 1, 250), "group": reading.group(r, "group"),
            "perishable": r.flag("perishable")}


def _tariff(r: Reader) -> Any:
    currency = reading.currency(r, "currency")
    raw = r.data.get("extras") or {}
    part = Reader(raw if isinstance(raw, Mapping) else {}, "extras.", r.refusals)
    part.known([each.value for each in Extra], "the extras of a tariff")
    extras = {each.value: reading.money(part, each.value, currency) for each in Extra if raw and raw.get(each.value)}
    return {"currency": currency, "base": reading.money(r, "base", currency),
            "per_line": reading.money(r, "per_line", currency, missing=Decimal(0)),
            "lines_included": reading.whole(r, "lines_included", 0, 10_000, missing=0),
            "extras": {name: str(amount) for name, amount in extras.items()},
            "document": reading.choice(r, "document", DocumentKind)}


def _port(r: Reader) -> Any:
    return {"name": r.text("name", most=60, required=True), "use": reading.choice(r, "use", Use, required=True),
            "live": r.flag("live"), "groups": reading.groups(r, "groups"),
            "codes": reading.many(r, "codes", _place_code, gettext_noop("%(text)s is no code of a place."))}


def _place_code(text: str) -> str | None:
    return text.upper() if re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9-]{1,19}", text) else None


def _partner_form(r: Reader) -> Any:
    return {"country": reading.country(r, "country"), "form": reading.choice(r, "form", Form, required=True)}


def _remit(r: Reader) -> Any:
    return {"authority": reading.whole(r, "authority", 1, 10**12), "groups": reading.groups(r, "groups"),
            "terms": reading.many(r, "terms", _term, gettext_noop("%(text)s is not a current term code.")),
            "part": r.text("part", most=40) or ""}


def _term(text: str) -> str | None:
    term = tables.term(text.upper())
    return term.code if term is not None and term.current else None


def _condition(r: Reader) -> Any:
    return {"name": r.text("name", most=80, required=True), "texts": reading.texts(r, "texts", most=500),
            "taxa": reading.taxa(r, "taxa"), "groups": reading.groups(r, "groups"),
            "direction": reading.choice(r, "direction", Direction)}


def _text(r: Reader) -> Any:
    return {"name": reading.choice(r, "name", TextKey, required=True), "texts": reading.texts(r, "texts", most=2000)}


def _overlay(r: Reader) -> Any:
    """A file is read as the installation would read it; without one the name must be a shipped overlay's."""
    name, text = r.text("name", most=160, required=True), str(r.data.get("text") or "")
    switch = reading.choice(r, "switch", Switch, required=True)
    if text:
        found = load_overlay(text)
        if not isinstance(found, Overlay):
            where, why = found[0].field or "", found[0].reason
            r.no("overlay-wrong", "The file cannot be used: %(why)s", "text",
                 why=why if where in why else f"{where}: {why}")
    elif name and switch == Switch.ON and name not in shipped_overlays():
        r.no("overlay-unknown", "%(name)s is not an overlay that comes with the program: choose its file.", "name",
             shipped_overlays(), name=shown(name))
    return {"name": name, "switch": switch, "text": text}


def _fact(r: Reader) -> Any:
    fact = r.text("fact", required=True)
    for fault in unknown_ids([fact] if fact else []):
        r.no(fault.code, fault.template, "fact", fault.suggestions, **fault.values)
    return {"fact": fact, "stand": reading.choice(r, "stand", Stand, required=True)}


def _national(r: Reader) -> Any:
    currency = reading.currency(r, "currency")
    return {"currency": currency, "fee": reading.money(r, "fee", currency), "days": reading.whole(r, "days", 1, 3_660)}


def _act_level(r: Reader) -> Any:
    act = r.text("act", required=True)
    if act and act not in ACTS:
        r.no("act-unknown", "%(text)s is not an act that takes a signature.", "act", sorted(ACTS), text=shown(act))
    return {"act": act, "level": reading.whole(r, "level", int(Level.PASSWORD), int(Level.HARDWARE))}


def _retention(r: Reader) -> Any:
    """0 years is for ever; else no fewer than the floor of that class, which no house goes below."""
    record = reading.choice(r, "record", retained.Record, required=True)
    years = reading.whole(r, "years", retained.NEVER, retained.MOST)
    if record and years and years < retained.RULES[record].least:
        r.no("below-the-floor", "These records are kept for %(least)s years at least; 0 keeps them for ever.", "years",
             least=retained.RULES[record].least)
    return {"record": record, "years": years}


KINDS: dict[str, tuple[type[Any], Any]] = {
    each.KIND: (each, read) for each, read in (
        (Holiday, _holiday), (Week, _week), (ServiceTime, _service_time), (OpinionTime, _opinion_time),
        (Tariff, _tariff), (Port, _port),
        (PartnerForm, _partner_form), (Remit, _remit), (Condition, _condition), (FreeText, _text),
        (OverlayChoice, _overlay), (Fact, _fact), (ActLevel, _act_level), (National, _national),
        (Retention, _retention))}
LAW = (OverlayChoice.KIND, Fact.KIND)
"""The kinds that change what the law says here: with them, a new edition begins."""


def read(kind: str, given: Mapping[str, Any]) -> Value | tuple[Refusal, ...]:
    """The value of that kind, or everything that is wrong with what was given, each with its field."""
    shape, reader_of = KINDS[kind]
    refusals: list[Refusal] = []
    reader = Reader(given, "", refusals)
    reader.known([each.name for each in fields(shape)], "such an entry")
    found = reader_of(reader)
    return tuple(refusals) if refusals else shape(**found)


def kept(kind: str, stored: Mapping[str, Any]) -> Any:
    """A value out of the database, as it was confirmed: what no table knows any more is still what was said."""
    shape = KINDS[kind][0]
    parts = [each for each in fields(shape) if each.name in stored]
    return shape(**{each.name: spelt(each.type, stored[each.name]) for each in parts})


def as_json(value: Any) -> dict[str, Any]:
    """How a value is stored and named by its digest."""
    return {name: _plain(part) for name, part in asdict(value).items()}


def _plain(part: Any) -> Any:
    if isinstance(part, date | Decimal):
        return str(part)
    if isinstance(part, tuple):
        return list(part)
    return part


def in_language(texts: Mapping[str, str], language: str) -> str:
    """The text in that language; else in English; else in the first that there is."""
    return next((texts[each] for each in (language[:2], *LANGUAGES) if texts.get(each)), "")
