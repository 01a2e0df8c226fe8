"""The page of one declaration: is it real, is it still usable here, does it fit, what to look at."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from wildgate.apps.accounts.access import Action, Actor, can
from wildgate.apps.declarations import claims, notice, selectors
from wildgate.apps.declarations.beside import Beside, beside, worded
from wildgate.apps.declarations.findings import Finding, from_json
from wildgate.apps.declarations.models import Declaration, Version
from wildgate.apps.declarations.services.lodging import trader_of
from wildgate.targeting.consignment import Consignment, Item

USABLE = frozenset({"state", "validity", "use", "procedure", "number"})
"""Boxes that tell whether the paper may be used at all."""
SPENT = frozenset({"quantity-over", "used-up", "exhausted"})


@dataclass(slots=True)
class Shown:
    """One item with its papers and what was found on it."""

    item: Item
    papers: list[Beside]
    looks: list[tuple[str, str]] = field(default_factory=list)


def of(row: Declaration, actor: Actor, at: datetime) -> dict[str, Any]:
    """Everything that the page shows."""
    version = selectors.newest(row)
    said = selectors.said_in(version, row)
    found = [from_json(each) for each in version.findings]
    items = _items(version, said, found, at)
    trader = trader_of(said)
    hours = notice.hours_for(said, row.lodged_at.date())
    return {
        "declaration": row, "said": said, "version": version, "items": items,
        "real": [_real(each) for shown in items for each in shown.papers],
        "seen": any(each.paper for shown in items for each in shown.papers),
        "usable": [worded(each) for each in found if each.permit and (each.where in USABLE or each.code in SPENT)],
        "whole": [worded(each) for each in found if not each.item],
        "kept": selectors.messages(actor, row), "hours": hours,
        "shares": [(_("This trader"), claims.of_trader(row.party, trader, at))] + [
            (item.hs[:6], claims.of_code(row.party, item.hs, at)) for item in said.items[:5]],
        "claimed": any(item.claims for item in said.items),
        "may_endorse": can(actor, Action.ENDORSE), "may_see_lane": can(actor, Action.VIEW_LANES)}


def _items(version: Version, said: Consignment, found: list[Finding], at: datetime) -> list[Shown]:
    rows = {row.number: row for row in version.items.prefetch_related(
        "permits__home__lines", "permits__home__status", "permits__foreign__lines")}
    out = []
    for item in said.items:
        mine = [each for each in found if each.item == item.number]
        cited = [beside(item, said, each, mine, at=at) for each in rows[item.number].permits.all()]
        out.append(Shown(item, cited, [worded(each) for each in mine if not each.permit]))
    return out


def _real(each: Beside) -> tuple[str, str]:
    """Is the paper real? Ours stands in the register or not; another's was seen here or not."""
    if each.paper is None:
        words = _("%(number)s: several papers may be meant (%(papers)s).") if each.candidates else _(
            "%(number)s: not found here.")
        tone = "hold" if each.candidates or not each.ours else "no"
        return tone, words % {"number": each.said, "papers": ", ".join(each.candidates)}
    if each.paper.home is not None:
        return "ok", _("%(number)s stands in our register.") % {"number": each.paper.home.number}
    return "ok", _("%(number)s of %(country)s was seen and registered here.") % {
        "number": each.facts.number if each.facts else each.said, "country": each.facts.country if each.facts else ""}
