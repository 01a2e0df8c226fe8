"""What this installation can do, by the four areas of eCITES: issue, control, reporting, exchange (W3-1).

Each function names the screen on which it is done. It is on, off by a setting of this installation, or planned: not in
this release. The page prints as a project plan.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Any, Final

from django.conf import settings
from django.urls import NoReverseMatch, Resolver404, resolve, reverse
from django.utils.translation import gettext_lazy as _

from wildgate.apps.partners.models import Partner
from wildgate.message import d22a


class State(Enum):
    """Whether a function can be used here today."""

    ON = "on"
    OFF = "off"
    PLANNED = "planned"


TONES: Final = {State.ON: "ok", State.OFF: "off", State.PLANNED: "info"}
WORDS: Final = {State.ON: _("On"), State.OFF: _("Off"), State.PLANNED: _("Not in this release")}
Rule = Callable[[datetime], bool]
ALWAYS: Final = frozenset({"check", "verify", "parties", "trust-list", "account_login"})
"""Open whatever rooms the navigation shows."""


@dataclass(frozen=True, slots=True)
class Function:
    """One line of the plan. `screen` is the name of an address, or the address itself; `rule` says whether it is on;
    `path`: it is there once this address is."""

    name: Any
    screen: str = ""
    rule: Rule | None = None
    path: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """A function as it stands here."""

    name: Any
    state: State
    url: str

    @property
    def word(self) -> Any:
        return WORDS[self.state]

    @property
    def tone(self) -> str:
        return TONES[self.state]


@dataclass(frozen=True, slots=True)
class Area:
    """One of the four."""

    key: str
    title: Any
    lead: Any
    lines: tuple[Line, ...]

    @property
    def on(self) -> int:
        return sum(line.state is State.ON for line in self.lines)


def _tier(*tiers: str) -> Rule:
    """Some partner has agreed on this."""
    return lambda at: Partner.objects.filter(party=settings.PARTY, tier__in=tiers, suspended_at=None).exists()


FUNCTIONS: Final[tuple[tuple[str, Any, Any, tuple[Function, ...]], ...]] = (
    ("issue", _("Issue"), _("From the question to the permit in the holder's hands."), (
        Function(_("Answer what a consignment needs, for anyone"), "check"),
        Function(_("Apply online, by hand or from a table"), "trader"),
        Function(_("Work cases, countersign, issue"), "cases"),
        Function(_("Opinions of the Scientific Authorities"), "science"),
        Function(_("Standing findings"), "standing-findings"),
        Function(_("Quotas and suspensions"), "quotas"),
        Function(_("Registers of breeders, nurseries and institutions"), "registers"),
        Function(_("Stock of the holders"), "stock"),
        Function(_("Specimens with marks required for live animals"), "specimens",
                 lambda at: settings.SPECIMENS == "required"),
        Function(_("Simplified procedures with master files"), "masters"),
        Function(_("Fees"), "fees"),
        Function(_("Security paper and print offices"), "paper"),
        Function(_("Dated rules of the house, changed by two people"), "house"),
        Function(_("Time stamps on signed documents"), "trust-list", lambda at: bool(settings.TSA_URL)),
        Function(_("Sign in with the national identity"), "account_login", lambda at: bool(settings.OIDC_ISSUER)),
    )),
    ("control", _("Control"), _("From the border post to the courtroom."), (
        Function(_("Check a permit, for anyone, also without a signal"), "verify"),
        Function(_("Endorse at the border, with actual quantities"), "border"),
        Function(_("Endorse without a signal, on a device"), "devices"),
        Function(_("Customs declarations and single windows"), "declarations"),
        Function(_("Quantities set aside and written off"), "reservations"),
        Function(_("Carriers check parcels before they fly"), "carriers"),
        Function(_("Risk control with random checks"), "risk"),
        Function(_("Inspections with results"), "inspections"),
        Function(_("Seizures and what became of them"), "seizures"),
        Function(_("Identification by experts"), "cards"),
        Function(_("One permit used twice: found and followed up"), "double-uses"),
        Function(_("Watching online markets"), "market"),
        Function(_("Tips from anybody, without a name"), "tip"),
        Function(_("Intelligence between services"), "intelligence"),
    )),
    ("reporting", _("Reporting"), _("From the record of events to the Secretariat."), (
        Function(_("Annual report in the layout of the guidelines"), "reports"),
        Function(_("Annual report on illegal trade"), "illegal-report"),
        Function(_("Portal of wildlife trade on the Internet"), "portal"),
        Function(_("Figures of the service"), "figures"),
        Function(_("Exports against the Scientific Authority's advice"), "figures-advice"),
        Function(_("Who must tell whom, and by when"), "duties"),
        Function(_("Audit: every event in a chain that shows a change"), "audit"),
        Function(_("Internal control and control samples"), "controls"),
        Function(_("Implementation report")),
    )),
    ("exchange", _("Exchange"), _("With the authorities of other Parties."), (
        Function(_("Registry of Parties and their e-permits"), "parties"),
        Function(_("Signed list of our keys"), "trust-list"),
        Function(_("Questions between authorities, by mail and link"), "confirmations"),
        Function(_("Agreements with Parties, right by right"), "partners"),
        Function(_("Tier 1: named accounts for officers of other Parties"), "partners",
                 _tier("account", "file", "live")),
        Function(_("Tier 2: signed files"), "partners", _tier("file", "live")),
        Function(_("Tier 3: live service"), "partners", _tier("live")),
        Function(_("The four operations of EPIX 2016-17, reconstructed"), "/epix/v2?wsdl", path="/epix/v2"),
        Function(_("Permits and status changes pushed to partners"), "exchange", path="/api/v1/exchange/messages"),
        Function(_("Hub: passes messages on between other Parties"), "/help/hub/", lambda at: bool(settings.HUB)),
    )),
)


PROFILES: Final = {
    "v1": _("CBFShip of 2010: it carries less than the permit says"),
    "v2": _("CITESEPermit of 2013, on a reconstructed schema: boxes 1 to 15 both ways"),
    "d22a-draft": _("Provisional, not the published schema; off unless it is switched on"),
    "wco-3.11": _("The first elements of the WCO view of toolkit 3: no more of it is published"),
}
EXTENT: Final = {d22a.COMPLETE: (_("Complete"), "ok"), d22a.PARTIAL: (_("Partial"), "hold"),
                 d22a.READING: (_("Reading only"), "off")}


def profiles() -> list[tuple[str, Any, str, Any]]:
    """What of each form of the message is written and read: name, extent in words, its tone, what is to be known."""
    return [(each["profile"], *EXTENT[each["capability"]], PROFILES.get(each["profile"], each["note"]))
            for each in d22a.capabilities()]


def areas(at: datetime, opens: Callable[[str], bool] = lambda url: True) -> Iterator[Area]:
    """The four areas as they stand at that moment, with links to what the reader may open."""
    for key, title, lead, functions in FUNCTIONS:
        yield Area(key, title, lead, tuple(_line(each, at, opens) for each in functions))


def _line(function: Function, at: datetime, opens: Callable[[str], bool]) -> Line:
    state, url = _stands(function, at)
    return Line(function.name, state, url if url and opens(url) else "")


def _stands(function: Function, at: datetime) -> tuple[State, str]:
    url = _url(function.screen)
    if not url or (function.path and not _is_there(function.path)):
        return State.PLANNED, ""
    if settings.ROOMS and function.screen not in settings.ROOMS | ALWAYS:
        return State.OFF, url
    return (State.ON if function.rule is None or function.rule(at) else State.OFF), url


def _url(screen: str) -> str:
    if screen.startswith("/"):
        return screen
    try:
        return reverse(screen) if screen else ""
    except NoReverseMatch:
        return ""


def _is_there(path: str) -> bool:
    try:
        resolve(path)
    except Resolver404:
        return False
    return True
