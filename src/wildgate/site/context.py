"""What every page shows around its content: the Party, the law's date, the ways to go."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import get_script_prefix, reverse
from django.utils.functional import SimpleLazyObject
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from wildgate.apps.accounts.access import Action, Actor, can
from wildgate.apps.letters.selectors import unread
from wildgate.convention import tables
from wildgate.convention.listing import law
from wildgate.site import profiles


@dataclass(frozen=True, slots=True)
class Way:
    """One entry of the main navigation."""

    label: Any
    url: str
    current: bool


@dataclass(frozen=True, slots=True)
class Menu:
    """Entries that share one button of the main navigation; without a `label` they stand in the bar themselves."""

    label: Any
    ways: tuple[Way, ...]

    @property
    def current(self) -> bool:
        return any(way.current for way in self.ways)


WAYS: tuple[tuple[str, Any, Action | None], ...] = (
    ("trader", _("My applications"), Action.APPLY),
    ("stock", _("My stock"), Action.HOLD_STOCK),
    ("cases", _("Cases"), Action.VIEW_CASES),
    ("stock-declarations", _("Stock"), Action.RELEASE_STOCK),
    ("science", _("Opinions"), Action.VIEW_SCIENCE),
    ("standing-findings", _("Findings"), Action.VIEW_STANDING),
    ("border", _("Border"), Action.ENDORSE),
    ("reservations", _("Set aside"), Action.WRITE_OFF),
    ("procedures", _("Procedures"), Action.KEEP_PROCEDURES),
    ("declarations", _("Declarations"), Action.VIEW_DECLARATIONS),
    ("inspections", _("Inspections"), Action.VIEW_INSPECTIONS),
    ("identifications", _("What is this?"), Action.ANSWER_IDENTIFICATION),
    ("cards", _("Identification cards"), Action.ANSWER_IDENTIFICATION),
    ("agency-requests", _("Requests of customs"), Action.ANSWER_AGENCY_REQUEST),
    ("risk", _("Risk"), Action.VIEW_LANES),
    ("risk-lists", _("Watch list"), Action.KEEP_WATCH_LISTS),
    ("imports-log", _("Imports"), Action.VIEW_DUTIES),
    ("duties", _("Who tells whom"), Action.VIEW_DUTIES),
    ("privacy-desk", _("Data protection"), Action.VIEW_PRIVACY),
    ("privacy", _("What is held about you"), Action.SIGNED_IN),
    ("permits", _("Permits"), Action.VIEW_PERMITS),
    ("certificates", _("My certificates"), Action.USE_MASTER),
    ("masters", _("Master files"), Action.VIEW_MASTERS),
    ("double-uses", _("Double use"), Action.CLOSE_DOUBLE_USE),
    ("devices", _("Devices"), Action.REVOKE_DEVICE),
    ("printing", _("Printing"), Action.CONFIRM_SPOILT),
    ("paper", _("Paper"), Action.VIEW_PAPER),
    ("species", _("Species"), Action.CHECK_NAMES),
    ("goods", _("Customs codes"), Action.VIEW_GOODS),
    ("quotas", _("Quotas"), Action.VIEW_QUOTAS),
    ("registers", _("Registers"), Action.VIEW_REGISTERS),
    ("confirmations", _("Authorities' questions"), Action.VIEW_CONFIRMATIONS),
    ("exchange", _("Exchange"), Action.VIEW_EXCHANGE),
    ("exchange-differences", _("Different quantities"), Action.VIEW_DIFFERENCES),
    ("exchange-copies", _("Permits of other Parties"), Action.FETCH_FOREIGN),
    ("exchange-lookup", _("Look a permit up"), Action.QUERY_AS_PARTNER),
    ("hub", _("Hub"), Action.VIEW_EXCHANGE),
    ("hub-look-up", _("Permits through the hub"), Action.QUERY_AS_PARTNER),
    ("specimens", _("My specimens"), Action.KEEP_SPECIMENS),
    ("fees", _("Fees"), Action.VIEW_FEES),
    ("house", _("Rules"), Action.VIEW_HOUSE),
    ("reports", _("Reports"), Action.VIEW_REPORTS),
    ("illegal-report", _("Illegal trade report"), Action.VIEW_REPORTS),
    ("carriers", _("Parcels"), Action.VIEW_PARCELS),
    ("carrier-leads", _("Leads from carriers"), Action.VIEW_LEADS),
    ("figures", _("Service"), Action.VIEW_FIGURES),
    ("figures-advice", _("Monitoring"), Action.VIEW_MONITORING),
    ("samples", _("Samples"), Action.VIEW_SAMPLES),
    ("controls", _("Controls"), Action.VIEW_CONTROLS),
    ("training", _("Training"), Action.TRAIN),
    ("audit", _("Audit"), Action.VIEW_AUDIT),
    ("programs", _("Programs"), Action.VIEW_PROGRAMS),
    ("partners", _("Other Parties"), Action.VIEW_PARTNERS),
    ("partner-desk", _("Your agreement"), Action.QUERY_AS_PARTNER),
    ("webhooks", _("Machine notices"), Action.KEEP_WEBHOOKS),
    ("undone", _("Not done"), Action.VIEW_UNDONE),
    ("operations", _("Operations"), Action.VIEW_UNDONE),
    ("functions", _("Functions"), Action.VIEW_HOUSE),
    ("organisations", _("Organisations"), Action.VIEW_ORGANISATIONS),
    ("first-run", _("First steps"), Action.VIEW_PEOPLE),
    ("people", _("People"), Action.VIEW_PEOPLE),
    ("authorities", _("Authorities"), Action.KEEP_AUTHORITIES),
    ("interests-all", _("Conflicts of interest"), Action.VIEW_INTERESTS),
    ("emergencies", _("Emergency rights"), Action.VIEW_EMERGENCIES),
    ("firm", _("My organisation"), Action.VIEW_MANDATES),
    ("interests", _("My interests"), Action.DECLARE_INTEREST),
    ("emergency", _("Emergency right"), Action.OPEN_EMERGENCY),
    ("tip-desk", _("Tips"), Action.VIEW_TIPS),
    ("tip-boxes", _("Identity boxes"), Action.OPEN_IDENTITY),
    ("intelligence", _("Intelligence"), Action.ENTER_INTELLIGENCE),
    ("market", _("Online listings"), Action.VIEW_MARKET),
    ("platform-notices", _("Notices to platforms"), Action.VIEW_MARKET),
    ("campaigns", _("Monitoring campaigns"), Action.VIEW_CAMPAIGNS),
    ("platforms", _("Platforms"), Action.VIEW_PLATFORMS),
    ("portal-desk", _("Portal desk"), Action.SUBMIT_TO_PORTAL),
    ("trade-desk", _("Trade data"), Action.VIEW_TRADE),
    ("trade-signals", _("Trade signals"), Action.VIEW_SIGNALS),
    ("trade-gaps", _("Trade differences"), Action.VIEW_GAPS),
    ("trade", _("World trade"), None),
    ("verify", _("Verify a permit"), None),
)
MENUS: tuple[tuple[Any, frozenset[str]], ...] = (
    (_("Permits"), frozenset({"permits", "printing", "paper", "verify", "simplified", "masters", "certificates",
                            "training"})),
    (_("Control"), frozenset({"declarations", "inspections", "risk", "carriers", "carrier-leads", "reservations",
                              "imports-log", "double-uses", "devices"})),
    (_("Reporting"), frozenset({"reports", "illegal-report", "audit", "figures", "figures-advice", "controls",
                                "samples", "trade-desk", "trade", "trade-signals", "trade-gaps"})),
    (_("Exchange"), frozenset({"confirmations", "exchange", "exchange-differences", "exchange-copies", "hub",
                               "hub-look-up", "partners", "webhooks"})),
    (_("Online trade"), frozenset({"market", "platform-notices", "campaigns", "platforms", "portal-desk", "tip-desk",
                                   "tip-boxes", "intelligence"})),
    (_("Records"), frozenset({"stock", "stock-declarations", "standing-findings", "species", "goods", "quotas",
                              "registers", "specimens", "cards", "risk-lists", "duties"})),
    (_("Administration"), frozenset({"house", "fees", "organisations", "people", "authorities", "programs", "undone",
                                     "first-run", "procedures", "operations", "interests-all", "emergencies",
                                     "functions", "privacy-desk"})),
)
"""Which entries fold into one button where a person has many ways to go. The first four are the elements of the eCITES
framework: issue (by the name that traders know), control, reporting, exchange."""
MINE = frozenset({"firm", "interests", "emergency", "privacy"})
"""Entries that stand under the person's own name."""
OF_A_HUB = frozenset({"hub", "hub-look-up"})
"""Entries that only a hub has."""
IN_THE_BAR = 5
"""So many entries stand side by side; with more, those of one menu fold together."""
LABELS = {name: label for name, label, _action in WAYS}
MENU_OF = {name: place for place, (_label, names) in enumerate(MENUS) for name in names}


def shell(request: HttpRequest) -> dict[str, Any]:
    """The `shell` of every template, worked out only when a template asks."""
    return {"shell": SimpleLazyObject(lambda: _shell(request))}


def _shell(request: HttpRequest) -> dict[str, Any]:
    actor: Actor | None = getattr(request, "actor", None)
    country = tables.country(settings.PARTY)
    language = (get_language() or "en")[:2]
    names, here = _open(request, actor) if actor is not None else ((), "")
    return {
        "party": settings.PARTY,
        "party_name": settings.PARTY_NAME or (country.name(language) if country else settings.PARTY),
        "law_date": law().date,
        "bar": _bar(tuple(each for each in names if each not in MINE), here, language, get_script_prefix()),
        "mine": [_way(name, here) for name in names if name in MINE],
        "demo": settings.DEMO,
        "languages": settings.LANGUAGES,
        "actor": actor,
        "online": profiles.shows("portal"),
        "abroad": profiles.shows("parties"),
        "identity": settings.OIDC_NAME if settings.OIDC_ISSUER else "",
        "unread": unread(actor) if actor is not None else 0,
    }


def _ways(request: HttpRequest, actor: Actor) -> list[tuple[str, Way]]:
    """The entries that are open to this person, each with its address."""
    names, here = _open(request, actor)
    return [(name, _way(name, here)) for name in names]


def _open(request: HttpRequest, actor: Actor) -> tuple[tuple[str, ...], str]:
    """The names of the entries open to this person, and which of them the page belongs to. Asked at each request."""
    names = tuple(
        name for name, _label, action in WAYS
        if (not settings.ROOMS or name in settings.ROOMS) and (settings.HUB or name not in OF_A_HUB)
        and profiles.shows(name) and (action is None or (actor.person_id is not None and can(actor, action))))
    prefix = get_script_prefix()
    under = [name for name in names if request.path.startswith(_address(name, prefix))]
    return names, max(under, key=lambda name: len(_address(name, prefix)), default="")


def _way(name: str, here: str) -> Way:
    return Way(LABELS[name], _address(name, get_script_prefix()), name == here)


@lru_cache(maxsize=512)
def _address(name: str, prefix: str) -> str:
    """Where an entry leads: the same for as long as the installation stands at one place."""
    return reverse(name)


@lru_cache(maxsize=512)
def _bar(names: tuple[str, ...], here: str, language: str, prefix: str) -> SafeString:
    """The bar of these entries, written once: who may see which is asked anew each time, only the markup is kept."""
    return render_to_string("components/bar.html", {"nav": _menus([(name, _way(name, here)) for name in names])})


def _menus(ways: list[tuple[str, Way]]) -> list[Menu]:
    """What stands in the bar, in order. An entry that no menu names, and one alone in its menu, stands by itself."""
    if len(ways) <= IN_THE_BAR:
        return [Menu("", tuple(way for _name, way in ways))]
    alone = [Menu("", (way,)) for name, way in ways if name not in MENU_OF]
    folded: dict[int, list[Way]] = {}
    for name, way in ways:
        if name in MENU_OF:
            folded.setdefault(MENU_OF[name], []).append(way)
    return alone + [Menu(MENUS[place][0] if len(folded[place]) > 1 else "", tuple(folded[place]))
                    for place in sorted(folded)]
