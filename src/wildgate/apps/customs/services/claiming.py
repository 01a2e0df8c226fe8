"""Which claim a call writes on: one declaration has a permit at a time, and its newest version speaks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Final

from wildgate.apps.accounts.access import Actor
from wildgate.apps.balances.asking import WriteOff
from wildgate.apps.balances.finding import Meant
from wildgate.apps.balances.ledger import Book, Named
from wildgate.apps.balances.models import Claim
from wildgate.apps.customs.models import ForeignClaim
from wildgate.convention import writeoff
from wildgate.convention.refusal import Refusal, refuse

BASIS: Final = ("Art. VI.5", "50 CFR 23.26(c)(18)")
DESK: Final = "desk:"


def own(book: Book, it: Meant, asked: WriteOff, actor: Actor) -> Claim | Refusal:
    """The claim to write on, when no other declaration has the document and no newer version was seen."""
    if not it.rule.several and (others := book.others(asked.reference)):
        return held(others, actor)
    for claim in book.own(asked.reference):
        if claim.item == asked.item and claim.version > asked.version:
            return STALE
    return book.claim(it.line.block, asked.reference, asked.item)


def move_line(book: Book, it: Meant, asked: WriteOff, claim: Claim) -> None:
    """A newer version that names another line lets the old line's reservation go."""
    for old in book.own(asked.reference):
        if old.item == asked.item and old is not claim and old.reserved:
            row = book.rows[old.block]
            book.write(old, writeoff.give_back(row.sums, old.share), named(asked))


def taken_by_others(it: Meant, reference: str, actor: Actor) -> Refusal | None:
    """Another declaration has or used the document, which serves one consignment."""
    if it.rule.several:
        return None
    taken = list(Claim.objects.filter(balance__permit_line__permit=it.permit).exclude(reference=reference)
                 .exclude(reserved=0, consumed=0)[:20])
    return held(taken, actor) if taken else None


def held(others: Sequence[Claim | ForeignClaim], actor: Actor) -> Refusal:
    """The refusal. Whose declaration it is stands there only where it is the asker's own."""
    used, mine = any(each.consumed for each in others), _mine(others, actor)
    if used and mine:
        return refuse("used", "The permit was already used by your declaration %(references)s: it serves one "
                      "consignment.", references=mine, field="number", basis=BASIS)
    if used:
        return refuse("used", "The permit was already used: it serves one consignment.", field="number", basis=BASIS)
    if mine:
        return refuse("exhausted", "Your declaration %(references)s has set the permit aside: it serves one "
                      "consignment.", references=mine, field="number", basis=BASIS)
    return refuse("exhausted", "Another declaration has set the permit aside: it serves one consignment.",
                  field="number", basis=BASIS)


def too_little(refusal: Refusal, others: Sequence[Claim], actor: Actor) -> Refusal:
    """Too little is left on a line that serves several consignments: the asker's own declarations with it are named."""
    mine = _mine(others, actor)
    if not mine or refusal.code != "exhausted":
        return refusal
    values: dict[str, Any] = dict(refusal.values)
    told = refuse("exhausted", "%(left)s of %(authorised)s are left on line %(block)s: %(consumed)s written off, "
                  "%(reserved)s set aside, also by your declaration %(references)s. %(asked)s cannot be taken.",
                  references=mine, **values)
    return replace(told, field=refusal.field, basis=refusal.basis)


def _mine(others: Sequence[Claim | ForeignClaim], actor: Actor) -> str:
    """The references of the asker's own declarations. What was endorsed at a desk has none that anybody gave."""
    return ", ".join(sorted({each.reference for each in others if actor.person_id is not None
                             and each.by_id == actor.person_id and not each.reference.startswith(DESK)})[:5])


STALE = refuse("stale-version", "A newer version of this declaration was seen already.", field="version")
NOTHING_KNOWN = refuse("nothing-known", "Nothing is known of this item of the declaration on this permit.",
                       field="reference")


def found(book: Book, asked: WriteOff) -> Claim | Refusal:
    """The claim of a call after the reservation: whatever became of the permit meanwhile."""
    claims = [claim for claim in book.own(asked.reference) if claim.item == asked.item]
    claims = [claim for claim in claims if claim.reserved or claim.consumed] or claims
    if not claims:
        return NOTHING_KNOWN
    return STALE if claims[0].version > asked.version else claims[0]


def named(asked: WriteOff, why: str = "", authority: str = "") -> Named:
    return Named(asked.reference, asked.item, asked.version, asked.procedure.strip().upper()[:10],
                 " ".join(asked.post.split())[:60], " ".join(why.split())[:500], " ".join(authority.split())[:200])
