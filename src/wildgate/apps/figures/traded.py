"""What permits allow and what left on them, by year, taxon, term, unit and source (Art. IV.3).

Goods that had left before their permit was issued (Res. Conf. 12.3) were endorsed by nobody: they count as exported
with the quantity of the permit.
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django.db.models import Count, QuerySet, Sum

from wildgate.apps.customs.models import Endorsement, EndorsementLine
from wildgate.apps.figures.models import Traded
from wildgate.apps.permits.models import Permit, PermitLine
from wildgate.apps.permits.selectors import left_before
from wildgate.convention.lifecycle import PermitAct, PermitState
from wildgate.convention.retrospective import SAID
from wildgate.convention.vocabulary import DocumentKind

UNDONE = frozenset({PermitAct.CANCELLED, PermitAct.REPLACED, PermitAct.RETURNED})
GONE = (PermitState.CANCELLED.value, PermitState.REPLACED.value)
OUTWARD = (DocumentKind.EXPORT_PERMIT, DocumentKind.RE_EXPORT, DocumentKind.ORIGIN, DocumentKind.PRE_CONVENTION,
           DocumentKind.CAPTIVE_BRED, DocumentKind.PROPAGATED)
"""Documents on which specimens leave for good: what crosses several times and comes back is not counted as trade."""
KEY = ("taxon", "appendix", "term", "unit", "source")

Key = tuple[int, str, str, str, str, str]
Sums = tuple[int, Decimal, Decimal]


def add(acts: Iterable[tuple[str, Permit]]) -> None:
    """Add what new events changed: issued, exported, taken back."""
    changes: dict[tuple[str, Key], Sums] = {}
    for kind, permit in acts:
        if permit.kind not in OUTWARD:
            continue
        if kind == PermitAct.ISSUED or kind in UNDONE:
            sign, gone = 1 if kind == PermitAct.ISSUED else -1, left_before(permit) is not None
            for line in permit.lines.all():
                amount = sign * line.quantity
                _sum(changes, permit, line, (sign, amount, amount if gone else Decimal(0)))
        elif kind == PermitAct.EXPORT_ENDORSED:
            for seen in _left().filter(endorsement__permit=permit).select_related("permit_line"):
                if seen.permit_line is not None:
                    _sum(changes, permit, seen.permit_line, (0, Decimal(0), seen.quantity))
    for (party, key), (lines, issued, exported) in sorted(changes.items()):
        names: dict[str, Any] = dict(zip(("year", *KEY), key, strict=True))
        row = Traded.objects.select_for_update().get_or_create(party=party, **names)[0]
        row.lines, row.issued, row.exported = row.lines + lines, row.issued + issued, row.exported + exported
        row.save()
        if not row.lines and not row.exported:
            row.delete()


def _sum(changes: dict[tuple[str, Key], Sums], permit: Permit, line: PermitLine, more: Sums) -> None:
    key = (permit.party, (permit.issued_at.year, line.taxon, line.appendix, line.term, line.unit, line.source))
    had = changes.get(key, (0, Decimal(0), Decimal(0)))
    changes[key] = (had[0] + more[0], had[1] + more[1], had[2] + more[2])


def _left() -> QuerySet[EndorsementLine]:
    return EndorsementLine.objects.filter(endorsement__stage=Endorsement.Stage.EXPORT)


def count_all(party: str) -> None:
    """Count every permit of the Party anew."""
    rows: dict[Key, list[Decimal]] = {}
    issued = (PermitLine.objects.filter(permit__party=party, permit__kind__in=OUTWARD)
              .exclude(permit__status__state__in=GONE)
              .values_list("permit__issued_at__year", *KEY).annotate(n=Count("pk"), q=Sum("quantity")).order_by())
    for *key, count, quantity in issued:
        rows.setdefault(tuple(key), [Decimal(0)] * 3)[:2] = [Decimal(count), _exact(quantity)]
    for *key, _count, quantity in issued.filter(permit__record_json__contains=SAID, permit__exporter_country=party):
        rows[tuple(key)][2] += _exact(quantity)
    left = (_left().filter(permit_line__permit__party=party, permit_line__permit__kind__in=OUTWARD)
            .values_list("permit_line__permit__issued_at__year", *(f"permit_line__{name}" for name in KEY))
            .annotate(q=Sum("quantity")).order_by())
    for *key, quantity in left:
        rows.setdefault(tuple(key), [Decimal(0)] * 3)[2] += _exact(quantity)
    Traded.objects.bulk_create([
        Traded(party=party, **dict(zip(("year", *KEY), key, strict=True)), lines=int(lines), issued=allowed,
               exported=gone) for key, (lines, allowed, gone) in rows.items()])


def _exact(quantity: Decimal) -> Decimal:
    """SQLite adds decimals up as floating-point numbers: six places are what quantities have."""
    return Decimal(quantity).quantize(Decimal("0.000001"))
