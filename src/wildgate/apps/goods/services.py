"""What is written about customs codes: changes by an authority, each with its reason, and what accepted cases teach."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db import transaction

from wildgate.apps.accounts.access import Action, Actor, require
from wildgate.apps.goods.models import Accepted, CodeRow
from wildgate.apps.goods.selectors import placed, table
from wildgate.apps.species.registry import law_of
from wildgate.convention import tables
from wildgate.convention.quantity import NUMBER
from wildgate.convention.refusal import Refusal, refuse
from wildgate.convention.taxonomy import Unknown
from wildgate.kit import events
from wildgate.targeting.consignment import Item
from wildgate.targeting.goods import parts, six

CHANGED: Final = "goods-code-changed"
MOST_TAXA, MOST_TERMS = 40, 30


@dataclass(frozen=True, slots=True)
class Change:
    """What somebody wants a code to say. `taxa` and `terms` are separated by commas, lines or strokes."""

    hs: str
    goods: str = ""
    taxa: str = ""
    terms: str = ""
    strength: str = "P"
    scope: str = "part"
    reason: str = ""


def set_code(*, actor: Actor, change: Change, at: datetime) -> CodeRow | Refusal:
    """From now on the code says this here: added, or another text, taxa and terms for it."""
    if refused := require(actor, Action.KEEP_GOODS):
        return refused
    read = _read(actor.party, change)
    if isinstance(read, Refusal):
        return read
    return _append(actor, read, CodeRow.Act.SET, at)


def remove_code(*, actor: Actor, hs: str, reason: str, at: datetime) -> CodeRow | Refusal:
    """Take a code out of the table."""
    if refused := require(actor, Action.KEEP_GOODS):
        return refused
    if six(hs) not in table(actor.party).rows:
        return refuse("no-such-code", "The table has no code %(hs)s.", hs=hs[:20], field="hs")
    return _append(actor, Change(six(hs), reason=reason), CodeRow.Act.REMOVED, at)


def restore_code(*, actor: Actor, hs: str, reason: str, at: datetime) -> CodeRow | Refusal:
    """Let the shipped row of a code hold again."""
    if refused := require(actor, Action.KEEP_GOODS):
        return refused
    newest = CodeRow.objects.filter(party=actor.party, hs=six(hs)).order_by("-pk").first()
    if newest is None or newest.act == CodeRow.Act.RESTORED:
        return refuse("code-not-changed", "Code %(hs)s stands as it was shipped.", hs=hs[:20], field="hs")
    return _append(actor, Change(six(hs), reason=reason), CodeRow.Act.RESTORED, at)


def _read(party: str, change: Change) -> Change | Refusal:
    """What was typed, with accepted names and known terms; or the first thing that cannot be."""
    if not (hs := six(change.hs)):
        return refuse("not-a-code", "%(hs)s is no customs code: write six digits, for example 4113.30.",
                      hs=change.hs[:20] or "–", field="hs")
    if not change.goods.strip():
        return refuse("missing", "Write %(what)s.", what="what goods the code is for", field="goods")
    names, terms = _split(change.taxa), [term.upper() for term in _split(change.terms)]
    if len(names) > MOST_TAXA or len(terms) > MOST_TERMS:
        return refuse("too-many", "A code names at most %(taxa)s taxa and %(terms)s terms.", taxa=MOST_TAXA,
                      terms=MOST_TERMS, field="taxa")
    law, taxa = law_of(party), []
    for name in names:
        found = law.resolve(name)
        if isinstance(found, Unknown):
            return refuse("taxon-unknown-here", "%(name)s is no taxon that can be placed.", name=name[:60],
                          field="taxa", suggestions=law.suggest(name))
        taxa.append(found.name)
    for term in terms:
        if tables.term(term) is None:
            return refuse("term-unknown-here", "%(term)s is no term of the CITES lists.", term=term[:20], field="terms")
    if change.strength not in CodeRow.Strength.values or change.scope not in CodeRow.Scope.values:
        return refuse("choice-unknown", "Choose one of the offered values.", field="strength")
    if change.scope in (CodeRow.Scope.MOST, CodeRow.Scope.PART) and not taxa:
        return refuse("missing", "Write %(what)s.", what="the taxa", field="taxa")
    return Change(hs, change.goods.strip()[:200], "|".join(dict.fromkeys(taxa)), "|".join(dict.fromkeys(terms)),
                  change.strength, change.scope, change.reason)


def _split(text: str) -> list[str]:
    return list(parts("|".join(text.replace(";", ",").replace("|", ",").replace("\n", ",").split(","))))


def _append(actor: Actor, change: Change, act: CodeRow.Act, at: datetime) -> CodeRow | Refusal:
    reason = change.reason.strip()
    if not reason:
        return refuse("missing", "Write %(what)s.", what="why", field="reason")
    if len(reason) > 500:
        return refuse("too-long", "%(what)s is %(length)s characters long; shorten it to %(longest)s.",
                      what="The reason", length=len(reason), longest=500, field="reason")
    said = {"goods": change.goods, "taxa": change.taxa, "terms": change.terms, "strength": change.strength,
            "scope": change.scope} if act is CodeRow.Act.SET else {}
    with transaction.atomic():
        made = CodeRow.objects.create(party=actor.party, hs=change.hs, act=act.value, reason=reason,
                                      set_by_id=actor.own_id, set_at=at, **said)
        events.append(CHANGED, f"goods:{change.hs}", party=actor.party, actor=actor.label, at=at,
                      data={"act": act.value, **{name: said[name] for name in ("taxa", "terms", "strength", "scope")
                                                 if name in said}}, note=reason)
    return made


def learn(*, party: str, reference: str, item: Item, at: datetime) -> bool:
    """Keep what an accepted and inspected item teaches; the same item twice is one. False where it teaches nothing."""
    taxon, hs = placed(item.taxon, party=party), six(item.hs)
    if not (taxon and hs and item.term and item.quantity and item.quantity > 0):
        return False
    amount = item.quantity
    made = Accepted(party=party, reference=reference[:80], item=item.number, hs=hs, taxon=taxon.name[:120],
                genus=(taxon.genus or taxon.name)[:60], term=item.term[:3], unit=(item.unit or NUMBER)[:3],
                currency=item.currency[:3], quantity=float(amount), at=at,
                mass=float(item.net_mass / amount) if item.net_mass else None,
                value=float(item.value / amount) if item.value else None)
    before = Accepted.objects.filter(party=party, reference=made.reference, item=made.item).exists()
    Accepted.objects.bulk_create([made], ignore_conflicts=True)
    return not before
