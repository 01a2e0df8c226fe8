"""What is read about notices: the list, one notice, the desk of re-checks, and what platforms do after notice."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from wildgate.apps.accounts.access import Action, Actor, can
from wildgate.apps.market import selectors as market
from wildgate.apps.notices import denominators
from wildgate.apps.notices.models import SPANS, Notice, ReCheck, Sighting
from wildgate.apps.notices.removal import Look, Middle, Within, middle, within

LEAST: Final = 5
"""House value, as in all public figures: of fewer re-checked listings nothing is published."""
MOST_CANDIDATES: Final = 20
OPEN: Final = "open"
OPEN_STATES: Final = (Notice.State.DRAFTED, Notice.State.SENT, Notice.State.ACKNOWLEDGED, Notice.State.NO_ANSWER)


@dataclass(frozen=True, slots=True)
class Asked:
    """A filter as it stands in the address."""

    state: str = OPEN
    platform: str = ""
    words: str = ""

    @classmethod
    def of(cls, given: Mapping[str, str]) -> Asked:
        """The filter out of an address; what makes no sense is as if it were not there."""
        state, platform = given.get("state", OPEN), given.get("platform", "")
        return cls(state if state in ("", OPEN, *Notice.State.values) else OPEN,
                   platform if platform.isascii() and platform.isdigit() and len(platform) < 18 else "",
                   " ".join(given.get("q", "").split())[:100])


def visible_to(actor: Actor) -> QuerySet[Notice]:
    """Exactly the notices that `can(actor, VIEW_MARKET, notice)` lets the actor see."""
    found = Notice.objects.filter(party=actor.party)
    return found if can(actor, Action.VIEW_MARKET) else found.none()


def notices(actor: Actor, asked: Asked) -> QuerySet[Notice]:
    """The newest first, filtered."""
    found = visible_to(actor)
    if asked.state:
        found = found.filter(state__in=OPEN_STATES if asked.state == OPEN else (asked.state,))
    if asked.platform:
        found = found.filter(platform_id=int(asked.platform))
    if asked.words:
        found = found.filter(Q(number__iexact=asked.words) | Q(listing__iexact=asked.words)
                             | Q(taxon__istartswith=asked.words))
    return found.order_by("-pk")


def notice(actor: Actor, number: str) -> Notice | None:
    """One notice; None where there is none or the actor may not see it."""
    return visible_to(actor).select_related("drafted_by", "sent_by").filter(number=number).first()


def of_listing(actor: Actor, listing: str) -> list[Notice]:
    """The notices about one listing, the newest first."""
    return list(visible_to(actor).filter(listing=listing).order_by("-pk"))


def platforms(actor: Actor) -> list[tuple[int, str]]:
    """The platforms about which there are notices, by name."""
    return list(visible_to(actor).order_by("platform").values_list("platform_id", "platform").distinct())


def desk(actor: Actor, *, at: datetime) -> QuerySet[ReCheck]:
    """Looks to be made, the longest overdue first.

    Where several re-checks of a notice are open, the newest of them stands for all: one look settles them.
    """
    found = ReCheck.objects.filter(party=actor.party, sighting=None, opens_at__lte=at, notice__in=visible_to(actor))
    newer = found.filter(notice=OuterRef("notice"), due_at__gt=OuterRef("due_at"))
    return found.filter(~Exists(newer)).select_related("notice").order_by("due_at", "pk")


def waiting(actor: Actor, *, at: datetime) -> int:
    """How many looks are to be made."""
    return desk(actor, at=at).count()


def candidates(actor: Actor, found: Notice) -> list[Any]:
    """Listings that may be the same offer again: the same seller, or nearly the same text or picture, seen later."""
    listing = market.listing(actor.party, found.listing)
    if listing is None or found.sent_at is None or not can(actor, Action.VIEW_MARKET, listing):
        return []
    tied = Q(links_on__other=listing) | Q(links_back__one=listing)
    if listing.seller_id is not None:
        tied |= Q(seller_id=listing.seller_id)
    return list(market.listings(actor.party).filter(tied, first_seen__gt=found.sent_at).exclude(pk=listing.pk)
                .distinct()[:MOST_CANDIDATES])


@dataclass(frozen=True, slots=True, kw_only=True)
class Compliance:
    """What a platform did after notice, with what each figure is a part of.

    `rechecked` are listings at which this authority looked again, never the platform. `removed_24h` is a part of
    `known_24h`: those looked at about that time. `relisted` came back in another place. `searches_run` are those of
    the campaigns on the platform in that time.
    """

    listings_reported: int
    rechecked: int
    removed_24h: int
    removed_7d: int
    removed_30d: int
    relisted: int
    searches_run: int
    since: datetime
    until: datetime
    known_24h: int = 0
    known_7d: int = 0
    known_30d: int = 0
    middle: Middle | None = None

    def within(self, after: str) -> Within:
        """Removed and known for `24h`, `7d` or `30d`."""
        return Within(getattr(self, f"removed_{after}"), getattr(self, f"known_{after}"))

    def share(self, after: str) -> float | None:
        """The share removed by then; none where fewer than five were looked at."""
        part = self.within(after)
        return part.share if part.known >= LEAST else None


def compliance(party: str, platform_id: int, *, since: datetime | None = None,
               until: datetime | None = None) -> Compliance | None:
    """What may be published of a platform: none where fewer than five listings were looked at again.

    A deadline at which fewer than five were looked at is left out: its two figures are 0.
    """
    return _public(measured(party, platform_id, since=since, until=until))


def published(party: str) -> dict[int, Compliance]:
    """What may be published of every platform, by its key, in as many statements as for one."""
    public = {key: _public(found) for key, found in every_platform(party).items()}
    return {key: found for key, found in public.items() if found is not None}


def _public(found: Compliance | None) -> Compliance | None:
    if found is None or found.rechecked < LEAST:
        return None
    kept: dict[str, Any] = {
        f"{part}_{after}": getattr(found, f"{part}_{after}") if found.within(after).known >= LEAST else 0
        for after in ("24h", "7d", "30d") for part in ("removed", "known")}
    return replace(found, **kept)


def measured(party: str, platform_id: int, *, since: datetime | None = None,
             until: datetime | None = None) -> Compliance | None:
    """The same for the authority's own desk, small numbers too; none without a notice that went out."""
    return every_platform(party, platform_id=platform_id, since=since, until=until).get(platform_id)


def every_platform(party: str, *, platform_id: int | None = None, since: datetime | None = None,
                   until: datetime | None = None) -> dict[int, Compliance]:
    """What each platform did, in as many statements as for one of them; small numbers too."""
    sent = Notice.objects.filter(party=party, out_at__isnull=False)
    sent = sent if platform_id is None else sent.filter(platform_id=platform_id)
    sent = sent.filter(out_at__gte=since) if since else sent
    sent = sent.filter(out_at__lt=until) if until else sent
    out: dict[int, list[_Out]] = defaultdict(list)
    for pk, key, listing, at in sent.order_by("out_at", "pk").values_list("pk", "platform_id", "listing", "out_at"):
        if at is not None:
            out[key].append(_Out(pk, listing, at))
    looks: dict[int, list[Sighting]] = defaultdict(list)
    for each in Sighting.objects.filter(notice__in=sent).order_by("seen_at", "pk"):
        looks[each.notice_id].append(each)
    again = set(market.listings(party, relisted_as__isnull=False, number__in=sent.values("listing"))
                .values_list("number", flat=True))
    return {key: _measured(party, key, rows, looks, again, (since, until)) for key, rows in out.items()}


@dataclass(frozen=True, slots=True)
class _Out:
    """A notice that went out: its row, its listing, when."""

    pk: int
    listing: str
    at: datetime


def _measured(party: str, key: int, rows: Sequence[_Out], looks: Mapping[int, Sequence[Sighting]],
              linked: set[str], period: tuple[datetime | None, datetime | None]) -> Compliance:
    """One platform: looks at each listing are counted from its first notice."""
    first: dict[str, datetime] = {}
    seen: dict[str, list[Look]] = defaultdict(list)
    again, last = set(linked), rows[-1].at
    for row in rows:
        first.setdefault(row.listing, row.at)
        for each in looks.get(row.pk, ()):
            seen[row.listing].append(Look(each.seen_at - first[row.listing], each.gone))
            last = max(last, each.seen_at)
            if each.found == Sighting.Found.RELISTED:
                again.add(row.listing)
    by = {name: within(seen.values(), span) for name, span in SPANS.items()}
    day, week, month = (by[each] for each in SPANS)
    since, until = period[0] or rows[0].at, period[1] or last
    return Compliance(
        listings_reported=len(first), rechecked=len(seen), relisted=len(again & set(seen)),
        searches_run=denominators.searches(party, key, since, until), since=since, until=until,
        removed_24h=day.removed, removed_7d=week.removed, removed_30d=month.removed,
        known_24h=day.known, known_7d=week.known, known_30d=month.known, middle=middle(seen.values()))


def counts(actor: Actor) -> dict[str, int]:
    """How many notices are in each state."""
    return dict(visible_to(actor).order_by().values_list("state").annotate(n=Count("pk")))
