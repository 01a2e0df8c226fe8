"""What stands around an answer: which records are loaded, and for officials how far our own events have come."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from django.utils.translation import gettext as _

from wildgate.apps.accounts.access import Action, Actor, can
from wildgate.apps.explorer import services
from wildgate.apps.explorer.models import OwnRefresh
from wildgate.apps.explorer.telling import span
from wildgate.worldtrade import questions
from wildgate.worldtrade.questions import Question
from wildgate.worldtrade.store import store_at

MOST_RECORDED: Final = 12
MOST_YEARS: Final = 12


def kind_name(kind: str) -> str:
    """A set of records as readers call it."""
    return {"shipments": _("shipment records of the CITES Trade Database"),
            "tabulation": _("a comparative tabulation of the CITES Trade Database"),
            "own": _("this system's own records")}.get(kind, kind)


def overview(*, official: bool) -> dict[str, Any]:
    """What is loaded, and the species with most records; how many events of our own there are is not public."""
    store = store_at(services.folder())
    sets = [each for each in store.sets() if official or each.kind != "own"]
    return {"sets": [(each, kind_name(each.kind), span(each.first_year, each.last_year)) for each in sets],
            "recorded": _recorded(services.folder(), store.stamp())}


@lru_cache(maxsize=4)
def _recorded(folder: Path, _stamp: str) -> tuple[str, ...]:
    """The species with most records in what the public may see in full."""
    if not store_at(folder).sets():
        return ()
    return tuple(name for (name,) in store_at(folder).query(
        "SELECT taxon FROM summed WHERE kind <> 'own' AND taxon LIKE '% %' AND taxon NOT LIKE '%spp.' GROUP BY taxon "
        "ORDER BY SUM(many) DESC, taxon LIMIT $most", {"most": MOST_RECORDED}))


def own_rows(actor: Actor) -> dict[str, Any]:
    """Our own events beside what the Trade Database has of us, year by year; when the store was last brought up to
    date."""
    store = store_at(services.folder())
    return {"refreshed": OwnRefresh.objects.filter(party=actor.party).first(),
            "may_refresh": bool(can(actor, Action.REFRESH_TRADE)), "next_night": services.HOUR,
            "beside": _beside(services.folder(), store.stamp(), actor.party)}


@lru_cache(maxsize=4)
def _beside(folder: Path, _stamp: str, party: str) -> tuple[tuple[int, int, int], ...]:
    """(year, own rows, rows of the Trade Database that we reported), the newest years first."""
    store = store_at(folder)
    found: dict[int, list[int]] = {}
    for place, kind in enumerate(("own", "shipments")):
        for mine in (Question(kind=kind, exporter=party, reporter="E"),
                     Question(kind=kind, importer=party, reporter="I")):
            for each in questions.years(store, mine):
                found.setdefault(each.year, [0, 0])[place] += each.rows
    return tuple((year, own, published) for year, (own, published) in sorted(found.items(), reverse=True))[:MOST_YEARS]
