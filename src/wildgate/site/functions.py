"""The four parts of electronic permitting, function by function: what this installation has on, off, or not at all.

A self-assessment that nobody fills in: each state is read from the settings and the tables. Printed as a project plan
it has columns for who does it and by when. The four parts are those in which the Secretariat speaks of eCITES:
application and issue, control, reporting, exchange.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import Enum
from typing import Any, Final

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import resolve, reverse
from django.utils.translation import gettext_lazy as _

from wildgate.apps.accounts.access import Action, can
from wildgate.apps.accounts.gate import Request, role
from wildgate.apps.accounts.models import Authority
from wildgate.apps.gateway.models import Program
from wildgate.apps.houserules.kinds import Tariff
from wildgate.apps.houserules.selectors import values
from wildgate.apps.intelligence.models import Contributor
from wildgate.apps.letters.models import Webhook
from wildgate.apps.partners.models import Partner
from wildgate.apps.quotas.models import Quota
from wildgate.apps.simplified.models import MasterFile
from wildgate.site import profiles
from wildgate.site.context import OF_A_HUB, WAYS


class State(Enum):
    """Where a function stands here."""

    ON = "on"
    OFF = "off"
    PLANNED = "planned"

    @property
    def word(self) -> Any:
        return {State.ON: _("on"), State.OFF: _("off"), State.PLANNED: _("not in this release")}[self]

    @property
    def tone(self) -> str:
        return {State.ON: "ok", State.OFF: "hold", State.PLANNED: "off"}[self]


Asked = Callable[[Request], bool]


@dataclass(frozen=True, slots=True)
class Function:
    """One thing that an installation can do. `page` names its screen; without one it is not in this release.

    `on` answers whether it is in use here; None: it works as soon as the program runs. `how` says how it is begun.
    """

    name: Any
    page: str = ""
    on: Asked | None = None
    how: Any = ""


@dataclass(frozen=True, slots=True)
class Row:
    """A function as the page shows it; `opens`: whoever reads it may open its screen."""

    name: Any
    url: str
    opens: bool
    state: State
    how: Any


def _authority(kind: str) -> Asked:
    return lambda request: Authority.objects.filter(party=settings.PARTY, kind=kind).exists()


def _program(kind: str) -> Asked:
    return lambda request: Program.objects.filter(party=settings.PARTY, role=kind, ended_at=None).exists()


def _partner(*tiers: str) -> Asked:
    return lambda request: Partner.objects.filter(party=settings.PARTY, tier__in=tiers, suspended_at=None).exists()


def _contributors(request: Request) -> bool:
    return Contributor.objects.filter(party=settings.PARTY, confirmed_at__isnull=False, ended_at=None,
                                      valid_until__gte=request.at.date()).exists()


def _tariff(request: Request) -> bool:
    return bool(values(settings.PARTY, Tariff, on=request.at.date()))


def _quotas(request: Request) -> bool:
    return Quota.objects.filter(party=settings.PARTY).exists()


def _masters(request: Request) -> bool:
    return MasterFile.objects.filter(party=settings.PARTY, until__gte=request.at.date()).exists()


def _hooks(request: Request) -> bool:
    return Webhook.objects.filter(party=settings.PARTY).exists()


ELEMENTS: Final[tuple[tuple[str, Any, tuple[Function, ...]], ...]] = (
    ("issue", _("Issue"), (
        Function(_("Anyone asks which papers a trade needs"), "check"),
        Function(_("Traders apply on line"), "trader", _authority("management"), _("Set up the Management Authority.")),
        Function(_("Cases: findings, two pairs of eyes, issue with a seal"), "cases", _authority("management"),
                 _("Set up the Management Authority.")),
        Function(_("Opinions of the Scientific Authority"), "science", _authority("scientific"),
                 _("Set up the Scientific Authority.")),
        Function(_("Quotas as ledgers"), "quotas", _quotas, _("Set or import this year's quotas.")),
        Function(_("Stock and what is re-exported from it"), "stock-declarations"),
        Function(_("Registers of operations, nurseries and institutions"), "registers"),
        Function(_("Fees and payment"), "fees", _tariff, _("Propose a tariff; a second person confirms it.")),
        Function(_("Certificates signed beforehand, for frequent shipments"), "masters", _masters,
                 _("Approve a first master file.")),
        Function(_("Permits under national law"), "national"),
        Function(_("Security paper, counted sheet by sheet"), "paper"),
        Function(_("Sign-in through the State's identity provider"), "people",
                 lambda request: bool(settings.OIDC_ISSUER), _("Set WILDGATE_OIDC_ISSUER and what goes with it.")),
    )),
    ("control", _("Control"), (
        Function(_("Anyone verifies a permit, without a signal too"), "verify"),
        Function(_("Customs endorse what really passes"), "border", _authority("customs"),
                 _("Set up customs and their posts.")),
        Function(_("Phones at posts without a network"), "devices", _authority("customs"),
                 _("Set up customs and their posts.")),
        Function(_("Declarations from customs' system or a single window"), "declarations", _program("customs-system"),
                 _("Give a key to the customs system.")),
        Function(_("Carriers check parcels before they fly"), "carriers", _program("carrier"),
                 _("Give a key to a carrier.")),
        Function(_("Lanes by risk, with a share drawn at random"), "risk", _authority("customs"),
                 _("Set up customs and their posts.")),
        Function(_("Inspections, seizures and custody"), "inspections"),
        Function(_("Permits that are used twice"), "double-uses"),
        Function(_("Tips from anyone"), "tip"),
        Function(_("Online listings as evidence"), "market"),
        Function(_("Intelligence among authorities"), "intelligence", _contributors,
                 _("Let the first contributors in; two people do.")),
        Function(_("Crawling of platforms")),
        Function(_("A gateway into the channels of INTERPOL and the World Customs Organization")),
    )),
    ("reporting", _("Reporting"), (
        Function(_("Annual report, from endorsed quantities"), "reports"),
        Function(_("Illegal trade report"), "illegal-report"),
        Function(_("Numbers for the implementation report"), "figures-implementation"),
        Function(_("Public statistics as open data"), "statistics"),
        Function(_("World trade records"), "trade"),
        Function(_("Signals and differences in trade records"), "trade-signals"),
        Function(_("The audit trail, and exports that prove themselves"), "audit"),
        Function(_("What works against illegal trade on line, published"), "portal"),
        Function(_("Reports sent into the Secretariat's own database")),
    )),
    ("exchange", _("Exchange"), (
        Function(_("Named accounts for authorities of other Parties"), "partners", _partner("account", "file", "live"),
                 _("Write a partner down; two people agree what it may ask.")),
        Function(_("Permits as signed files"), "exchange", _partner("file", "live"),
                 _("Agree on signed files with a partner.")),
        Function(_("Permits by a live service, both ways"), "exchange", _partner("live"),
                 _("Agree on a live service with a partner, and try it.")),
        Function(_("Authorities ask each other to confirm"), "confirmations"),
        Function(_("Quantities that differ at both ends"), "exchange-differences", _partner("file", "live"),
                 _("Agree on signed files with a partner.")),
        Function(_("Machine notices of what changed"), "webhooks", _hooks, _("Add an address that gets them.")),
        Function(_("This installation as a hub for others"), "hub", lambda request: bool(settings.HUB),
                 _("Set WILDGATE_HUB=yes.")),
        Function(_("The Secretariat's exchange as it will be published")),
    )),
)  # fmt: skip
"""The four parts in their order, each with its functions."""
IN_MENUS: Final = frozenset(name for name, _label, _action in WAYS)


def rows(functions: tuple[Function, ...], request: Request) -> Iterator[Row]:
    """The functions with where they stand, for the Party of this installation."""
    for each in functions:
        state, closed = state_of(each, request), bool(each.page) and not profiles.shows(each.page)
        absent = each.page in OF_A_HUB and not settings.HUB
        how = _("Set WILDGATE_PROFILE=full.") if closed else each.how if state is State.OFF else ""
        url = reverse(each.page) if each.page and not closed else ""
        yield Row(each.name, url, bool(url) and not absent and _may_open(url, request), state, how)


def _may_open(url: str, request: Request) -> bool:
    """By the rule that the screen itself asks; one without an action is for everybody."""
    rule = getattr(resolve(url).func, "access_rule", None)
    return can(request.actor, rule).allowed if isinstance(rule, Action) else True


def state_of(function: Function, request: Request) -> State:
    """A function whose page the operator left out, or that the profile closes, is off, whatever else is set up."""
    if not function.page:
        return State.PLANNED
    hidden = settings.ROOMS and function.page in IN_MENUS and function.page not in settings.ROOMS
    if hidden or not profiles.shows(function.page) or (function.on is not None and not function.on(request)):
        return State.OFF
    return State.ON


@role(Action.VIEW_HOUSE)
def functions(request: Request) -> HttpResponse:
    """What is on, off and not in this release; with `?plan=1`, a plan to print and to fill in by hand."""
    elements = [(key, name, list(rows(some, request))) for key, name, some in ELEMENTS]
    return render(request, "help/functions.html", {
        "elements": elements, "plan": request.GET.get("plan") == "1", "day": request.at.date(),
        "on": sum(row.state is State.ON for _key, _name, found in elements for row in found),
        "off": sum(row.state is State.OFF for _key, _name, found in elements for row in found)})
