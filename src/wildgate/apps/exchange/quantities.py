"""Quantities that a partner confirmed beside those that our customs counted: kept as written, compared, never mixed.

A difference is opened on both sides, since each tells the other what it counted.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import OuterRef, QuerySet, Subquery

from wildgate.apps.customs.crossing import is_for_many
from wildgate.apps.customs.models import Correction, EndorsementLine, ForeignPermit
from wildgate.apps.exchange import copies
from wildgate.apps.exchange.models import Difference, Reported
from wildgate.apps.permits.models import Permit
from wildgate.apps.permits.selectors import permit_of
from wildgate.convention.permit import plain
from wildgate.convention.quantity import convert
from wildgate.convention.refusal import Refusal, refuse
from wildgate.kit import events
from wildgate.message.soap import Position, rounded

FOUND, SETTLED = "exchange-quantities-differ", "exchange-quantities-agree"


@dataclass(frozen=True, slots=True)
class Counted:
    """One line as we know it: what the permit allows and what our customs counted (None: nothing yet)."""

    taxon: str
    unit: str
    permitted: Decimal
    counted: Decimal | None = None


def report(*, partner: str, issuer: str, number: str, positions: Sequence[Position],
           at: datetime) -> Reported | Refusal:
    """Keep what the partner counted, and compare it with our own count. The same figures again are the same report;
    after other figures they are a new one.
    """
    known = ours(issuer, number)
    for position in positions:
        if fault := _fault(position, known):
            return fault
    told = {each.block: [plain(each.quantity), each.unit] for each in positions}
    last = newest(partner, issuer, number)
    if last is not None and last.positions == told:
        return last
    content = json.dumps([told, last.pk] if last else told, sort_keys=True)
    with transaction.atomic():
        made, new = Reported.objects.get_or_create(
            party=settings.PARTY, partner=partner, issuer=issuer, number=number,
            digest=hashlib.sha256(content.encode()).hexdigest(), defaults={"positions": told, "at": at})
        if new:
            compare(partner, issuer, number, at)
    return made


def newest(partner: str, issuer: str, number: str) -> Reported | None:
    """What the partner told last."""
    rows = Reported.objects.filter(party=settings.PARTY, partner=partner, issuer=issuer, number=number)
    return rows.order_by("-pk").first()


def _fault(position: Position, known: Mapping[str, Counted]) -> Refusal | None:
    line = known.get(position.block)
    if not known:
        return None
    if line is None:
        return refuse("block-unknown", "The permit has no line %(block)s: it has %(known)s.",
                      block=position.block[:20], known=", ".join(sorted(known)))
    if refused := rounded(position, line.counted or line.permitted):
        return refused
    turned = convert(position.quantity, position.unit, line.unit) if position.unit else position.quantity
    return turned if isinstance(turned, Refusal) else None


def ours(issuer: str, number: str) -> dict[str, Counted]:
    """The lines of a permit by block, as this side knows them: our own permit, or a paper that was presented here."""
    if issuer == settings.PARTY:
        permit = permit_of(settings.PARTY, number)
        return {} if permit is None else _of_permit(permit)
    paper = ForeignPermit.objects.filter(party=settings.PARTY, country=issuer, number=number).order_by("-pk").first()
    if paper is not None:
        lines = list(paper.lines.all())
        moved = _moved(EndorsementLine.objects.filter(foreign_line__in=lines), "foreign_line_id")
        return {line.block: Counted(line.taxon, line.unit, line.quantity, moved.get(line.pk)) for line in lines}
    copy = copies.newest(issuer, number)
    return {} if copy is None else dict(_of_copy(line) for line in copies.lines_of(copy) if line.get("quantity"))


def _of_permit(permit: Permit) -> dict[str, Counted]:
    """A certificate for several crossings is counted at each of them: there is no one figure to compare."""
    lines = list(permit.lines.all())
    rows = EndorsementLine.objects.filter(permit_line__in=lines)
    moved = {} if is_for_many(permit.kind) else _moved(rows, "permit_line_id")
    return {line.block: Counted(line.taxon, line.unit, line.quantity, moved.get(line.pk)) for line in lines}


def _of_copy(line: Mapping[str, Any]) -> tuple[str, Counted]:
    return str(line.get("block") or ""), Counted(str(line.get("taxon") or ""), str(line.get("unit") or ""),
                                                 Decimal(str(line["quantity"])))


def _moved(rows: QuerySet[EndorsementLine], key: str) -> dict[int, Decimal]:
    """What moved of each line: as customs corrected it, else as it was endorsed."""
    corrected = Correction.objects.filter(line=OuterRef("pk")).order_by("-pk").values("quantity")[:1]
    found: dict[int, Decimal] = {}
    for line, endorsed, now in rows.annotate(now=Subquery(corrected)).values_list(key, "quantity", "now"):
        found[line] = found.get(line, Decimal(0)) + (endorsed if now is None else now)
    return found


def counted(issuer: str, number: str) -> tuple[Position, ...]:
    """What our customs counted, as it is told to a partner; empty where nothing was endorsed."""
    return tuple(Position(block, line.counted, line.unit) for block, line in sorted(ours(issuer, number).items())
                 if line.counted is not None)


def compare(partner: str, issuer: str, number: str, at: datetime) -> list[Difference]:
    """Hold the newest report of the partner against our count. Inside a transaction; run again it changes nothing."""
    told = newest(partner, issuer, number)
    if told is None:
        return []
    known = ours(issuer, number)
    found = []
    for block, (text, unit) in told.positions.items():
        line = known.get(block)
        if line is None or line.counted is None:
            continue
        theirs = convert(Decimal(text), unit, line.unit) if unit else Decimal(text)
        if isinstance(theirs, Refusal):
            continue
        key = {"party": settings.PARTY, "partner": partner, "issuer": issuer, "number": number, "block": block}
        if (made := _settle(key, line, theirs, at)) is not None:
            found.append(made)
    return found


def _settle(key: dict[str, str], line: Counted, theirs: Decimal, at: datetime) -> Difference | None:
    """Open a difference, leave it as it is, or close it since both sides agree now."""
    before = Difference.objects.select_for_update().filter(**key, state=Difference.State.OPEN).first()
    same = before is not None and (before.ours, before.theirs) == (line.counted, theirs)
    if same:
        return before
    if before is not None:
        before.state, before.closed_at = Difference.State.CLOSED, at
        before.save(update_fields=["state", "closed_at"])
        events.append(SETTLED, before.subject, party=before.party, actor=events.SYSTEM, at=at,
                      data={"number": before.number, "block": before.block})
    if line.counted is None or line.counted == theirs:
        return None
    made = Difference.objects.create(**key, taxon=line.taxon, ours=line.counted, theirs=theirs, unit=line.unit,
                                     opened_at=at)
    events.append(FOUND, made.subject, party=made.party, actor=events.SYSTEM, at=at, data={
        "number": made.number, "partner": made.partner, "block": made.block, "ours": plain(made.ours),
        "theirs": plain(theirs), "unit": made.unit})
    return made


def as_it_stands(permit: Permit) -> dict[int, Decimal]:
    """By endorsed line, what really moved where customs corrected it: the newest correction counts."""
    rows = Correction.objects.filter(line__endorsement__permit=permit).order_by("pk")
    return dict(rows.values_list("line_id", "quantity"))
