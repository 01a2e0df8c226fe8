"""Signals in the reader's language: sentences with countries, terms and numbers as people write them."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from wildgate.apps.permits.wording import country_name, source_name, term_name, unit_name
from wildgate.apps.signals.models import Gap, Signal
from wildgate.convention import tables
from wildgate.kit.charts.words import written
from wildgate.worldtrade.signals import BASIS, GROUNDS, SENTENCES, UNKNOWN, VALUES, Kind

COUNTRIES: Final = frozenset({"exporter", "importer", "origin"})
AS_THEY_ARE: Final = frozenset({"taxon", "year", "first", "since", "day"})
TONES: Final[Mapping[str, str]] = {
    Signal.State.NEW: "hold", Signal.State.ASKED: "info", Signal.State.WATCH: "info", Signal.State.LOOKED: "ok",
    Signal.State.DISMISSED: "off"}
GAP_TONES: Final[Mapping[str, str]] = {
    Gap.State.OPEN: "hold", Gap.State.ASKED: "info", Gap.State.EXPLAINED: "ok", Gap.State.CORRECTED: "ok"}
SIDES: Final[Mapping[str, Any]] = {"the exporter": _("the exporter"), "importers": _("importers")}
CAUSES: Final[Mapping[str, Any]] = {
    "permit": _("a permit of now"), "unit": _("another unit"), "term": _("another term"), "taxon": _("another name"),
    "origin": _("another origin"), "re-export": _("origin of a re-export"), "source": _("another source"),
    "year": _("the year before or after"), "split": _("split differently"), "rounding": _("rounded"),
    "source-conflict": _("sources contradict each other"), "no-report": _("one side sent no report"),
    "amount": _("another amount"), "exporter-only": _("the exporter only"), "importer-only": _("the importer only")}
KIND_SAYS: Final[Mapping[str, Any]] = {
    "rise": _("A year far above what the years before let one expect."),
    "shift": _("Bred or ranched codes take the place of wild ones."),
    "captive": _("More bred specimens than known parents can have raised, or too soon."),
    "route": _("A way between countries that was never taken before."),
    "quota": _("A quota more than used up, or nearly so early in its year."),
    "gap": _("Importers report much more than the exporter."),
}


def sentence(row: Signal) -> str:
    """The plain sentence of a signal."""
    return filled(SENTENCES.get(row.code, ""), row.words)


def ground(row: Signal) -> str:
    """On what statistics it rests."""
    return filled(GROUNDS.get(row.ground, ""), row.words)


def basis(row: Signal) -> str:
    return gettext(BASIS[Kind(row.kind)])


def unknown(row: Signal) -> list[str]:
    """What the search does not know of it."""
    return [gettext(UNKNOWN[code]) for code in row.unknown if code in UNKNOWN]


def filled(template: str, words: Mapping[str, str]) -> str:
    """A sentence of the engine with its values named; empty where a later program kept other values."""
    if not template:
        return ""
    try:
        return gettext(template) % {name: named(name, value) for name, value in words.items()}
    except KeyError:
        return ""


def named(name: str, value: str) -> str:
    """One value as people say it."""
    if name in COUNTRIES:
        return country(value)
    if name == "term":
        return ", ".join(term_name(code) if tables.term(code) else code for code in value.split(",")) or "–"
    if name == "unit":
        return unit(value)
    if name == "source":
        return source(value)
    if name == "side":
        return str(SIDES.get(value, value))
    if name in AS_THEY_ARE:
        return value
    try:
        return written(Decimal(value))
    except InvalidOperation:
        return value


def country(code: str) -> str:
    return country_name(code) if tables.country(code) else code


def unit(code: str) -> str:
    """A unit by its name; specimens where things are counted."""
    if code in ("", "NAR"):
        return gettext("specimens")
    return unit_name(code) if tables.unit(code) else code


def source(code: str) -> str:
    return f"{code} ({source_name(code)})" if len(code) == 1 and code.isalpha() else code


def cause(code: str) -> str:
    """Why two reports differ, in short."""
    return str(CAUSES.get(code, code))


def term(code: str) -> str:
    return named("term", code)


def value_rows(own: Mapping[str, float]) -> list[dict[str, Any]]:
    """Every value of the search, for its page: what holds, what comes with the program, and why."""
    kinds = dict(Signal.Kind.choices)
    return [{"name": each.name, "kind": kinds[each.kind.value] if each.kind else gettext("All kinds"),
             "meaning": gettext(each.meaning), "why": gettext(each.why),
             "unit": gettext(each.unit) if each.unit else "",
             "value": f"{own.get(each.name, each.default):g}", "default": f"{each.default:g}",
             "own": each.name in own} for each in VALUES.values()]
