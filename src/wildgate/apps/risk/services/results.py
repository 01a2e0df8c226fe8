"""What inspections found comes back: to the item, to the consignment, and to the trust of the firms behind it."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from wildgate.apps.risk.models import Assessment, Result, Seen
from wildgate.apps.risk.services.trust import lose

SAME = {"conform": Result.Outcome.CLEAN, "ok": Result.Outcome.CLEAN, "as-declared": Result.Outcome.CLEAN,
        "seizure": Result.Outcome.SEIZED, "documents": Result.Outcome.PAPERS}


def record_result(*, reference: str, item: int, outcome: str, by: str, at: datetime, party: str = "") -> None:
    """Keep what an inspection found on one item of the newest version; what is not known here by that name is left.

    `outcome` is a code of `Result.Outcome`; another word counts as another finding. `by` is an actor's label.
    """
    kind = SAME.get(outcome) or (Result.Outcome(outcome) if outcome in Result.Outcome.values else Result.Outcome.OTHER)
    with transaction.atomic():
        rows = Assessment.objects.select_for_update().filter(reference=reference, newest=True)
        found = (rows.filter(party=party) if party else rows).first()
        if found is None:
            return
        finding = kind != Result.Outcome.CLEAN
        Result.objects.create(party=found.party, assessment=found, item=item, outcome=kind, finding=finding, by=by,
                              at=at)
        Seen.objects.filter(assessment=found, number=item).update(outcome=kind.value, finding=finding)
        told = list(Seen.objects.filter(assessment=found).exclude(finding=None).values_list("finding", "outcome"))
        worst = next((name for bad, name in told if bad), kind.value)
        found.result, found.finding, found.result_at = worst, any(bad for bad, _ in told) or finding, at
        found.save(update_fields=["result", "finding", "result_at"])
        if finding:
            traders = set(Seen.objects.filter(assessment=found).values_list("trader", flat=True))
            lose(found.party, traders, why=kind.value, at=at, by=by)
