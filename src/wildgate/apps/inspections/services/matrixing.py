"""The check matrix: its rows set dated, and the seeded draw that says which check an item gets."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable
from datetime import date, datetime

from django.db import transaction

from wildgate.apps.accounts.access import Action, Actor, require
from wildgate.apps.declarations import notice
from wildgate.apps.inspections import matrix, words
from wildgate.apps.inspections.checklist import LIVE, appendix_of
from wildgate.apps.inspections.codes import DEPTH
from wildgate.apps.inspections.matrix import Goods, Row
from wildgate.apps.inspections.models import CheckDraw, CheckRule, CheckSeed, NoticeRule
from wildgate.apps.species.registry import law_of
from wildgate.convention.listing import Law
from wildgate.convention.quota import lineage
from wildgate.convention.refusal import Refusal, refuse
from wildgate.convention.vocabulary import Appendix
from wildgate.kit import events
from wildgate.targeting.consignment import Consignment, Item

DIRECTIONS = ("", "export", "re-export", "import", "transit")
LONGEST_NOTICE = 240


def rows_of(party: str, on: date) -> list[Row]:
    """The matrix in force: the authority's rows over those of the house."""
    own = [Row(each.kind, each.share, each.taxon, each.term, each.appendix, each.live, each.direction, each.since,
               each.pk) for each in CheckRule.objects.filter(party=party, since__lte=on)]
    return matrix.in_force([*matrix.HOUSE, *own], on)


def set_row(*, actor: Actor, row: Row, at: datetime) -> CheckRule | Refusal:
    """From `row.since` on such goods get this check for this share."""
    if refused := require(actor, Action.PLAN_INSPECTIONS):
        return refused
    taxon = words.taxon(row.taxon, law_of(actor.party), "taxon") if row.taxon else ""
    term = words.term(row.term, "term") if row.term else ""
    if isinstance(taxon, Refusal):
        return taxon
    if isinstance(term, Refusal):
        return term
    if row.kind not in DEPTH or row.direction not in DIRECTIONS or row.appendix not in ("", *map(str, Appendix)):
        return refuse("missing", "Choose the check, the direction and the Appendix from the lists.", field="kind")
    if not 0 <= row.share <= 100:
        return refuse("bad-share", "The share is a whole number from 0 to 100.", field="share")
    if row.since < at.date():
        return refuse("in-the-past", "A row holds from today on at the earliest.", field="since")
    with transaction.atomic():
        made = CheckRule.objects.create(
            party=actor.party, taxon=taxon, term=term, appendix=row.appendix, live=row.live, direction=row.direction,
            kind=row.kind, share=row.share, since=row.since, set_by_id=actor.own_id, set_at=at)
        events.append("check-matrix-set", "check-matrix", party=actor.party, actor=actor.label, at=at, data={
            "taxon": made.taxon, "term": made.term, "appendix": made.appendix, "live": made.live, "kind": made.kind,
            "direction": made.direction, "share": made.share, "since": made.since.isoformat()})
    return made


def set_notice(*, actor: Actor, taxon: str, live: bool | None, post: str, hours: int, since: date,
               at: datetime) -> NoticeRule | Refusal:
    """From a day on such goods are to be announced so many hours before they arrive at the post."""
    if refused := require(actor, Action.PLAN_INSPECTIONS):
        return refused
    name = words.taxon(taxon, law_of(actor.party), "taxon") if taxon else ""
    place = words.text(post, "post", "the post", 40, needed=False)
    if isinstance(name, Refusal):
        return name
    if isinstance(place, Refusal):
        return place
    if not 0 <= hours <= LONGEST_NOTICE:
        return refuse("bad-hours", "Prior notice is a whole number of hours from 0 to %(most)s.", most=LONGEST_NOTICE,
                      field="hours")
    with transaction.atomic():
        made = NoticeRule.objects.create(party=actor.party, taxon=name, live=live, post=place, hours=hours, since=since,
                                         set_by_id=actor.own_id, set_at=at)
        events.append("prior-notice-set", "check-matrix", party=actor.party, actor=actor.label, at=at, data={
            "taxon": name, "live": live, "post": place, "hours": hours, "since": since.isoformat()})
    return made


@notice.source
def own_notice(party: str, post: str, taxon: str, term: str, on: date) -> int | None:
    """The hours of the authority's closest rule for such goods at that post; None where it has none."""
    rules: dict[tuple[str, bool | None, str], NoticeRule] = {}
    for each in NoticeRule.objects.filter(party=party, since__lte=on).order_by("since", "pk"):
        rules[each.taxon, each.live, each.post] = each
    names, live = lineage(law_of(party), taxon) if rules and taxon else (), term == LIVE
    fitting = [each for each in rules.values() if (not each.taxon or each.taxon in names)
               and each.live in (None, live) and each.post in ("", post)]
    closest = max(fitting, key=lambda each: (bool(each.taxon), bool(each.post), each.live is not None, each.hours),
                  default=None)
    return closest.hours if closest else None


def checks_for(*, consignment: Consignment, at: datetime) -> list[CheckDraw]:
    """Draw the check of each item, once: asked again, the same rows come back. Logged with the day's commitment."""
    party, rows, law = consignment.party, rows_of(consignment.party, at.date()), law_of(consignment.party)
    with transaction.atomic():
        kept = {each.item: each for each in CheckDraw.objects.filter(party=party, reference=consignment.reference)}
        missing = [item for item in consignment.items if item.number not in kept]
        if missing:
            seed = seed_of(party, at)
            made = [_draw(seed, consignment, item, rows, law, at) for item in missing]
            CheckDraw.objects.bulk_create(made, ignore_conflicts=True)
            events.append("check-drawn", f"declaration:{consignment.reference}", party=party, actor=events.SYSTEM,
                          at=at, data={"day": seed.day.isoformat(), "items": {str(each.item): each.kind
                                                                              for each in made}})
    return list(CheckDraw.objects.filter(party=party, reference=consignment.reference).order_by("item"))


def deepest(draws: Iterable[CheckDraw]) -> CheckDraw | None:
    """A consignment gets the deepest check of its items."""
    return max(draws, key=lambda each: DEPTH[each.kind], default=None)


def _draw(seed: CheckSeed, consignment: Consignment, item: Item, rows: list[Row], law: Law, at: datetime) -> CheckDraw:
    goods = Goods(lineage(law, item.taxon) if item.taxon else (), item.term, appendix_of(law, item.taxon, item.origin),
                  item.term == LIVE, consignment.direction)
    drawn = matrix.ticket(seed.secret, consignment.reference, item.number)
    found = matrix.check(matrix.shares(rows, goods), drawn)
    return CheckDraw(party=seed.party, seed=seed, reference=consignment.reference, item=item.number, ticket=drawn,
                     kind=found.kind, share=found.share, at=at)


def seed_of(party: str, at: datetime) -> CheckSeed:
    """The day's secret; its commitment enters the chain before anything is drawn with it. Inside a transaction."""
    secret = secrets.token_hex(32)
    commitment = hashlib.sha256(secret.encode()).hexdigest()
    CheckSeed.objects.bulk_create([CheckSeed(party=party, day=at.date(), secret=secret, commitment=commitment)],
                                  ignore_conflicts=True)
    seed = CheckSeed.objects.get(party=party, day=at.date())
    if seed.secret == secret:
        events.append("check-day-committed", f"check-day:{seed.day}", party=party, actor=events.SYSTEM, at=at,
                      data={"commitment": commitment})
    return seed
