"""Labels: a person's answer to a listing. From them a scope learns; which one to ask about next is chosen with care."""

from __future__ import annotations

import hashlib
import os
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from django.db import transaction
from django.db.models import QuerySet

from wildgate.apps.accounts.access import Action, Actor, can, require
from wildgate.apps.market.models import Label, Listing, ScopeModel
from wildgate.apps.market.scopes import Scope, place, scope_of
from wildgate.convention.refusal import Refusal, refuse
from wildgate.kit import events
from wildgate.screening import model_file
from wildgate.screening.choosing import Candidate, choose
from wildgate.screening.model import FEWEST_LABELS, LEARNT

LABELLED, REGISTERED = "listing-labelled", "market-model-registered"
MOST_POOL: Final = 1_000
NEXT: Final = 20
COLUMNS: Final = ("id", "text", "description", "price", "currency", "location", "date", "label", "taxon")
RUN_BY_SPREADSHEETS: Final = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True, slots=True)
class Count:
    """A scope with its labels and what speaks for it."""

    scope: Scope
    platform: str
    listings: int
    labels: int
    positive: int

    @property
    def missing(self) -> int:
        """How many labels it lacks before a model can be trained."""
        return max(0, FEWEST_LABELS - self.labels)


def label(*, actor: Actor, listing: str, answer: str, taxon: str = "", at: datetime) -> Label | Refusal:
    """Say whether a real specimen is offered. A newer answer stands beside the older, which stays."""
    if refused := require(actor, Action.WORK_MARKET):
        return refused
    if answer not in Label.Answer.values:
        return refuse("label-answer", "Choose yes, no or not clear.", field="answer")
    with transaction.atomic():
        row = Listing.objects.select_for_update().filter(party=actor.party, number=listing).first()
        if row is None:
            return refuse("no-such-listing", "There is no such listing.")
        row.labels.filter(current=True).update(current=False)
        made = Label.objects.create(listing=row, party=row.party, answer=answer, taxon=" ".join(taxon.split())[:200],
                                    by_id=actor.own_id, at=at)
        events.append(LABELLED, row.subject, party=row.party, actor=actor.label, at=at,
                      data={"answer": answer, "taxon": made.taxon})
    return made


def in_scope(scope: Scope) -> QuerySet[Listing]:
    """The listings of a scope that were read and are not erased."""
    return Listing.objects.filter(party=scope.party, platform_id=scope.platform_id, group=scope.group,
                                  language=scope.language, erased_at=None, screened_at__isnull=False)


def next_ones(actor: Actor, scope: Scope, *, most: int = NEXT) -> list[Listing]:
    """Listings to label next: most from kinds that paid so far, some that the score doubts, some nobody looked at."""
    if not can(actor, Action.VIEW_MARKET):
        return []
    rows = {row.number: row for row in in_scope(scope).order_by("-pk")[:MOST_POOL]}
    known = _answers(scope)
    pool = [Candidate(number, f"{row.title} {row.text[:600]}", row.score) for number, row in rows.items()]
    pool += [Candidate(number, text, 0.5) for number, (_yes, text) in known.items() if number not in rows]
    chosen = choose(pool, {number: yes for number, (yes, _text) in known.items()} | _unclear(scope), most, 1)
    return [rows[number] for number in chosen if number in rows]


def _answers(scope: Scope) -> dict[str, tuple[bool, str]]:
    found = Label.objects.filter(current=True, listing__in=in_scope(scope)).exclude(answer=Label.Answer.UNCLEAR)
    return {each.listing.number: (each.answer == Label.Answer.YES, f"{each.listing.title} {each.listing.text[:600]}")
            for each in found.select_related("listing").order_by("-pk")[:MOST_POOL]}


def _unclear(scope: Scope) -> dict[str, bool]:
    """Listings that a person could not tell are not asked about again."""
    found = Label.objects.filter(current=True, listing__in=in_scope(scope), answer=Label.Answer.UNCLEAR)
    return dict.fromkeys(found.values_list("listing__number", flat=True)[:MOST_POOL], False)


def counts(party: str) -> list[Count]:
    """The scopes that have listings, those with most first."""
    rows: Counter[tuple[int | None, str, str]] = Counter()
    names: dict[int | None, str] = {}
    read = Listing.objects.filter(party=party, screened_at__isnull=False, erased_at=None)
    for platform, group, language, name in read.values_list("platform_id", "group", "language", "platform")[:100_000]:
        rows[platform, group, language] += 1
        names[platform] = name if platform is not None else ""
    clear = Label.objects.filter(party=party, current=True).exclude(answer=Label.Answer.UNCLEAR)
    told: Counter[tuple[Any, ...]] = Counter(clear.values_list(
        "listing__platform_id", "listing__group", "listing__language", "answer"))
    models = {(each.platform_id, each.group, each.language): each
              for each in ScopeModel.objects.filter(party=party, current=True)}
    return [Count(Scope(party, *key, model=models.get(key)), names.get(key[0], ""), number,
                  told[(*key, Label.Answer.YES)] + told[(*key, Label.Answer.NO)], told[(*key, Label.Answer.YES)])
            for key, number in rows.most_common(100)]


def export(*, actor: Actor, scope: Scope, at: datetime) -> Iterator[tuple[str, ...]] | Refusal:
    """The labels of a scope as rows for `wildgate screen train`, without sellers and ways to reach them."""
    if refused := require(actor, Action.WORK_MARKET):
        return refused
    with transaction.atomic():
        events.append("market-labels-exported", "market-labels", party=actor.party, actor=actor.label, at=at)
    return _rows(scope)


def _rows(scope: Scope) -> Iterator[tuple[str, ...]]:
    yield COLUMNS
    found = Label.objects.filter(current=True, listing__in=in_scope(scope)).exclude(answer=Label.Answer.UNCLEAR)
    for each in found.select_related("listing").order_by("pk"):
        row = each.listing
        yield tuple(map(harmless, (
            row.number, row.title, row.text, "" if row.price is None else f"{row.price:g}", row.currency, row.location,
            row.offered_on.isoformat() if row.offered_on else "", "1" if each.answer == Label.Answer.YES else "0",
            each.taxon)))


def harmless(cell: str) -> str:
    """A cell that no spreadsheet program takes for a formula."""
    return f"'{cell}" if cell.startswith(RUN_BY_SPREADSHEETS) else cell


def register(*, actor: Actor, platform_id: int | None, group: str, language: str, content: bytes,
             at: datetime) -> ScopeModel | Refusal:
    """Put a model that `wildgate screen train` wrote in use for one scope; the one before stays in the list."""
    if refused := require(actor, Action.WORK_MARKET):
        return refused
    model = model_file.load(content)
    if isinstance(model, Refusal):
        return replace(model, field="file")
    trained, digest = model.trained, hashlib.sha256(content).hexdigest()
    path = place(actor.party, digest)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with transaction.atomic():
        ScopeModel.objects.filter(party=actor.party, platform_id=platform_id, group=group, language=language,
                                  current=True).update(current=False)
        made = ScopeModel.objects.create(
            party=actor.party, platform_id=platform_id, group=group, language=language, sha256=digest,
            learnt=model.kind == LEARNT, labels=trained.labels, positive=trained.positive,
            figures=trained.figures.as_json() if trained.figures else {},
            rules=trained.rules.as_json() if trained.rules else {}, by_id=actor.own_id, at=at)
        events.append(REGISTERED, "market-models", party=actor.party, actor=actor.label, at=at,
                      data={"sha256": digest, "labels": trained.labels, "learnt": made.learnt})
        fresh = path.with_name(f"{digest}.{os.getpid()}")
        fresh.write_bytes(content)
        fresh.replace(path)
    return made


def scope_named(party: str, platform_id: str, group: str, language: str) -> Scope:
    """A scope as it stands in an address."""
    number = int(platform_id) if platform_id.isascii() and platform_id.isdigit() and len(platform_id) < 18 else None
    return scope_of(party, number, group[:20], language[:3])
